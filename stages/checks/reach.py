"""Every request that comes can be answered by something the player has or can build."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import Role, StageSpec, SubItem
from stages.finding import Finding
from stages.keypath import one_of


def sub_items(stage: StageSpec) -> Iterator[Finding]:
    """Follow the calls that are legal from the source and collect what can be handled on the way."""
    handled = _handled(stage)
    if not handled:
        return  # without a source or a service time anywhere: other rules say so
    for index, request in enumerate(stage.request_kinds):
        if request.id not in stage.traffic.mix:
            continue
        for position, step in enumerate(request.recipe):
            if step.sub_item not in handled:
                path = ("request_kinds", index, "recipe", position, "sub_item")
                message = "no node that requests can reach handles this."
                yield Finding(path, message, one_of(item.value for item in SubItem if item in handled))


def _handled(stage: StageSpec) -> set[SubItem]:
    available = set(stage.unlocked) | {node.kind for node in stage.nodes}
    kinds = {kind.id: kind for kind in stage.node_kinds if kind.id in available}
    reached: set[str] = set()
    open_ends = [kind.id for kind in kinds.values() if kind.role is Role.SOURCE]
    while open_ends:
        name = open_ends.pop()
        if name in kinds and name not in reached:
            reached.add(name)
            open_ends += kinds[name].may_call
    return {item for name in reached for size in kinds[name].sizes for item in size.service_ms}
