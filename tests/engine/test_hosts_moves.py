"""Live migration: how long it takes, what it costs, and that nobody notices."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from engine.commands import Accepted, Place, RefusalCode, Refused, Resize, Sell
from engine.facts import Fact, Migrated
from engine.spec import Bond, ReplicationSpec
from tests.engine.builders import opened, run_for
from tests.engine.hosted import CEPH, DB, WEB, facts_until, host, machine, on_hosts, shop


def migrated(found: list[tuple[float, Fact]]) -> list[Any]:
    """Finished migrations, with their moment."""
    return [(round(at - 0.01, 2), fact) for at, fact in found if isinstance(fact, Migrated)]


@pytest.mark.parametrize(
    ("gbps", "dirty_gbps", "pause_s", "expected_s"),
    [
        (10.0, 0.0, 0.1, 6.5),
        (5.0, 0.0, 0.3, 13.1),
        (10.0, 2.0, 0.1, 8.1),
        (20.0, 12.0, 0.0, 8.0),
        (4.0, 4.0, 0.1, 160.1),
    ],
)
def test_a_migration_takes_memory_over_bandwidth_less_what_changes(
    gbps: float, dirty_gbps: float, pause_s: float, expected_s: float
) -> None:
    """8 GB are 64 Gb: 64 / (B - d) s and the pause. Where changes outrun the bandwidth, a tenth of it is left."""
    hosts = (host("a", link_gbps=40.0), host("b", link_gbps=40.0))
    spec = shop(
        hosts, 5.0, migration_gbps=gbps, migration_dirty_gbps=dirty_gbps, migration_pause_s=pause_s, storage=CEPH
    )
    simulation = opened(spec, 1)
    assert simulation.apply(Place(WEB, "b")) == Accepted(0.0, WEB)
    assert migrated(facts_until(simulation, expected_s + 1.0)) == [
        (pytest.approx(expected_s, abs=0.11), Migrated(WEB, "b"))
    ]
    assert simulation.view.node(WEB).host == "b"


def test_the_rounds_of_pre_copy_sum_up_to_the_closed_formula() -> None:
    """M/B (1 + r + r^2 + ...) with r = d/B is M / (B - d)."""
    memory_gbit, gbps, dirty = 64.0, 10.0, 2.0
    rounds, left = 0.0, memory_gbit
    while left > 1e-9:
        rounds += left / gbps
        left *= dirty / gbps
    assert rounds == pytest.approx(memory_gbit / (gbps - dirty))


@pytest.mark.parametrize(
    ("hosting", "expected_s"),
    [({}, 25.6), ({"storage": CEPH}, 6.4), ({"replication": ReplicationSpec()}, 6.4)],
)
def test_disks_that_are_on_no_other_host_go_along(hosting: dict[str, Any], expected_s: float) -> None:
    """8 GB of memory and 24 GB of disk are 256 Gb; shared or replicated, only the 64 Gb of memory."""
    web = machine("web")
    web = replace(web, sizes=tuple(replace(size, disk_gb=24.0) for size in web.sizes))
    simulation = opened(shop(None, 5.0, kinds=(web,), migration_gbps=10.0, migration_pause_s=0.0, **hosting), 1)
    run_for(simulation, 0.1)
    simulation.apply(Place(WEB, "b"))
    found = migrated(facts_until(simulation, 26.0))
    assert found == [(pytest.approx(0.1 + expected_s, abs=0.11), Migrated(WEB, "b"))]


def test_the_slower_link_counts() -> None:
    """Migrations may take 10 Gb/s, but one of the hosts has only 1 Gb/s: 64 s."""
    simulation = opened(shop((host("a"), host("b", link_gbps=1.0)), 5.0, migration_gbps=10.0, migration_pause_s=0.0), 1)
    simulation.apply(Place(WEB, "b"))
    assert migrated(facts_until(simulation, 65.0)) == [(pytest.approx(64.0, abs=0.11), Migrated(WEB, "b"))]


def test_two_at_once_share_the_bandwidth_and_both_hosts_give_room() -> None:
    simulation = opened(shop(None, 5.0, migration_gbps=10.0, migration_pause_s=0.0), 1)
    simulation.apply(Place(WEB, "b"))
    simulation.apply(Place(DB, "b"))
    hosts = {each.id: each for each in simulation.view.hosts}
    assert (hosts["a"].cpu_given, hosts["b"].cpu_given) == (8.0, 8.0)
    run_for(simulation, 6.4)
    assert simulation.view.node(WEB).migration == pytest.approx(0.5, abs=0.02)
    assert [round(at, 1) for at, _ in migrated(facts_until(simulation, 7.0))] == [12.8, 12.8]
    hosts = {each.id: each for each in simulation.view.hosts}
    assert (hosts["a"].cpu_given, hosts["b"].cpu_given) == (0.0, 8.0)


def test_what_the_refusal_says_is_left_is_what_it_takes() -> None:
    simulation = opened(shop(None, 5.0, migration_gbps=10.0, migration_pause_s=0.1), 1)
    assert math.isnan(simulation.view.node(WEB).migration)
    simulation.apply(Place(WEB, "b"))
    run_for(simulation, 2.0)
    refused = simulation.check(Place(WEB, "c"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.BUSY
    assert refused.values["what"] == "migrating"
    left_s = refused.values["remaining_s"]
    assert left_s == pytest.approx(4.5, abs=0.11)
    assert migrated(facts_until(simulation, 5.0)) == [
        (pytest.approx(2.0 + float(left_s), abs=0.11), Migrated(WEB, "b"))
    ]


@pytest.mark.parametrize("pause_s", [0.05, 0.1, 0.25, 1.0])
def test_a_migration_under_load_loses_no_request_and_stands_still_as_long_as_stated(pause_s: float) -> None:
    """Half the load the VM can carry. In the pause nothing is answered; the work that is missing is pace x time."""
    simulation = opened(shop(None, 40.0, migration_gbps=20.0, migration_pause_s=pause_s), 2)
    run_for(simulation, 5.0)
    simulation.apply(Place(WEB, "b"))
    missing = 0.0
    for _ in range(900):
        simulation.step()
        missing += (1.0 - simulation.view.node(WEB).speed) * simulation.dt_s
    assert missing == pytest.approx(pause_s, abs=1e-6)
    run_for(simulation, 5.0)
    assert on_hosts(simulation) == {"a": [DB], "b": [WEB], "c": []}
    assert sum(simulation.view.totals.failed.values()) == 0


def test_a_migration_takes_bandwidth_from_the_vms() -> None:
    """10 Gb/s of 10: the network of both hosts is full while it lasts."""
    simulation = opened(shop((host("a", bond=Bond.NONE), host("b"), host("c")), 5.0, migration_gbps=10.0), 1)
    simulation.apply(Place(WEB, "b"))
    run_for(simulation, 3.0)
    assert [each.network_share for each in simulation.view.hosts] == [1.0, 1.0, 0.0]


def test_a_vm_that_moves_can_be_sold_but_not_resized_and_nothing_is_left_over() -> None:
    simulation = opened(shop(None, 5.0, migration_gbps=10.0), 1)
    simulation.apply(Place(WEB, "b"))
    run_for(simulation, 1.0)
    refused = simulation.check(Resize(WEB, "l"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.BUSY
    simulation.apply(Sell(WEB))
    run_for(simulation, 10.0)
    assert on_hosts(simulation) == {"a": [DB], "b": [], "c": []}
    assert [each.cpu_given for each in simulation.view.hosts] == [4.0, 0.0, 0.0]


def test_a_vm_is_served_by_the_host_it_is_on() -> None:
    """It leaves a slow host for a fast one and works at its clock from then on."""
    simulation = opened(shop((host("a", clock=0.5), host("b", clock=2.0)), 5.0, migration_gbps=10.0), 1)
    speeds: list[float] = []
    simulation.apply(Place(WEB, "b"))
    for _ in range(10):
        run_for(simulation, 1.0)
        speeds.append(simulation.view.node(WEB).speed)
    assert speeds == [0.5] * 6 + [2.0] * 4
