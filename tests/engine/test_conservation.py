"""No request is lost or made up, on any board, whatever the player does: checked after every step."""

from __future__ import annotations

import random

import pytest

from engine.commands import Accepted
from engine.simulation import Simulation
from tests.engine.builders import opened, random_command, random_stage

STEPS = 600


def assert_conserved(simulation: Simulation) -> None:
    """born = done + failed + in the system, failures by node add up, nothing is negative."""
    totals = simulation.view.totals
    failed = sum(totals.failed.values())
    assert totals.born == totals.done + failed + totals.in_system
    by_node = simulation.view.failures_by_node()
    assert sum(sum(reasons.values()) for reasons in by_node.values()) == failed
    assert simulation.kernel.counts.min(initial=0) >= 0
    assert simulation.kernel.occupied.min(initial=0) >= 0


@pytest.mark.parametrize("seed", range(12))
def test_random_boards_under_random_commands(seed: int) -> None:
    dice = random.Random(seed)
    simulation = opened(random_stage(seed), seed)
    accepted = 0
    for step in range(STEPS):
        if step % 7 == 3:
            accepted += isinstance(simulation.apply(random_command(dice, simulation)), Accepted)
            assert_conserved(simulation)
        simulation.step()
        assert_conserved(simulation)
    assert accepted > 3
    assert simulation.view.totals.born > 50


@pytest.mark.parametrize("seed", range(6))
def test_slots_are_never_exceeded_on_a_board_left_alone(seed: int) -> None:
    simulation = opened(random_stage(seed), seed)
    for _ in range(STEPS):
        simulation.step()
        for node in simulation.view.nodes:
            assert node.in_service + node.calling <= node.slots
            assert node.waiting <= node.queue_limit


def test_conservation_would_notice_a_lost_request() -> None:
    simulation = opened(random_stage(1), 1)
    for _ in range(100):
        simulation.step()
    busiest = int(simulation.kernel.counts.argmax())
    simulation.kernel.counts[busiest] -= 1
    with pytest.raises(AssertionError):
        assert_conserved(simulation)
