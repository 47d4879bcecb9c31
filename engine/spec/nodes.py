"""Kinds of node, their sizes and the settings the player may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.spec.models import (
    AlertSpec,
    AutoscaleSpec,
    BackupSpec,
    BrokerSpec,
    CacheSpec,
    ClusterSpec,
    FilterSpec,
    GatewaySpec,
    MemorySpec,
    PopularitySpec,
    ReplicaSpec,
    ServerlessSpec,
    UslSpec,
)
from engine.spec.requests import SubItem


class Role(StrEnum):
    """The behaviour of a kind of node."""

    SOURCE = "source"
    BALANCER = "balancer"
    CACHE = "cache"
    STORE = "store"
    QUEUE = "queue"
    COMPUTE = "compute"
    WORKER = "worker"
    DATABASE = "database"
    OBSERVER = "observer"

    @property
    def passes_through(self) -> bool:
        """Whether requests pass within one step, held only by a rate cap, instead of being served by slots."""
        return self in (Role.BALANCER, Role.CACHE, Role.STORE, Role.QUEUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSize:
    """One size of a kind of node.

    price_per_1000: price of 1,000 requests let in.
    slots: requests in service at once (workers, connections) of one instance; 0 where requests pass through.
    service_ms: mean service time of each sub-item this node handles itself.
    special_ms: likewise for steps that need a capability, by its name.
    relay_ms: mean time it works on a step it then has another node handle; 0: it hands on within one step.
    queue: requests that may wait for a slot; the next one is refused with 502. On a broker: messages it can hold.
    rate_cap_rps: requests a second that pass through, by a token bucket that holds 0.1 s of them; 0 means unlimited.
    memory_mb: memory of an instance. cpu: cores of a worker node of a cluster; vCPUs of a VM. disk_gb: disks of a VM.
    partitions: into which a store splits its keys and its rate cap. apply_rps: writes a second a replica can apply.
    """

    id: str
    price: float = 0.0
    keep_per_day: float = 0.0
    price_per_1000: float = 0.0
    slots: int = 0
    service_ms: Mapping[SubItem, float] = field(default_factory=dict)
    special_ms: Mapping[str, float] = field(default_factory=dict)
    relay_ms: float = 0.0
    queue: int = 0
    rate_cap_rps: float = 0.0
    memory_mb: float = 0.0
    cpu: float = 0.0
    disk_gb: float = 0.0
    partitions: int = 1
    apply_rps: float = 0.0


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

    may_call: kinds a wire may lead to from here. only_for: of those, the sub-items a wire carries; others carry all.
    priority: where several wires can take a sub-item, only the targets with the highest value for it are used.
    free_wires: wires that cost nothing; each further one slows the node by `wire_overhead` (0.02 = 2 %).
    patience_s: a request that waited longer for a slot here fails with 504; more than 120 means it waits for ever.
    build_s, resize_s, restart_s: real seconds these take in operation (nothing takes time in set-up).
    resize_capacity: share of the slots that stays in use while resizing.
    refund: share of the price that selling returns in operation (all of it in set-up).
    health_check_s: how long a balancer takes to notice that a node behind it is down or back.
    single_target: a new wire out replaces the old one, as a name that resolves to one address is pointed elsewhere.
    accepts: sub-items that a store answers or a broker takes as messages (steps that need nothing special).
    zonal: whether it lives in the zone it stands in, and fails with it; else it spans all zones.
    actions: what can be done to it by hand: `flush`, `promote`, `redrive`, `restore`, `rollout`.
    virtual: it is a VM where a stage has hosts. kilobytes: what crosses the host's network for a request it finishes.
    The other fields give it a model; None: it has none of that.
    """

    id: str
    role: Role
    sizes: tuple[NodeSize, ...]
    may_call: tuple[str, ...] = ()
    only_for: Mapping[str, tuple[SubItem, ...]] = field(default_factory=dict)
    priority: Mapping[SubItem, int] = field(default_factory=dict)
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
    accepts: tuple[SubItem, ...] = ()
    zonal: bool = True
    virtual: bool = False
    kilobytes: float = 0.0
    actions: tuple[str, ...] = ()
    cache: CacheSpec | None = None
    popularity: PopularitySpec | None = None
    replica: ReplicaSpec | None = None
    autoscale: AutoscaleSpec | None = None
    cluster: ClusterSpec | None = None
    serverless: ServerlessSpec | None = None
    gateway: GatewaySpec | None = None
    filter: FilterSpec | None = None
    broker: BrokerSpec | None = None
    memory: MemorySpec | None = None
    backup: BackupSpec | None = None
    alerts: tuple[AlertSpec, ...] = ()
