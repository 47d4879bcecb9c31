"""Stage 1 is about its lesson: other ways lose. How often each of its bots wins is the balance's business."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.spec import StageSpec
from engine.view import RunResult
from stages.bots import ReferenceBot
from stages.load import load_stage
from stages.simulate import play

SEEDS = 6


@pytest.fixture(scope="module")
def stage() -> StageSpec:
    return load_stage("hello_world")


def result(stage: StageSpec, seed: int, bot: str) -> RunResult:
    found = play(stage, seed, bot).view.result
    assert found is not None
    return found


def results(stage: StageSpec, bot: str, seeds: int) -> list[RunResult]:
    return [result(stage, seed, bot) for seed in range(1, seeds + 1)]


def won(found: list[RunResult]) -> int:
    return sum(run.outcome == "won" for run in found)


def test_takes_four_to_six_minutes_and_a_working_week(stage: StageSpec) -> None:
    assert 240 <= stage.duration_s <= 360
    assert stage.duration_s / stage.day_s == 5


def test_watching_loses(stage: StageSpec) -> None:
    lost = result(stage, 1, "idle")
    assert (lost.outcome, lost.grade) == ("service_down", "F")
    assert lost.advice == "load_balancer"
    assert lost.incidents


def test_the_lesson_can_be_paid_for(stage: StageSpec) -> None:
    prices = {kind.id: kind.sizes[0].price for kind in stage.node_kinds}
    lesson = prices["load_balancer"] + 2 * prices["vm_basic"]
    assert lesson <= stage.budget <= lesson + 4 * prices["vm_basic"]


def test_bigger_is_not_the_way_round_the_lesson(stage: StageSpec) -> None:
    sizes = {size.id: size for size in stage.node_kind("vm_basic").sizes}
    assert sizes["large"].price - sizes["small"].price >= stage.budget


def test_human_delay() -> None:
    """The reference player's acts in operation are at least a second apart, and none comes in the first 3 s."""
    crowded = load_stage(
        "hello_world", ["traffic.users.initial=1500", "duration_s=30", "events=[]", "goal.error_threshold=1"]
    )
    times = [step * 0.01 for step, _ in play(crowded, 2, "reference").log if step > 0]
    assert len(times) > 1
    assert min(times) >= 3
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))


@pytest.mark.slow
@pytest.mark.parametrize("bot", ["scale_up", "panic"])
def test_other_ways_lose(stage: StageSpec, bot: str) -> None:
    assert won(results(stage, bot, SEEDS)) <= 1


@pytest.mark.slow
def test_two_servers_are_not_enough(stage: StageSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReferenceBot, "busy", 99.0)
    assert won(results(stage, "reference", SEEDS)) <= 1
