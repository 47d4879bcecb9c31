"""What can be wrong with a stage, as errors that name the place and the cure.

StageError
 +- StageNotFound          no such campaign stage, no such file
 +- StageUnreadable        a directory, not UTF-8, no permission ...
 +- StageSyntaxError       not TOML (or, for a compiled stage, not JSON)
 +- StageInvalid           TOML, but not a stage; carries every problem found
 +- OverrideError          a `--set key=value` that names nothing in the stage
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class StageError(Exception):
    """A stage could not be loaded. The text is meant for whoever wrote the stage."""

    def problems(self) -> tuple[Problem, ...]:
        """The single problems, for tools that list them."""
        return (Problem(file="", line=0, key="", value="", message=str(self), allowed=""),)


class StageNotFound(StageError):
    """There is no stage of this name and no file of this path."""


class StageUnreadable(StageError):
    """The file is there but cannot be read as text."""


class StageSyntaxError(StageError):
    """The file is not valid TOML (or JSON)."""


class OverrideError(StageError):
    """An override names a key or an element that the stage does not have, or is not written as key=value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a stage file.

    line: 1-based, 0 when it cannot be told. key: path such as `node_kinds[1].sizes[0].slots`.
    value: what was found, as written in TOML. allowed: what may stand there.
    """

    file: str
    line: int
    key: str
    value: str
    message: str
    allowed: str

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        parts = [part for part in (place, self.key) if part]
        found = f"{self.value}: " if self.value else ""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return ": ".join([*parts, f"{found}{self.message}{allowed}"])


class StageInvalid(StageError):
    """The stage breaks the rules of the format; `problems()` lists all of it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self._problems = tuple(problems)

    def problems(self) -> tuple[Problem, ...]:
        """Every problem found, in the order of the file."""
        return self._problems
