"""A bot plays a run to its end, without a screen and as fast as the engine goes."""

from __future__ import annotations

from engine.commands import Accepted, StartOperation
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
    for _ in range(SETUP_ACTS):
        if simulation.view.phase is not Phase.SETUP or not _act(simulation, bot):
            break
    if simulation.view.phase is Phase.SETUP:
        simulation.apply(StartOperation())
    steps_per_second = max(1, round(1.0 / simulation.dt_s))
    while simulation.phase is Phase.OPERATION:
        if simulation.step_count % steps_per_second == 0:
            _act(simulation, bot)
        simulation.step()
    return simulation


def _act(simulation: Simulation, bot: Bot) -> bool:
    """Let the bot act once; False when it waits or was refused."""
    command = bot.act(simulation.view, simulation.check)
    return command is not None and isinstance(simulation.apply(command), Accepted)
