"""Clients that try again multiply the load; a service can stay down after the burst that felled it has gone, and is
cured by doing less of the useless. Source: N. Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.commands import Restart, SetPolicy
from engine.simulation import Simulation
from engine.spec import (
    ClientSpec,
    CurvePoint,
    FailureReason,
    GatewaySpec,
    NodeKind,
    NodeSize,
    PolicySpec,
    RequestKind,
    Role,
    StageSpec,
    SubItem,
)
from tests.engine.builders import opened, recipe, run_for, server, source, stage

PAGE = RequestKind(id="page", recipe=recipe("static"))
RATE, ABLE = 70.0, 100.0
BURST_S = (10.0, 16.0)
SOURCE, GATE, WEB = 0, 1, 2


def board(retries: float, *, burst: float = 0.0) -> StageSpec:
    """A gateway and a server able to 100 a second at 70; callers give up after a second, and it works on all the same.
    burst: requests a second from 10 to 16 s.
    """
    policies = (
        PolicySpec(key="expired", choices=("drop", "work_on"), default="work_on"),
        PolicySpec(key="queue_limit", maximum=1000),
    )
    web = replace(server("web", 5, {SubItem.STATIC: 50.0}, 400, patience_s=1.0), policies=policies, restart_s=1.0)
    gate = NodeKind(
        id="gate",
        role=Role.BALANCER,
        sizes=(NodeSize(id="s"),),
        may_call=("web",),
        gateway=GatewaySpec(window_s=3.0, failure_share=0.5, min_calls=20, open_s=6.0, probe_rps=5.0),
        policies=(
            PolicySpec(key="breaker", choices=("off", "on"), default="off"),
            PolicySpec(key="rate_limit_rps", maximum=1000),
        ),
    )
    clients = (
        PolicySpec(key="retry_budget_percent", maximum=100),
        PolicySpec(key="backoff", choices=("constant", "exponential"), default="constant"),
    )
    kinds = (replace(source("gate"), policies=clients), gate, web)
    nodes = (("in", "internet"), ("gate", "gate"), ("web", "web"))
    spec = stage(kinds, nodes, (("in", "gate"), ("gate", "web")), RATE, (PAGE,), step_ms=10.0)
    points = [(0.0, RATE)]
    if burst:
        points += [(BURST_S[0], RATE), (BURST_S[0], burst), (BURST_S[1], burst), (BURST_S[1], RATE)]
    curve = tuple(CurvePoint(at_s=at + 0.001 * i, rps=rps) for i, (at, rps) in enumerate(points))
    return replace(spec, traffic=replace(spec.traffic, curve=curve, client=ClientSpec(retries=retries, backoff_s=0.5)))


def failing(simulation: Simulation, seconds: float) -> float:
    """Share of the attempts that fail over the next seconds."""
    before = simulation.view.totals
    run_for(simulation, seconds)
    totals = simulation.view.totals
    failed = sum(totals.failed.values()) - sum(before.failed.values())
    return failed / max(totals.done - before.done + failed, 1)


def test_where_everything_fails_retries_multiply_the_load_by_one_more_than_their_number() -> None:
    for retries in (1.0, 3.0):
        simulation = opened(board(retries), 1, traced=False)
        simulation.apply(SetPolicy(GATE, "rate_limit_rps", 1))
        run_for(simulation, 10.0)
        before = simulation.view.totals
        run_for(simulation, 40.0)
        totals = simulation.view.totals
        assert (totals.born - before.born) / 40.0 == pytest.approx(RATE * (1.0 + retries), rel=0.06)


def test_a_budget_bounds_the_retries_to_its_share() -> None:
    simulation = opened(board(3.0), 1, traced=False)
    simulation.apply(SetPolicy(GATE, "rate_limit_rps", 1))
    simulation.apply(SetPolicy(SOURCE, "retry_budget_percent", 20))
    run_for(simulation, 15.0)
    before = simulation.view.totals
    run_for(simulation, 40.0)
    totals = simulation.view.totals
    assert (totals.born - before.born) / 40.0 == pytest.approx(RATE * 1.2, rel=0.04)


def stuck() -> Simulation:
    """Half a minute after a burst of 6 s that tripled the load."""
    simulation = opened(board(3.0, burst=210.0), 2, traced=False)
    run_for(simulation, 46.0)
    return simulation


def test_a_retry_storm_outlives_its_burst() -> None:
    calm = opened(board(3.0), 2, traced=False)
    run_for(calm, 10.0)
    assert failing(calm, 20.0) < 0.01, "without the burst all is well: 70 of 100"
    simulation = stuck()
    assert failing(simulation, 20.0) > 0.8
    node = simulation.view.node(WEB)
    assert node.utilisation > 0.95, "busy, and with what nobody waits for"
    assert simulation.view.totals.wasted > 1000


def test_without_retries_the_same_burst_passes() -> None:
    simulation = opened(board(0.0, burst=210.0), 2, traced=False)
    run_for(simulation, 46.0)
    assert failing(simulation, 20.0) < 0.01


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "cure",
    [
        "queue cap",
        "budget",
        "breaker",
        "nothing",
        pytest.param("drop", marks=SLOW),
        pytest.param("shedding", marks=SLOW),
        pytest.param("restart", marks=SLOW),
    ],
)
def test_what_cures_a_retry_storm(cure: str) -> None:
    simulation = stuck()
    match cure:
        case "drop":
            simulation.apply(SetPolicy(WEB, "expired", "drop"))
        case "queue cap":
            simulation.apply(SetPolicy(WEB, "queue_limit", 30))
        case "budget":
            simulation.apply(SetPolicy(SOURCE, "retry_budget_percent", 10))
        case "breaker":
            simulation.apply(SetPolicy(GATE, "breaker", "on"))
        case "shedding":
            simulation.apply(SetPolicy(GATE, "rate_limit_rps", 85))
        case "restart":
            simulation.apply(Restart(WEB))
    run_for(simulation, 45.0)
    share = failing(simulation, 20.0)
    assert share > 0.8 if cure == "nothing" else share < 0.05


def test_exponential_backoff_sends_fewer_at_a_time() -> None:
    sent = {}
    for backoff in ("constant", "exponential"):
        simulation = opened(board(3.0), 3, traced=False)
        simulation.apply(SetPolicy(GATE, "rate_limit_rps", 1))
        simulation.apply(SetPolicy(SOURCE, "backoff", backoff))
        run_for(simulation, 6.0)
        sent[backoff] = simulation.view.totals.retries
    assert sent["exponential"] < 0.9 * sent["constant"]
    assert simulation.view.totals.failed[FailureReason.RATE_LIMITED] > 0
