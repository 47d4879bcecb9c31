"""VMs whose host is gone: high availability restarts them elsewhere, or they wait."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from engine.board import Node
from engine.facts import NodeDied, VmRestarted, VmStranded
from engine.hosts.copies import has_own_data
from engine.hosts.room import choose, need_of
from engine.view import HostState, NodeState

if TYPE_CHECKING:
    from engine.hosts.rack import Rack

SHORTEST_BOOT_S = 3.0


@dataclass(slots=True)
class Victim:
    """A VM without its host. host: the one that is gone. due_step: of the next try, -1: there is none any more. until:
    something else keeps it down until that step. boots: it was switched off, and not only cut off.
    """

    host: str
    due_step: int
    until: int
    boots: bool


class Rescue:
    """What becomes of VMs whose host is dead or cut off.

    They go down with it, and their requests fail. With high availability each of them is tried elsewhere, detection_s
    after the host was lost and then every restart_s, at most most_restarts times: the first try that finds room takes
    it and boots for restart_s, so a VM is back after

        detection_s + n restart_s       when the n-th try finds room.

    Tries count on when the new host dies before the VM is up. After the last one, and without high availability, it
    waits for its host and boots there; one that was only cut off goes on at once. While the shared storage stands still
    nothing boots, and no try counts. A VM whose disks are on no other host cannot start elsewhere (see `Copies`).
    Source: Proxmox VE Administration Guide, High Availability (restart and relocate limits).

    wiped: VMs whose disks are gone. tries: restarts tried for those that are not up again.
    """

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self.victims: dict[int, Victim] = {}
        self.wiped: set[int] = set()
        self.tries: dict[int, int] = {}

    def waits(self, node: int) -> bool:
        """Whether a VM is down because its host is gone."""
        return node in self.victims

    def lose_host(self, host_id: str, boots: bool) -> None:
        """A host is dead (boots) or cut off: take its VMs down."""
        sim, ha = self.rack.simulation, self.rack.hosting.ha
        lost = []
        for node in self.rack.vms():
            if node.host != host_id:
                continue
            victim = self.victims.get(node.id)
            if victim is not None:
                victim.boots |= boots
                continue
            due = sim.step_count + round(ha.detection_s / sim.dt_s) if ha is not None else -1
            until = node.ready_step if node.state is NodeState.DOWN else 0
            sim.upkeep.put_down(node, float("inf"), "down" if boots else "cut_off")
            self.victims[node.id] = Victim(host_id, due, until, boots)
            sim.pending.append(NodeDied(node.id, "host"))
            lost.append(node.id)
        if lost:
            sim.rebuild(frozenset(lost))

    def holds(self, node: Node, until: int) -> bool:
        """Whether a VM waits for its host; then whatever else keeps it down does so until that step."""
        victim = self.victims.get(node.id)
        if victim is not None:
            victim.until = until
        return victim is not None

    def wipe(self, node: Node) -> None:
        """The disks of a VM are gone."""
        self.wiped.add(node.id)
        if node.id not in self.victims:
            self._restore(node, 0.0)

    def advance(self) -> None:
        """Start what can be started now."""
        sim = self.rack.simulation
        self._forget()
        if not self.victims or not self.rack.storage_works:
            return
        for number, victim in list(self.victims.items()):
            node = sim.board.nodes[number]
            if self.rack.conditions[node.host].state is HostState.UP:
                self._start(node, victim)
            elif 0 <= victim.due_step <= sim.step_count:
                self._try(node, victim)

    def state(self) -> tuple[object, ...]:
        """What decides the future."""
        victims = [(node, *astuple(victim)) for node, victim in sorted(self.victims.items())]
        return (victims, sorted(self.wiped), sorted(self.tries.items()))

    def _forget(self) -> None:
        nodes = self.rack.simulation.board.nodes
        self.victims = {node: victim for node, victim in self.victims.items() if node in nodes}
        self.wiped &= set(nodes)
        for node in [each for each in self.tries if each not in nodes or nodes[each].is_up]:
            del self.tries[node]

    def _try(self, node: Node, victim: Victim) -> None:
        sim, ha = self.rack.simulation, self.rack.hosting.ha
        if ha is None:
            return
        self.tries[node.id] = self.tries.get(node.id, 0) + 1
        able = self.rack.copies.elsewhere(node) and self.tries[node.id] <= ha.most_restarts
        host = choose(sim.board, self.rack.hosting, need_of(node.size), self.rack.usable, node.id) if able else None
        if host is not None:
            node.host = host.id
            self._start(node, victim)
        elif able and self.tries[node.id] < ha.most_restarts:
            victim.due_step += round(ha.restart_s / sim.dt_s)
        else:
            victim.due_step = -1
            sim.pending.append(VmStranded(node.id))

    def _start(self, node: Node, victim: Victim) -> None:
        """Let a VM start on the host it is on now."""
        sim = self.rack.simulation
        del self.victims[node.id]
        sim.topology_version += 1
        if node.host != victim.host:
            sim.pending.append(VmRestarted(node.id, node.host))
            if not self.rack.hosting.storage.kind.shared:
                self.rack.copies.start_elsewhere(node)
                self.wiped.discard(node.id)
        elif not victim.boots:
            node.ready_step = max(sim.step_count, victim.until)
            return
        boot_s = self._boot_s(node)
        node.state = NodeState.RESTARTING
        node.ready_step = sim.step_count + round(boot_s / sim.dt_s)
        if victim.until > node.ready_step:
            node.state, node.ready_step = NodeState.DOWN, victim.until
        if node.id in self.wiped:
            self._restore(node, boot_s)

    def _restore(self, node: Node, boot_s: float) -> None:
        """Get a VM going whose disks are gone: from a copy; a database without one has lost its data; others are made
        anew from their image.
        """
        sim = self.rack.simulation
        self.wiped.discard(node.id)
        restore_s = self.rack.copies.restore(node)
        if restore_s is not None:
            sim.upkeep.take_down(node, boot_s + restore_s)
        elif has_own_data(node):
            sim.upkeep.lose_data(node)
        elif not boot_s:
            sim.upkeep.take_down(node, self._boot_s(node))

    def _boot_s(self, node: Node) -> float:
        ha = self.rack.hosting.ha
        return ha.restart_s if ha is not None else max(node.kind.restart_s, SHORTEST_BOOT_S)
