"""Snapshots of hosts and storage, for the view."""

from __future__ import annotations

import math

from engine.hosts.condition import Condition
from engine.hosts.rack import Rack
from engine.hosts.room import given_by, whole_of
from engine.view import HostState, HostView, StorageView


def host_views(rack: Rack) -> tuple[HostView, ...]:
    """All hosts, in the order of the stage."""
    return tuple(_host_view(rack, condition) for condition in rack.conditions.values())


def storage_view(rack: Rack) -> StorageView:
    """The storage under the VMs."""
    copies = rack.copies
    return StorageView(
        kind=rack.hosting.storage.kind,
        works=rack.storage_works,
        replicas_left=rack.replicas_left,
        copied_s=_age_s(rack, copies.replicated_step),
        backup_s=_age_s(rack, copies.saved_step),
    )


def _host_view(rack: Rack, condition: Condition) -> HostView:
    sim, spec = rack.simulation, condition.spec
    whole, given = whole_of(rack.hosting, spec), given_by(sim.board, rack.hosting, spec.id)
    counted = math.isfinite(whole.disk_gb)
    up = condition.state is HostState.UP
    pace = spec.clock * condition.contention * condition.network * (1.0 - rack.copies.drag)
    return HostView(
        id=spec.id,
        state=condition.state,
        remaining_s=0.0 if up else max(_back_step(condition) - sim.step_count, 0) * sim.dt_s,
        cores=spec.cores,
        threads=spec.threads,
        clock=spec.clock,
        cpu_room=whole.cpu,
        cpu_given=given.cpu,
        cpu_busy=condition.busy if up else 0.0,
        pace=pace if up else 0.0,
        memory_gb=whole.memory_gb,
        memory_given=given.memory_gb,
        disk_gb=whole.disk_gb if counted else 0.0,
        disk_given=given.disk_gb if counted else 0.0,
        links=spec.links,
        links_up=condition.links_up,
        link_gbps=spec.link_gbps,
        network_share=condition.network_share if up else 0.0,
        nodes=tuple(node.id for node in rack.vms() if node.host == spec.id),
    )


def _back_step(condition: Condition) -> int:
    """When a host that is not there will be, or (without a bond) its last lost link."""
    return condition.back_step if condition.back_step >= 0 else max(condition.links_back, default=0)


def _age_s(rack: Rack, step: int) -> float:
    return (rack.simulation.step_count - step) * rack.simulation.dt_s if step >= 0 else float("nan")
