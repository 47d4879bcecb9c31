"""A kind has the models that fit its role, and everything these need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.spec import ClusterSpec, NodeKind, Role, StageSpec
from stages.checks.kinds import SERVING
from stages.finding import Finding
from stages.keypath import Path, one_of
from stages.vocabulary import ACTIONS, NODE_METRICS, SERVICE_METRICS

# The role a model belongs to; these two fit wherever slots serve.
_SERVING_MODELS = ("usl", "memory")
_ROLE_OF: Mapping[str, Role] = {
    "cache": Role.CACHE,
    "popularity": Role.STORE,
    "replica": Role.DATABASE,
    "autoscale": Role.COMPUTE,
    "cluster": Role.COMPUTE,
    "serverless": Role.COMPUTE,
    "gateway": Role.BALANCER,
    "filter": Role.BALANCER,
    "broker": Role.QUEUE,
    "backup": Role.OBSERVER,
    "alerts": Role.OBSERVER,
}
_NEEDED: Mapping[Role, str] = {Role.CACHE: "cache", Role.QUEUE: "broker"}
_ACTION_NEEDS: Mapping[str, str] = {
    "flush": "cache",
    "promote": "replica",
    "redrive": "broker",
    "restore": "backup",
    "rollout": "cluster",
}


def models_by_role(stage: StageSpec) -> Iterator[Finding]:
    """No model where its role cannot use it, and none missing where the role is nothing without it."""
    for index, kind in enumerate(stage.node_kinds):
        place: Path = ("node_kinds", index)
        for name, role in _ROLE_OF.items():
            if getattr(kind, name) and kind.role is not role:
                message = f"means nothing on a {kind.role} node."
                yield Finding((*place, name), message, f'only where role = "{role}"')
        for name in _SERVING_MODELS:
            if getattr(kind, name) is not None and kind.role not in SERVING:
                yield Finding((*place, name), f"means nothing on a {kind.role} node.", "only where slots serve")
        needed = _NEEDED.get(kind.role)
        if needed and getattr(kind, needed) is None:
            yield Finding((*place, needed), f"a {kind.role} node is nothing without it.", "a table")
        if kind.cluster is not None and kind.autoscale is None:
            yield Finding((*place, "autoscale"), "a cluster scales its pods by it.", "a table")
        if kind.cluster is not None and kind.serverless is not None:
            yield Finding((*place, "serverless"), "a cluster and serverless exclude each other.", "one of the two")


def model_parts(stage: StageSpec) -> Iterator[Finding]:
    """What a model reads from the sizes and lists of its kind is there and makes sense."""
    for index, kind in enumerate(stage.node_kinds):
        place: Path = ("node_kinds", index)
        yield from _sizes(kind, place)
        yield from _actions(kind, place)
        if kind.cluster is not None:
            yield from _pods_fit(kind, kind.cluster, place)
        if kind.filter is not None and not kind.filter.levels:
            yield Finding((*place, "filter", "levels"), "a filter needs a level.", "at least one level")
        for position, alert in enumerate(kind.alerts):
            if alert.metric not in (*SERVICE_METRICS, *NODE_METRICS):
                path = (*place, "alerts", position, "metric")
                yield Finding(path, "nothing that can be watched.", one_of((*SERVICE_METRICS, *NODE_METRICS)))


def _sizes(kind: NodeKind, place: Path) -> Iterator[Finding]:
    reads_memory = [name for name in ("cache", "cluster") if getattr(kind, name) is not None]
    for position, size in enumerate(kind.sizes):
        path = (*place, "sizes", position)
        if reads_memory and size.memory_mb == 0:
            yield Finding((*path, "memory_mb"), f"needed by {one_of(reads_memory)}.", "a number above 0")
        if kind.memory is not None and 0 < size.memory_mb <= kind.memory.base_mb:
            message = f"not more than the {kind.memory.base_mb:g} MB an idle instance uses."
            yield Finding((*path, "memory_mb"), message, f"a number above {kind.memory.base_mb:g}")
        if kind.replica is not None and size.apply_rps == 0:
            yield Finding((*path, "apply_rps"), "a replica that applies no writes falls behind for ever.", "above 0")
        if kind.replica is None and size.apply_rps:
            yield Finding((*path, "apply_rps"), "only a replica applies writes.", "0")
        if kind.role is not Role.STORE and size.partitions != 1:
            yield Finding((*path, "partitions"), f"a {kind.role} node has no partitions.", "1")


def _pods_fit(kind: NodeKind, cluster: ClusterSpec, place: Path) -> Iterator[Finding]:
    """Every pod fits on the smallest worker that is for sale."""
    if not cluster.pods:
        yield Finding((*place, "cluster", "pods"), "a cluster needs a size of pod.", "at least one pod")
    for position, pod in enumerate(cluster.pods):
        path = (*place, "cluster", "pods", position)
        for size in kind.sizes:
            room = size.cpu - cluster.system_cpu
            if pod.cpu > room:
                message = f'more cores than a worker "{size.id}" has to give.'
                yield Finding((*path, "cpu"), message, f"a number above 0, at most {max(room, 0.0):g}")
                break
            if 0 < size.memory_mb < pod.memory_mb:
                message = f'more memory than a worker "{size.id}" has.'
                yield Finding((*path, "memory_mb"), message, f"a number above 0, at most {size.memory_mb:g}")
                break
        if 0 < pod.cpu_limit < pod.cpu:
            message = "less than the cores it asks for."
            yield Finding((*path, "cpu_limit"), message, f"0 (no limit), or {pod.cpu:g} or more")


def _actions(kind: NodeKind, place: Path) -> Iterator[Finding]:
    for position, action in enumerate(kind.actions):
        path = (*place, "actions", position)
        if action not in ACTIONS:
            yield Finding(path, "nothing that can be done to a node.", one_of(ACTIONS))
        elif getattr(kind, _ACTION_NEEDS[action]) is None:
            yield Finding(path, f"does nothing without {_ACTION_NEEDS[action]}.", f"only with {_ACTION_NEEDS[action]}")
