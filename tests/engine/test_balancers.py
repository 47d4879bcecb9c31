"""Round robin is exact, fewest connections levels what is unequal, and rate caps hold."""

from __future__ import annotations

import pytest

from engine.commands import Disconnect
from engine.simulation import Simulation
from engine.spec import FailureReason, RequestKind, StageSpec, SubItem
from tests.engine.builders import balancer, opened, recipe, run_for, server, source, stage

PAGE = RequestKind(id="page", recipe=recipe("static"))
LIST = RequestKind(id="list", recipe=recipe("static", "static"))


def farm(policy: str, rate: float, cap: float = 0.0, queue: int = 0) -> StageSpec:
    """A balancer over one quick and two slow servers."""
    kinds = (
        source("balancer"),
        balancer(policy, "quick", "slow", rate_cap_rps=cap, queue=queue),
        server("quick", 12, {SubItem.STATIC: 50.0}, 400),
        server("slow", 4, {SubItem.STATIC: 100.0}, 400),
    )
    nodes = (("in", "internet"), ("lb", "balancer"), ("a", "quick"), ("b", "slow"), ("c", "slow"))
    wires = (("in", "lb"), ("lb", "a"), ("lb", "b"), ("lb", "c"))
    return stage(kinds, nodes, wires, rate, (PAGE, LIST), step_ms=5.0)


def sent(simulation: Simulation) -> list[int]:
    """Requests sent over each wire of the balancer so far."""
    totals = dict(zip(simulation.kernel.topology.wires, simulation.kernel.wire_totals().tolist(), strict=True))
    return [count for (caller, _), count in totals.items() if caller == 1]


def test_round_robin_is_exact_at_every_step() -> None:
    simulation = opened(farm("round_robin", 150.0), 1)
    for _ in range(2000):
        simulation.step()
        counts = sent(simulation)
        assert max(counts) - min(counts) <= 1


def test_round_robin_goes_on_in_turn_over_those_that_are_left() -> None:
    simulation = opened(farm("round_robin", 150.0), 1)
    run_for(simulation, 5.0)
    simulation.apply(Disconnect(1, 4))
    before = sent(simulation)
    run_for(simulation, 5.0)
    gained = [after - b for after, b in zip(sent(simulation), before, strict=True)]
    assert abs(gained[0] - gained[1]) <= 1
    assert sum(gained) > 500


def test_fewest_connections_levels_unequal_servers() -> None:
    simulation = opened(farm("least_connections", 160.0), 2)
    spread = []
    for step in range(3000):
        simulation.step()
        if step > 500:
            present = [n.in_service + n.waiting for n in (simulation.view.node(i) for i in (2, 3, 4))]
            spread.append(max(present) - min(present))
    assert sum(spread) / len(spread) < 3.0


def test_fewest_connections_beats_round_robin_with_unequal_servers() -> None:
    waits = {}
    for policy in ("round_robin", "least_connections"):
        simulation = opened(farm(policy, 130.0), 3)
        run_for(simulation, 40.0)
        waits[policy] = simulation.view.mean_latency_ms
    assert waits["least_connections"] < 0.6 * waits["round_robin"]


@pytest.mark.parametrize("queue", [0, 50])
def test_a_rate_cap_holds_and_what_is_over_it_is_refused(queue: int) -> None:
    simulation = opened(farm("round_robin", 120.0, cap=60.0, queue=queue), 1)
    run_for(simulation, 30.0)
    statistics = simulation.view.node_statistics()[1]
    assert statistics.throughput_rps == pytest.approx(60.0, rel=0.01 if queue else 0.06)
    assert statistics.throughput_rps <= 60.5
    assert simulation.view.failures_by_node()[1][FailureReason.REFUSED] > 1000
    assert simulation.view.node(1).waiting <= queue
