"""Round robin and weights are exact, fewest connections levels what is unequal, two choices shorten the tail, rate caps
hold, and draining loses nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.commands import Disconnect, Resize, SetPolicy
from engine.simulation import Simulation
from engine.spec import (
    Department,
    Envelope,
    EventSpec,
    FailureReason,
    NodeEffect,
    NodeSize,
    PolicySpec,
    RequestKind,
    StageSpec,
    SubItem,
)
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
    simulation = opened(farm("round_robin", 150.0), 1, traced=False)
    for _ in range(2000):
        simulation.step()
        counts = sent(simulation)
        assert max(counts) - min(counts) <= 1


def test_round_robin_goes_on_in_turn_over_those_that_are_left() -> None:
    simulation = opened(farm("round_robin", 150.0), 1, traced=False)
    run_for(simulation, 5.0)
    simulation.apply(Disconnect(1, 4))
    before = sent(simulation)
    run_for(simulation, 5.0)
    gained = [after - b for after, b in zip(sent(simulation), before, strict=True)]
    assert abs(gained[0] - gained[1]) <= 1
    assert sum(gained) > 500


def test_fewest_connections_levels_unequal_servers() -> None:
    simulation = opened(farm("least_connections", 160.0), 2, traced=False)
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
        simulation = opened(farm(policy, 130.0), 3, traced=False)
        run_for(simulation, 40.0)
        waits[policy] = simulation.view.mean_latency_ms
    assert waits["least_connections"] < 0.6 * waits["round_robin"]


@pytest.mark.parametrize("queue", [0, 50])
def test_a_rate_cap_holds_and_what_is_over_it_is_refused(queue: int) -> None:
    simulation = opened(farm("round_robin", 120.0, cap=60.0, queue=queue), 1, traced=False)
    run_for(simulation, 30.0)
    statistics = simulation.view.node_statistics()[1]
    assert statistics.throughput_rps == pytest.approx(60.0, rel=0.01 if queue else 0.06)
    assert statistics.throughput_rps <= 60.5
    assert simulation.view.failures_by_node()[1][FailureReason.REFUSED] > 1000
    assert simulation.view.node(1).waiting <= queue


def test_an_event_that_slows_a_capped_balancer_lets_less_through() -> None:
    half = NodeEffect(kinds=("balancer",), pace=0.5, envelope=Envelope(hold_s=1e6))
    slow = EventSpec(id="slow", department=Department.DEV, at_s=10.0, node_effects=(half,))
    simulation = opened(replace(farm("round_robin", 120.0, cap=60.0), events=(slow,)), 1, traced=False)
    run_for(simulation, 30.0)
    done = simulation.view.totals.done
    run_for(simulation, 30.0)
    assert simulation.view.totals.done - done == pytest.approx(30 * 30, rel=0.05)


SERVERS, LOAD = 40, 0.8


def tail(policy: str) -> list[float]:
    """Share of 40 single servers at 80 % that hold at least 1, 2, 3, 4, 5 requests, over 60 s."""
    kinds = (source("balancer"), balancer(policy, "server"), server("server", 1, {SubItem.STATIC: 100.0}))
    names = [f"s{i}" for i in range(SERVERS)]
    nodes = (("in", "internet"), ("lb", "balancer"), *((name, "server") for name in names))
    wires = (("in", "lb"), *(("lb", name) for name in names))
    spec = stage(kinds, nodes, wires, SERVERS * LOAD * 10.0, (PAGE,), step_ms=10.0)
    simulation = opened(spec, 1, traced=False)
    run_for(simulation, 15.0)
    at_least = np.zeros(5)
    steps = 5000
    for _ in range(steps):
        simulation.step()
        present = (simulation.kernel.serving + simulation.kernel.waiting)[2:]
        at_least += [np.count_nonzero(present >= i) for i in range(1, 6)]
    return [float(count) / steps / SERVERS for count in at_least]


def test_random_choice_makes_every_server_a_queue_of_its_own() -> None:
    """M/M/1: the share with at least i requests is rho^i."""
    found = tail("random")
    assert found[0] == pytest.approx(LOAD, abs=0.03)
    assert found[2] == pytest.approx(LOAD**3, abs=0.08)
    assert found[4] == pytest.approx(LOAD**5, abs=0.1)


def test_two_choices_make_the_tail_doubly_exponential() -> None:
    """rho^(2^i - 1) for many servers. Source: M. Mitzenmacher, The Power of Two Choices, IEEE TPDS 2001."""
    found = tail("two_choices")
    expected = [LOAD ** (2**i - 1) for i in range(1, 6)]
    assert found[0] == pytest.approx(expected[0], abs=0.03)
    assert found[1] == pytest.approx(expected[1], abs=0.06)
    assert found[2] == pytest.approx(expected[2], abs=0.06)
    assert found[3] == pytest.approx(expected[3], abs=0.03)
    assert found[4] < 0.02, "where random choice has a third"


def test_weights_are_exact_to_about_one_request_even_when_they_change() -> None:
    spec = farm("weighted", 150.0)
    sizes = (
        NodeSize(id="s", slots=12, queue=400, service_ms={SubItem.STATIC: 50.0}),
        NodeSize(id="l", slots=31, service_ms={SubItem.STATIC: 50.0}),
    )
    kinds = tuple(replace(kind, sizes=sizes) if kind.id == "quick" else kind for kind in spec.node_kinds)
    simulation = opened(replace(spec, node_kinds=kinds), 1, traced=False)
    rounds: tuple[tuple[int, ...], ...] = ((12, 4, 4), (31, 4, 4))
    for weights in rounds:
        if weights[0] == 31:
            simulation.apply(Resize(2, "l"))
        begun = sent(simulation)
        for step in range(2000):
            simulation.step()
            gained = [now - before for now, before in zip(sent(simulation), begun, strict=True)]
            for count, weight in zip(gained, weights, strict=True):
                assert abs(count - sum(gained) * weight / sum(weights)) < 2.0, step
        assert sum(gained) > 1000


@pytest.mark.parametrize("policy", ["round_robin", "least_connections", "random", "two_choices", "weighted"])
def test_a_drained_server_gets_nothing_new_and_loses_nothing(policy: str) -> None:
    rotation = PolicySpec(key="rotation", choices=("in", "out"), default="in")
    spec = farm(policy, 100.0)
    kinds = tuple(replace(k, policies=(rotation,)) if k.id in ("quick", "slow") else k for k in spec.node_kinds)
    simulation = opened(replace(spec, node_kinds=kinds), 2, traced=False)
    run_for(simulation, 5.0)
    simulation.apply(SetPolicy(3, "rotation", "out"))
    there = simulation.view.node(3)
    assert there.in_service + there.waiting > 0, "what it has stays"
    before = sent(simulation)
    run_for(simulation, 10.0)
    assert sent(simulation)[1] == before[1]
    there = simulation.view.node(3)
    assert there.in_service + there.waiting == 0, "and is finished"
    assert sum(simulation.view.totals.failed.values()) == 0
    simulation.apply(SetPolicy(3, "rotation", "in"))
    run_for(simulation, 5.0)
    assert sent(simulation)[1] > before[1] + 50
