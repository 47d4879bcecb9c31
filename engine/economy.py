"""What the run costs and earns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import CountArray
from engine.board import Node
from engine.spec.finance import MONTH_DAYS
from engine.timestep import TICK_S
from engine.topology import Tally

if TYPE_CHECKING:
    from engine.simulation import Simulation

SMOOTHING = TICK_S / 2.5


class Economy:
    """Money by the tick: what runs and calls are paid, answers earn. Per calendar day: income_per_day, smoothed;
    calls_per_day by kind of node, smoothed; fixed_per_day, what the stage's finance takes beyond the nodes.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        stage = simulation.stage
        self.revenue = np.array([0.0 if kind.attack else kind.revenue / 1000.0 for kind in stage.request_kinds])
        self.paid_for: CountArray = np.zeros(len(stage.request_kinds), dtype=np.int64)
        self.income_per_day = 0.0
        self.spent = self.earned = 0.0
        self.calls_per_day: dict[str, float] = {}
        self._called: dict[int, int] = {}
        self._has_calls = any(size.price_per_1000 > 0 for kind in stage.node_kinds for size in kind.sizes)
        self._kept: list[float] = []
        self._all_kept = 0.0
        self._varying: list[tuple[int, Node]] = []
        self._by_call: list[tuple[int, Node]] = []
        self._topology_version = -1
        self.fixed_per_day = stage.finance.fixed_month / MONTH_DAYS if stage.finance is not None else 0.0

    @property
    def keep_per_day(self) -> float:
        """What all that runs costs a calendar day, calls aside."""
        self._follow()
        if self._varying:
            for i, node in self._varying:
                self._kept[i] = self.keep_of(node)
            self._all_kept = math.fsum(self._kept)
        return self._all_kept + self.simulation.bills.idle_per_day + self.fixed_per_day

    @property
    def running_per_day(self) -> float:
        """All payments a calendar day at the present pace."""
        return self.keep_per_day + math.fsum(self.calls_per_day.values())

    def keep_of(self, node: Node) -> float:
        """What a node costs a calendar day now, in the way it is billed."""
        sim = self.simulation
        if not node.size.keep_per_day:
            return 0.0
        return node.size.keep_per_day * sim.models.paid_units(node.id) * sim.bills.share(node)

    def tick(self) -> float:
        """What the budget gains (or loses) in a tick."""
        stage, done = self.simulation.stage, self.simulation.kernel.done_kind.copy()
        earned = float(np.add.reduce((done - self.paid_for) * self.revenue))
        self.paid_for = done
        spent = self.keep_per_day * TICK_S / stage.day_s
        if self._has_calls:
            spent += self._calls()
        per_day = earned / TICK_S * stage.day_s
        self.income_per_day += (per_day - self.income_per_day) * SMOOTHING
        self.earned += earned
        self.spent += spent
        return earned - spent

    def _follow(self) -> None:
        """Look up what each node costs, and which have a price a call, where the board is another one now."""
        sim = self.simulation
        if self._topology_version == sim.topology_version:
            return
        self._topology_version = sim.topology_version
        nodes = list(enumerate(sim.board.nodes.values()))
        self._kept = [self.keep_of(node) for _, node in nodes]
        # fsum: `sum` rounds floats differently from Python 3.12 on, and the browser's is newer than many a desktop's.
        self._all_kept = math.fsum(self._kept)
        self._varying = [(i, node) for i, node in nodes if sim.models.is_elastic(node.id) or sim.bills.varies(node)]
        index = sim.kernel.topology.node_index
        self._by_call = [(index[node.id], node) for _, node in nodes if node.size.price_per_1000 > 0]

    def _calls(self) -> float:
        """Pay for the requests that were let in at nodes with a price a call."""
        sim = self.simulation
        self._follow()
        if not self._by_call and not self.calls_per_day:
            return 0.0
        entered, left = sim.kernel.ledger.entered, sim.kernel.tally()[Tally.LEFT]
        cost = 0.0
        by_kind = dict.fromkeys(self.calls_per_day, 0.0)
        for i, node in self._by_call:
            total = max(int(entered[i]), int(left[i]))
            price = (total - self._called.get(node.id, 0)) * node.size.price_per_1000 / 1000.0
            self._called[node.id] = total
            cost += price
            by_kind[node.kind.id] = by_kind.get(node.kind.id, 0.0) + price
        for kind, price in by_kind.items():
            per_day, before = price / TICK_S * sim.stage.day_s, self.calls_per_day.get(kind, 0.0)
            self.calls_per_day[kind] = before + (per_day - before) * SMOOTHING
        return cost
