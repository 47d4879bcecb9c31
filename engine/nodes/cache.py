"""A cache by mean field: for each class of keys, the probability that a key of it is in the memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from engine.arrays import FloatArray
from engine.board import Node
from engine.facts import Fact
from engine.grid import on_grid
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.popularity import (
    LARGEST_EXPONENT,
    characteristic_window,
    classes,
    hit_ratio,
    occupancy,
    saturation,
    solve,
)

EMPTYING = frozenset({"flush", "restarted", "down"})
RATE_TIME_S = 1.0
LEAST_RATE = 1e-3
SHORTEST_WINDOW = 1.0
LARGEST_SWEEP = 0.25
FULL_TOLERANCE = 1e-9


class Due(NamedTuple):
    """A cache that is to move on by a tick. fills: answers that came back for misses. ageing: tick / ttl."""

    cache: Cache
    fills: float
    ageing: float
    eviction: str


class Cache:
    """The occupancy o_j of each class of n_j keys with probability q_j each, moved on tick by tick.

    *Storing.* The answers that came back for misses (`fills`) are spread over the classes as the misses are, in
    proportion to n_j q_j (1 - o_j). Answers for the same key in flight together store it once, so a class gains

        d_j = (1 - o_j) (1 - exp(-M_j / (n_j (1 - o_j))))          M_j: fills of the class

    which is why a stampede after a flush costs the origin far more calls than it fills places.

    *Leaving.* With a_j = q_j r for a rate of r requests a tick, b_j = 1 - exp(-a_j), and the rates of leaving over the
    rate of asking, y_j by eviction and z_j = 1 / (q_j lambda ttl) by age (see `popularity.occupancy`):

        o_j' = (o_j + d_j) / (1 + b_j (k y_j + z_j))

    where k >= 0 is the number that keeps the content at the capacity (0 while the memory is not full). For a short
    tick b_j -> a_j, and this is the rate of leaving k lambda q_j / (exp(q_j w) - 1) + 1 / ttl under `lru`.

    *Equilibrium is Che's, for any length of the tick.* When every miss is filled, M_j / (n_j (1 - o_j)) = a_j; so
    with o' = o: o (1 + b (k y + z)) = o + (1 - o) b, that is o / (1 - o) = 1 / (k y + z). And in equilibrium k = 1 by
    the equation of the window below, so o = 1 / (1 + y + z), which is `popularity.occupancy`.

    *The window* w is the age of the oldest entry, counted in requests (w = lambda T). It grows with the requests,
    and evictions beyond those of the equilibrium of this window sweep it back: w' = w + r (1 - k), in steps of at most
    a quarter of w where a tick is long against the characteristic time, which would overshoot. While an empty memory
    fills, w is just the number of requests so far, and o_j = 1 - exp(-q_j w): an LRU cache warms up on Che's
    own curve. Under `random` y_j = 1 / (q_j w) evicts all classes alike, and w only follows.

    *Start.* A cache of the starting board is warm: it starts in the equilibrium of its memory without a time to live,
    which needs no guess of the rate, for it depends on w alone. Entries then age to their equilibrium within one ttl.
    What is in memory does not outlive a flush, a restart or an outage. A change of size keeps what fits: the most
    recently used under `lru`, any under `random`.

    All operations are + - * / in a fixed order, so that every platform gets the same numbers. Writes `live.hit`.
    """

    def __init__(self, node: Node, *, at_start: bool = False) -> None:
        """at_start: whether the node is there since the stage began."""
        if node.kind.cache is None:
            raise ValueError(f"node kind {node.kind.id!r} has no cache parameters")
        self.spec = node.kind.cache
        self.ranks = classes(self.spec.popularity)
        self.capacity = self._room(node)
        self.occupancy: FloatArray = np.zeros_like(self.ranks.counts)
        self.window = SHORTEST_WINDOW
        self.rate = 0.0
        self.content = 0.0
        self.hit = 0.0
        self._widest = LARGEST_EXPONENT / float(self.ranks.probability[-1])
        if at_start and self.spec.warm_at_start:
            self._warm(_eviction(node))
        self._announce(node)

    def due(self, node: Node, reading: Reading, tick_s: float) -> Due:
        """Take in what went through the node in a tick; returns what the cache needs to move on by it, which all caches
        do together (see `engine.nodes.caches`).
        """
        room = self._room(node)
        if room != self.capacity:
            self._resize(room, _eviction(node))
        self.rate += (reading.hits + reading.misses - self.rate) * min(1.0, tick_s / RATE_TIME_S)
        ttl_s = node.number("ttl_s", 0)
        return Due(self, reading.fills, tick_s / ttl_s if ttl_s > 0 else 0.0, _eviction(node))

    def become(self, occupancy: FloatArray, content: float, hit: float, pressure: float) -> None:
        """Where it stands after the tick. hit: probability that a request finds its key. pressure: k."""
        self.occupancy, self.content, self.hit = occupancy, content, on_grid(hit)
        rate = max(self.rate, LEAST_RATE)
        step = min(rate, LARGEST_SWEEP * self.window) if pressure > 0.0 else rate
        swept = self.window + step * (1.0 - pressure)
        self.window = min(max(swept, 0.5 * self.window, SHORTEST_WINDOW), self._widest)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Set the share of hits, after it has moved on."""
        node.live.hit = self.hit
        return []

    def act(self, action: str, node: Node) -> None:
        """`flush` empties the memory."""
        self.befall(action, node)

    def befall(self, what: str, node: Node) -> None:
        """What was in memory is gone after a flush, a restart or an outage."""
        if what in EMPTYING:
            self.occupancy = np.zeros_like(self.occupancy)
            self.content = 0.0
            self.window = SHORTEST_WINDOW
            self._announce(node)

    def figures(self) -> Mapping[str, float]:
        """hit_share: of the requests for its sub-item. fill_share: of the memory. keys: objects stored."""
        fill = self.content / self.capacity if self.capacity else 0.0
        return {"hit_share": self.hit, "fill_share": fill, "keys": self.content}

    def state(self) -> tuple[object, ...]:
        """Capacity, window, rate, and the occupancy of each class."""
        return (self.capacity, self.window, self.rate, *self.occupancy.tolist())

    def _room(self, node: Node) -> int:
        return int(node.size.memory_mb * 1024.0 / self.spec.object_kb)

    def _announce(self, node: Node) -> None:
        self.hit = node.live.hit = on_grid(hit_ratio(self.ranks, self.occupancy))

    def _warm(self, eviction: str) -> None:
        """The equilibrium of the memory alone."""
        window = characteristic_window(self.ranks, self.capacity, eviction)
        self.occupancy = occupancy(self.ranks, eviction, window)
        self.window = min(max(window, SHORTEST_WINDOW), self._widest)
        self._settle()

    def _settle(self) -> None:
        """Count the content; what the search for k may have left too much goes from all classes alike."""
        self.content = float((self.ranks.counts * self.occupancy).sum())
        if self.content > self.capacity * (1.0 + FULL_TOLERANCE):
            self.occupancy *= self.capacity / self.content
            self.content = float(self.capacity)

    def _resize(self, room: int, eviction: str) -> None:
        """Keep what fits into the new memory. Under `lru` an entry of class j was used within the last v of the w
        requests with probability (1 - exp(-q_j v)) / (1 - exp(-q_j w)); v is the window that just fits.
        """
        if self.content > room and eviction == "lru":
            self._keep_recent(room)
        elif self.content > room:
            self.window = max(self.window * room / self.content, SHORTEST_WINDOW)
        self.capacity = room
        self._settle()

    def _keep_recent(self, room: int) -> None:
        probability = self.ranks.probability
        per_chance = self.occupancy / saturation(probability * self.window)

        def content(window: float) -> float:
            return float((self.ranks.counts * per_chance * saturation(probability * window)).sum())

        window = solve(content, room, self.window)
        self.occupancy = per_chance * saturation(probability * window)
        self.window = max(window, SHORTEST_WINDOW)


def _eviction(node: Node) -> str:
    return str(node.policies.get("eviction", "lru"))
