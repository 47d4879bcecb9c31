"""Whole runs on own hosts: conserved, the same after a replay, and never more given away than is there."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from engine import replay
from engine.commands import (
    Accepted,
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Fire,
    Place,
    Resize,
    Restart,
    Sell,
    SetPlacement,
    StartOperation,
)
from engine.hosts.room import free_on
from engine.simulation import Simulation
from engine.spec import (
    BackupWindowSpec,
    Bond,
    ClientSpec,
    HaSpec,
    HostEffect,
    HostingSpec,
    NodeKind,
    NodeSize,
    Placement,
    ReplicationSpec,
    RequestKind,
    Role,
    StageSpec,
    StorageKind,
    StorageSpec,
    SubItem,
)
from engine.view import HostState, NodeState
from tests.engine.builders import balancer, opened, recipe, run_for, source, stage
from tests.engine.hosted import HA, event, host, machine, shop
from tests.engine.test_conservation import assert_conserved
from tests.engine.worlds import random_act, random_world

STORAGES = tuple(StorageSpec(kind=kind) for kind in StorageKind)


def office(dice: random.Random) -> StageSpec:
    """A balancer, web servers that call a database, all of them VMs, on two to five hosts that are seldom well."""
    lb = replace(
        balancer(dice.choice(("round_robin", "least_connections")), "web", rate_cap_rps=500.0, queue=20),
        sizes=(NodeSize(id="s", rate_cap_rps=500.0, queue=20, cpu=1.0, memory_mb=2048.0),),
        virtual=True,
    )
    web = machine("web", may_call=("database",), kilobytes=dice.choice((0.0, 500.0)), patience_s=1.0)
    database = machine("database", service_ms=50.0, role=Role.DATABASE, patience_s=1.0)
    web, database = (
        replace(kind, sizes=tuple(replace(s, queue=20, service_ms=dict.fromkeys(does, ms)) for s in kind.sizes))
        for kind, does, ms in ((web, (SubItem.STATIC,), 80.0), (database, (SubItem.READ, SubItem.WRITE), 40.0))
    )
    hosts = tuple(
        host(
            name,
            dice.choice((8, 16)),
            dice.choice((24.0, 48.0)),
            link_gbps=dice.choice((0.2, 10.0)),
            bond=dice.choice(list(Bond)),
            clock=dice.choice((0.7, 1.3)),
        )
        for name in "abcde"[: dice.randint(2, 5)]
    )
    trouble = [
        event(0.0, HostEffect(down_s=dice.choice((0.5, 3.0)), disks_lost=dice.random() < 0.3), name="death"),
        event(0.0, HostEffect(link_down_s=dice.choice((0.3, 2.0))), name="link"),
        event(0.0, HostEffect(pick="all", link_down_s=0.2), name="switch"),
    ]
    nodes = [("in", "internet"), ("lb", "balancer"), ("w1", "web"), ("w2", "web"), ("db", "database")]
    wires = [("in", "lb"), ("lb", "w1"), ("lb", "w2"), ("w1", "db"), ("w2", "db")]
    requests = (
        RequestKind(id="page", recipe=recipe("static", "read")),
        RequestKind(id="order", recipe=recipe("static", "write")),
    )
    hosting = shop(
        hosts,
        storage=dice.choice(STORAGES),
        ha=dice.choice((None, replace(HA, detection_s=0.4, restart_s=0.3))),
        replication=dice.choice((None, ReplicationSpec(every_s=1.0))),
        backup=dice.choice((None, BackupWindowSpec(at_hour=12.0, window_s=0.4, drag=0.3, restore_s=0.5))),
        overcommit=dice.choice((1.0, 2.0)),
        placement=dice.choice(list(Placement)),
        migration_gbps=200.0,
    ).hosting
    spec = stage((source("balancer"), lb, web, database), nodes, wires, dice.choice((40.0, 120.0)), requests)
    traffic = replace(spec.traffic, client=ClientSpec(retries=dice.choice((0.0, 1.0))))
    return replace(spec, hosting=hosting, events=tuple(trouble), sandbox=True, day_s=4.0, step_ms=10.0, traffic=traffic)


def clicked(dice: random.Random, simulation: Simulation) -> Command:
    """Some act of a player, or some trouble; it may well be refused."""
    ids = [*simulation.view.node_ids, 999]
    node, other = dice.choice(ids), dice.choice(ids)
    x, y = dice.randint(0, 12), dice.randint(0, 19)
    return dice.choice(
        (
            Build(dice.choice(("balancer", "web", "database")), x, y),
            Clone(node, x, y),
            Connect(node, other),
            Disconnect(node, other),
            Sell(node) if dice.random() < 0.3 else Restart(node),
            Resize(node, dice.choice(("s", "l"))),
            Place(node, dice.choice("abcdef")),
            Place(node, dice.choice("abcdef")),
            SetPlacement(dice.choice(("first_fit", "spread", "nowhere"))),
            Fire(dice.choice(("death", "link", "switch"))),
        )
    )


def holds(simulation: Simulation) -> None:
    """What must be true at every moment."""
    rack = simulation.rack
    assert rack is not None
    assert_conserved(simulation)
    for spec in rack.hosting.hosts:
        free = free_on(simulation.board, rack.hosting, spec)
        assert min(free.cpu, free.memory_gb) > -1e-6, spec.id
    assert all(0.0 <= node.utilisation <= 1.5 for node in simulation.view.nodes)
    states = {each.id: each.state for each in simulation.view.hosts}
    for node in simulation.view.nodes:
        assert bool(node.host) is (node.kind != "internet")
        if node.waits_for_host:
            assert node.state is NodeState.DOWN
        elif node.host and states[node.host] is not HostState.UP:
            pytest.fail(f"{node} runs on a host that is not there")


@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 10))])
def test_random_runs_on_hosts_are_conserved_and_the_same_after_a_replay(seed: int) -> None:
    dice = random.Random(seed)
    simulation = Simulation(office(dice), seed)
    for _ in range(6):
        simulation.apply(clicked(dice, simulation))
        holds(simulation)
    simulation.apply(StartOperation())
    taken = 0
    for step in range(900):
        if step % 10 == 0:
            command = clicked(dice, simulation)
            checked = simulation.check(command)
            answer = simulation.apply(command)
            assert type(checked) is type(answer)
            taken += isinstance(answer, Accepted)
        simulation.step()
        if step % 5 == 0:
            holds(simulation)
    assert taken > 15
    holds(simulation)
    again = replay.play(simulation.stage, replay.from_text(replay.to_text(simulation.run)))
    assert again.state_hash() == simulation.state_hash()
    assert again.view.hosts == simulation.view.hosts


def crowded(seed: int) -> StageSpec:
    """A board of all kinds of the catalogue, whatever can be a VM one, on three hosts that die, and lose links."""
    dice = random.Random(seed)
    world = random_world(seed, 6.0)
    kinds = tuple(
        replace(kind, virtual=kind.role not in (Role.SOURCE, Role.OBSERVER) and not is_elastic(kind), kilobytes=20.0)
        for kind in world.node_kinds
    )
    hosts = tuple(
        host(name, 64, 512.0, bond=dice.choice(list(Bond)), link_gbps=dice.choice((0.1, 10.0))) for name in "abc"
    )
    hosting = HostingSpec(
        hosts=hosts,
        overcommit=50.0,
        storage=dice.choice(STORAGES),
        ha=dice.choice((None, HaSpec(detection_s=0.3, restart_s=0.2))),
        replication=dice.choice((None, ReplicationSpec(every_s=0.5))),
        backup=dice.choice((None, BackupWindowSpec(at_hour=6.0, window_s=0.3, drag=0.2, restore_s=0.3))),
        placement=Placement.SPREAD,
        migration_gbps=500.0,
    )
    deaths = tuple(
        event(
            dice.uniform(0.2, 4.0),
            HostEffect(down_s=dice.choice((0.3, 1.0)), disks_lost=dice.random() < 0.4),
            name=f"death{i}",
        )
        for i in range(5)
    )
    link = event(1.0, HostEffect(link_down_s=0.4, pick="all"), name="link")
    return replace(world, node_kinds=kinds, hosting=hosting, events=(*world.events, *deaths, link), day_s=3.0)


def is_elastic(kind: NodeKind) -> bool:
    """Whether it is more than one machine."""
    return kind.autoscale is not None or kind.cluster is not None or kind.serverless is not None


# With seed 14 a capped CDN is passed at two depths of one step, and has one purse for both.
@pytest.mark.parametrize("seed", [3, 14, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 8))])
def test_every_kind_on_hosts_is_conserved_and_the_same_after_a_replay(seed: int) -> None:
    dice = random.Random(seed)
    simulation = opened(crowded(seed), seed)
    for step in range(450):
        if step % 12 == 0:
            by_hand = Place(dice.choice(simulation.view.node_ids), dice.choice("abc"))
            simulation.apply(random_act(dice, simulation) if dice.random() < 0.6 else by_hand)
        simulation.step()
        assert_conserved(simulation)
    assert replay.play(simulation.stage, simulation.run).state_hash() == simulation.state_hash()


def test_hosts_are_part_of_the_hash() -> None:
    """Two worlds that differ in nothing but the host of a VM, or the placement, are different."""
    one, other, third = (Simulation(shop(), 1) for _ in range(3))
    assert one.state_hash() == other.state_hash()
    other.apply(Place(1, "b"))
    third.apply(SetPlacement("spread"))
    assert len({simulation.state_hash() for simulation in (one, other, third)}) == 3


def test_looking_at_hosts_changes_nothing() -> None:
    seen, unseen = (opened(shop(None, 60.0, storage=STORAGES[-1]), 3) for _ in range(2))
    for _ in range(300):
        seen.step()
        unseen.step()
        assert len(seen.view.hosts) == 3
        assert seen.view.storage is not None
    assert seen.state_hash() == unseen.state_hash()


def test_hosts_that_are_ample_change_nothing_in_the_traffic() -> None:
    """Clock 1 and room for all: request by request the same as in the cloud."""
    own = opened(shop(None, 60.0), 5)
    cloud = opened(replace(shop(None, 60.0), hosting=None), 5)
    for simulation in (own, cloud):
        run_for(simulation, 20.0)
    assert own.view.totals == cloud.view.totals
    assert (own.kernel.counts == cloud.kernel.counts).all()
    assert cloud.view.hosts == ()
    assert cloud.view.storage is None
    assert cloud.view.node(1).host == ""
