"""Presets: whole infrastructures whose figures follow from their hardware. docs/presets.md has the arithmetic.

A preset is a stage file in this folder. Its key `plan` names a plan of `stages/catalog/hardware.toml`; everything that
follows from that is filled in by `stages.presets.expand` before the stage is checked. Not for the browser: it gets the
finished stages.
"""
