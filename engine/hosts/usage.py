"""What the VMs made of the processors and networks of their hosts in a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray
from engine.timestep import TICK_S
from engine.topology import Tally

if TYPE_CHECKING:
    from engine.hosts.rack import Rack

BYTES_A_KB = 1000.0


class Usage:
    """Reads the kernel's exact sums at the end of every tick.

    A VM's vCPUs work as its slots do: busy vCPUs = cpu x requests in service / slots, on average over the tick. Where
    requests pass through, what passed of the rate cap stands for the busy slots. Its bytes: `kilobytes` for each
    request that left.
    """

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self._version = -1
        self._nodes: tuple[int, ...] = ()
        self._served: CountArray = np.zeros(0, dtype=np.int64)
        self._left: CountArray = np.zeros(0, dtype=np.int64)
        self._at: IndexArray = np.zeros(0, dtype=np.intp)
        self._host: IndexArray = np.zeros(0, dtype=np.intp)
        self._cpu = self._per_served = self._per_left = self._bytes = np.zeros(0)

    def read(self) -> tuple[list[float], list[float]]:
        """Busy vCPUs and bytes a second by host, in the order of the stage."""
        sim = self.rack.simulation
        kernel, hosts = sim.kernel, len(self.rack.conditions)
        if self._version != sim.topology_version:
            self._follow()
        served = kernel.ledger.occupied[0].copy()
        left = kernel.tally()[Tally.LEFT].astype(np.int64)
        pace = np.array([node.live.host_pace for node in self.rack.vms()])
        working = pace > 0.0
        done = (left - self._left)[self._at]
        share = (served - self._served)[self._at] * self._per_served
        share += done * self._per_left / np.where(working, pace, 1.0)
        busy = np.minimum(share, 1.0) * self._cpu * working
        self._served, self._left = served, left
        sent = np.bincount(self._host, done * self._bytes, hosts)
        return np.bincount(self._host, busy, hosts).tolist(), sent.tolist()

    def _follow(self) -> None:
        """Put the sums into the columns of another board, and look up who runs where."""
        sim = self.rack.simulation
        index = sim.kernel.topology.node_index
        served, left = (np.zeros(len(index), dtype=np.int64) for _ in range(2))
        for i, node in enumerate(self._nodes):
            if node in index:
                served[index[node]], left[index[node]] = self._served[i], self._left[i]
        self._served, self._left, self._nodes = served, left, sim.kernel.topology.node_ids
        vms, hosts = self.rack.vms(), list(self.rack.conditions)
        self._at = np.array([index[node.id] for node in vms], dtype=np.intp)
        self._host = np.array([hosts.index(node.host) for node in vms], dtype=np.intp)
        self._cpu = np.array([node.size.cpu for node in vms])
        passing = [node.kind.role.passes_through for node in vms]
        slots = [0 if passes else node.size.slots for node, passes in zip(vms, passing, strict=True)]
        caps = [node.size.rate_cap_rps if passes else 0.0 for node, passes in zip(vms, passing, strict=True)]
        self._per_served = _inverse(np.array(slots, dtype=np.float64) * sim.steps_per_tick)
        self._per_left = _inverse(np.array(caps) * TICK_S)
        self._bytes = np.array([node.kind.kilobytes for node in vms]) * (BYTES_A_KB / TICK_S)
        self._version = sim.topology_version


def _inverse(values: FloatArray) -> FloatArray:
    """1 / value; 0 where there is none."""
    return np.where(values > 0.0, 1.0 / np.where(values > 0.0, values, 1.0), 0.0)
