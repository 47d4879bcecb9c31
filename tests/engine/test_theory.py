"""The engine against queueing theory, through its public interface.

Tolerances: what the step's bias allows (`engine.timestep`) and the statistical error of the run, which the number of
simulated service times is chosen for. Quick versions run always; the long ones hold the tight tolerances.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
import pytest

from engine.commands import SetPolicy
from engine.spec import RequestKind, Role, StageSpec, SubItem, UslSpec
from engine.view import NodeStatistics
from tests.engine.builders import mmc, opened, recipe, run_for, server, source, stage
from tests.engine.lockstep import runs_of
from tests.reference import theory

MEAN_MS = 100.0
SERVICE = 1000.0 / MEAN_MS
LOSS_S = 120.0


def measured(spec: StageSpec, seconds: float, seeds: Sequence[int], node: int = 1) -> list[NodeStatistics]:
    """The statistics of a node in one run per seed."""
    return [simulation.view.node_statistics()[node] for simulation in runs_of(spec, seconds, seeds)]


def mean(statistics: Sequence[NodeStatistics], name: str) -> float:
    """The mean of a figure over runs."""
    return fmean(getattr(one, name) for one in statistics)


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("servers", "load"), [pytest.param(1, 0.5, marks=SLOW), pytest.param(2, 0.7, marks=SLOW), (8, 0.8)]
)
def test_mmc_quickly(servers: int, load: float) -> None:
    arrival = servers * SERVICE * load
    expected = theory.mmc(arrival, SERVICE, servers)
    runs = measured(mmc(servers, MEAN_MS, arrival), 120.0, range(3))
    assert mean(runs, "mean_in_system") == pytest.approx(expected.in_system, rel=0.10)
    assert mean(runs, "all_busy") == pytest.approx(expected.all_busy, abs=0.04)
    assert mean(runs, "utilisation") == pytest.approx(load, abs=0.03)
    assert mean(runs, "throughput_rps") == pytest.approx(arrival, rel=0.04)


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load", "seconds"), [(1, 0.8, 3000.0), (8, 0.9, 2000.0)])
def test_mmc_within_two_percent(servers: int, load: float, seconds: float) -> None:
    """Compared at the utilisation that was measured: it scatters together with what is compared, and is unbiased."""
    spec = mmc(servers, MEAN_MS, servers * SERVICE * load, step_ms=0.0)
    runs = measured(spec, seconds, range(4))
    expected = [theory.mmc(one.utilisation * servers * SERVICE, SERVICE, servers) for one in runs]
    ratios = [one.mean_in_system / e.in_system for one, e in zip(runs, expected, strict=True)]
    differences = [one.all_busy - e.all_busy for one, e in zip(runs, expected, strict=True)]
    assert mean(runs, "utilisation") == pytest.approx(load, abs=0.006 if servers == 1 else 0.004)
    assert fmean(ratios) == pytest.approx(1.0, abs=0.02 + float(np.std(ratios, ddof=1)) / len(ratios) ** 0.5)
    assert fmean(differences) == pytest.approx(0.0, abs=0.011)


@pytest.mark.parametrize(
    ("servers", "room", "load"),
    [(1, 5, 0.8), pytest.param(4, 8, 0.9, marks=SLOW), pytest.param(8, 8, 0.8, marks=SLOW), (8, 20, 1.1)],
)
def test_loss_of_a_bounded_queue(servers: int, room: int, load: float) -> None:
    """Compared at the arrival rate that was drawn, which removes most of the run's scatter."""
    differences = []
    for simulation in runs_of(mmc(servers, MEAN_MS, servers * SERVICE * load, room - servers), LOSS_S, range(3)):
        totals, node = simulation.view.totals, simulation.view.node_statistics()[1]
        expected = theory.mmck(totals.born / LOSS_S, SERVICE, servers, room)
        blocked = sum(totals.failed.values()) / totals.born
        differences.append(
            (
                blocked - expected.lost,
                node.mean_in_system / expected.in_system - 1.0,
                node.throughput_rps / expected.throughput - 1.0,
            )
        )
    blocked, in_system, throughput = (fmean(column) for column in zip(*differences, strict=True))
    assert blocked == pytest.approx(0.0, abs=0.01)
    assert in_system == pytest.approx(0.0, abs=0.04)
    assert throughput == pytest.approx(0.0, abs=0.02)


def tandem(rate: float) -> StageSpec:
    """A page is served in front, then read behind, and the slot in front is held meanwhile; with so many slots in front
    that nobody waits there, the node behind is an M/M/c of its own (Jackson, 1957)."""
    kinds = (
        source("front"),
        server("front", 4000, {SubItem.STATIC: MEAN_MS}, calls=("behind",)),
        server("behind", 4, {SubItem.READ: MEAN_MS}, role=Role.DATABASE),
    )
    nodes = (("in", "internet"), ("front", "front"), ("behind", "behind"))
    page = RequestKind(id="page", recipe=recipe("static", "read"))
    return stage(kinds, nodes, (("in", "front"), ("front", "behind")), rate, (page,), step_ms=10.0)


def test_tandem() -> None:
    arrival = 30.0
    behind = theory.mmc(arrival, SERVICE, 4)
    simulations = runs_of(tandem(arrival), 120.0, range(3))
    runs = [simulation.view.node_statistics()[2] for simulation in simulations]
    assert mean(runs, "mean_in_system") == pytest.approx(behind.in_system, rel=0.10)
    front = [simulation.view.node_statistics()[1] for simulation in simulations]
    assert mean(front, "mean_in_system") == pytest.approx(arrival / SERVICE + behind.in_system, rel=0.06)


def test_littles_law_and_tracers() -> None:
    """Mean time in the system by exact counts, by single requests, and by theory."""
    arrival = 14.0
    expected_ms = theory.mmc(arrival, SERVICE, 2).in_system / arrival * 1000.0
    ratios = []
    for seed in range(3):
        simulation = opened(mmc(2, MEAN_MS, arrival), seed)
        run_for(simulation, 120.0)
        view = simulation.view
        histogram = simulation.tracers.all_time
        centres = 0.1 * 1.02 ** (np.arange(histogram.sum.size) + 0.5)
        traced = float((histogram.sum * centres).sum() / histogram.sum.sum())
        ratios.append((traced / view.mean_latency_ms, view.mean_latency_ms / expected_ms))
    assert fmean(first for first, _ in ratios) == pytest.approx(1.0, abs=0.04)
    assert fmean(second for _, second in ratios) == pytest.approx(1.0, abs=0.08)


def test_percentiles_of_mm1_are_exponential() -> None:
    """First come, first served: the sojourn time of M/M/1 is exponential with mean 1 / (service - arrival)."""
    mean_ms = 1000.0 / (SERVICE - 5.0)
    found = []
    for seed in range(4):
        simulation = opened(mmc(1, MEAN_MS, 5.0, step_ms=20.0), seed)
        run_for(simulation, 200.0)
        found.append(simulation.view.percentiles_ms(0.5, 0.95, 0.99))
    p50, p95, p99 = (fmean(column) for column in zip(*found, strict=True))
    assert p50 == pytest.approx(mean_ms * np.log(2), rel=0.08)
    assert p95 == pytest.approx(mean_ms * np.log(20), rel=0.10)
    assert p99 == pytest.approx(mean_ms * np.log(100), rel=0.15)


ALPHA, BETA = 0.02, 0.004


@pytest.mark.parametrize("concurrency", [4, 8, 16, 32, 60])
def test_usl_throughput_and_its_peak(concurrency: int) -> None:
    """A flooded database works at X(N) for the concurrency its connection limit allows: more than the peak is less."""
    usl = UslSpec(contention_read=ALPHA, coherency_read=BETA)
    kinds = (source("db"), server("db", 64, {SubItem.READ: MEAN_MS}, 50, role=Role.DATABASE, usl=usl))
    query = RequestKind(id="query", recipe=recipe("read"))
    spec = stage(kinds, (("in", "internet"), ("db", "db")), (("in", "db"),), 400.0, (query,), step_ms=10.0)
    simulation = opened(spec, 1)
    simulation.apply(SetPolicy(1, "max_connections", concurrency))
    run_for(simulation, 60.0)
    expected = theory.usl_throughput(concurrency, MEAN_MS / 1000.0, ALPHA, BETA)
    assert simulation.view.node_statistics()[1].throughput_rps == pytest.approx(expected, rel=0.03)


def naive(servers: int, load: float, ratio: float, steps: int, seed: int) -> tuple[float, float]:
    """Mean in system and P(all busy) of the obvious update: finish, then admit into what is free, once a step."""
    generator = np.random.default_rng(seed)
    waiting = serving = 0
    in_system = full = 0
    arrivals = generator.poisson(servers * load * ratio, steps)
    for came in arrivals.tolist():
        waiting += came
        free = servers - serving
        serving -= int(generator.binomial(serving, 1.0 - np.exp(-ratio)))
        admitted = min(waiting, free)
        waiting -= admitted
        serving += admitted
        in_system += waiting + serving
        full += serving >= servers
    return in_system / steps, full / steps


def test_the_obvious_update_would_be_caught() -> None:
    """It would miss the tolerances above by far, so these tests can fail."""
    expected = theory.mmc(7.2, 1.0, 8)
    coarse = fmean(naive(8, 0.9, 0.25, 60_000, seed)[0] for seed in range(2))
    assert coarse > 2.0 * expected.in_system
    fine = fmean(naive(8, 0.9, 0.05, 200_000, seed)[0] for seed in range(4))
    assert fine > 1.08 * expected.in_system
