"""What the run costs and earns."""

from __future__ import annotations

import numpy as np

from engine.arrays import CountArray
from engine.board import Board
from engine.kernel import Kernel
from engine.models import Models
from engine.spec import StageSpec
from engine.timestep import TICK_S
from engine.topology import Tally

INCOME_SMOOTHING_S = 2.5


class Economy:
    """Money by the tick: keep and calls are paid, answers earn. income_per_day: smoothed."""

    def __init__(self, stage: StageSpec) -> None:
        self.stage = stage
        self.revenue = np.array([0.0 if kind.attack else kind.revenue / 1000.0 for kind in stage.request_kinds])
        self.paid_for: CountArray = np.zeros(len(stage.request_kinds), dtype=np.int64)
        self.income_per_day = 0.0
        self.spent = self.earned = 0.0
        self._called: dict[int, int] = {}
        self._by_call = any(size.price_per_1000 > 0 for kind in stage.node_kinds for size in kind.sizes)

    def tick(self, kernel: Kernel, board: Board, models: Models) -> float:
        """What the budget gains (or loses) in a tick."""
        done = kernel.done_kind.copy()
        earned = float(((done - self.paid_for) * self.revenue).sum())
        self.paid_for = done
        spent = keep_per_day(board, models) * TICK_S / self.stage.day_s
        if self._by_call:
            spent += self._calls(kernel, board)
        per_day = earned / TICK_S * self.stage.day_s
        self.income_per_day += (per_day - self.income_per_day) * TICK_S / INCOME_SMOOTHING_S
        self.earned += earned
        self.spent += spent
        return earned - spent

    def _calls(self, kernel: Kernel, board: Board) -> float:
        """Pay for the requests that were let in at nodes with a price a call."""
        totals = np.maximum(kernel.ledger.entered, kernel.tally()[Tally.LEFT])
        cost = 0.0
        for node in board.nodes.values():
            if node.size.price_per_1000 > 0:
                total = int(totals[kernel.topology.node_index[node.id]])
                cost += (total - self._called.get(node.id, 0)) * node.size.price_per_1000 / 1000.0
                self._called[node.id] = total
        return cost


def keep_per_day(board: Board, models: Models) -> float:
    """What all nodes cost a calendar day, calls aside."""
    return sum(node.size.keep_per_day * models.paid_units(node.id) for node in board.nodes.values())
