"""A bounded number of single requests, thinned from the real arrivals and moved with their cohort.

A tracer is one of the requests its cell counts: when the kernel moves k of the n requests of a cell, the tracer is among them
with probability k/n, and takes an edge in proportion to the flow over it. In a queue it remembers how many are ahead of it, so its wait
is first come, first served. It is born with the same probability as every other request and is never replaced when it leaves:
percentiles are those of the requests themselves, and it is what the screen shows as a packet.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from engine.kernel import Kernel, StepFlows
from engine.latency import Histogram
from engine.phases import Phases
from engine.spec import FailureReason, SubItem
from engine.topology import BALANCED, SERVING, CountArray, Topology
from engine.view import Hop

MOST = 512
BIRTHS_PER_S = 80.0
HOP_MEMORY_S = 2.0
RECENT_PERIODS = 10
USUAL_MEMORY = 0.02


@dataclass(slots=True)
class Tracer:
    """One traced request. route: the nodes it passed on its way in, the source first, without those it came back from.

    born: in steps. entered: step at which it came to each node whose slot it holds or waits for.
    """

    id: int
    phase: int
    born: float
    route: list[int]
    entered: list[tuple[int, int]] = field(default_factory=list)


class Tracers:
    """All traced requests of a run, and the latencies they measured."""

    def __init__(self, phases: Phases, source: int, dt_s: float, generator: np.random.Generator) -> None:
        self.phases, self.source, self.dt_s, self.generator = phases, source, dt_s, generator
        self.cell = np.full(MOST, -1, dtype=np.int64)
        self.ahead = np.zeros(MOST, dtype=np.int64)
        self.tracers: list[Tracer | None] = [None] * MOST
        self.free = list(range(MOST - 1, -1, -1))
        self.next_id = 0
        self.all_time = Histogram()
        self.recent = Histogram(RECENT_PERIODS)
        self.by_node: dict[int, Histogram] = {}
        self.hops: deque[Hop] = deque()
        self.step = 0
        self.usual = -1.0
        self.just_admitted: set[int] = set()

    @property
    def alive(self) -> int:
        """How many are on their way."""
        return MOST - len(self.free)

    def turn(self) -> None:
        """End a period of the recent percentiles (called once a second)."""
        self.recent.turn()
        for histogram in self.by_node.values():
            histogram.turn()

    def advance(self, kernel: Kernel, flows: StepFlows, arrivals: CountArray) -> None:
        """Move the tracers along with what the kernel just moved, and let new ones be born."""
        self.step += 1
        topology = kernel.topology
        queued = self._wait(topology, flows)
        if self.alive:
            self._leave(topology, flows)
        self._pass_balancers(topology, flows, queued)
        self._bear(topology, flows, arrivals)
        horizon = self.step - HOP_MEMORY_S / self.dt_s
        while self.hops and self.hops[0].step < horizon:
            self.hops.popleft()

    def _wait(self, topology: Topology, flows: StepFlows) -> np.ndarray:
        """Let those in queues move up; returns the slots of tracers that stood at a balancer."""
        first, last = topology.serving, topology.serving + topology.waiting
        cell = self.cell
        waiting = np.flatnonzero((cell >= first) & (cell < last))
        if waiting.size:
            node = topology.cell_node[cell[waiting]]
            ahead = self.ahead[waiting] - flows.admitted[node]
            self.ahead[waiting] = ahead
            for slot in waiting[ahead < 0].tolist():
                self.cell[slot] = topology.admit_to[self.cell[slot] - first]
            late = waiting[(ahead >= 0) & (ahead < flows.expired[node])]
            self.ahead[waiting] -= flows.expired[node]
            for slot in late.tolist():
                self._fail(slot, FailureReason.TIMEOUT)
            self.just_admitted = set(waiting[ahead < 0].tolist())
        else:
            self.just_admitted = set()
        return np.flatnonzero(self.cell >= last)

    def _leave(self, topology: Topology, flows: StepFlows) -> None:
        """Move on those in service whose phase was finished in this step."""
        slots = np.flatnonzero((self.cell >= 0) & (self.cell < topology.serving))
        if not slots.size:
            return
        cell = self.cell[slots]
        chance = flows.moved[cell] / np.maximum(flows.present[cell], 1)
        going = slots[self.generator.random(slots.size) < chance]
        for slot in going.tolist():
            if slot not in self.just_admitted:
                self._follow(slot, topology, flows, topology.request_kinds + int(self.cell[slot]))

    def _follow(self, slot: int, topology: Topology, flows: StepFlows, mover: int) -> None:
        """Take one of a mover's edges, in proportion to the flow over it."""
        first, size = int(topology.mover_first_edge[mover]), int(topology.mover_size[mover])
        edge = first if size == 1 else first + self._choose(flows.edge[first : first + size])
        destination = int(topology.edge_dst[edge])
        if destination < topology.cells:
            key = topology.keys[destination]
            callers = key.path if key.place == SERVING else key.path[:-1]
            self._return_to(self._tracer(slot), callers[-1] if callers else self.source)
        self._go(slot, topology, flows, destination)

    def _choose(self, weights: CountArray) -> int:
        running = np.cumsum(weights)
        return int(np.searchsorted(running, self.generator.random() * running[-1], side="right"))

    def _go(self, slot: int, topology: Topology, flows: StepFlows, destination: int) -> None:
        """Arrive at a cell or a sink."""
        tracer = self._tracer(slot)
        if destination >= topology.cells:
            self._end(slot, topology, destination)
            return
        key = topology.keys[destination]
        self.cell[slot] = destination
        if key.place == SERVING:
            tracer.phase = key.phase
            return
        self._hop_to(tracer, key.path[-1], key.phase)
        if key.place == BALANCED:
            self._pass(slot, topology, flows, destination)
        else:
            tracer.entered.append((key.path[-1], self.step))
            self._join_queue(slot, topology, flows, destination)

    def _join_queue(self, slot: int, topology: Topology, flows: StepFlows, cell: int) -> None:
        position, node = cell - topology.serving, int(topology.cell_node[cell])
        came = max(int(flows.arrived[position]), 1)
        if self.generator.random() * came < flows.refused[position]:
            self._fail(slot, FailureReason.REFUSED)
            return
        entered = int(flows.arrived_node[node] - flows.refused_node[node])
        place = int(self.generator.random() * max(entered, 1))
        ahead = int(flows.waiting_before[node]) + place - int(flows.admitted[node])
        if ahead < 0:
            self.cell[slot] = topology.admit_to[position]
        elif ahead < flows.expired[node]:
            self._fail(slot, FailureReason.TIMEOUT)
        else:
            self.ahead[slot] = ahead - int(flows.expired[node])

    def _pass_balancers(self, topology: Topology, flows: StepFlows, slots: np.ndarray) -> None:
        for slot in slots.tolist():
            if self.tracers[slot] is not None:
                self._pass(slot, topology, flows, int(self.cell[slot]))

    def _pass(self, slot: int, topology: Topology, flows: StepFlows, cell: int) -> None:
        """Go through a balancer, or wait there, or be refused, in proportion to what the cohort did."""
        for level, edges, present, refused in zip(
            topology.levels, flows.level_edges, flows.level_present, flows.level_refused, strict=True
        ):
            if not level.cells.start <= cell < level.cells.stop:
                continue
            position = cell - level.cells.start
            mine = np.flatnonzero(level.edge_cell == position)
            draw = self.generator.random() * max(int(present[position]), 1)
            if draw < refused[position]:
                self._fail(slot, FailureReason.REFUSED)
            elif draw < refused[position] + edges[mine].sum():
                self._go(slot, topology, flows, int(level.edge_dst[mine[self._choose(edges[mine])]]))
            return

    def _bear(self, topology: Topology, flows: StepFlows, arrivals: CountArray) -> None:
        """Thin the arrivals: fewer as there are more of them and as more tracers are under way."""
        total = int(arrivals.sum())
        if not total:
            return
        rate = BIRTHS_PER_S * self.dt_s * (1.0 - self.alive / MOST)
        births = int(self.generator.binomial(total, min(1.0, rate / max(self._usual(total), 1e-9))))
        for _ in range(min(births, len(self.free))):
            kind = self._choose(arrivals)
            slot = self.free.pop()
            birth = self.step - 0.5 + float(self.generator.random())
            self.tracers[slot] = Tracer(self.next_id, self.phases.first[kind], birth, [self.source])
            self.next_id += 1
            self._follow(slot, topology, flows, kind)

    def _usual(self, total: int) -> float:
        """The usual number of arrivals a step, averaged so that thinning does not follow single bursts."""
        self.usual = total if self.usual < 0 else self.usual + (total - self.usual) * USUAL_MEMORY
        return self.usual

    def _end(self, slot: int, topology: Topology, destination: int) -> None:
        """Reach a sink: answered, or stranded at a node without a route."""
        tracer = self._tracer(slot)
        if destination > topology.cells:
            self._return_to(tracer, topology.node_ids[destination - topology.cells - 1])
            self._fail(slot, FailureReason.NO_ROUTE)
            return
        self._return_to(tracer, self.source)
        jitter = float(self.generator.random()) - 0.5
        sojourn_ms = max(self.step + jitter - tracer.born, 0.0) * self.dt_s * 1000.0
        self.all_time.add(sojourn_ms)
        self.recent.add(sojourn_ms)
        self._release(slot)

    def _fail(self, slot: int, reason: FailureReason) -> None:
        """Die at the node where it stands; a hop that just led there becomes the hop it died on."""
        tracer = self._tracer(slot)
        here = tracer.route[-1]
        hop = self.hops[-1] if self.hops else None
        if hop and hop.tracer == tracer.id and hop.step == self.step and hop.target == here and not hop.answer:
            self.hops[-1] = replace(hop, failed=reason)
        else:
            self.hops.append(Hop(self.step, tracer.id, here, here, self._sub_item(tracer), False, reason))
        self._release(slot)

    def _release(self, slot: int) -> None:
        self.tracers[slot] = None
        self.cell[slot] = -1
        self.free.append(slot)

    def _return_to(self, tracer: Tracer, node: int) -> None:
        """Carry the answer back to the caller, node by node."""
        while tracer.route[-1] != node and len(tracer.route) > 1:
            left = tracer.route.pop()
            if tracer.entered and tracer.entered[-1][0] == left:
                self._record(left, self.step - tracer.entered.pop()[1])
            hop = Hop(self.step, tracer.id, left, tracer.route[-1], self._sub_item(tracer), True, None)
            self.hops.append(hop)

    def _record(self, node: int, steps: float) -> None:
        histogram = self.by_node.setdefault(node, Histogram(RECENT_PERIODS))
        jitter = float(self.generator.random()) - 0.5
        histogram.add(max(steps + jitter, 0.0) * self.dt_s * 1000.0)

    def _hop_to(self, tracer: Tracer, node: int, phase: int) -> None:
        tracer.phase = phase
        self.hops.append(Hop(self.step, tracer.id, tracer.route[-1], node, self._sub_item(tracer), False, None))
        tracer.route.append(node)

    def _sub_item(self, tracer: Tracer) -> SubItem:
        return self.phases.sub_item[tracer.phase]

    def _tracer(self, slot: int) -> Tracer:
        tracer = self.tracers[slot]
        if tracer is None:
            raise LookupError(f"no tracer in slot {slot}")
        return tracer

    def rebuild(self, old: Topology, new: Topology, lost_nodes: frozenset[int]) -> None:
        """Follow the kernel to another board: those whose path is gone die with it."""
        for slot, tracer in enumerate(self.tracers):
            if tracer is None:
                continue
            key = old.keys[self.cell[slot]]
            cell = new.index.get(key)
            if cell is None or not lost_nodes.isdisjoint(key.path):
                self._fail(slot, FailureReason.REFUSED)
            else:
                self.cell[slot] = cell
                tracer.route = [node for node in tracer.route if node in new.node_index]
        self.by_node = {node: histogram for node, histogram in self.by_node.items() if node in new.node_index}
