"""A stage: everything a run needs besides its seed and its commands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.spec.events import EventSpec
from engine.spec.finance import FinanceSpec
from engine.spec.hosts import HostingSpec
from engine.spec.nodes import NodeKind, NodeSize
from engine.spec.requests import RequestKind
from engine.spec.traffic import TrafficSpec


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
class ObjectiveSpec:
    """A bonus worth a star: at the end of a stage that was won, `metric` lies from `least` to `most`.

    metric: `error_share`, `latency_ms`, `p95_ms`, `uptime`, `max_rps`, `users`, `budget`, `spent`, `lost_writes`,
    `stale_share` (of the reads at replicas), `nodes`, or `failed:<request kind>`: the share of that kind that failed.
    Text: `objective.<stage>.<id>` in the locale files.
    """

    id: str
    metric: str
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNode:
    """A node of the starting architecture; `key` names it in the stage file and in `wires`. host: where a VM runs;
    empty: by the placement of the stage.
    """

    key: str
    kind: str
    x: int
    y: int
    size: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartWire:
    """A wire of the starting architecture, from the caller to the called, by the keys of the nodes."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSpec:
    """An availability zone: the cells of the map from (x, y) on."""

    id: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSpec:
    """The move to microservices: its price, how long Dev works on it, and the kinds of node it unlocks.

    Afterwards a wire may be reserved for some kinds of request.
    """

    cost: float
    duration_s: float
    unlocks: tuple[str, ...] = ()


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
    zones: availability zones; none: the map is one. migration: None where Dev does not offer it. migrated: it is done.
    objectives: the bonus ones; the primary one is always to survive. endless: there is no end but failure.
    escalation_per_min: growth of all traffic a minute of operation, compounded (0.2: a fifth more every minute).
    sandbox: nothing ends the run, and traffic, mix and events are the player's to set.
    hosting: own hosts that VMs run on; None: somebody else's (the cloud).
    needs_monitoring: without a node that has alert rules, the figures of nodes are coarse.
    finance: own hardware and monthly costs beyond the nodes; None: there are none.
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
    zones: tuple[ZoneSpec, ...] = ()
    migration: MigrationSpec | None = None
    migrated: bool = False
    needs_monitoring: bool = False
    objectives: tuple[ObjectiveSpec, ...] = ()
    endless: bool = False
    escalation_per_min: float = 0.0
    sandbox: bool = False
    hosting: HostingSpec | None = None
    finance: FinanceSpec | None = None

    def node_kind(self, kind_id: str) -> NodeKind:
        """The kind of node with this id. Raises KeyError when there is none."""
        for kind in self.node_kinds:
            if kind.id == kind_id:
                return kind
        raise KeyError(kind_id)

    def start_size(self, node: StartNode) -> NodeSize:
        """The size of a node of the start: the one it names, else its kind's smallest."""
        sizes = self.node_kind(node.kind).sizes
        return next((size for size in sizes if size.id == node.size), sizes[0])
