"""Copies of the VMs' disks: replication to another host, nightly snapshots, and what is lost without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.board import Node
from engine.facts import BackupDone, DataLost
from engine.spec import Role
from engine.topology import Tally

if TYPE_CHECKING:
    from engine.hosts.rack import Rack

HOURS_A_DAY = 24.0


class Copies:
    """A copy of a VM is known by how many writes the VM had done when it was made, since the start.

    Replication: every `every_s` from the start of operation on, the disks of all VMs that run are copied to another
    host (if one is up). Whatever starts from the copy lacks the writes since: at most every_s of them, the recovery
    point objective (RPO). Snapshots: once a calendar day, from `at_hour` on, for window_s; a snapshot holds what was
    written before its window began. Only databases' writes are counted; other VMs have nothing that is missed, and a
    replica gets everything again from its master.
    """

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        hosting, stage = rack.hosting, rack.simulation.stage
        dt_s = rack.simulation.dt_s
        self.replicated: dict[int, int] = {}
        self.saved: dict[int, int] = {}
        self.replicated_step = self.saved_step = -1
        self.window: dict[int, int] = {}
        self.window_step = -1
        self.every = max(1, round(hosting.replication.every_s / dt_s)) if hosting.replication else 0
        self.next_step = 0
        self.day = max(1, round(stage.day_s / dt_s))
        at_hour = hosting.backup.at_hour if hosting.backup else 0.0
        self.next_window_step = round(at_hour / HOURS_A_DAY * stage.day_s / dt_s)

    @property
    def drag(self) -> float:
        """Share of the VMs' pace that snapshots take now."""
        backup = self.rack.hosting.backup
        return backup.drag if backup is not None and self.window_step >= 0 else 0.0

    def elsewhere(self, node: Node) -> bool:
        """Whether a VM could start on another host: its disks are there too."""
        return self.rack.hosting.storage.kind.shared or node.id in self.replicated

    def advance(self) -> None:
        """Copy what is due, and begin and end the window of the snapshots."""
        step = self.rack.simulation.step_count
        if self.every and step >= self.next_step:
            self.next_step += self.every
            if len(self.rack.usable) > 1:
                self.replicated |= self._written()
                self.replicated_step = step
        backup = self.rack.hosting.backup
        if backup is None:
            return
        if 0 <= self.window_step <= step:
            self._end_window(backup.window_s)
        if step >= self.next_window_step:
            self.next_window_step += self.day
            self.window = self._written()
            self.window_step = step + max(1, round(backup.window_s / self.rack.simulation.dt_s))

    def start_elsewhere(self, node: Node) -> None:
        """A VM starts on another host from what is there."""
        if not self.rack.hosting.storage.kind.shared:
            self._go_back(node, self.replicated.pop(node.id), "replication")

    def restore(self, node: Node) -> float | None:
        """Get a VM back whose disks are gone; returns how many seconds that takes, None when no copy is left."""
        if node.id in self.replicated and not self.rack.hosting.storage.kind.shared:
            self._go_back(node, self.replicated[node.id], "replication")
            return 0.0
        backup = self.rack.hosting.backup
        if backup is None or node.id not in self.saved:
            return None
        self._go_back(node, self.saved[node.id], "backup")
        return backup.restore_s

    def forget(self, nodes: Mapping[int, Node]) -> None:
        """Drop the copies of VMs that are gone."""
        for copies in (self.replicated, self.saved, self.window):
            for node in [each for each in copies if each not in nodes]:
                del copies[node]

    def state(self) -> tuple[object, ...]:
        """What decides the future."""
        copies = [sorted(each.items()) for each in (self.replicated, self.saved, self.window)]
        return (*copies, self.next_step, self.window_step, self.next_window_step)

    def _written(self) -> dict[int, int]:
        """Writes done so far by the VMs that run."""
        sim = self.rack.simulation
        writes, index = sim.kernel.tally()[Tally.WRITES], sim.kernel.topology.node_index
        return {node.id: int(writes[index[node.id]]) for node in self.rack.vms() if node.is_up}

    def _end_window(self, window_s: float) -> None:
        sim = self.rack.simulation
        kept = {node: written for node, written in self.window.items() if node in sim.board.nodes}
        self.saved |= kept
        self.saved_step = self.window_step - max(1, round(window_s / sim.dt_s))
        self.window, self.window_step = {}, -1
        sim.pending.extend(BackupDone(node) for node in kept if sim.board.nodes[node].kind.role is Role.DATABASE)

    def _go_back(self, node: Node, copied: int, reason: str) -> None:
        """Lose the writes since a copy. The count of writes goes on, so the other copies are moved along with it."""
        sim = self.rack.simulation
        now = int(sim.kernel.tally()[Tally.WRITES, sim.kernel.topology.node_index[node.id]])
        lost = now - copied if has_own_data(node) else 0
        for copies in (self.replicated, self.saved, self.window):
            if node.id in copies:
                copies[node.id] = min(now, copies[node.id] + now - copied)
        if lost:
            sim.models.lose(lost)
            sim.pending.append(DataLost(node.id, lost, reason))


def has_own_data(node: Node) -> bool:
    """Whether a node holds what nobody else has: a database that is not the replica of another one."""
    return node.kind.role is Role.DATABASE and node.kind.replica is None
