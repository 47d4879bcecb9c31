"""What may come in: rate limits, shedding, filters, circuit breakers, reserved wires, throttled stores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.commands import Accepted, Reserve, SetPolicy
from engine.facts import BreakerChanged
from engine.nodes.popularity import partition_shares
from engine.simulation import Simulation
from engine.spec import (
    CurvePoint,
    Department,
    Envelope,
    EventSpec,
    FailureReason,
    FilterLevel,
    FilterSpec,
    GatewaySpec,
    NodeEffect,
    NodeKind,
    NodeSize,
    PolicySpec,
    PopularitySpec,
    RequestKind,
    Role,
    StageSpec,
    SubItem,
)
from tests.engine.builders import opened, recipe, run_for, server, source, stage

GATEWAY, WEB = 1, 2
PAGE = RequestKind(id="page", recipe=recipe("static"), importance=1)
ORDER = RequestKind(id="order", recipe=recipe("static"), importance=3)
NEWS = RequestKind(id="news", recipe=recipe("static"), importance=2)
ATTACK = RequestKind(id="attack", recipe=recipe("static"), importance=0, attack=True)


def gateway(**more: object) -> NodeKind:
    """A gateway with all its settings."""
    policies = (
        PolicySpec(key="rate_limit_rps", maximum=10_000),
        PolicySpec(key="shedding", choices=("even", "by_importance"), default="even"),
        PolicySpec(key="breaker", choices=("off", "on"), default="off"),
    )
    kind = NodeKind(
        id="gateway",
        role=Role.BALANCER,
        sizes=(NodeSize(id="s"),),
        may_call=("web", "other"),
        free_wires=99,
        gateway=GatewaySpec(window_s=2.0, failure_share=0.5, min_calls=20, open_s=2.0, probe_rps=5.0),
        policies=policies,
    )
    return replace(kind, **more)  # type: ignore[arg-type]


def behind(first: NodeKind, rate: float, requests: tuple[RequestKind, ...], **more: object) -> StageSpec:
    """A plentiful server behind a gateway or filter."""
    kinds = (source(first.id), first, server("web", 4000, {SubItem.STATIC: 50.0}))
    nodes = (("in", "internet"), ("first", first.id), ("web", "web"))
    return stage(kinds, nodes, (("in", "first"), ("first", "web")), rate, requests, **{"step_ms": 10.0} | more)


def failed_kind(simulation: Simulation) -> list[int]:
    """Failures by kind of request."""
    return [int(count) for count in simulation.kernel.failed_kind]


def test_a_rate_limit_lets_its_rate_through_and_a_burst_of_one_second() -> None:
    simulation = opened(behind(gateway(), 300.0, (PAGE,)), 1, traced=False)
    simulation.apply(SetPolicy(GATEWAY, "rate_limit_rps", 100))
    run_for(simulation, 30.0)
    totals = simulation.view.totals
    passed = totals.born - totals.failed[FailureReason.RATE_LIMITED]
    assert passed == pytest.approx(100 * 30, abs=101)
    assert sum(totals.failed.values()) == totals.failed[FailureReason.RATE_LIMITED]


def test_a_token_bucket_forgives_a_burst_after_a_lull() -> None:
    """50 a second for 10 s, 550 for half a second, 50 again: of the 500 over the rate all but a bucket of 100 fail."""
    curve = [(0.0, 50.0), (10.0, 50.0), (10.001, 1100.0), (10.5, 1100.0), (10.501, 50.0)]
    spec = behind(gateway(), 50.0, (PAGE,))
    points = tuple(CurvePoint(at_s=at, rps=rps) for at, rps in curve)
    simulation = opened(replace(spec, traffic=replace(spec.traffic, curve=points)), 2, traced=False)
    simulation.apply(SetPolicy(GATEWAY, "rate_limit_rps", 100))
    run_for(simulation, 10.0)
    assert sum(simulation.view.totals.failed.values()) == 0
    before = simulation.view.totals.born
    run_for(simulation, 1.0)
    totals = simulation.view.totals
    came = totals.born - before
    assert came > 500
    assert came - totals.failed[FailureReason.RATE_LIMITED] == pytest.approx(100 + 100 * 0.5 + 25, abs=20)


@pytest.mark.parametrize("rate", [300.0, 3000.0])
def test_shedding_by_importance_spares_the_most_important(rate: float) -> None:
    """A third each, and half may pass: all orders, half of the news, no page. Evenly: half of each. A few requests a
    step or many make no difference.
    """
    kinds = (PAGE, NEWS, ORDER)
    shares = {}
    for shedding in ("even", "by_importance"):
        simulation = opened(behind(gateway(), rate, kinds), 3, traced=False)
        simulation.apply(SetPolicy(GATEWAY, "rate_limit_rps", round(rate / 2.0)))
        simulation.apply(SetPolicy(GATEWAY, "shedding", shedding))
        run_for(simulation, 3.0)
        begun_failed, begun_done = failed_kind(simulation), simulation.kernel.done_kind.tolist()
        run_for(simulation, 15.0)
        failed = np.array(failed_kind(simulation)) - begun_failed
        done = simulation.kernel.done_kind - begun_done
        shares[shedding] = failed / (failed + done)
    assert shares["even"] == pytest.approx([0.5, 0.5, 0.5], abs=0.03)
    assert shares["by_importance"] == pytest.approx([1.0, 0.5, 0.0], abs=0.06)
    assert shares["by_importance"].mean() == pytest.approx(0.5, abs=0.02)


def waf() -> NodeKind:
    """A filter of two levels."""
    levels = (
        FilterLevel(id="low", blocks=0.7, false_positives=0.01),
        FilterLevel(id="high", blocks=0.95, false_positives=0.08),
    )
    policies = (PolicySpec(key="sensitivity", choices=("low", "high"), default="low"),)
    return NodeKind(
        id="waf",
        role=Role.BALANCER,
        sizes=(NodeSize(id="s"),),
        may_call=("web",),
        filter=FilterSpec(levels=levels),
        policies=policies,
    )


@pytest.mark.parametrize(("sensitivity", "blocks", "honest"), [("low", 0.7, 0.01), ("high", 0.95, 0.08)])
def test_a_filter_blocks_its_share_of_attacks_and_of_the_honest(sensitivity: str, blocks: float, honest: float) -> None:
    simulation = opened(behind(waf(), 400.0, (PAGE, ATTACK)), 4, traced=False)
    simulation.apply(SetPolicy(GATEWAY, "sensitivity", sensitivity))
    run_for(simulation, 40.0)
    totals = simulation.view.totals
    attacks = totals.attacks_failed + totals.attacks_done
    assert attacks > 7000
    assert totals.attacks_failed / attacks == pytest.approx(blocks, abs=0.015)
    wronged = totals.failed[FailureReason.FORBIDDEN] - totals.attacks_failed
    assert wronged / (totals.born - attacks) == pytest.approx(honest, abs=0.01)


def test_a_breaker_opens_probes_and_closes() -> None:
    """Seven seconds of faults: open after at most two windows; behind it next to nothing arrives; closed when all is
    well."""
    fault = NodeEffect(kinds=("web",), fault_share=0.9, envelope=Envelope(hold_s=7.0))
    event = EventSpec(id="bad", department=Department.DEV, at_s=5.0, node_effects=(fault,))
    simulation = opened(behind(gateway(), 100.0, (PAGE,), events=(event,)), 5, traced=False)
    simulation.apply(SetPolicy(GATEWAY, "breaker", "on"))
    changes = []
    served = {}
    while simulation.time_s < 25.0:
        facts = simulation.step()
        changes += [(simulation.time_s, fact.state) for fact in facts if isinstance(fact, BreakerChanged)]
        served[round(simulation.time_s, 2)] = simulation.view.totals.failed[FailureReason.FAULT]
    states = [state for _, state in changes]
    assert states[0] == "open" and 5.0 < changes[0][0] < 5.0 + 2.5
    assert states[-1] == "closed"
    assert 12.0 < changes[-1][0] < 12.0 + 2.0 * 2.0 * 2.0 + 0.5
    assert set(states[1:-1]) <= {"half_open", "open"}
    open_s = changes[0][0]
    probes = served[11.9] - served[round(open_s + 0.5, 2)]
    assert probes <= 5.0 * (11.9 - open_s) + 15, "only probes get through to the broken service"
    assert simulation.view.totals.failed[FailureReason.NO_ROUTE] > 300
    before = sum(simulation.view.totals.failed.values())
    run_for(simulation, 5.0)
    assert sum(simulation.view.totals.failed.values()) == before


def test_without_a_breaker_everything_runs_into_the_fault() -> None:
    fault = NodeEffect(kinds=("web",), fault_share=0.9, envelope=Envelope(hold_s=7.0))
    event = EventSpec(id="bad", department=Department.DEV, at_s=5.0, node_effects=(fault,))
    simulation = opened(behind(gateway(), 100.0, (PAGE,), events=(event,)), 5, traced=False)
    run_for(simulation, 15.0)
    failed = simulation.view.totals.failed
    assert failed[FailureReason.FAULT] == pytest.approx(0.9 * 100.0 * 7.0, rel=0.12)
    assert failed[FailureReason.NO_ROUTE] == 0


def test_reserved_wires_separate_kinds_of_request() -> None:
    kinds = (
        source("gateway"),
        gateway(),
        server("web", 400, {SubItem.STATIC: 50.0}),
        server("other", 400, {SubItem.STATIC: 50.0}),
    )
    nodes = (("in", "internet"), ("gate", "gateway"), ("a", "web"), ("b", "other"))
    wires = (("in", "gate"), ("gate", "a"), ("gate", "b"))
    simulation = opened(stage(kinds, nodes, wires, 200.0, (PAGE, ORDER), step_ms=10.0, migrated=True), 6, traced=False)
    run_for(simulation, 5.0)
    assert isinstance(simulation.apply(Reserve(1, 3, "order")), Accepted)
    run_for(simulation, 2.0)
    before = simulation.kernel.wire_totals().copy()
    done = simulation.kernel.done_kind.copy()
    run_for(simulation, 20.0)
    to_web, to_other = (simulation.kernel.wire_totals() - before)[1:].tolist()
    pages, orders = (simulation.kernel.done_kind - done).tolist()
    assert to_web == pytest.approx(pages, abs=40), "pages keep to the open wire"
    assert to_other == pytest.approx(orders, abs=40), "orders have a service of their own"
    assert sum(simulation.view.totals.failed.values()) == 0


def test_a_store_throttles_by_its_hot_partitions() -> None:
    """For a rate R that lasts: the sum over partitions of s max(0, 1 - c / (R s))."""
    popularity = PopularitySpec(keys=500, zipf=1.1)
    size = NodeSize(id="s", rate_cap_rps=400.0, partitions=4, queue=10_000)
    nosql = NodeKind(
        id="nosql", role=Role.STORE, sizes=(size,), accepts=(SubItem.READ,), popularity=popularity, free_wires=9
    )
    kinds = (source("web"), server("web", 4000, {SubItem.STATIC: 50.0}, calls=("nosql",)), nosql)
    look = RequestKind(id="look", recipe=recipe("static", "read"))
    wires = (("in", "web"), ("web", "nosql"))
    rate = 350.0
    simulation = opened(
        stage(kinds, (("in", "internet"), ("web", "web"), ("nosql", "nosql")), wires, rate, (look,), step_ms=10.0), 7
    )
    shares = partition_shares(popularity, 4)
    expected = float((shares * np.maximum(0.0, 1.0 - 100.0 / (rate * shares))).sum())
    assert expected > 0.05
    run_for(simulation, 30.0)
    before = simulation.view.totals
    run_for(simulation, 60.0)
    totals = simulation.view.totals
    throttled = totals.failed[FailureReason.RATE_LIMITED] - before.failed[FailureReason.RATE_LIMITED]
    assert throttled / (totals.born - before.born) == pytest.approx(expected, abs=0.02)
