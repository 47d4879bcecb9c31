"""The traffic to expect over a whole stage."""

from __future__ import annotations

import numpy as np
import pygame

from engine.view import AnnouncedEvent
from engine.worldview import WorldView
from game.context import Context
from game.view.chart.base import Chart
from game.view.chart.outlook import Outlook
from game.view.look import Look
from game.view.plot import Axes, FloatArray, curve_line, dashed, fill_under, round_up
from game.view.shapes import mix


class ForecastChart(Chart):
    """The traffic to expect over the whole stage, with its known events as flags; optionally what can be carried."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.capacity_rps: float | None = None
        self._outlook = Outlook()

    def update(self, view: WorldView) -> None:
        """Look at the world."""
        forecast = self._outlook.of(view)
        events = tuple(dict.fromkeys((*forecast.events, *view.announced)))
        column = int(view.time_s / max(1.0, view.duration_s) * self.rect.width)
        look = self._begin((events, column, self.capacity_rps, len(forecast.rps), float(forecast.rps.sum())))
        if look is not None:
            self._paint(look, forecast.time_s, forecast.rps, events, view)

    def _paint(
        self, look: Look, xs: FloatArray, rps: FloatArray, events: tuple[AnnouncedEvent, ...], view: WorldView
    ) -> None:
        surface, panel = self._surface, self.background or look.panel
        left = self._px(52)
        frame = pygame.Rect(
            left, self._px(6), surface.get_width() - left - self._px(10), surface.get_height() - self._px(30)
        )
        highest = max(float(rps.max()), self.capacity_rps or 0.0, 1.0)
        axes = Axes(frame, 0.0, max(1.0, view.duration_s), round_up(highest * 1.25))
        self._rate_scale(look, axes, max(2, frame.height // self._px(38)))
        self._clock_scale(look, axes, max(2, frame.width // self._px(80)))
        points = axes.points(xs, rps)
        fill_under(surface, axes, points, None, mix(panel, look.accent, 0.2))
        curve_line(surface, points, look.accent, thick=True)
        pygame.draw.line(surface, look.line, frame.bottomleft, frame.bottomright)
        if self.capacity_rps is not None:
            self._paint_capacity(look, axes, self.capacity_rps)
        if view.time_s > 0.0:
            x = axes.x(view.time_s)
            pygame.draw.line(surface, look.text, (x, frame.top), (x, frame.bottom))
        self._flags(look, axes, events)

    def _paint_capacity(self, look: Look, axes: Axes, capacity: float) -> None:
        y = axes.y(capacity)
        ends = np.array([[axes.frame.left, y], [axes.frame.right, y]], dtype=float)
        dashed(self._surface, ends, look.ok, self._px(5))
        label = self._label(self.ctx.i18n.t("chart.capacity", value=f"{capacity:,.0f}"), look.ok, look)
        self._surface.blit(label, label.get_rect(bottomright=(axes.frame.right, round(y) - self._px(2))))
