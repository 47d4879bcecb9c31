"""What is played: stages as data, their checking, and the headless tools (`python -m stages`).

`stages.load` is all the game needs. The checking (`stages.schema` and below it) needs pydantic and never runs in the
browser, where the compiled stages of `stages.compiled` are loaded instead.
"""
