"""Serverless functions: one request to an instance, instances by load, cold starts, keep-alive.

A request that finds no idle instance starts one and waits; whatever is idle first takes it, and the new instance stays
warm either way. The most recently used instance is used again first, so the k-th of them expires when fewer than k
were busy all through keep_alive_s: the warm instances are the sliding maximum of the busy ones.

The model looks once a tick. A request that had to wait is noticed half a tick late on average, so its instance is due
after cold_start_s less half a tick; as that seldom is a whole number of ticks, the starts are shared between the tick
before and the tick after in the proportion that makes the mean right. A peak of busy instances shorter than a tick is
seen only as far as it lifts the mean of the tick.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from engine.board import Node
from engine.facts import Fact
from engine.nodes.behaviour import Reading, Surroundings

EPSILON = 1e-9


class Serverless:
    """The instances of one function; `slots` of the node's size is the most there can be.

    Writes live.slots (warm instances) and live.queue (what the limit leaves for instances that start), so that exactly
    the limit may be present and the rest is refused.
    """

    paid_units = 0

    def __init__(self, node: Node) -> None:
        if node.kind.serverless is None:
            raise ValueError(f"node kind {node.kind.id!r} has no serverless parameters")
        self.spec = node.kind.serverless
        self.warm = self.starting = self.cold_starts = 0
        self.due: deque[tuple[float, int]] = deque()
        self.last_used: deque[tuple[float, int]] = deque()
        self.carry = 0.0
        self._publish(node)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Keep what was used warm, let the others go, start what waits for an instance."""
        if not node.is_up:
            return []
        time_s = around.time_s
        used = max(reading.serving + reading.calling, math.ceil(reading.busy - EPSILON))
        self._use(min(used, self.warm), time_s)
        self._expire(time_s - self.spec.keep_alive_s, node.size.slots)
        missing = min(reading.waiting, node.size.slots - self.warm) - self.starting
        if missing > 0:
            self._start(missing, time_s, around.tick_s)
        while self.due and self.due[0][0] <= time_s + EPSILON:
            _, count = self.due.popleft()
            self.starting -= count
            self.warm += count
            self.last_used.append((time_s, count))
        self._publish(node)
        return []

    def act(self, action: str, node: Node) -> None:
        """It has no actions."""

    def befall(self, what: str, node: Node) -> None:
        """`down`, `restarted`: every instance is gone, the next requests find it cold."""
        if what in ("down", "restarted"):
            self.warm = self.starting = 0
            self.due.clear()
            self.last_used.clear()
            self._publish(node)

    def figures(self) -> Mapping[str, float]:
        """warm, starting: instances now; cold_starts: since the node was built."""
        return {"warm": self.warm, "starting": self.starting, "cold_starts": self.cold_starts}

    def state(self) -> tuple[object, ...]:
        """See `Behaviour`."""
        due = tuple((round(when, 3), count) for when, count in self.due)
        last_used = tuple((round(when, 3), count) for when, count in self.last_used)
        return (self.warm, self.starting, self.cold_starts, round(self.carry, 6), due, last_used)

    def _use(self, used: int, time_s: float) -> None:
        """The `used` most recently used instances are used again now; last_used: (when, how many), latest last."""
        if used <= 0:
            return
        rest = used
        while rest > 0:
            when, count = self.last_used.pop()
            if count > rest:
                self.last_used.append((when, count - rest))
            rest -= count
        self.last_used.append((time_s, used))

    def _expire(self, before_s: float, limit: int) -> None:
        """Drop what was used last at `before_s` or earlier, and the longest idle of what is over the limit."""
        while self.last_used and self.last_used[0][0] <= before_s + EPSILON:
            _, count = self.last_used.popleft()
            self.warm -= count
        while self.warm > limit:
            when, count = self.last_used.popleft()
            kept = max(0, count - (self.warm - limit))
            self.warm -= count - kept
            if kept:
                self.last_used.appendleft((when, kept))

    def _start(self, count: int, time_s: float, tick_s: float) -> None:
        """Begin `count` cold starts; carry: the share of one start that the split so far owes to the later tick."""
        ticks = max(0.0, self.spec.cold_start_s / tick_s - 0.5)
        whole = math.floor(ticks + EPSILON)
        self.carry += count * max(0.0, ticks - whole)
        late = min(count, math.floor(self.carry + EPSILON))
        self.carry -= late
        for delay, amount in ((whole, count - late), (whole + 1, late)):
            if amount:
                self.due.append((time_s + delay * tick_s, amount))
        self.starting += count
        self.cold_starts += count

    def _publish(self, node: Node) -> None:
        node.live.slots = self.warm
        node.live.queue = max(0, node.size.slots - self.warm)
