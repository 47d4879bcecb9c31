"""The tutorial asks for what exists and can be done."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import StageSpec, TutorialGoal, TutorialStep
from stages.checks.names import unknown
from stages.finding import Finding
from stages.keypath import Path, one_of

_NEEDS = {
    TutorialGoal.READ: (),
    TutorialGoal.OPERATION: (),
    TutorialGoal.NODES: ("kind",),
    TutorialGoal.POLICY: ("kind",),
    TutorialGoal.WIRES: ("kind", "target"),
}


def steps(stage: StageSpec) -> Iterator[Finding]:
    """Each step names the kinds its goal needs, and points at something that can be on the screen."""
    for index, step in enumerate(stage.tutorial):
        path: Path = ("tutorial", index)
        yield from _named_kinds(stage, step, path)
        yield from _possible(stage, step, path)
        yield from _pointer(stage, step, path)


def _named_kinds(stage: StageSpec, step: TutorialStep, path: Path) -> Iterator[Finding]:
    kinds = [kind.id for kind in stage.node_kinds]
    for key in ("kind", "target"):
        name = getattr(step, key)
        if key in _NEEDS[step.goal] and not name:
            yield Finding((*path, key), f'the goal "{step.goal}" needs it.', one_of(kinds))
        elif name and name not in kinds:
            yield unknown((*path, key), name, kinds, "kind of node")


def _possible(stage: StageSpec, step: TutorialStep, path: Path) -> Iterator[Finding]:
    kinds = {kind.id: kind for kind in stage.node_kinds}
    kind = kinds.get(step.kind)
    if kind is None:
        return
    present = sum(node.kind == step.kind for node in stage.nodes)
    if step.goal is TutorialGoal.NODES and step.kind not in stage.unlocked and present < step.count:
        yield Finding((*path, "kind"), "not in the shop, so it cannot be built.", one_of(stage.unlocked))
    if step.goal is TutorialGoal.POLICY and not kind.policies:
        able = [other.id for other in stage.node_kinds if other.policies]
        yield Finding((*path, "kind"), "has no settings.", one_of(able))
    if step.goal is TutorialGoal.WIRES and step.target in kinds and step.target not in kind.may_call:
        yield Finding((*path, "target"), f'a "{step.kind}" may not call it.', one_of(kind.may_call))


def _pointer(stage: StageSpec, step: TutorialStep, path: Path) -> Iterator[Finding]:
    what, colon, name = step.point_at.partition(":")
    known = {"shop": list(stage.unlocked), "node": [node.key for node in stage.nodes]}.get(what)
    if colon and known is not None and name not in known:
        yield unknown((*path, "point_at"), name, (f"{what}:{item}" for item in known), "thing to point at")
