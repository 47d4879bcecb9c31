"""Passing the nodes without slots in one step: rate caps, refusals, caches, and the balancers' choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import balancing, sampling
from engine.arrays import CountArray, FloatArray
from engine.board import ENDLESS
from engine.capacity import Capacity
from engine.ledger import REASON_ROW, REASONS, LevelFlows, StepFlows
from engine.spec import FailureReason
from engine.topology import Dealing, Level

if TYPE_CHECKING:
    from engine.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Gate:
    """What the capacities mean for one level: most levels hold nothing back in most steps, and are passed at little
    cost. `at`-arrays run over the level's nodes, the others over its cells.

    holds: anything here may hold requests back. plain: only by rate caps and room, and none of it by importance.
    allowance, burst: by node (burst 0 where there is no cap). screens: shares of the cells' requests that fail, and
    why. hit: share that a cache answers.
    """

    holds: bool
    plain: bool
    allowance: FloatArray
    burst: FloatArray
    screens: tuple[tuple[FailureReason, FloatArray], ...]
    hit: FloatArray

    @staticmethod
    def of(level: Level, capacity: Capacity) -> Gate:
        """The gate of a level."""
        at, node = level.at, level.cell_node
        allowance, down = capacity.allowance[at], capacity.queue[at] < 0
        capped = np.isfinite(allowance)
        chosen = len(level.importances) > 1 and bool(capacity.by_importance[at].any())
        shares = (
            (FailureReason.FORBIDDEN, capacity.blocked[level.cell_attack, node]),
            (FailureReason.RATE_LIMITED, capacity.throttled[node]),
            (FailureReason.NO_ROUTE, capacity.shut[node]),
        )
        return Gate(
            holds=bool(capped.any() or down.any() or (capacity.room[at] < ENDLESS).any()),
            plain=not down.any() and not chosen,
            allowance=allowance,
            burst=np.where(capped, capacity.burst[at], 0.0),
            screens=tuple((reason, share) for reason, share in shares if share.any()),
            hit=capacity.hit[node],
        )


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
        kernel, capacity, gate = self.kernel, self.capacity, self.kernel.gates[depth]
        passing = present = self.inflow[level.cells]
        failed: list[tuple[FailureReason, CountArray]] = []
        if gate.holds:
            if kernel.held[depth]:
                present = present + kernel.counts[level.cells]
            if gate.plain and self._all_pass(level, gate, present):
                passing = present
                if kernel.held[depth]:
                    kernel.counts[level.cells] = 0
                    kernel.held[depth] = False
            else:
                passing, refused = self._cap(level, present, self.inflow[level.cells])
                kernel.counts[level.cells] = present - passing - refused
                kernel.held[depth] = True
                if np.count_nonzero(refused):
                    failed += self._refused(level, refused)
        for reason, share in gate.screens:
            passing = self._screen(level, passing, reason, share, failed)
        decks = self._split(gate, passing) if level.split else passing
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

    def _screen(
        self,
        level: Level,
        passing: CountArray,
        reason: FailureReason,
        share: FloatArray,
        failed: list[tuple[FailureReason, CountArray]],
    ) -> CountArray:
        """Take out what a filter blocks, what is throttled, or what an open circuit refuses."""
        out: CountArray = self.kernel.generator.binomial(passing, share)
        self.kernel.lose(level.cells.start, out, REASON_ROW[reason])
        failed.append((reason, out))
        return passing - out

    def _split(self, gate: Gate, passing: CountArray) -> CountArray:
        """What a cache answers, and what it does not, by deck."""
        hits: CountArray = self.kernel.generator.binomial(passing, gate.hit)
        decks = np.empty(2 * passing.size, dtype=np.int64)
        decks[0::2], decks[1::2] = hits, passing - hits
        return decks

    def _all_pass(self, level: Level, gate: Gate, present: CountArray) -> bool:
        """Whether no cap and no full broker stops anything; if so, the token buckets have paid for it."""
        kernel, at = self.kernel, level.at
        if at.size == 1 and not level.stores:
            return self._one_passes(int(at[0]), gate, int(np.add.reduce(present)))
        mine = np.bincount(level.cell_local, present, at.size)
        purse = kernel.credit[at] + gate.allowance
        if np.count_nonzero(mine > purse) or (level.stores and np.count_nonzero(mine > self._room()[at])):
            return False
        kernel.credit[at] = np.minimum(purse - mine, gate.burst)
        return True

    def _one_passes(self, node: int, gate: Gate, mine: int) -> bool:
        """The same for a level of one node."""
        purse = float(self.kernel.credit[node]) + float(gate.allowance[0])
        if mine > purse:
            return False
        self.kernel.credit[node] = min(purse - mine, float(gate.burst[0]))
        return True

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
            return present, np.zeros_like(present)
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
