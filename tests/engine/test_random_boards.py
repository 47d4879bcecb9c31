"""The engine against the exact event simulation on random boards: unequal servers, calls of calls, contention, bounded
queues and impatience, from calm to overload. What is compared most closely are single requests: the tracers.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest

from engine.spec import CurvePoint, Role, StageSpec
from tests.engine.builders import opened, random_stage, run_for
from tests.reference.event_simulation import EventSimulation

SHARES = (0.5, 0.9, 0.95, 0.99)
BIN = 1.02


def uncapped(seed: int, rate: float) -> StageSpec:
    """A random stage at a rate, its balancers without rate caps."""
    spec = random_stage(seed)
    kinds = tuple(
        replace(kind, sizes=tuple(replace(size, rate_cap_rps=0.0) for size in kind.sizes))
        if kind.role is Role.BALANCER
        else kind
        for kind in spec.node_kinds
    )
    return replace(spec, node_kinds=kinds, traffic=replace(spec.traffic, curve=(CurvePoint(at_s=0.0, rps=rate),)))


def exact(spec: StageSpec, seconds: float, seeds: range) -> tuple[float, float, list[float]]:
    """Mean in system, share of failures and percentiles of the event simulation, over runs."""
    runs = [EventSimulation(spec, seed) for seed in seeds]
    for run in runs:
        run.run(seconds)
    in_system = fmean(sum(station.present_s for station in run.stations) / seconds for run in runs)
    failed = fmean(sum(run.failed.values()) / run.born for run in runs)
    sojourns = np.concatenate([np.array(run.sojourn_s) * 1000.0 for run in runs])
    return in_system, failed, [float(p) for p in np.percentile(sojourns, [100.0 * share for share in SHARES])]


def engine(spec: StageSpec, seconds: float, seeds: range) -> tuple[float, float, list[float]]:
    """The same figures of the engine."""
    histogram = np.zeros(1)
    rows = []
    for seed in seeds:
        run = opened(spec, seed)
        run_for(run, seconds)
        totals, nodes = run.view.totals, run.view.node_statistics()
        in_system = sum(one.mean_in_system for node, one in nodes.items() if node)
        rows.append((in_system, sum(totals.failed.values()) / totals.born))
        histogram = histogram + run.tracers.all_time.sum
    below = np.concatenate(([0.0], np.cumsum(histogram))) / histogram.sum()
    percentiles = np.interp(SHARES, below, 0.1 * BIN ** np.arange(histogram.size + 1))
    return fmean(a for a, _ in rows), fmean(b for _, b in rows), [float(p) for p in percentiles]


def compare(board: int, rate: float, seconds: float, seeds: range, loose: float) -> None:
    """Both must tell the same story; `loose` widens the tolerances for shorter runs."""
    spec = uncapped(board, rate)
    one, other = engine(spec, seconds, seeds), exact(spec, seconds, seeds)
    assert one[0] == pytest.approx(other[0], rel=0.07 * loose), "mean in system"
    assert one[1] == pytest.approx(other[1], abs=0.025 * loose), "failures"
    for share, traced, true in zip(SHARES, one[2], other[2], strict=True):
        assert traced == pytest.approx(true, rel=0.12 * loose), f"percentile {share}"


def test_small_servers_that_call_each_other() -> None:
    """Servers with one or two slots and all kinds of steps: who is served next is seldom of the tracer's kind."""
    compare(2, 150.0, 25.0, range(2), loose=2.0)


@pytest.mark.slow
@pytest.mark.parametrize(("board", "rate"), [(1, 150.0), (2, 40.0), (2, 150.0), (7, 40.0)])
def test_random_boards(board: int, rate: float) -> None:
    compare(board, rate, 60.0, range(4), loose=1.0)
