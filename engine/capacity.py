"""What the nodes of a board can do at the moment, as the arrays the kernel reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray
from engine.board import ENDLESS, Board, Node
from engine.grid import on_grid
from engine.ledger import REASON_ROW
from engine.live import shares
from engine.routing import works_on
from engine.spec import FailureReason, Role, UslSpec

NO_CONTENTION = UslSpec()
LONGEST_PATIENCE_S = 120.0
BURST_S = 0.1
LIMIT_BURST_S = 1.0
NEXT_TO_NOTHING = 1e-9
# What `Capacity.refresh_shares` renews, and what `Capacity.refresh` renews besides.
SHARES = ("fault", "hit", "throttled", "shut")
MEASURED = ("slots", "full", "queue", "speed", "allowance", "burst")


@dataclass(slots=True)
class Capacity:
    """What each node can do now; arrays by node. Changed by the player, by events and by the nodes' models.

    queue: most requests waiting; -1 where requests pass through a node that is down (nothing passes). full: slots, at
    least 1. speed: pace against nominal. alpha, beta: the coefficients of the Universal Scalability Law for reads and
    their change towards writes. allowance, burst: requests that may pass in a step (infinite when unlimited), and how
    many of them may be saved up. room: messages a broker can hold. patience: in steps. work_on: requests given up by
    their caller stay. refusal: row of the reason for which a request is refused. by_importance: the least important
    are refused first. dt_s: seconds a step. Shares of requests: fault (turn into 500), hit (answered by a cache),
    throttled (429), shut (503), blocked (403; honest requests in row 0, attacks in row 1).
    """

    slots: CountArray
    full: CountArray
    queue: CountArray
    speed: FloatArray
    alpha: FloatArray
    alpha_writes: FloatArray
    beta: FloatArray
    beta_writes: FloatArray
    allowance: FloatArray
    burst: FloatArray
    room: CountArray
    patience: CountArray
    work_on: BoolArray
    refusal: IndexArray
    by_importance: BoolArray
    fault: FloatArray
    hit: FloatArray
    throttled: FloatArray
    shut: FloatArray
    blocked: FloatArray
    contended: bool
    faulty: bool
    dt_s: float

    def refresh(self, board: Board) -> None:
        """Take over what the nodes' models changed."""
        nodes = list(board.nodes.values())
        self.slots = np.array([node.slots() for node in nodes], dtype=np.int64)
        self.full = np.maximum(self.slots, 1)
        self.queue = np.array([_queue(node) for node in nodes], dtype=np.int64)
        wires = board.wire_counts()
        self.speed = np.array([_pace(node, wires[node.id]) for node in nodes])
        rate = np.array([_rate(node) for node in nodes], dtype=np.float64)
        limited = np.array([_rate_limit(node) > 0 for node in nodes], dtype=bool)
        passing = np.array([node.kind.role.passes_through for node in nodes], dtype=bool)
        self.allowance = np.where(passing & (rate > 0), rate * self.speed * self.dt_s, np.inf)
        self.burst = np.maximum(1.0, rate * self.speed * np.where(limited, LIMIT_BURST_S, BURST_S))
        self._stop(nodes)
        self.fault, self.hit, self.throttled, self.shut = np.zeros((4, len(nodes)))
        self.refresh_shares({i: shares(node.live) for i, node in enumerate(nodes)})

    def _stop(self, nodes: list[Node]) -> None:
        """Let nothing through nodes without slots whose host stands still; in a pause they hold whatever arrives."""
        stopped = [i for i, node in enumerate(nodes) if node.live.host_pace <= 0.0 and node.kind.role.passes_through]
        if stopped:
            self.allowance[stopped], self.burst[stopped] = NEXT_TO_NOTHING, 0.0
            self.queue[[i for i in stopped if nodes[i].live.paused]] = ENDLESS

    def refresh_shares(self, changed: Mapping[int, Sequence[float]]) -> None:
        """Take over the shares of requests of some nodes, by column, and nothing else (see `engine.live.shares`)."""
        for i, given in changed.items():
            self.fault[i], self.hit[i], self.throttled[i], self.shut[i] = map(on_grid, given)
        self.faulty = bool(np.count_nonzero(self.fault))


def wire_speed(node: Node, wires: int) -> float:
    """Pace left after the overhead of the wires beyond the free ones: 1 / (1 + overhead x excess)."""
    return 1.0 / (1.0 + node.kind.wire_overhead * max(0, wires - node.kind.free_wires))


def _patience(node: Node, dt_s: float) -> int:
    """Patience in steps; 0 is endless."""
    patience_s = node.kind.patience_s
    return 0 if patience_s > LONGEST_PATIENCE_S else max(1, round(patience_s / dt_s))


def _queue(node: Node) -> int:
    role = node.kind.role
    if role.passes_through and not node.is_up:
        return -1
    if role is Role.QUEUE:
        return ENDLESS if node.policies.get("overflow") == "block" else 0
    return 0 if _rate_limit(node) else node.queue()


def _rate_limit(node: Node) -> float:
    """Requests a second a gateway lets through by the player's policy; 0: no limit."""
    return float(node.number("rate_limit_rps", 0)) if node.kind.gateway is not None else 0.0


def _rate(node: Node) -> float:
    """Requests a second that may pass; 0: no limit."""
    limits = [rate for rate in (node.size.rate_cap_rps * node.live.instances, _rate_limit(node)) if rate > 0]
    return min(limits, default=0.0)


def _pace(node: Node, wires: int) -> float:
    live = node.live
    return wire_speed(node, wires) * live.pace * live.event_pace * (1.0 - live.drag) * live.host_pace


def _blocked(node: Node) -> tuple[float, float]:
    """Shares of honest requests and of attacks that a filter blocks."""
    if node.kind.filter is None:
        return 0.0, 0.0
    levels = {level.id: level for level in node.kind.filter.levels}
    level = levels.get(str(node.policies.get("sensitivity", "")), node.kind.filter.levels[0])
    return on_grid(level.false_positives), on_grid(level.blocks)


def _refusal(node: Node) -> FailureReason:
    limited = node.kind.serverless is not None or _rate_limit(node) > 0 or node.kind.role is Role.STORE
    return FailureReason.RATE_LIMITED if limited else FailureReason.REFUSED


def measure(board: Board, dt_s: float) -> Capacity:
    """The capacity of every node, in the order of the board."""
    nodes = list(board.nodes.values())
    usl = [node.kind.usl or NO_CONTENTION for node in nodes]
    alpha = np.array([u.contention_read for u in usl])
    beta = np.array([u.coherency_read for u in usl])
    alpha_writes = np.array([u.contention_write for u in usl]) - alpha
    beta_writes = np.array([u.coherency_write for u in usl]) - beta
    none, nothing = np.zeros(len(nodes)), np.zeros(len(nodes), dtype=np.int64)
    capacity = Capacity(
        slots=nothing,
        full=nothing,
        queue=nothing,
        speed=none,
        alpha=alpha,
        alpha_writes=alpha_writes,
        beta=beta,
        beta_writes=beta_writes,
        allowance=none,
        burst=none,
        room=np.array([node.size.queue if node.kind.role is Role.QUEUE else ENDLESS for node in nodes], dtype=np.int64),
        patience=np.array([_patience(node, dt_s) for node in nodes], dtype=np.int64),
        work_on=np.array([works_on(node) for node in nodes], dtype=bool),
        refusal=np.array([REASON_ROW[_refusal(node)] for node in nodes], dtype=np.intp),
        by_importance=np.array([node.policies.get("shedding") == "by_importance" for node in nodes], dtype=bool),
        fault=none,
        hit=none,
        throttled=none,
        shut=none,
        blocked=np.array([_blocked(node) for node in nodes], dtype=np.float64).reshape(-1, 2).T,
        contended=bool(np.any(alpha) or np.any(beta) or np.any(alpha_writes) or np.any(beta_writes)),
        faulty=False,
        dt_s=dt_s,
    )
    capacity.refresh(board)
    return capacity
