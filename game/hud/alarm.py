"""The red edge of the map while requests fail: seldom, short, and still for whoever wants it still."""

from __future__ import annotations

import pygame

from game.context import Context

PULSE_S = 0.4
APART_S = 1.0
DEPTH = 11


class Alarm:
    """One pulse of the border for each incident, at least a second apart (WCAG 2.3.1: at most 3 flashes a second).

    Between the pulses, and with reduced motion or without flashing, the border stands still as long as errors are above
    the threshold.
    """

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.pulses = 0
        self._pulse_s = 0.0
        self._since_s = APART_S
        self._burning = False

    def incident(self) -> None:
        """Something began to fail."""
        if self._since_s >= APART_S:
            self._pulse_s, self._since_s = PULSE_S, 0.0
            self.pulses += 1

    def update(self, dt_s: float, burning: bool) -> None:
        """Let time pass; `burning`: errors are above the threshold now."""
        self._burning = burning
        self._pulse_s = max(0.0, self._pulse_s - dt_s)
        self._since_s += dt_s

    @property
    def strength(self) -> float:
        """How much of the border is seen now: 0 nothing, 1 the height of a pulse."""
        settings = self.ctx.settings
        still = 0.5 if self._burning else 0.0
        if settings.no_flashing or settings.reduced_motion:
            return still
        return max(still, self._pulse_s / PULSE_S)

    def draw(self, surface: pygame.Surface, area: pygame.Rect) -> None:
        """Opaque frames one inside the other, fading into the map; cheap everywhere."""
        strength = self.strength
        if strength <= 0.0:
            return
        palette = self.ctx.theme.palette
        colour = palette.vignette.lerp(palette.error, max(0.0, strength - 0.5) * 0.8)
        depth = self.ctx.theme.px(DEPTH)
        for inset in range(depth):
            shade = palette.bg.lerp(colour, strength * (1.0 - inset / depth) ** 1.6)
            pygame.draw.rect(surface, shade, area.inflate(-2 * inset, -2 * inset), 1)
