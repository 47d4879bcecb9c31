"""A page of the inspector: widgets one under the other, and what keeps each of them up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pygame

from engine.commands import Command
from engine.view import NodeView
from game.context import Context
from game.hud.names import NodeNames
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Tooltip, W, Widget
from game.view.modes import Route

TOP = 10
SIDE = 14
STAT_HEIGHT = 40
STAT_STEP = 44
BAR_HEIGHT = 34
BAR_STEP = 38


@dataclass(frozen=True, slots=True)
class Hands:
    """What the inspector may set going.

    command: does an act; a refusal is shown by the scene. sell: sells the selection, asking once more where it cannot
    be taken back. clone: takes copies of the selection into the hand. wire: selects a wire. jump: shows a node.
    """

    command: Callable[[Command], None]
    sell: Callable[[], object]
    clone: Callable[[], object]
    wire: Callable[[Route], None]
    jump: Callable[[int], None]


class Page:
    """Fills `scroll` from the top. A page is made anew whenever what it shows changes its shape."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll, hands: Hands) -> None:
        self.ctx, self.session, self.scroll, self.hands = ctx, session, scroll, hands
        self.rect = scroll.rect
        self.names = NodeNames(ctx.i18n, session.view)
        self._updates: list[Callable[[NodeView | None], None]] = []
        self._y = self.rect.top + self.px(TOP)

    def refresh(self, node: NodeView | None) -> None:
        """Show the world as it is now."""
        for update in self._updates:
            update(node)

    @property
    def height(self) -> int:
        """The height of everything so far, in pixels."""
        return self._y + self.px(TOP) - self.rect.top

    @property
    def width(self) -> int:
        """The width there is for widgets, in pixels."""
        return self.rect.width - self.px(2 * SIDE)

    def px(self, logical: float) -> int:
        """A logical length in pixels."""
        return self.ctx.theme.px(logical)

    def add(self, widget: W) -> W:
        """Put a widget on the page; `place` gives it its place."""
        return self.scroll.add(widget)

    def each(self, update: Callable[[NodeView], None]) -> None:
        """Call `update` with the node of the page at every refresh."""
        self._updates.append(lambda node: update(node) if node is not None else None)

    def always(self, update: Callable[[], None]) -> None:
        """Call `update` at every refresh of a page that is not about one node."""
        self._updates.append(lambda _: update())

    def place(self, widget: Widget, height: float, left: float = 0.0, right: float = 1.0) -> None:
        """Put a widget at the running height; left and right are shares of the width."""
        x = self.rect.left + self.px(SIDE)
        place = pygame.Rect(x + round(self.width * left), self._y, round(self.width * (right - left)), self.px(height))
        widget.layout(place)

    def down(self, logical: float) -> None:
        """Move the running height."""
        self._y += self.px(logical)

    def head(self, text: str, tooltip: Tooltip = None) -> None:
        """A small heading."""
        self.place(self.add(Label(self.ctx, text, "small", "muted", tooltip=tooltip)), 20)
        self.down(22)

    def paragraph(self, text: str, colour: str = "muted") -> None:
        """Words over as many lines as they need."""
        about = self.add(Label(self.ctx, text, "small", colour, wrap=True))
        height = about.height_for(self.width) / self.ctx.theme.scale
        self.place(about, height + 1)
        self.down(height + 8)

    def grid(self, widgets: Sequence[Widget], columns: int = 3) -> None:
        """Widgets of the height of a figure side by side, in as many rows as they need."""
        for index, widget in enumerate(widgets):
            column = index % columns
            self.place(widget, STAT_HEIGHT, column / columns, (column + 1) / columns - 0.02)
            if column == columns - 1 or index == len(widgets) - 1:
                self.down(STAT_STEP)

    def bar(self, widget: Widget) -> None:
        """A bar over the whole width."""
        self.place(widget, BAR_HEIGHT)
        self.down(BAR_STEP)
