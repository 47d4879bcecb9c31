"""The circuit breaker of a gateway: it stops calling what keeps failing, so that it can recover."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import IntEnum

from engine.board import Node
from engine.facts import BreakerChanged, Fact
from engine.grid import on_grid
from engine.nodes.behaviour import Reading, Surroundings

OFFERED_WINDOW_S = 1.0
MIN_PROBES = 5


class BreakerStatus(IntEnum):
    """What the breaker does; the number is the figure `breaker`."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Breaker:
    """Closed, it counts what ended behind it in a sliding window; open, it refuses everything; half open, it tries.

    Calls from before it opened may end while it is half open; they count like probes, for they too tell how things are
    behind it. A half-open breaker that has seen fewer than MIN_PROBES calls waits for more before it decides.
    Spec, policies and source: `engine.spec.GatewaySpec`. Writes `live.shut`.
    """

    def __init__(self, node: Node) -> None:
        if node.kind.gateway is None:
            raise ValueError(f"node kind {node.kind.id!r} has no gateway parameters")
        self.spec = node.kind.gateway
        self.status = BreakerStatus.CLOSED
        self._announced = BreakerStatus.CLOSED
        self._share = 0.0
        self._until_s = 0.0
        self._window: deque[tuple[int, int]] = deque()
        self._failed = self._ended = 0
        self._offered: deque[int] = deque()

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Count the tick, change the status if it is time to, and set the share that is refused."""
        if not node.is_up or node.policies.get("breaker", "off") != "on":
            self._become(BreakerStatus.CLOSED)
            self._share = 0.0
        else:
            self._count(reading, around.tick_s)
            self._decide(around)
        node.live.shut = self._shut(around.tick_s)
        if self.status is self._announced:
            return []
        self._announced = self.status
        return [BreakerChanged(node.id, self.status.name.lower())]

    def act(self, action: str, node: Node) -> None:
        """Nothing can be done to it by hand."""

    def befall(self, what: str, node: Node) -> None:
        """A gateway that starts anew remembers nothing."""
        if what in ("restarted", "down"):
            self._become(BreakerStatus.CLOSED)
            self._offered.clear()

    def figures(self) -> Mapping[str, float]:
        """breaker: 0 closed, 1 half open, 2 open. failure_share: of the calls it decides by, or last decided by."""
        return {"breaker": float(self.status), "failure_share": self._share}

    def state(self) -> tuple[object, ...]:
        """See `engine.nodes.behaviour.Behaviour`."""
        return (int(self.status), self._until_s, tuple(self._window), tuple(self._offered), self._share)

    def _count(self, reading: Reading, tick_s: float) -> None:
        self._offered.append(reading.offered)
        while len(self._offered) > max(1, round(OFFERED_WINDOW_S / tick_s)):
            self._offered.popleft()
        if self.status is BreakerStatus.OPEN:
            return
        self._window.append((reading.behind_failed, reading.behind_failed + reading.behind_done))
        self._failed += reading.behind_failed
        self._ended += reading.behind_failed + reading.behind_done
        if self.status is BreakerStatus.CLOSED and len(self._window) > max(1, round(self.spec.window_s / tick_s)):
            failed, ended = self._window.popleft()
            self._failed -= failed
            self._ended -= ended
        self._share = on_grid(self._failed / self._ended) if self._ended else 0.0

    def _decide(self, around: Surroundings) -> None:
        over = around.time_s > self._until_s - 0.5 * around.tick_s
        bad = self._share >= self.spec.failure_share
        if self.status is BreakerStatus.CLOSED and self._ended >= self.spec.min_calls and bad:
            self._become(BreakerStatus.OPEN, around.time_s + self.spec.open_s)
        elif self.status is BreakerStatus.OPEN and over:
            self._become(BreakerStatus.HALF_OPEN, around.time_s + self.spec.open_s)
        elif self.status is BreakerStatus.HALF_OPEN and over and self._ended >= MIN_PROBES:
            self._become(BreakerStatus.OPEN if bad else BreakerStatus.CLOSED, around.time_s + self.spec.open_s)

    def _become(self, status: BreakerStatus, until_s: float = 0.0) -> None:
        self.status = status
        self._until_s = until_s
        self._window.clear()
        self._failed = self._ended = 0

    def _shut(self, tick_s: float) -> float:
        if self.status is not BreakerStatus.HALF_OPEN:
            return float(self.status is BreakerStatus.OPEN)
        offered_rps = sum(self._offered) / (len(self._offered) * tick_s)
        if offered_rps <= self.spec.probe_rps:
            return 0.0
        return on_grid(1.0 - self.spec.probe_rps / offered_rps)
