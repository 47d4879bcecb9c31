"""Names are well formed, unique where they must be, and refer to something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.spec import Role, StageSpec
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
    for index, kind in enumerate(stage.node_kinds):
        yield ("node_kinds", index, "sizes"), ("id",), [size.id for size in kind.sizes]
        yield ("node_kinds", index, "policies"), ("key",), [policy.key for policy in kind.policies]
        for place, policy in enumerate(kind.policies):
            yield ("node_kinds", index, "policies", place, "choices"), (), list(policy.choices)


def _repeated(path: Path, key: Path, names: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            first = names.index(name)
            yield Finding((*path, index, *key), f"used twice (first at place {first}).", "a name of its own")


def node_references(stage: StageSpec) -> Iterator[Finding]:
    """Every kind of node and size that is named exists."""
    kinds = {kind.id: kind for kind in stage.node_kinds}
    for index, kind in enumerate(stage.node_kinds):
        for place, callee in enumerate(kind.may_call):
            if callee not in kinds:
                yield unknown(("node_kinds", index, "may_call", place), callee, kinds, "kind of node")
    for index, name in enumerate(stage.unlocked):
        if name not in kinds:
            yield unknown(("unlocked", index), name, kinds, "kind of node")
        elif kinds[name].role is Role.SOURCE:
            buildable = [kind.id for kind in kinds.values() if kind.role is not Role.SOURCE]
            yield Finding(("unlocked", index), "a source of traffic cannot be built.", one_of(buildable))
    for index, node in enumerate(stage.nodes):
        if node.kind not in kinds:
            yield unknown(("nodes", index, "kind"), node.kind, kinds, "kind of node")
        elif node.size and node.size not in (sizes := [size.id for size in kinds[node.kind].sizes]):
            yield unknown(("nodes", index, "size"), node.size, sizes, f'size of "{node.kind}"')


def request_references(stage: StageSpec) -> Iterator[Finding]:
    """Every kind of request that is named exists."""
    requests = [kind.id for kind in stage.request_kinds]
    for name in stage.traffic.mix:
        if name not in requests:
            yield unknown(("traffic", "mix", name), name, requests, "kind of request")
    for index, event in enumerate(stage.events):
        for place, effect in enumerate(event.effects):
            for position, name in enumerate(effect.kinds):
                if name not in requests:
                    path = ("events", index, "effects", place, "kinds", position)
                    yield unknown(path, name, requests, "kind of request")
