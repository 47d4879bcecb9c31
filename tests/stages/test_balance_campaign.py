"""Whether the campaign keeps its promises: a taste of it always, more of it in the slow tests.

With a handful of seeds a share cannot be measured: these tests catch what is clearly broken. The shares the campaign
promises are measured over 64 seeds by `python -m stages balance`; see docs/balance.md.
"""

from __future__ import annotations

import pytest

from stages.balance.measure import Part, Plan, measure
from stages.balance.promises import GOOD, kept, promises
from stages.balance.runs import Job, run
from stages.balance.tables import promises_table
from stages.balance.workers import cores, in_processes
from stages.load import load_stage, stage_names

FIRST, *LATER = stage_names()
QUICK_SEED = 1
# About 2 minutes of two cores for the bots of all stages, half of one for the first stage's ablation.
SLOW_SEEDS, SLOW_PROBES = 1, 1
TAKES_MORE_SEEDS = ("the expert reaches S", "every grade occurs")


@pytest.mark.parametrize("name", [FIRST, LATER[0]])
def test_reference_wins_and_does_it_well(name: str) -> None:
    assert run(Job(load_stage(name), "reference", QUICK_SEED)).grade in GOOD


def test_expert_reaches_the_best_grade_by_acting() -> None:
    outcome = run(Job(load_stage(FIRST), "expert", QUICK_SEED))
    assert outcome.grade == "S"
    assert outcome.acts > 0


@pytest.mark.parametrize("bot", ["withheld", "panic"])
def test_first_stage_is_lost_without_its_lesson(bot: str) -> None:
    assert not run(Job(load_stage(FIRST), bot, QUICK_SEED)).won


@pytest.mark.parametrize("name", [FIRST, LATER[-1]])
def test_idling_loses(name: str) -> None:
    assert not run(Job(load_stage(name), "idle", QUICK_SEED)).won


def test_endless_ends_soon_for_who_does_nothing() -> None:
    assert 60 <= run(Job(load_stage("endless"), "idle", QUICK_SEED)).seconds <= 180


@pytest.mark.slow
def test_endless_lasts_for_who_grows_with_it() -> None:
    assert 300 <= run(Job(load_stage("endless"), "reference", QUICK_SEED)).seconds <= 800


@pytest.mark.slow
@pytest.mark.parametrize("name", LATER)
def test_every_later_stage_keeps_its_promises_about_bots(name: str) -> None:
    """But for how often the expert is at its best and how the grades are spread, which take more seeds than these."""
    with in_processes(cores()) as spread:
        balances = measure([load_stage(name)], Plan(seeds=SLOW_SEEDS, probes=0, parts=(Part.BOTS,)), spread)
    found = [promise for promise in promises(balances) if promise.name not in TAKES_MORE_SEEDS]
    assert kept(found), "\n" + promises_table(found)


@pytest.mark.slow
def test_first_stage_keeps_its_promises_and_hangs_on_its_lesson_only() -> None:
    plan = Plan(seeds=SLOW_SEEDS, probes=SLOW_PROBES, parts=(Part.BOTS, Part.ABLATION))
    with in_processes(cores()) as spread:
        balances = measure([load_stage(FIRST)], plan, spread)
    found = [promise for promise in promises(balances) if promise.name not in TAKES_MORE_SEEDS]
    assert "no kind dominates but the lesson's" in {promise.name for promise in found}
    assert kept(found), "\n" + promises_table(found)
