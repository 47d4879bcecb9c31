"""What stops the run and lies over it: the pause menu and the page of keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from game.context import Context
from game.hud.overlay import Overlay, help_page, pause_menu
from game.session import Session
from game.ui.focus import FocusRing

Entry = tuple[str, str, Callable[[], None]]
CLOSING = ("menu", "help")


class Pause:
    """Opens and closes the overlays; time stands still as long as one is open, and goes on as it was before.

    entries: the lines of the menu besides going on and help: key of the text, icon, what it does.
    """

    def __init__(self, ctx: Context, session: Session, entries: Sequence[Entry]) -> None:
        self.ctx, self.session = ctx, session
        self.entries = tuple(entries)
        self.overlay: Overlay | None = None
        self._name = ""
        self._focus: FocusRing | None = None
        self._was_paused = False
        self._size = (0, 0)

    def layout(self, size: tuple[int, int]) -> None:
        """Make what is open anew for a window size."""
        self._size = size
        if self._name:
            self._make()

    def open(self, name: str) -> None:
        """Open 'menu' or 'help'."""
        if not self._name:
            self._was_paused = self.session.paused
        self.session.paused = True
        self._name = name
        self._make()

    def close(self) -> None:
        """Back to the run."""
        self.overlay, self._focus, self._name = None, None, ""
        self.session.paused = self._was_paused

    def handle(self, event: pygame.event.Event) -> None:
        """The open overlay gets every event; the keys that opened it close it."""
        if self.overlay is None or self._focus is None:
            return
        if self.ctx.keymap.action(event) in CLOSING:
            self.ctx.audio.play("ui_back")
            self.close()
        elif not self._focus.handle(event):
            self.overlay.handle(event)

    def _make(self) -> None:
        if self._name == "help":
            self.overlay = help_page(self.ctx, self._size, self.close)
        else:
            first: Entry = ("resume", "play", self.close)
            keys: Entry = ("help", "keyboard", lambda: self.open("help"))
            self.overlay = pause_menu(
                self.ctx, self._size, self.session.seed, (first, *self.entries[:-1], keys, self.entries[-1])
            )
        self._focus = FocusRing(self.overlay)
