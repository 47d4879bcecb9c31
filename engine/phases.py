"""The recipes of all request kinds, flattened: a phase is one sub-item of one kind of request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.spec import RequestKind, SubItem

DONE = -1


@dataclass(frozen=True, slots=True)
class Phases:
    """All tuples are indexed by phase, `first` by request kind.

    following: the next phase of the same request, or DONE.
    """

    kind: tuple[int, ...]
    sub_item: tuple[SubItem, ...]
    work: tuple[float, ...]
    following: tuple[int, ...]
    first: tuple[int, ...]


def flatten(request_kinds: Sequence[RequestKind]) -> Phases:
    """Number the steps of all recipes, one after the other."""
    kind: list[int] = []
    sub_item: list[SubItem] = []
    work: list[float] = []
    following: list[int] = []
    first: list[int] = []
    for index, request_kind in enumerate(request_kinds):
        first.append(len(kind))
        for step in request_kind.recipe:
            kind.append(index)
            sub_item.append(SubItem(step.sub_item))
            work.append(step.work)
            following.append(len(kind))
        following[-1] = DONE
    return Phases(tuple(kind), tuple(sub_item), tuple(work), tuple(following), tuple(first))
