"""A slow, exact event simulation of the engine's model: the second opinion. Never shipped.

One event at a time from a heap keyed (time, priority, sequence), so that order is never accidental. Poisson arrivals
by request kind; balancers without service time; servers with slots, a bounded first-come-first-served queue and
patience while waiting; exponential service; a sub-item that a node does not handle is a synchronous call to a wired
node in turn, while the caller's slot stays held.

Contention by the Universal Scalability Law makes the pace of a node depend on how many it serves, so each node has one
pending departure: an exponential time at the sum of the rates of those in service, drawn anew whenever they change.
The exponential has no memory, so this is exact.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from engine.spec import FailureReason, NodeKind, NodeSize, Role, StageSpec, SubItem, UslSpec

ENDLESS_S = 120.0


class Priority(IntEnum):
    """What comes first at the same moment."""

    DEPARTURE = 0
    DEADLINE = 1
    ARRIVAL = 2


@dataclass(slots=True)
class Request:
    """One request. step: index into its recipe. path: the nodes whose slots it holds or waits for, outermost first."""

    id: int
    kind: int
    born_s: float
    step: int = 0
    path: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Station:
    """A node. held: slots taken, by those in service and those that call. serving: by number of the
    request, with its rate; queue: by ticket, in the order of arrival.

    epoch: counts the changes of `serving`, so that a departure drawn before is known to be void. *_s: sums over time
    of requests waiting, slots held, and "all slots busy". entered: let in; left: answered (balancers: passed on).
    """

    number: int
    kind: NodeKind
    size: NodeSize
    targets: list[int] = field(default_factory=list)
    wires: int = 0
    held: int = 0
    serving: dict[int, tuple[Request, float]] = field(default_factory=dict)
    queue: dict[int, Request] = field(default_factory=dict)
    turn: int = 0
    epoch: int = 0
    waiting_s: float = 0.0
    held_s: float = 0.0
    full_s: float = 0.0
    changed_s: float = 0.0
    entered: int = 0
    left: int = 0

    @property
    def present_s(self) -> float:
        """Requests waiting, in service or calling, summed over time."""
        return self.waiting_s + self.held_s

    @property
    def mean_wait_s(self) -> float:
        """Mean time without a slot of those that were let in."""
        return self.waiting_s / max(self.entered, 1)

    @property
    def connections(self) -> int:
        """Requests here."""
        return self.held + len(self.queue)

    def account(self, now_s: float) -> None:
        """Add what has been since the last change."""
        elapsed = now_s - self.changed_s
        self.waiting_s += elapsed * len(self.queue)
        self.held_s += elapsed * self.held
        self.full_s += elapsed * (self.held >= max(self.size.slots, 1))
        self.changed_s = now_s

    def speed(self, writes: int) -> float:
        """Pace against nominal with those in service now, `writes` of them writing."""
        excess = max(0, self.wires - self.kind.free_wires)
        wired = 1.0 / (1.0 + self.kind.wire_overhead * excess)
        usl, present = self.kind.usl or UslSpec(), max(len(self.serving), 1)
        share = writes / present
        alpha = usl.contention_read * (1.0 - share) + usl.contention_write * share
        beta = usl.coherency_read * (1.0 - share) + usl.coherency_write * share
        return wired / (1.0 + alpha * (present - 1) + beta * present * (present - 1))


class EventSimulation:
    """A run of a stage with a constant rate, its starting nodes and wires. Raises ValueError for a stage with more."""

    def __init__(self, stage: StageSpec, seed: int) -> None:
        if len(stage.traffic.curve) != 1 or stage.events:
            raise ValueError("the event simulation knows one constant rate and no events")
        self.stage = stage
        self.dice = random.Random(seed)
        self.now_s = 0.0
        self.events: list[tuple[float, Priority, int, Callable[[], None]]] = []
        self.sequence = self.tickets = 0
        self.born = self.done = 0
        self.failed_at: Counter[tuple[int, FailureReason]] = Counter()
        self.sojourn_s: list[float] = []
        self.stations = list(_stations(stage))
        self.able: dict[tuple[int, SubItem], bool] = {}
        self.rate = stage.traffic.curve[0].rps
        self.weights = [stage.traffic.mix.get(kind.id, 0.0) for kind in stage.request_kinds]
        self._after(self.dice.expovariate(self.rate), Priority.ARRIVAL, self._arrive)

    @property
    def failed(self) -> Counter[FailureReason]:
        """Failures by reason."""
        total: Counter[FailureReason] = Counter()
        for (_, reason), count in self.failed_at.items():
            total[reason] += count
        return total

    @property
    def in_system(self) -> int:
        """Requests that are neither answered nor failed; each stands at the end of its path."""
        return sum(len(station.serving) + len(station.queue) for station in self.stations)

    def run(self, until_s: float) -> None:
        """Let time pass until a moment."""
        while self.events[0][0] <= until_s:
            self.now_s, _, _, act = heapq.heappop(self.events)
            act()
        self.now_s = until_s
        for station in self.stations:
            station.account(until_s)

    def _after(self, delay_s: float, priority: Priority, act: Callable[[], None]) -> None:
        self.sequence += 1
        heapq.heappush(self.events, (self.now_s + delay_s, priority, self.sequence, act))

    def _arrive(self) -> None:
        self._after(self.dice.expovariate(self.rate), Priority.ARRIVAL, self._arrive)
        self.born += 1
        kind = self.dice.choices(range(len(self.weights)), self.weights)[0]
        self._send(Request(self.born, kind, self.now_s), self.stations[0])

    def _sub_item(self, request: Request) -> SubItem:
        return self.stage.request_kinds[request.kind].recipe[request.step].sub_item

    def _can(self, node: int, sub_item: SubItem) -> bool:
        """Whether a node handles a sub-item itself or can have it handled."""
        known = self.able.get((node, sub_item))
        if known is None:
            station = self.stations[node]
            known = sub_item in station.size.service_ms or any(self._can(t, sub_item) for t in station.targets)
            self.able[node, sub_item] = known
        return known

    def _send(self, request: Request, caller: Station) -> None:
        """Hand a request on to a wired node that can have its sub-item handled. What comes from outside goes in anyway,
        and fails where it is found out.
        """
        able = [target for target in caller.targets if self._can(target, self._sub_item(request))]
        if not able and not request.path:
            able = caller.targets
        if not able:
            self._fail(request, caller, FailureReason.NO_ROUTE)
            return
        if caller.kind.role is Role.BALANCER:
            caller.left += 1
            if _policy(caller) == "least_connections":
                fewest = min(self.stations[target].connections for target in able)
                able = [target for target in able if self.stations[target].connections == fewest]
        target = self.stations[able[caller.turn % len(able)]]
        caller.turn += 1
        if target.kind.role is Role.BALANCER:
            self._send(request, target)
        else:
            self._join(request, target)

    def _join(self, request: Request, station: Station) -> None:
        station.account(self.now_s)
        if station.held < station.size.slots:
            station.entered += 1
            request.path.append(station.number)
            self._take_slot(request, station)
        elif len(station.queue) < station.size.queue:
            station.entered += 1
            request.path.append(station.number)
            self.tickets += 1
            ticket = self.tickets
            station.queue[ticket] = request
            if station.kind.patience_s <= ENDLESS_S:
                self._after(station.kind.patience_s, Priority.DEADLINE, lambda: self._give_up(station, ticket))
        else:
            self._fail(request, station, FailureReason.REFUSED)

    def _give_up(self, station: Station, ticket: int) -> None:
        request = station.queue.get(ticket)
        if request is not None:
            station.account(self.now_s)
            del station.queue[ticket]
            request.path.pop()
            self._fail(request, station, FailureReason.TIMEOUT)

    def _take_slot(self, request: Request, station: Station) -> None:
        station.held += 1
        self._work(request, station)

    def _work(self, request: Request, station: Station) -> None:
        """Serve the present sub-item here, or call for it."""
        mean_ms = station.size.service_ms.get(self._sub_item(request))
        if mean_ms is None:
            self._send(request, station)
            return
        work = self.stage.request_kinds[request.kind].recipe[request.step].work
        station.serving[request.id] = (request, 1000.0 / (mean_ms * work))
        self._expect_departure(station)

    def _expect_departure(self, station: Station) -> None:
        """Draw when the next of those in service is done, and which one it will be then."""
        station.epoch += 1
        if not station.serving:
            return
        epoch = station.epoch
        writes = sum(self._sub_item(request) is SubItem.WRITE for request, _ in station.serving.values())
        rate = station.speed(writes) * math.fsum(rate for _, rate in station.serving.values())
        self._after(self.dice.expovariate(rate), Priority.DEPARTURE, lambda: self._depart(station, epoch))

    def _depart(self, station: Station, epoch: int) -> None:
        if epoch != station.epoch:
            return
        entries = list(station.serving.values())
        request, _ = self.dice.choices(entries, [rate for _, rate in entries])[0]
        del station.serving[request.id]
        self._expect_departure(station)
        self._finish(request)

    def _finish(self, request: Request) -> None:
        """A sub-item is done: callers down to the first have their answer, and the recipe goes on there."""
        while len(request.path) > 1:
            self._leave(self.stations[request.path.pop()], answered=True)
        request.step += 1
        if request.step < len(self.stage.request_kinds[request.kind].recipe):
            self._work(request, self.stations[request.path[0]])
            return
        self._leave(self.stations[request.path.pop()], answered=True)
        self.done += 1
        self.sojourn_s.append(self.now_s - request.born_s)

    def _leave(self, station: Station, *, answered: bool) -> None:
        """Free a slot, and give it to the next in the queue."""
        station.account(self.now_s)
        station.held -= 1
        station.left += answered
        if station.queue:
            self._take_slot(station.queue.pop(next(iter(station.queue))), station)

    def _fail(self, request: Request, station: Station, reason: FailureReason) -> None:
        """Lose a request at a station; its callers get their slots back."""
        self.failed_at[station.number, reason] += 1
        while request.path:
            self._leave(self.stations[request.path.pop()], answered=False)


def _stations(stage: StageSpec) -> Iterator[Station]:
    """The nodes of a stage in its order, wired."""
    numbers = {node.key: number for number, node in enumerate(stage.nodes)}
    for number, node in enumerate(stage.nodes):
        kind = stage.node_kind(node.kind)
        size = next((size for size in kind.sizes if size.id == node.size), kind.sizes[0])
        if kind.role is Role.BALANCER and size.rate_cap_rps:
            raise ValueError("the event simulation knows no rate caps")
        targets = [numbers[wire.target] for wire in stage.wires if wire.source == node.key]
        wires = sum(node.key in (wire.source, wire.target) for wire in stage.wires)
        yield Station(number, kind, size, targets, wires)


def _policy(station: Station) -> str:
    return next((str(p.default) for p in station.kind.policies if p.key == "balancing"), "round_robin")
