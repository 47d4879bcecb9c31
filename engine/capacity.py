"""What the nodes of a board can do at the moment, as the arrays the kernel reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import CountArray, FloatArray
from engine.board import Board, Node
from engine.spec import Role, UslSpec

NO_CONTENTION = UslSpec()
LONGEST_PATIENCE_S = 120.0
BURST_S = 0.1


@dataclass(slots=True)
class Capacity:
    """What each node can do now; arrays by node. Changed by the player and by events, read by the kernel.

    queue: most requests waiting; -1 on a balancer that is down (nothing passes). speed: pace against nominal.
    alpha, beta: the coefficients of the Universal Scalability Law for reads and their change towards writes.
    full: slots, at least 1. allowance, burst: requests a balancer earns in a step (infinite when unlimited),
    and may keep. patience: in
    steps.
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
    patience: CountArray
    contended: bool
    capped: bool


def wire_speed(node: Node, wires: int) -> float:
    """Pace left after the overhead of the wires beyond the free ones: 1 / (1 + overhead x excess)."""
    return 1.0 / (1.0 + node.kind.wire_overhead * max(0, wires - node.kind.free_wires))


def _patience(node: Node, dt_s: float) -> int:
    """Patience in steps; 0 is endless."""
    patience_s = node.kind.patience_s
    return 0 if patience_s > LONGEST_PATIENCE_S else max(1, round(patience_s / dt_s))


def measure(board: Board, dt_s: float) -> Capacity:
    """The capacity of every node, in the order of the board."""
    nodes = list(board.nodes.values())
    usl = [node.kind.usl or NO_CONTENTION for node in nodes]
    speed = np.array([wire_speed(node, board.wire_count(node.id)) for node in nodes])
    balancer = np.array([node.kind.role is Role.BALANCER for node in nodes], dtype=bool)
    rate = np.array([node.size.rate_cap_rps for node in nodes], dtype=np.float64)
    down = np.array([not node.is_up for node in nodes], dtype=bool)
    allowance = np.where(balancer & (rate > 0), rate * speed * dt_s, np.inf)
    alpha = np.array([u.contention_read for u in usl])
    beta = np.array([u.coherency_read for u in usl])
    alpha_writes = np.array([u.contention_write for u in usl]) - alpha
    beta_writes = np.array([u.coherency_write for u in usl]) - beta
    slots = np.array([node.slots() for node in nodes], dtype=np.int64)
    return Capacity(
        slots=slots,
        full=np.maximum(slots, 1),
        queue=np.where(down, np.where(balancer, -1, 0), [node.size.queue for node in nodes]).astype(np.int64),
        speed=speed,
        alpha=alpha,
        alpha_writes=alpha_writes,
        beta=beta,
        beta_writes=beta_writes,
        allowance=allowance,
        burst=np.maximum(1.0, rate * speed * BURST_S),
        patience=np.array([_patience(node, dt_s) for node in nodes], dtype=np.int64),
        contended=bool(np.any(alpha) or np.any(beta) or np.any(alpha_writes) or np.any(beta_writes)),
        capped=bool(np.isfinite(allowance).any() or (balancer & down).any()),
    )
