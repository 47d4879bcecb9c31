"""What all charts share: a picture that is painted anew only when it would differ, scales, and flags of events."""

from __future__ import annotations

from collections.abc import Iterable

import pygame

from engine.view import AnnouncedEvent
from game.context import Context
from game.view.look import Look
from game.view.plot import Axes, clock, clock_ticks, ticks, upright
from game.view.shapes import Rgb, mix


class Chart:
    """A picture with a place. `paintings` counts how often it was painted."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.rect = pygame.Rect(0, 0, 1, 1)
        self.paintings = 0
        self.background: Rgb | None = None
        self._surface = pygame.Surface((1, 1))
        self._painted: object = None

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place on the screen, in physical pixels."""
        self.rect = rect.copy()
        self._surface = pygame.Surface((max(1, rect.width), max(1, rect.height))).convert()
        self._painted = None

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the picture into its place."""
        surface.blit(self._surface, self.rect)

    def _begin(self, key: object) -> Look | None:
        """The colours to paint with, or None when what `key` stands for is painted already."""
        if key == self._painted:
            return None
        self._painted = key
        self.paintings += 1
        look = Look(self.ctx.theme.palette)
        self._surface.fill(self.background or look.panel)
        return look

    def _px(self, value: float) -> int:
        return max(1, round(value * self.ctx.theme.scale))

    def _label(self, text: str, colour: Rgb, look: Look) -> pygame.Surface:
        return self.ctx.text.get(text, "small", colour, self.background or look.panel)

    def _rate_scale(self, look: Look, axes: Axes, most: int) -> None:
        """Faint lines across the frame, with what they stand for."""
        for value in ticks(axes.top, most):
            y = round(axes.y(value))
            pygame.draw.line(
                self._surface, mix(look.panel, look.line, 0.7), (axes.frame.left, y), (axes.frame.right, y)
            )
            label = self._label(self.ctx.i18n.t("chart.per_second", value=_tick(value)), look.muted, look)
            place = label.get_rect(midright=(axes.frame.left - self._px(6), y))
            self._surface.blit(label, place.clamp(self._surface.get_rect()))

    def _clock_scale(self, look: Look, axes: Axes, most: int) -> None:
        """Moments along the bottom."""
        free = 0
        for moment in clock_ticks(axes.start, axes.end, most):
            label = self._label(clock(moment), look.muted, look)
            x = axes.x(moment)
            pygame.draw.line(self._surface, look.line, (x, axes.frame.bottom), (x, axes.frame.bottom + self._px(3)))
            place = label.get_rect(midtop=(round(x), axes.frame.bottom + self._px(4)))
            if place.left >= free and self._surface.get_rect().contains(place):
                self._surface.blit(label, place)
                free = place.right + self._px(6)

    def _flags(self, look: Look, axes: Axes, events: Iterable[AnnouncedEvent]) -> None:
        """Events that change the traffic, as flags in two rows; a flag names the department and how strong it is.

        What only keeps a kind of request away until its feature is there has a multiplier of 0, and no flag.
        """
        flagged = (event for event in events if event.multiplier not in (0.0, 1.0))
        coming = sorted(flagged, key=lambda event: event.starts_at_s)
        for row, event in enumerate(event for event in coming if axes.start <= event.starts_at_s <= axes.end):
            self._flag(look, axes, event, row % 2)

    def _flag(self, look: Look, axes: Axes, event: AnnouncedEvent, row: int) -> None:
        x, size = round(axes.x(event.starts_at_s)), self._px(20)
        top = axes.frame.top + row * (size + self._px(3))
        fill = mix(look.panel, look.warn, 0.16)
        text = self.ctx.i18n.t("chart.multiplier", value=f"{event.multiplier:g}")
        label = self.ctx.text.get(text, "small", look.warn, fill)
        box = pygame.Rect(x, top, size + label.get_width() + self._px(6), size)
        if box.right > self._surface.get_width():
            box.right = x + 1
        upright(self._surface, x, top, axes.frame.bottom, look.warn, self._px(3))
        pygame.draw.rect(self._surface, fill, box)
        icon = self.ctx.icons.get(event.department.value, 14, look.warn, fill)
        self._surface.blit(icon, icon.get_rect(center=(box.left + size // 2, box.centery)))
        self._surface.blit(label, label.get_rect(midleft=(box.left + size, box.centery)))
        pygame.draw.rect(self._surface, look.warn, box, max(1, self._px(1)))


def _tick(value: float) -> str:
    """A round number in few signs: the scale is narrow."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"
