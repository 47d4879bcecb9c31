"""Every promise of the campaign over its seeds: what `python -m stages balance` measures, as a test.

Plays thousands of runs on all cores, so it has a mark of its own: `make test-balance`. DEVOPS_BALANCE_SEEDS asks for
fewer seeds than the 64 the promises speak of.
"""

from __future__ import annotations

import os

import pytest

from stages.balance.command import LEAST_PROBES, PROBES_SHARE, SEEDS
from stages.balance.measure import Plan, measure
from stages.balance.promises import Promise, kept, promises
from stages.balance.tables import promises_table
from stages.balance.workers import cores, in_processes
from stages.load import load_stage, stage_names

pytestmark = pytest.mark.balance
FEWER = "DEVOPS_BALANCE_SEEDS"
PROMISES_OF_BOTS, SWEEP_AND_ABLATION, GRADES_SPREAD = 7, 2, 1


@pytest.fixture(name="found", scope="module")
def measured() -> list[Promise]:
    """All promises, from one measurement of all stages."""
    seeds = int(os.environ.get(FEWER, SEEDS))
    plan = Plan(seeds=seeds, probes=max(LEAST_PROBES, seeds // PROBES_SHARE))
    with in_processes(cores()) as spread:
        return promises(measure([load_stage(name) for name in stage_names()], plan, spread))


@pytest.mark.parametrize("name", stage_names())
def test_a_stage_keeps_its_promises(found: list[Promise], name: str) -> None:
    of_stage = [promise for promise in found if promise.stage == name]
    later = load_stage(name).order > 1
    assert len(of_stage) == PROMISES_OF_BOTS + SWEEP_AND_ABLATION + GRADES_SPREAD * later
    assert kept(of_stage), "\n" + promises_table(of_stage)


def test_difficulty_rises(found: list[Promise]) -> None:
    of_all = [promise for promise in found if not promise.stage]
    assert len(of_all) == 1
    assert kept(of_all), "\n" + promises_table(of_all)
