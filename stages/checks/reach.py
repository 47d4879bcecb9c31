"""Every request that comes can be answered by something the player has or can build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.spec import NodeKind, RecipeStep, Role, StageSpec, SubItem
from stages.finding import Finding
from stages.keypath import one_of


def sub_items(stage: StageSpec) -> Iterator[Finding]:
    """Follow the calls that are legal from the source: something on the way handles each step of each request."""
    kinds = _available(stage)
    handled = [item for item in SubItem if _handled(kinds, RecipeStep(sub_item=item))]
    capable = sorted({needs for kind in kinds.values() for size in kind.sizes for needs in size.special_ms})
    if not handled and not capable:
        return  # without a source or a service time anywhere: other rules say so
    for index, request in enumerate(stage.request_kinds):
        if request.id not in stage.traffic.mix:
            continue
        for position, step in enumerate(request.recipe):
            if _handled(kinds, step):
                continue
            path = ("request_kinds", index, "recipe", position)
            if step.needs:
                message = "no node that requests can reach is capable of this."
                yield Finding((*path, "needs"), message, one_of(["", *capable]))
            else:
                message = "no node that requests can reach handles this."
                yield Finding((*path, "sub_item"), message, one_of(item.value for item in handled))


def monitoring(stage: StageSpec) -> Iterator[Finding]:
    """Who has to do without figures until there is a monitoring must be able to get one."""
    if stage.needs_monitoring and not any(kind.alerts for kind in _available(stage).values()):
        message = "there is nothing to monitor with."
        yield Finding(("needs_monitoring",), message, "false, or a kind of node with alerts in the shop or on the map")


def _available(stage: StageSpec) -> Mapping[str, NodeKind]:
    later = stage.migration.unlocks if stage.migration is not None else ()
    names = {*stage.unlocked, *later, *(node.kind for node in stage.nodes)}
    return {kind.id: kind for kind in stage.node_kinds if kind.id in names}


def _handled(kinds: Mapping[str, NodeKind], step: RecipeStep) -> bool:
    """Whether a kind that the step can come to can do it."""
    reached: set[str] = set()
    open_ends = [kind.id for kind in kinds.values() if kind.role is Role.SOURCE]
    while open_ends:
        name = open_ends.pop()
        if name not in kinds or name in reached:
            continue
        reached.add(name)
        kind = kinds[name]
        able = (
            step.needs in size.special_ms if step.needs else step.sub_item in size.service_ms for size in kind.sizes
        )
        if any(able):
            return True
        open_ends += [callee for callee in kind.may_call if step.sub_item in kind.only_for.get(callee, SubItem)]
    return False


def _able(kind: NodeKind, step: RecipeStep) -> bool:
    if step.needs:
        return any(step.needs in size.special_ms for size in kind.sizes)
    stored = kind.role is Role.STORE and step.sub_item in kind.accepts
    return stored or any(step.sub_item in size.service_ms for size in kind.sizes)
