"""Memory of a node's instances: what requests take, what a leak eats, and what happens as it runs out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.board import Node
from engine.facts import Fact
from engine.grid import on_grid
from engine.nodes.behaviour import Kill, Reading, Surroundings

TIGHT_SHARE = 0.85
PACE_WHEN_FULL = 0.4
LEAST_REQUEST_MB = 1e-6


class Memory:
    """Memory of one instance: base_mb + request_mb x requests present / instances + what leaked, in MB.

    Requests present are those in service, waiting, and those that hold a slot while another node works for them. Above
    TIGHT_SHARE of the size's memory, collecting garbage and paging slow the node: see `pace`. Above all of it the node
    is killed. A size without memory never runs out. Spec: `engine.spec.MemorySpec`.
    Writes `live.pace`, except on a cluster, which owns it.

    leak_mb_s: how fast memory leaks now, set by whoever knows of the events. What leaked stays until a restart.
    """

    def __init__(self, node: Node) -> None:
        if node.kind.memory is None:
            raise ValueError(f"node kind {node.kind.id!r} has no memory parameters")
        self.spec = node.kind.memory
        self.leak_mb_s = 0.0
        self.leaked_mb = 0.0
        self._used_mb = 0.0
        self._share = 0.0
        self._instances = 1
        self._limit_mb = 0.0

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Leak, measure, slow down, and ask to be killed when there is no memory left."""
        if node.is_up:
            self.leaked_mb += self.leak_mb_s * around.tick_s
            self._instances, self._limit_mb = max(node.live.instances, 1), node.size.memory_mb
            self.measure(reading.serving + reading.waiting + reading.calling)
        else:
            self._used_mb = self._share = 0.0
        if node.kind.cluster is None:
            node.live.pace = pace(self._share)
        if self._share > 1.0:
            around.act(Kill(node.id, "out_of_memory"))
        return []

    def measure(self, present: int) -> None:
        """What is in use with so many requests present, all else being as at the last tick."""
        self._used_mb = self.spec.base_mb + self.spec.request_mb * present / self._instances + self.leaked_mb
        self._share = self._used_mb / self._limit_mb if self._limit_mb > 0.0 else 0.0

    def calm_up_to(self, node: Node) -> float:
        """With no more requests present than this, a tick does nothing but `measure`, as long as nothing befalls the
        node, it is not changed, and no leak begins. Negative: never.
        """
        if not node.is_up or self.leak_mb_s or node.live.pace != 1.0 or node.kind.autoscale or node.kind.cluster:
            return -1.0
        if self._limit_mb <= 0.0:
            return math.inf
        free_mb = TIGHT_SHARE * self._limit_mb - self.spec.base_mb - self.leaked_mb
        # Less than it is, for the last digit of the share may differ.
        return 0.999 * free_mb * self._instances / max(self.spec.request_mb, LEAST_REQUEST_MB)

    def act(self, action: str, node: Node) -> None:
        """Nothing can be done to it by hand; a restart befalls it."""

    def befall(self, what: str, node: Node) -> None:
        """`restarted`, `down`: what had leaked is free again."""
        if what in ("restarted", "down"):
            self.leaked_mb = 0.0

    def figures(self) -> Mapping[str, float]:
        """memory_mb: in use by one instance. memory_share: of the size's memory. leaked_mb: of that, lost to a leak."""
        return {"memory_mb": self._used_mb, "memory_share": self._share, "leaked_mb": self.leaked_mb}

    def state(self) -> tuple[object, ...]:
        """See `engine.nodes.behaviour.Behaviour`."""
        return (self.leak_mb_s, self.leaked_mb, self._share)


def pace(share: float) -> float:
    """Factor on the speed at this share of the memory in use: 1 up to TIGHT_SHARE, from there on a straight line down
    to PACE_WHEN_FULL at 1. Whole multiples of 2^-24.

    A simplification: the cost of collecting garbage grows with live / (memory - live), slowly first and then without
    bound; the line keeps a node that is about to die alive long enough to be seen slowing down.
    """
    if share <= TIGHT_SHARE:
        return 1.0
    tightness = min((share - TIGHT_SHARE) / (1.0 - TIGHT_SHARE), 1.0)
    return on_grid(1.0 - (1.0 - PACE_WHEN_FULL) * tightness)
