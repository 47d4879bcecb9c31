"""Whole runs without a screen: a bot plays a stage, and the figures of the run come back as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from engine.commands import Accepted
from engine.commands import StartOperation as Start
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.view import Phase
from stages.bots import BOTS, Bot

SETUP_ACTS = 1000


def play(stage: StageSpec, seed: int, bot_name: str) -> Simulation:
    """A finished run. `bot_name` is a key of BOTS.

    In set-up the bot acts until it has nothing more to do; if the doors are still closed then, they are opened for it,
    so that a stage runs even when nothing at all is commanded. In operation it is asked once a simulated second.
    """
    simulation = Simulation(stage, seed)
    bot = BOTS[bot_name](stage)
    for _ in range(SETUP_ACTS):
        if simulation.view.phase is not Phase.SETUP or not _act(simulation, bot):
            break
    if simulation.view.phase is Phase.SETUP:
        simulation.apply(Start())
    steps_per_second = max(1, round(1.0 / simulation.dt_s))
    while simulation.view.phase is Phase.OPERATION:
        if simulation.view.step % steps_per_second == 0:
            _act(simulation, bot)
        simulation.step()
    return simulation


def _act(simulation: Simulation, bot: Bot) -> bool:
    """Let the bot act once; False when it waits or was refused."""
    command = bot.act(simulation.view, simulation.check)
    return command is not None and isinstance(simulation.apply(command), Accepted)


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
            "mean": _number(result.latency_ms),
            "p50": _number(result.p50_ms),
            "p95": _number(result.p95_ms),
            "p99": _number(result.p99_ms),
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
        figures = {key: _number(value) for key, value in asdict(statistics).items()}
        nodes.append({"id": node_id, "name": name, "kind": node.kind, "size": node.size, **figures})
    return nodes


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
