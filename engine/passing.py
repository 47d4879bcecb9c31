"""Passing the nodes without slots in one step: rate caps, refusals, caches, and the balancers' choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import balancing, sampling
from engine.arrays import CountArray, FloatArray
from engine.board import ENDLESS
from engine.ledger import REASON_ROW, REASONS, LevelFlows, StepFlows
from engine.spec import FailureReason
from engine.topology import Dealing, Level

if TYPE_CHECKING:
    from engine.kernel import Kernel

NOBODY_REFUSED: CountArray = np.zeros(0, dtype=np.int64)
NOBODY_REFUSED.setflags(write=False)


class Passage:
    """One step's way through all levels. inflow: by cell and sink; what passes a level is added to it."""

    def __init__(self, kernel: Kernel, inflow: CountArray, flows: StepFlows) -> None:
        self.kernel, self.inflow, self.flows = kernel, inflow, flows
        self.capacity, self.nodes = kernel.capacity, kernel.nodes

    def go(self) -> None:
        """Pass all levels, in their order."""
        for depth, level in enumerate(self.kernel.topology.levels):
            self._pass(depth, level)

    def _pass(self, depth: int, level: Level) -> None:
        kernel, capacity = self.kernel, self.capacity
        passing = present = self.inflow[level.cells]
        failed: list[tuple[FailureReason, CountArray]] = []
        if kernel.holding[depth]:
            present = present + kernel.counts[level.cells]
            passing, refused = self._cap(level, present, self.inflow[level.cells])
            if refused is NOBODY_REFUSED:
                kernel.counts[level.cells] = 0
            else:
                kernel.counts[level.cells] = present - passing - refused
                failed += self._refused(level, refused)
        if kernel.failing[depth]:
            passing = self._screen(level, passing, failed)
        decks = self._split(level, passing) if level.split else passing
        deal = kernel.deals[depth]
        if level.single:
            flow = decks
        elif level.dealing is Dealing.ROUND_ROBIN:
            flow = balancing.round_robin(level, decks, deal.turn)
        else:
            connections = kernel.occupied[0] + kernel.occupied[1] + kernel.occupied[2]
            flow = balancing.choose(level, decks, connections, capacity.slots, deal, kernel.generator)
        np.add.at(self.inflow, level.edge_dst, flow)
        if level.message_edge.size:
            np.add.at(self.inflow, level.message_dst, flow[level.message_edge])
        kernel.level_flow[depth] += flow
        self.flows.levels.append(LevelFlows(present, failed, flow))

    def _refused(self, level: Level, refused: CountArray) -> list[tuple[FailureReason, CountArray]]:
        """Count those that the rate caps refused, each for its node's reason."""
        self.kernel.lose(level.cells.start, refused, self.capacity.refusal)
        rows = self.capacity.refusal[level.cell_node]
        return [(REASONS[row], refused * (rows == row)) for row in np.unique(rows).tolist()]

    def _screen(self, level: Level, passing: CountArray, failed: list[tuple[FailureReason, CountArray]]) -> CountArray:
        """Take out what filters block, what is throttled, and what an open circuit refuses."""
        capacity, node = self.capacity, level.cell_node
        for reason, share in (
            (FailureReason.FORBIDDEN, capacity.blocked[level.cell_attack, node]),
            (FailureReason.RATE_LIMITED, capacity.throttled[node]),
            (FailureReason.NO_ROUTE, capacity.shut[node]),
        ):
            if not np.count_nonzero(share):
                continue
            out: CountArray = self.kernel.generator.binomial(passing, share)
            passing = passing - out
            self.kernel.lose(level.cells.start, out, REASON_ROW[reason])
            failed.append((reason, out))
        return passing

    def _split(self, level: Level, passing: CountArray) -> CountArray:
        """What a cache answers, and what it does not, by deck."""
        hits: CountArray = self.kernel.generator.binomial(passing, self.capacity.hit[level.cell_node])
        decks = np.empty(2 * passing.size, dtype=np.int64)
        decks[0::2], decks[1::2] = hits, passing - hits
        return decks

    def _cap(self, level: Level, present: CountArray, fresh: CountArray) -> tuple[CountArray, CountArray]:
        """What passes under the rate caps and into the brokers' room, and what is refused because nothing more may wait
        (by cell).

        A token bucket: a node earns its allowance every step, and keeps what it has not used up to its burst.
        """
        kernel, capacity, groups, at = self.kernel, self.capacity, level.nodes, level.at
        total = np.bincount(groups.of, present, self.nodes).astype(np.int64)
        mine = total[at]
        purse = kernel.credit[at] + capacity.allowance[at]
        most = np.minimum(purse, ENDLESS).astype(np.int64)
        if level.stores:
            most = np.minimum(most, self._room()[at])
        if len(level.importances) > 1 and np.count_nonzero(capacity.by_importance[at]):
            most = np.where(capacity.by_importance[at], np.minimum(most, self._spared(level, present, purse)), most)
        passes = np.where(capacity.queue[at] < 0, 0, np.minimum(mine, most))
        kernel.credit[at] = np.minimum(np.where(np.isfinite(purse), purse - passes, 0.0), capacity.burst[at])
        if not np.count_nonzero(passes != mine):
            return present, NOBODY_REFUSED
        amount = np.zeros_like(total)
        amount[at] = passes
        rest = total - amount
        fresh_total = np.bincount(groups.of, fresh, self.nodes).astype(np.int64)
        over = np.minimum(np.maximum(rest - np.maximum(capacity.queue, 0), 0), fresh_total)
        refused = fresh - self._chosen(level, fresh, fresh_total - over, fresh_total)
        passing = self._chosen(level, present - refused, amount, total - over)
        kernel.ledger.occupied[1] += rest - over
        return passing, refused

    def _spared(self, level: Level, present: CountArray, purse: FloatArray) -> CountArray:
        """How many pass where the least important go first: the r-th of n ranks of importance (from 0) leaves r / n of
        the bucket to those above it. What they would need in the next steps is not given away in this one.
        """
        burst, taken = self.capacity.burst[level.at], np.zeros(level.at.size, dtype=np.int64)
        for rank, importance in enumerate(level.importances):
            mine = np.bincount(level.nodes.of, present * (level.cell_importance == importance), self.nodes)[level.at]
            left = np.minimum(purse - burst * (rank / len(level.importances)) - taken, ENDLESS)
            taken += np.minimum(mine, np.maximum(left, 0.0)).astype(np.int64)
        return taken

    def _room(self) -> CountArray:
        """How many messages each broker can still take."""
        kernel, topology = self.kernel, self.kernel.topology
        first = topology.serving + topology.waiting + topology.passing
        cells = slice(first, first + topology.stored)
        stored = np.bincount(topology.cell_node[cells], kernel.counts[cells], self.nodes).astype(np.int64)
        return np.asarray(np.maximum(self.capacity.room - stored, 0))

    def _chosen(self, level: Level, counts: CountArray, amount: CountArray, total: CountArray) -> CountArray:
        """`amount` of each node's `total` requests: at random, or the most important first."""
        generator, groups = self.kernel.generator, level.nodes
        if not np.count_nonzero(self.capacity.by_importance & level.here) or len(level.importances) < 2:
            return sampling.take(counts, amount, total, groups, generator)
        even = ~self.capacity.by_importance
        chosen = sampling.take(counts, amount * even, total, groups, generator)
        left = amount * self.capacity.by_importance
        for importance in level.importances:
            mine = counts * (level.cell_importance == importance)
            of = np.bincount(groups.of, mine, self.nodes).astype(np.int64)
            now = np.minimum(left, of)
            chosen += sampling.take(mine, now, of, groups, generator)
            left -= now
        return chosen
