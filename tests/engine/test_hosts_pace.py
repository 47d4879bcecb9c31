"""What hosts make of the speed of their VMs: clock, shared threads, bandwidth, bonds, snapshots."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.commands import Build, Refused, StartOperation
from engine.facts import Fact, LinkBack, LinkLost, NodeDied, NodeReady
from engine.simulation import Simulation
from engine.spec import (
    BackupWindowSpec,
    Bond,
    HostEffect,
    NodeSize,
    RequestKind,
    Role,
    StageSpec,
    StartNode,
    StartWire,
    TrafficSpec,
)
from engine.view import HostState
from tests.engine.builders import balancer, opened, recipe, run_for
from tests.engine.hosted import CEPH, DB, HA, WEB, event, facts_until, host, machine, shop


def about(rps: float, seconds: float) -> object:
    """A rate measured over some seconds: within four standard deviations of a Poisson count."""
    return pytest.approx(rps, abs=4.0 * math.sqrt(rps / seconds))


def done_rps(simulation: Simulation, settle_s: float, seconds: float) -> float:
    """Answered requests a second after a while."""
    run_for(simulation, settle_s)
    before = simulation.view.totals.done
    run_for(simulation, seconds)
    return (simulation.view.totals.done - before) / seconds


@pytest.mark.parametrize("threads", [2, 4, 6, 8])
def test_threads_are_shared_and_none_is_idle(threads: int) -> None:
    """Two VMs of 4 vCPUs with far too much to do, 0.1 s of a vCPU a request: `threads` threads answer 10 a second
    each.
    """
    simulation = opened(shop((host("a", threads),), 300.0, overcommit=4.0), 3, traced=False)
    assert done_rps(simulation, 3.0, 30.0) == about(10.0 * threads, 30.0)
    view = simulation.view.hosts[0]
    assert view.cpu_busy == pytest.approx(8.0, rel=0.01)
    assert view.pace == pytest.approx(threads / 8.0, rel=0.01)


def test_vms_that_are_idle_leave_their_threads_to_others() -> None:
    """Twelve VMs of 4 vCPUs on 4 threads: the two that work, at 10 requests a second each, are not slowed."""
    simulation = Simulation(shop((host("a", 4, 256.0),), 20.0, overcommit=12.0), 3)
    for x in range(10):
        assert not isinstance(simulation.apply(Build("web", x, 10)), Refused)
    simulation.apply(StartOperation())
    alone = opened(shop((host("a", 64),), 20.0), 3, traced=False)
    for each in (simulation, alone):
        assert done_rps(each, 3.0, 60.0) == about(20.0, 60.0)
    slowed, free = simulation.view.mean_latency_ms, alone.view.mean_latency_ms
    assert free == pytest.approx(100.0, rel=0.05)
    assert slowed < 1.15 * free


def test_below_the_threads_everything_is_carried_however_much_is_given_away() -> None:
    """3 vCPUs of work on 4 threads with 8 given away: processor sharing carries it, and only latency shows it."""
    simulation = opened(shop((host("a", 4),), 30.0, overcommit=2.0), 5, traced=False)
    assert done_rps(simulation, 10.0, 120.0) == about(30.0, 120.0)
    assert simulation.view.mean_latency_ms > 100.0


@pytest.mark.parametrize("clock", [0.5, 1.0, 1.6])
def test_the_clock_is_the_pace_of_every_thread(clock: float) -> None:
    """Saturated, 4 + 4 slots of 100 ms answer 80 x clock a second."""
    simulation = opened(shop((host("a", 16, clock=clock),), 400.0), 3, traced=False)
    assert done_rps(simulation, 3.0, 20.0) == about(80.0 * clock, 20.0)


def heavy(links: int, bond: Bond, kilobytes: float, rate: float, *events: object, **more: object) -> StageSpec:
    """Web servers that could answer 4,000 a second, each answer of so many KB, on one host with links of 0.1 Gb/s."""
    web = machine("web", cpu=4.0, slots=64, service_ms=16.0, kilobytes=kilobytes)
    only = host("a", 16, links=links, link_gbps=0.1, bond=bond)
    spec = shop((only, host("b", 16)), rate, *events, kinds=(web,), **more)  # type: ignore[arg-type]
    return replace(spec, traffic=replace(spec.traffic, mix={"page": 1.0}))


@pytest.mark.parametrize(
    ("links", "bond", "gbps"),
    [(2, Bond.ACTIVE_BACKUP, 0.1), (2, Bond.LACP, 0.2), (2, Bond.NONE, 0.1), (4, Bond.LACP, 0.4)],
)
def test_bandwidth_bounds_what_is_answered(links: int, bond: Bond, gbps: float) -> None:
    """Answers of 125 KB are 1 Mb each: a link of 0.1 Gb/s carries 100 a second."""
    simulation = opened(heavy(links, bond, 125.0, 1500.0), 2, traced=False)
    assert done_rps(simulation, 5.0, 20.0) == about(gbps * 1000.0, 20.0)
    assert simulation.view.hosts[0].network_share == pytest.approx(1.0, abs=0.2)


def test_bandwidth_that_is_there_slows_nobody() -> None:
    """60 Mb/s on a link of 100, however it flickers."""
    simulation = opened(heavy(2, Bond.ACTIVE_BACKUP, 125.0, 60.0), 2, traced=False)
    assert done_rps(simulation, 5.0, 30.0) == about(60.0, 30.0)
    assert simulation.view.mean_latency_ms < 25.0


def kinds_of(found: list[tuple[float, Fact]], *kinds: type) -> list[tuple[float, Fact]]:
    """Those of some kinds."""
    return [(at, fact) for at, fact in found if isinstance(fact, kinds)]


def test_active_backup_costs_a_switch_over_of_100_ms_and_nothing_else() -> None:
    """The link monitor looks every 100 ms (F3): the VMs stand still for ten steps, no request is lost, and the other
    link carries as much as the first. With exponential service the work of 0.1 s is missing, and no more.
    """
    trouble = event(5.0, HostEffect(host="a", link_down_s=4.0))
    simulation = opened(shop((host("a"),), 60.0, trouble), 4, traced=False)
    run_for(simulation, 4.99)
    paces = []
    found = []
    for _ in range(30):
        found += simulation.step()
        paces.append(simulation.view.node(WEB).speed)
    assert [round(pace, 6) for pace in paces] == [1.0] + [0.0] * 10 + [1.0] * 19
    assert [fact for fact in found if isinstance(fact, (LinkLost, NodeDied))] == [LinkLost("a", 1)]
    assert simulation.view.hosts[0].links_up == 1
    assert kinds_of(facts_until(simulation, 5.0), LinkBack) == [(9.01, LinkBack("a"))]
    assert sum(simulation.view.totals.failed.values()) == 0


def test_lacp_loses_the_bandwidth_of_the_link() -> None:
    trouble = event(30.0, HostEffect(host="a", link_down_s=1e6))
    simulation = opened(heavy(2, Bond.LACP, 125.0, 1500.0, trouble), 2, traced=False)
    assert done_rps(simulation, 5.0, 20.0) == about(200.0, 20.0)
    assert done_rps(simulation, 8.0, 20.0) == about(100.0, 20.0)


@pytest.mark.parametrize(("bond", "lost"), [(Bond.NONE, 1), (Bond.ACTIVE_BACKUP, 2)])
def test_a_host_without_links_is_cut_off_and_goes_on_when_one_is_back(bond: Bond, lost: int) -> None:
    """Without a bond one lost link is enough. Its VMs are not restarted: they ran on, and answer at once."""
    trouble = event(5.0, *(HostEffect(host="a", link_down_s=3.0) for _ in range(lost)))
    simulation = opened(shop((host("a", bond=bond),), 60.0, trouble), 4, traced=False)
    found = facts_until(simulation, 6.0)
    assert simulation.view.hosts[0].state is HostState.CUT_OFF
    assert simulation.view.hosts[0].remaining_s == pytest.approx(2.0, abs=0.02)
    assert simulation.view.node(WEB).waits_for_host
    assert [fact for _, fact in kinds_of(found, NodeDied)] == [NodeDied(WEB, "host"), NodeDied(DB, "host")]
    back = kinds_of(facts_until(simulation, 6.0), NodeReady)
    assert back == [(8.01, NodeReady(WEB, "down")), (8.01, NodeReady(DB, "down"))]


def test_high_availability_takes_the_vms_of_a_host_that_is_cut_off_for_longer() -> None:
    trouble = event(5.0, HostEffect(host="a", link_down_s=30.0))
    hosts = (host("a", bond=Bond.NONE), host("b"), host("c"))
    simulation = opened(shop(hosts, 60.0, trouble, storage=CEPH, ha=HA), 4, traced=False)
    ready = kinds_of(facts_until(simulation, 10.0), NodeReady)
    assert ready == [(8.01, NodeReady(WEB, "restarting")), (8.01, NodeReady(DB, "restarting"))]
    assert {simulation.view.node(node).host for node in (WEB, DB)} == {"b"}


def test_nightly_snapshots_slow_the_vms_for_their_window() -> None:
    """At 6 of the clock of a day of 40 s, for 5 s, a fifth of the pace."""
    backup = BackupWindowSpec(at_hour=6.0, window_s=5.0, drag=0.2)
    simulation = opened(shop(None, 20.0, more={"day_s": 40.0}, backup=backup), 1, traced=False)
    paces = {}
    for second in range(60):
        run_for(simulation, 0.5)
        paces[second + 0.5] = round(simulation.view.node(WEB).speed, 6)
        run_for(simulation, 0.5)
    assert [at for at, pace in paces.items() if pace == 0.8] == [
        10.5,
        11.5,
        12.5,
        13.5,
        14.5,
        50.5,
        51.5,
        52.5,
        53.5,
        54.5,
    ]
    assert set(paces.values()) == {0.8, 1.0}


def behind_a_balancer(rate_cap_rps: float, *events: object) -> StageSpec:
    """A balancer that is a VM too, before a web server."""
    size = NodeSize(id="s", rate_cap_rps=rate_cap_rps, queue=0, cpu=1.0, memory_mb=1024.0)
    kind = replace(balancer("round_robin", "web"), sizes=(size,), virtual=True)
    spec = shop((host("a"),), 30.0, *events, kinds=(kind,))  # type: ignore[arg-type]
    internet = replace(spec.node_kinds[0], may_call=("balancer",))
    return replace(
        spec,
        node_kinds=(internet, *spec.node_kinds[1:]),
        nodes=(*spec.nodes, StartNode(key="lb", kind="balancer", x=9, y=9)),
        wires=(StartWire(source="in", target="lb"), StartWire(source="lb", target="w1"), spec.wires[1]),
        request_kinds=(RequestKind(id="page", recipe=recipe("static")),),
        traffic=TrafficSpec(mix={"page": 1.0}, curve=spec.traffic.curve),
    )


@pytest.mark.parametrize("rate_cap_rps", [0.0, 1000.0])
def test_a_pause_of_a_balancer_holds_requests_and_loses_none(rate_cap_rps: float) -> None:
    """It has no queue of its own; what comes in 100 ms waits at its door."""
    trouble = event(5.0, HostEffect(host="a", link_down_s=4.0))
    simulation = opened(behind_a_balancer(rate_cap_rps, trouble), 6, traced=False)
    lb = simulation.view.node_ids[-1]
    assert simulation.board.nodes[lb].kind.role is Role.BALANCER
    run_for(simulation, 5.0)
    before = simulation.view.totals.born
    run_for(simulation, 0.1)
    assert simulation.view.node(lb).waiting == simulation.view.totals.born - before > 0
    run_for(simulation, 10.0)
    assert simulation.view.node(lb).waiting == 0
    assert sum(simulation.view.totals.failed.values()) == 0
