"""The figures of a run: windows the rules read, smoothed gauges for the eye, the history, and what went wrong where."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.arrays import CountArray, FloatArray, constant
from engine.kernel import Kernel
from engine.ledger import REASONS
from engine.spec import FailureReason
from engine.timestep import TICK_S
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
    """Smoothed figures of all nodes, arrays by node; `recent_failures` has a row for each of REASONS.

    utilisation: busy share of the slots, or of a balancer's rate cap.
    """

    def __init__(self, node_ids: tuple[int, ...]) -> None:
        nodes = len(node_ids)
        self.node_ids = node_ids
        self.utilisation, self.throughput_rps, self.failing_rps = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes)
        self.recent_failures = np.zeros((len(REASONS), nodes))
        self.busy, self.slots, self.left = (np.zeros(nodes, dtype=np.int64) for _ in range(3))
        self.failed = np.zeros((len(REASONS), nodes), dtype=np.int64)

    def moved_to(self, node_ids: tuple[int, ...]) -> NodeGauges:
        """The same gauges on a board with other nodes; new nodes start at zero."""
        twin = NodeGauges(node_ids)
        pairs = [(i, node_ids.index(node)) for i, node in enumerate(self.node_ids) if node in node_ids]
        old, new = [i for i, _ in pairs], [j for _, j in pairs]
        for name, values in vars(self).items():
            if name != "node_ids":
                getattr(twin, name)[..., new] = values[..., old]
        return twin

    def read(self, kernel: Kernel, dt_s: float) -> None:
        """Read the kernel's sums and move every gauge on."""
        ledger, left = kernel.ledger, kernel.left_by_node()
        busy, slots = ledger.occupied[0] + ledger.occupied[2], kernel.slot_steps()
        passed = (left - self.left) / _GAUGE_S
        capped = np.minimum(passed * dt_s / kernel.capacity.allowance, _ALL)
        used = (busy - self.busy) / np.maximum(slots - self.slots, _ONE) + capped
        failed = ledger.failed - self.failed
        self.utilisation = _settle(self.utilisation, used)
        self.throughput_rps = _settle(self.throughput_rps, passed)
        self.failing_rps = _settle(self.failing_rps, np.add.reduce(failed, axis=0) / _GAUGE_S)
        self.recent_failures = self.recent_failures * _SETTLE + failed
        self.busy, self.slots, self.left, self.failed = busy, slots, left, ledger.failed.copy()


@dataclass(slots=True)
class _Trouble:
    start_s: float
    end_s: float
    count: int
    worst: int
    cause: int


class Metrics:
    """Everything that is measured once a tick (0.1 s) from the kernel's exact sums."""

    def __init__(self, dt_s: float) -> None:
        self.dt_s = dt_s
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

    def tick(self, kernel: Kernel, present_steps: int) -> Reading:
        """Take a reading and move every smoothed figure on. present_steps: requests in the system, summed over
        steps.
        """
        timed_out = kernel.failed_for(_TIMEOUT_ROW)
        attacks = np.flatnonzero(kernel.topology.attack_kinds).tolist()
        done, failed = _honest(kernel.done_kind, attacks), _honest(kernel.failed_kind, attacks)
        reading = Reading(kernel.born, done, failed, timed_out, present_steps)
        last = self.readings[-1]
        self.offered_rps = _smooth(self.offered_rps, (reading.born - last.born) / TICK_S)
        self.done_rps = _smooth(self.done_rps, (reading.done - last.done) / TICK_S)
        self.failed_rps = _smooth(self.failed_rps, (reading.failed - last.failed) / TICK_S)
        self.readings.append(reading)
        if len(self.readings) == self.readings.maxlen:
            self.max_rps = max(self.max_rps, (reading.done - self.readings[0].done) / WINDOW_S)
        self.ticks += 1
        if self.ticks % GAUGE_TICKS == 0:
            if self.nodes.node_ids != kernel.topology.node_ids:
                self.nodes = self.nodes.moved_to(kernel.topology.node_ids)
            self.nodes.read(kernel, self.dt_s)
            self._read_wires(kernel)
        return reading

    def _read_wires(self, kernel: Kernel) -> None:
        wires, totals = kernel.topology.wires, kernel.wire_totals()
        if wires != self.wires:
            seen = dict(
                zip(self.wires, zip(self.wire_totals.tolist(), self.wire_rps.tolist(), strict=True), strict=True)
            )
            known = [seen.get(wire, (total, 0.0)) for wire, total in zip(wires, totals.tolist(), strict=True)]
            self.wire_totals = np.array([total for total, _ in known], dtype=np.int64)
            self.wire_rps = np.array([rate for _, rate in known])
            self.wires = wires
        self.wire_rps = _settle(self.wire_rps, (totals - self.wire_totals) / _GAUGE_S)
        self.wire_totals = totals

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


def _honest(by_kind: CountArray, attacks: list[int]) -> int:
    counts: list[int] = by_kind.tolist()
    return sum(counts) - sum(counts[kind] for kind in attacks)


def _smooth(value: float, sample: float) -> float:
    return value * _KEEP + sample * (1.0 - _KEEP)


def _settle(value: FloatArray, sample: FloatArray) -> FloatArray:
    return value * _SETTLE + sample * _MOVE


def _little(first: Reading, last: Reading, dt_s: float) -> float:
    ended = last.done + last.timed_out - first.done - first.timed_out
    return (last.present_steps - first.present_steps) * dt_s * 1000.0 / ended if ended else math.nan
