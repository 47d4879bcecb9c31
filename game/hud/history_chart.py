"""Charts of a whole run, for the result: painted once, with the incidents marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pygame

from engine.view import Incident, Series
from game.context import Context
from game.view.chart import Chart
from game.view.look import Look
from game.view.plot import Axes, FloatArray, curve_line, dashed, fill_under, hatch, round_up, ticks
from game.view.shapes import Rgb, mix

_HEADROOM = 1.1
_LEAST_MARK_S = 1.0


class HistoryChart(Chart):
    """The frame that all charts of a run share: scale, clock, and a band for each incident.

    label: how a value on the scale is written.
    """

    def __init__(
        self, ctx: Context, series: Series, incidents: Sequence[Incident], label: Callable[[float], str]
    ) -> None:
        super().__init__(ctx)
        self.series = series
        self.incidents = tuple(incidents)
        self.write = label

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place and paint."""
        super().layout(rect)
        look = self._begin(rect.size)
        if look is not None:
            self._paint(look)

    def _paint(self, look: Look) -> None:
        top = round_up(max(self._highest(), 1e-9) * _HEADROOM)
        left = self._px(54)
        frame = pygame.Rect(left, self._px(6), self.rect.width - left - self._px(8), self.rect.height - self._px(30))
        times = self.series.time_s
        axes = Axes(frame, 0.0, max(1.0, float(times[-1]) if len(times) else 1.0), top)
        self._scale(look, axes)
        self._bands(look, axes)
        self._clock_scale(look, axes, max(2, frame.width // self._px(90)))
        pygame.draw.line(self._surface, look.line, frame.bottomleft, frame.bottomright)
        if len(times) >= 2:
            clip = self._surface.get_clip()
            self._surface.set_clip(frame.inflate(0, 2))
            self._curves(look, axes, times)
            self._surface.set_clip(clip)

    def _highest(self) -> float:
        raise NotImplementedError

    def _curves(self, look: Look, axes: Axes, times: FloatArray) -> None:
        raise NotImplementedError

    def _scale(self, look: Look, axes: Axes) -> None:
        for value in ticks(axes.top, max(2, axes.frame.height // self._px(40))):
            y = round(axes.y(value))
            faint = mix(look.panel, look.line, 0.7)
            pygame.draw.line(self._surface, faint, (axes.frame.left, y), (axes.frame.right, y))
            label = self._label(self.write(value), look.muted, look)
            place = label.get_rect(midright=(axes.frame.left - self._px(8), y))
            self._surface.blit(label, place.clamp(self._surface.get_rect()))

    def _bands(self, look: Look, axes: Axes) -> None:
        """A dim band for the time of each incident, with a mark above that tells it without colour."""
        for incident in self.incidents:
            start, end = axes.x(incident.start_s), axes.x(max(incident.end_s, incident.start_s + _LEAST_MARK_S))
            band = pygame.Rect(round(start), axes.frame.top, max(2, round(end - start)), axes.frame.height)
            self._surface.fill(mix(look.panel, look.error, 0.13), band)
            self._surface.fill(look.error, (band.left, band.top, band.width, self._px(3)))


class TrafficHistory(HistoryChart):
    """Requests a second: answered below, failed on top, and what was offered as a line."""

    def _highest(self) -> float:
        series = self.series
        both = series.done_rps + series.failed_rps
        return max(1.0, float(both.max(initial=0.0)), float(series.offered_rps.max(initial=0.0)))

    def _curves(self, look: Look, axes: Axes, times: FloatArray) -> None:
        series = self.series
        answered = axes.points(times, series.done_rps)
        total = axes.points(times, series.done_rps + series.failed_rps)
        fill_under(self._surface, axes, answered, None, mix(look.panel, look.ok, 0.32))
        if series.failed_rps.max() > 0.0:
            fill_under(self._surface, axes, total, answered, mix(look.panel, look.error, 0.55))
            hatch(self._surface, total, answered, look.error, self._px(3))
        curve_line(self._surface, answered, look.ok, thick=True)
        curve_line(self._surface, axes.points(times, series.offered_rps), look.text, thick=False)


class CurveHistory(HistoryChart):
    """One figure over the run, optionally with the value it should stay under."""

    def __init__(
        self,
        ctx: Context,
        series: Series,
        incidents: Sequence[Incident],
        label: Callable[[float], str],
        values: FloatArray,
        limit: float | None = None,
    ) -> None:
        super().__init__(ctx, series, incidents, label)
        self.values = values
        self.limit = limit

    def _highest(self) -> float:
        known = self.values[np.isfinite(self.values)]
        return max(1.0, float(known.max(initial=0.0)), self.limit or 0.0)

    def _curves(self, look: Look, axes: Axes, times: FloatArray) -> None:
        known = np.isfinite(self.values)
        if self.limit is not None:
            ends = np.array([[axes.frame.left, axes.y(self.limit)], [axes.frame.right, axes.y(self.limit)]])
            dashed(self._surface, ends, look.warn, self._px(4))
        if known.sum() >= 2:
            self._curve(look.accent, look, axes.points(times[known], self.values[known]), axes)

    def _curve(self, colour: Rgb, look: Look, points: FloatArray, axes: Axes) -> None:
        fill_under(self._surface, axes, points, None, mix(look.panel, colour, 0.16))
        curve_line(self._surface, points, colour, thick=True)
