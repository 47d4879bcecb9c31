"""The focus ring: Tab and arrows walk over the widgets, Enter presses; touching the mouse hides it."""

from __future__ import annotations

import pygame

from game.ui.scroll import Scroll
from game.ui.widget import Widget

ENTER = (pygame.K_RETURN, pygame.K_KP_ENTER)
# Keys that walk on to the next widget, or back.
STEPS = {pygame.K_DOWN: 1, pygame.K_RIGHT: 1, pygame.K_UP: -1, pygame.K_LEFT: -1}


class FocusRing:
    """Keeps which widget of a tree has the focus."""

    def __init__(self, root: Widget) -> None:
        self.root = root
        self.current: Widget | None = None

    def _stops(self) -> list[Widget]:
        return [widget for widget in self.root.walk() if widget.focusable and widget.enabled]

    def handle(self, event: pygame.event.Event) -> bool:
        """Walk or press; True when the event was used up."""
        if event.type == pygame.MOUSEBUTTONDOWN:
            self.set(None)
            return False
        if event.type != pygame.KEYDOWN:
            return False
        if event.key == pygame.K_TAB:
            self.move(-1 if event.mod & pygame.KMOD_SHIFT else 1)
            return True
        if self.current is not None and self.current not in self._stops():
            self.set(None)
        if self.current is None:
            return False
        if event.key in (pygame.K_DOWN, pygame.K_UP):
            self.move(STEPS[event.key])
            return True
        if event.key in (*ENTER, pygame.K_SPACE):
            self.current.activate()
            return True
        return self.current.react(event)

    def move(self, by: int) -> None:
        """Give the focus to the next widget, or the one before."""
        stops = self._stops()
        if not stops:
            self.set(None)
            return
        here = stops.index(self.current) if self.current in stops else (-1 if by > 0 else 0)
        chosen = stops[(here + by) % len(stops)]
        self.set(chosen)
        _bring_into_sight(chosen)

    def set(self, widget: Widget | None) -> None:
        """Give the focus to a widget, or to none."""
        if widget is self.current:
            return
        for changed, focused in ((self.current, False), (widget, True)):
            if changed is not None:
                changed.focused = focused
                changed.invalidate()
        self.current = widget


def _bring_into_sight(widget: Widget) -> None:
    parent = widget.parent
    while parent is not None:
        if isinstance(parent, Scroll):
            parent.reveal(widget.rect)
        parent = parent.parent
