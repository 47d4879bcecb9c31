"""What the menu screens share: a tree of widgets with focus, tooltips and a way back."""

from __future__ import annotations

import pygame

from game.context import Context
from game.scenes.base import Scene
from game.ui.button import Button, Kind
from game.ui.focus import ENTER, STEPS, FocusRing
from game.ui.tooltip import Tooltips
from game.ui.widget import Widget


class Root(Widget):
    """The top of a tree; its picture is the window."""


class Screen:
    """A scene made of widgets. Subclasses fill `root` in `build` and place it in `arrange`."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.next_scene: Scene | None = None
        self.size = (0, 0)
        self.root = Root(ctx)
        self.focus = FocusRing(self.root)
        self.tooltips = Tooltips(ctx, self.root)

    def build(self) -> None:
        """Make the widgets anew (texts and colours may have changed)."""

    def arrange(self) -> None:
        """Give every widget its place in a window of `self.size` pixels."""

    def back(self) -> Scene | None:
        """Where Esc leads; None: nowhere."""
        return None

    def main(self) -> Widget | None:
        """What Enter activates while nothing has the focus: the button that wants it most."""
        buttons = (widget for widget in self.root.walk() if isinstance(widget, Button) and widget.enabled)
        return next((button for button in buttons if button.kind is Kind.PRIMARY), None)

    def enter(self) -> None:
        """Shown."""

    def leave(self) -> None:
        """Gone."""

    def layout(self, size: tuple[int, int]) -> None:
        """Build and arrange everything for a window size."""
        self.size = size
        self.root = Root(self.ctx)
        self.root.rect = pygame.Rect((0, 0), size)
        self.focus = FocusRing(self.root)
        self.tooltips = Tooltips(self.ctx, self.root)
        self.build()
        self.arrange()

    def handle(self, event: pygame.event.Event) -> None:
        """Tooltips, then the focus ring, then the widgets, then the keys of the screen itself."""
        self.tooltips.handle(event)
        if self.focus.handle(event) or self.root.handle(event) or event.type != pygame.KEYDOWN:
            return
        if event.key == pygame.K_ESCAPE:
            self.next_scene = self.back()
        elif event.key in STEPS:
            self.focus.move(STEPS[event.key])
        elif self.focus.current is None and (wanted := self.main()) is not None and self._asks_for(wanted, event):
            wanted.activate()

    def _asks_for(self, wanted: Widget, event: pygame.event.Event) -> bool:
        action = wanted.action if isinstance(wanted, Button) else ""
        return event.key in ENTER or (bool(action) and self.ctx.keymap.action(event) == action)

    def update(self, dt_s: float) -> None:
        """Let time pass for all widgets."""
        self.root.update(dt_s)
        self.tooltips.update(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """The background, the widgets, and the tooltip over them."""
        surface.fill(self.ctx.theme.palette.bg)
        self.root.draw(surface)
        self.tooltips.draw(surface)

    def px(self, logical: float) -> int:
        """A logical length in pixels."""
        return self.ctx.theme.px(logical)
