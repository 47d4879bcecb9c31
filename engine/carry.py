"""Going on with another board: every request, turn and sum of the kernel finds its place again, by the numbers of
the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray
from engine.capacity import Capacity
from engine.kernel import Kernel
from engine.ledger import REASON_ROW, Ledger
from engine.routing import DEAD, STORED, CellKey, Path
from engine.spec import FailureReason
from engine.topology import Topology


def carry_over(kernel: Kernel, topology: Topology, capacity: Capacity, lost_nodes: frozenset[int]) -> None:
    """Put the kernel on another board. Requests on a path that is gone, or through one of `lost_nodes`, fail with
    502; messages on such a path go back to their broker.
    """
    old = kernel.topology
    kernel.wires_before |= dict(zip(old.wires, kernel.wire_totals().tolist(), strict=True))
    kept = dict(zip(old.keys, kernel.counts.tolist(), strict=True))
    homes = {key: old.keys[cell] for key, cell in zip(old.keys, old.nack.tolist(), strict=True) if cell >= 0}
    turns = _Turns(kernel)
    state = _NodeState.of(kernel)
    kernel.adopt(topology, capacity)
    for key, count in _move_counts(kernel, kept, homes, lost_nodes):
        kind = old.cell_kind[old.index[key]]
        if old.living[old.index[key]]:
            kernel.failed_kind[kind] += count
            state.fail(key.path, count)
        else:
            kernel.wasted_kind[kind] += count
    state.restore(kernel)
    turns.restore(kernel)
    kernel.recount()


def _move_counts(
    kernel: Kernel, kept: dict[CellKey, int], homes: dict[CellKey, CellKey], lost_nodes: frozenset[int]
) -> list[tuple[CellKey, int]]:
    """Put the requests into their cells of the new topology; returns those that have none."""
    failed: list[tuple[CellKey, int]] = []
    index = kernel.topology.index
    for key, count in kept.items():
        if not count:
            continue
        durable = key.place in (STORED, DEAD)
        cell = index.get(key)
        if cell is not None and (durable or lost_nodes.isdisjoint(key.path)):
            kernel.counts[cell] += count
        elif key in homes and index.get(homes[key]) is not None:
            kernel.counts[index[homes[key]]] += count
        elif key in homes or durable:
            kernel.lost_messages += count
        else:
            failed.append((key, count))
    return failed


class _Turns:
    """Where every deal in turn stands."""

    def __init__(self, kernel: Kernel) -> None:
        topology = kernel.topology
        kinds = topology.request_kinds
        self.source = kernel.turn[:kinds].copy()
        self.cells = dict(zip(topology.keys[: topology.serving], kernel.turn[kinds:].tolist(), strict=True))
        self.groups = {
            key: int(value)
            for level, deal in zip(topology.levels, kernel.deals, strict=True)
            for key, value in zip(level.group_key, deal.turn, strict=True)
        }

    def restore(self, kernel: Kernel) -> None:
        """Go on where the deals stood, as far as they are the same."""
        topology = kernel.topology
        kinds = topology.request_kinds
        kernel.turn[:kinds] = self.source % topology.mover_size[:kinds]
        kernel.turn[kinds:] = [
            self.cells.get(key, 0) % int(size)
            for key, size in zip(topology.keys[: topology.serving], topology.mover_size[kinds:], strict=True)
        ]
        for level, deal in zip(topology.levels, kernel.deals, strict=True):
            deal.turn[:] = [self.groups.get(key, 0) for key in level.group_key]


@dataclass(slots=True)
class _NodeState:
    """What the kernel keeps by node, held by the nodes' numbers while the board changes."""

    node_ids: tuple[int, ...]
    arrays: dict[str, CountArray | FloatArray | BoolArray]
    history: CountArray
    ledger: Ledger
    retired: dict[int, CountArray]

    @staticmethod
    def of(kernel: Kernel) -> _NodeState:
        kernel.ledger.tally, kernel.ledger.slots = kernel.tally(), kernel.slot_steps()
        return _NodeState(
            kernel.topology.node_ids,
            {name: getattr(kernel, name) for name in ("arrival_mean", "was_empty", "credit")},
            kernel.history,
            kernel.ledger,
            kernel.retired,
        )

    def fail(self, path: Path, count: int) -> None:
        """Count requests that lost their path at the node they were on."""
        self.ledger.failed[REASON_ROW[FailureReason.REFUSED], self.node_ids.index(path[-1])] += count

    def restore(self, kernel: Kernel) -> None:
        """Give the kernel back what belongs to the nodes that are still there; keep the failures of the others."""
        index = kernel.topology.node_index
        pairs = [(i, index[node]) for i, node in enumerate(self.node_ids) if node in index]
        old = np.array([i for i, _ in pairs], dtype=np.intp)
        new = np.array([i for _, i in pairs], dtype=np.intp)
        for name, values in self.arrays.items():
            getattr(kernel, name)[new] = values[old]
        for name in ("slots", "full", "entered", "tally", "occupied", "failed"):
            getattr(kernel.ledger, name)[..., new] = getattr(self.ledger, name)[..., old]
        kernel.ledger.gone = self.ledger.gone + np.delete(self.ledger.tally, old, axis=1).sum(axis=1)
        for i, node in enumerate(self.node_ids):
            if node not in index and self.ledger.failed[:, i].any():
                self.retired[node] = self.ledger.failed[:, i].copy()
        kernel.history[new] = kernel.ledger.entered[new][:, None]
        self._restore_history(kernel, old, new)

    def _restore_history(self, kernel: Kernel, old: IndexArray, new: IndexArray) -> None:
        there, here = self.history.shape[1], kernel.history.shape[1]
        moments = kernel.clock - np.arange(1, min(there, here))
        kernel.history[new[:, None], moments % here] = self.history[old[:, None], moments % there]
