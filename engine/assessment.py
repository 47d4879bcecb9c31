"""What a run was worth, once it is over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine import scoring
from engine.spec import Role
from engine.view import RunResult

if TYPE_CHECKING:
    from engine.simulation import Simulation


def assess(simulation: Simulation, outcome: str) -> RunResult:
    """The result of a run that ended with `outcome`: 'won', 'service_down' or 'bankrupt'."""
    won = outcome == "won"
    metrics, stage, kernel = simulation.metrics, simulation.stage, simulation.kernel
    goal, users = stage.goal, simulation.traffic.users
    metrics.close_all(simulation.kinds)
    latency_ms = metrics.mean_latency_ms()
    shown = goal.latency_bad_ms if math.isnan(latency_ms) else latency_ms
    parts = scoring.parts(goal, metrics.max_rps, shown, metrics.uptime)
    incidents = tuple(metrics.incidents)
    balancers = sum(node.kind.role is Role.BALANCER for node in simulation.board.nodes.values())
    kinds = {kind.id: kind for kind in stage.node_kinds}
    key, kind = scoring.advice(outcome, parts, incidents, kinds, balancers)
    p50, p95, p99 = simulation.tracers.all_time.percentiles(0.5, 0.95, 0.99)
    honest = ~kernel.topology.attack_kinds
    done, failed = int(kernel.done_kind[honest].sum()), int(kernel.failed_kind[honest].sum())
    return RunResult(
        outcome=outcome,
        grade=scoring.grade(won, parts),
        score=scoring.score(metrics.max_rps, users),
        max_rps=metrics.max_rps,
        users=round(users),
        latency_ms=latency_ms,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        uptime=metrics.uptime,
        error_rate=failed / max(done + failed, 1),
        part_throughput=parts.throughput,
        part_latency=parts.latency,
        part_uptime=parts.uptime,
        incidents=incidents,
        advice=key,
        advice_kind=kind,
    )
