"""The figures of a run: windows the rules read, smoothed gauges for the eye, the history, and what went wrong where."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np

from engine.arrays import CountArray, FloatArray, constant, spans
from engine.kernel import Kernel
from engine.ledger import REASONS
from engine.spec import FailureReason
from engine.timestep import TICK_S
from engine.topology import Tally
from engine.view import Incident, Series

SMOOTHING_S = 2.5
WINDOW_S = 5.0
QUIET_S = 5.0
GAUGE_TICKS = 2
GAUGE_S = GAUGE_TICKS * TICK_S
_KEEP = math.exp(-TICK_S / SMOOTHING_S)
_SETTLE = constant(math.exp(-GAUGE_S / SMOOTHING_S))
_MOVE = constant(1.0 - math.exp(-GAUGE_S / SMOOTHING_S))
_GAUGE_S, _ALL, _ONE = constant(GAUGE_S), constant(1.0), np.array(1)
# Rows of the gauges and of the sums behind them: the failures come last, a row for each of REASONS.
_USED, _LEFT, _FAILING, _FAILED = range(4)
_BUSY, _SLOTS = _USED, _FAILING
_TIMEOUT_ROW = REASONS.index(FailureReason.TIMEOUT)
SERIES_NAMES = (
    "time_s",
    "offered_rps",
    "done_rps",
    "failed_rps",
    "users",
    "latency_ms",
    "p95_ms",
    "budget",
    "gauge",
)


class Reading(NamedTuple):
    """Exact sums of the traffic at one moment. done, failed: of honest requests; timed_out: failures that spent time in
    the system.
    """

    born: int
    done: int
    failed: int
    timed_out: int
    present_steps: int


class NodeGauges:
    """Smoothed figures of all nodes, and the sums of the kernel that they were last read from, a column for each node.

    figures: utilisation (busy share of the slots, or of a balancer's rate cap), requests a second that left answered
    and that failed, then the recent failures, a row for each of REASONS. sums: slot-steps in use, requests that left
    answered, slot-steps there were, then the failures in rows of the same.
    """

    def __init__(self, node_ids: tuple[int, ...]) -> None:
        self.node_ids = node_ids
        self.figures: FloatArray = np.zeros((_FAILED + len(REASONS), len(node_ids)))
        self.sums: CountArray = np.zeros(self.figures.shape, dtype=np.int64)

    @property
    def utilisation(self) -> FloatArray:
        """By node."""
        return np.asarray(self.figures[_USED])

    def moved_to(self, node_ids: tuple[int, ...]) -> NodeGauges:
        """The same gauges on a board with other nodes; new nodes start at zero."""
        twin = NodeGauges(node_ids)
        pairs = [(i, node_ids.index(node)) for i, node in enumerate(self.node_ids) if node in node_ids]
        old, new = [i for i, _ in pairs], [j for _, j in pairs]
        twin.figures[:, new], twin.sums[:, new] = self.figures[:, old], self.sums[:, old]
        return twin


@dataclass(slots=True)
class _Trouble:
    start_s: float
    end_s: float
    count: int
    worst: int
    cause: int


class Metrics:
    """Everything that is measured once a tick (0.1 s) from the kernel's exact sums."""

    def __init__(self, dt_s: float, attacks: Sequence[bool]) -> None:
        """attacks: by request kind, whether it is one."""
        self.dt_s = dt_s
        self.honest = [not attack for attack in attacks]
        self.readings: deque[Reading] = deque([Reading(0, 0, 0, 0, 0)], maxlen=round(WINDOW_S / TICK_S) + 1)
        self.offered_rps = self.done_rps = self.failed_rps = 0.0
        self.ticks = 0
        self.nodes = NodeGauges(())
        self.wires: tuple[tuple[int, int], ...] = ()
        self.wire_totals = np.zeros(0, dtype=np.int64)
        self.wire_rps = np.zeros(0)
        self.history: dict[str, list[float]] = {name: [] for name in SERIES_NAMES}
        self.max_rps = 0.0
        self.seconds = 0
        self.seconds_up = 0
        self.second_mark = self.readings[0]
        self.troubles: dict[tuple[int, FailureReason], _Trouble] = {}
        self.incidents: list[Incident] = []

    def tick(self, kernel: Kernel, present_steps: int) -> None:
        """Take a reading and move the smoothed figures of the service on. present_steps: requests in the system, summed
        over steps.
        """
        last = self.readings[-1]
        done, failed = self._honest(kernel.done_kind), self._honest(kernel.failed_kind)
        reading = Reading(kernel.born, done, failed, kernel.failed_for(_TIMEOUT_ROW), present_steps)
        self.offered_rps = _smooth(self.offered_rps, (reading.born - last.born) / TICK_S)
        self.done_rps = _smooth(self.done_rps, (done - last.done) / TICK_S)
        self.failed_rps = _smooth(self.failed_rps, (failed - last.failed) / TICK_S)
        self.readings.append(reading)
        if len(self.readings) == self.readings.maxlen:
            self.max_rps = max(self.max_rps, (done - self.readings[0].done) / WINDOW_S)
        self.ticks += 1

    def _honest(self, by_kind: CountArray) -> int:
        """Those of honest request kinds."""
        counts: list[int] = by_kind.tolist()
        return sum(compress(counts, self.honest))

    def follow(self, kernel: Kernel) -> None:
        """Put gauges and wires into the order of another board, where it is one."""
        topology = kernel.topology
        if self.nodes.node_ids != topology.node_ids:
            self.nodes = self.nodes.moved_to(topology.node_ids)
        if self.wires != topology.wires:
            seen = dict(
                zip(self.wires, zip(self.wire_totals.tolist(), self.wire_rps.tolist(), strict=True), strict=True)
            )
            totals = kernel.wire_totals().tolist()
            known = [seen.get(wire, (total, 0.0)) for wire, total in zip(topology.wires, totals, strict=True)]
            self.wire_totals = np.array([total for total, _ in known], dtype=np.int64)
            self.wire_rps = np.array([rate for _, rate in known])
            self.wires = topology.wires

    @property
    def error_rate(self) -> float:
        """Share of failures among the requests that ended in the last 5 s; 0 when none ended."""
        first, last = self.readings[0], self.readings[-1]
        ended = last.done + last.failed - first.done - first.failed
        return (last.failed - first.failed) / ended if ended else 0.0

    @property
    def latency_ms(self) -> float:
        """Mean time in the system over the last 5 s by Little's law, of requests that were let in; nan before any
        ended.
        """
        return _little(self.readings[0], self.readings[-1], self.dt_s)

    def mean_latency_ms(self) -> float:
        """The same over the whole run."""
        return _little(Reading(0, 0, 0, 0, 0), self.readings[-1], self.dt_s)

    def second(self, threshold: float, sample: dict[str, float]) -> None:
        """End a second of operation: keep its sample, and count whether the service was up."""
        last, mark = self.readings[-1], self.second_mark
        done, failed = last.done - mark.done, last.failed - mark.failed
        self.seconds += 1
        self.seconds_up += failed <= threshold * (done + failed)
        self.second_mark = last
        sample = sample | {"offered_rps": last.born - mark.born, "done_rps": done, "failed_rps": failed}
        for name in SERIES_NAMES:
            self.history[name].append(float(sample[name]))

    @property
    def uptime(self) -> float:
        """Share of the seconds so far in which the error rate stayed at or under the threshold."""
        return self.seconds_up / self.seconds if self.seconds else 1.0

    def series(self) -> Series:
        """The history as read-only arrays."""
        arrays = {name: np.array(values) for name, values in self.history.items()}
        for array in arrays.values():
            array.setflags(write=False)
        return Series(**arrays)

    def watch(
        self, kernel: Kernel, time_s: float, kinds: dict[int, str], before: CountArray
    ) -> list[tuple[int, FailureReason]]:
        """Follow the failures of the last second (`before`: the ledger's failures then, by row and node); returns those
        that began after a quiet time."""
        begun = []
        new = kernel.ledger.failed - before
        for row, i in zip(*np.nonzero(new > 0), strict=True):
            node, reason, count = kernel.topology.node_ids[i], REASONS[row], int(new[row, i])
            trouble = self.troubles.get((node, reason))
            if trouble is None:
                begun.append((node, reason))
                trouble = _Trouble(max(time_s - 1.0, 0.0), time_s, 0, 0, node)
                self.troubles[node, reason] = trouble
            if count > trouble.worst:
                trouble.worst, trouble.cause = count, cause_of(kernel, node)
            trouble.count += count
            trouble.end_s = time_s
        for (node, reason), trouble in list(self.troubles.items()):
            if time_s - trouble.end_s > QUIET_S or node not in kinds:
                self._close(node, reason, kinds)
        return begun

    def close_all(self, kinds: dict[int, str]) -> None:
        """End every open incident (the run is over)."""
        for node, reason in list(self.troubles):
            self._close(node, reason, kinds)
        self.incidents.sort(key=lambda incident: (incident.start_s, incident.node, incident.reason))

    def _close(self, node: int, reason: FailureReason, kinds: dict[int, str]) -> None:
        trouble = self.troubles.pop((node, reason))
        kind = kinds.get(node, "")
        cause = trouble.cause if trouble.cause in kinds else node
        self.incidents.append(
            Incident(trouble.start_s, trouble.end_s, node, kind, reason, trouble.count, cause, kinds.get(cause, kind))
        )


def tick_together(runs: Sequence[tuple[Metrics, Kernel, int]]) -> None:
    """End a tick of runs with steps of one length; present_steps: see `Metrics.tick`. All their gauges move on at once:
    an array costs little more than a number, and each gets bit for bit what it would get alone.
    """
    for metrics, kernel, present_steps in runs:
        metrics.tick(kernel, present_steps)
    due = [(metrics, kernel) for metrics, kernel, _ in runs if metrics.ticks % GAUGE_TICKS == 0]
    if due:
        for metrics, kernel in due:
            metrics.follow(kernel)
        _read_nodes(due)
        _read_wires(due)


def _read_nodes(runs: Sequence[tuple[Metrics, Kernel]]) -> None:
    """Move the gauges of all nodes on."""
    gauges, kernels = [metrics.nodes for metrics, _ in runs], [kernel for _, kernel in runs]
    figures = np.concatenate([gauge.figures for gauge in gauges], axis=1)
    sums = _sums(kernels)
    flows = sums - np.concatenate([gauge.sums for gauge in gauges], axis=1)
    failed = flows[_FAILED:]
    passed = flows[_LEFT] / _GAUGE_S
    allowance = np.concatenate([kernel.capacity.allowance for kernel in kernels])
    capped = np.minimum(passed * runs[0][0].dt_s / allowance, _ALL)
    samples = np.empty((_FAILED, passed.size))
    np.add(flows[_BUSY] / np.maximum(flows[_SLOTS], _ONE), capped, out=samples[_USED])
    samples[_LEFT] = passed
    np.divide(np.add.reduce(failed, axis=0), _GAUGE_S, out=samples[_FAILING])
    figures *= _SETTLE
    figures[:_FAILED] += samples * _MOVE
    figures[_FAILED:] += failed
    for gauge, span in zip(gauges, spans([kernel.nodes for kernel in kernels]), strict=True):
        gauge.figures, gauge.sums = figures[:, span], sums[:, span]


def _sums(kernels: Sequence[Kernel]) -> CountArray:
    """What `NodeGauges.sums` holds, now."""
    occupied = np.concatenate([kernel.ledger.occupied for kernel in kernels], axis=1)
    sums = np.empty((_FAILED + len(REASONS), occupied.shape[1]), dtype=np.int64)
    np.add(occupied[0], occupied[2], out=sums[_BUSY])
    np.concatenate([kernel.slot_steps() for kernel in kernels], out=sums[_SLOTS])
    sums[_LEFT] = np.concatenate([kernel.tally()[Tally.LEFT] for kernel in kernels])
    np.concatenate([kernel.ledger.failed for kernel in kernels], axis=1, out=sums[_FAILED:])
    return sums


def _read_wires(runs: Sequence[tuple[Metrics, Kernel]]) -> None:
    """Move the rates of all wires on."""
    totals = np.concatenate([kernel.wire_totals() for _, kernel in runs])
    before = np.concatenate([metrics.wire_totals for metrics, _ in runs])
    rates = np.concatenate([metrics.wire_rps for metrics, _ in runs])
    rates = rates * _SETTLE + (totals - before) / _GAUGE_S * _MOVE
    for (metrics, _), span in zip(runs, spans([len(metrics.wires) for metrics, _ in runs]), strict=True):
        metrics.wire_totals, metrics.wire_rps = totals[span], rates[span]


def cause_of(kernel: Kernel, node: int) -> int:
    """Following the calls from a node, the deepest one that is saturated: it has requests waiting and no slot free."""
    topology = kernel.topology
    found, here, seen = node, [node], {node}
    while here:
        following = [t for s, t in topology.wires if s in here and t not in seen]
        seen.update(following)
        saturated = [t for t in following if kernel.waiting[topology.node_index[t]] > 0]
        if saturated:
            found = max(saturated, key=lambda t: int(kernel.waiting[topology.node_index[t]]))
        here = following
    return found


def _smooth(value: float, sample: float) -> float:
    return value * _KEEP + sample * (1.0 - _KEEP)


def _little(first: Reading, last: Reading, dt_s: float) -> float:
    ended = last.done + last.timed_out - first.done - first.timed_out
    return (last.present_steps - first.present_steps) * dt_s * 1000.0 / ended if ended else math.nan
