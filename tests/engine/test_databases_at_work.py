"""Databases and their copies: lag as fluids have it, failovers that lose exactly what was not copied, lost zones, and
backups that bring back what they hold.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.commands import Accepted, Operate, SetPolicy
from engine.facts import BackupDone, DataLost, Fact, NodeDied, Promoted
from engine.simulation import Simulation
from engine.spec import (
    BackupSpec,
    Department,
    EventSpec,
    FailureReason,
    NodeEffect,
    NodeKind,
    NodeSize,
    PolicySpec,
    ReplicaSpec,
    RequestKind,
    Role,
    StageSpec,
    SubItem,
    ZoneSpec,
)
from engine.view import NodeState
from tests.engine.builders import balancer, opened, recipe, run_for, server, source, stage

APPLY = 60.0
DETECTION_S, PROMOTION_S, HEALTH_S = 4.0, 3.0, 2.0
MASTER, REPLICA, SAFE = 2, 3, 4
READ = RequestKind(id="read", recipe=recipe("static", "read"))
WRITE = RequestKind(id="write", recipe=recipe("static", "write"))


def kinds(apply_rps: float = APPLY) -> tuple[NodeKind, ...]:
    """A plentiful master, a replica that applies so many writes a second, and backups."""
    service = {SubItem.READ: 40.0, SubItem.WRITE: 40.0}
    master = replace(server("master", 200, service, role=Role.DATABASE, calls=("replica",)), restart_s=1.0)
    size = NodeSize(id="s", slots=200, queue=1000, service_ms={SubItem.READ: 40.0}, apply_rps=apply_rps)
    spec = ReplicaSpec(promotes_to="master", detection_s=DETECTION_S, promotion_s=PROMOTION_S, read_drag=0.5)
    replica = NodeKind(
        id="replica",
        role=Role.DATABASE,
        sizes=(size,),
        priority={SubItem.READ: 10},
        replica=spec,
        actions=("promote",),
        free_wires=99,
        policies=(PolicySpec(key="failover", choices=("automatic", "manual"), default="automatic"),),
    )
    backup = NodeKind(
        id="backup",
        role=Role.OBSERVER,
        sizes=(NodeSize(id="s"),),
        may_call=("master",),
        backup=BackupSpec(window_s=2.0, drag=0.0, restore_s=6.0),
        actions=("restore",),
        policies=(
            PolicySpec(key="interval_s", minimum=1, maximum=100, default=10),
            PolicySpec(key="restore", choices=("manual", "automatic"), default="manual"),
        ),
        zonal=False,
    )
    web = server("web", 2000, {SubItem.STATIC: 40.0}, calls=("master", "replica"), patience_s=5.0)
    front = replace(balancer("round_robin", "web"), health_check_s=HEALTH_S, zonal=False)
    return (source("web", "balancer"), web, master, replica, backup, front)


def board(rate: float, requests: tuple[RequestKind, ...], apply_rps: float = APPLY, **more: object) -> StageSpec:
    """internet - web - master and replica, with backups of the master."""
    nodes = (("in", "internet"), ("web", "web"), ("db", "master"), ("copy", "replica"), ("safe", "backup"))
    wires = (("in", "web"), ("web", "db"), ("web", "copy"), ("db", "copy"), ("safe", "db"))
    return stage(kinds(apply_rps), nodes, wires, rate, requests, **{"step_ms": 10.0} | more)


def event(at_s: float, **effect: object) -> EventSpec:
    """Something that befalls nodes at a moment."""
    blow = NodeEffect(**effect)  # type: ignore[arg-type]
    return EventSpec(id="blow", department=Department.SYSTEM, at_s=at_s, node_effects=(blow,))


def facts_of(simulation: Simulation, seconds: float) -> list[tuple[float, Fact]]:
    """What happens over the next seconds, and when."""
    found = []
    for _ in range(round(seconds / simulation.dt_s)):
        found += [(simulation.time_s, fact) for fact in simulation.step()]
    return found


def wires_to(simulation: Simulation, *nodes: int) -> list[int]:
    """Requests sent to each of some nodes so far."""
    totals = dict(zip(simulation.kernel.topology.wires, simulation.kernel.wire_totals().tolist(), strict=True))
    return [sum(count for (_, called), count in totals.items() if called == node) for node in nodes]


def test_lag_under_a_write_flood_grows_as_fluids_do() -> None:
    """100 writes a second, 60 applied: after 20 s 800 are missing, the oldest of them 8 s old."""
    simulation = opened(board(100.0, (WRITE,)), 1)
    run_for(simulation, 20.0)
    figures = simulation.view.node(REPLICA).figures
    assert figures["backlog"] == pytest.approx((100.0 - APPLY) * 20.0, rel=0.12)
    assert figures["lag_s"] == pytest.approx(20.0 * (1.0 - APPLY / 100.0), rel=0.1)


def test_a_replica_that_keeps_up_is_hardly_behind_and_reads_go_to_it() -> None:
    simulation = opened(board(100.0, (READ, WRITE)), 2)
    run_for(simulation, 40.0)
    assert simulation.view.node(REPLICA).figures["lag_s"] < 0.5
    throughput = {n: s.throughput_rps for n, s in simulation.view.node_statistics().items()}
    assert throughput[REPLICA] == pytest.approx(50.0, rel=0.08)
    assert throughput[MASTER] == pytest.approx(50.0, rel=0.08)
    assert simulation.view.totals.stale < 0.05 * 50.0 * 40.0


def test_stale_reads_come_with_the_lag() -> None:
    """Of the reads of a replica with a backlog of B a share of P(its key is among the last B writes) is stale."""
    simulation = opened(board(150.0, (READ, WRITE), apply_rps=20.0), 3)
    run_for(simulation, 20.0)
    before, share = simulation.view.totals.stale, simulation.view.node(REPLICA).figures["stale_share"]
    run_for(simulation, 4.0)
    later = simulation.view.node(REPLICA).figures["stale_share"]
    assert 0.01 < share < later
    stale = (simulation.view.totals.stale - before) / (75.0 * 4.0)
    assert stale == pytest.approx((share + later) / 2.0, abs=0.06)


def test_a_failover_loses_exactly_its_backlog() -> None:
    simulation = opened(board(100.0, (WRITE,), events=(event(15.0, kinds=("master",), down_s=60.0),)), 4)
    run_for(simulation, 15.05)
    found = facts_of(simulation, DETECTION_S + PROMOTION_S - 0.5)
    backlog = simulation.view.node(REPLICA).figures["backlog"]
    assert backlog > 400
    assert simulation.view.node(MASTER).state is NodeState.DOWN
    found += facts_of(simulation, 1.5)
    promoted = [when for when, fact in found if fact == Promoted(REPLICA)]
    assert len(promoted) == 1
    assert promoted[0] == pytest.approx(15.0 + DETECTION_S + PROMOTION_S, abs=0.35)
    assert DataLost(REPLICA, int(backlog), "failover") in [fact for _, fact in found]
    assert simulation.view.totals.lost_writes == backlog
    assert simulation.view.node(REPLICA).kind == "master"
    assert simulation.view.node(MASTER).kind == "replica"
    before = simulation.view.totals
    run_for(simulation, 10.0)
    totals = simulation.view.totals
    assert totals.done - before.done == pytest.approx(1000, rel=0.12), "writes are answered again"
    assert sum(totals.failed.values()) == sum(before.failed.values())


def test_a_manual_failover_waits_for_the_hand() -> None:
    simulation = opened(board(50.0, (WRITE,), events=(event(5.0, kinds=("master",), down_s=60.0),)), 5)
    simulation.apply(SetPolicy(REPLICA, "failover", "manual"))
    assert not any(isinstance(fact, Promoted) for _, fact in facts_of(simulation, 20.0))
    assert isinstance(simulation.apply(Operate(REPLICA, "promote")), Accepted)
    assert any(isinstance(fact, Promoted) for _, fact in facts_of(simulation, PROMOTION_S + 0.5))


def test_a_lost_zone_is_noticed_and_its_master_replaced() -> None:
    """Zone a has a server and the master, zone b a server and the replica. What goes to the dead server fails until
    the balancer notices, writes fail until the replica is promoted, and nothing after that.
    """
    zones = (ZoneSpec(id="a", x=0, y=0, width=40, height=1), ZoneSpec(id="b", x=0, y=1, width=40, height=1))
    nodes = (
        ("in", "internet"),
        ("lb", "balancer"),
        ("w1", "web"),
        ("w2", "web"),
        ("db", "master"),
        ("copy", "replica"),
    )
    wires = [("in", "lb"), ("lb", "w1"), ("lb", "w2"), ("db", "copy")]
    wires += [(w, d) for w in ("w1", "w2") for d in ("db", "copy")]
    spec = stage(kinds(), nodes, wires, 80.0, (READ, WRITE), step_ms=10.0, zones=zones)
    placed = tuple(replace(node, y=1) if node.key in ("w2", "copy") else node for node in spec.nodes)
    simulation = opened(replace(spec, nodes=placed, events=(event(10.0, zone="a", down_s=40.0),)), 6)
    web1, web2, master, replica = 2, 3, 4, 5
    run_for(simulation, 10.0)
    assert sum(simulation.view.totals.failed.values()) == 0
    found = facts_of(simulation, HEALTH_S - 0.2)
    assert {fact.node for _, fact in found if isinstance(fact, NodeDied)} == {web1, master}
    at_web = simulation.view.failures_by_node()[web1]
    assert sum(at_web.values()) == pytest.approx(40.0 * (HEALTH_S - 0.2), rel=0.35), "half of the requests run into it"
    run_for(simulation, 0.4)
    noticed = sum(simulation.view.failures_by_node()[web1].values())
    found = facts_of(simulation, DETECTION_S + PROMOTION_S - HEALTH_S + 0.3)
    assert sum(simulation.view.failures_by_node()[web1].values()) == noticed, "nothing is sent there any more"
    assert any(fact == Promoted(replica) for _, fact in found)
    failed, done = sum(simulation.view.totals.failed.values()), simulation.view.totals.done
    run_for(simulation, 15.0)
    assert sum(simulation.view.totals.failed.values()) == failed
    assert simulation.view.totals.done - done == pytest.approx(80.0 * 15.0, rel=0.1)
    run_for(simulation, 20.0)
    assert simulation.view.node(web1).state is NodeState.READY
    sent = wires_to(simulation, web1, web2)
    run_for(simulation, 5.0)
    gained = [after - before for after, before in zip(wires_to(simulation, web1, web2), sent, strict=True)]
    assert abs(gained[0] - gained[1]) <= 1, "back in rotation"


@pytest.mark.parametrize("restore", ["automatic", "manual"])
def test_a_backup_brings_back_what_it_holds(restore: str) -> None:
    """Backups begin at 0, 10, 20 s; the data is lost at 27 s: 7 s of writes are gone, 6 s later all works again."""
    simulation = opened(board(50.0, (WRITE,), events=(event(27.0, kinds=("master",), data_loss=True),)), 7)
    simulation.apply(SetPolicy(SAFE, "restore", restore))
    simulation.apply(SetPolicy(REPLICA, "failover", "manual"))
    early = facts_of(simulation, 26.9)
    assert sum(isinstance(fact, BackupDone) for _, fact in early) == 3
    found = facts_of(simulation, 3.0)
    assert simulation.view.node(MASTER).state is NodeState.DOWN
    assert simulation.view.node(MASTER).remaining_s == 0.0, "it does not come back by itself"
    if restore == "manual":
        assert isinstance(simulation.apply(Operate(SAFE, "restore")), Accepted)
    found += facts_of(simulation, 7.0)
    lost = [(when, fact) for when, fact in found if isinstance(fact, DataLost)]
    assert [(fact.node, fact.reason) for _, fact in lost] == [(MASTER, "backup")]
    assert lost[0][1].writes == pytest.approx(50.0 * 7.0, rel=0.15)
    assert simulation.view.totals.lost_writes == lost[0][1].writes
    assert lost[0][0] == pytest.approx((27.0 if restore == "automatic" else 29.9) + 6.0, abs=0.35)
    assert simulation.view.node(MASTER).state is NodeState.READY
    done = simulation.view.totals.done
    run_for(simulation, 5.0)
    assert simulation.view.totals.done - done == pytest.approx(250, rel=0.25)


def test_without_a_backup_everything_written_is_lost() -> None:
    spec = board(50.0, (WRITE,), events=(event(10.0, kinds=("master",), data_loss=True),))
    spec = replace(spec, wires=tuple(wire for wire in spec.wires if wire.source != "safe"))
    simulation = opened(spec, 8)
    simulation.apply(SetPolicy(REPLICA, "failover", "manual"))
    run_for(simulation, 10.0)
    written = simulation.view.totals.done
    run_for(simulation, 1.0)
    assert simulation.view.totals.lost_writes == pytest.approx(written, abs=15)
    assert simulation.view.totals.failed[FailureReason.REFUSED] > 0
