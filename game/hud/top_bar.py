"""The top of the play screen: clocks, speed, the live chart, and the figures that decide the run."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.view import Phase
from game.context import Context
from game.hud import figures, texts
from game.hud.stat import Bar, Stat
from game.money import brief, money
from game.session import SPEEDS, Session
from game.stage_refs import text_id
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel, Pressable, Tooltip, Widget
from game.view.chart import LiveChart

HEIGHT = 112
LEFT_WIDTH = 300
RIGHT_WIDTH = 488
COLUMN = 150


class _ChartBox(Widget):
    """The live chart as a widget; it keeps its own picture."""

    def __init__(self, ctx: Context, chart: LiveChart) -> None:
        super().__init__(ctx)
        self.chart = chart
        chart.background = ctx.theme.palette.panel

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place."""
        super().layout(rect)
        self.chart.layout(rect)

    def paint(self, surface: pygame.Surface) -> None:
        """Blit the chart."""
        self.chart.draw(surface)


class BudgetStat(Stat, Pressable):
    """The budget, as the button that shows where it goes."""

    def __init__(self, ctx: Context, tooltip: Tooltip, on_press: Callable[[], None]) -> None:
        super().__init__(ctx, ctx.i18n.t("play.top.budget"), tooltip)
        self.on_press = on_press
        self.open = False
        self.inside = self.rect

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place; the figure stands a little inside."""
        super().layout(rect)
        self.inside = rect.inflate(-2 * self.px(8), -2 * self.px(3))

    @property
    def room(self) -> pygame.Rect:
        """Where the figure may stand."""
        return self.inside

    def set_open(self, shown: bool) -> None:
        """Mark whether the panel is open."""
        if shown != self.open:
            self.open = shown
            self.invalidate()

    def activate(self) -> None:
        """Show or hide the finances."""
        self.ctx.audio.play("ui_click")
        self.on_press()

    def paint(self, surface: pygame.Surface) -> None:
        """A button around the figure, with a purse in its corner."""
        palette, radius = self.ctx.theme.palette, self.px(8)
        lit = self.hovered or self.open
        fill = palette.accent.lerp(palette.panel, 0.78) if self.open else palette.line if lit else palette.panel_hi
        edge = palette.text if self.focused else palette.accent if self.open else palette.line
        pygame.draw.rect(surface, fill, self.rect, border_radius=radius)
        pygame.draw.rect(surface, edge, self.rect, self.px(1), border_radius=radius)
        icon = self.ctx.icons.get("wallet", 16, palette.accent, fill)
        surface.blit(icon, icon.get_rect(topright=self.room.move(0, self.px(1)).topright))
        super().paint(surface)


class TopBar(Panel):
    """Reads the session ten times a second; `on_menu` opens the pause menu, `on_finance` the finances."""

    def __init__(
        self, ctx: Context, session: Session, on_menu: Callable[[], None], on_finance: Callable[[], None]
    ) -> None:
        super().__init__(ctx)
        self.session = session
        t = ctx.i18n.t
        goal, stage = session.stage.goal, session.stage
        total, free = figures.clock(stage.duration_s), stage.endless or stage.sandbox
        self.menu = self.add(
            Button(ctx, "", on_menu, icon="menu", kind=Kind.QUIET, tooltip=self._hint("play.top.menu", "menu"))
        )
        name = t(f"stage.{text_id(stage.id)}.name")
        self.name = self.add(Label(ctx, name, "strong", tooltip=name))
        self.clock = self.add(Label(ctx, "", "number", tooltip=t("play.top.tip.clock", total="∞" if free else total)))
        self.total = self.add(Label(ctx, "" if free else t("play.top.time_of", total=total), "small", "muted"))
        seconds = f"{stage.day_s:g}"
        self.calendar = self.add(
            Label(ctx, "", "small", "muted", align="right", tooltip=t("play.top.tip.calendar", seconds=seconds))
        )
        self.pause = self.add(
            Button(ctx, "", self._toggle, icon="pause", tooltip=self._hint("play.top.pause", "pause"))
        )
        self.speeds = [
            self.add(
                Button(
                    ctx,
                    f"{speed}×",
                    lambda speed=speed: session.set_speed(speed),  # type: ignore[misc]
                    role="small",
                    tooltip=self._hint("play.top.tip.speed", f"speed_{speed}", speed=speed),
                )
            )
            for speed in SPEEDS
        ]
        self.chart = self.add(_ChartBox(ctx, LiveChart(ctx, goal.error_threshold)))
        self.users = self.add(Stat(ctx, t("play.top.users"), t("play.top.tip.users")))
        self.rps = self.add(Stat(ctx, t("play.top.rps"), self._rps_tip))
        self.p95 = self.add(Stat(ctx, t("play.top.p95"), self._latency_tip))
        self.errors = self.add(Stat(ctx, t("play.top.errors"), t("play.top.tip.errors")))
        limit = figures.limit(goal.error_threshold)
        gauge_tip = t("play.top.tip.gauge", limit=limit, fill=f"{goal.gauge_fill_s:g}", drain=f"{goal.gauge_drain_s:g}")
        self.gauge = self.add(Bar(ctx, t("play.top.gauge"), gauge_tip))
        self.budget = self.add(BudgetStat(ctx, self._budget_tip, on_finance))
        self.refresh()

    def _hint(self, key: str, action: str, **values: object) -> str:
        return f"{self.ctx.i18n.t(key, **values)} [{self.ctx.keymap.label(action)}]"

    def _toggle(self) -> None:
        self.session.toggle_pause()

    def _rps_tip(self) -> str:
        view = self.session.view
        offered, done, failed = (figures.rate(v) for v in (view.offered_rps, view.done_rps, view.failed_rps))
        return self.ctx.i18n.t("play.top.tip.rps", offered=offered, done=done, failed=failed)

    def _latency_tip(self) -> str:
        view = self.session.view
        values = {"p50": view.p50_ms, "p95": view.p95_ms, "p99": view.p99_ms, "mean": view.latency_ms}
        return self.ctx.i18n.t("play.top.tip.p95", **{key: figures.latency(value) for key, value in values.items()})

    def _budget_tip(self) -> str:
        i18n, view = self.ctx.i18n, self.session.view
        income, keep = money(i18n, view.income_per_day), money(i18n, view.running_per_day)
        floor = money(i18n, -self.session.stage.overdraft)
        text = i18n.t("play.top.tip.budget", income=income, keep=keep, floor=floor)
        return f"{text}\n{i18n.t('finance.open')} [{self.ctx.keymap.label('finance')}]"

    def _trend(self, net: float) -> str:
        """What comes or goes a day, in as many words as there is room for."""
        i18n, sign = self.ctx.i18n, "" if net < 0 else "+"
        words = (sign + texts.per_day(i18n, net), sign + money(i18n, net), sign + brief(i18n, net))
        return next((trend for trend in words if self.budget.fits(trend)), "")

    def refresh(self) -> None:
        """Show the world as it is now (called ten times a second)."""
        i18n, session, view = self.ctx.i18n, self.session, self.session.view
        goal = session.stage.goal
        self.clock.set(figures.clock(view.time_s))
        day = view.calendar_day
        self.calendar.set(i18n.t("play.day_time", day=int(day) + 1, hour=f"{int(day % 1 * 24):02d}"))
        stopped = session.paused or view.phase is Phase.SETUP
        self.pause.set(icon="play" if stopped else "pause", enabled=view.phase is Phase.OPERATION)
        self.pause.set_active(session.paused)
        for speed, button in zip(SPEEDS, self.speeds, strict=True):
            button.set_active(speed == session.speed and not session.paused)
        self.users.set(figures.count(view.users))
        self.rps.set(figures.rate(view.done_rps))
        slow = view.p95_ms > goal.latency_bad_ms
        self.p95.set(figures.latency(view.p95_ms), "error" if slow else "text")
        bad = view.error_rate > goal.error_threshold
        limit = i18n.t("play.top.threshold", limit=figures.limit(goal.error_threshold))
        self.errors.set(figures.percent(view.error_rate), "error" if bad else "text", limit)
        self.gauge.set(view.gauge, figures.percent(view.gauge))
        net = view.income_per_day - view.running_per_day
        self.budget.set(money(i18n, view.budget), "error" if view.budget < 0 else "text", self._trend(net))
        chart = self.chart.chart
        chart.update(view)
        if view.phase is not Phase.SETUP:
            self.invalidate()

    def layout(self, rect: pygame.Rect) -> None:
        """Clocks and speed left, chart in the middle, figures right."""
        super().layout(rect)
        px = self.px
        x, y = rect.left + px(12), rect.top + px(10)
        self.menu.layout(pygame.Rect(x, y, px(36), px(34)))
        self.name.layout(pygame.Rect(x + px(46), y, px(LEFT_WIDTH - 170), px(34)))
        self.calendar.layout(pygame.Rect(x + px(LEFT_WIDTH - 136), y, px(116), px(34)))
        self.clock.layout(pygame.Rect(x + px(4), y + px(46), px(62), px(40)))
        self.total.layout(pygame.Rect(x + px(64), y + px(50), px(64), px(36)))
        self.pause.layout(pygame.Rect(x + px(122), y + px(50), px(36), px(32)))
        for index, button in enumerate(self.speeds):
            button.layout(pygame.Rect(x + px(162 + index * 31), y + px(50), px(29), px(32)))
        right = rect.right - px(RIGHT_WIDTH)
        chart_left = rect.left + px(LEFT_WIDTH + 12)
        self.chart.layout(pygame.Rect(chart_left, rect.top + px(8), right - chart_left - px(12), rect.height - px(16)))
        column = px(COLUMN)
        for index, stat in enumerate((self.users, self.rps, self.p95)):
            stat.layout(pygame.Rect(right + index * column, rect.top + px(10), column - px(10), px(46)))
        self.errors.layout(pygame.Rect(right, rect.top + px(60), column - px(10), px(46)))
        self.gauge.layout(pygame.Rect(right + column, rect.top + px(64), column - px(20), px(40)))
        self.budget.layout(pygame.Rect(right + 2 * column - px(8), rect.top + px(57), column + px(36), px(50)))
