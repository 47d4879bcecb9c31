"""Which host a VM gets, what is refused and why, and how the player places by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine import replay
from engine.commands import (
    Build,
    Clone,
    Command,
    Place,
    Redo,
    RefusalCode,
    Refused,
    Resize,
    Restart,
    Sell,
    SetPlacement,
    StartOperation,
    Undo,
)
from engine.facts import HostDied
from engine.simulation import Simulation
from engine.spec import Placement, Role, StorageKind, StorageSpec
from engine.start import misfits
from tests.engine.builders import mmc, opened, run_for
from tests.engine.hosted import CEPH, DB, INTERNET, LOCAL, WEB, dies, host, machine, on_hosts, shop, three


def built(simulation: Simulation, count: int) -> list[str]:
    """Hosts of so many web servers, built one after the other."""
    found = []
    for i in range(count):
        answer = simulation.apply(Build("web", i, 10))
        assert not isinstance(answer, Refused), answer
        found.append(simulation.view.node(answer.node).host)
    return found


def test_first_fit_fills_one_host_after_the_other() -> None:
    """A host of 16 threads holds four VMs of 4 vCPUs; web server and database are there from the start."""
    simulation = Simulation(shop(), 1)
    assert on_hosts(simulation) == {"a": [WEB, DB], "b": [], "c": []}
    assert built(simulation, 7) == ["a", "a", "b", "b", "b", "b", "c"]


def test_spread_takes_the_host_with_the_smallest_share_given_away() -> None:
    """Shares, not amounts: a host twice as large takes two VMs for one on each of the others."""
    hosts = (host("a", 16), host("b", 32, 128.0), host("c", 16))
    simulation = Simulation(shop(hosts, placement=Placement.SPREAD), 1)
    assert on_hosts(simulation) == {"a": [WEB], "b": [DB], "c": []}
    assert built(simulation, 6) == ["c", "b", "a", "b", "c", "b"]
    shares = [each.cpu_given / each.cpu_room for each in simulation.view.hosts]
    assert shares == [0.5, 0.5, 0.5]


def test_the_scarcer_of_cores_and_memory_decides() -> None:
    """64 GB hold eight VMs of 8 GB, however many threads there are; with memory for all, the threads decide."""
    for threads, memory_gb, overcommit, fits in ((64, 64.0, 1.0, 8), (8, 64.0, 1.0, 2), (8, 64.0, 3.0, 6)):
        simulation = Simulation(shop((host("a", threads, memory_gb),), overcommit=overcommit), 1)
        built(simulation, fits - 2)
        refused = simulation.apply(Build("web", 20, 10))
        assert isinstance(refused, Refused)
        assert refused.code is RefusalCode.NO_ROOM


def test_reserved_memory_is_nobodys() -> None:
    view = Simulation(shop((host("a", 64, 64.0, reserved_gb=16.0),)), 1).view
    assert (view.hosts[0].memory_gb, view.hosts[0].memory_given) == (48.0, 16.0)


@pytest.mark.parametrize(
    ("storage", "usable_gb"),
    [
        (LOCAL, 900.0),
        (StorageSpec(kind=StorageKind.RAID1), 450.0),
        (StorageSpec(kind=StorageKind.RAID10), 450.0),
        (CEPH, 900.0),
        (StorageSpec(kind=StorageKind.CEPH, replicas=2, min_replicas=1), 1350.0),
    ],
)
def test_usable_disk_follows_from_the_copies_that_are_kept(storage: StorageSpec, usable_gb: float) -> None:
    """Of 900 GB a host: all, half of it mirrored, and of three hosts together 2,700 / replicas."""
    simulation = Simulation(shop(three(disk_gb=900.0), storage=storage), 1)
    assert simulation.view.hosts[0].disk_gb == pytest.approx(usable_gb)


def test_a_shared_disk_is_full_for_every_host() -> None:
    """Three hosts with 600 GB and 3 copies hold 600 GB of disks, wherever the VMs run."""
    big = machine("big", cpu=1.0, memory_gb=1.0)
    big = replace(big, sizes=tuple(replace(size, disk_gb=200.0) for size in big.sizes))
    simulation = Simulation(shop(three(disk_gb=600.0), kinds=(big,), storage=CEPH), 1)
    for x in range(3):
        assert not isinstance(simulation.apply(Build("big", x, 10)), Refused)
    refused = simulation.apply(Build("big", 5, 10))
    assert isinstance(refused, Refused)
    assert (refused.values["disk_gb"], refused.values["free_disk_gb"]) == (200.0, 0.0)


def test_no_room_says_what_is_wanted_and_what_the_nearest_host_has() -> None:
    simulation = Simulation(shop((host("a", 8), host("b", 4))), 1)
    built(simulation, 1)
    simulation.apply(Sell(WEB))
    refused = simulation.check(Build("web", 5, 5, "l"))
    assert isinstance(refused, Refused)
    assert refused.values == {
        "kind": "web",
        "cpu": 8.0,
        "memory_gb": 16.0,
        "disk_gb": 0.0,
        "host": "a",
        "free_cpu": 4.0,
        "free_memory_gb": 56.0,
        "free_disk_gb": 0.0,
    }


def test_clones_and_larger_sizes_need_room_too() -> None:
    simulation = opened(shop((host("a", 12),)), 1)
    assert not isinstance(simulation.apply(Resize(WEB, "l")), Refused)
    assert simulation.view.hosts[0].cpu_given == 12.0
    for command in (Clone(DB, 9, 9), Resize(DB, "l")):
        refused = simulation.apply(command)
        assert isinstance(refused, Refused)
        assert refused.code is RefusalCode.NO_ROOM
    run_for(simulation, 1.0)
    assert simulation.view.node(WEB).size == "l"
    simulation.apply(Resize(WEB, "s"))
    assert simulation.view.hosts[0].cpu_given == 12.0, "both sizes count until the smaller one runs"
    run_for(simulation, 1.0)
    assert simulation.view.hosts[0].cpu_given == 8.0


def test_in_the_set_up_a_larger_size_may_go_to_another_host() -> None:
    simulation = Simulation(shop((host("a", 8), host("b", 16))), 1)
    assert not isinstance(simulation.apply(Resize(WEB, "l")), Refused)
    assert on_hosts(simulation) == {"a": [DB], "b": [WEB]}
    simulation.apply(StartOperation())
    refused = simulation.check(Resize(DB, "l"))
    assert not isinstance(refused, Refused), "4 of 8 vCPUs are free where it stands"


def test_nodes_that_are_no_vms_need_no_host() -> None:
    bare = machine("bare", cpu=1000.0, virtual=False)
    simulation = Simulation(shop(kinds=(bare,)), 1)
    assert not isinstance(simulation.apply(Build("bare", 5, 5)), Refused)
    assert simulation.view.node(INTERNET).host == ""
    assert simulation.view.nodes[-1].host == ""


def test_the_set_up_places_at_once_and_takes_it_back() -> None:
    simulation = Simulation(shop(), 1)
    before = simulation.state_hash()
    assert not isinstance(simulation.apply(Place(WEB, "c")), Refused)
    assert not isinstance(simulation.apply(SetPlacement("spread")), Refused)
    after = simulation.state_hash()
    assert on_hosts(simulation) == {"a": [DB], "b": [], "c": [WEB]}
    placements = [simulation.view.placement]
    simulation.apply(Undo())
    simulation.apply(Undo())
    assert simulation.state_hash() == before
    assert on_hosts(simulation)["a"] == [WEB, DB]
    assert [*placements, simulation.view.placement] == [Placement.SPREAD, Placement.FIRST_FIT]
    simulation.apply(Redo())
    simulation.apply(Redo())
    assert simulation.state_hash() == after
    again = replay.play(simulation.stage, replay.from_text(replay.to_text(simulation.run)))
    assert again.state_hash() == after


def test_start_nodes_may_name_their_host_and_misfits_are_told() -> None:
    spec = shop((host("a", 8), host("b", 4)))
    nodes = tuple(replace(node, host="b") if node.key == "db" else node for node in spec.nodes)
    assert on_hosts(Simulation(replace(spec, nodes=nodes), 1)) == {"a": [WEB], "b": [DB]}
    nodes = tuple(replace(node, host="b") if node.key != "in" else node for node in spec.nodes)
    assert misfits(replace(spec, nodes=nodes)) == ("db",)
    with pytest.raises(ValueError, match="db"):
        Simulation(replace(spec, nodes=nodes), 1)
    assert misfits(spec) == misfits(mmc(1, 100.0, 1.0)) == ()


def _moving() -> Simulation:
    simulation = opened(shop(storage=CEPH), 1)
    simulation.apply(Place(WEB, "b"))
    return simulation


def _crowded() -> Simulation:
    return opened(shop((host("a", 8), host("b", 4)), webs=2), 1)


def _lost(name: str = "a", **hosting: Any) -> Simulation:
    simulation = opened(shop(None, 20.0, dies(name, 1.0), **hosting), 1)
    while not any(isinstance(fact, HostDied) for fact in simulation.step()):
        pass
    return simulation


def _cloud() -> Simulation:
    return opened(mmc(1, 100.0, 1.0), 1)


def _bare() -> Simulation:
    return opened(shop(kinds=(machine("database", virtual=False, role=Role.DATABASE),)), 1)


def _full() -> Simulation:
    simulation = _lost(storage=CEPH)
    for x in range(8):
        simulation.apply(Build("web", x, 12))
    return simulation


SCENES: list[tuple[Callable[[], Simulation], Command, RefusalCode]] = [
    (_cloud, Place(1, "a"), RefusalCode.NO_HOSTS),
    (_cloud, SetPlacement("spread"), RefusalCode.NO_HOSTS),
    (_moving, Place(99, "a"), RefusalCode.UNKNOWN_NODE),
    (_moving, Place(INTERNET, "a"), RefusalCode.NOT_VIRTUAL),
    (_bare, Place(DB, "a"), RefusalCode.NOT_VIRTUAL),
    (_moving, Place(DB, "moon"), RefusalCode.UNKNOWN_HOST),
    (_moving, Place(DB, "a"), RefusalCode.SAME_HOST),
    (_moving, Place(WEB, "c"), RefusalCode.BUSY),
    (_moving, Resize(WEB, "l"), RefusalCode.BUSY),
    (_moving, SetPlacement("anywhere"), RefusalCode.POLICY_VALUE),
    (_crowded, Place(DB, "b"), RefusalCode.NO_ROOM),
    (lambda: _lost("a", storage=CEPH), Place(WEB, "a"), RefusalCode.SAME_HOST),
    (lambda: _lost("a", storage=CEPH), Restart(WEB), RefusalCode.HOST_DOWN),
    (lambda: _lost("b", storage=CEPH), Place(WEB, "b"), RefusalCode.HOST_DOWN),
    (lambda: _lost("a"), Place(WEB, "b"), RefusalCode.NO_COPY),
    (_full, Build("web", 9, 5), RefusalCode.NO_ROOM),
]
REACHED = {code for *_, code in SCENES}


@pytest.mark.parametrize(("scene", "command", "code"), SCENES)
def test_every_refusal_about_hosts(scene: Callable[[], Simulation], command: Command, code: RefusalCode) -> None:
    simulation = scene()
    before = simulation.state_hash()
    answer = simulation.apply(command)
    assert isinstance(answer, Refused)
    assert answer.code is code
    assert answer == simulation.check(command)
    assert simulation.state_hash() == before


def test_a_dead_host_takes_no_new_vm() -> None:
    simulation = _lost("b", storage=CEPH)
    assert built(simulation, 3) == ["a", "a", "c"]
