"""Charts: the live traffic with what is coming, the forecast of a whole stage, and sparklines.

Each owns an opaque picture that is painted anew only when a pixel of it would differ; a frame costs one blit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pygame

from engine.view import AnnouncedEvent, Forecast, Phase
from engine.worldview import WorldView
from game.context import Context
from game.view.look import Look
from game.view.plot import (
    Axes,
    FloatArray,
    clock,
    clock_ticks,
    curve_line,
    dashed,
    fill_under,
    hatch,
    round_up,
    ticks,
    upright,
)
from game.view.shapes import Rgb, mix

PAST_S = 60.0
FUTURE_S = 20.0
ANSWERED_SHADE = 0.32
FAILED_SHADE = 0.55
_LABELLED_FROM = 64.0
_HEADROOM = 1.12
_OUTLOOK_S = 3.0


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
            label = self._label(self.ctx.i18n.t("chart.per_second", value=f"{value:,.0f}"), look.muted, look)
            place = label.get_rect(midright=(axes.frame.left - self._px(6), y))
            self._surface.blit(label, place.clamp(self._surface.get_rect()))

    def _clock_scale(self, look: Look, axes: Axes, most: int) -> None:
        """Moments along the bottom."""
        for moment in clock_ticks(axes.start, axes.end, most):
            label = self._label(clock(moment), look.muted, look)
            x = axes.x(moment)
            pygame.draw.line(self._surface, look.line, (x, axes.frame.bottom), (x, axes.frame.bottom + self._px(3)))
            place = label.get_rect(midtop=(round(x), axes.frame.bottom + self._px(4)))
            if self._surface.get_rect().contains(place):
                self._surface.blit(label, place)

    def _flags(self, look: Look, axes: Axes, events: Iterable[AnnouncedEvent]) -> None:
        """Events that change the traffic, as flags in two rows; a flag names the department and how strong it is."""
        coming = sorted((event for event in events if event.multiplier != 1.0), key=lambda event: event.starts_at_s)
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


class Outlook:
    """The forecast, asked for anew only every few seconds or when something was announced: it is dear to compute."""

    def __init__(self) -> None:
        self._key: object = None
        self._forecast: Forecast | None = None

    def of(self, view: WorldView) -> Forecast:
        """The forecast of a world."""
        key = (view.phase, int(view.time_s / _OUTLOOK_S), view.announced)
        if self._forecast is None or key != self._key:
            self._key = key
            self._forecast = view.forecast
        return self._forecast


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
            label = self._label(self.ctx.i18n.t("chart.empty"), look.muted, look)
            self._surface.blit(label, label.get_rect(midleft=(frame.left + self._px(10), frame.centery)))

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


class Sparkline(Chart):
    """A small curve of one figure, with a dot at its newest value. top: of the scale; without it the curve fills it."""

    def __init__(self, ctx: Context, top: float | None = None) -> None:
        super().__init__(ctx)
        self.top = top

    def update(self, values: Sequence[float] | FloatArray, colour: Rgb | None = None) -> None:
        """Show these values, oldest first; nan is left out."""
        array = np.asarray(values, dtype=float)
        array = array[np.isfinite(array)]
        look = self._begin((array.tobytes(), None if colour is None else int(colour)))
        if look is None or len(array) < 2:
            return
        colour = colour or look.accent
        inset = self._px(3)
        frame = self._surface.get_rect().inflate(-2 * inset, -2 * inset)
        axes = Axes(frame, 0.0, len(array) - 1.0, self.top or max(1e-9, float(array.max()) * _HEADROOM))
        points = axes.points(np.arange(len(array), dtype=float), array)
        fill_under(self._surface, axes, points, None, mix(self.background or look.panel, colour, 0.18))
        curve_line(self._surface, points, colour, thick=True)
        pygame.draw.aacircle(self._surface, colour, points[-1].tolist(), self._px(2.5))


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
