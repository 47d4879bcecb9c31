"""A bounded number of single requests, thinned from the real arrivals and moved with their cohort.

A tracer is one of the requests its cell counts: when the kernel moves k of the n requests of a cell, the tracer is
among them with probability k/n, and takes an edge in proportion to the flow over it. In a queue it remembers how
many are ahead of it, so its wait is first come, first served. It is born with the same probability as every other
request and is never replaced when it leaves: percentiles are those of the requests themselves, and it is what the
screen shows as a packet.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.arrays import CountArray, IndexArray
from engine.kernel import Kernel
from engine.latency import Histogram
from engine.ledger import REASONS, StepFlows
from engine.phases import Phases
from engine.routing import PASSING, SERVING
from engine.spec import FailureReason, SubItem
from engine.topology import Level, Topology
from engine.view import Hop

MOST = 512
BIRTHS_PER_S = 40.0
HOP_MEMORY_S = 2.0
RECENT_PERIODS = 10
USUAL_MEMORY = 0.02
UNIFORMS = 512


@dataclass(slots=True, eq=False)
class Tracer:
    """One traced request. route: the nodes it passed on its way in, the source first, without those it came back from.

    born: in steps. entered: step at which it came to each node whose slot it holds or waits for. row: its place in the
    arrays of `Tracers`.
    """

    id: int
    phase: int
    born: float
    route: list[int]
    row: int
    entered: list[tuple[int, int]] = field(default_factory=list)


class Tracers:
    """All traced requests of a run, and the latencies they measured.

    A tracer need not have a like in the cohort: queues are first come, first served for tracers, while the kernel draws
    at random whose turn it was. Where its cell is empty it moves as one more request would.

    kernel: what moved last. cell, ahead: by tracer, filled up to `alive`: the cell it is in, and how many wait before
    it there.
    """

    kernel: Kernel

    def __init__(self, phases: Phases, source: int, dt_s: float, generator: np.random.Generator) -> None:
        self.phases, self.source, self.dt_s, self.generator = phases, source, dt_s, generator
        self.cell = np.zeros(MOST, dtype=np.intp)
        self.ahead = np.zeros(MOST, dtype=np.int64)
        self.tracers: list[Tracer] = []
        self.uniforms: list[float] = []
        self.next_id = 0
        self.step = 0
        self.usual = -1.0
        self.until_birth = 0
        self.all_time = Histogram()
        self.recent = Histogram(RECENT_PERIODS)
        self.by_node: dict[int, Histogram] = {}
        self.hops: deque[Hop] = deque()

    @property
    def alive(self) -> int:
        """How many are on their way."""
        return len(self.tracers)

    def turn(self) -> None:
        """End a period of the recent percentiles (called once a second)."""
        self.recent.turn()
        for histogram in self.by_node.values():
            histogram.turn()

    def advance(self, kernel: Kernel, flows: StepFlows, arrivals: CountArray) -> None:
        """Move the tracers along with what the kernel just moved, and let new ones be born."""
        self.step += 1
        self.kernel, topology = kernel, kernel.topology
        if self.tracers:
            cell = self.cell[: self.alive]
            finished = self._finished(kernel, flows, cell)
            if int(cell.max()) >= topology.serving:
                going = self._released(topology, flows, cell)
                self._wait(topology, flows, cell)
                for tracer in going:
                    self._pass(tracer, topology, flows, int(self.cell[tracer.row]), released=True)
            for tracer in finished:
                self._served(tracer, topology, flows)
        self._bear(topology, flows, arrivals)
        horizon = self.step - HOP_MEMORY_S / self.dt_s
        while self.hops and self.hops[0].step < horizon:
            self.hops.popleft()

    def _uniform(self) -> float:
        if not self.uniforms:
            self.uniforms = self.generator.random(UNIFORMS).tolist()
        return self.uniforms.pop()

    def _choose(self, weights: Sequence[int]) -> int:
        """An index with probability in proportion to its weight; any where none has one."""
        total = sum(weights)
        if not total:
            return int(self._uniform() * len(weights))
        left = self._uniform() * total
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        return len(weights) - 1

    def _finished(self, kernel: Kernel, flows: StepFlows, cell: IndexArray) -> list[Tracer]:
        """Those in service whose phase was finished in this step: with the probability that one of their cell was. In
        a cell that happens to be empty (the tracer had its slot in its turn, the cohort's next was of another kind)
        their own service time decides.
        """
        topology = kernel.topology
        if not topology.serving:
            return []
        index = np.minimum(cell, topology.serving - 1)
        present, moved = flows.present[index], flows.moved[index]
        alone = (present == 0) & (cell < topology.serving)
        if np.count_nonzero(alone):
            own = topology.leave_rate[index] * kernel.speed()[topology.cell_node[index]]
            moved, present = np.where(alone, own, moved), np.maximum(present, 1)
        gone = self.generator.random(cell.size) * present < moved
        gone &= cell < topology.serving
        return [self.tracers[row] for row in np.flatnonzero(gone).tolist()] if np.count_nonzero(gone) else []

    def _wait(self, topology: Topology, flows: StepFlows, cell: IndexArray) -> None:
        """Let those in queues move up, take their slots, or give up."""
        first = topology.serving
        waiting = np.flatnonzero((cell >= first) & (cell < first + topology.waiting))
        if not waiting.size:
            return
        node = topology.cell_node[cell[waiting]]
        ahead = (
            np.minimum(self.ahead[waiting] - flows.early[node], flows.waiting_before[node] - 1) - flows.admitted[node]
        )
        expired = flows.expired[node]
        given_up = flows.stale[node] if flows.stale.size else np.zeros_like(expired)
        self.ahead[waiting] = ahead - expired * ~flows.kept[node]
        for row in waiting[ahead < 0].tolist():
            self.cell[row] = topology.admit_to[self.cell[row] - first]
        out = (ahead >= given_up) & (ahead < given_up + expired)
        for tracer in [self.tracers[row] for row in waiting[out & (ahead >= 0)].tolist()]:
            self._fail(tracer, FailureReason.TIMEOUT)

    def _follow(self, tracer: Tracer, topology: Topology, flows: StepFlows, mover: int) -> None:
        """Take one of a mover's edges, in proportion to the flow over it."""
        edge, size = int(topology.mover_first_edge[mover]), int(topology.mover_size[mover])
        if size > 1:
            edge += self._choose(flows.edge[edge : edge + size].tolist())
        destination = int(topology.edge_dst[edge])
        if destination < topology.cells:
            key = topology.keys[destination]
            callers = key.path if key.place == SERVING else key.path[:-1]
            self._return_to(tracer, callers[-1] if callers else self.source)
        self._go(tracer, topology, flows, destination)

    def _served(self, tracer: Tracer, topology: Topology, flows: StepFlows) -> None:
        """Leave the cell in which a phase was finished; a fault turns the answer into an error."""
        cell = int(self.cell[tracer.row])
        if flows.faults.size and self._uniform() * max(int(flows.moved[cell]), 1) < flows.faults[cell]:
            self._fail(tracer, FailureReason.FAULT)
            return
        if self.phases.session[tracer.phase] and tracer.entered:
            tracer.born += self.step - tracer.entered[-1][1]
        self._follow(tracer, topology, flows, topology.request_kinds + cell)

    def _go(self, tracer: Tracer, topology: Topology, flows: StepFlows, destination: int) -> None:
        """Arrive at a cell or a sink."""
        if destination >= topology.cells:
            self._end(tracer, topology, destination)
            return
        key = topology.keys[destination]
        self.cell[tracer.row] = destination
        tracer.phase = key.phase
        if key.place == SERVING:
            return
        node = key.path[-1]
        self.hops.append(Hop(self.step, tracer.id, tracer.route[-1], node, self._sub_item(tracer), False, None))
        tracer.route.append(node)
        if key.place == PASSING:
            self._pass(tracer, topology, flows, destination)
        else:
            tracer.entered.append((node, self.step))
            self._join_queue(tracer, topology, flows, destination)

    def _join_queue(self, tracer: Tracer, topology: Topology, flows: StepFlows, cell: int) -> None:
        position, node = cell - topology.serving, int(topology.cell_node[cell])
        entered = int(flows.arrived_node[node])
        if not entered:
            self._join_alone(tracer, cell, node)
            return
        if flows.refused.size:
            arrived, refused = int(flows.arrived[position]), int(flows.refused[position])
            if not arrived:
                arrived, refused = entered, int(flows.refused_node[node])
            if self._uniform() * arrived < refused:
                self._fail(tracer, REASONS[int(flows.refusal[node])])
                return
            entered -= int(flows.refused_node[node])
        place = int(self._uniform() * max(entered, 1))
        ahead = int(flows.waiting_before[node]) + place - int(flows.admitted[node])
        expired = int(flows.expired[node])
        given_up = int(flows.stale[node]) if flows.stale.size else 0
        if ahead < 0:
            self.cell[tracer.row] = topology.admit_to[position]
        elif given_up <= ahead < given_up + expired:
            self._fail(tracer, FailureReason.TIMEOUT)
        else:
            self.ahead[tracer.row] = ahead if flows.kept[node] else ahead - expired

    def _join_alone(self, tracer: Tracer, cell: int, node: int) -> None:
        """Arrive at a node that none of the cohort arrived at in this step: as one more request would."""
        capacity, topology = self.kernel.capacity, self.kernel.topology
        serving, waiting, calling = self.kernel.occupied[:, node].tolist()
        if serving + calling < capacity.slots[node]:
            self.cell[tracer.row] = topology.admit_to[cell - topology.serving]
        elif waiting < capacity.queue[node]:
            self.ahead[tracer.row] = waiting
        else:
            self._fail(tracer, REASONS[int(capacity.refusal[node])])

    def _released(self, topology: Topology, flows: StepFlows, cell: IndexArray) -> list[Tracer]:
        """Of those held back at nodes without slots, the ones that move on or fail in this step."""
        rows = np.flatnonzero(cell >= topology.serving + topology.waiting)
        if not rows.size:
            return []
        present = np.zeros(topology.cells, dtype=np.int64)
        moved = np.zeros(topology.cells, dtype=np.int64)
        for level, went in zip(topology.levels, flows.levels, strict=True):
            present[level.cells] = went.present
            moved[level.cells] = went.moved(level)
        here = cell[rows]
        goes = self.generator.random(rows.size) * np.maximum(present[here], 1) < moved[here]
        goes |= present[here] == 0
        return [self.tracers[row] for row in rows[goes].tolist()]

    def _pass(self, tracer: Tracer, topology: Topology, flows: StepFlows, cell: int, released: bool = False) -> None:
        """Go through a node without slots, or wait there, or fail, in proportion to what the cohort did (of the whole
        node, where none was in the tracer's cell). released: it does not wait any longer."""
        depth = bisect_right(topology.level_ends, cell)
        level, moved = topology.levels[depth], flows.levels[depth]
        position = cell - level.cells.start
        present = int(moved.present[position])
        first, _, last = level.cell_edges[position]
        if not present:
            self._pass_alone(tracer, topology, flows, level, position, depth)
            return
        flow = moved.edge[first:last].tolist()
        failing = [(reason, int(failed[position])) for reason, failed in moved.failed]
        leaving = sum(flow) + sum(count for _, count in failing)
        draw = self._uniform() * max(leaving if released else present, 1)
        for reason, count in failing:
            draw -= count
            if draw < 0:
                self._fail(tracer, reason)
                return
        if draw < sum(flow):
            self._leave(tracer, topology, flows, level, first + self._choose(flow))

    def _pass_alone(
        self, tracer: Tracer, topology: Topology, flows: StepFlows, level: Level, position: int, depth: int
    ) -> None:
        """The same where none of the cohort was in the tracer's cell: as those of the whole node fared."""
        moved = flows.levels[depth]
        alike = level.cell_node == level.cell_node[position]
        draw = self._uniform() * max(int(moved.present[alike].sum()), 1)
        for reason, failed in moved.failed:
            draw -= int(failed[alike].sum())
            if draw < 0:
                self._fail(tracer, reason)
                return
        first, middle, last = level.cell_edges[position]
        if level.split:
            hit = self._uniform() < self.kernel.capacity.hit[level.cell_node[position]]
            first, last = (first, middle) if hit else (middle, last)
        self._leave(tracer, topology, flows, level, first + self._choose(moved.edge[first:last].tolist()))

    def _leave(self, tracer: Tracer, topology: Topology, flows: StepFlows, level: Level, edge: int) -> None:
        """Go over an edge of a level; what is asked elsewhere or was answered goes back to its caller first."""
        destination, wire = int(level.edge_dst[edge]), int(level.edge_wire[edge])
        if wire >= 0:
            self._return_to(tracer, topology.wires[wire][0])
        elif destination < topology.cells:
            self._return_to(tracer, topology.keys[destination].path[-1])
        self._go(tracer, topology, flows, destination)

    def _bear(self, topology: Topology, flows: StepFlows, arrivals: CountArray) -> None:
        """Thin the arrivals: each is traced with the same probability, smaller as more tracers are under way."""
        total = int(np.add.reduce(arrivals))
        self.usual = total if self.usual < 0 else self.usual + (total - self.usual) * USUAL_MEMORY
        if total <= self.until_birth:
            self.until_birth -= total
            return
        share = BIRTHS_PER_S * self.dt_s * (1.0 - self.alive / MOST) / max(self.usual, 1e-9)
        kinds = arrivals.tolist()
        used = self.until_birth + 1
        while used <= total and self.alive < MOST:
            kind = self._choose(kinds)
            tracer = Tracer(
                self.next_id, self.phases.first[kind], self.step - 0.5 + self._uniform(), [self.source], self.alive
            )
            self.tracers.append(tracer)
            self.next_id += 1
            self._follow(tracer, topology, flows, kind)
            used += 1 + self._gap(share)
        self.until_birth = max(used - 1 - total, 0)

    def _gap(self, share: float) -> int:
        """How many requests are skipped before the next traced one: geometric, so that each has the same chance."""
        if share >= 1.0:
            return 0
        return int(math.log(1.0 - self._uniform()) / math.log1p(-share)) if share > 0.0 else 1 << 30

    def _end(self, tracer: Tracer, topology: Topology, destination: int) -> None:
        """Reach a sink: answered, or stranded at a node without a route."""
        if destination >= topology.no_route:
            self._return_to(tracer, topology.node_ids[destination - topology.no_route])
            self._fail(tracer, FailureReason.NO_ROUTE)
            return
        self._return_to(tracer, self.source)
        sojourn_ms = max(self.step + self._uniform() - 0.5 - tracer.born, 0.0) * self.dt_s * 1000.0
        self.all_time.add(sojourn_ms)
        self.recent.add(sojourn_ms)
        self._release(tracer)

    def _fail(self, tracer: Tracer, reason: FailureReason) -> None:
        """Die at the node where it stands; a hop that just led there becomes the hop it died on."""
        here = tracer.route[-1]
        hop = self.hops[-1] if self.hops else None
        if hop and hop.tracer == tracer.id and hop.step == self.step and hop.target == here and not hop.answer:
            self.hops[-1] = hop._replace(failed=reason)
        else:
            self.hops.append(Hop(self.step, tracer.id, here, here, self._sub_item(tracer), False, reason))
        self._release(tracer)

    def _release(self, tracer: Tracer) -> None:
        """Forget a tracer; the last one takes its row."""
        last = self.tracers.pop()
        if last is not tracer:
            row = tracer.row
            self.cell[row], self.ahead[row] = self.cell[last.row], self.ahead[last.row]
            last.row = row
            self.tracers[row] = last

    def _return_to(self, tracer: Tracer, node: int) -> None:
        """Carry the answer back to the caller, node by node."""
        route = tracer.route
        while route[-1] != node and len(route) > 1:
            left = route.pop()
            if tracer.entered and tracer.entered[-1][0] == left:
                self._record(left, self.step - tracer.entered.pop()[1])
            self.hops.append(Hop(self.step, tracer.id, left, route[-1], self._sub_item(tracer), True, None))

    def _record(self, node: int, steps: int) -> None:
        histogram = self.by_node.get(node)
        if histogram is None:
            histogram = self.by_node[node] = Histogram(RECENT_PERIODS)
        histogram.add(max(steps + self._uniform() - 0.5, 0.0) * self.dt_s * 1000.0)

    def _sub_item(self, tracer: Tracer) -> SubItem:
        return self.phases.sub_item[tracer.phase]

    def rebuild(self, old: Topology, new: Topology, lost_nodes: frozenset[int]) -> None:
        """Follow the kernel to another board: those whose path is gone die with it."""
        for tracer in list(self.tracers):
            key = old.keys[self.cell[tracer.row]]
            cell = new.index.get(key)
            if cell is None or not lost_nodes.isdisjoint(key.path):
                self._fail(tracer, FailureReason.REFUSED)
            else:
                self.cell[tracer.row] = cell
                tracer.route = [node for node in tracer.route if node in new.node_index]
        self.by_node = {node: histogram for node, histogram in self.by_node.items() if node in new.node_index}
