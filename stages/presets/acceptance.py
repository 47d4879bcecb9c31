"""Acceptance runs: does a preset carry a load?

A scripted player builds in the set-up what the load needs, as far as there is room (`Builder`), opens the doors, and
looks only after a warm-up. A load is carried when the latency keeps to the target, and of no kind of request (with
enough of them to tell) more than 5 % fail.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from engine.commands import Accepted, Build, Connect, Refused, StartOperation
from engine.latency import RATIO, SMALLEST_MS, Histogram
from engine.simulation import Simulation
from engine.spec import StageSpec
from stages.load import load_stage
from stages.presets.demand import demand
from stages.presets.fleet import Vm, fleet
from stages.presets.plans import plans
from stages.presets.promises import MOST_FAILED, Promise

MEASURED_S = 60.0
# Fewer requests of a kind than this say nothing about their share of failures.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run. latency_ms: the statistic of the promise; nan when nothing was answered. failed: the largest share of
    failures among the kinds of request, `failed_kind` the kind. built, refused: VMs the script added, and those for
    which there was no room. busy: the busiest host's working vCPUs over its threads at the end; nan without hosts.
    """

    users: float
    offered_rps: float
    latency_ms: float
    p95_ms: float
    failed: float
    failed_kind: str
    built: int
    refused: int
    busy: float
    carried: bool


def measure(promise: Promise, users: float, seed: int = 1) -> Measurement:
    """Let a preset carry so many users."""
    stage = _with_users(load_stage(promise.preset), users)
    simulation = Simulation(stage, seed)
    built, refused = _build(simulation, promise, users)
    simulation.apply(StartOperation())
    _run(simulation, promise.warm_up_s)
    before = _Counts(simulation)
    _run(simulation, MEASURED_S)
    after = _Counts(simulation)
    return _judge(promise, users, simulation, before, after, built, refused)


def _judge(
    promise: Promise,
    users: float,
    simulation: Simulation,
    before: _Counts,
    after: _Counts,
    built: int,
    refused: int,
) -> Measurement:
    histogram = Histogram()
    histogram.sum = after.latencies - before.latencies
    p95 = histogram.percentiles(0.95)[0]
    latency = p95 if promise.statistic == "p95" else _mean_ms(histogram)
    done, failed = after.done - before.done, after.failed - before.failed
    ended = done + failed
    shares = np.where(ended >= ENOUGH, failed / np.maximum(ended, 1), 0.0)
    worst = int(shares.argmax())
    return Measurement(
        users=users,
        offered_rps=(after.born - before.born) / MEASURED_S,
        latency_ms=latency,
        p95_ms=p95,
        failed=float(shares[worst]),
        failed_kind=simulation.stage.request_kinds[worst].id if shares[worst] > 0 else "",
        built=built,
        refused=refused,
        busy=max((host.cpu_busy / host.threads for host in simulation.view.hosts), default=float("nan")),
        carried=bool(latency <= promise.target_ms and shares[worst] <= MOST_FAILED),
    )


class _Counts:
    """What was counted so far."""

    def __init__(self, simulation: Simulation) -> None:
        self.born = simulation.kernel.born
        self.done = simulation.kernel.done_kind.copy()
        self.failed = simulation.kernel.failed_kind.copy()
        self.latencies = simulation.tracers.all_time.sum.copy()


def _mean_ms(histogram: Histogram) -> float:
    """Mean of the middles of the buckets, which are 2 % wide."""
    counts = histogram.sum
    middles = SMALLEST_MS * RATIO ** (np.arange(counts.size) + 0.5)
    total = int(counts.sum())
    return float(counts @ middles / total) if total else float("nan")


def _run(simulation: Simulation, seconds: float) -> None:
    for _ in range(round(seconds / simulation.dt_s)):
        simulation.step()


def _with_users(stage: StageSpec, users: float) -> StageSpec:
    """The stage with another number of users from the start."""
    model = stage.traffic.users
    if model is None:
        raise ValueError(f"{stage.id}: a preset has users")
    return replace(stage, traffic=replace(stage.traffic, users=replace(model, initial=users, market=2.0 * users)))


def _build(simulation: Simulation, promise: Promise, users: float) -> tuple[int, int]:
    """Add the VMs that a load needs beyond those of the start; how many there are, and for how many was no room.

    The load is what its users ask for at the rates of those the plan is for, so it grows in proportion. Other presets
    scale by themselves or not at all.
    """
    plan = plans().get(promise.preset)
    if plan is None or users <= plan.users[1] or not plan.users[1]:
        return 0, 0
    scale = users / plan.users[1]
    most = demand(plan.users[1])
    load = replace(
        most,
        users=users,
        **{name: getattr(most, name) * scale for name in ("editing", "llm", "tests", "cores", "memory_gb")},
    )
    missing = Counter(fleet(load, plan.servers)) - Counter(fleet(most, plan.servers))
    built = refused = 0
    for vm in missing.elements():
        if _add(simulation, vm):
            built += 1
        else:
            refused += 1
    return built, refused


def _add(simulation: Simulation, vm: Vm) -> bool:
    """Build a VM on a free cell and wire it as the others of its kind are."""
    view = simulation.view
    taken = {(node.x, node.y) for node in view.nodes}
    stage = simulation.stage
    cell = next((x, y) for y in range(stage.height) for x in range(stage.width) if (x, y) not in taken)
    alike = next(node.id for node in view.nodes if node.kind == vm.kind)
    outcome = simulation.apply(Build(vm.kind, *cell, vm.size))
    if isinstance(outcome, Refused):
        return False
    new = max(node.id for node in simulation.view.nodes)
    for wire in view.wires:
        if wire.target == alike:
            assert isinstance(simulation.apply(Connect(wire.source, new)), Accepted)
        if wire.source == alike:
            assert isinstance(simulation.apply(Connect(new, wire.target)), Accepted)
    return True
