"""What the kernel writes down: the flows of a step, and the sums since the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray
from engine.spec import FailureReason
from engine.topology import Level, Tally

REASONS = tuple(FailureReason)
NOTHING: CountArray = np.zeros(0, dtype=np.int64)
NOTHING.setflags(write=False)
NOBODY: BoolArray = np.zeros(0, dtype=bool)
NOBODY.setflags(write=False)
TALLIES = len(Tally)
REASON_ROW = {reason: row for row, reason in enumerate(REASONS)}


@dataclass(slots=True)
class LevelFlows:
    """What moved through a level: what was there by cell, what failed there by cell and why, the flow by edge."""

    present: CountArray
    failed: list[tuple[FailureReason, CountArray]]
    edge: CountArray

    def moved(self, level: Level) -> CountArray:
        """How many left each cell, answered, passed on or failed."""
        went = np.bincount(level.deck_cell[level.edge_deck], self.edge, self.present.size).astype(np.int64)
        for _, failed in self.failed:
            went += failed
        return went


class StepFlows:
    """What moved in the last step, for tracers and gauges. Amounts by mover, edge, cell or node, as their names say.

    expired: by node, who lost patience; of those, the ones at nodes that are `kept` stay in the queue. stale: by node,
    who waits and had been given up before. early: by node, admitted and finished within the step. refusal: by node, row
    of the reason for which it refuses.
    """

    edge: CountArray

    def __init__(self, present: CountArray, moved: CountArray, early: CountArray, refusal: IndexArray) -> None:
        self.present, self.moved, self.early, self.refusal = present, moved, early, refusal
        self.faults = self.arrived = self.arrived_node = NOTHING
        self.refused = self.refused_node = NOTHING
        self.waiting_before = self.admitted = self.expired = self.stale = NOTHING
        self.kept = NOBODY
        self.levels: list[LevelFlows] = []


@dataclass(slots=True)
class Ledger:
    """Sums since the start, by node (columns), carried over when the board changes.

    occupied: requests serving, waiting and calling (rows), summed over steps; slots: likewise, up to the last
    rebuild. full: steps in which all slots were busy. entered: requests let in. failed: rows are REASONS. tally: rows
    are Tally, up to the last rebuild; gone: the same of nodes that are no more, in one.
    """

    occupied: CountArray
    slots: CountArray
    full: CountArray
    entered: CountArray
    failed: CountArray
    tally: FloatArray
    gone: FloatArray

    @staticmethod
    def empty(nodes: int) -> Ledger:
        """All zero."""
        slots, full, entered = (np.zeros(nodes, dtype=np.int64) for _ in range(3))
        occupied, failed = (np.zeros((rows, nodes), dtype=np.int64) for rows in (3, len(REASONS)))
        return Ledger(occupied, slots, full, entered, failed, np.zeros((TALLIES, nodes)), np.zeros(TALLIES))
