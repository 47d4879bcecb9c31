"""A sandbox on three hosts of its own, for the tests of the screen: the catalogue's machines as VMs."""

from __future__ import annotations

from dataclasses import replace

from engine.spec import (
    Department,
    EventSpec,
    HaSpec,
    HostEffect,
    HostingSpec,
    HostSpec,
    NodeKind,
    StageSpec,
    StorageKind,
    StorageSpec,
)
from stages.load import load_stage

MACHINES = ("vm_basic", "vm_cpu", "socket_gateway", "search_engine", "sql_master", "sql_replica", "redis", "gpu_server")
GB = 1024.0


def on_hosts(**hosting: object) -> StageSpec:
    """Three hosts of 16 cores and 64 GB, Ceph, HA after 5 s. Events: `host_dies` (pve2), `link_lost` (pve1)."""
    hosts = tuple(
        HostSpec(id=f"pve{n}", cores=16, threads=32, memory_gb=64.0, reserved_gb=8.0, price=9_000) for n in (1, 2, 3)
    )
    rules: dict[str, object] = {
        "hosts": hosts,
        "storage": StorageSpec(kind=StorageKind.CEPH),
        "ha": HaSpec(detection_s=5.0, restart_s=2.0),
        "migration_gbps": 10.0,
        "migration_dirty_gbps": 1.0,
    }
    stage = load_stage("sandbox")
    events = (
        _event("host_dies", HostEffect(host="pve2", down_s=40.0)),
        _event("link_lost", HostEffect(host="pve1", link_down_s=30.0)),
    )
    return replace(
        stage,
        budget=1_000_000.0,
        hosting=HostingSpec(**(rules | hosting)),  # type: ignore[arg-type]
        node_kinds=tuple(_machine(kind) for kind in stage.node_kinds),
        events=(*stage.events, *events),
    )


def numbers(stage: StageSpec) -> dict[str, int]:
    """The numbers of the nodes that are there from the start, by their keys."""
    return {node.key: number for number, node in enumerate(stage.nodes)}


def _machine(kind: NodeKind) -> NodeKind:
    if kind.id not in MACHINES:
        return kind
    sizes = tuple(
        replace(size, cpu=4.0 * 2**rank, memory_mb=8 * GB * 2**rank, disk_gb=100.0)
        for rank, size in enumerate(kind.sizes)
    )
    return replace(kind, virtual=True, sizes=sizes)


def _event(name: str, effect: HostEffect) -> EventSpec:
    return EventSpec(id=name, department=Department.SYSTEM, at_s=1e6, host_effects=(effect,))
