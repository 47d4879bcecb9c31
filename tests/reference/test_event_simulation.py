"""The exact event simulation against theory, so that it may judge the engine.

Each tolerance is about three standard errors of the mean over its runs.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from engine.spec import Department, EventSpec, FailureReason, RequestKind, Role, StageSpec, SubItem, UslSpec
from tests.engine.builders import balancer, mmc, recipe, server, source, stage, three_tier
from tests.reference import theory
from tests.reference.event_simulation import EventSimulation

MEAN_MS = 100.0
SERVICE = 1000.0 / MEAN_MS
SECONDS = 500.0


def runs(spec: StageSpec, seeds: int = 3) -> list[EventSimulation]:
    """A run for each of some seeds."""
    found = [EventSimulation(spec, seed) for seed in range(seeds)]
    for run in found:
        run.run(SECONDS)
    return found


def check(spec: StageSpec, expected: theory.Queue, node: int = 1, loose: float = 1.0) -> None:
    """Hold a node's averages against a queue."""
    found = runs(spec)
    stations = [run.stations[node] for run in found]
    assert fmean(s.present_s for s in stations) / SECONDS == pytest.approx(expected.in_system, rel=0.06 * loose)
    assert fmean(s.full_s for s in stations) / SECONDS == pytest.approx(expected.all_busy, abs=0.02 * loose)
    assert fmean(s.left for s in stations) / SECONDS == pytest.approx(expected.throughput, rel=0.02)
    lost = fmean(sum(run.failed.values()) / run.born for run in found)
    assert lost == pytest.approx(expected.lost, abs=0.008)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 0.75)])
def test_mmc(servers: int, load: float) -> None:
    arrival = servers * SERVICE * load
    check(mmc(servers, MEAN_MS, arrival), theory.mmc(arrival, SERVICE, servers))
    station = runs(mmc(servers, MEAN_MS, arrival), 1)[0].stations[1]
    assert station.mean_wait_s == pytest.approx(theory.mmc(arrival, SERVICE, servers).wait_s, rel=0.2)


def test_loss() -> None:
    check(mmc(4, MEAN_MS, 44.0, 4), theory.mmck(44.0, SERVICE, 4, 8))


def test_patience() -> None:
    spec = mmc(4, MEAN_MS, 44.0)
    kinds = tuple(replace(kind, patience_s=0.2) for kind in spec.node_kinds)
    check(replace(spec, node_kinds=kinds), theory.mmc_patience(44.0, SERVICE, 4, 0.2))


def test_contention() -> None:
    usl = UslSpec(contention_write=0.05, coherency_write=0.01)
    kinds = (source("db"), server("db", 16, {SubItem.WRITE: MEAN_MS}, 10, role=Role.DATABASE, usl=usl))
    order = RequestKind(id="order", recipe=recipe("write"))
    spec = stage(kinds, (("in", "internet"), ("db", "db")), (("in", "db"),), 38.0, (order,))
    check(spec, theory.usl_queue(38.0, MEAN_MS / 1000.0, 16, 26, 0.05, 0.01), loose=1.5)


def test_a_tandem_and_who_holds_what() -> None:
    """The first node holds a slot for each request that is in the second."""
    kinds = (
        source("front"),
        server("front", 999, {SubItem.STATIC: MEAN_MS}, calls=("behind",)),
        server("behind", 2, {SubItem.READ: 50.0}, role=Role.DATABASE),
    )
    nodes = (("in", "internet"), ("front", "front"), ("behind", "behind"))
    page = RequestKind(id="page", recipe=recipe("static", "read"))
    spec = stage(kinds, nodes, (("in", "front"), ("front", "behind")), 24.0, (page,))
    first, second = (queue.in_system for queue in theory.tandem(24.0, ((SERVICE, 40), (20.0, 2))))
    found = runs(spec)
    behind = fmean(run.stations[2].present_s for run in found) / SECONDS
    front = fmean(run.stations[1].present_s for run in found) / SECONDS
    assert behind == pytest.approx(second, rel=0.05)
    assert front == pytest.approx(first + second, rel=0.04)


@pytest.mark.parametrize("policy", ["round_robin", "least_connections"])
def test_every_request_is_accounted_for(policy: str) -> None:
    run = runs(three_tier(110.0, policy), 1)[0]
    assert run.born == run.done + sum(run.failed.values()) + run.in_system
    assert run.done == len(run.sojourn_s)
    assert run.failed[FailureReason.REFUSED] > 0


def test_fewest_connections_goes_to_the_quicker_server() -> None:
    kinds = (
        source("balancer"),
        balancer("least_connections", "quick", "slow"),
        server("quick", 4, {SubItem.STATIC: 50.0}),
        server("slow", 4, {SubItem.STATIC: 150.0}),
    )
    nodes = (("in", "internet"), ("lb", "balancer"), ("quick", "quick"), ("slow", "slow"))
    wires = (("in", "lb"), ("lb", "quick"), ("lb", "slow"))
    page = RequestKind(id="page", recipe=recipe("static"))
    run = runs(stage(kinds, nodes, wires, 90.0, (page,)), 1)[0]
    assert run.stations[2].left > 2 * run.stations[3].left


def test_a_request_nobody_can_handle_fails_where_it_is_found_out() -> None:
    page = RequestKind(id="page", recipe=recipe("static", "write"))
    kinds = (source("node"), server("node", 2, {SubItem.STATIC: 50.0}))
    spec = stage(kinds, (("in", "internet"), ("node", "node")), (("in", "node"),), 10.0, (page,))
    run = runs(spec, 1)[0]
    assert run.failed_at[1, FailureReason.NO_ROUTE] == run.born - run.in_system
    assert run.stations[1].held == len(run.stations[1].serving), "no slot is left behind"


def test_it_refuses_a_stage_it_does_not_know_how_to_run() -> None:
    event = EventSpec(id="news", department=Department.PM, at_s=1.0)
    with pytest.raises(ValueError, match="events"):
        EventSimulation(replace(mmc(1, 100.0, 5.0), events=(event,)), 1)
