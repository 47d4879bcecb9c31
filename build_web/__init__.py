"""The browser version: checks and compiles the stages, stages a clean folder, lets pygbag pack it, and measures it."""
