"""Bots play runs to their end, without a screen and as fast as the engine goes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from engine.commands import Accepted, StartOperation
from engine.replicas import Replicas
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.view import Phase
from stages.bots import Bot

SETUP_ACTS = 1000
# Metrics of objectives that only traced requests can tell.
TRACED_METRICS = ("p95_ms",)


def new_run(stage: StageSpec, seed: int) -> Simulation:
    """A run that follows single requests only where an objective is measured by them: all else is the same without."""
    return Simulation(stage, seed, traced=any(goal.metric in TRACED_METRICS for goal in stage.objectives))


def conduct(simulation: Simulation, bot: Bot) -> Simulation:
    """Let the bot play until the run is over.

    In set-up it acts until it has nothing more to do; if the doors are still closed then, they are opened for it. In
    operation it may act once a simulated second.
    """
    _open(simulation, bot)
    while simulation.phase is Phase.OPERATION:
        _act_in_time(simulation, bot)
        simulation.step()
    return simulation


def conduct_together(runs: Sequence[tuple[Simulation, Bot]]) -> None:
    """The same for many runs in lockstep, which takes a fraction of the time and changes nothing in any of them."""
    for simulation, bot in runs:
        _open(simulation, bot)
    bots = {id(simulation): bot for simulation, bot in runs}
    for _, alike in groupby(sorted(runs, key=_step_s), key=_step_s):
        replicas = Replicas([simulation for simulation, _ in alike])
        while replicas.simulations:
            for simulation in replicas.simulations:
                _act_in_time(simulation, bots[id(simulation)])
                simulation.drain_facts()
            replicas.tick()


def _step_s(run: tuple[Simulation, Bot]) -> float:
    return run[0].dt_s


def _open(simulation: Simulation, bot: Bot) -> None:
    for _ in range(SETUP_ACTS):
        if simulation.view.phase is not Phase.SETUP or not _act(simulation, bot):
            break
    if simulation.view.phase is Phase.SETUP:
        simulation.apply(StartOperation())


def _act_in_time(simulation: Simulation, bot: Bot) -> None:
    if simulation.step_count % max(1, round(1.0 / simulation.dt_s)) == 0:
        _act(simulation, bot)


def _act(simulation: Simulation, bot: Bot) -> bool:
    """Let the bot act once; False when it waits or was refused."""
    command = bot.act(simulation.view, simulation.check)
    return command is not None and isinstance(simulation.apply(command), Accepted)
