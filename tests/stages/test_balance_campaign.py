"""A taste of the balance: whether what the campaign promises is broken in plain sight.

With a seed or two a share cannot be measured. The shares the campaign promises are measured over 64 seeds by
`python -m stages balance`, and proved by test_balance_proof.py; see docs/balance.md.
"""

from __future__ import annotations

import pytest

from stages.balance.measure import Part, Plan, measure
from stages.balance.promises import GOOD, kept, promises
from stages.balance.runs import Job, Outcome, run, run_together
from stages.balance.tables import promises_table
from stages.balance.workers import cores, in_processes
from stages.load import load_stage, stage_names

FIRST, *LATER = stage_names()
QUICK_SEED = 1


@pytest.fixture(name="first", scope="module")
def first_stage() -> dict[str, Outcome]:
    """What comes of the first stage, by bot."""
    bots = ("reference", "expert", "withheld", "panic", "idle")
    return dict(zip(bots, run_together([Job(load_stage(FIRST), bot, QUICK_SEED) for bot in bots]), strict=True))


def test_reference_wins_and_does_it_well(first: dict[str, Outcome]) -> None:
    assert first["reference"].grade in GOOD


def test_expert_reaches_the_best_grade_by_acting(first: dict[str, Outcome]) -> None:
    assert first["expert"].grade == "S"
    assert first["expert"].acts > 0


@pytest.mark.parametrize("bot", ["withheld", "panic", "idle"])
def test_first_stage_is_lost_without_its_lesson(first: dict[str, Outcome], bot: str) -> None:
    assert not first[bot].won


def test_reference_wins_the_next_stage() -> None:
    assert run(Job(load_stage(LATER[0]), "reference", QUICK_SEED)).grade in GOOD


def test_idling_loses_the_last_stage() -> None:
    assert not run(Job(load_stage(LATER[-1]), "idle", QUICK_SEED)).won


def test_endless_ends_soon_for_who_does_nothing() -> None:
    assert 60 <= run(Job(load_stage("endless"), "idle", QUICK_SEED)).seconds <= 180


@pytest.mark.slow
def test_endless_lasts_for_who_grows_with_it() -> None:
    assert 300 <= run(Job(load_stage("endless"), "reference", QUICK_SEED)).seconds <= 800


@pytest.mark.slow
def test_first_stage_hangs_on_its_lesson_only() -> None:
    with in_processes(cores()) as spread:
        balances = measure([load_stage(FIRST)], Plan(seeds=1, probes=1, parts=(Part.BOTS, Part.ABLATION)), spread)
    found = [promise for promise in promises(balances) if promise.name == "no kind dominates but the lesson's"]
    assert found
    assert kept(found), "\n" + promises_table(found)
