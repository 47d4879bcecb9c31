"""A page of the inspector: widgets one under the other, and what keeps each of them up to date."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.view import NodeView
from game.context import Context
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import W, Widget

TOP = 10
SIDE = 14


class Page:
    """Fills `scroll` from the top. A page is made anew whenever what it shows changes its shape."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll) -> None:
        self.ctx, self.session, self.scroll = ctx, session, scroll
        self.rect = scroll.rect
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

    def px(self, logical: float) -> int:
        """A logical length in pixels."""
        return self.ctx.theme.px(logical)

    def add(self, widget: W) -> W:
        """Put a widget on the page."""
        return self.scroll.add(widget)

    def _place(self, widget: Widget, height: float, left: float = 0.0, right: float = 1.0) -> None:
        """Put a widget at the running height; left and right are shares of the width."""
        inner = self.rect.width - self.px(2 * SIDE)
        x = self.rect.left + self.px(SIDE)
        place = pygame.Rect(x + round(inner * left), self._y, round(inner * (right - left)), self.px(height))
        widget.layout(place)

    def _down(self, logical: float) -> None:
        self._y += self.px(logical)

    def _head(self, text: str) -> None:
        self._place(self.add(Label(self.ctx, text, "small", "muted")), 20)
        self._down(22)
