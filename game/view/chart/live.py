"""The live traffic, with what is coming."""

from __future__ import annotations

import numpy as np
import pygame

from engine.view import Phase
from engine.worldview import WorldView
from game.context import Context
from game.view.chart.base import Chart
from game.view.chart.outlook import Outlook
from game.view.look import Look
from game.view.plot import Axes, FloatArray, curve_line, dashed, fill_under, hatch, round_up
from game.view.shapes import mix

PAST_S = 60.0
FUTURE_S = 20.0
ANSWERED_SHADE = 0.32
FAILED_SHADE = 0.55
_LABELLED_FROM = 64.0
_HEADROOM = 1.12


class LiveChart(Chart):
    """The last minute of traffic, answered below and failed above, and the next seconds with what is announced.

    error_threshold: share of failures that is still bearable; a broken line marks it wherever something fails.
    """

    def __init__(self, ctx: Context, error_threshold: float | None = None) -> None:
        super().__init__(ctx)
        self.error_threshold = error_threshold
        self._outlook = Outlook()
        self._top = 1.0

    def update(self, view: WorldView) -> None:
        """Look at the world; call it some ten times a second."""
        pace = self.rect.width / (PAST_S + FUTURE_S)
        key = (view.phase, int(view.time_s * pace), view.announced, round(view.offered_rps))
        look = self._begin(key)
        if look is not None:
            self._paint(look, view)

    def _paint(self, look: Look, view: WorldView) -> None:
        now = view.time_s
        labelled = self.rect.height >= self._px(_LABELLED_FROM)
        area = self._surface.get_rect()
        frame = area.inflate(0, -self._px(6))
        if labelled:
            left = self._px(48)
            frame = pygame.Rect(left, self._px(4), area.width - left - self._px(2), area.height - self._px(26))
        xs, done, failed, offered = _recent(view, now - PAST_S)
        forecast = self._outlook.of(view)
        coming = (forecast.time_s >= now - 1.0) & (forecast.time_s <= now + FUTURE_S + 1.0)
        highest = max([1.0, *(done + failed), *offered, *forecast.rps[coming]])
        self._top = _settled_top(self._top, highest * _HEADROOM)
        axes = Axes(frame, now - PAST_S, now + FUTURE_S, self._top)
        if labelled:
            self._rate_scale(look, axes, 3)
            self._clock_scale(look, axes, max(2, frame.width // self._px(90)))
        self._paint_future(look, axes, forecast.time_s[coming], forecast.rps[coming])
        if len(xs) >= 2:
            self._paint_traffic(look, axes, xs, done, failed, offered)
        x = axes.x(now)
        pygame.draw.line(self._surface, look.text, (x, frame.top), (x, frame.bottom))
        self._flags(look, axes, view.announced)
        pygame.draw.line(self._surface, look.line, frame.bottomleft, frame.bottomright)
        if view.phase is Phase.SETUP:
            self._paint_empty(look, frame, round(x))

    def _paint_empty(self, look: Look, frame: pygame.Rect, now: int) -> None:
        """Why there is nothing yet, left of the present moment if there is room for all lines."""
        text, step, inset = self.ctx.i18n.t("chart.empty"), self.ctx.text.line_height("small"), self._px(10)
        for right in (now, frame.right):
            lines = self.ctx.text.wrap(text, "small", right - frame.left - 2 * inset)
            if step * len(lines) <= frame.height:
                break
        y = frame.centery - step * len(lines) // 2
        for line in lines:
            self._surface.blit(self._label(line, look.muted, look), (frame.left + inset, y))
            y += step

    def _paint_traffic(
        self, look: Look, axes: Axes, xs: FloatArray, done: FloatArray, failed: FloatArray, offered: FloatArray
    ) -> None:
        surface, panel = self._surface, self.background or look.panel
        inside = surface.get_clip()
        surface.set_clip(axes.frame.inflate(0, 2))
        answered, total = axes.points(xs, done), axes.points(xs, done + failed)
        fill_under(surface, axes, answered, None, mix(panel, look.ok, ANSWERED_SHADE))
        if failed.max() > 0.0:
            fill_under(surface, axes, total, answered, mix(panel, look.error, FAILED_SHADE))
            hatch(surface, total, answered, look.error, self._px(3))
            if self.error_threshold is not None:
                limit = axes.points(xs, (done + failed) * (1.0 - self.error_threshold))
                dashed(surface, limit, look.warn, self._px(4))
        curve_line(surface, answered, look.ok, thick=True)
        curve_line(surface, axes.points(xs, offered), look.text, thick=False)
        surface.set_clip(inside)

    def _paint_future(self, look: Look, axes: Axes, xs: FloatArray, rps: FloatArray) -> None:
        if len(xs) >= 2:
            points = axes.points(xs, rps)
            self._surface.set_clip(axes.frame)
            dashed(self._surface, points[points[:, 0] >= axes.x(axes.end - FUTURE_S)], look.muted, self._px(3))
            self._surface.set_clip(None)


def _recent(view: WorldView, since: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Times and answered, failed and offered rates since a moment, with the newest smoothed values at the end."""
    series = view.series
    first = max(0, int(np.searchsorted(series.time_s, since)) - 1)
    xs, done, failed, offered = (
        np.append(values[first:], newest)
        for values, newest in (
            (series.time_s, view.time_s),
            (series.done_rps, view.done_rps),
            (series.failed_rps, view.failed_rps),
            (series.offered_rps, view.offered_rps),
        )
    )
    kept = np.append(np.diff(xs) > 0.0, True)
    return xs[kept], _smooth(done[kept]), _smooth(failed[kept]), _smooth(offered[kept])


def _smooth(values: FloatArray) -> FloatArray:
    """Each value averaged with its neighbours (weights 1, 2, 1): a sample a second is noisy; the ends stay."""
    smoothed = values.copy()
    smoothed[1:-1] = (values[:-2] + 2.0 * values[1:-1] + values[2:]) / 4.0
    return smoothed


def _settled_top(top: float, wanted: float) -> float:
    """The top of the scale: it grows at once, and shrinks only when half of it is empty, so that it does not jump."""
    goal = round_up(wanted)
    return goal if goal > top or wanted < top * 0.5 else top
