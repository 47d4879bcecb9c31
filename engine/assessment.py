"""What a run was worth, once it is over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine import scoring
from engine.spec import Role
from engine.view import Objective, RunResult

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
    objectives = standing(simulation)
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
        objectives=objectives,
        stars=1 + sum(objective.met for objective in objectives) if won else 0,
        seconds=simulation.time_s,
        earned=simulation.economy.earned,
        spent=simulation.economy.spent,
    )


def standing(simulation: Simulation) -> tuple[Objective, ...]:
    """Where the bonus objectives stand now."""
    found = []
    for objective in simulation.stage.objectives:
        value = _measure(simulation, objective.metric)
        found.append(Objective(objective.id, value, objective.least <= value <= objective.most))
    return tuple(found)


def _measure(simulation: Simulation, metric: str) -> float:
    """The value of an objective's metric so far; see `ObjectiveSpec`. nan while there is nothing to measure."""
    kernel, metrics = simulation.kernel, simulation.metrics
    if metric.startswith("failed:"):
        kind = simulation.phases.index[metric.removeprefix("failed:")]
        failed, done = int(kernel.failed_kind[kind]), int(kernel.done_kind[kind])
        return failed / (failed + done) if failed + done else math.nan
    match metric:
        case "error_share":
            failed, done = int(kernel.failed_kind.sum()), int(kernel.done_kind.sum())
            return failed / max(failed + done, 1)
        case "latency_ms":
            return metrics.mean_latency_ms()
        case "p95_ms":
            return simulation.tracers.all_time.percentiles(0.95)[0]
        case "uptime":
            return metrics.uptime
        case "max_rps":
            return metrics.max_rps
        case "users":
            return simulation.traffic.users
        case "budget":
            return simulation.budget
        case "spent":
            return simulation.economy.spent
        case "lost_writes":
            return float(simulation.models.lost_writes + kernel.lost_messages)
        case "stale_share":
            return simulation.models.stale / max(simulation.models.replica_reads, 1)
        case "nodes":
            return float(len(simulation.board.nodes) - 1)
    raise KeyError(metric)
