"""Small stages on own hosts, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.facts import Fact
from engine.simulation import Simulation
from engine.spec import (
    BackupWindowSpec,
    Bond,
    Department,
    EventSpec,
    HaSpec,
    HostEffect,
    HostingSpec,
    HostSpec,
    NodeKind,
    NodeSize,
    PolicySpec,
    ReplicationSpec,
    RequestKind,
    Role,
    StageSpec,
    StorageKind,
    StorageSpec,
    SubItem,
)
from tests.engine.builders import recipe, source, stage

CEPH = StorageSpec(kind=StorageKind.CEPH)
LOCAL = StorageSpec()
HA = HaSpec(detection_s=2.0, restart_s=1.0, most_restarts=3)
INTERNET, WEB, DB = 0, 1, 2


def host(name: str, threads: int = 16, memory_gb: float = 64.0, **more: object) -> HostSpec:
    """A host with two links of 10 Gb/s."""
    return HostSpec(id=name, cores=threads // 2, threads=threads, memory_gb=memory_gb, **more)  # type: ignore[arg-type]


def three(threads: int = 16, memory_gb: float = 64.0, **more: object) -> tuple[HostSpec, ...]:
    """Three alike."""
    return tuple(host(name, threads, memory_gb, **more) for name in ("a", "b", "c"))


def machine(
    kind: str,
    cpu: float = 4.0,
    memory_gb: float = 8.0,
    slots: int = 4,
    service_ms: float = 100.0,
    **more: object,
) -> NodeKind:
    """A kind of VM with two sizes, the larger with twice of everything. Serves every sub-item alike."""
    sizes = tuple(
        NodeSize(
            id=name,
            price=10.0 * factor,
            slots=slots * factor,
            queue=1_000_000,
            cpu=cpu * factor,
            memory_mb=memory_gb * 1024.0 * factor,
            service_ms=dict.fromkeys(SubItem, service_ms),
        )
        for name, factor in (("s", 1), ("l", 2))
    )
    policies = (PolicySpec(key="max_connections", minimum=1),)
    spec = NodeKind(
        id=kind, role=Role.COMPUTE, sizes=sizes, virtual=True, patience_s=1e5, free_wires=99, policies=policies,
        restart_s=0.4, build_s=0.5, resize_s=0.5,
    )  # fmt: skip
    return replace(spec, **more)  # type: ignore[arg-type]


def event(at_s: float, *effects: HostEffect, name: str = "trouble", **more: object) -> EventSpec:
    """Something that befalls hosts at a moment."""
    return EventSpec(id=name, department=Department.SYSTEM, at_s=at_s, host_effects=effects, **more)  # type: ignore[arg-type]


def dies(name: str, at_s: float, down_s: float = 1e6, disks_lost: bool = False) -> EventSpec:
    """A host dies at a moment."""
    return event(at_s, HostEffect(host=name, down_s=down_s, disks_lost=disks_lost), name=f"{name}_dies_{at_s}")


def shop(
    hosts: Sequence[HostSpec] | None = None,
    rate: float = 20.0,
    *events: EventSpec,
    webs: int = 1,
    kinds: Sequence[NodeKind] = (),
    more: dict[str, object] | None = None,
    **hosting: object,
) -> StageSpec:
    """The internet, `webs` web servers, which answer pages, and a database, which takes orders: half of the rate each.
    Every VM takes 4 vCPUs and 8 GB, and answers 40 requests a second when all of its 4 slots are busy.
    """
    web = machine("web")
    database = machine("database", role=Role.DATABASE)
    made = {kind.id: kind for kind in (web, database, *kinds)}
    made["web"] = replace(
        made["web"],
        sizes=tuple(replace(s, service_ms={SubItem.STATIC: s.service_ms[SubItem.STATIC]}) for s in made["web"].sizes),
    )
    made["database"] = replace(
        made["database"],
        sizes=tuple(
            replace(s, service_ms={SubItem.WRITE: s.service_ms[SubItem.WRITE]}) for s in made["database"].sizes
        ),
    )
    requests = (
        RequestKind(id="page", recipe=recipe("static")),
        RequestKind(id="order", recipe=recipe("write")),
    )
    nodes = [("in", "internet"), ("w1", "web"), ("db", "database"), *((f"w{i}", "web") for i in range(2, webs + 1))]
    wires = [("in", "w1"), ("in", "db"), *(("in", f"w{i}") for i in range(2, webs + 1))]
    spec = HostingSpec(hosts=tuple(hosts or three()), **hosting)  # type: ignore[arg-type]
    return stage(
        (source("web", "database"), *made.values()),
        nodes,
        wires,
        rate,
        requests,
        **{"step_ms": 10.0, "events": events, "hosting": spec} | (more or {}),
    )


def facts_until(simulation: Simulation, seconds: float) -> list[tuple[float, Fact]]:
    """Step for some seconds, and keep what happened with its moment (rounded to 0.01 s)."""
    found: list[tuple[float, Fact]] = []
    for _ in range(round(seconds / simulation.dt_s)):
        found.extend((round(simulation.time_s, 2), fact) for fact in simulation.step())
    return found


def on_hosts(simulation: Simulation) -> dict[str, list[int]]:
    """The VMs by host."""
    return {each.id: list(each.nodes) for each in simulation.view.hosts}


def own_hosts() -> StageSpec:
    """Something of everything: threads and links that are short, a host that dies, a link that is lost, copies."""
    web = machine("web", kilobytes=300.0, slots=8)
    hosts = tuple(host(name, 8, link_gbps=0.05, bond=Bond.LACP, clock=0.9) for name in ("a", "b", "c"))
    trouble = (dies("a", 5.0, 6.0), event(9.0, HostEffect(link_down_s=3.0), name="link"))
    return shop(
        hosts,
        90.0,
        *trouble,
        webs=3,
        kinds=(web,),
        ha=HA,
        replication=ReplicationSpec(every_s=4.0),
        backup=BackupWindowSpec(at_hour=6.0, window_s=3.0, drag=0.2),
        overcommit=2.0,
        migration_gbps=40.0,
    )
