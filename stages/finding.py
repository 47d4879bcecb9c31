"""Something wrong at a path of a stage, before it is known where that path was written."""

from __future__ import annotations

from dataclasses import dataclass

from stages.keypath import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at `path`, and what may stand there (empty when the message says it all)."""

    path: Path
    message: str
    allowed: str = ""
