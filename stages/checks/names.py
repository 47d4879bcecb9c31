"""Names are well formed, unique where they must be, and refer to something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.spec import NodeKind, Role, StageSpec
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, one_of

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAME_TEXT = "lower-case letters, digits and _, beginning with a letter"


def unknown(path: Path, name: str, known: Iterable[str], what: str) -> Finding:
    """A reference that leads nowhere."""
    known = list(known)
    return Finding(path, f"no such {what}.{did_you_mean(name, known)}", one_of(known))


def unique_names(stage: StageSpec) -> Iterator[Finding]:
    """No two elements of a list share their name."""
    for path in _names(stage):
        yield from _repeated(*path)


def well_formed_names(stage: StageSpec) -> Iterator[Finding]:
    """Names can be used in paths, texts and file names."""
    if not _NAME.fullmatch(stage.id):
        yield Finding(("id",), "not a name.", _NAME_TEXT)
    for path, key, names in _names(stage):
        for index, name in enumerate(names):
            if not _NAME.fullmatch(name):
                yield Finding((*path, index, *key), "not a name.", _NAME_TEXT)


def _names(stage: StageSpec) -> Iterator[tuple[Path, Path, list[str]]]:
    """Every list of named things: its path, the key of the name inside an element, and the names."""
    yield ("node_kinds",), ("id",), [kind.id for kind in stage.node_kinds]
    yield ("request_kinds",), ("id",), [kind.id for kind in stage.request_kinds]
    yield ("nodes",), ("key",), [node.key for node in stage.nodes]
    yield ("events",), ("id",), [event.id for event in stage.events]
    yield ("tutorial",), ("id",), [step.id for step in stage.tutorial]
    yield ("unlocked",), (), list(stage.unlocked)
    yield ("zones",), ("id",), [zone.id for zone in stage.zones]
    yield ("objectives",), ("id",), [objective.id for objective in stage.objectives]
    for index, event in enumerate(stage.events):
        yield ("events", index, "choices"), ("id",), [choice.id for choice in event.choices]
    if stage.hosting is not None:
        yield ("hosting", "hosts"), ("id",), [host.id for host in stage.hosting.hosts]
    if stage.migration is not None:
        yield ("migration", "unlocks"), (), list(stage.migration.unlocks)
    for index, kind in enumerate(stage.node_kinds):
        yield ("node_kinds", index, "sizes"), ("id",), [size.id for size in kind.sizes]
        yield ("node_kinds", index, "policies"), ("key",), [policy.key for policy in kind.policies]
        for place, policy in enumerate(kind.policies):
            yield ("node_kinds", index, "policies", place, "choices"), (), list(policy.choices)
        yield ("node_kinds", index, "alerts"), ("id",), [alert.id for alert in kind.alerts]
        if kind.cluster is not None:
            yield ("node_kinds", index, "cluster", "pods"), ("id",), [pod.id for pod in kind.cluster.pods]
        if kind.filter is not None:
            yield ("node_kinds", index, "filter", "levels"), ("id",), [level.id for level in kind.filter.levels]


def _repeated(path: Path, key: Path, names: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            first = names.index(name)
            yield Finding((*path, index, *key), f"used twice (first at place {first}).", "a name of its own")


def node_references(stage: StageSpec) -> Iterator[Finding]:
    """Every kind of node, size and zone that is named exists."""
    kinds = {kind.id: kind for kind in stage.node_kinds}
    for index, kind in enumerate(stage.node_kinds):
        yield from _kind_references(kind, kinds, ("node_kinds", index))
    yield from _on_offer(stage.unlocked, kinds, ("unlocked",))
    if stage.migration is not None:
        yield from _on_offer(stage.migration.unlocks, kinds, ("migration", "unlocks"))
    for index, node in enumerate(stage.nodes):
        if node.kind not in kinds:
            yield unknown(("nodes", index, "kind"), node.kind, kinds, "kind of node")
        elif node.size and node.size not in (sizes := [size.id for size in kinds[node.kind].sizes]):
            yield unknown(("nodes", index, "size"), node.size, sizes, f'size of "{node.kind}"')


def _kind_references(kind: NodeKind, kinds: Mapping[str, NodeKind], path: Path) -> Iterator[Finding]:
    for place, callee in enumerate(kind.may_call):
        if callee not in kinds:
            yield unknown((*path, "may_call", place), callee, kinds, "kind of node")
    for callee, sub_items in kind.only_for.items():
        if callee not in kind.may_call:
            message = f"not among the kinds it may call.{did_you_mean(callee, kind.may_call)}"
            yield Finding((*path, "only_for", callee), message, one_of(kind.may_call))
        elif not sub_items:
            yield Finding((*path, "only_for", callee), "a wire that carries nothing.", "at least one sub-item")
    if kind.replica is None:
        return
    place_of_master: Path = (*path, "replica", "promotes_to")
    master = kinds.get(kind.replica.promotes_to)
    if master is None:
        yield unknown(place_of_master, kind.replica.promotes_to, kinds, "kind of node")
        return
    absent = [size.id for size in kind.sizes if size.id not in {size.id for size in master.sizes}]
    if absent:
        yield Finding(
            place_of_master, f'"{master.id}" has no size {one_of(absent)}.', "a kind with sizes of the same ids"
        )


def _on_offer(names: Iterable[str], kinds: Mapping[str, NodeKind], path: Path) -> Iterator[Finding]:
    buildable = [kind.id for kind in kinds.values() if kind.role is not Role.SOURCE]
    for index, name in enumerate(names):
        if name not in kinds:
            yield unknown((*path, index), name, kinds, "kind of node")
        elif name not in buildable:
            yield Finding((*path, index), "a source of traffic cannot be built.", one_of(buildable))
