"""What the shop offers, in which categories, and which of them is open."""

from __future__ import annotations

from collections.abc import Sequence

from engine.spec import NodeKind, Role, StageSpec, SubItem
from engine.worldview import WorldView

CATEGORIES = ("network", "compute", "database", "messaging", "operations")
IN_ONE_ROW = 5
_BY_ROLE = {
    Role.BALANCER: "network",
    Role.COMPUTE: "compute",
    Role.STORE: "database",
    Role.DATABASE: "database",
    Role.QUEUE: "messaging",
    Role.WORKER: "messaging",
    Role.OBSERVER: "operations",
}
_CONVERSATION = "chat"


def category_of(kind: NodeKind) -> str:
    """The category a kind is sold in; empty for what is not sold at all."""
    if kind.role is Role.CACHE:
        return "network" if kind.cache is not None and kind.cache.sub_item is SubItem.STATIC else "database"
    if kind.role is Role.COMPUTE and any(_CONVERSATION in size.special_ms for size in kind.sizes):
        return "messaging"
    return _BY_ROLE.get(kind.role, "")


def kinds_on_offer(stage: StageSpec, unlocked: Sequence[str]) -> list[NodeKind]:
    """What the shop shows, in its order: by category, first what may be built and then what is locked."""
    kinds = [stage.node_kind(kind) for kind in unlocked]
    kinds += [kind for kind in stage.node_kinds if kind.id not in unlocked]
    sold = [kind for kind in kinds if category_of(kind)]
    return sorted(sold, key=lambda kind: CATEGORIES.index(category_of(kind)))


class Shelf:
    """A few kinds lie side by side; more are sorted into categories of which one is open."""

    def __init__(self, stage: StageSpec, view: WorldView) -> None:
        self.stage, self.view = stage, view
        self._open = ""

    @property
    def kinds(self) -> list[NodeKind]:
        """All that is shown anywhere."""
        return kinds_on_offer(self.stage, self.view.unlocked)

    @property
    def sorted(self) -> bool:
        """Whether there are too many kinds for one row."""
        return len(self.kinds) > IN_ONE_ROW

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that hold something."""
        return tuple(dict.fromkeys(category_of(kind) for kind in self.kinds))

    @property
    def open(self) -> str:
        """The category that is open; empty while everything lies in one row."""
        if not self.sorted:
            return ""
        return self._open if self._open in self.categories else self.categories[0]

    def show(self, category: str) -> None:
        """Open a category."""
        self._open = category

    def next(self) -> None:
        """Open the next category."""
        if self.sorted:
            held = self.categories
            self._open = held[(held.index(self.open) + 1) % len(held)]

    @property
    def in_reach(self) -> list[NodeKind]:
        """What lies there to be taken, in the order of its keys."""
        return [kind for kind in self.kinds if self.open in ("", category_of(kind))]
