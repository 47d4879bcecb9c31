"""The hosts of a run at work: moved on at the edges of the ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.board import Node
from engine.facts import HostBack, HostDied, LinkBack, LinkLost, StorageBack, StorageStopped
from engine.hosts.condition import BYTES_A_GBIT, Condition
from engine.hosts.copies import Copies, has_own_data
from engine.hosts.moves import Moves
from engine.hosts.rescue import Rescue
from engine.hosts.usage import Usage
from engine.spec import Bond, HostEffect, HostingSpec
from engine.view import HostState

if TYPE_CHECKING:
    from engine.simulation import Simulation

SWITCH_OVER_S = 0.1


class Rack:
    """Hosts, and the VMs on them.

    conditions: of the hosts by id, in the order of the stage. storage_works: whether reads and writes go on: with
    shared storage a piece has min(replicas, hosts) copies on as many hosts, and every VM has pieces everywhere, so all
    stand still when fewer than min_replicas of the unluckiest piece are left (docs.ceph.com, Pools: min_size).
    """

    def __init__(self, simulation: Simulation, hosting: HostingSpec) -> None:
        self.simulation, self.hosting = simulation, hosting
        self.conditions = {host.id: Condition(host) for host in hosting.hosts}
        self.storage_works = True
        self.copies = Copies(self)
        self.moves = Moves(self)
        self.rescue = Rescue(self)
        self.usage = Usage(self)

    @property
    def usable(self) -> list[str]:
        """The hosts that are there and reachable."""
        return [host for host, condition in self.conditions.items() if condition.state is HostState.UP]

    @property
    def replicas_left(self) -> int:
        """Copies left of the unluckiest piece of the shared storage; 1 where it is not shared."""
        storage = self.hosting.storage
        if not storage.kind.shared:
            return 1
        missing = len(self.conditions) - len(self.usable)
        return max(min(storage.replicas, len(self.conditions)) - missing, 0)

    def vms(self) -> list[Node]:
        """All VMs, in the order they were built."""
        return [node for node in self.simulation.board.nodes.values() if node.host]

    def mend(self) -> None:
        """At the beginning of a tick: what is back comes back, VMs start, memory and disks are copied."""
        step = self.simulation.step_count
        for host, condition in self.conditions.items():
            back = [due for due in condition.links_back if due <= step]
            condition.links_back = [due for due in condition.links_back if due > step]
            self.simulation.pending.extend(LinkBack(host) for _ in back)
            if 0 <= condition.back_step <= step:
                condition.back_step, condition.disks_gone = -1, False
                self.simulation.pending.append(HostBack(host))
                if condition.state is HostState.CUT_OFF:
                    self.rescue.lose_host(host, boots=True)
        self._judge_storage()
        self.copies.forget(self.simulation.board.nodes)
        self.moves.forget(self.simulation.board.nodes)
        self.moves.advance()
        self.rescue.advance()
        self.copies.advance()

    def befall(self, effects: list[HostEffect], generator: np.random.Generator) -> None:
        """Let effects on hosts strike."""
        for effect in effects:
            struck = [host for host in self.hosting.hosts if effect.host in ("", host.id)]
            if effect.pick == "one":
                struck = [host for host in struck if host.id in self.usable]
                struck = [struck[int(generator.integers(len(struck)))]] if struck else []
            for host in struck:
                if effect.link_down_s > 0.0:
                    self._lose_link(self.conditions[host.id], self._steps(effect.link_down_s))
                if effect.down_s > 0.0:
                    self._die(self.conditions[host.id], self._steps(effect.down_s), effect.disks_lost)
        self._judge_storage()

    def press(self) -> bool:
        """Write to the VMs what their hosts make of their speed in the coming tick; returns whether any feels it
        differently.
        """
        changed = False
        for node in self.vms():
            before = (node.live.host_pace, node.live.paused)
            node.live.host_pace, node.live.paused = self._pace(node)
            changed |= (node.live.host_pace, node.live.paused) != before
        return changed

    def measure(self) -> None:
        """At the end of a tick: see what the VMs made of processors and network."""
        busy, sent = self.usage.read()
        moving = any(node.moving_to for node in self.vms())
        for i, (host, condition) in enumerate(self.conditions.items()):
            copied = self.moves.sent_gbps(host) * BYTES_A_GBIT if moving else 0.0
            condition.share_processors(busy[i])
            condition.share_network(sent[i] + copied)

    def state(self) -> list[object]:
        """What decides the future."""
        board = self.simulation.board
        return [
            board.placement.value,
            [(node.id, node.host, node.moving_to, node.moved_gb) for node in self.vms()],
            [(host, condition.state_values()) for host, condition in self.conditions.items()],
            self.copies.state(),
            self.moves.state(),
            self.rescue.state(),
        ]

    def _steps(self, seconds: float) -> int:
        return self.simulation.step_count + round(seconds / self.simulation.dt_s)

    def _pace(self, node: Node) -> tuple[float, bool]:
        """The factor on a VM's speed, and whether it is a pause that nobody may notice by an error.

        clock x contention x network x (1 - snapshot drag) x (1 - share of the tick it stands still)
        """
        sim, condition = self.simulation, self.conditions[node.host]
        if not self.storage_works:
            return 0.0, False
        still = max(self.moves.paused_steps(node), condition.switched_step - sim.step_count, 0)
        if still >= sim.steps_per_tick:
            return 0.0, True
        pace = condition.spec.clock * condition.contention * (1.0 - self.copies.drag)
        if node.kind.kilobytes > 0.0:
            pace *= condition.network
        return pace * (1.0 - still / sim.steps_per_tick), False

    def _die(self, condition: Condition, back_step: int, disks_lost: bool) -> None:
        host = condition.spec.id
        if condition.back_step >= 0:
            condition.back_step = max(condition.back_step, back_step)
        else:
            condition.back_step = back_step
            condition.contention = condition.network = 1.0
            self.simulation.pending.append(HostDied(host))
            self._break_moves(host)
            self.rescue.lose_host(host, boots=True)
        if disks_lost:
            condition.disks_gone = True
            self._lose_disks(host)

    def _lose_disks(self, host: str) -> None:
        """Local disks take their VMs' data along; shared ones only when every copy of a piece was on lost disks."""
        if not self.hosting.storage.kind.shared:
            for node in self.vms():
                if node.host == host:
                    self.rescue.wipe(node)
            return
        gone = sum(condition.disks_gone for condition in self.conditions.values())
        if gone >= min(self.hosting.storage.replicas, len(self.conditions)):
            for node in self.vms():
                if has_own_data(node):
                    self.rescue.wipe(node)

    def _lose_link(self, condition: Condition, back_step: int) -> None:
        if not condition.links_up:
            return
        condition.links_back.append(back_step)
        self.simulation.pending.append(LinkLost(condition.spec.id, condition.carrying))
        if condition.state is HostState.CUT_OFF:
            self._break_moves(condition.spec.id)
            self.rescue.lose_host(condition.spec.id, boots=False)
        elif condition.spec.bond is Bond.ACTIVE_BACKUP:
            condition.switched_step = self._steps(SWITCH_OVER_S)

    def _break_moves(self, host: str) -> None:
        for node in self.vms():
            if node.moving_to and host in (node.host, node.moving_to):
                self.moves.break_off(node)

    def _judge_storage(self) -> None:
        storage = self.hosting.storage
        works = not storage.kind.shared or self.replicas_left >= storage.min_replicas
        if works != self.storage_works:
            self.storage_works = works
            self.simulation.pending.append(StorageBack() if works else StorageStopped())
