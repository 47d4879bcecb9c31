"""Whole runs without a screen: a bot plays a stage, and the figures of the run come back as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from engine.simulation import Simulation
from engine.spec import StageSpec
from stages.balance.conduct import conduct
from stages.bots import BOTS
from stages.tables import plain


def play(stage: StageSpec, seed: int, bot_name: str) -> Simulation:
    """A finished run. `bot_name` is a key of BOTS."""
    return conduct(Simulation(stage, seed), BOTS[bot_name](stage))


def reports(stage: StageSpec, bot_name: str, first_seed: int, seeds: int) -> Iterator[dict[str, Any]]:
    """The report of one run for each of `seeds` seeds from `first_seed` on."""
    for seed in range(first_seed, first_seed + seeds):
        yield report(play(stage, seed, bot_name))


def report(simulation: Simulation) -> dict[str, Any]:
    """The figures of a finished run, ready for JSON: shares are 0..1, what is undefined is None."""
    view = simulation.view
    result, totals = view.result, view.totals
    if result is None:
        raise ValueError("the run is not over")
    failed = sum(totals.failed.values())
    return {
        "seed": simulation.seed,
        "outcome": result.outcome,
        "grade": result.grade,
        "score": result.score,
        "max_rps": result.max_rps,
        "dau": result.users,
        "uptime": result.uptime,
        "latency_ms": {
            "mean": plain(result.latency_ms),
            "p50": plain(result.p50_ms),
            "p95": plain(result.p95_ms),
            "p99": plain(result.p99_ms),
        },
        "error_rate": result.error_rate,
        "failures": {str(int(reason)): count for reason, count in totals.failed.items()},
        "born": totals.born,
        "done": totals.done,
        "failed": failed,
        "in_system": totals.in_system,
        "time_s": view.time_s,
        "budget": view.budget,
        "state_hash": simulation.state_hash(),
        "nodes": _nodes(simulation),
    }


def _nodes(simulation: Simulation) -> list[dict[str, Any]]:
    """Time averages of each node since the doors opened; a node of the start is called by its key."""
    view = simulation.view
    keys = dict(enumerate(node.key for node in simulation.stage.nodes))
    nodes = []
    for node_id, statistics in view.node_statistics().items():
        node = view.node(node_id)
        name = keys.get(node_id, f"{node.kind}_{node_id}")
        figures = {key: plain(value) for key, value in asdict(statistics).items()}
        nodes.append({"id": node_id, "name": name, "kind": node.kind, "size": node.size, **figures})
    return nodes
