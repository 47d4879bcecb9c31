"""Synchronous calls: a slow database takes the web servers in front of it down with it, and they come back with it."""

from __future__ import annotations

from dataclasses import replace

from engine.commands import Resize
from engine.simulation import Simulation
from engine.spec import FailureReason, NodeKind, NodeSize, StageSpec, SubItem
from tests.engine.builders import opened, run_for, three_tier

RATE = 70.0
DATABASE = 5
WEB = (2, 3, 4)


def with_slow_size(spec: StageSpec) -> StageSpec:
    """The three-tier stage with a second size of its database that takes three times as long, at once to be had."""

    def slowed(kind: NodeKind) -> NodeKind:
        if kind.id == "web":
            return replace(kind, patience_s=0.8, sizes=(replace(kind.sizes[0], queue=12),))
        if kind.id != "database":
            return kind
        usual = kind.sizes[0]
        slow = NodeSize(
            id="slow",
            slots=usual.slots,
            queue=usual.queue,
            service_ms={SubItem.READ: 240.0, SubItem.WRITE: 480.0},
        )
        return replace(kind, sizes=(usual, slow), resize_s=0.0)

    return replace(spec, node_kinds=tuple(slowed(kind) for kind in spec.node_kinds))


def failures(simulation: Simulation, *nodes: int) -> dict[FailureReason, int]:
    """Failures so far at some nodes, by reason."""
    by_node = simulation.view.failures_by_node()
    return {reason: sum(by_node[node][reason] for node in nodes) for reason in FailureReason}


def test_a_slow_database_exhausts_its_callers_and_all_recovers() -> None:
    simulation = opened(with_slow_size(three_tier(RATE)), 1)
    run_for(simulation, 20.0)
    calm = failures(simulation, *WEB, DATABASE)
    assert sum(calm.values()) < 0.01 * simulation.view.totals.born
    web_before = [simulation.view.node(node) for node in WEB]
    assert all(node.waiting < 9 for node in web_before)

    simulation.apply(Resize(DATABASE, "slow"))
    run_for(simulation, 20.0)
    hurt = [simulation.view.node(node) for node in WEB]
    assert sum(node.calling for node in hurt) > 0.6 * sum(node.slots for node in hurt), "workers wait for the database"
    assert all(node.in_service + node.calling == node.slots for node in hurt), "none is free"
    assert all(node.waiting > 5 for node in hurt), "the accept queues fill"
    at_web = failures(simulation, *WEB)
    assert at_web[FailureReason.REFUSED] + at_web[FailureReason.TIMEOUT] > 200, "the failure has climbed up"
    assert at_web[FailureReason.REFUSED] > 50
    assert at_web[FailureReason.TIMEOUT] > 50
    assert simulation.view.error_rate > 0.3

    simulation.apply(Resize(DATABASE, "s"))
    run_for(simulation, 20.0)
    before = sum(failures(simulation, *WEB, DATABASE).values())
    run_for(simulation, 10.0)
    assert sum(failures(simulation, *WEB, DATABASE).values()) - before < 0.01 * 10.0 * RATE
    assert all(simulation.view.node(node).waiting < 10 for node in WEB)
    assert simulation.view.error_rate < 0.01


def test_a_full_accept_queue_refuses_and_a_small_one_refuses_more() -> None:
    refused = []
    for queue in (2, 200):
        spec = with_slow_size(three_tier(RATE))
        kinds = tuple(
            replace(kind, patience_s=60.0, sizes=(replace(kind.sizes[0], queue=queue),)) if kind.id == "web" else kind
            for kind in spec.node_kinds
        )
        simulation = opened(replace(spec, node_kinds=kinds), 1)
        simulation.apply(Resize(DATABASE, "slow"))
        run_for(simulation, 10.0)
        refused.append(failures(simulation, *WEB)[FailureReason.REFUSED])
    assert refused[0] > refused[1]
