"""What is kept between visits: the run in progress, the best of each stage, and the records of the other modes.

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
from game.stage_refs import DAILY, variant_of
from game.storage import DAMAGED, NEWER, Storage

AUTOSAVE = "autosave"
PROGRESS = "progress"
AUTOSAVE_VERSION = 1
PROGRESS_VERSION = 2
GRADES = "SABCDF"
PASSED = "SABCD"
MOST_RUNS = 10
MOST_PLACES = 9
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run that was left before its end. `step` is where it stood."""

    stage_ref: str
    run: Run
    step: int
    speed: int
    time_s: float


@dataclass(frozen=True, slots=True)
class EndlessRun:
    """A run of the endless mode: how long the service lived, its score, and the traffic it had."""

    seconds: int
    score: int
    seed: int


def save_run(store: Storage, session: Session) -> bool:
    """Keep the run so that it can be taken up again. False when it could not be kept."""
    view = session.view
    return store.save(
        AUTOSAVE,
        {
            "version": AUTOSAVE_VERSION,
            "stage": session.stage_ref,
            "run": replay.to_json(session.sim.run),
            "step": view.step,
            "speed": session.speed,
            "time_s": view.time_s,
        },
    )


def saved_run(store: Storage) -> SavedRun | None:
    """The run that was left before its end, if there is one; one that makes no sense is put aside."""
    data = store.load_version(AUTOSAVE, AUTOSAVE_VERSION)
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


# -- what was achieved ------------------------------------------------------------------------------------------------


def best_of(store: Storage, stage_id: str) -> Mapping[str, Any]:
    """What is noted of a stage: grade, score, max_rps of its best run, most stars, plays and wins. Empty before the
    first; for a daily challenge, what is noted of its day.
    """
    progress = _progress(store)
    day = variant_of(stage_id, DAILY)
    return _entry(progress["daily"].get(day) if day else progress["stages"].get(stage_id))


def was_won(entry: Mapping[str, Any]) -> bool:
    """Whether what is noted of a stage says that it was won."""
    grade = entry.get("grade")
    return isinstance(grade, str) and len(grade) == 1 and grade in PASSED


def stars_of(entry: Mapping[str, Any]) -> int:
    """The stars noted of a stage; nonsense counts as none."""
    return max(0, _count(entry.get("stars")))


def endless_runs(store: Storage) -> tuple[EndlessRun, ...]:
    """The best runs of the endless mode, the longest first."""
    return tuple(_runs(_progress(store)["endless"]))


def endless_run(session: Session, result: RunResult) -> EndlessRun:
    """A finished run as it stands in the list of the endless mode."""
    return EndlessRun(int(result.seconds), result.score, session.seed)


def place_of(store: Storage, run: EndlessRun) -> int:
    """The place of a run among the best of the endless mode, from 1; 0 when it is not one of the first nine."""
    runs = endless_runs(store)
    place = runs.index(run) + 1 if run in runs else 0
    return place if place <= MOST_PLACES else 0


def record_run(store: Storage, session: Session, result: RunResult) -> bool:
    """Note a finished run where its mode belongs. True when it is the best so far; a sandbox has no records."""
    if session.stage.sandbox:
        return False
    if session.stage.endless:
        return _record_endless(store, endless_run(session, result))
    return record_result(store, session.stage.id, session.phase, result)


def record_result(store: Storage, stage_id: str, phase: Phase, result: RunResult) -> bool:
    """Note a finished run of a stage or of a daily challenge. True when its grade or score is the best so far."""
    progress = _progress(store)
    day = variant_of(stage_id, DAILY)
    group, key = ("daily", day) if day else ("stages", stage_id)
    before = dict(_entry(progress[group].get(key)))
    best = _rank(before.get("grade"), before.get("score")) < _rank(result.grade, result.score)
    entry = {
        **before,
        "plays": _count(before.get("plays")) + 1,
        "wins": _count(before.get("wins")) + (phase is Phase.WON),
        "stars": max(stars_of(before), result.stars),
    }
    if best:
        entry |= {"grade": result.grade, "score": result.score, "max_rps": result.max_rps}
    progress[group] = {**progress[group], key: entry}
    progress["daily"] = dict(sorted(progress["daily"].items())[-MOST_DAYS:])
    store.save(PROGRESS, progress)
    return best


def _record_endless(store: Storage, run: EndlessRun) -> bool:
    progress = _progress(store)
    before = _runs(progress["endless"])
    kept = sorted([*before, run], key=lambda one: (-one.seconds, -one.score))[:MOST_RUNS]
    progress["endless"] = [{"seconds": one.seconds, "score": one.score, "seed": one.seed} for one in kept]
    store.save(PROGRESS, progress)
    return not before or (run.seconds, run.score) > (before[0].seconds, before[0].score)


def _progress(store: Storage) -> dict[str, Any]:
    """The document as it is written now, whatever version it was kept in; what makes no sense is put aside."""
    fresh: dict[str, Any] = {"version": PROGRESS_VERSION, "stages": {}, "endless": [], "daily": {}}
    kept = store.load(PROGRESS)
    if kept is None:
        return fresh
    version = kept.get("version")
    if type(version) is int and version > PROGRESS_VERSION:
        store.set_aside(PROGRESS, NEWER, f"version {version}")
        return fresh
    if type(version) is not int or version < 1:
        store.set_aside(PROGRESS, DAMAGED, f"version {version}")
        return fresh
    if version == 1:
        kept = _with_stars(kept)
    found = {**fresh, **kept, "version": PROGRESS_VERSION}
    if all(type(found[key]) is type(fresh[key]) for key in fresh):
        return found
    store.set_aside(PROGRESS, DAMAGED, "stages, endless or daily of another type")
    return fresh


def _with_stars(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A document of version 1, which knew no stars: a stage that was won has at least the one for winning."""
    stages = kept.get("stages")
    if not isinstance(stages, dict):
        return dict(kept)
    moved = {
        name: {**entry, "stars": int(was_won(entry))} if isinstance(entry, dict) else entry
        for name, entry in stages.items()
    }
    return {**kept, "stages": moved}


def _entry(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _runs(kept: object) -> list[EndlessRun]:
    """The runs in a kept list; entries that make no sense are left out."""
    found = []
    for entry in kept if isinstance(kept, list) else []:
        values = [_entry(entry).get(key) for key in ("seconds", "score", "seed")]
        if all(type(value) is int for value in values):
            found.append(EndlessRun(*(_count(value) for value in values)))
    return found


def _rank(grade: object, score: object) -> tuple[int, int]:
    """How good a kept result is; what makes no sense is worse than any result."""
    known = isinstance(grade, str) and len(grade) == 1 and grade in GRADES
    return (-GRADES.index(str(grade)) if known else -len(GRADES), _count(score))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
