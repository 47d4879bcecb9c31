"""Passing the nodes without slots in one step: rate caps, refusals, caches, and the balancers' choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import balancing, sampling
from engine.arrays import BoolArray, CountArray, FloatArray
from engine.board import ENDLESS
from engine.capacity import Capacity
from engine.draws import Draws
from engine.ledger import REASON_ROW, REASONS, LevelFlows, StepFlows
from engine.spec import FailureReason
from engine.topology import Dealing, Level, Topology

if TYPE_CHECKING:
    from engine.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Gate:
    """What the capacities mean for one level: most levels hold nothing back in most steps, and are passed at little
    cost.

    holds: anything here may hold requests back. plain: only by rate caps and room, and none of it by importance.
    chooses: by node, whether the least important are refused first. screens: shares of the cells' requests that fail,
    and why. hit: by cell, share that a cache answers.
    """

    holds: bool
    plain: bool
    chooses: BoolArray
    screens: tuple[tuple[FailureReason, FloatArray], ...]
    hit: FloatArray

    @staticmethod
    def of(level: Level, capacity: Capacity) -> Gate:
        """The gate of a level."""
        at, node = level.at, level.cell_node
        down = capacity.queue[at] < 0
        chooses = capacity.by_importance & level.here & (level.ranks > 1)
        shares = (
            (FailureReason.FORBIDDEN, capacity.blocked[level.cell_attack, node]),
            (FailureReason.RATE_LIMITED, capacity.throttled[node]),
            (FailureReason.NO_ROUTE, capacity.shut[node]),
        )
        return Gate(
            holds=bool(np.isfinite(capacity.allowance[at]).any() or down.any() or (capacity.room[at] < ENDLESS).any()),
            plain=not down.any() and not chooses.any(),
            chooses=chooses,
            screens=tuple((reason, share) for reason, share in shares if share.any()),
            hit=capacity.hit[node],
        )


class Purses:
    """The token buckets of the nodes that are passed: each earns its allowance every step, and keeps what it has not
    paid for requests up to its burst.

    least_at, starts: which nodes are looked at together, for the emptiest purse of each level. again: by level, whether
    nodes of it stand in another level too and must pay at once. first, payer: the first passing cell, and the node of
    each. least_room: of the smallest broker, for messages.
    """

    allowance: FloatArray
    burst: FloatArray
    least_room: int

    def __init__(self, topology: Topology) -> None:
        self.least_at = np.concatenate([level.at for level in topology.levels] or [np.zeros(0, dtype=np.intp)])
        self.starts = np.cumsum([0, *(level.at.size for level in topology.levels[:-1])], dtype=np.intp)
        often = np.bincount(self.least_at) > 1
        self.again = [bool(often[level.at].any()) for level in topology.levels]
        self.first = topology.serving + topology.waiting
        self.payer = topology.cell_node[self.first : self.first + topology.passing]

    def fill(self, capacity: Capacity) -> None:
        """Take over what the nodes earn and may keep."""
        self.allowance = capacity.allowance
        self.burst = np.where(np.isfinite(self.allowance), capacity.burst, 0.0)
        self.least_room = int(capacity.room.min(initial=ENDLESS))

    def least(self, purse: FloatArray) -> list[float]:
        """What the poorest node of each level has."""
        poorest: list[float] = np.minimum.reduceat(purse[self.least_at], self.starts).tolist()
        return poorest

    def pay(self, credit: FloatArray, purse: FloatArray, passed: CountArray) -> None:
        """Set what is left (`credit`) after the requests that passed, by passing cell."""
        paid = np.bincount(self.payer, passed, credit.size)
        np.minimum(purse - paid, self.burst, out=credit)


class Passage:
    """One step's way through all levels. inflow: by cell and sink; what passes a level is added to it."""

    def __init__(self, kernel: Kernel, inflow: CountArray, flows: StepFlows) -> None:
        self.kernel, self.inflow, self.flows = kernel, inflow, flows
        self.capacity, self.nodes = kernel.capacity, kernel.nodes
        self.purse = kernel.credit + kernel.purses.allowance
        self.least = kernel.purses.least(self.purse)
        self.passed = np.zeros(kernel.purses.payer.size, dtype=np.int64)

    def go(self) -> None:
        """Pass all levels, in their order."""
        kernel = self.kernel
        for depth, level in enumerate(kernel.topology.levels):
            self._pass(depth, level)
        kernel.purses.pay(kernel.credit, self.purse, self.passed)

    def _pass(self, depth: int, level: Level) -> None:
        kernel, gate = self.kernel, self.kernel.gates[depth]
        present = self.inflow[level.cells]
        if kernel.held[depth]:
            present = present + kernel.counts[level.cells]
        total = int(np.add.reduce(present))
        if not total and (level.single or level.dealing is Dealing.ROUND_ROBIN):
            # The other policies draw a number each step, requests or none.
            self.flows.levels.append(LevelFlows(present, [], np.zeros(level.edge_dst.size, dtype=np.int64)))
            return
        passing = present
        failed: list[tuple[FailureReason, CountArray]] = []
        if gate.holds and not (gate.plain and total <= self.least[depth] and (not level.stores or self._fits(total))):
            passing, refused = self._cap(level, gate.chooses, present, self.inflow[level.cells])
            if np.count_nonzero(refused):
                failed += self._refused(level, refused)
            kernel.counts[level.cells] = present - passing - refused
            kernel.held[depth] = True
        elif kernel.held[depth]:
            kernel.counts[level.cells] = 0
            kernel.held[depth] = False
        self._pay(depth, level, passing)
        for reason, share in gate.screens:
            passing = self._screen(depth, level, passing, reason, share, failed)
        flow = self._share_out(depth, level, self._split(depth, gate, passing) if level.split else passing)
        np.add.at(self.inflow, level.edge_dst, flow)
        if level.message_edge.size:
            np.add.at(self.inflow, level.message_dst, flow[level.message_edge])
        kernel.level_flow[depth] += flow
        self.flows.levels.append(LevelFlows(present, failed, flow))

    def _pay(self, depth: int, level: Level, passing: CountArray) -> None:
        """Let the nodes pay for what passed: all after the last level, those who may have to pay again at once."""
        purses = self.kernel.purses
        if purses.again[depth]:
            self.purse -= np.bincount(level.cell_node, passing, self.nodes)
            self.least = purses.least(self.purse)
        else:
            self.passed[level.cells.start - purses.first : level.cells.stop - purses.first] = passing

    def _share_out(self, depth: int, level: Level, decks: CountArray) -> CountArray:
        """The flow over each edge of a level."""
        kernel = self.kernel
        deal = kernel.deals[depth]
        if level.single:
            return decks
        if level.dealing is Dealing.ROUND_ROBIN:
            return balancing.round_robin(level, decks, deal.turn)
        connections = kernel.occupied[0] + kernel.occupied[1] + kernel.occupied[2]
        return balancing.choose(level, decks, connections, self.capacity.slots, deal, kernel.draws)

    def _refused(self, level: Level, refused: CountArray) -> list[tuple[FailureReason, CountArray]]:
        """Count those that the rate caps refused, each for its node's reason."""
        self.kernel.lose(level.cells.start, refused, self.capacity.refusal)
        rows = self.capacity.refusal[level.cell_node]
        return [(REASONS[row], refused * (rows == row)) for row in np.unique(rows).tolist()]

    def _screen(
        self,
        depth: int,
        level: Level,
        passing: CountArray,
        reason: FailureReason,
        share: FloatArray,
        failed: list[tuple[FailureReason, CountArray]],
    ) -> CountArray:
        """Take out what a filter blocks, what is throttled, or what an open circuit refuses."""
        out = self.kernel.screening[depth].draw(passing, share)
        if not np.count_nonzero(out):
            return passing
        self.kernel.lose(level.cells.start, out, REASON_ROW[reason])
        failed.append((reason, out))
        return passing - out

    def _split(self, depth: int, gate: Gate, passing: CountArray) -> CountArray:
        """What a cache answers, and what it does not, by deck."""
        hits = self.kernel.screening[depth].draw(passing, gate.hit)
        decks = np.empty(2 * passing.size, dtype=np.int64)
        decks[0::2], decks[1::2] = hits, passing - hits
        return decks

    def _cap(
        self, level: Level, chooses: BoolArray, present: CountArray, fresh: CountArray
    ) -> tuple[CountArray, CountArray]:
        """What passes under the rate caps and into the brokers' room, and what is refused because nothing more may wait
        (by cell)."""
        kernel, capacity, of, at = self.kernel, self.capacity, level.cell_node, level.at
        total = np.bincount(of, present, self.nodes).astype(np.int64)
        mine, purse = total[at], self.purse[at]
        most = np.minimum(purse, ENDLESS).astype(np.int64)
        if level.stores:
            most = np.minimum(most, np.maximum(capacity.room - kernel.stored_by_node(), 0)[at])
        if np.count_nonzero(chooses):
            most = np.where(chooses[at], np.minimum(most, self._spared(level, present, purse)), most)
        amount = np.zeros_like(total)
        amount[at] = np.where(capacity.queue[at] < 0, 0, np.minimum(mine, most))
        rest = total - amount
        draws = kernel.draws.where(rest != 0)
        if draws is None:
            return present, np.zeros_like(present)
        fresh_total = np.bincount(of, fresh, self.nodes).astype(np.int64)
        over = np.minimum(np.maximum(rest - np.maximum(capacity.queue, 0), 0), fresh_total)
        refused = fresh - _chosen(level, chooses, fresh, fresh_total - over, fresh_total, draws)
        passing = _chosen(level, chooses, present - refused, amount, total - over, draws)
        kernel.ledger.occupied[1] += rest - over
        return passing, refused

    def _spared(self, level: Level, present: CountArray, purse: FloatArray) -> CountArray:
        """How many pass where the least important go first: the r-th of n ranks of importance (from 0) leaves r / n of
        the bucket to those above it. What they would need in the next steps is not given away in this one.
        """
        burst, taken = self.capacity.burst[level.at], np.zeros(level.at.size, dtype=np.int64)
        ranks = level.ranks[level.at]
        for rank in range(int(ranks.max())):
            mine = np.bincount(level.cell_node, present * (level.cell_rank == rank), self.nodes)[level.at]
            left = np.minimum(purse - burst * (rank / ranks) - taken, ENDLESS)
            taken += np.minimum(mine, np.maximum(left, 0.0)).astype(np.int64)
        return taken

    def _fits(self, total: int) -> bool:
        """Whether every broker could take so many messages, whatever lies where."""
        kernel = self.kernel
        return total + int(np.add.reduce(kernel.counts[kernel.topology.stored_cells])) <= kernel.purses.least_room


def _chosen(
    level: Level, chooses: BoolArray, counts: CountArray, amount: CountArray, total: CountArray, draws: Draws
) -> CountArray:
    """`amount` of each node's `total` requests: at random, or the most important first."""
    of_node = level.cell_node
    by_rank = draws.where(chooses)
    if by_rank is None:
        return sampling.take(counts, amount, total, of_node, draws)
    chosen = sampling.take(counts, amount * ~chooses, total, of_node, draws)
    left = amount * chooses
    for rank in range(int(level.ranks.max())):
        mine = counts * (level.cell_rank == rank)
        of = np.bincount(of_node, mine, left.size).astype(np.int64)
        now = np.minimum(left, of)
        chosen += sampling.take(mine, now, of, of_node, by_rank.where(level.ranks > rank))
        left -= now
    return chosen
