"""What is kept between visits: the run in progress, and the best of each stage.

The run is kept as a replay (stage, seed, commands with their steps), so that no state of the simulation is ever stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import replay
from engine.replay import ReplayError
from engine.run import Run
from engine.view import Phase, RunResult
from game.session import Session
from game.storage import DAMAGED, Storage

AUTOSAVE = "autosave"
PROGRESS = "progress"
VERSION = 1
GRADES = "SABCDF"


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run that was left before its end. `step` is where it stood."""

    stage_ref: str
    run: Run
    step: int
    speed: int
    time_s: float


def save_run(store: Storage, session: Session) -> bool:
    """Keep the run so that it can be taken up again. False when it could not be kept."""
    view = session.view
    return store.save(
        AUTOSAVE,
        {
            "version": VERSION,
            "stage": session.stage_ref,
            "run": replay.to_json(session.sim.run),
            "step": view.step,
            "speed": session.speed,
            "time_s": view.time_s,
        },
    )


def saved_run(store: Storage) -> SavedRun | None:
    """The run that was left before its end, if there is one; one that makes no sense is put aside."""
    data = store.load_version(AUTOSAVE, VERSION)
    if data is None:
        return None
    try:
        return SavedRun(
            stage_ref=str(data["stage"]),
            run=replay.from_json(data["run"]),
            step=int(data["step"]),
            speed=int(data["speed"]),
            time_s=float(data["time_s"]),
        )
    except (LookupError, TypeError, ValueError, OverflowError, ReplayError) as error:
        store.set_aside(AUTOSAVE, DAMAGED, f"{type(error).__name__}: {error}")
        return None


def forget_run(store: Storage) -> None:
    """There is nothing to take up again."""
    store.delete(AUTOSAVE)


def best_of(store: Storage, stage_id: str) -> Mapping[str, Any]:
    """What is noted of a stage: grade, score, max_rps of its best run, plays and wins. Empty before the first."""
    entry = _stages(store).get(stage_id)
    return entry if isinstance(entry, Mapping) else {}


def _stages(store: Storage) -> dict[str, Any]:
    kept = store.load_version(PROGRESS, VERSION)
    if kept is None:
        return {}
    stages = kept.get("stages")
    if isinstance(stages, dict):
        return stages
    store.set_aside(PROGRESS, DAMAGED, "no stages")
    return {}


def record_result(store: Storage, stage_id: str, phase: Phase, result: RunResult) -> bool:
    """Note a finished run. True when its grade or score is the stage's best so far."""
    before = dict(best_of(store, stage_id))
    best = _rank(before.get("grade"), before.get("score")) < _rank(result.grade, result.score)
    entry = {
        **before,
        "plays": _count(before.get("plays")) + 1,
        "wins": _count(before.get("wins")) + (phase is Phase.WON),
    }
    if best:
        entry |= {"grade": result.grade, "score": result.score, "max_rps": result.max_rps}
    store.save(PROGRESS, {"version": VERSION, "stages": {**_stages(store), stage_id: entry}})
    return best


def _rank(grade: object, score: object) -> tuple[int, int]:
    """How good a kept result is; what makes no sense is worse than any result."""
    known = isinstance(grade, str) and len(grade) == 1 and grade in GRADES
    return (-GRADES.index(str(grade)) if known else -len(GRADES), _count(score))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
