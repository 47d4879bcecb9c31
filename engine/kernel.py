"""One fixed step of the traffic, over the arrays of a topology: the cohort kernel.

Per node, with n requests present, c slots and the expected completions h of a step in which nothing is freed or taken:

    n1 = n - h + a                                  a: arrivals of a step, averaged
    k  = 0.7213 v / sqrt(1 + 1.5708 v),  v = h + a
    b1 = n1 - k softplus((n1 - c) / k)              mean number busy at the end of the step
    completions ~ Binomial(n, h (1/2 + b1 / 2 b0) / n)

b1 is E[min(N, c)] for N = n + Poisson(a) - Poisson(h), the corner softened by what a difference of Poisson numbers scatters:
k log 2 = E[max(N - n, 0)] at a = h, which is v/2 for small and sqrt(v / 2 pi) for large v. Half a step of work is added where a
node was empty before, for its first request has on average been there for half a step. Completions come first from those that
hold a slot; the composition is drawn by systematic sampling. Half of a step's arrivals meet the queue's bound as it was before
the completions, half as it is after. Measured against M/M/c and M/M/c/K in the tests; see `engine.timestep` for the bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import balancing, sampling
from engine.board import Board
from engine.spec import FailureReason
from engine.topology import BalancerLevel, CountArray, FloatArray, Path, Topology

PROBABILITY_GRID = 2.0**-24
ARRIVAL_MEMORY = 1.0 / 16.0
REASONS = tuple(FailureReason)
REASON_ROW = {reason: row for row, reason in enumerate(REASONS)}
_REFUSED, _NO_ROUTE, _TIMEOUT = (
    REASON_ROW[r] for r in (FailureReason.REFUSED, FailureReason.NO_ROUTE, FailureReason.TIMEOUT)
)


@dataclass(slots=True)
class Capacity:
    """What each node can do now; arrays by node. Changed by the player and by events, read by the kernel.

    queue: most requests waiting; -1 on a balancer that is down (nothing passes). speed: pace against nominal.
    alpha, beta: the coefficients of the Universal Scalability Law for reads and their change towards writes.
    allowance: requests a balancer passes in a step (infinite when unlimited). patience: in steps.
    """

    slots: CountArray
    queue: CountArray
    speed: FloatArray
    alpha: FloatArray
    alpha_writes: FloatArray
    beta: FloatArray
    beta_writes: FloatArray
    allowance: FloatArray
    patience: CountArray
    contended: bool
    capped: bool


@dataclass(slots=True)
class StepFlows:
    """What moved in the last step, for tracers and gauges. Amounts by mover, edge, cell or node, as their names say."""

    present: CountArray
    moved: CountArray
    edge: CountArray
    level_edges: list[CountArray]
    level_present: list[CountArray]
    level_refused: list[CountArray]
    arrived: CountArray
    refused: CountArray
    arrived_node: CountArray
    refused_node: CountArray
    waiting_before: CountArray
    admitted: CountArray
    expired: CountArray


@dataclass(slots=True)
class Ledger:
    """Sums since the start, by node (columns), carried over when the board changes.

    waited, busy, full: waiting requests, busy slots and "all slots busy", summed over steps. entered: requests let in.
    failed: rows are REASONS. left: requests that left answered. offered: arrivals at balancers.
    """

    waited: CountArray
    busy: CountArray
    slots: CountArray
    full: CountArray
    entered: CountArray
    left: CountArray
    failed: CountArray

    @staticmethod
    def empty(nodes: int) -> Ledger:
        """All zero."""
        rows = [np.zeros(nodes, dtype=np.int64) for _ in range(6)]
        return Ledger(*rows, np.zeros((len(REASONS), nodes), dtype=np.int64))


class Kernel:
    """The state of the traffic and its one step."""

    def __init__(self, topology: Topology, capacity: Capacity, generator: np.random.Generator) -> None:
        self.generator = generator
        self.clock = 0
        self.born = 0
        self.done = 0
        self.ledger = Ledger.empty(0)
        self.retired: dict[int, CountArray] = {}
        self.done_before = np.zeros(topology.request_kinds, dtype=np.int64)
        self.wires_before: dict[tuple[int, int], int] = {}
        self.adopt(topology, capacity)

    def adopt(self, topology: Topology, capacity: Capacity) -> None:
        """Start on a topology with nothing in it."""
        nodes = len(topology.node_ids)
        self.topology, self.capacity = topology, capacity
        self.counts = np.zeros(topology.cells, dtype=np.int64)
        self.serving = np.zeros(nodes, dtype=np.int64)
        self.waiting = np.zeros(nodes, dtype=np.int64)
        self.calling = np.zeros(nodes, dtype=np.int64)
        self.arrival_mean = np.zeros(nodes)
        self.was_empty = np.ones(nodes, dtype=bool)
        self.turn = np.zeros(topology.mover_size.size, dtype=np.int64)
        self.level_turn = [np.zeros(level.group_size.size, dtype=np.int64) for level in topology.levels]
        self.credit = np.zeros(nodes)
        self.edge_flow = np.zeros(topology.edge_mover.size, dtype=np.int64)
        self.level_flow = [np.zeros(level.edge_cell.size, dtype=np.int64) for level in topology.levels]
        self.ledger = Ledger.empty(nodes)
        self.recent = np.zeros(nodes, dtype=np.int64)
        longest = int(capacity.patience.max(initial=1)) + 1
        self.history = np.zeros((longest, nodes), dtype=np.int64)
        self.columns = np.arange(nodes, dtype=np.intp)
        self.out = np.zeros(topology.request_kinds + topology.serving, dtype=np.int64)
        self.flows: StepFlows | None = None

    @property
    def in_system(self) -> int:
        """Requests that are neither answered nor failed."""
        return int(self.counts.sum())

    def failed_by_reason(self) -> CountArray:
        """Failures since the start, by row of REASONS."""
        total = self.ledger.failed.sum(axis=1)
        for gone in self.retired.values():
            total += gone
        return total

    def done_by_kind(self) -> CountArray:
        """Answered requests since the start, by request kind."""
        topology = self.topology
        since = np.bincount(topology.done_kind, self.edge_flow[topology.done_edge], topology.request_kinds)
        return np.asarray(self.done_before + since.astype(np.int64))

    def left_by_node(self) -> CountArray:
        """Requests that left each node answered (balancers: passed on) since the start."""
        topology = self.topology
        since = np.bincount(topology.left_node, self.edge_flow[topology.left_edge], self.columns.size)
        return np.asarray(self.ledger.left + since.astype(np.int64))

    def wire_totals(self) -> CountArray:
        """Requests sent over each wire of the topology since the start."""
        topology = self.topology
        wires = len(topology.wires)
        index = [topology.edge_wire, *(level.edge_wire for level in topology.levels)]
        flow = [self.edge_flow, *self.level_flow]
        total = np.bincount(np.concatenate(index) + 1, np.concatenate(flow), wires + 1)[1:].astype(np.int64)
        before = [self.wires_before.get(wire, 0) for wire in topology.wires]
        return np.asarray(total + np.array(before, dtype=np.int64))

    def speed(self) -> FloatArray:
        """Pace of each node now against nominal: wires, and the Universal Scalability Law for databases."""
        capacity, topology = self.capacity, self.topology
        if not capacity.contended:
            return capacity.speed
        present = np.maximum(self.serving, 1)
        writing = np.bincount(topology.write_node, self.counts[topology.write_cells], present.size)
        writes = writing / present
        others = present - 1.0
        alpha = capacity.alpha + capacity.alpha_writes * writes
        beta = capacity.beta + capacity.beta_writes * writes
        return np.asarray(capacity.speed / (1.0 + others * (alpha + beta * present)))

    def step(self, arrivals: CountArray) -> None:
        """Advance by one step; arrivals: new requests by request kind, shape (kinds,), int64."""
        topology = self.topology
        nodes, serving = self.columns.size, topology.serving
        before = self.serving + self.waiting + self.calling
        idle = self.serving + self.waiting == 0
        completed, present = self._complete()
        self.counts[:serving] -= completed
        self.out[: topology.request_kinds] = arrivals
        self.out[topology.request_kinds :] = completed
        self.born += int(arrivals.sum())
        edge = self._deal()
        inflow = np.bincount(topology.edge_dst, edge, topology.cells + topology.sinks).astype(np.int64)
        flows = StepFlows(present, completed, edge, [], [], [], *([before] * 7))
        for level, turn, total in zip(topology.levels, self.level_turn, self.level_flow, strict=True):
            total += self._balance(level, turn, inflow, flows)
        self.counts[:serving] += inflow[:serving]
        self._arrive(inflow, before, flows)
        served = serving + topology.waiting
        came = np.bincount(topology.cell_node[:served], inflow[:served], nodes)
        self.arrival_mean += ARRIVAL_MEMORY * (came - self.arrival_mean)
        self.was_empty = idle
        self.done += int(inflow[topology.cells])
        self.ledger.failed[_NO_ROUTE] += inflow[topology.cells + 1 :]
        self.edge_flow += edge
        self.flows = flows
        self.clock += 1

    def _complete(self) -> tuple[CountArray, CountArray]:
        """Draw what finishes its phase in this step: amounts by serving cell, and the counts they were drawn from."""
        topology, capacity = self.topology, self.capacity
        nodes, cells = self.columns.size, topology.serving
        counts = self.counts[:cells]
        node = topology.cell_node[:cells]
        weights = counts * topology.leave_rate
        unhindered = np.bincount(node, weights, nodes)
        present = self.serving + self.waiting
        probability = self._probability(unhindered * self.speed(), present, np.maximum(capacity.slots - self.calling, 0))
        amount = self.generator.binomial(present, probability)
        extra = np.minimum(amount - self.serving, self.waiting)
        if (extra > 0).any():
            self._admit(np.maximum(extra, 0))
            counts = self.counts[:cells]
            weights = counts * topology.leave_rate
            unhindered = np.bincount(node, weights, nodes)
        offset = sampling.offsets(self.generator, nodes)
        taken = sampling.take_weighted(counts, weights, amount, unhindered, node, topology.serving_start, offset)
        return taken, counts.copy()

    def _probability(self, expected: FloatArray, present: CountArray, slots: CountArray) -> FloatArray:
        """The probability that one of the requests present at a node completes in this step."""
        scatter = expected + self.arrival_mean
        width = 0.7213 * scatter / np.sqrt(1.0 + 1.5708 * scatter) + 1e-12
        after = present - expected + self.arrival_mean
        busy_after = after - width * np.logaddexp(0.0, (after - slots) / width)
        share = 0.5 + 0.5 * np.clip(busy_after, 0.0, slots) / np.maximum(self.serving, 1)
        probability = expected * (share + 0.5 * self.was_empty) / np.maximum(present, 1)
        return np.minimum(np.rint(probability * (1.0 / PROBABILITY_GRID)) * PROBABILITY_GRID, 1.0)

    def _deal(self) -> CountArray:
        """The flow over each edge, from what each mover sends."""
        topology = self.topology
        edge = self.out[topology.edge_mover]
        if topology.dealt.size:
            first = self.turn[topology.dealt_mover]
            last = first + edge[topology.dealt]
            edge[topology.dealt] = sampling.dealt(first, last, topology.dealt_turn, topology.dealt_size)
            self.turn = (self.turn + self.out) % np.maximum(topology.mover_size, 1)
        return edge

    def _balance(self, level: BalancerLevel, turn: CountArray, inflow: CountArray, flows: StepFlows) -> CountArray:
        """Pass requests on at the balancers of one level; returns the flow over the level's edges."""
        nodes = self.columns.size
        present = self.counts[level.cells] + inflow[level.cells]
        passing, refused = present, np.zeros_like(present)
        if self.capacity.capped:
            passing, refused = self._cap(level, present, inflow[level.cells])
            self.counts[level.cells] = present - passing - refused
        flow = balancing.round_robin(level, passing, turn)
        if level.fewest.any():
            offset = self.generator.random(level.group_size.size)
            connections = self.serving + self.waiting + self.calling
            water = balancing.fewest_connections(level, passing, connections, turn, offset)
            flow = np.where(level.fewest[level.cell_group[level.edge_cell]], water, flow)
        inflow += np.bincount(level.edge_dst, flow, inflow.size).astype(np.int64)
        passed = np.bincount(level.cell_node, passing, nodes).astype(np.int64)
        self.ledger.left += passed
        self.ledger.entered += passed
        flows.level_edges.append(flow)
        flows.level_present.append(present)
        flows.level_refused.append(refused)
        return flow

    def _cap(self, level: BalancerLevel, present: CountArray, fresh: CountArray) -> tuple[CountArray, CountArray]:
        """What passes under the balancers' rate caps, and what is refused because their queues are full (by cell)."""
        nodes, capacity = self.columns.size, self.capacity
        node = level.cell_node
        start = np.searchsorted(node, self.columns).astype(np.intp)
        total = np.bincount(node, present, nodes).astype(np.int64)
        mine = np.zeros(nodes, dtype=bool)
        mine[node] = True
        limit = np.where(np.isinf(capacity.allowance), total, np.floor(self.credit + capacity.allowance))
        may_pass = np.where(capacity.queue < 0, 0, limit).astype(np.int64)
        amount = np.minimum(total, may_pass)
        finite = mine & np.isfinite(capacity.allowance)
        earned = np.where(finite, capacity.allowance, 0.0)
        self.credit = np.where(finite, np.minimum(self.credit + earned - amount, np.maximum(1.0, earned)), self.credit)
        rest = total - amount
        fresh_total = np.bincount(node, fresh, nodes).astype(np.int64)
        over = np.clip(rest - np.maximum(capacity.queue, 0), 0, fresh_total)
        if not rest.any():
            return present, np.zeros_like(present)
        offset = sampling.offsets(self.generator, nodes)
        refused = sampling.take(fresh, over, fresh_total, node, start, offset)
        left = present - refused
        passing = sampling.take(left, np.minimum(amount, total - over), total - over, node, start, offset)
        self.ledger.failed[_REFUSED] += over
        self.ledger.waited += np.where(mine, rest - over, 0)
        return passing, refused

    def _arrive(self, inflow: CountArray, before: CountArray, flows: StepFlows) -> None:
        """Let the arrivals in or refuse them, give free slots to those who wait, and lose those who waited too long."""
        topology, capacity = self.topology, self.capacity
        nodes, serving = self.columns.size, topology.serving
        waiting_cells = slice(serving, serving + topology.waiting)
        node = topology.cell_node[waiting_cells]
        arrived = inflow[waiting_cells]
        came = np.bincount(node, arrived, nodes).astype(np.int64)
        self.counts[waiting_cells] += arrived
        occupied = np.bincount(topology.occupied_by, self.counts[topology.occupied_cell], 3 * nodes).astype(np.int64)
        self.serving, present, self.calling = occupied[:nodes], occupied[nodes : 2 * nodes], occupied[2 * nodes :]
        held = self.serving + self.calling
        flows.waiting_before = present - came
        room = capacity.slots + capacity.queue
        refused = np.zeros_like(came)
        refused_cells = refused_none = np.zeros_like(arrived)
        over = np.maximum(before, held + flows.waiting_before) + came > room
        if over.any():
            refused = self._refuse(came, before, held + flows.waiting_before, room)
            offset = sampling.offsets(self.generator, nodes)
            refused_cells = sampling.take(arrived, refused, came, node, topology.waiting_start, offset)
            self.counts[waiting_cells] -= refused_cells
            self.ledger.failed[_REFUSED] += refused
        self.waiting = present - refused
        admitted = np.minimum(self.waiting, np.maximum(capacity.slots - held, 0))
        self._admit(admitted)
        entered = came - refused
        flows.expired = self._expire(entered)
        flows.arrived, flows.refused = arrived, refused_cells if refused_cells is not refused_none else refused_none
        flows.arrived_node, flows.refused_node, flows.admitted = came, refused, admitted
        ledger = self.ledger
        busy = self.serving + self.calling
        ledger.entered += entered
        ledger.waited += self.waiting
        ledger.busy += busy
        ledger.slots += capacity.slots
        ledger.full += busy >= np.maximum(capacity.slots, 1)

    def _refuse(self, came: CountArray, before: CountArray, now: CountArray, room: CountArray) -> CountArray:
        """How many of the arrivals find no room: half of them meet the step's start, half its end."""
        early = (came + (self.clock & 1)) // 2
        early_in = np.minimum(early, np.maximum(room - before, 0))
        late_in = np.clip(room - now - early_in, 0, came - early)
        return np.minimum(came - np.minimum(early_in, np.maximum(room - now, 0)) - late_in, came)

    def _admit(self, amount: CountArray) -> None:
        """Give slots to `amount` of the waiting requests of each node."""
        topology = self.topology
        cells = slice(topology.serving, topology.serving + topology.waiting)
        counts = self.counts[cells]
        if (amount == self.waiting).all():
            moved = counts.copy()
        else:
            offset = sampling.offsets(self.generator, self.columns.size)
            node = topology.cell_node[cells]
            moved = sampling.take(counts, amount, self.waiting, node, topology.waiting_start, offset)
        self.counts[cells] -= moved
        self.counts[topology.admit_to] += moved
        self.waiting = self.waiting - amount
        self.serving = self.serving + amount

    def _expire(self, entered: CountArray) -> CountArray:
        """Lose those who waited longer than their patience. First come, first served: whoever is beyond the arrivals of
        the last `patience` steps has waited longer."""
        length = self.history.shape[0]
        gone = (self.clock - self.capacity.patience) % length
        self.recent += entered - self.history[gone, self.columns]
        self.history[self.clock % length] = entered
        expired = np.maximum(self.waiting - self.recent, 0)
        if expired.any():
            topology = self.topology
            cells = slice(topology.serving, topology.serving + topology.waiting)
            offset = sampling.offsets(self.generator, self.columns.size)
            node = topology.cell_node[cells]
            lost = sampling.take(self.counts[cells], expired, self.waiting, node, topology.waiting_start, offset)
            self.counts[cells] -= lost
            self.waiting = self.waiting - expired
            self.ledger.failed[_TIMEOUT] += expired
        return expired

    def rebuild(self, topology: Topology, capacity: Capacity, lost_nodes: frozenset[int]) -> None:
        """Go on with another board. Requests on a path that is gone, or through one of `lost_nodes`, fail with 502."""
        old = self.topology
        self.done_before = self.done_by_kind()
        self.wires_before |= dict(zip(old.wires, self.wire_totals().tolist(), strict=True))
        kept = dict(zip(old.keys, self.counts.tolist(), strict=True))
        turns = dict(zip(old.keys[: old.serving], self.turn[old.request_kinds :].tolist(), strict=True))
        source_turn = self.turn[: old.request_kinds].copy()
        level_turns = {
            key: int(value)
            for level, turn in zip(old.levels, self.level_turn, strict=True)
            for key, value in zip(level.group_key, turn, strict=True)
        }
        state = _NodeState.of(self)
        self.adopt(topology, capacity)
        for path, count in self._move_counts(kept, lost_nodes):
            state.fail(path, count)
        state.restore(self)
        kinds = topology.request_kinds
        self.turn[:kinds] = source_turn % np.maximum(topology.mover_size[:kinds], 1)
        self.turn[kinds:] = [
            turns.get(key, 0) % max(int(size), 1)
            for key, size in zip(topology.keys[: topology.serving], topology.mover_size[kinds:], strict=True)
        ]
        for level, turn in zip(topology.levels, self.level_turn, strict=True):
            turn[:] = [level_turns.get(key, 0) for key in level.group_key]
        self._recount()

    def _move_counts(self, kept: dict[object, int], lost_nodes: frozenset[int]) -> list[tuple[Path, int]]:
        """Put the requests into their cells of the new topology; returns those that have none, by path."""
        failed: list[tuple[Path, int]] = []
        for key, count in kept.items():
            if not count:
                continue
            cell = self.topology.index.get(key)  # type: ignore[call-overload]
            path: Path = key.path  # type: ignore[attr-defined]
            if cell is None or not lost_nodes.isdisjoint(path):
                failed.append((path, count))
            else:
                self.counts[cell] = count
        return failed

    def _recount(self) -> None:
        nodes, topology = self.columns.size, self.topology
        occupied = np.bincount(topology.occupied_by, self.counts[topology.occupied_cell], 3 * nodes).astype(np.int64)
        self.serving, self.waiting, self.calling = occupied[:nodes], occupied[nodes : 2 * nodes], occupied[2 * nodes :]


@dataclass(slots=True)
class _NodeState:
    """What the kernel keeps by node, held by the nodes' numbers while the board changes."""

    node_ids: tuple[int, ...]
    arrays: dict[str, CountArray | FloatArray]
    history: CountArray
    ledger: Ledger
    retired: dict[int, CountArray]

    @staticmethod
    def of(kernel: Kernel) -> _NodeState:
        kernel.ledger.left = kernel.left_by_node()
        return _NodeState(
            kernel.topology.node_ids,
            {name: getattr(kernel, name) for name in ("arrival_mean", "was_empty", "credit", "recent")},
            kernel.history,
            kernel.ledger,
            kernel.retired,
        )

    def fail(self, path: Path, count: int) -> None:
        """Count requests that lost their path at the node they were on."""
        self.ledger.failed[_REFUSED, self.node_ids.index(path[-1])] += count

    def restore(self, kernel: Kernel) -> None:
        """Give the kernel back what belongs to the nodes that are still there; keep the failures of the others."""
        index = kernel.topology.node_index
        pairs = [(i, index[node]) for i, node in enumerate(self.node_ids) if node in index]
        old = np.array([i for i, _ in pairs], dtype=np.intp)
        new = np.array([i for _, i in pairs], dtype=np.intp)
        for name, values in self.arrays.items():
            getattr(kernel, name)[new] = values[old]
        for name in ("waited", "busy", "slots", "full", "entered", "left"):
            getattr(kernel.ledger, name)[new] = getattr(self.ledger, name)[old]
        kernel.ledger.failed[:, new] = self.ledger.failed[:, old]
        for i, node in enumerate(self.node_ids):
            if node not in index and self.ledger.failed[:, i].any():
                self.retired[node] = self.ledger.failed[:, i].copy()
        self._restore_history(kernel, old, new)

    def _restore_history(self, kernel: Kernel, old: np.ndarray, new: np.ndarray) -> None:
        steps = min(self.history.shape[0], kernel.history.shape[0])
        for back in range(1, steps):
            moment = kernel.clock - back
            kernel.history[moment % kernel.history.shape[0], new] = self.history[moment % self.history.shape[0], old]
