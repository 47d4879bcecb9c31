"""The recipes of all request kinds, flattened: a phase is one sub-item of one kind of request, in one lane.

Lanes are copies of all phases that tell apart what becomes of a request: LIVE ones have somebody waiting for the
answer. ABANDONED ones are still worked on although the client has given up; ORPHANED ones are single calls whose caller
has given up. In the lanes from MESSAGE on, one for each delivery, messages travel from a broker to its workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.spec import RequestKind, SubItem

DONE, WASTED, DELIVERED = -1, -2, -3
LIVE, ABANDONED, ORPHANED, MESSAGE = 0, 1, 2, 3


@dataclass(frozen=True)
class Phases:
    """All tuples are indexed by phase, `first` and `request_kinds` by request kind.

    following: the next phase of the same request, or how it ends. size: phases in a lane. deliveries: message lanes.
    """

    request_kinds: tuple[RequestKind, ...]
    kind: tuple[int, ...]
    sub_item: tuple[SubItem, ...]
    work: tuple[float, ...]
    needs: tuple[str, ...]
    cacheable: tuple[bool, ...]
    session: tuple[bool, ...]
    following: tuple[int, ...]
    first: tuple[int, ...]
    size: int
    deliveries: int

    def lane(self, phase: int) -> int:
        """The lane a phase is in."""
        return phase // self.size

    def in_lane(self, phase: int, lane: int) -> int:
        """The same step of the same kind of request in another lane."""
        return phase % self.size + lane * self.size

    @cached_property
    def index(self) -> dict[str, int]:
        """The number of each request kind by its id."""
        return {kind.id: i for i, kind in enumerate(self.request_kinds)}


def flatten(request_kinds: Sequence[RequestKind], deliveries: int = 0) -> Phases:
    """Number the steps of all recipes, one after the other, lane by lane; a message is delivered `deliveries` times at
    most."""
    steps = [(i, step) for i, kind in enumerate(request_kinds) for step in kind.recipe]
    size, lanes = len(steps), MESSAGE + deliveries
    first = tuple(next(p for p, (kind, _) in enumerate(steps) if kind == i) for i in range(len(request_kinds)))
    lasts = {p for p in range(size) if p + 1 == size or steps[p + 1][0] != steps[p][0]}

    def following(phase: int) -> int:
        lane, step = divmod(phase, size)
        if lane >= MESSAGE:
            return DELIVERED
        if lane == ORPHANED or (lane == ABANDONED and step in lasts):
            return WASTED
        return DONE if step in lasts else phase + 1

    return Phases(
        request_kinds=tuple(request_kinds),
        kind=tuple(kind for kind, _ in steps) * lanes,
        sub_item=tuple(SubItem(step.sub_item) for _, step in steps) * lanes,
        work=tuple(step.work for _, step in steps) * lanes,
        needs=tuple(step.needs for _, step in steps) * lanes,
        cacheable=tuple(step.cacheable for _, step in steps) * lanes,
        session=tuple(step.session for _, step in steps) * lanes,
        following=tuple(following(phase) for phase in range(size * lanes)),
        first=first,
        size=size,
        deliveries=deliveries,
    )
