"""What gives a kind of node its particular behaviour: the parameters of one model each."""

from __future__ import annotations

from dataclasses import dataclass

from engine.spec.requests import SubItem


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
class PopularitySpec:
    """How often the keys are asked for: the i-th most popular of `keys` in proportion to i ** -zipf.

    Source: L. Breslau et al., Web Caching and Zipf-like Distributions, INFOCOM 1999.
    """

    keys: int = 100_000
    zipf: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSpec:
    """A cache of answers to one sub-item; its memory holds `memory_mb` x 1024 / `object_kb` objects.

    Policies it reads: `ttl_s` (0: for ever) and `eviction` (`lru`, `random`). warm_at_start: in the starting board.
    """

    sub_item: SubItem
    popularity: PopularitySpec = PopularitySpec()
    object_kb: float = 4.0
    warm_at_start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSpec:
    """A copy of a database, behind it by the writes it has not applied yet.

    promotes_to: kind it becomes when the master is gone (sizes of the same ids). detection_s, promotion_s: how long
    the failover takes to notice and to do. read_drag: share of the pace of applying that full read load takes away.
    Policy it reads: `failover` (`automatic`, `manual`).
    """

    promotes_to: str
    detection_s: float = 10.0
    promotion_s: float = 10.0
    read_drag: float = 0.5
    popularity: PopularitySpec = PopularitySpec()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscaleSpec:
    """Instances by load, as the Kubernetes Horizontal Pod Autoscaler decides.

    desired = ceil(current x metric / target), nothing within `tolerance` of the target; every sync_s; up by at most
    max(up_instances, up_share x current) a sync; down only to the highest wish of the last stabilisation_s.
    start_s: until a new instance takes requests.
    Policies it reads: `min_instances`, `max_instances`, `target_percent`, `metric` (`cpu`: busy in service;
    `concurrency`: everything present, over the slots).
    Source: kubernetes.io, Horizontal Pod Autoscaling, algorithm details.
    """

    start_s: float = 5.0
    sync_s: float = 15.0
    tolerance: float = 0.1
    up_instances: int = 4
    up_share: float = 1.0
    stabilisation_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSpec:
    """What one pod asks for and may use (cores, MB), and the requests it serves at once."""

    id: str
    cpu: float
    memory_mb: float
    slots: int
    cpu_limit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    """Pods on a pool of worker nodes; a size of the kind is a size of worker (its `cpu` and `memory_mb`).

    As many pods fit on a worker as its cores and memory allow by their requests. Pending pods make the pool grow up to
    the policy `max_workers` (worker_start_s each); a worker empty for worker_idle_s is given back, down to
    `min_workers`. rollout_share: share of the pods a rolling deployment replaces at a time. system_cpu: cores of a
    worker that pods cannot have. Policies it reads: `pod_size`, `min_workers`, `max_workers` and those of autoscale.
    """

    pods: tuple[PodSpec, ...]
    worker_start_s: float = 30.0
    worker_idle_s: float = 60.0
    rollout_share: float = 0.25
    system_cpu: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerlessSpec:
    """Instances of one request each, made when a request finds none idle; `slots` of the size is the most there can be.

    An instance idle for keep_alive_s is gone. Beyond the limit requests are refused with 429.
    """

    cold_start_s: float = 0.8
    keep_alive_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySpec:
    """Admission in front of services. Policies it reads: `rate_limit_rps` (0: none; a token bucket, 429 beyond),
    `shedding` (`even`, `by_importance`: the least important first), `breaker` (`off`, `on`).

    The breaker opens when at least min_calls of the last window_s ended and `failure_share` of them failed behind it;
    it refuses everything (503) for open_s, then lets probe_rps through, and closes after a good window of open_s.
    Source: M. Nygard, Release It!, 2nd ed. 2018, ch. 5.
    """

    window_s: float = 10.0
    failure_share: float = 0.5
    min_calls: int = 20
    open_s: float = 5.0
    probe_rps: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterLevel:
    """How a filter set to this level works: share of attacks it blocks, and of honest requests (403)."""

    id: str
    blocks: float
    false_positives: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterSpec:
    """A filter of attacks. Policy it reads: `sensitivity`, one of the ids of `levels`."""

    levels: tuple[FilterLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSpec:
    """A durable queue: a request is answered once its message is stored; workers wired behind it pull messages.

    attempts: deliveries before a message is put aside as a dead letter. Policy it reads: `overflow` when it is full:
    `reject` (502) or `block` (publishers wait, holding their slots).
    """

    attempts: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySpec:
    """Memory of an instance: base_mb, request_mb for each request present, and what a leak has eaten.

    When it is more than the size's `memory_mb`, the node is killed and restarts by itself.
    """

    base_mb: float
    request_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSpec:
    """Backups of the databases it is wired to, every `interval_s` (its policy): the most that is lost (RPO).

    window_s: how long a backup takes; drag: share of the database's pace it takes meanwhile. restore_s: recovery time
    (RTO) of a database that lost its data.
    """

    window_s: float = 5.0
    drag: float = 0.2
    restore_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSpec:
    """A rule of the monitoring: `metric` over `threshold` for `window_s` seconds raises an alert.

    metric: `error_share`, `latency_ms` (both of the whole service), `utilisation` (smoothed), `memory_share`, `lag_s`,
    `oldest_s`, `queue_share` (of a node).
    """

    id: str
    metric: str
    threshold: float
    window_s: float
