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

import numpy as np

from engine import balancing, sampling
from engine.arrays import CountArray, FloatArray
from engine.capacity import Capacity
from engine.ledger import NOTHING, REASON_ROW, Ledger, StepFlows
from engine.spec import FailureReason
from engine.topology import BalancerLevel, Topology

PROBABILITY_GRID = 2.0**-24
ARRIVAL_MEMORY = 1.0 / 16.0
_REFUSED, _NO_ROUTE, _TIMEOUT = (
    REASON_ROW[r] for r in (FailureReason.REFUSED, FailureReason.NO_ROUTE, FailureReason.TIMEOUT)
)


class Kernel:
    """The state of the traffic and its one step.

    counts: requests by cell. occupied: requests serving, waiting and calling (rows) by node.
    """

    def __init__(self, topology: Topology, capacity: Capacity, generator: np.random.Generator) -> None:
        self.generator = generator
        self.clock = 0
        self.born = 0
        self.done = 0
        self.retired: dict[int, CountArray] = {}
        self.done_before = np.zeros(topology.request_kinds, dtype=np.int64)
        self.wires_before: dict[tuple[int, int], int] = {}
        self.adopt(topology, capacity)

    def adopt(self, topology: Topology, capacity: Capacity) -> None:
        """Start on a topology with nothing in it."""
        nodes = len(topology.node_ids)
        self.topology, self.capacity, self.nodes = topology, capacity, nodes
        self.counts = np.zeros(topology.cells, dtype=np.int64)
        self.occupied = np.zeros((3, nodes), dtype=np.int64)
        self.arrival_mean = np.zeros(nodes)
        self.was_empty = np.ones(nodes, dtype=bool)
        self.turn = np.zeros(topology.mover_size.size, dtype=np.int64)
        self.level_turn = [np.zeros(level.group_size.size, dtype=np.int64) for level in topology.levels]
        self.credit = np.zeros(nodes)
        self.edge_flow = np.zeros(topology.edge_mover.size, dtype=np.int64)
        self.level_flow = [np.zeros(level.edge_cell.size, dtype=np.int64) for level in topology.levels]
        self.ledger = Ledger.empty(nodes)
        self.adopted_at = self.clock
        self.none_expired = np.zeros(nodes, dtype=np.int64)
        self.history = np.zeros((int(capacity.patience.max(initial=1)) + 1, nodes), dtype=np.int64)
        self.columns = np.arange(nodes, dtype=np.intp)
        self.flows: StepFlows | None = None

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
    def in_system(self) -> int:
        """Requests that are neither answered nor failed."""
        return int(np.add.reduce(self.counts))

    def failed_by_reason(self) -> CountArray:
        """Failures since the start, by row of REASONS."""
        return np.asarray(self.ledger.failed.sum(axis=1) + sum(self.retired.values()))

    def done_by_kind(self) -> CountArray:
        """Answered requests since the start, by request kind."""
        topology = self.topology
        since = np.bincount(topology.done_kind, self.edge_flow[topology.done_edge], topology.request_kinds)
        return np.asarray(self.done_before + since.astype(np.int64))

    def left_by_node(self) -> CountArray:
        """Requests that left each node answered (balancers: passed on) since the start."""
        topology = self.topology
        left = self.ledger.left + np.bincount(
            topology.left_node, self.edge_flow[topology.left_edge], self.nodes
        ).astype(np.int64)
        for level, flow in zip(topology.levels, self.level_flow, strict=True):
            left += np.bincount(level.edge_node, flow * (level.edge_wire >= 0), self.nodes).astype(np.int64)
        return left

    def wire_totals(self) -> CountArray:
        """Requests sent over each wire of the topology since the start."""
        topology = self.topology
        wires = len(topology.wires)
        total = np.bincount(topology.all_edge_wires, np.concatenate([self.edge_flow, *self.level_flow]), wires + 1)
        before = [self.wires_before.get(wire, 0) for wire in topology.wires]
        return np.asarray(total[1:].astype(np.int64) + np.array(before, dtype=np.int64))

    def slot_steps(self) -> CountArray:
        """Slots by node, summed over the steps since the start."""
        return np.asarray(self.ledger.slots + self.capacity.slots * (self.clock - self.adopted_at))

    def speed(self) -> FloatArray:
        """Pace of each node now against nominal: wires, and the Universal Scalability Law for databases."""
        capacity, topology = self.capacity, self.topology
        if not capacity.contended:
            return capacity.speed
        present = np.maximum(self.occupied[0], 1)
        writes = np.bincount(topology.write_node, self.counts[topology.write_cells], self.nodes) / present
        alpha = capacity.alpha_writes * writes + capacity.alpha
        beta = capacity.beta_writes * writes + capacity.beta
        return np.asarray(capacity.speed / (1.0 + (present - 1) * (alpha + beta * present)))

    def step(self, arrivals: CountArray) -> None:
        """Advance by one step; arrivals: new requests by request kind, shape (kinds,), int64."""
        topology, counts = self.topology, self.counts
        serving, served, cells = topology.serving, topology.serving + topology.waiting, topology.cells
        local = self.occupied[0] + self.occupied[1]
        before = local + self.occupied[2]
        idle = local == 0
        completed, present = self._complete(local)
        out = np.concatenate((arrivals, completed))
        edge = self._deal(out)
        inflow = np.bincount(topology.edge_dst, edge, cells + topology.sinks).astype(np.int64)
        flows = StepFlows(present, completed, edge)
        for depth, level in enumerate(topology.levels):
            self.level_flow[depth] += self._balance(level, self.level_turn[depth], inflow, flows)
        counts[:serving] -= completed
        counts[:served] += inflow[:served]
        came = np.bincount(topology.arrival_counter, inflow[:served], 2 * self.nodes).reshape(2, -1)
        flows.arrived = inflow[serving:served]
        self._arrive(came[1].astype(np.int64), before, flows)
        self.arrival_mean += ARRIVAL_MEMORY * (came[0] + came[1] - self.arrival_mean)
        self.was_empty = idle
        self.born += int(np.add.reduce(arrivals))
        self.done += int(inflow[cells])
        self.ledger.failed[_NO_ROUTE] += inflow[cells + 1 :]
        self.edge_flow += edge
        self.flows = flows
        self.clock += 1

    def _complete(self, local: CountArray) -> tuple[CountArray, CountArray]:
        """Draw what finishes its phase in this step: amounts by serving cell, and the counts they were drawn from."""
        topology, capacity = self.topology, self.capacity
        counts = self.counts[: topology.serving]
        groups = topology.serving_groups
        weights = counts * topology.leave_rate
        unhindered = np.asarray(np.bincount(groups.of, weights, self.nodes), dtype=np.float64)
        slots = np.maximum(capacity.slots - self.occupied[2], 0)
        drawn = np.where(topology.keeps_slot, self.occupied[0], local)
        probability = self._probability(unhindered * self.speed(), local, drawn, slots)
        amount: CountArray = self.generator.binomial(drawn, probability)
        if np.count_nonzero(amount > self.occupied[0]):
            self._admit(np.minimum(np.maximum(amount - self.serving, 0), self.waiting))
            weights = counts * topology.leave_rate
            unhindered = np.asarray(np.bincount(groups.of, weights, self.nodes), dtype=np.float64)
        taken = sampling.take_weighted(counts, weights, amount, unhindered, groups, self.generator)
        all_gone = (amount >= self.occupied[0])[groups.of]
        taken = np.where(all_gone, counts, taken)
        return taken, counts.copy()

    def _probability(self, expected: FloatArray, local: CountArray, drawn: CountArray, slots: CountArray) -> FloatArray:
        """The probability that one of the `drawn` requests of a node completes in this step."""
        scatter = expected + self.arrival_mean
        width = 0.7213 * scatter / np.sqrt(1.0 + 1.5708 * scatter) + 1e-12
        after = local - expected + self.arrival_mean
        busy_after = after - width * np.logaddexp(0.0, (after - slots) / width)
        busy_after = np.minimum(np.maximum(busy_after, 0.0), slots)
        share = busy_after / np.maximum(self.occupied[0], 1) + self.was_empty + 1.0
        probability = expected * share / np.maximum(drawn, 1)
        probability = np.rint(probability * (0.5 / PROBABILITY_GRID)) * PROBABILITY_GRID
        return np.asarray(np.minimum(probability, 1.0))

    def _deal(self, out: CountArray) -> CountArray:
        """The flow over each edge, from what each mover sends."""
        topology = self.topology
        edge = out[topology.edge_mover]
        if topology.dealt.size:
            first = self.turn[topology.dealt_mover]
            last = first + edge[topology.dealt]
            edge[topology.dealt] = sampling.dealt(first, last, topology.dealt_turn, topology.dealt_size)
            self.turn[topology.dealt_mover] = last % topology.dealt_size
        return edge

    def _balance(self, level: BalancerLevel, turn: CountArray, inflow: CountArray, flows: StepFlows) -> CountArray:
        """Pass requests on at the balancers of one level; returns the flow over the level's edges."""
        passing = present = inflow[level.cells]
        refused = NOTHING
        if self.capacity.capped:
            present = present + self.counts[level.cells]
            passing, refused = self._cap(level, present, inflow[level.cells])
            self.counts[level.cells] = present - passing - refused
        if level.fewest:
            connections = self.occupied[0] + self.occupied[1] + self.occupied[2]
            flow = balancing.fewest_connections(level, passing, connections, turn, self.generator)
        else:
            flow = balancing.round_robin(level, passing, turn)
        np.add.at(inflow, level.edge_dst, flow)
        flows.level_edges.append(flow)
        flows.level_present.append(present)
        flows.level_refused.append(refused)
        return flow

    def _cap(self, level: BalancerLevel, present: CountArray, fresh: CountArray) -> tuple[CountArray, CountArray]:
        """What passes under the balancers' rate caps, and what is refused because their queues are full (by cell).

        A token bucket: a balancer earns its allowance every step, and keeps what it has not used up to its burst.
        """
        capacity, groups = self.capacity, level.nodes
        total = np.bincount(groups.of, present, self.nodes).astype(np.int64)
        earned = np.where(level.here, capacity.allowance, 0.0)
        limit = np.minimum(self.credit + earned, total.max(initial=0) + 1.0)
        amount = np.where(capacity.queue < 0, 0, np.minimum(total, limit.astype(np.int64)))
        kept = np.minimum(self.credit + earned - amount, capacity.burst)
        self.credit = np.where(level.here & np.isfinite(earned), kept, self.credit)
        rest = total - amount
        if not np.count_nonzero(rest):
            return present, np.zeros_like(present)
        fresh_total = np.bincount(groups.of, fresh, self.nodes).astype(np.int64)
        over = np.minimum(np.maximum(rest - np.maximum(capacity.queue, 0), 0), fresh_total)
        refused = sampling.take(fresh, over, fresh_total, groups, self.generator)
        passing = sampling.take(present - refused, amount, total - over, groups, self.generator)
        self.ledger.failed[_REFUSED] += over
        self.ledger.occupied[1] += rest - over
        return passing, refused

    def _arrive(self, came: CountArray, before: CountArray, flows: StepFlows) -> None:
        """Let the arrivals in or refuse them, give free slots to those who wait, and lose those who waited too long."""
        topology, capacity, ledger = self.topology, self.capacity, self.ledger
        self.recount()
        serving, waiting, calling = self.occupied
        held = serving + calling
        flows.arrived_node = came
        flows.waiting_before = waiting - came
        entered = came
        room = capacity.slots + capacity.queue
        now = held + flows.waiting_before
        if np.count_nonzero(np.maximum(before, now) + came > room):
            refused = self._refuse(came, before, now, room)
            lost = sampling.take(flows.arrived, refused, came, topology.waiting_groups, self.generator)
            self.counts[topology.serving : topology.serving + topology.waiting] -= lost
            waiting -= refused
            ledger.failed[_REFUSED] += refused
            entered = came - refused
            flows.refused, flows.refused_node = lost, refused
        flows.admitted = np.minimum(waiting, np.maximum(capacity.slots - held, 0))
        self._admit(flows.admitted)
        flows.expired = self._expire(entered)
        ledger.occupied += self.occupied
        ledger.full += serving + calling >= capacity.full

    def _refuse(self, came: CountArray, before: CountArray, now: CountArray, room: CountArray) -> CountArray:
        """How many of the arrivals find no room: half of them meet the step's start, half its end."""
        early = (came + (self.clock & 1)) // 2
        early_in = np.minimum(early, np.maximum(room - np.maximum(before, now), 0))
        late_in = np.clip(room - now - early_in, 0, came - early)
        return np.asarray(came - early_in - late_in)

    def _admit(self, amount: CountArray) -> None:
        """Give slots to `amount` of the waiting requests of each node."""
        topology = self.topology
        waiting = self.counts[topology.serving : topology.serving + topology.waiting]
        if not np.count_nonzero(amount != self.occupied[1]):
            moved = waiting.copy()
        else:
            moved = sampling.take(waiting, amount, self.waiting, topology.waiting_groups, self.generator)
        waiting -= moved
        self.counts[topology.admit_to] += moved
        self.occupied[1] -= amount
        self.occupied[0] += amount

    def _expire(self, entered: CountArray) -> CountArray:
        """Lose those who waited longer than their patience. First come, first served: whoever is beyond the arrivals of
        the last `patience` steps has waited longer."""
        ledger, length = self.ledger, self.history.shape[0]
        ledger.entered += entered
        if not np.count_nonzero(self.occupied[1]):
            self.history[self.clock % length] = ledger.entered
            return self.none_expired
        recent = ledger.entered - self.history[(self.clock - self.capacity.patience) % length, self.columns]
        self.history[self.clock % length] = ledger.entered
        expired: CountArray = np.maximum(self.occupied[1] - recent, 0) * (self.capacity.patience > 0)
        if np.count_nonzero(expired):
            topology = self.topology
            waiting = self.counts[topology.serving : topology.serving + topology.waiting]
            waiting -= sampling.take(waiting, expired, self.waiting, topology.waiting_groups, self.generator)
            self.occupied[1] -= expired
            self.ledger.failed[_TIMEOUT] += expired
        return expired

    def recount(self) -> None:
        """Derive what occupies each node from the counts."""
        topology = self.topology
        occupied = np.bincount(topology.occupied_by, self.counts[topology.occupied_cell], 3 * self.nodes)
        self.occupied = occupied.astype(np.int64).reshape(3, -1)
