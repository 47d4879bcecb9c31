"""The red edge of the screen while requests fail: seldom, short, and still for whoever wants it still."""

from __future__ import annotations

import pygame

from game.context import Context

PULSE_S = 0.4
APART_S = 1.0
WIDTH = 10


class Alarm:
    """One pulse of the border for each incident, at least a second apart (WCAG 2.3.1: at most 3 flashes a second).

    With reduced motion or without flashing the border stands still as long as errors are above the threshold.
    """

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.pulse_s = 0.0
        self.since_s = APART_S
        self.burning = False

    def incident(self) -> None:
        """Something began to fail."""
        if self.since_s >= APART_S:
            self.pulse_s, self.since_s = PULSE_S, 0.0

    def update(self, dt_s: float, burning: bool) -> None:
        """Let time pass; `burning`: errors are above the threshold now."""
        self.burning = burning
        self.pulse_s = max(0.0, self.pulse_s - dt_s)
        self.since_s += dt_s

    def draw(self, surface: pygame.Surface) -> None:
        """Four opaque bars; cheap everywhere."""
        settings, palette = self.ctx.settings, self.ctx.theme.palette
        still = settings.no_flashing or settings.reduced_motion
        if not self.burning and (still or self.pulse_s <= 0):
            return
        bright = 0.0 if still else self.pulse_s / PULSE_S
        colour = palette.vignette.lerp(palette.error, bright * 0.6)
        width = self.ctx.theme.px(WIDTH if self.pulse_s > 0 and not still else WIDTH // 2)
        window = surface.get_rect()
        for bar in (
            (0, 0, window.width, width),
            (0, window.height - width, window.width, width),
            (0, 0, width, window.height),
            (window.width - width, 0, width, window.height),
        ):
            surface.fill(colour, bar)
