"""What hosts have and give away, and which of them a VM gets."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.board import Board, Node
from engine.spec import HostingSpec, HostSpec, NodeKind, NodeSize, Placement, StorageKind

SLACK = 1e-9
MB_A_GB = 1024.0


@dataclass(frozen=True, slots=True)
class Room:
    """An amount of vCPUs, of memory and of disk (GB): what a VM takes, or what a host has."""

    cpu: float
    memory_gb: float
    disk_gb: float

    def holds(self, need: Room) -> bool:
        """Whether `need` fits in."""
        return (
            need.cpu <= self.cpu + SLACK
            and need.memory_gb <= self.memory_gb + SLACK
            and need.disk_gb <= self.disk_gb + SLACK
        )

    def lack(self, need: Room) -> float:
        """How far `need` is from fitting in: the largest part of it that does not, 0..1."""
        pairs = ((need.cpu, self.cpu), (need.memory_gb, self.memory_gb), (need.disk_gb, self.disk_gb))
        return max(((wanted - there) / wanted for wanted, there in pairs if wanted > 0), default=0.0)


def need_of(size: NodeSize) -> Room:
    """What a VM of this size takes."""
    return Room(size.cpu, size.memory_mb / MB_A_GB, size.disk_gb)


def taken_by(node: Node) -> Room:
    """What a VM takes now: while it is resized, the larger of both sizes."""
    now = need_of(node.size)
    if node.next_size is None:
        return now
    then = need_of(node.next_size)
    return Room(max(now.cpu, then.cpu), max(now.memory_gb, then.memory_gb), max(now.disk_gb, then.disk_gb))


def whole_of(hosting: HostingSpec, host: HostSpec) -> Room:
    """What the VMs of a host can have: threads x overcommit, memory less what is reserved, and the usable part of the
    disks (see `engine.spec.StorageSpec`; infinite where disks are not counted; of shared storage: of all hosts).
    """
    return Room(host.threads * hosting.overcommit, host.memory_gb - host.reserved_gb, _usable_gb(hosting, host))


def _usable_gb(hosting: HostingSpec, host: HostSpec) -> float:
    storage = hosting.storage
    if storage.kind.shared:
        raw, share = sum(each.disk_gb for each in hosting.hosts), 1.0 / storage.replicas
    else:
        raw, share = host.disk_gb, 1.0 if storage.kind is StorageKind.LOCAL else 0.5
    return raw * share if raw > 0 else float("inf")


def given_by(board: Board, hosting: HostingSpec, host_id: str, without: int = -1) -> Room:
    """What the VMs take that are on a host or on their way to it (shared disks: all VMs). without: a node that does not
    count.
    """
    cpu = memory_gb = disk_gb = 0.0
    for node in board.nodes.values():
        if not node.host or node.id == without:
            continue
        here, took = host_id in (node.host, node.moving_to), taken_by(node)
        if here:
            cpu += took.cpu
            memory_gb += took.memory_gb
        if here or hosting.storage.kind.shared:
            disk_gb += took.disk_gb
    return Room(cpu, memory_gb, disk_gb)


def free_on(board: Board, hosting: HostingSpec, host: HostSpec, without: int = -1) -> Room:
    """What a host can still give."""
    whole, given = whole_of(hosting, host), given_by(board, hosting, host.id, without)
    return Room(whole.cpu - given.cpu, whole.memory_gb - given.memory_gb, whole.disk_gb - given.disk_gb)


def choose(
    board: Board, hosting: HostingSpec, need: Room, usable: Collection[str], without: int = -1
) -> HostSpec | None:
    """The host a VM gets by the placement in force, of the usable ones; None when none has room.

    `first_fit`: the first in the order of the stage. `spread`: the one with the smallest share given away, of vCPUs or
    of memory, whichever is more; then the first.
    """
    fitting = [
        host for host in hosting.hosts if host.id in usable and free_on(board, hosting, host, without).holds(need)
    ]
    if board.placement is Placement.FIRST_FIT or not fitting:
        return fitting[0] if fitting else None
    return min(fitting, key=lambda host: _share_given(board, hosting, host, without))


def _share_given(board: Board, hosting: HostingSpec, host: HostSpec, without: int) -> float:
    whole, given = whole_of(hosting, host), given_by(board, hosting, host.id, without)
    return max(given.cpu / whole.cpu, given.memory_gb / whole.memory_gb)


def nearest(board: Board, hosting: HostingSpec, need: Room, usable: Iterable[str], without: int = -1) -> str:
    """The id of the usable host that lacks least for a VM; empty when there is none."""
    hosts = [host for host in hosting.hosts if host.id in usable]
    best = min(hosts, key=lambda host: free_on(board, hosting, host, without).lack(need), default=None)
    return best.id if best else ""


def is_vm(hosting: HostingSpec | None, kind: NodeKind) -> bool:
    """Whether nodes of a kind run on hosts in a stage with this hosting."""
    return hosting is not None and kind.virtual
