"""A store of values by key, split by hash into partitions that each carry their share of its capacity and no more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.arrays import FloatArray
from engine.board import Node
from engine.facts import Fact
from engine.grid import on_grid
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.popularity import partition_shares
from engine.spec.models import PopularitySpec

BURST_S = 5.0
FORECAST_TIME_S = 0.5
LEAST_DEMAND = 1e-9


class Store:
    """Hot partitions: keys are popular unevenly, so partitions are, and the hottest is full long before the store is.

    Partition p gets the share s_p of the requests (by the popularity of its keys) and may serve
    c = rate_cap_rps / partitions a second. Of a rate R that lasts,

        throttled share = sum over p of s_p max(0, 1 - c / (R s_p))

    Capacity not used is kept for bursts, up to BURST_S seconds of it in each partition; a new store, and one with
    another number of partitions, has none yet. The store decides for the tick to come, by a forecast of its arrivals
    (mean with a time constant of FORECAST_TIME_S); what passes beyond a partition's means is taken from its next
    ticks, so over time no partition serves more than its capacity. (The cap on the whole store keeps that debt small.)

    Writes `live.throttled`.
    Source: M. Elhemali et al., Amazon DynamoDB: A Scalable, Predictably Performant, and Fully Managed NoSQL Database
    Service, USENIX ATC 2022, sec. 4 (partitions, bursting, hot partitions).
    """

    def __init__(self, node: Node) -> None:
        self.popularity = node.kind.popularity or PopularitySpec()
        self.throttled = 0.0
        self._offered = 0.0
        self.unused: FloatArray
        self._refused: FloatArray
        self._split(node.size.partitions)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Book what the partitions served, and set the share to refuse."""
        if node.size.partitions != len(self.shares):
            self._split(node.size.partitions)
        self._offered += (reading.offered - self._offered) * min(1.0, around.tick_s / FORECAST_TIME_S)
        capacity = node.size.rate_cap_rps / node.size.partitions
        if capacity > 0.0:
            self._book(reading, capacity, around.tick_s)
            self._decide(capacity * around.tick_s)
        else:
            self._refused = np.zeros_like(self.shares)
        self.throttled = node.live.throttled = on_grid(float((self.shares * self._refused).sum()))
        return []

    def act(self, action: str, node: Node) -> None:
        """A store has no such actions."""

    def befall(self, what: str, node: Node) -> None:
        """Nothing: keys and their partitions are on disk."""

    def figures(self) -> Mapping[str, float]:
        """hot_share: of the requests, at the hottest partition. throttled_share: of the arrivals, refused."""
        return {"hot_share": float(self.shares.max()), "throttled_share": self.throttled}

    def state(self) -> tuple[object, ...]:
        """Forecast of a tick, and of each partition: unused capacity and the share it refuses."""
        return (self._offered, *self.unused.tolist(), *self._refused.tolist())

    def _split(self, partitions: int) -> None:
        """Spread the keys over so many partitions. unused: requests each may serve beyond its capacity, negative when
        it has served too many.
        """
        self.shares = partition_shares(self.popularity, partitions)
        self.unused = np.zeros_like(self.shares)
        self._refused = np.zeros_like(self.shares)

    def _book(self, reading: Reading, capacity: float, tick_s: float) -> None:
        """Charge the partitions for what was let in, each in proportion to what it did not refuse."""
        passed = self.shares * (1.0 - self._refused)
        total = float(passed.sum())
        served = passed * (reading.entered / total) if total > 0.0 else self.shares * reading.entered
        self.unused = np.minimum(self.unused + capacity * tick_s - served, BURST_S * capacity)

    def _decide(self, able: float) -> None:
        """The share each partition refuses in the next tick. able: requests it can serve in a tick."""
        demand = self.shares * self._offered
        means = np.maximum(self.unused + able, 0.0)
        self._refused = np.maximum(demand - means, 0.0) / np.maximum(demand, LEAST_DEMAND)
