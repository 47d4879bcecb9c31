"""Runs that are stepped together are, bit for bit, the runs they are alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from engine.commands import Command, Connect, Disconnect, StartOperation
from engine.replicas import Replicas
from engine.simulation import Simulation
from engine.spec import GoalSpec, StageSpec
from engine.view import Phase
from tests.engine.builders import mmc, opened, random_command, random_stage, three_tier
from tests.engine.worlds import random_act, random_world

TICKS = 40
Act = Callable[[random.Random, Simulation], Command]


def begun(stage: StageSpec, seed: int, traced: bool = False) -> Simulation:
    simulation = Simulation(stage, seed, traced)
    simulation.apply(StartOperation())
    return simulation


def acted(simulation: Simulation, dice: random.Random, act: Act) -> None:
    if dice.random() < 0.2:
        simulation.apply(act(dice, simulation))


def alone(stage: StageSpec, seed: int, act: Act, ticks: int = TICKS) -> list[str]:
    simulation, dice, hashes = begun(stage, seed), random.Random(seed), []
    for _ in range(ticks):
        acted(simulation, dice, act)
        for _ in range(simulation.steps_per_tick):
            simulation.step()
        hashes.append(simulation.state_hash())
    return hashes


def together(runs: Sequence[tuple[StageSpec, int]], act: Act, ticks: int = TICKS) -> list[list[str]]:
    """The hashes of each run by tick."""
    simulations = [begun(stage, seed) for stage, seed in runs]
    dice = [random.Random(seed) for _, seed in runs]
    replicas = Replicas(simulations)
    hashes: list[list[str]] = [[] for _ in runs]
    for _ in range(ticks):
        for simulation, own in zip(simulations, dice, strict=True):
            acted(simulation, own, act)
        replicas.tick()
        for simulation, found in zip(simulations, hashes, strict=True):
            found.append(simulation.state_hash())
    return hashes


def test_boards_of_all_sizes_under_acts_of_all_sorts() -> None:
    runs = [(replace(random_stage(seed), step_ms=5.0), seed) for seed in range(1, 7)]
    runs += [(three_tier(70.0, policy), seed) for seed, policy in enumerate(("round_robin", "least_connections"), 7)]
    runs += [(mmc(8, 100.0, 90.0, 20, step_ms=5.0), 9), (mmc(2, 30.0, 80.0, 3, step_ms=5.0), 10)]
    assert together(runs, random_command) == [alone(stage, seed, random_command) for stage, seed in runs]


def test_boards_of_every_kind() -> None:
    """Brokers with their workers, work for nobody, shedding by importance, every way of balancing, retries."""
    runs = [(random_world(seed, 4.0), seed) for seed in range(1, 9)]
    assert together(runs, random_act, 30) == [alone(stage, seed, random_act, 30) for stage, seed in runs]


def test_boards_that_serve_nothing_stand_beside_others() -> None:
    """Nothing is drawn for a board without wires, nor for one whose wires are cut for a while."""
    bare = replace(mmc(2, 30.0, 80.0, 3, step_ms=5.0), wires=())
    runs = [(bare, 1), (replace(random_stage(2), step_ms=5.0), 2), (bare, 3), (mmc(2, 30.0, 80.0, 3, step_ms=5.0), 4)]
    assert together(runs, _cut_or_mend) == [alone(stage, seed, _cut_or_mend) for stage, seed in runs]


def _cut_or_mend(dice: random.Random, simulation: Simulation) -> Command:
    if simulation.board.wires:
        return Disconnect(*simulation.board.wires[0])
    return Connect(simulation.board.source.id, dice.choice(list(simulation.board.nodes)[1:]))


@pytest.mark.slow
def test_many_boards_of_every_kind() -> None:
    runs = [(random_world(seed, 6.0), seed) for seed in range(100, 140)]
    assert together(runs, random_act, 60) == [alone(stage, seed, random_act, 60) for stage, seed in runs]


def test_runs_end_one_by_one() -> None:
    goal = GoalSpec(error_threshold=0.05, gauge_fill_s=1.0)
    stages = [replace(mmc(1, 100.0, rate, 3), goal=goal, duration_s=6.0) for rate in (5.0, 40.0, 80.0)]
    simulations = [begun(stage, 3) for stage in stages]
    replicas = Replicas(simulations)
    left = []
    while replicas.simulations:
        replicas.tick()
        left.append(len(replicas.simulations))
    assert left == sorted(left, reverse=True)
    assert len(set(left)) > 1
    for stage, simulation in zip(stages, simulations, strict=True):
        single = begun(stage, 3)
        while single.phase is Phase.OPERATION:
            single.step()
        assert (single.result, single.state_hash()) == (simulation.result, simulation.state_hash())
        assert single.view.totals == simulation.view.totals


def test_who_follows_single_requests_is_stepped_alone() -> None:
    stage = three_tier(60.0)
    followed, others = begun(stage, 1, traced=True), [begun(stage, seed) for seed in (2, 3)]
    replicas = Replicas([followed, *others])
    for _ in range(TICKS):
        replicas.tick()
    single = opened(stage, 1)
    for _ in range(TICKS * single.steps_per_tick):
        single.step()
    assert single.state_hash() == followed.state_hash()
    assert single.tracers.all_time.percentiles(0.5) == followed.tracers.all_time.percentiles(0.5)


def test_runs_at_different_steps_cannot_be_advanced_together() -> None:
    ahead = begun(three_tier(60.0), 1)
    ahead.step()
    with pytest.raises(ValueError, match="same step"):
        Replicas([ahead, begun(three_tier(60.0), 2)])
