"""What is kept of finished runs: grades, stars, endless runs, days; older records move along, nonsense is put aside."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest

from engine.view import Objective, Phase, RunResult
from game.savegame import (
    MOST_RUNS,
    PROGRESS,
    best_of,
    endless_runs,
    record_result,
    record_run,
    stars_of,
    was_won,
)
from game.session import Session
from game.stage_refs import open_stage
from game.storage import FileStorage
from stages.daily import daily_stage
from stages.errors import StageError
from stages.load import load_stage

WON = RunResult(
    outcome="won",
    grade="B",
    score=900,
    max_rps=80.0,
    users=100,
    latency_ms=150.0,
    p50_ms=100.0,
    p95_ms=300.0,
    p99_ms=500.0,
    uptime=0.97,
    error_rate=0.01,
    part_throughput=0.7,
    part_latency=0.8,
    part_uptime=0.9,
    incidents=(),
    advice="growth",
    advice_kind="",
    objectives=(Objective("thrifty", 120.0, True), Objective("flawless", 0.02, False)),
    stars=2,
    seconds=300.0,
    earned=200.0,
    spent=120.0,
)


@pytest.fixture
def store(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path)


def test_stars_are_kept_apart_from_the_grade(store: FileStorage) -> None:
    assert record_result(store, "hello_world", Phase.WON, WON)
    assert not record_result(store, "hello_world", Phase.WON, replace(WON, grade="C", stars=3))
    entry = best_of(store, "hello_world")
    assert (entry["grade"], stars_of(entry), entry["plays"], entry["wins"]) == ("B", 3, 2, 2)
    record_result(store, "hello_world", Phase.LOST, replace(WON, grade="F", stars=0))
    assert stars_of(best_of(store, "hello_world")) == 3


def test_records_without_stars_get_the_one_for_winning(store: FileStorage, tmp_path: Path) -> None:
    stages = {"hello_world": {"grade": "A", "score": 5, "plays": 3}, "tv_ad": {"grade": "F", "score": 1}, "odd": 7}
    (tmp_path / f"{PROGRESS}.json").write_text(json.dumps({"version": 1, "stages": stages, "own": "kept"}), "utf-8")
    assert stars_of(best_of(store, "hello_world")) == 1 and was_won(best_of(store, "hello_world"))
    assert stars_of(best_of(store, "tv_ad")) == 0 and best_of(store, "odd") == {}
    record_result(store, "tv_ad", Phase.WON, WON)
    kept = json.loads((tmp_path / f"{PROGRESS}.json").read_text("utf-8"))
    assert kept["version"] == 2 and kept["own"] == "kept"
    assert kept["stages"]["hello_world"] == {"grade": "A", "score": 5, "plays": 3, "stars": 1}
    assert store.problems == []


@pytest.mark.parametrize(
    ("document", "aside"),
    [
        ({"version": 99, "stages": {"hello_world": {"grade": "S"}}}, "newer"),
        ({"version": 2, "stages": {}, "endless": {}, "daily": {}}, "damaged"),
        ({"version": 1, "stages": []}, "damaged"),
        ({"stages": {}}, "damaged"),
        ({"version": True, "stages": {}}, "damaged"),
    ],
)
def test_what_cannot_be_read_is_put_aside_and_never_overwritten(
    store: FileStorage, tmp_path: Path, document: dict[str, object], aside: str
) -> None:
    text = json.dumps(document)
    (tmp_path / f"{PROGRESS}.json").write_text(text, "utf-8")
    record_result(store, "hello_world", Phase.WON, WON)
    assert (tmp_path / f"{PROGRESS}.json.{aside}").read_text("utf-8") == text
    assert [problem.key for problem in store.problems] == [aside]
    assert best_of(store, "hello_world")["grade"] == "B"


def endless(seed: int) -> Session:
    return Session("endless", replace(load_stage("hello_world"), id="endless", endless=True), seed)


def test_endless_runs_make_a_list_with_the_longest_first(store: FileStorage) -> None:
    for number, seconds in enumerate((100.9, 300.0, 200.0)):
        best = record_run(store, endless(number), replace(WON, seconds=seconds, score=10 * number))
        assert best is (number < 2)
    assert [(run.seconds, run.score, run.seed) for run in endless_runs(store)] == [
        (300, 10, 1),
        (200, 20, 2),
        (100, 0, 0),
    ]
    for number in range(2 * MOST_RUNS):
        record_run(store, endless(number), replace(WON, seconds=400.0 + number))
    assert len(endless_runs(store)) == MOST_RUNS and endless_runs(store)[0].seconds == 400 + 2 * MOST_RUNS - 1
    assert best_of(store, "endless") == {}, "no stage of the campaign"


def test_a_day_has_its_own_record(store: FileStorage) -> None:
    assert record_result(store, "daily-2026-11-21", Phase.WON, WON)
    assert record_result(store, "daily-2026-11-22", Phase.LOST, replace(WON, grade="F", stars=0))
    assert best_of(store, "daily-2026-11-21")["grade"] == "B"
    assert best_of(store, "daily-2026-11-22")["grade"] == "F"
    assert best_of(store, "daily-2026-11-23") == {} and best_of(store, "hello_world") == {}


def test_a_sandbox_has_no_records(store: FileStorage, tmp_path: Path, lost: Session) -> None:
    session = copy(lost)
    session.stage = replace(session.stage, sandbox=True)
    result = session.view.result
    assert result is not None and not record_run(store, session, result)
    assert not (tmp_path / f"{PROGRESS}.json").exists()


def test_a_day_has_one_name_and_is_found_under_its_old_one() -> None:
    stage = open_stage("daily-2026-11-21")
    assert stage.id == "daily-2026-11-21" == daily_stage("2026-11-21").id
    assert open_stage("daily_20261121") == stage
    with pytest.raises(StageError):
        open_stage("daily_20261341")
