"""Runs of a stage that step together, which takes a fraction of the time. Not in the browser, which has no replicas."""

from __future__ import annotations

from collections.abc import Iterable

from engine.replicas import Replicas
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.timestep import TICK_S
from tests.engine.builders import opened


def runs_of(spec: StageSpec, seconds: float, seeds: Iterable[int]) -> list[Simulation]:
    """A run per seed after some simulated seconds, single requests not followed; all step together."""
    simulations = [opened(spec, seed, traced=False) for seed in seeds]
    replicas = Replicas(simulations)
    for _ in range(round(seconds / TICK_S)):
        replicas.tick()
    return simulations
