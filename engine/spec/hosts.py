"""Own hardware: hosts, the storage under their VMs, and what happens to a VM whose host is gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Bond(StrEnum):
    """How the links of a host work together."""

    NONE = "none"
    ACTIVE_BACKUP = "active_backup"
    LACP = "lacp"


class StorageKind(StrEnum):
    """Where the disks of the VMs lie: on their host (plain or mirrored), or on all hosts at once."""

    LOCAL = "local"
    RAID1 = "raid1"
    RAID10 = "raid10"
    CEPH = "ceph"

    @property
    def shared(self) -> bool:
        """Whether every host reaches the disks of every VM."""
        return self is StorageKind.CEPH


class Placement(StrEnum):
    """Which host a new VM gets: the first with room, or the one with the smallest share given away."""

    FIRST_FIT = "first_fit"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpec:
    """One physical server.

    cores, threads: of its processors; a VM's vCPU runs on a thread. clock: pace of a thread against the reference
    that service times are given for. memory_gb: in all; reserved_gb: of that, what the hypervisor and its storage keep.
    disk_gb: raw size of its VM storage; 0: not counted. links, link_gbps: network links and the Gb/s of each.
    bond: `active_backup` uses one link and switches over in 100 ms when it is lost; `lacp` uses all that are up;
    `none` uses the first and is cut off without it. price: paid for it once.
    """

    id: str
    cores: int
    threads: int
    memory_gb: float
    clock: float = 1.0
    reserved_gb: float = 0.0
    disk_gb: float = 0.0
    links: int = 2
    link_gbps: float = 10.0
    bond: Bond = Bond.ACTIVE_BACKUP
    price: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSpec:
    """The storage under the VMs. replicas, min_replicas: of Ceph, on as many hosts; with fewer than min_replicas of
    any piece left nothing is read or written any more, until a host is back.

    Usable: local 1 of the raw size, raid1 and raid10 half of it on each host; ceph 1 / replicas of all hosts together.
    Source: docs.ceph.com, Pools (size 3, min_size 2).
    """

    kind: StorageKind = StorageKind.LOCAL
    replicas: int = 3
    min_replicas: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HaSpec:
    """High availability: a VM whose host is gone for detection_s is restarted elsewhere. A try takes restart_s; after
    most_restarts tries without room the VM waits for its host.

    Source: Proxmox VE Administration Guide, High Availability.
    """

    detection_s: float = 60.0
    restart_s: float = 20.0
    most_restarts: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationSpec:
    """The disks of all VMs are copied to another host every every_s: the most that a restart there loses (RPO).

    Source: Proxmox VE Administration Guide, Storage Replication (every 15 minutes by default).
    """

    every_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupWindowSpec:
    """Snapshots of all VMs once a calendar day, begun at at_hour (0 to 24). window_s: how long it takes; drag: share of
    the VMs' pace it takes meanwhile. restore_s: how long getting a VM's disks back from the last one takes.
    """

    at_hour: float = 2.0
    window_s: float = 10.0
    drag: float = 0.1
    restore_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingSpec:
    """Own hosts, and the rules by which VMs run on them. A VM is a node of a kind that is `virtual`; its size's `cpu`,
    `memory_mb` and `disk_gb` are what it takes.

    ha, replication, backup: None: there is none. overcommit: vCPUs given away for each thread.
    placement: at the start; the player may change it.
    migration_gbps: Gb/s that a host has for live migrations. migration_dirty_gbps: how fast a VM's memory changes
    meanwhile. migration_pause_s: how long the VM stands still in the end.
    """

    hosts: tuple[HostSpec, ...]
    storage: StorageSpec = StorageSpec()
    ha: HaSpec | None = None
    replication: ReplicationSpec | None = None
    backup: BackupWindowSpec | None = None
    overcommit: float = 1.0
    placement: Placement = Placement.FIRST_FIT
    migration_gbps: float = 1.0
    migration_dirty_gbps: float = 0.0
    migration_pause_s: float = 0.1

    def host(self, host_id: str) -> HostSpec | None:
        """The host with this id, if there is one."""
        return next((host for host in self.hosts if host.id == host_id), None)
