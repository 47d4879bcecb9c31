"""The traffic to expect over the whole stage, beside the map, with what is announced."""

from __future__ import annotations

import math

import pygame

from engine.view import AnnouncedEvent
from game.context import Context
from game.session import Session
from game.ui.label import Label
from game.ui.widget import Panel
from game.view.chart import ForecastChart
from game.view.look import Look
from game.view.plot import Axes, upright
from game.view.shapes import mix

FORECAST_HEIGHT = 158
HEAD = 34


class _SmallForecast(ForecastChart):
    """Its flags show the department alone: there is no room for how strong an event is."""

    def _flag(self, look: Look, axes: Axes, event: AnnouncedEvent, row: int) -> None:
        x, size = round(axes.x(event.starts_at_s)), self._px(20)
        fill = mix(look.panel, look.warn, 0.16)
        box = pygame.Rect(x, axes.frame.top + row * (size + self._px(3)), size, size)
        upright(self._surface, x, box.top, axes.frame.bottom, look.warn, self._px(3))
        pygame.draw.rect(self._surface, fill, box)
        pygame.draw.rect(self._surface, look.warn, box, self._px(1))
        icon = self.ctx.icons.get(event.department.value, 14, look.warn, fill)
        self._surface.blit(icon, icon.get_rect(center=box.center))


class ForecastPanel(Panel):
    """The forecast chart; its panel is drawn anew only when the chart has changed."""

    def __init__(self, ctx: Context, session: Session) -> None:
        super().__init__(ctx)
        self.session = session
        self.chart = _SmallForecast(ctx)
        self.chart.background = ctx.theme.palette.panel
        self.title = self.add(Label(ctx, ctx.i18n.t("play.forecast.title"), "strong"))
        self.coming = self.add(Label(ctx, "", "strong", "warn"))

    def layout(self, rect: pygame.Rect) -> None:
        """Title and what comes next over the chart."""
        super().layout(rect)
        px = self.px
        row = pygame.Rect(rect.left + px(14), rect.top + px(2), rect.width - px(28), px(HEAD))
        self.title.layout(row)
        self.coming.layout(row)
        self.chart.layout(
            pygame.Rect(rect.left + px(4), row.bottom, rect.width - px(10), rect.bottom - row.bottom - px(2))
        )
        self.refresh()

    def refresh(self) -> None:
        """Follow the world (called ten times a second)."""
        before = self.chart.paintings
        self.chart.update(self.session.view)
        if self.chart.paintings != before:
            self.invalidate()
        coming = self._next()
        # Both do not fit side by side in every language, and what is coming is the more urgent.
        self.coming.set(coming)
        self.title.set("" if coming else self.ctx.i18n.t("play.forecast.title"))

    def _next(self) -> str:
        """Who has announced something, and when it comes."""
        view, t = self.session.view, self.ctx.i18n.t
        if not view.announced:
            return ""
        event = min(view.announced, key=lambda event: event.starts_at_s)
        seconds = max(1, math.ceil(event.starts_at_s - view.time_s))
        who = t(f"department.{event.department.value}")
        return t("play.forecast.next", department=who, when=t("play.log.in_seconds", seconds=seconds))

    def paint(self, surface: pygame.Surface) -> None:
        """The panel with the chart in it."""
        super().paint(surface)
        self.chart.draw(surface)
