"""One fixed step of the traffic, over the arrays of a topology: the cohort kernel.

Per node, with n requests present, c slots and the expected completions h of a step in which nothing is freed or taken:

    n1 = n - h + a                                  a: arrivals of a step, averaged
    k  = 0.7213 v / sqrt(1 + 1.5708 v),  v = h + a
    b1 = n1 - k softplus((n1 - c) / k)              mean number busy at the end of the step
    completions ~ Binomial(n, h (1/2 + b1 / 2 b0) / n)

b1 is E[min(N, c)] for N = n + Poisson(a) - Poisson(h), the corner softened by what a difference of Poisson numbers
scatters: k log 2 = E[max(N - n, 0)] at a = h, which is v/2 for small and sqrt(v / 2 pi) for large v. Half a step of
work is added where a node was empty before, for its first request has on average been there for half a step.
Completions come first from those that hold a slot; the composition is drawn by systematic sampling. At a node that
calls others a finished phase need not free its slot, so there only those that hold one can complete. Half of a step's
arrivals meet the queue's bound as it was before the completions, half as it is after. Measured against M/M/c and
M/M/c/K in the tests; see `engine.timestep` for the bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine import queueing, sampling
from engine.arrays import CountArray, FloatArray, IndexArray, constant, count
from engine.balancing import Deal
from engine.board import Board
from engine.capacity import Capacity
from engine.draws import Binomials, Draws
from engine.grid import PROBABILITY_GRID
from engine.ledger import REASON_ROW, Ledger, StepFlows
from engine.passing import Gate, Passage, Purses
from engine.routing import DEAD, PASSING, SERVING, STORED, WAITING
from engine.spec import FailureReason
from engine.topology import Tally, Topology

_REFUSED, _FAULT, _NO_ROUTE = (
    REASON_ROW[r] for r in (FailureReason.REFUSED, FailureReason.FAULT, FailureReason.NO_ROUTE)
)
# The numbers of the formulas above.
_NONE, _ONE, _ZERO, _WHOLE, _TINY = count(0), count(1), constant(0.0), constant(1.0), constant(1e-12)
_CORNER, _SPREAD = constant(0.7213), constant(1.5708)
_GRID, _HALVES = constant(PROBABILITY_GRID), constant(0.5 / PROBABILITY_GRID)


class Kernel:
    """The state of the traffic and its one step.

    counts: requests by cell. occupied: requests serving, waiting and calling (rows) by node. born_kind, done_kind,
    failed_kind, wasted_kind: requests that came, were answered, failed and were worked off for nobody since the start,
    by request kind. history: requests let in since the start by node and step, as far back as anybody's patience goes,
    the oldest written over; rows: the nodes' rows there. lost_messages: those that went down with their broker. room:
    slots and queue by node. touched: how often anything but a step changed the traffic. measured, shared: how often
    capacities, and shares of requests alone, were taken over; what they mean for the levels is worked out by the next
    step.
    """

    def __init__(self, topology: Topology, capacity: Capacity, draws: Draws) -> None:
        self.draws = draws
        self.touched = self.measured = self.shared = 0
        self.clock = 0
        self.lost_messages = 0
        self.born_kind = np.zeros(topology.request_kinds, dtype=np.int64)
        self.done_kind = np.zeros(topology.request_kinds, dtype=np.int64)
        self.failed_kind = np.zeros(topology.request_kinds, dtype=np.int64)
        self.wasted_kind = np.zeros(topology.request_kinds, dtype=np.int64)
        self.retired: dict[int, CountArray] = {}
        self.wires_before: dict[tuple[int, int], int] = {}
        self.adopt(topology, capacity)

    def adopt(self, topology: Topology, capacity: Capacity) -> None:
        """Start on a topology with nothing in it."""
        nodes = topology.nodes
        self.topology, self.capacity, self.nodes = topology, capacity, nodes
        self.counts = np.zeros(topology.cells, dtype=np.int64)
        self.occupied = np.zeros((3, nodes), dtype=np.int64)
        self.arrival_mean = np.zeros(nodes)
        self.was_empty = np.ones(nodes, dtype=bool)
        self.turn = np.zeros(topology.mover_size.size, dtype=np.int64)
        self.deals = [Deal(level) for level in topology.levels]
        self.credit = np.zeros(nodes)
        self.edge_flow = np.zeros(topology.edge_mover.size, dtype=np.int64)
        self.level_flow = [np.zeros(level.edge_deck.size, dtype=np.int64) for level in topology.levels]
        self.pull_flow = np.zeros(topology.pull_edges, dtype=np.int64)
        self.ledger = Ledger.empty(nodes)
        self.slots_counted_at = self.clock
        self.nothing = np.zeros(nodes, dtype=np.int64)
        self.history = np.zeros((nodes, int(capacity.patience.max(initial=1)) + 1), dtype=np.int64)
        self.columns = self.rows = np.arange(nodes, dtype=np.intp)
        self.flows: StepFlows | None = None
        self._tallied: tuple[tuple[int, int], FloatArray] | None = None
        self._sent_before = np.array([self.wires_before.get(wire, 0) for wire in topology.wires], dtype=np.int64)
        self.serving_draws = self.draws.where(topology.serves)
        self.queue_draws = self.draws.where(topology.queues)
        self.completing = Binomials(self.draws, self.columns)
        self.faulting = Binomials(self.draws, topology.serving_node)
        self.screening = [Binomials(self.draws, level.cell_node) for level in topology.levels]
        self.touched += 1
        self.held = [True] * len(topology.levels)
        self.purses = Purses(topology)
        self.gates = [Gate.of(level, capacity) for level in topology.levels]
        self.room = self.nothing
        self._measured, self._shared = -1, self.shared

    def refresh(self, board: Board) -> None:
        """Take over what changed in the capacities on the same board."""
        self.ledger.slots, self.slots_counted_at = self.slot_steps(), self.clock
        self.measured += 1
        self.capacity.refresh(board)

    def refresh_shares(self, changed: Mapping[int, Sequence[float]]) -> None:
        """Take over the shares of requests of the nodes where they changed, by column, and nothing else."""
        self.shared += 1
        self.capacity.refresh_shares(changed)

    def _weigh(self) -> None:
        """What the capacities mean for each level, as far as they changed since the last step."""
        capacity, levels = self.capacity, self.topology.levels
        if self._measured != self.measured:
            self.gates = [Gate.of(level, capacity) for level in levels]
            self.purses.fill(capacity)
            self.room = capacity.slots + capacity.queue
        elif self._shared != self.shared:
            screened = (capacity.throttled > 0.0) | (capacity.shut > 0.0)
            for depth, level in enumerate(levels):
                if level.split or self.gates[depth].screens or screened[level.at].any():
                    self.gates[depth] = Gate.of(level, capacity)
        self._measured, self._shared = self.measured, self.shared

    @property
    def serving(self) -> CountArray:
        """Requests using a slot, by node."""
        return np.asarray(self.occupied[0])

    @property
    def waiting(self) -> CountArray:
        """Requests waiting for a slot, by node."""
        return np.asarray(self.occupied[1])

    @property
    def calling(self) -> CountArray:
        """Requests that hold a slot while another node works for them, by node."""
        return np.asarray(self.occupied[2])

    @property
    def born(self) -> int:
        """Requests that came since the start."""
        return int(np.add.reduce(self.born_kind))

    @property
    def done(self) -> int:
        """Requests answered since the start."""
        return int(np.add.reduce(self.done_kind))

    @property
    def wasted(self) -> int:
        """Requests worked off for nobody since the start."""
        return int(np.add.reduce(self.wasted_kind))

    @property
    def in_system(self) -> int:
        """Requests that somebody waits for: neither answered nor failed."""
        counts = self.counts if self.topology.all_living else self.counts * self.topology.living
        return int(np.add.reduce(counts))

    @property
    def timed(self) -> int:
        """Of those, the ones whose time counts as latency: no connections that are meant to stay open."""
        return int(self.counts @ self.topology.timed)

    def failed_by_reason(self) -> CountArray:
        """Failures since the start, by row of REASONS."""
        return np.asarray(self.ledger.failed.sum(axis=1) + sum(self.retired.values()))

    def failed_for(self, row: int) -> int:
        """The same for one reason."""
        gone = sum(int(failed[row]) for failed in self.retired.values())
        return int(np.add.reduce(self.ledger.failed[row])) + gone

    def flow(self) -> CountArray:
        """Requests over every edge since the last rebuild: those of the movers, of the levels, of the pulls."""
        return np.concatenate([self.edge_flow, *self.level_flow, self.pull_flow])

    def tally(self) -> FloatArray:
        """All sums by node since the start, shape (Tally, nodes); to be read only. Several ask at the end of a tick."""
        moment = self.clock, self.touched
        if self._tallied is None or self._tallied[0] != moment:
            topology = self.topology
            flows = self.flow()[topology.tally_edge] * topology.tally_weight
            sums = np.bincount(topology.tally_place, flows, len(Tally) * self.nodes)
            self._tallied = moment, self.ledger.tally + sums.reshape(-1, self.nodes)
        return self._tallied[1]

    def take_tally(self, sums: FloatArray) -> None:
        """Take over all sums by node as they are now from the joint kernel of several runs."""
        self._tallied = (self.clock, self.touched), sums

    def left_by_node(self) -> CountArray:
        """Requests that left each node answered (where nothing is served: passed on) since the start."""
        return np.asarray(self.tally()[Tally.LEFT].astype(np.int64))

    def wire_totals(self) -> CountArray:
        """Requests sent over each wire of the topology since the start."""
        topology = self.topology
        total = np.bincount(topology.all_edge_wires, self.flow(), len(topology.wires) + 1)
        return np.asarray(total[1:].astype(np.int64) + self._sent_before)

    def stored_by_node(self) -> CountArray:
        """Messages that lie in each broker."""
        topology, cells = self.topology, self.topology.stored_cells
        return np.asarray(np.bincount(topology.cell_node[cells], self.counts[cells], self.nodes).astype(np.int64))

    def slot_steps(self) -> CountArray:
        """Slots by node, summed over the steps since the start."""
        return np.asarray(self.ledger.slots + self.capacity.slots * (self.clock - self.slots_counted_at))

    def speed(self) -> FloatArray:
        """Pace of each node now against nominal: wires, and the Universal Scalability Law for databases."""
        capacity, topology = self.capacity, self.topology
        if not capacity.contended:
            return capacity.speed
        present = np.maximum(self.occupied[0], _ONE)
        writes = np.bincount(topology.write_node, self.counts[topology.write_cells], self.nodes) / present
        alpha = capacity.alpha_writes * writes + capacity.alpha
        beta = capacity.beta_writes * writes + capacity.beta
        return np.asarray(capacity.speed / (_WHOLE + (present - _ONE) * (alpha + beta * present)))

    def step(self, arrivals: CountArray) -> None:
        """Advance by one step; arrivals: new requests by request kind, shape (kinds,), int64."""
        self._weigh()
        topology, counts = self.topology, self.counts
        serving, served, cells = topology.serving, topology.serving + topology.waiting, topology.cells
        local = self.occupied[0] + self.occupied[1]
        before = local + self.occupied[2]
        completed, present, early = self._complete(local)
        sent = completed
        flows = StepFlows(present, completed, early, self.capacity.refusal)
        if self.capacity.faulty:
            flows.faults = self.faulting.draw(completed, self.capacity.fault[topology.serving_node])
            sent = completed - flows.faults
        flows.edge = edge = self._deal(np.concatenate((arrivals, sent)))
        inflow = np.bincount(topology.edge_dst, edge, cells + topology.sinks).astype(np.int64)
        if topology.levels:
            Passage(self, inflow, flows).go()
        counts[:serving] -= completed
        counts[:served] += inflow[:served]
        counts[served + topology.passing :] += inflow[served + topology.passing : cells]
        if flows.faults.size:
            self.lose(0, flows.faults, _FAULT)
        came = np.bincount(topology.arrival_counter, inflow[:served], 2 * self.nodes).reshape(2, -1)
        flows.arrived = inflow[serving:served]
        queueing.arrive(self, came[1].astype(np.int64), before, flows)
        self.arrival_mean += queueing.ARRIVAL_MEMORY * (came[0] + came[1] - self.arrival_mean)
        np.equal(local, _NONE, out=self.was_empty)
        self.born_kind += arrivals
        self.edge_flow += edge
        self._count_ends(inflow, flows)
        if topology.pulls:
            queueing.pull(self)
        self.flows = flows
        self.clock += 1

    def lose(self, first: int, amounts: CountArray, rows: int | IndexArray) -> None:
        """Write down that requests left the cells from `first` on unanswered; rows: of REASONS (by node if an array).

        Messages go back to their broker, or aside; what nobody waited for is only counted as wasted.
        """
        topology = self.topology
        some = amounts.nonzero()[0]
        cells, amounts = some + first, amounts[some]
        if not topology.all_living:
            living = topology.living[cells]
            self._return_messages(cells[~living], amounts[~living])
            cells, amounts = cells[living], amounts[living]
        nodes = topology.cell_node[cells]
        if isinstance(rows, int):
            np.add.at(self.ledger.failed[rows], nodes, amounts)
        else:
            np.add.at(self.ledger.failed, (rows[nodes], nodes), amounts)
        np.add.at(self.failed_kind, topology.cell_kind[cells], amounts)

    def _return_messages(self, cells: IndexArray, gone: CountArray) -> None:
        topology, nack = self.topology, self.topology.nack[cells]
        back, wasted = nack >= 0, nack < 0
        np.add.at(self.counts, nack[back], gone[back])
        np.add.at(self.ledger.tally[Tally.REDELIVERED], topology.cell_node[nack[back]], gone[back])
        np.add.at(self.wasted_kind, topology.cell_kind[cells[wasted]], gone[wasted])

    def _count_ends(self, inflow: CountArray, flows: StepFlows) -> None:
        """Count what came to the sinks."""
        topology = self.topology
        self.done_kind += inflow[topology.cells : topology.no_route]
        self.wasted_kind += inflow[topology.wasted : topology.wasted + topology.request_kinds]
        stranded = inflow[topology.no_route : topology.wasted]
        if np.count_nonzero(stranded):
            self.ledger.failed[_NO_ROUTE] += stranded
            edges = np.concatenate([flows.edge, *(level.edge for level in flows.levels)])[topology.no_route_edge]
            self.failed_kind += np.bincount(topology.no_route_kind, edges, topology.request_kinds).astype(np.int64)

    def _complete(self, local: CountArray) -> tuple[CountArray, CountArray, CountArray]:
        """Draw what finishes its phase in this step: amounts by serving cell, the counts they were drawn from, and how
        many by node were let in for it who had been waiting."""
        topology, capacity = self.topology, self.capacity
        counts = self.counts[: topology.serving]
        of = topology.serving_node
        weights = counts * topology.leave_rate
        unhindered = np.asarray(np.bincount(of, weights, self.nodes), dtype=np.float64)
        slots = np.maximum(capacity.slots - self.occupied[2], _NONE)
        drawn = np.where(topology.keeps_slot, self.occupied[0], local)
        probability = self._probability(unhindered * self.speed(), local, drawn, slots)
        amount = self.completing.draw(drawn, probability)
        early = self.nothing
        draws = self.draws.where(amount > self.occupied[0])
        if draws:
            early = np.minimum(np.maximum(amount - self.serving, 0), self.waiting)
            queueing.admit(self, early, draws)
            weights = counts * topology.leave_rate
            unhindered = np.asarray(np.bincount(of, weights, self.nodes), dtype=np.float64)
        if self.serving_draws is None:
            return counts.copy(), counts.copy(), early
        taken = sampling.take_weighted(counts, weights, amount, unhindered, of, self.serving_draws)
        all_gone = (amount >= self.occupied[0])[of]
        taken = np.where(all_gone, counts, taken)
        return taken, counts.copy(), early

    def _probability(self, expected: FloatArray, local: CountArray, drawn: CountArray, slots: CountArray) -> FloatArray:
        """The probability that one of the `drawn` requests of a node completes in this step."""
        scatter = expected + self.arrival_mean
        width = _CORNER * scatter / np.sqrt(_WHOLE + _SPREAD * scatter) + _TINY
        after = local - expected + self.arrival_mean
        busy_after = after - width * np.logaddexp(_ZERO, (after - slots) / width)
        busy_after = np.minimum(np.maximum(busy_after, _ZERO, out=busy_after), slots, out=busy_after)
        busy_after /= np.maximum(self.occupied[0], _ONE)
        busy_after += self.was_empty
        busy_after += _WHOLE
        probability = expected * busy_after
        probability /= np.maximum(drawn, _ONE)
        probability *= _HALVES
        np.rint(probability, out=probability)
        probability *= _GRID
        return np.asarray(np.minimum(probability, _WHOLE, out=probability))

    def _deal(self, out: CountArray) -> CountArray:
        """The flow over each edge, from what each mover sends."""
        topology = self.topology
        edge = out[topology.edge_mover]
        out_of = edge[topology.dealt]
        some = out_of.nonzero()[0]
        if some.size:
            mover, size = topology.dealt_mover[some], topology.dealt_size[some]
            first = self.turn[mover]
            last = first + out_of[some]
            edge[topology.dealt[some]] = sampling.dealt(first, last, topology.dealt_reach[some], size)
            self.turn[mover] = last % size
        return edge

    def lose_share(self, node: int, share: float) -> None:
        """Fail a binomial share of the requests that are on a node, itself or with a slot held there."""
        topology = self.topology
        on_it = [node in key.path and key.place in (SERVING, WAITING, PASSING) for key in topology.keys]
        chance = np.where(on_it, min(max(share, 0.0), 1.0), 0.0)
        lost = Binomials(self.draws, topology.cell_node).draw(self.counts, chance)
        self.touched += 1
        self.counts -= lost
        self.lose(0, lost, _REFUSED)
        self.recount()

    def redrive(self, broker: int) -> None:
        """Make the dead letters of a broker messages again."""
        self.touched += 1
        for key, cell in self.topology.index.items():
            if key.place == DEAD and key.path[0] == broker:
                self.counts[self.topology.index[key._replace(place=STORED)]] += self.counts[cell]
                self.counts[cell] = 0

    def recount(self) -> None:
        """Derive what occupies each node from the counts."""
        topology = self.topology
        occupied = np.bincount(topology.occupied_by, self.counts[topology.occupied_cell], 3 * self.nodes)
        self.occupied[...] = occupied.reshape(3, -1)
