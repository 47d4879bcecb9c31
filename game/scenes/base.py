"""What a screen of the game is."""

from __future__ import annotations

from typing import Protocol

import pygame


class Scene(Protocol):
    """One screen. next_scene: set it to go to another; the app changes over after `update`."""

    next_scene: Scene | None

    def enter(self) -> None:
        """The screen is shown from now on."""

    def leave(self) -> None:
        """Another screen is shown from now on."""

    def layout(self, size: tuple[int, int]) -> None:
        """Arrange everything for a window size in pixels; called before the first frame and whenever it changes."""

    def handle(self, event: pygame.event.Event) -> None:
        """React to an event; positions are in pixels."""

    def update(self, dt_s: float) -> None:
        """Let real time pass."""

    def draw(self, surface: pygame.Surface) -> None:
        """Draw one frame."""


class Quit(Exception):
    """Raised by a scene to end the program."""
