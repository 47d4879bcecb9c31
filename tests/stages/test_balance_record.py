"""Runs that are kept in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stages.balance import record
from stages.balance.runs import Job, Key, Outcome
from stages.load import load_stage
from tests.stages.outcomes import outcome


@pytest.fixture(name="runs", scope="module")
def some_outcomes() -> dict[Key, Outcome]:
    """Made-up runs of the first stage."""
    return {
        ("hello_world", "reference", 1, 1.0, ""): replace(outcome("A", built=("vm_basic",)), history=None),
        ("hello_world", "idle", 2, 1.5, "vm_basic"): replace(outcome("F"), latency_ms=None, history=None),
    }


def test_recorded_runs_come_back_as_they_were(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    elsewhere = {("tv_ad", "idle", 1, 1.0, ""): outcome("F")}
    record.write(tmp_path / "new", stage, runs | elsewhere)
    assert record.read(tmp_path / "new", stage) == runs
    record.write(tmp_path / "new", stage, dict([*runs.items()][:1]))
    assert list(record.read(tmp_path / "new", stage)) == [*runs][:1]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["hello_world.jsonl"]


def test_a_run_that_was_never_recorded_is_named(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    record.write(tmp_path, stage, runs)
    assert list(record.wanted(tmp_path, stage, [Job(stage, "reference", 1)])) == [*runs][:1]
    with pytest.raises(record.RecordError, match=r"no run of idle, seed 1, level 1, without nothing; .*--record"):
        record.wanted(tmp_path, stage, [Job(stage, "idle", 1)])


@pytest.mark.parametrize(
    "damage", ["", "not JSON\n", "7\n", '{"bot": 1}\n', '["bot", "seed"]\n', '["idle", 1, 1.0, ""' + ", 5" * 14 + "]\n"]
)
def test_a_damaged_record_says_where_and_what_to_do(damage: str, runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    record.write(tmp_path, stage, runs)
    file = record.file_of(tmp_path, stage)
    header, first, *_ = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(header + first + (damage or first[:20]), encoding="utf-8")
    with pytest.raises(record.RecordError, match=r"hello_world\.jsonl, line 3: .*--record"):
        record.read(tmp_path, stage)
    file.write_text(first, encoding="utf-8")
    with pytest.raises(record.RecordError, match="line 1: "):
        record.read(tmp_path, stage)


def test_a_record_that_is_missing_or_cannot_be_written(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    with pytest.raises(record.RecordError, match=r"cannot be read .*--record"):
        record.read(tmp_path, stage)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(record.RecordError, match="cannot be written"):
        record.write(tmp_path / "file" / "deeper", stage, runs)
