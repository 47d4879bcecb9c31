"""What a server can do, by its data sheet: from cores, clock, memory, disks and links to the engine's hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spec import StorageKind
from stages.currency import dollars
from stages.presets.plans import Plan, Server

# The reference of all service times: a vCPU of F8's machines, by the base clock of the first processor of that series
# (Intel Xeon E5-2673 v4).
REFERENCE_GHZ = 2.3
# Proxmox VE, system requirements: 2 GB for itself, and about 1 GB for each TB of Ceph.
OWN_GB = 2.0
CEPH_GB_A_TB = 1.0
GB_A_TB = 1000.0
# F3, availability.
MOST_RESTARTS = 3
REPLICATION_S = 900.0
CEPH_REPLICAS = 3


def clock(server: Server) -> float:
    """Pace of a thread against the reference: the ratio of the base clocks, which all cores hold under full load."""
    return server.base_ghz / REFERENCE_GHZ


def reserved_gb(server: Server, storage: StorageKind) -> float:
    """Memory that the hypervisor and its storage keep."""
    raw_tb = server.disk_gb * server.disks / GB_A_TB
    return OWN_GB + (raw_tb * CEPH_GB_A_TB if storage is StorageKind.CEPH else 0.0)


def cores(plan: Plan, down: int = 0) -> float:
    """Reference cores of a plan with so many hosts down: threads x clock of each. A thread of clock k does the work of
    k reference vCPUs, and F2 counts vCPUs.
    """
    return (plan.servers - down) * plan.hardware.threads * clock(plan.hardware)


def memory_gb(plan: Plan, down: int = 0) -> float:
    """Memory for VMs with so many hosts down."""
    server = plan.hardware
    return (plan.servers - down) * (server.memory_gb - reserved_gb(server, plan.storage))


def overcommit(plan: Plan) -> float:
    """vCPUs given away for each thread: its clock; in a cluster of n so many more that n - 1 have room for all. Or what
    the plan says.
    """
    if plan.overcommit:
        return plan.overcommit
    spare = plan.servers / (plan.servers - 1) if plan.servers > 1 else 1.0
    return clock(plan.hardware) * spare


def hosting(plan: Plan) -> Mapping[str, Any]:
    """The hosts of a plan as a stage has them."""
    server, cluster = plan.hardware, plan.servers > 1
    hosts = [
        {
            "id": f"pve{number}",
            "cores": server.cores,
            "threads": server.threads,
            "clock": clock(server),
            "memory_gb": server.memory_gb,
            "reserved_gb": reserved_gb(server, plan.storage),
            "disk_gb": server.disk_gb * server.disks,
            "links": server.links,
            "link_gbps": server.link_gbps,
            "bond": "active_backup" if server.links > 1 else "none",
            "price": dollars(sum(server.price) / 2.0),
        }
        for number in range(1, plan.servers + 1)
    ]
    shape: dict[str, Any] = {
        "hosts": hosts,
        "storage": {"kind": plan.storage.value, "replicas": CEPH_REPLICAS},
        "overcommit": overcommit(plan),
        "placement": "spread",
        "migration_gbps": server.second_gbps or server.link_gbps,
        "backup": {"at_hour": 2.0, "window_s": 10.0},
    }
    if cluster:
        shape |= {"ha": {"most_restarts": MOST_RESTARTS}, "replication": {"every_s": REPLICATION_S}}
    return shape
