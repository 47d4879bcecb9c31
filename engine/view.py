"""What may be read of a running simulation: snapshots as frozen values, and arrays that refuse to be written.

"Smoothed" figures are exponential averages with a time constant of 2.5 s, for the eye only; no rule reads them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.spec import Department, FailureReason, StorageKind, SubItem

FloatArray = npt.NDArray[np.float64]


class Phase(StrEnum):
    """Where a run stands."""

    SETUP = "setup"
    OPERATION = "operation"
    WON = "won"
    LOST = "lost"


class NodeState(StrEnum):
    """What a node is doing."""

    BUILDING = "building"
    READY = "ready"
    RESIZING = "resizing"
    RESTARTING = "restarting"
    DOWN = "down"


class HostState(StrEnum):
    """What a host is doing. cut_off: it runs, but nobody reaches it."""

    UP = "up"
    DOWN = "down"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class HostView:
    """One host, now.

    remaining_s: until it is back; 0 while it is up. threads: of its processors; cpu_room: vCPUs it may give away;
    cpu_given: vCPUs of the VMs on it and on their way to it; cpu_busy: vCPUs that worked in the last 0.1 s. pace: of
    its VMs against the reference (clock, contention, network, backup). memory_gb, disk_gb: what VMs can have (disk_gb:
    0 where it is not counted; of shared storage: of all hosts together), memory_given, disk_given: what they have.
    links_up of links. network_share: used of its bandwidth in the last 0.1 s. nodes: the VMs on it.
    """

    id: str
    state: HostState
    remaining_s: float
    cores: int
    threads: int
    clock: float
    cpu_room: float
    cpu_given: float
    cpu_busy: float
    pace: float
    memory_gb: float
    memory_given: float
    disk_gb: float
    disk_given: float
    links: int
    links_up: int
    link_gbps: float
    network_share: float
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StorageView:
    """The storage under the VMs. works: reads and writes go on. replicas_left: least copies of any piece on hosts that
    are there (shared storage only, else 1). copied_s: age of the last copy to another host, backup_s: of the last
    snapshots; nan where there is none.
    """

    kind: StorageKind
    works: bool
    replicas_left: int
    copied_s: float
    backup_s: float


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node, now.

    in_service: requests that use the processor or disk here. calling: requests that hold a slot here while another
    node works for them. waiting: requests without a slot. utilisation: busy share of the slots (smoothed; of the
    rate cap on a balancer). p95_ms: of the time requests recently spent here, calls included; nan before there is any.
    throughput_rps, failing_rps: leaving answered and failed (smoothed). failing_reason: the most frequent reason of the
    failures of the last seconds, None when there are none. failed: all failures here since the start, by reason.
    remaining_s: until building, resizing, restarting or an outage is over. speed: pace against nominal (wires,
    contention, events). zone: id of its zone, empty when it has none. instances: ready ones. figures: what its models
    show, by name (units by the name: `_s`, `_ms`, `_share`, `_rps`, `_mb`, else plain numbers). coarse: without
    monitoring the figures are rounded and come every 5 s only. host: id of the host a VM is on, empty for other nodes.
    migration: share of a live migration that is done, nan when there is none. waits_for_host: its host is gone.
    frozen: it stands still, for its storage does not answer.
    """

    id: int
    kind: str
    size: str
    x: int
    y: int
    state: NodeState
    remaining_s: float
    slots: int
    in_service: int
    calling: int
    waiting: int
    queue_limit: int
    utilisation: float
    throughput_rps: float
    failing_rps: float
    failing_reason: FailureReason | None
    failed: Mapping[FailureReason, int]
    p95_ms: float
    speed: float
    overloaded: bool
    locked: bool
    wires: int
    keep_per_day: float
    policies: Mapping[str, str | int]
    zone: str = ""
    instances: int = 1
    figures: Mapping[str, float] = field(default_factory=dict)
    coarse: bool = False
    host: str = ""
    migration: float = math.nan
    waits_for_host: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class NodeStatistics:
    """Averages of one node over the operation so far.

    mean_in_system: requests waiting, in service or holding a slot while a called node works. utilisation: busy share
    of the slots, calls included. all_busy: share of the time in which no slot was free. throughput_rps: answered
    (balancers: passed on). mean_wait_ms: time without a slot, over all requests that were let in.
    """

    mean_in_system: float
    mean_waiting: float
    utilisation: float
    all_busy: float
    throughput_rps: float
    mean_wait_ms: float


@dataclass(frozen=True, slots=True)
class WireView:
    """A wire from caller to called and the requests a second that go over it (smoothed).

    kinds: request kinds it is reserved for; empty: all.
    """

    source: int
    target: int
    flow_rps: float
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncedEvent:
    """An event the player has been told of; `multiplier` is the largest of its effects (1 when it has none)."""

    event: str
    department: Department
    starts_at_s: float
    multiplier: float


@dataclass(frozen=True, slots=True)
class Quest:
    """An open question of a department: the event's choices are in the stage."""

    event: str
    department: Department
    expires_at_s: float


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that acts on the service; done_at_s: when its rollback is done, -1 while nobody ordered one."""

    event: str
    since_s: float
    done_at_s: float


@dataclass(frozen=True, slots=True)
class Objective:
    """A bonus objective: where its metric stands, and whether that would do."""

    id: str
    value: float
    met: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Exact counts since the start: born = done + sum(failed) + in_system.

    attacks: answered and failed requests that nobody meant; they are in the other counts too. retries: of those born,
    second and further attempts. wasted: requests worked on to the end after their client had given up. stale: reads
    that a replica answered with old data. lost_writes: answered writes that are gone. messages, delivered, dead: of
    all brokers.
    """

    born: int
    done: int
    failed: Mapping[FailureReason, int]
    in_system: int
    attacks_done: int = 0
    attacks_failed: int = 0
    retries: int = 0
    wasted: int = 0
    stale: int = 0
    lost_writes: int = 0
    messages: int = 0
    delivered: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule of the monitoring that is broken; node -1: the whole service."""

    rule: str
    node: int
    since_s: float
    value: float


class Hop(NamedTuple):
    """A traced request moved from one node to another.

    answer: it is on its way back to the caller. failed: why it died at `target`, or None; source and target are the
    same when it died where it stood.
    tracer: a number that stays the same over the request's life.
    """

    step: int
    tracer: int
    source: int
    target: int
    sub_item: SubItem
    answer: bool
    failed: FailureReason | None


@dataclass(frozen=True, slots=True)
class NodeCost:
    """What all nodes of a kind cost a calendar month now. calls_month: smoothed; reclaimed: nodes that are away."""

    kind: str
    count: int
    keep_month: float
    calls_month: float = 0.0
    reclaimed: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """A node that is paid for to the end of a term. node: -1 when nobody uses it any more. month: what is owed for it
    a calendar month.
    """

    kind: str
    size: str
    node: int
    months_left: float
    month: float


@dataclass(frozen=True, slots=True)
class FinanceView:
    """Where the money goes, a calendar month of `engine.spec.finance.MONTH_DAYS` days at the present pace.

    months: of the calendar since the start. investment: own hardware, paid at once; book_value: what is not written off
    of it; write_off_month: no payment, but a cost, until all is written off. power_month, line_month,
    administration_month, rent_month: as the stage says. nodes: by kind, the dearest first. idle_month: owed for
    reservations that nobody uses. discount_month: what reservations and spot save. income_month: smoothed.
    running_month: all payments. cost_month: all payments and what is written off. runway_months: until money and
    overdraft (in a sandbox, which nothing ends, the money) are gone at the present pace; inf while there is no loss.
    built: paid for building and deals since the start, less what came back. earned, spent: income and running payments
    since the start. cloud_month: what the cloud would take for the present users; nan where there is nothing to compare
    with.
    """

    months: float
    investment: float
    book_value: float
    write_off_month: float
    power_month: float
    line_month: float
    administration_month: float
    rent_month: float
    nodes: tuple[NodeCost, ...]
    reservations: tuple[Reservation, ...]
    idle_month: float
    discount_month: float
    income_month: float
    running_month: float
    cost_month: float
    runway_months: float
    built: float
    earned: float
    spent: float
    cloud_month: float


@dataclass(frozen=True, slots=True)
class Series:
    """The run's history, one sample a second of operation; read-only arrays of one length.

    time_s, offered_rps, done_rps, failed_rps, users, latency_ms (mean, by Little's law), p95_ms, budget, gauge.
    """

    time_s: FloatArray
    offered_rps: FloatArray
    done_rps: FloatArray
    failed_rps: FloatArray
    users: FloatArray
    latency_ms: FloatArray
    p95_ms: FloatArray
    budget: FloatArray
    gauge: FloatArray


@dataclass(frozen=True, slots=True)
class Forecast:
    """The traffic the player can expect: base and known events, without growth. Read-only arrays of one length."""

    time_s: FloatArray
    rps: FloatArray
    events: tuple[AnnouncedEvent, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """A stretch of time in which requests failed at a node for a reason.

    cause: the node behind it: following the calls from `node`, the deepest one that was saturated.
    """

    start_s: float
    end_s: float
    node: int
    kind: str
    reason: FailureReason
    count: int
    cause: int
    cause_kind: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended.

    outcome: 'won', 'service_down' or 'bankrupt'. grade: 'S', 'A', 'B', 'C', 'D', 'F'. The three parts of the grade are
    0..1. latency_ms: mean time in the system of the requests that were let in. uptime: share of the seconds of
    operation in which the error rate stayed under the threshold. advice: key of the text `advice.<key>`;
    `advice_kind` is the kind of node it speaks of. objectives: the bonus ones; stars: 0 when lost, else 1 and one for
    each that was met. seconds: of operation. earned, spent: money, but for what was built and sold.
    """

    outcome: str
    grade: str
    score: int
    max_rps: float
    users: int
    latency_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    uptime: float
    error_rate: float
    part_throughput: float
    part_latency: float
    part_uptime: float
    incidents: tuple[Incident, ...]
    advice: str
    advice_kind: str
    objectives: tuple[Objective, ...] = ()
    stars: int = 0
    seconds: float = 0.0
    earned: float = 0.0
    spent: float = 0.0
