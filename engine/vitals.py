"""Which nodes are overloaded, and which databases are past the peak of their scalability curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from engine.board import Board
from engine.kernel import Kernel
from engine.metrics import Metrics
from engine.models import Models
from engine.spec import Role, UslSpec

OVERLOADED_AFTER_S = 2
RELIEVED_AFTER_S = 3
LOCKED_BEYOND_PEAK = 1.5


@dataclass(frozen=True, slots=True)
class Changes:
    """Numbers of the nodes whose condition changed in the last second."""

    overloaded: tuple[int, ...]
    relieved: tuple[int, ...]
    locked: tuple[int, ...]
    unlocked: tuple[int, ...]


@dataclass(slots=True)
class Vitals:
    """The condition of the nodes, judged once a second with some patience so that it does not flicker."""

    pressed_s: dict[int, int] = field(default_factory=dict)
    calm_s: dict[int, int] = field(default_factory=dict)
    overloaded: set[int] = field(default_factory=set)
    locked: set[int] = field(default_factory=set)

    def second(self, kernel: Kernel, board: Board) -> Changes:
        """Judge every node at the end of a second of operation."""
        overloaded, relieved = [], []
        stations = zip(kernel.topology.node_ids, kernel.waiting.tolist(), kernel.capacity.slots.tolist(), strict=True)
        for node, waiting, slots in stations:
            pressed = waiting * 2 >= max(slots, 1)
            self.pressed_s[node] = self.pressed_s.get(node, 0) + 1 if pressed else 0
            self.calm_s[node] = 0 if waiting else self.calm_s.get(node, 0) + 1
            if node not in self.overloaded and self.pressed_s[node] >= OVERLOADED_AFTER_S:
                overloaded.append(node)
            if node in self.overloaded and self.calm_s[node] >= RELIEVED_AFTER_S:
                relieved.append(node)
        now_locked = {node.id for node in board.nodes.values() if _past_peak(kernel, node.id, node.kind.usl)}
        locked, unlocked = now_locked - self.locked, self.locked - now_locked
        self.overloaded = (self.overloaded | set(overloaded)) - set(relieved)
        self.overloaded &= set(kernel.topology.node_ids)
        self.locked = now_locked
        return Changes(tuple(overloaded), tuple(relieved), tuple(sorted(locked)), tuple(sorted(unlocked)))


def watched(kernel: Kernel, metrics: Metrics, board: Board, models: Models) -> dict[str, dict[int, float]]:
    """What the monitoring looks at, by metric (see `AlertSpec`) and node; node -1 is the whole service."""
    values: dict[str, dict[int, float]] = {
        "error_share": {-1: metrics.error_rate},
        "latency_ms": {-1: metrics.latency_ms},
        "utilisation": {},
        "queue_share": {},
        "memory_share": {},
        "lag_s": {},
        "oldest_s": {},
    }
    gauges = metrics.nodes
    if gauges.node_ids != kernel.topology.node_ids:
        gauges = gauges.moved_to(kernel.topology.node_ids)
    use, slots, waiting = gauges.utilisation.tolist(), kernel.capacity.slots.tolist(), kernel.waiting.tolist()
    for node in board.nodes.values():
        i = kernel.topology.node_index[node.id]
        if slots[i] and node.kind.role is not Role.SOURCE:
            values["utilisation"][node.id] = use[i]
        queue = 0 if node.kind.role.passes_through else node.queue()
        if queue:
            values["queue_share"][node.id] = waiting[i] / queue
        for name, value in models.figures(node.id).items():
            if name in values:
                values[name][node.id] = value
    return values


def usl_peak(alpha: float, beta: float) -> float:
    """The concurrency at which throughput is highest: sqrt((1 - alpha) / beta); infinite without coherency cost."""
    return math.sqrt(max(1.0 - alpha, 0.0) / beta) if beta > 0 else math.inf


def write_share(kernel: Kernel, index: int) -> float:
    """Share of writes among the requests in service at a node (by its index in the topology)."""
    topology = kernel.topology
    mine = topology.write_cells[topology.write_node == index]
    return float(kernel.counts[mine].sum()) / max(int(kernel.serving[index]), 1)


def _past_peak(kernel: Kernel, node: int, usl: UslSpec | None) -> bool:
    if usl is None:
        return False
    index = kernel.topology.node_index[node]
    if not kernel.waiting[index]:
        return False
    writes = write_share(kernel, index)
    alpha = usl.contention_read + (usl.contention_write - usl.contention_read) * writes
    beta = usl.coherency_read + (usl.coherency_write - usl.coherency_read) * writes
    return bool(kernel.serving[index] > LOCKED_BEYOND_PEAK * usl_peak(alpha, beta))
