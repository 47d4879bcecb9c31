"""What the shop offers, in which categories, and which of them is open."""

from __future__ import annotations

from collections.abc import Sequence

from engine.spec import NodeKind, StageSpec
from engine.worldview import WorldView
from game.view.families import FAMILIES, family_of

IN_ONE_ROW = 5


def kinds_on_offer(stage: StageSpec, unlocked: Sequence[str]) -> list[NodeKind]:
    """What the shop shows, in its order: by category, first what may be built and then what is locked."""
    kinds = [stage.node_kind(kind) for kind in unlocked]
    kinds += [kind for kind in stage.node_kinds if kind.id not in unlocked]
    sold = [kind for kind in kinds if family_of(kind)]
    return sorted(sold, key=lambda kind: FAMILIES.index(family_of(kind)))


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
        return tuple(dict.fromkeys(family_of(kind) for kind in self.kinds))

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
        return [kind for kind in self.kinds if self.open in ("", family_of(kind))]
