"""What the kernel writes down: the flows of a step, and the sums since the start."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.arrays import CountArray
from engine.spec import FailureReason

REASONS = tuple(FailureReason)
NOTHING: CountArray = np.zeros(0, dtype=np.int64)
NOTHING.setflags(write=False)
REASON_ROW = {reason: row for row, reason in enumerate(REASONS)}


@dataclass(slots=True)
class StepFlows:
    """What moved in the last step, for tracers and gauges. Amounts by mover, edge, cell or node, as their names say."""

    present: CountArray
    moved: CountArray
    edge: CountArray
    arrived: CountArray = field(default_factory=lambda: NOTHING)
    refused: CountArray = field(default_factory=lambda: NOTHING)
    arrived_node: CountArray = field(default_factory=lambda: NOTHING)
    refused_node: CountArray = field(default_factory=lambda: NOTHING)
    waiting_before: CountArray = field(default_factory=lambda: NOTHING)
    admitted: CountArray = field(default_factory=lambda: NOTHING)
    expired: CountArray = field(default_factory=lambda: NOTHING)
    level_edges: list[CountArray] = field(default_factory=list)
    level_present: list[CountArray] = field(default_factory=list)
    level_refused: list[CountArray] = field(default_factory=list)


@dataclass(slots=True)
class Ledger:
    """Sums since the start, by node (columns), carried over when the board changes.

    occupied: requests serving, waiting and calling (rows), summed over steps; slots: likewise, up to the last
    rebuild. full: steps in which all slots were busy. entered: requests let in. left: requests that left answered.
    failed: rows are REASONS.
    """

    occupied: CountArray
    slots: CountArray
    full: CountArray
    entered: CountArray
    left: CountArray
    failed: CountArray

    @staticmethod
    def empty(nodes: int) -> Ledger:
        """All zero."""
        slots, full, entered, left = (np.zeros(nodes, dtype=np.int64) for _ in range(4))
        tall = np.zeros((3, nodes), dtype=np.int64), np.zeros((len(REASONS), nodes), dtype=np.int64)
        return Ledger(tall[0], slots, full, entered, left, tall[1])
