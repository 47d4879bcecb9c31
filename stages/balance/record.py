"""What was measured, kept in files: it can be judged again in a moment, and anybody can play a part of it again and
compare, for a run is the same bit for bit wherever it is played.

A file a stage, a run a line (JSON Lines): bot, seed, level of traffic, kind withheld, then what came of the run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from engine.spec import StageSpec
from stages.balance.runs import Death, Job, Key, Outcome

HEADER = ("bot", "seed", "level", "without")
COLUMNS = tuple(field.name for field in fields(Outcome) if field.name != "history")


class RecordError(Exception):
    """What is wrong with a file, and what to do about it."""


def file_of(folder: Path, stage: StageSpec) -> Path:
    """Where the runs of a stage are kept."""
    return folder / f"{stage.id}.jsonl"


def write(folder: Path, stage: StageSpec, outcomes: Mapping[Key, Outcome]) -> None:
    """Keep the runs of a stage; a file that is there is replaced whole. Raises RecordError when it cannot be."""
    file = file_of(folder, stage)
    rows = [[*HEADER, *COLUMNS], *(_row(key, outcome) for key, outcome in outcomes.items() if key[0] == stage.id)]
    text = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n" for row in rows)
    beside = file.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(beside, file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise RecordError(f"{file}: cannot be written: {error.strerror}") from None


def read(folder: Path, stage: StageSpec) -> dict[Key, Outcome]:
    """The runs of a stage. Raises RecordError when the file is missing, or is not one of these."""
    file = file_of(folder, stage)
    again = _again(folder, stage)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{file}: cannot be read ({error}); {again}") from None
    found: dict[Key, Outcome] = {}
    for number, row in _rows(text):
        if number == 1 and row == [*HEADER, *COLUMNS]:
            continue
        try:
            if number == 1:
                raise ValueError(row)
            bot, seed, level, without, *values = row
            found[stage.id, bot, seed, level, without] = _outcome(values)
        except (TypeError, ValueError):
            raise RecordError(f"{file}, line {number}: not what is recorded of a run; {again}") from None
    return found


def wanted(folder: Path, stage: StageSpec, jobs: Sequence[Job]) -> dict[Key, Outcome]:
    """Those of the recorded runs that are asked for. Raises RecordError when one of them was never played."""
    found = read(folder, stage)
    missing = next((job for job in jobs if job.key not in found), None)
    if missing is not None:
        what = f"{missing.bot}, seed {missing.seed}, level {missing.level:g}, without {missing.without or 'nothing'}"
        raise RecordError(f"{file_of(folder, stage)}: no run of {what}; {_again(folder, stage)}")
    return {job.key: found[job.key] for job in jobs}


def _again(folder: Path, stage: StageSpec) -> str:
    return f"play the stage again: python -m stages balance {stage.id} --record {folder}"


def _rows(text: str) -> Iterator[tuple[int, Any]]:
    """Each line with its number; None where it is not JSON."""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield number, json.loads(line)
        except json.JSONDecodeError:
            yield number, None


def _row(key: Key, outcome: Outcome) -> list[object]:
    _, *what = key
    plain: dict[str, object] = {
        "died": [[death.kind, death.reason, death.count] for death in outcome.died],
        "built": list(outcome.built),
    }
    return [*what, *(plain.get(name, getattr(outcome, name)) for name in COLUMNS)]


def _outcome(values: list[Any]) -> Outcome:
    named = dict(zip(COLUMNS, values, strict=True))
    named["died"] = tuple(Death(*death) for death in named["died"])
    named["built"] = tuple(named["built"])
    return Outcome(**named)
