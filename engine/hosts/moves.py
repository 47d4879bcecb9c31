"""Live migration: a VM goes to another host while it works."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.board import Node
from engine.facts import Migrated, MigrationBroken
from engine.hosts.room import MB_A_GB
from engine.timestep import TICK_S
from engine.view import HostState

if TYPE_CHECKING:
    from engine.hosts.rack import Rack

BITS_A_BYTE = 8.0
SLOWEST_SHARE = 0.1
SLACK_GB = 1e-9


class Moves:
    """Live migrations by iterative pre-copy.

    The memory M is sent while the VM works; what it changes meanwhile (at rate d) is sent again, and so on. With the
    bandwidth B the rounds take M/B, (M/B) d/B, (M/B) (d/B)^2 ..., in all

        T = M / (B - d)        (M in Gb, B and d in Gb/s)

    and in the end the VM stands still for `migration_pause_s`; whatever arrives in that time waits. B is
    `migration_gbps`, or the host's bandwidth if that is less, shared by the migrations from and to a host; where
    changes outrun it, the VM is throttled so that a tenth of B is left. Disks go along with the memory where they are
    on no other host; shared or replicated ones are there already.
    Source: C. Clark et al., Live Migration of Virtual Machines, NSDI 2005.

    pauses: by node, the step at which its last pause ends.
    """

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self.pauses: dict[int, int] = {}

    def advance(self) -> None:
        """Send memory for a tick, and let those that are through go over."""
        sim = self.rack.simulation
        if not any(node.moving_to for node in sim.board.nodes.values()):
            return
        for node in self._moving():
            if self.rack.conditions[node.moving_to].state is not HostState.UP or not node.host:
                self.break_off(node)
            elif self.pauses.get(node.id, sim.step_count + 1) <= sim.step_count:
                self._arrive(node)
        if not self.rack.storage_works:
            return
        for number, gbps in self._rates().items():
            if number in self.pauses:
                continue
            moving = sim.board.nodes[number]
            moving.moved_gb += gbps / BITS_A_BYTE * TICK_S
            if moving.moved_gb >= self.whole_gb(moving) - SLACK_GB:
                moving.moved_gb = self.whole_gb(moving)
                self.pauses[number] = sim.step_count + sim.steps_per_tick + self._pause_steps()

    def break_off(self, node: Node) -> None:
        """End a migration without result."""
        self.rack.simulation.pending.append(MigrationBroken(node.id, node.moving_to))
        node.moving_to, node.moved_gb = "", 0.0
        self.pauses.pop(node.id, None)

    def paused_steps(self, node: Node) -> int:
        """For how many of the coming steps a VM stands still."""
        if node.id not in self.pauses:
            return 0
        left = self.pauses[node.id] - self.rack.simulation.step_count
        return max(left, 0) if left <= self._pause_steps() else 0

    def share(self, node: Node) -> float:
        """How much of a migration is done, 0..1; nan when there is none."""
        if not node.moving_to:
            return math.nan
        whole = self.whole_gb(node)
        return min(node.moved_gb / whole, 1.0) if whole > 0.0 else 1.0

    def whole_gb(self, node: Node) -> float:
        """What has to be sent of a VM."""
        disks_gb = 0.0 if self.rack.copies.elsewhere(node) else node.size.disk_gb
        return node.size.memory_mb / MB_A_GB + disks_gb

    def left_s(self, node: Node) -> float:
        """Seconds until a migration is done, at the present bandwidth."""
        left_gb = max(self.whole_gb(node) - node.moved_gb, 0.0)
        gbps = self._rates().get(node.id, 0.0)
        sending = left_gb * BITS_A_BYTE / gbps if gbps > 0.0 else 0.0
        return sending + self.rack.hosting.migration_pause_s

    def sent_gbps(self, host_id: str) -> float:
        """What migrations take of a host's bandwidth."""
        moving = [node for node in self._moving() if host_id in (node.host, node.moving_to)]
        return self._bandwidth(host_id) if moving and self.rack.storage_works else 0.0

    def forget(self, nodes: Mapping[int, Node]) -> None:
        """Drop the pauses of VMs that are gone."""
        for node in [each for each in self.pauses if each not in nodes]:
            del self.pauses[node]

    def state(self) -> list[tuple[int, int]]:
        """What decides the future."""
        return sorted(self.pauses.items())

    def _moving(self) -> list[Node]:
        return [node for node in self.rack.vms() if node.moving_to]

    def _bandwidth(self, host_id: str) -> float:
        return min(self.rack.hosting.migration_gbps, self.rack.conditions[host_id].gbps)

    def _rates(self) -> dict[int, float]:
        """Gb/s of new memory by node, for all that move."""
        moving = self._moving()
        busy = Counter(host for node in moving for host in (node.host, node.moving_to))
        rates = {}
        for node in moving:
            gbps = min(self._bandwidth(host) / busy[host] for host in (node.host, node.moving_to))
            rates[node.id] = max(gbps - self.rack.hosting.migration_dirty_gbps, gbps * SLOWEST_SHARE)
        return rates

    def _pause_steps(self) -> int:
        return round(self.rack.hosting.migration_pause_s / self.rack.simulation.dt_s)

    def _arrive(self, node: Node) -> None:
        sim = self.rack.simulation
        node.host, node.moving_to, node.moved_gb = node.moving_to, "", 0.0
        del self.pauses[node.id]
        sim.pending.append(Migrated(node.id, node.host))
        sim.topology_version += 1
