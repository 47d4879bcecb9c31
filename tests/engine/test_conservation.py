"""No request and no message is lost or made up, on any board, whatever happens and whatever the player does: checked
after every step.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from engine.arrays import CountArray
from engine.commands import Accepted
from engine.routing import DEAD, STORED
from engine.simulation import Simulation
from engine.spec import Role
from tests.engine.builders import opened, random_command, random_stage
from tests.engine.worlds import random_act, random_world

STEPS = 600
WORLD_STEPS = 500


def assert_conserved(simulation: Simulation) -> None:
    """born = done + failed + in the system, failures by node and by kind add up, nothing is negative, messages too."""
    kernel = simulation.kernel
    totals = simulation.view.totals
    failed = sum(totals.failed.values())
    assert totals.born == totals.done + failed + totals.in_system
    by_node = simulation.view.failures_by_node()
    assert sum(sum(reasons.values()) for reasons in by_node.values()) == failed == int(kernel.failed_kind.sum())
    assert kernel.counts.min(initial=0) >= 0
    stored, unacked, dead = messages(simulation)
    assert totals.messages == totals.delivered + stored + unacked + dead + kernel.lost_messages
    assert dead == totals.dead
    clients = simulation.clients
    assert clients.failed == clients.given_up + clients.over_budget + clients.waiting + clients.retried
    assert clients.waiting == int(clients.pool.sum()) >= 0
    assert_occupancy(simulation)


def messages(simulation: Simulation) -> tuple[int, int, int]:
    """Messages stored in brokers, with workers, and put aside."""
    found = [0, 0, 0]
    kernel, nodes = simulation.kernel, simulation.board.nodes
    for key, count in zip(kernel.topology.keys, kernel.counts.tolist(), strict=True):
        first = nodes[key.path[0]]
        if first.kind.role is Role.QUEUE and (key.place in (STORED, DEAD) or len(key.path) > 1):
            found[0 if key.place == STORED else 2 if key.place == DEAD else 1] += count
    return found[0], found[1], found[2]


def assert_occupancy(simulation: Simulation) -> None:
    """What the kernel keeps by node equals what its cells add up to."""
    kernel = simulation.kernel
    kept: CountArray = kernel.occupied.copy()
    kernel.recount()
    assert np.array_equal(kept, kernel.occupied)
    assert kept.min(initial=0) >= 0


@pytest.mark.parametrize("seed", range(8))
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


def held(simulation: Simulation) -> dict[int, int]:
    """Slots in use by node."""
    kernel = simulation.kernel
    in_use = (kernel.serving + kernel.calling).tolist()
    return {node: in_use[i] for node, i in kernel.topology.node_index.items()}


def play_world(seed: int, steps: int) -> Simulation:
    """A random world under random acts, checked at every step."""
    dice = random.Random(seed)
    simulation = opened(random_world(seed, steps * 0.01), seed)
    accepted = 0
    for _ in range(steps):
        if dice.random() < 0.08:
            accepted += isinstance(simulation.apply(random_act(dice, simulation)), Accepted)
            assert_conserved(simulation)
        before, slots = held(simulation), {n.id: n.slots() for n in simulation.board.nodes.values()}
        simulation.step()
        assert_conserved(simulation)
        for node, in_use in held(simulation).items():
            limit = max(slots[node], simulation.board.nodes[node].slots(), before[node])
            assert in_use <= limit, f"node {node} let in more than it has slots"
    assert accepted > 5
    return simulation


@pytest.mark.parametrize("seed", range(10))
def test_random_worlds_of_every_kind(seed: int) -> None:
    play_world(seed, WORLD_STEPS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_random_worlds(seed: int) -> None:
    play_world(seed, 800)


@pytest.mark.parametrize("seed", range(4))
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
