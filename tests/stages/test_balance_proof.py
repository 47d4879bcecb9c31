"""Every promise of the campaign over its 64 seeds, judged by the recorded runs; and the record is true.

`python -m stages balance --record docs/balance` plays everything, for the better part of an hour. A run is the same bit
for bit wherever it is played, so `make test-balance` plays a part of them again, which part depends on the code, and
asks for the same outcomes, hashes of the last state included. DEVOPS_BALANCE_AGAIN=64 plays all of them again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

import engine
import stages
from engine.spec import StageSpec
from stages.balance import record
from stages.balance.command import SEEDS, probes_of
from stages.balance.measure import Plan, StageBalance, jobs_of, judge, play
from stages.balance.promises import Promise, kept, promises
from stages.balance.runs import Job, Key, Outcome
from stages.balance.tables import promises_table
from stages.balance.workers import cores, in_processes
from stages.load import load_stage, stage_names

FOLDER = Path(__file__).parents[2] / "docs" / "balance"
WHOLE = Plan(seeds=SEEDS, probes=probes_of(SEEDS))
# Of each bot, so many seeds are played again, and of each traffic level and each kind withheld in proportion.
AGAIN = int(os.environ.get("DEVOPS_BALANCE_AGAIN", "4"))
PROMISES_OF_A_STAGE, GRADES_SPREAD = 9, 1


def recorded(name: str) -> StageBalance:
    stage = load_stage(name)
    return judge(stage, WHOLE, record.wanted(FOLDER, stage, jobs_of(stage, WHOLE)))


def holds(found: Iterable[Promise]) -> None:
    judged = list(found)
    assert kept(judged), "\n" + promises_table(judged)


@pytest.mark.parametrize("name", stage_names())
def test_a_stage_keeps_its_promises(name: str) -> None:
    found = promises([recorded(name)])
    assert len(found) == PROMISES_OF_A_STAGE + GRADES_SPREAD * (load_stage(name).order > 1)
    holds(found)


def test_difficulty_rises() -> None:
    found = [promise for promise in promises([recorded(name) for name in stage_names()]) if not promise.stage]
    assert len(found) == 1
    holds(found)


def test_a_taste_of_the_record_is_true() -> None:
    stage = load_stage(stage_names()[0])
    with in_processes(1) as spread:
        true_of(stage, play([Job(stage, bot, 1) for bot in ("reference", "withheld", "idle", "panic")], spread))


@pytest.mark.balance
@pytest.mark.parametrize("name", stage_names())
def test_the_record_is_true(name: str) -> None:
    stage = load_stage(name)
    jobs = list(chosen(jobs_of(stage, WHOLE), Random(code_digest() + name)))
    assert {job.bot for job in jobs} == {job.bot for job in jobs_of(stage, WHOLE)}
    with in_processes(cores()) as spread:
        true_of(stage, play(jobs, spread))


def true_of(stage: StageSpec, played: Mapping[Key, Outcome]) -> None:
    kept_runs = record.read(FOLDER, stage)
    wrong = [key for key, outcome in played.items() if kept_runs[key] != outcome]
    assert not wrong, f"{len(wrong)} of {len(played)} runs come out otherwise, such as {wrong[0]}: record them again"


def chosen(jobs: Iterable[Job], random: Random) -> Iterator[Job]:
    """Some of the seeds of each bot, level and kind withheld."""
    for _, group in groupby(jobs, key=lambda job: (job.bot, job.level, job.without)):
        of_group = list(group)
        yield from random.sample(of_group, -(-len(of_group) * min(AGAIN, SEEDS) // SEEDS))


def code_digest() -> str:
    """Of all that decides what comes of a run: other code is tried by other seeds."""
    digest = hashlib.sha256()
    for package in (engine, stages):
        folder = Path(package.__path__[0])
        for file in sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
