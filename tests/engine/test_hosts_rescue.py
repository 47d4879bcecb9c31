"""What becomes of VMs whose host is gone: high availability with its tries and times, shared storage, waiting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.commands import Place, Refused, Sell, StartOperation
from engine.facts import (
    Fact,
    HostBack,
    HostDied,
    MigrationBroken,
    NodeDied,
    NodeReady,
    StorageBack,
    StorageStopped,
    VmRestarted,
    VmStranded,
)
from engine.simulation import Simulation
from engine.spec import Department, EventSpec, HaSpec, HostEffect, NodeEffect, StorageKind, StorageSpec
from engine.view import HostState, NodeState
from tests.engine.builders import opened, run_for
from tests.engine.hosted import CEPH, DB, HA, WEB, dies, event, facts_until, host, on_hosts, shop, three

PAIR = StorageSpec(kind=StorageKind.CEPH, replicas=2, min_replicas=1)


def moments(found: list[tuple[float, Fact]], *kinds: type) -> list[tuple[float, Fact]]:
    """What happened of some kinds, with its moment as the step that reports it ends (0.01 s after it happens)."""
    return [(round(at - 0.01, 2), fact) for at, fact in found if isinstance(fact, kinds)]


def failed(simulation: Simulation) -> int:
    """Requests that failed so far."""
    return sum(simulation.view.totals.failed.values())


def test_vms_are_restarted_elsewhere_after_detection_and_boot() -> None:
    """Dead at 5 s; noticed after 2 s; up again after another second, and nothing fails any more from then on."""
    simulation = opened(shop(None, 60.0, dies("a", 5.0), storage=CEPH, ha=HA), 1)
    found = facts_until(simulation, 8.2)
    assert moments(found, HostDied, NodeDied, VmRestarted, NodeReady) == [
        (5.0, HostDied("a")),
        (5.0, NodeDied(WEB, "host")),
        (5.0, NodeDied(DB, "host")),
        (7.0, VmRestarted(WEB, "b")),
        (7.0, VmRestarted(DB, "b")),
        (8.0, NodeReady(WEB, "restarting")),
        (8.0, NodeReady(DB, "restarting")),
    ]
    before = failed(simulation)
    assert before == pytest.approx(60.0 * 3.0, abs=4 * 60.0**0.5 * 3**0.5)
    run_for(simulation, 10.0)
    assert failed(simulation) == before
    assert on_hosts(simulation) == {"a": [], "b": [WEB, DB], "c": []}


@pytest.mark.parametrize(("room_at_try", "ready_at_s"), [(1, 8.0), (2, 9.0), (3, 10.0)])
def test_the_nth_try_that_finds_room_takes_it(room_at_try: int, ready_at_s: float) -> None:
    """5 + detection 2 + n restarts of 1 s each: room comes as the player gives back what stands in the way."""
    hosts = (host("a", 8), host("b", 4))
    simulation = Simulation(shop(hosts, 20.0, dies("a", 5.0), webs=2, storage=PAIR, ha=HA), 1)
    blocker = next(node.id for node in simulation.view.nodes if node.host == "b")
    simulation.apply(StartOperation())
    found = facts_until(simulation, 5.0 + 2.0 + (room_at_try - 1) * 1.0 - 0.05)
    simulation.apply(Sell(blocker))
    found += facts_until(simulation, 6.0)
    assert moments(found, NodeReady) == [(ready_at_s, NodeReady(WEB, "restarting"))]


def test_without_room_it_is_tried_three_times_and_then_waits_for_its_host() -> None:
    """One VM finds room; the other is tried at 7, 8 and 9 s, is stranded, and boots when its host is back at 20 s."""
    hosts = (host("a", 8), host("b", 4))
    simulation = opened(shop(hosts, 20.0, dies("a", 5.0, 15.0), storage=PAIR, ha=HA), 1)
    found = facts_until(simulation, 15.0)
    assert moments(found, VmRestarted, VmStranded) == [(7.0, VmRestarted(WEB, "b")), (9.0, VmStranded(DB))]
    assert simulation.rack is not None
    assert simulation.rack.rescue.tries == {DB: 3}
    waiting = simulation.view.node(DB)
    assert (waiting.state, waiting.host, waiting.waits_for_host) == (NodeState.DOWN, "a", True)
    found = facts_until(simulation, 10.0)
    assert moments(found, HostBack, NodeReady) == [(20.0, HostBack("a")), (21.0, NodeReady(DB, "restarting"))]
    assert not simulation.view.node(DB).waits_for_host


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_number_of_tries_is_the_stages(most: int) -> None:
    ha = HaSpec(detection_s=2.0, restart_s=1.0, most_restarts=most)
    simulation = opened(shop((host("a"), host("b", 2)), 20.0, dies("a", 5.0), storage=PAIR, ha=ha), 1)
    stranded = moments(facts_until(simulation, 15.0), VmStranded)
    assert stranded == [(7.0 + most - 1, VmStranded(WEB)), (7.0 + most - 1, VmStranded(DB))]


def test_tries_count_on_when_the_second_host_dies_before_the_vm_is_up() -> None:
    """First try on b at 7 s, which dies at 7.5 s; second on c at 9.5 s, which dies at 10 s; third on d."""
    hosts = tuple(host(name, 8) for name in "abcd")
    trouble = (dies("a", 5.0), dies("b", 7.5), dies("c", 10.0))
    storage = StorageSpec(kind=StorageKind.CEPH, replicas=4, min_replicas=1)
    simulation = opened(shop(hosts, 20.0, *trouble, storage=storage, ha=HA), 1)
    found = facts_until(simulation, 12.2)
    assert [(at, fact) for at, fact in moments(found, VmRestarted) if fact == VmRestarted(WEB, "d")] == [
        (12.0, VmRestarted(WEB, "d"))
    ]
    assert simulation.rack is not None
    assert simulation.rack.rescue.tries == {WEB: 3, DB: 3}
    run_for(simulation, 2.0)
    assert simulation.rack.rescue.tries == {}, "up again: the next time counts anew"


def test_without_high_availability_vms_wait_and_boot_with_their_host() -> None:
    """The boot takes the kind's restart time, 3 s at least."""
    simulation = opened(shop(None, 20.0, dies("a", 5.0, 4.0), storage=CEPH), 1)
    found = moments(facts_until(simulation, 15.0), HostBack, VmRestarted, VmStranded, NodeReady)
    assert found == [
        (9.0, HostBack("a")),
        (12.0, NodeReady(WEB, "restarting")),
        (12.0, NodeReady(DB, "restarting")),
    ]


def test_a_host_that_is_back_before_anybody_noticed_keeps_its_vms() -> None:
    simulation = opened(shop(None, 20.0, dies("a", 5.0, 1.0), storage=CEPH, ha=HA), 1)
    found = moments(facts_until(simulation, 15.0), VmRestarted, NodeReady)
    assert found == [(7.0, NodeReady(WEB, "restarting")), (7.0, NodeReady(DB, "restarting"))]
    assert on_hosts(simulation)["a"] == [WEB, DB]


def test_the_player_may_start_a_stranded_vm_by_hand() -> None:
    simulation = opened(shop(None, 20.0, dies("a", 5.0), storage=CEPH), 1)
    run_for(simulation, 10.0)
    assert not isinstance(simulation.apply(Place(DB, "c")), Refused)
    found = moments(facts_until(simulation, 4.0), VmRestarted, NodeReady)
    assert found == [(10.0, VmRestarted(DB, "c")), (13.0, NodeReady(DB, "restarting"))]
    assert simulation.view.node(WEB).waits_for_host


def test_local_disks_keep_a_vm_on_its_host() -> None:
    """Nothing shared and nothing copied: high availability can do nothing, however much room there is."""
    simulation = opened(shop(None, 20.0, dies("a", 5.0), ha=HA), 1)
    assert moments(facts_until(simulation, 20.0), VmRestarted, VmStranded) == [
        (7.0, VmStranded(WEB)),
        (7.0, VmStranded(DB)),
    ]


def test_ceph_loses_nothing_with_one_host_down() -> None:
    """The VMs run on a; b dies with a third of all copies, even for good: no request fails, no write is lost."""
    trouble = event(5.0, HostEffect(host="b", down_s=1e6, disks_lost=True))
    simulation = opened(shop(None, 40.0, trouble, storage=CEPH, ha=HA), 1)
    run_for(simulation, 30.0)
    storage = simulation.view.storage
    assert storage is not None
    assert (storage.works, storage.replicas_left) == (True, 2)
    totals = simulation.view.totals
    assert (failed(simulation), totals.lost_writes) == (0, 0)


def test_ceph_stands_still_with_two_hosts_down_and_goes_on_when_one_is_back() -> None:
    """One copy is less than min_replicas = 2. The VMs on c are up but do nothing for 5 s; then they work off what
    waited, and nothing was lost.
    """
    spec = shop(None, 20.0, dies("a", 5.0), dies("b", 10.0, 5.0), storage=CEPH)
    nodes = tuple(replace(node, host="c") if node.key != "in" else node for node in spec.nodes)
    simulation = opened(replace(spec, nodes=nodes), 1)
    found = facts_until(simulation, 12.0)
    before = simulation.view.totals.done
    node = simulation.view.node(WEB)
    assert (node.frozen, node.state, node.speed) == (True, NodeState.READY, 0.0)
    found += facts_until(simulation, 2.9)
    assert simulation.view.totals.done == before
    found += facts_until(simulation, 10.0)
    assert moments(found, StorageStopped, StorageBack) == [(10.0, StorageStopped()), (15.0, StorageBack())]
    assert failed(simulation) == 0
    assert simulation.view.totals.in_system < 20


@pytest.mark.parametrize(("replicas", "least", "hosts_down", "works"), [
    (3, 2, 1, True), (3, 2, 2, False), (3, 1, 2, True), (3, 1, 3, False), (2, 2, 1, False), (4, 2, 2, True),
])  # fmt: skip
def test_storage_works_while_the_unluckiest_piece_has_copies_enough(
    replicas: int, least: int, hosts_down: int, works: bool
) -> None:
    """replicas - hosts down >= min_replicas, on any number of hosts: every VM has pieces everywhere."""
    storage = StorageSpec(kind=StorageKind.CEPH, replicas=replicas, min_replicas=least)
    hosts = tuple(host(name) for name in "abcde")
    trouble = (dies(name, 1.0) for name in "edc"[:hosts_down])
    simulation = opened(shop(hosts, 5.0, *trouble, storage=storage), 1)
    run_for(simulation, 2.0)
    assert simulation.view.storage is not None
    assert simulation.view.storage.works is works


def test_nothing_boots_while_the_storage_stands_still_and_no_try_counts() -> None:
    """a and b die within a second: one copy is left. b is back at 15 s, and the first try is made at once."""
    simulation = opened(shop(None, 20.0, dies("a", 5.0), dies("c", 5.5, 9.5), storage=CEPH, ha=HA), 1)
    found = moments(facts_until(simulation, 20.0), VmRestarted, VmStranded, NodeReady)
    assert found == [
        (15.0, VmRestarted(WEB, "b")),
        (15.0, VmRestarted(DB, "b")),
        (16.0, NodeReady(WEB, "restarting")),
        (16.0, NodeReady(DB, "restarting")),
    ]


def test_an_outage_of_its_own_keeps_a_vm_down_after_its_host_is_back() -> None:
    """Host dead from 5 to 9 s, and the VM itself broken from 6 to 16 s."""
    outage = EventSpec(
        id="outage", department=Department.SYSTEM, at_s=6.0, node_effects=(NodeEffect(kinds=("web",), down_s=10.0),)
    )
    simulation = opened(shop(None, 20.0, dies("a", 5.0, 4.0), outage, storage=CEPH), 1)
    assert moments(facts_until(simulation, 20.0), NodeReady) == [
        (12.0, NodeReady(DB, "restarting")),
        (16.0, NodeReady(WEB, "down")),
    ]


def test_a_migration_breaks_off_when_either_host_dies() -> None:
    """The target: the VM works on where it is. The source: it goes down with it, and starts like any other."""
    for dead, ready in (("b", []), ("a", [(12.0, NodeReady(WEB, "restarting")), (12.0, NodeReady(DB, "restarting"))])):
        simulation = opened(shop(None, 20.0, dies(dead, 5.0, 4.0), storage=CEPH), 1)
        simulation.apply(Place(WEB, "b"))
        found = facts_until(simulation, 20.0)
        assert moments(found, MigrationBroken) == [(5.0, MigrationBroken(WEB, "b"))]
        assert moments(found, NodeReady) == ready
        assert simulation.view.node(WEB).host == "a"


def test_one_host_picked_by_chance_is_one_that_is_up() -> None:
    """Three events, each for one of three hosts: after them all are down, whatever the seed."""
    trouble = [event(1.0 + i, HostEffect(down_s=100.0), name=f"e{i}") for i in range(3)]
    first = set()
    for seed in range(12):
        simulation = opened(shop(three(), 5.0, *trouble), seed)
        died = [fact.host for _, fact in facts_until(simulation, 4.0) if isinstance(fact, HostDied)]
        assert sorted(died) == ["a", "b", "c"]
        assert all(each.state is HostState.DOWN for each in simulation.view.hosts)
        first.add(died[0])
    assert first == {"a", "b", "c"}
