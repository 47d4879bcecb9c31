"""Somebody in front of the screen who is not there: moves a mouse and presses keys by real events, frame by frame."""

from __future__ import annotations

import pygame

from game.app import App
from game.ui.button import Button
from game.ui.widget import Widget

FRAME_S = 1 / 40
DRAG_AT = (0.2, 0.5, 0.8, 1.0)
Point = tuple[int, int]


class Visitor:
    """Drives an app. Every act lets the frames pass in which it is handled."""

    def __init__(self, app: App) -> None:
        self.app = app
        pygame.event.clear()
        self.frames(2)

    def frames(self, count: int = 1, dt_s: float = FRAME_S) -> None:
        """Let frames pass."""
        for _ in range(count):
            self.app.frame(dt_s)

    def move(self, pos: Point, held: bool = False) -> None:
        """Move the mouse."""
        event = pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(1, 1), buttons=(int(held), 0, 0))
        pygame.event.post(event)
        self.frames()

    def button(self, kind: int, pos: Point, button: int = 1) -> None:
        """A mouse button goes down or up."""
        pygame.event.post(pygame.event.Event(kind, pos=pos, button=button))
        self.frames()

    def click(self, at: Point | Widget) -> None:
        """Move there and click."""
        pos = at.rect.center if isinstance(at, Widget) else at
        self.move(pos)
        self.button(pygame.MOUSEBUTTONDOWN, pos)
        self.button(pygame.MOUSEBUTTONUP, pos)

    def drag(self, start: Point, end: Point) -> None:
        """Press at one place, move in steps, release at another."""
        self.move(start)
        self.button(pygame.MOUSEBUTTONDOWN, start)
        for share in DRAG_AT:
            self.move(
                (round(start[0] + (end[0] - start[0]) * share), round(start[1] + (end[1] - start[1]) * share)), True
            )
        self.button(pygame.MOUSEBUTTONUP, end)

    def key(self, action: str) -> None:
        """Press and release the key of an action."""
        binding = self.app.ctx.keymap.binding(action)
        mod = pygame.KMOD_LCTRL if binding.ctrl else 0
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=binding.key, mod=mod, unicode=""))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=binding.key, mod=mod))
        self.frames()

    def press(self, root: Widget, text: str) -> None:
        """Click the button that says something. Raises LookupError when there is none that can be pressed."""
        found = [w for w in root.walk() if isinstance(w, Button) and w.text == text and w.enabled]
        if not found:
            raise LookupError(f"there is no button {text!r}")
        self.click(found[0])

    def t(self, key: str, **values: object) -> str:
        """A text in the language of the app."""
        return self.app.ctx.i18n.t(key, **values)
