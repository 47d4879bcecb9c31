"""A slow, exact event simulation of the engine's model: the second opinion. Never shipped.

One event at a time from a heap keyed (time, sequence), so that order is never accidental. Poisson arrivals by
request kind; balancers without service time; servers with slots, a bounded first-come-first-served queue and
patience; exponential service; a sub-item that a node does not handle is a synchronous call to a wired node in turn,
while the caller's slot stays held.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.spec import FailureReason, NodeKind, NodeSize, Role, StageSpec, SubItem


@dataclass(slots=True)
class Request:
    """One request. step: index into its recipe. path: the nodes whose slots it holds or waits for, outermost first."""

    kind: int
    born: float
    step: int = 0
    path: list[int] = field(default_factory=list)
    joined: float = 0.0
    alive: bool = True


@dataclass(slots=True)
class Station:
    """A node, and its sums over time: requests present (waiting, in service or calling) and "all slots busy"."""

    kind: NodeKind
    size: NodeSize
    targets: list[int]
    held: int = 0
    queue: deque[Request] = field(default_factory=deque)
    turn: int = 0
    present_s: float = 0.0
    full_s: float = 0.0
    changed: float = 0.0
    left: int = 0

    def account(self, now: float) -> None:
        """Add what has been since the last change."""
        elapsed = now - self.changed
        self.present_s += elapsed * (self.held + len(self.queue))
        self.full_s += elapsed * (self.held >= max(self.size.slots, 1))
        self.changed = now


class EventSimulation:
    """A run of a stage with a constant rate."""

    def __init__(self, stage: StageSpec, seed: int) -> None:
        self.stage = stage
        self.dice = random.Random(seed)
        self.now = 0.0
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.sequence = 0
        self.born = self.done = 0
        self.failed: Counter[FailureReason] = Counter()
        self.sojourn_s: list[float] = []
        numbers = {node.key: i for i, node in enumerate(stage.nodes)}
        self.stations = [
            Station(stage.node_kind(node.kind), stage.node_kind(node.kind).sizes[0], []) for node in stage.nodes
        ]
        for wire in stage.wires:
            self.stations[numbers[wire.source]].targets.append(numbers[wire.target])
        self.rate = stage.traffic.curve[0].rps
        self.weights = [stage.traffic.mix.get(kind.id, 0.0) for kind in stage.request_kinds]
        self._after(self.dice.expovariate(self.rate), self._arrive)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        while self.events and self.events[0][0] <= seconds:
            self.now, _, act = heapq.heappop(self.events)
            act()
        self.now = seconds
        for station in self.stations:
            station.account(seconds)

    def _after(self, delay: float, act: Callable[[], None]) -> None:
        self.sequence += 1
        heapq.heappush(self.events, (self.now + delay, self.sequence, act))

    def _arrive(self) -> None:
        self._after(self.dice.expovariate(self.rate), self._arrive)
        self.born += 1
        kind = self.dice.choices(range(len(self.weights)), self.weights)[0]
        self._send(Request(kind, self.now), 0)

    def _sub_item(self, request: Request) -> SubItem:
        return self.stage.request_kinds[request.kind].recipe[request.step].sub_item

    def _can(self, node: int, sub_item: SubItem) -> bool:
        station = self.stations[node]
        return sub_item in station.size.service_ms or any(self._can(target, sub_item) for target in station.targets)

    def _send(self, request: Request, caller: int) -> None:
        """Hand a request on from a node to one that it is wired to and that can have its sub-item handled."""
        station = self.stations[caller]
        able = [target for target in station.targets if self._can(target, self._sub_item(request))]
        if not able:
            self._fail(request, FailureReason.NO_ROUTE)
            return
        if station.kind.role is Role.BALANCER and self._policy(station) == "least_connections":
            fewest = min(self.stations[t].held + len(self.stations[t].queue) for t in able)
            able = [t for t in able if self.stations[t].held + len(self.stations[t].queue) == fewest]
        target = able[station.turn % len(able)]
        station.turn += 1
        if self.stations[target].kind.role is Role.BALANCER:
            self._send(request, target)
        else:
            self._join(request, target)

    @staticmethod
    def _policy(station: Station) -> str:
        return next((str(p.default) for p in station.kind.policies if p.key == "balancing"), "round_robin")

    def _join(self, request: Request, node: int) -> None:
        station = self.stations[node]
        station.account(self.now)
        request.path.append(node)
        request.joined = self.now
        if station.held < station.size.slots:
            self._start(request, node)
        elif len(station.queue) < station.size.queue:
            station.queue.append(request)
            joined = self.now
            self._after(station.kind.patience_s, lambda: self._give_up(request, node, joined))
        else:
            request.path.pop()
            self._fail(request, FailureReason.REFUSED)

    def _give_up(self, request: Request, node: int, joined: float) -> None:
        station = self.stations[node]
        if request.alive and request.joined == joined and request in station.queue:
            station.account(self.now)
            station.queue.remove(request)
            request.path.pop()
            self._fail(request, FailureReason.TIMEOUT)

    def _start(self, request: Request, node: int) -> None:
        """Take a slot and work there."""
        self.stations[node].held += 1
        self._work(request, node)

    def _work(self, request: Request, node: int) -> None:
        """Serve the present sub-item here, or call for it."""
        station = self.stations[node]
        mean_ms = station.size.service_ms.get(self._sub_item(request))
        if mean_ms is None:
            self._send(request, node)
            return
        work = self.stage.request_kinds[request.kind].recipe[request.step].work
        delay = self.dice.expovariate(1000.0 / (mean_ms * work))
        self._after(delay, lambda: self._finish(request))

    def _finish(self, request: Request) -> None:
        """A sub-item is done: callers down to the first have their answer, and the recipe goes on there."""
        while len(request.path) > 1:
            self._leave(request.path.pop(), answered=True)
        request.step += 1
        if request.step < len(self.stage.request_kinds[request.kind].recipe):
            self._work(request, request.path[0])
            return
        self._leave(request.path.pop(), answered=True)
        self.done += 1
        self.sojourn_s.append(self.now - request.born)

    def _leave(self, node: int, *, answered: bool) -> None:
        """Free a slot, and give it to the next in the queue."""
        station = self.stations[node]
        station.account(self.now)
        station.held -= 1
        station.left += answered
        if station.queue:
            self._start(station.queue.popleft(), node)

    def _fail(self, request: Request, reason: FailureReason) -> None:
        request.alive = False
        self.failed[reason] += 1
        while request.path:
            self._leave(request.path.pop(), answered=False)
