"""Every promise of the campaign over its seeds: what `python -m stages balance` measures, as a test.

Plays thousands of runs on all cores for the better part of an hour, so it has a mark of its own: `make test-balance`.
DEVOPS_BALANCE_SEEDS asks for a part of it: so many seeds of the bots, and the promises that so few can judge.
"""

from __future__ import annotations

import os

import pytest

from stages.balance.command import SEEDS, probes_of
from stages.balance.measure import Part, Plan, measure
from stages.balance.promises import Promise, kept, promises
from stages.balance.tables import promises_table
from stages.balance.workers import cores, in_processes
from stages.load import load_stage, stage_names

pytestmark = pytest.mark.balance
PROMISES_OF_BOTS, SWEEP_AND_ABLATION, GRADES_SPREAD = 7, 2, 1
FEWER = int(os.environ.get("DEVOPS_BALANCE_SEEDS", "0"))
TAKE_ALL_SEEDS = ("the expert reaches S", "every grade occurs")


@pytest.fixture(name="found", scope="module")
def measured() -> list[Promise]:
    """All promises, from one measurement of all stages."""
    whole = Plan(seeds=SEEDS, probes=probes_of(SEEDS))
    plan = Plan(seeds=FEWER, probes=0, parts=(Part.BOTS,)) if FEWER else whole
    with in_processes(cores()) as spread:
        return promises(measure([load_stage(name) for name in stage_names()], plan, spread))


@pytest.mark.parametrize("name", stage_names())
def test_a_stage_keeps_its_promises(found: list[Promise], name: str) -> None:
    of_stage = [promise for promise in found if promise.stage == name]
    later = load_stage(name).order > 1
    assert len(of_stage) == PROMISES_OF_BOTS + SWEEP_AND_ABLATION * (not FEWER) + GRADES_SPREAD * later
    judged = [promise for promise in of_stage if not FEWER or promise.name not in TAKE_ALL_SEEDS]
    assert kept(judged), "\n" + promises_table(judged)


@pytest.mark.skipif(FEWER > 0, reason="takes all seeds")
def test_difficulty_rises(found: list[Promise]) -> None:
    of_all = [promise for promise in found if not promise.stage]
    assert len(of_all) == 1
    assert kept(of_all), "\n" + promises_table(of_all)
