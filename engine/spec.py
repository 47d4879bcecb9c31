"""The vocabulary of a run: what a stage, a kind of node, a request and an event are.

Frozen data without behaviour. Stage files are checked against these very classes, so a field is defined once.

Units, everywhere: seconds (`_s`), milliseconds (`_ms`), requests a second (`_rps`), money in the stage's currency unit,
money a calendar day (`_per_day`). Map positions are whole grid cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class SubItem(StrEnum):
    """The parts a request is split into; each is handled by the nodes that know how."""

    STATIC = "static"
    READ = "read"
    WRITE = "write"
    COMPUTE = "compute"


class Role(StrEnum):
    """The behaviour of a kind of node."""

    SOURCE = "source"
    BALANCER = "balancer"
    COMPUTE = "compute"
    DATABASE = "database"


class Department(StrEnum):
    """Who speaks in the log."""

    PM = "pm"
    MARKETING = "marketing"
    DEV = "dev"
    SYSTEM = "system"


class FailureReason(IntEnum):
    """Why a request failed, as the HTTP status its client sees."""

    RATE_LIMITED = 429
    FAULT = 500
    REFUSED = 502
    NO_ROUTE = 503
    TIMEOUT = 504


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """One sub-item of a request. `work` multiplies the mean service time of the node that handles it."""

    sub_item: SubItem
    work: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKind:
    """A kind of request: the sub-items it is split into, handled in this order.

    revenue: money earned by 1,000 answered requests of this kind.
    """

    id: str
    recipe: tuple[RecipeStep, ...]
    revenue: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UslSpec:
    """Contention and coherency of the Universal Scalability Law, C(N) = N / (1 + a(N-1) + bN(N-1)).

    a and b are interpolated by the share w of writes among the requests in service:
    a = (1-w) contention_read + w contention_write, and b likewise.
    Source: N. J. Gunther, Guerrilla Capacity Planning, 2007, ch. 4.
    """

    contention_read: float = 0.0
    contention_write: float = 0.0
    coherency_read: float = 0.0
    coherency_write: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSize:
    """One size of a kind of node.

    slots: requests in service at once (workers, connections); 0 on a balancer or source.
    service_ms: mean service time of each sub-item this node handles itself.
    queue: requests that may wait for a slot; the next one is refused with 502.
    rate_cap_rps: requests a second a balancer passes on, by a token bucket that holds 0.1 s of them; 0 means unlimited.
    """

    id: str
    price: float = 0.0
    keep_per_day: float = 0.0
    slots: int = 0
    service_ms: Mapping[SubItem, float] = field(default_factory=dict)
    queue: int = 0
    rate_cap_rps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """A setting the player may change on a node: one of `choices`, or a whole number from `minimum` to `maximum`.

    A maximum of 0 means the node's own slots.
    """

    key: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0
    default: str | int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKind:
    """A kind of node.

    may_call: kinds a wire may lead to from here.
    free_wires: wires that cost nothing; each further one slows the node by `wire_overhead` (0.02 = 2 %).
    patience_s: a request that waited longer for a slot here fails with 504; more than 120 means it waits for ever.
    build_s, resize_s, restart_s: real seconds these take in operation (nothing takes time in set-up).
    resize_capacity: share of the slots that stays in use while resizing.
    refund: share of the price that selling returns in operation (all of it in set-up).
    health_check_s: how long a balancer takes to notice that a node behind it is down or back.
    single_target: a new wire out replaces the old one, as a name that resolves to one address is pointed elsewhere.
    """

    id: str
    role: Role
    sizes: tuple[NodeSize, ...]
    may_call: tuple[str, ...] = ()
    free_wires: int = 8
    wire_overhead: float = 0.0
    patience_s: float = 10.0
    build_s: float = 0.0
    resize_s: float = 0.0
    resize_capacity: float = 0.5
    restart_s: float = 0.0
    refund: float = 0.5
    health_check_s: float = 2.0
    usl: UslSpec | None = None
    policies: tuple[PolicySpec, ...] = ()
    icon: str = "server"
    sellable: bool = True
    single_target: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How strong an effect is over time: linear rise, hold, exponential decay.

    hold_s: infinite (the default) makes the effect permanent.
    decay_s: time constant of the decay after the hold; 0 ends the effect at once.
    """

    rise_s: float = 0.0
    hold_s: float = float("inf")
    decay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficEffect:
    """Multiplies the arrivals of `kinds` (empty: all kinds) by up to `multiplier`; also a shift of the mix."""

    multiplier: float
    kinds: tuple[str, ...] = ()
    envelope: Envelope = Envelope()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpec:
    """Something a department does.

    at_s, window_s: it happens at a moment drawn uniformly from [at_s, at_s + window_s], in operation time.
    lead_s: it is announced this long before; 0: nobody says a word.
    in_forecast: known before the stage starts and drawn into the forecast of the briefing.
    users: visitors who join at that moment (may be negative).
    Texts: `event.<id>.announce`, `.start`, `.end` in the locale files; a missing one is not spoken.
    """

    id: str
    department: Department
    at_s: float
    window_s: float = 0.0
    lead_s: float = 0.0
    in_forecast: bool = False
    users: float = 0.0
    effects: tuple[TrafficEffect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of a traffic curve; between points the rate is interpolated linearly, after the last it stays."""

    at_s: float
    rps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UserModel:
    """Who comes, and what makes them stay.

    initial: daily active users at the start. market: the most there can be.
    rps_per_user: requests a second of one active user, averaged over the day.
    growth_per_day: relative growth a calendar day while everybody is served well and the market is empty.
    churn_per_day: relative loss a calendar day while everything fails.
    daily_swing: 0..1, amplitude of the day's rhythm around its mean (0: none).
    """

    initial: float
    market: float
    rps_per_user: float
    growth_per_day: float = 0.0
    churn_per_day: float = 0.0
    daily_swing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSpec:
    """Where requests come from: a plain curve of requests a second, or users. Exactly one of the two is given.

    mix: relative weight of each request kind, by id.
    """

    mix: Mapping[str, float]
    curve: tuple[CurvePoint, ...] = ()
    users: UserModel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSpec:
    """What is won, lost and graded.

    error_threshold: share of failed requests (over the last 5 s) above which the error gauge fills.
    gauge_fill_s: seconds just above the threshold that fill the gauge; up to 3 times faster as errors grow.
    gauge_drain_s: seconds below it that empty a full gauge.
    max_rps, latency_good_ms, latency_bad_ms, uptime_floor: what scores 1, 1, 0 and 0 in the grade.
    """

    error_threshold: float = 0.05
    gauge_fill_s: float = 20.0
    gauge_drain_s: float = 30.0
    max_rps: float = 100.0
    latency_good_ms: float = 300.0
    latency_bad_ms: float = 3000.0
    uptime_floor: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNode:
    """A node of the starting architecture; `key` names it in the stage file and in `wires`."""

    key: str
    kind: str
    x: int
    y: int
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWire:
    """A wire of the starting architecture, from the caller to the called, by the keys of the nodes."""

    source: str
    target: str


class TutorialGoal(StrEnum):
    """What a step of the tutorial waits for."""

    READ = "read"
    NODES = "nodes"
    WIRES = "wires"
    OPERATION = "operation"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorialStep:
    """One step of the tutorial: it points at something on the screen and waits for the act.

    point_at: a name the screen knows, such as `shop:vm_basic`, `node:web`, `start`, `gauge`, `chart`.
    goal NODES: `count` nodes of `kind`; WIRES: `count` wires from `kind` to `target`; POLICY: any `kind` whose
    policy differs from its default; READ: a confirmation; OPERATION: the operation has begun.
    Text: `tutorial.<stage>.<id>` in the locale files.
    """

    id: str
    goal: TutorialGoal
    point_at: str = ""
    kind: str = ""
    target: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """A stage: everything a run needs besides its seed and its commands.

    duration_s: real seconds of operation to survive.
    day_s: real seconds a calendar day takes.
    step_ms: length of a step; 0 lets the engine choose by the fastest service time (see `engine.timestep`).
    budget: money at the start. overdraft: how far below zero it may fall before the company is bankrupt.
    unlocked: kinds of node on offer in the shop, in its order.
    width, height: size of the map in cells.
    """

    id: str
    duration_s: float
    traffic: TrafficSpec
    request_kinds: tuple[RequestKind, ...]
    node_kinds: tuple[NodeKind, ...]
    order: int = 0
    day_s: float = 300.0
    step_ms: float = 0.0
    budget: float = 0.0
    overdraft: float = 0.0
    width: int = 12
    height: int = 8
    unlocked: tuple[str, ...] = ()
    nodes: tuple[StartNode, ...] = ()
    wires: tuple[StartWire, ...] = ()
    events: tuple[EventSpec, ...] = ()
    goal: GoalSpec = GoalSpec()
    tutorial: tuple[TutorialStep, ...] = ()

    def node_kind(self, kind_id: str) -> NodeKind:
        """The kind of node with this id. Raises KeyError when there is none."""
        for kind in self.node_kinds:
            if kind.id == kind_id:
                return kind
        raise KeyError(kind_id)
