"""What a restart from a copy loses: replication and its recovery point, snapshots, and disks that are gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.commands import Build, Connect, Place, Refused
from engine.facts import BackupDone, DataLost, Fact, NodeReady, Promoted, VmRestarted, VmStranded
from engine.simulation import Simulation
from engine.spec import (
    BackupWindowSpec,
    EventSpec,
    ReplicaSpec,
    ReplicationSpec,
    Role,
    StageSpec,
    StartNode,
    StartWire,
    StorageKind,
    StorageSpec,
    SubItem,
)
from engine.topology import Tally
from engine.view import NodeState
from tests.engine.builders import opened, run_for
from tests.engine.hosted import CEPH, DB, HA, WEB, dies, facts_until, host, machine, shop

EVERY = ReplicationSpec(every_s=10.0)
NIGHTLY = BackupWindowSpec(at_hour=6.0, window_s=2.0, drag=0.0, restore_s=4.0)


def writes(simulation: Simulation, node: int = DB) -> int:
    """Writes a database has done since the start."""
    return int(simulation.kernel.tally()[Tally.WRITES, simulation.kernel.topology.node_index[node]])


def lost(found: list[tuple[float, Fact]]) -> list[DataLost]:
    """What was lost."""
    return [fact for _, fact in found if isinstance(fact, DataLost)]


def at_steps(simulation: Simulation, *moments: float) -> list[int]:
    """Writes done at some moments, stepping there; the last moment is passed by 0.01 s."""
    counts = []
    for moment in moments:
        run_for(simulation, moment - simulation.time_s)
        counts.append(writes(simulation))
    return counts


@pytest.mark.parametrize("dies_at_s", [14.0, 20.05, 29.9])
def test_a_restart_elsewhere_lacks_the_writes_since_the_last_copy(dies_at_s: float) -> None:
    """Copies at 0, 10, 20 ... s, counted exactly: lost is what the database wrote between copy and death."""
    simulation = opened(shop(None, 60.0, dies("a", dies_at_s), ha=HA, replication=EVERY), 1, traced=False)
    noticed = round(dies_at_s + 0.049, 1)
    copied, dead = at_steps(simulation, noticed // 10.0 * 10.0, noticed)
    found = facts_until(simulation, 5.0)
    assert lost(found) == [DataLost(DB, dead - copied, "replication")]
    assert 0 < dead - copied <= 60.0 * EVERY.every_s
    assert simulation.view.totals.lost_writes == dead - copied
    assert [fact for _, fact in found if isinstance(fact, VmRestarted)] == [VmRestarted(WEB, "b"), VmRestarted(DB, "b")]


def test_shared_storage_loses_nothing() -> None:
    simulation = opened(shop(None, 60.0, dies("a", 14.0), ha=HA, replication=EVERY, storage=CEPH), 1, traced=False)
    assert lost(facts_until(simulation, 30.0)) == []
    assert simulation.view.node(DB).host == "b"


def test_waiting_for_the_host_loses_nothing() -> None:
    """Its own disks are whole; only a start from the copy goes back."""
    simulation = opened(shop(None, 60.0, dies("a", 14.0, 5.0), replication=EVERY), 1, traced=False)
    assert lost(facts_until(simulation, 30.0)) == []
    assert simulation.view.node(DB).host == "a"


def test_a_second_death_needs_a_new_copy() -> None:
    """Restarted on b at 16 s from the copy of 10 s; the next copy is made at 20 s, before b dies at 25 s."""
    simulation = opened(shop(None, 60.0, dies("a", 14.0), dies("b", 25.0), ha=HA, replication=EVERY), 1, traced=False)
    first, then, copied, dead = at_steps(simulation, 10.0, 14.0, 20.0, 25.0)
    found = facts_until(simulation, 5.0)
    assert lost(found) == [DataLost(DB, dead - copied, "replication")]
    assert simulation.view.totals.lost_writes == (then - first) + (dead - copied)
    assert simulation.view.node(DB).host == "c"


def test_a_vm_is_stranded_that_was_built_after_the_last_copy() -> None:
    """And so it is when no second host was there to copy to."""
    simulation = opened(shop(None, 60.0, dies("a", 14.0), ha=HA, replication=EVERY), 1, traced=False)
    run_for(simulation, 12.0)
    built = simulation.apply(Build("web", 9, 9))
    assert not isinstance(built, Refused)
    simulation.apply(Connect(0, built.node))
    stranded = [fact for _, fact in facts_until(simulation, 10.0) if isinstance(fact, VmStranded)]
    assert stranded == [VmStranded(built.node)]
    spec = shop((host("a"), host("b")), 60.0, dies("b", 0.0, 12.0), dies("a", 14.0), ha=HA, replication=EVERY)
    simulation = opened(spec, 1, traced=False)
    stranded = [fact for _, fact in facts_until(simulation, 20.0) if isinstance(fact, VmStranded)]
    assert stranded == []
    assert simulation.view.totals.lost_writes > 60.0 * 0.5 * 10.0, "only the copy of the start was there"


def test_starting_by_hand_from_a_copy_loses_the_same() -> None:
    simulation = opened(shop(None, 60.0, dies("a", 14.0), replication=EVERY), 1, traced=False)
    copied, dead = at_steps(simulation, 10.0, 14.0)
    run_for(simulation, 5.0)
    assert not isinstance(simulation.apply(Place(DB, "c")), Refused)
    assert lost(facts_until(simulation, 1.0)) == [DataLost(DB, dead - copied, "replication")]


@pytest.mark.parametrize(
    ("hosting", "reason", "copied_s", "ready_s"),
    [
        ({"replication": EVERY}, "replication", 10.0, 21.0),
        ({"backup": NIGHTLY}, "backup", 10.0, 25.0),
        ({}, "none", 0.0, 48.0),
    ],
)
def test_lost_disks_come_back_from_the_best_copy(
    hosting: dict[str, Any], reason: str, copied_s: float, ready_s: float
) -> None:
    """Host dead from 14 to 18 s, its disks empty. A day is 40 s, so 6 o'clock is at 10 s. Boot 3 s, then from the copy
    at once, from the snapshot 4 s later; a database without either comes back empty after 30 s.
    """
    spec = shop(None, 60.0, dies("a", 14.0, 4.0, disks_lost=True), more={"day_s": 40.0}, **hosting)
    simulation = opened(spec, 1, traced=False)
    copied, dead = at_steps(simulation, copied_s, 14.0)
    found = facts_until(simulation, 40.0)
    assert lost(found) == [DataLost(DB, dead - copied, reason)]
    assert simulation.view.totals.lost_writes == dead - copied
    ready = [(round(at - 0.01, 2), fact.node) for at, fact in found if isinstance(fact, NodeReady)]
    assert (ready_s, DB) in ready
    assert len([node for _, node in ready if node == DB]) == 1


@pytest.mark.parametrize("kind", [StorageKind.LOCAL, StorageKind.RAID1, StorageKind.RAID10])
def test_disks_that_are_not_lost_keep_everything(kind: StorageKind) -> None:
    simulation = opened(shop(None, 60.0, dies("a", 14.0, 4.0), storage=StorageSpec(kind=kind)), 1, traced=False)
    assert lost(facts_until(simulation, 30.0)) == []


@pytest.mark.parametrize(("hosts_lost", "loses"), [(1, False), (2, False), (3, True)])
def test_shared_storage_loses_data_only_with_all_copies(hosts_lost: int, loses: bool) -> None:
    """Disks of hosts lost one second after the other, and back empty after 20 s: copies in between are made anew."""
    trouble: list[EventSpec] = [
        dies(name, 10.0 + i, 20.0, disks_lost=True) for i, name in enumerate("cba"[:hosts_lost])
    ]
    simulation = opened(shop(None, 60.0, *trouble, storage=CEPH), 1, traced=False)
    run_for(simulation, 14.0)
    done = writes(simulation)
    found = lost(facts_until(simulation, 60.0))
    assert found == ([DataLost(DB, done, "none")] if loses else [])


def test_snapshots_are_told_and_their_age_is_shown() -> None:
    simulation = opened(shop(None, 60.0, more={"day_s": 40.0}, backup=NIGHTLY, replication=EVERY), 1, traced=False)
    told = [(round(at - 0.01, 2), fact) for at, fact in facts_until(simulation, 55.0) if isinstance(fact, BackupDone)]
    assert told == [(12.0, BackupDone(DB)), (52.0, BackupDone(DB))]
    storage = simulation.view.storage
    assert storage is not None
    assert [storage.backup_s, storage.copied_s] == pytest.approx([5.0, 5.0])


def with_a_replica(*events: EventSpec, **hosting: Any) -> StageSpec:
    """The database on a has a replica on b."""
    replica = ReplicaSpec(promotes_to="database", detection_s=0.5, promotion_s=0.5)
    copy = machine("replica", role=Role.DATABASE, replica=replica)
    copy = replace(
        copy, sizes=tuple(replace(s, service_ms={SubItem.READ: 100.0}, apply_rps=1000.0) for s in copy.sizes)
    )
    spec = shop(None, 60.0, *events, kinds=(copy,), **hosting)
    kinds = tuple(replace(kind, may_call=("replica",)) if kind.id == "database" else kind for kind in spec.node_kinds)
    nodes = (*spec.nodes, StartNode(key="copy", kind="replica", x=9, y=9, host="b"))
    return replace(spec, node_kinds=kinds, nodes=nodes, wires=(*spec.wires, StartWire(source="db", target="copy")))


def test_a_replica_that_took_over_holds_the_data_and_the_old_master_loses_nothing() -> None:
    """Promoted 1 s after the host died, before high availability starts the old master elsewhere, as its replica."""
    simulation = opened(with_a_replica(dies("a", 14.0), ha=HA, replication=EVERY), 1, traced=False)
    found = facts_until(simulation, 25.0)
    assert [fact for _, fact in found if isinstance(fact, Promoted)] == [Promoted(3)]
    assert [fact for fact in lost(found) if fact.reason == "replication"] == []
    old, new = simulation.view.node(DB), simulation.view.node(3)
    assert (old.kind, new.kind) == ("replica", "database")
    assert old.state is NodeState.READY
    assert old.host in ("b", "c")
    before = writes(simulation, 3)
    run_for(simulation, 5.0)
    assert writes(simulation, 3) > before
