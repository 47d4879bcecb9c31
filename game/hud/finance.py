"""The finance panel over the map: what comes in and goes out, what own hardware is still worth, when it pays."""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from engine.view import FinanceView
from game.context import Context
from game.hud.finance_chart import BreakEven, BreakEvenChart, CashChart
from game.hud.finance_rows import HEIGHT as ROW
from game.hud.finance_rows import CostRow, Headline, Period, costs
from game.hud.finance_words import reservation_line, verdict
from game.hud.stat import Bar, Stat
from game.money import money, signed
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Panel, Widget
from game.view.chart import Chart

WIDTH, HEIGHT = 760, 470
LEAST_HEIGHT = 430
INSET = 12
SIDE = 18
HEAD = 46
FIGURES = 52
LEFT_SHARE = 0.43
HEADLINES = ("income", "costs", "net", "runway")
TOTALS = ("earned", "spent", "built")
CALLS_A_LOOK = 4


class _Picture(Widget):
    """A chart as a widget."""

    def __init__(self, ctx: Context, chart: Chart) -> None:
        super().__init__(ctx)
        self.chart = chart

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place."""
        super().layout(rect)
        self.chart.layout(rect)

    def paint(self, surface: pygame.Surface) -> None:
        """Blit the chart."""
        self.chart.draw(surface)


class FinancePanel(Panel):
    """on_close: puts it away. It reads the session's finances; a few looks a second are enough for money."""

    def __init__(self, ctx: Context, session: Session, on_close: Callable[[], None]) -> None:
        super().__init__(ctx)
        self.session = session
        self.spec = session.stage.finance
        self.period = Period.of(self.spec)
        t = ctx.i18n.t
        self.owns = self.spec is not None and self.spec.investment > 0
        self.compares = self.spec is not None and self.spec.cloud_user_month > 0
        self.title = self.add(Label(ctx, t("finance.title"), "heading"))
        self.when = self.add(Label(ctx, "", "small", "muted"))
        tip = f"{t('finance.close')} [{ctx.keymap.label('finance')}]"
        self.close = self.add(Button(ctx, "", on_close, icon="x", kind=Kind.QUIET, tooltip=tip))
        self.heads = {key: self.add(Headline(ctx, key)) for key in HEADLINES}
        self.costs_head = self.add(Label(ctx, t(f"finance.costs_of.{self.period.name}"), "strong"))
        self.whole = self.add(Label(ctx, "", "small", "muted", align="right", tooltip=t("finance.tip.whole")))
        self.whole.visible = self.owns
        self.list = self.add(Scroll(ctx))
        self.rows: list[CostRow] = []
        self.notes = self.add(Label(ctx, "", "small", "muted", wrap=True))
        self.worth = self.add(Bar(ctx, alarming=False, tooltip=t("finance.tip.book_value")))
        self.worth.visible = self.owns
        self.chart_head = self.add(Label(ctx, t(f"finance.chart.{'even' if self.compares else 'cash'}"), "strong"))
        self.even, self.cash = BreakEvenChart(ctx), CashChart(ctx)
        self.picture = self.add(_Picture(ctx, self.even if self.compares else self.cash))
        self.verdict = self.add(Label(ctx, "", "small", wrap=True))
        self.totals = {
            key: self.add(Stat(ctx, t(f"finance.{key}"), t(f"finance.tip.{key}"), role="strong")) for key in TOTALS
        }
        self._looks = 0
        self._shape: object = None

    # -- following the run --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Follow the run (called ten times a second)."""
        if not self.visible:
            self._looks = 0
            return
        if self._looks % CALLS_A_LOOK == 0:
            self.show()
        self._looks += 1

    def show(self) -> None:
        """Show the finances as they are now."""
        i18n, finance = self.ctx.i18n, self.session.view.finance
        self.when.set(self._when(finance))
        self._headlines(finance)
        self._costs(finance)
        self._worth(finance)
        self._chart(finance)
        self.notes.set(reservation_line(i18n, finance))
        for key, usd in zip(TOTALS, (finance.earned, finance.spent, finance.built), strict=True):
            self.totals[key].set(money(i18n, usd))

    def _when(self, finance: FinanceView) -> str:
        number = math.floor(finance.months / self.period.months + 1e-6) + 1
        return self.ctx.i18n.t(f"finance.when.{self.period.name}", number=number)

    def _headlines(self, finance: FinanceView) -> None:
        i18n, period, heads = self.ctx.i18n, self.period, self.heads
        net = (finance.income_month - finance.running_month) * period.months
        heads["income"].set(period.money(i18n, finance.income_month))
        heads["costs"].set(period.money(i18n, finance.running_month))
        heads["net"].set(signed(i18n, net), "ok" if net >= 0 else "warn")
        if math.isinf(finance.runway_months):
            heads["runway"].set(i18n.t("finance.endless"), "ok")
            return
        short = finance.runway_months * self.period_s < self.session.stage.duration_s / 4
        heads["runway"].set(period.span(i18n, finance.runway_months), "error" if short else "text")

    @property
    def period_s(self) -> float:
        """Real seconds of a month of the calendar."""
        return self.session.sim.bills.month_s

    def _costs(self, finance: FinanceView) -> None:
        parts = costs(finance)
        whole = self.period.money(self.ctx.i18n, finance.cost_month)
        self.whole.set(self.ctx.i18n.t("finance.whole", money=whole))
        shape = [(part.key, part.kind) for part in parts]
        if shape != self._shape:
            self._shape = shape
            self.list.remove_all()
            self.list.offset = 0
            self.rows = [self.list.add(CostRow(self.ctx, self.period, part)) for part in parts]
            self._stack()
        largest = max((part.usd for part in parts), default=0.0)
        for row, part in zip(self.rows, parts, strict=True):
            row.set(part, part.usd / largest if largest else 0.0)

    def _worth(self, finance: FinanceView) -> None:
        if self.spec is None or not self.owns:
            return
        i18n = self.ctx.i18n
        amount = money(i18n, finance.book_value)
        name = i18n.t("finance.book_value", investment=money(i18n, finance.investment))
        self.worth.set(finance.book_value / finance.investment, amount, name)

    def _chart(self, finance: FinanceView) -> None:
        view = self.session.view
        if self.spec is not None and self.compares:
            now = BreakEven(view.users, finance.cost_month, self.spec.cloud_user_month)
            changed = self.even.show(now)
            self.verdict.set(*verdict(self.ctx.i18n, now))
        else:
            per_second = (finance.income_month - finance.running_month) / self.period_s
            changed = self.cash.show(view.series, view.budget, self._end_s(), per_second)
        if changed:
            self.invalidate()

    def _end_s(self) -> float:
        """Up to when money is shown: the stage's end where it has one."""
        stage, now = self.session.stage, self.session.view.time_s
        return max(now * 1.25, 60.0) if stage.endless or stage.sandbox else stage.duration_s

    # -- place --------------------------------------------------------------------------------------------------------

    def place(self, area: pygame.Rect, bottom: int) -> None:
        """Take the middle of the map; where that is low, go down over what is below, to `bottom` at most."""
        inset = self.px(INSET)
        width = min(area.width - 2 * inset, self.px(WIDTH))
        height = max(min(area.height - 2 * inset, self.px(HEIGHT)), self.px(LEAST_HEIGHT))
        rect = pygame.Rect(0, 0, width, min(height, bottom - area.top - 2 * inset))
        rect.midtop = (area.centerx, area.top + max(inset, (area.height - height) // 2))
        self.layout(rect)

    def layout(self, rect: pygame.Rect) -> None:
        """Head and figures across, costs on the left, worth, chart and totals on the right."""
        super().layout(rect)
        px, side = self.px, self.px(SIDE)
        inner = rect.inflate(-2 * side, 0)
        icon = px(30)
        title = self.ctx.text.width(self.title.text, "heading")
        self.title.layout(pygame.Rect(inner.left + icon, rect.top + px(8), title, px(HEAD - 12)))
        after = inner.left + icon + title + px(12)
        self.when.layout(pygame.Rect(after, rect.top + px(11), inner.right - px(44) - after, px(HEAD - 14)))
        self.close.layout(pygame.Rect(rect.right - px(44), rect.top + px(8), px(34), px(34)))
        top = rect.top + px(HEAD)
        column = inner.width // len(HEADLINES)
        for index, stat in enumerate(self.heads.values()):
            stat.layout(pygame.Rect(inner.left + index * column, top + px(4), column - px(8), px(FIGURES - 8)))
        top += px(FIGURES + 10)
        left = pygame.Rect(inner.left, top, round(inner.width * LEFT_SHARE), rect.bottom - top - px(12))
        right = pygame.Rect(left.right + px(26), top, inner.right - left.right - px(26), left.height)
        self._layout_left(left)
        self._layout_right(right)
        self._shape = None
        if self.visible:
            self.show()

    def _layout_left(self, area: pygame.Rect) -> None:
        px = self.px
        head = self.ctx.text.width(self.costs_head.text, "strong")
        self.costs_head.layout(pygame.Rect(area.left, area.top, head, px(22)))
        self.whole.layout(pygame.Rect(area.left + head, area.top, area.width - head - px(12), px(22)))
        notes = 2 * self.ctx.text.line_height("small") if self.session.view.finance.reservations else 0
        self.notes.layout(pygame.Rect(area.left, area.bottom - notes, area.width, notes))
        self.list.layout(pygame.Rect(area.left, area.top + px(28), area.width, area.height - px(30) - notes))

    def _layout_right(self, area: pygame.Rect) -> None:
        px = self.px
        bottom = area.bottom - px(42)
        third = area.width // len(TOTALS)
        for index, stat in enumerate(self.totals.values()):
            stat.layout(pygame.Rect(area.left + index * third, bottom, third - px(6), px(42)))
        top = area.top
        if self.owns:
            self.worth.layout(pygame.Rect(area.left, top, area.width, px(30)))
            top += px(42)
        self.chart_head.layout(pygame.Rect(area.left, top, area.width, px(22)))
        words = 2 * self.ctx.text.line_height("small") if self.compares else 0
        chart_bottom = bottom - px(10) - (words + px(6) if words else 0)
        self.picture.layout(pygame.Rect(area.left, top + px(24), area.width, max(chart_bottom - top - px(24), px(40))))
        self.verdict.layout(pygame.Rect(area.left, chart_bottom + px(4), area.width, words))

    def _stack(self) -> None:
        area = self.list.rect
        for index, row in enumerate(self.rows):
            row.layout(pygame.Rect(area.left, area.top + index * self.px(ROW), area.width - self.px(12), self.px(ROW)))
        self.list.content = len(self.rows) * self.px(ROW)

    def paint(self, surface: pygame.Surface) -> None:
        """A raised card: an accent line above, figures on a band of their own."""
        palette, px, rect = self.ctx.theme.palette, self.px, self.rect
        surface.fill(palette.panel, rect)
        band = pygame.Rect(rect.left, rect.top + px(HEAD), rect.width, px(FIGURES))
        surface.fill(palette.panel_hi, band)
        pygame.draw.rect(surface, palette.accent.lerp(palette.panel, 0.5), rect, px(1))
        surface.fill(palette.accent, (rect.left, rect.top, rect.width, px(3)))
        icon = self.ctx.icons.get("wallet", 20, palette.accent, palette.panel)
        surface.blit(icon, icon.get_rect(midleft=(rect.left + px(SIDE), rect.top + px(25))))
        split = self.picture.rect.left - px(13)
        pygame.draw.line(surface, palette.line, (split, band.bottom + px(12)), (split, rect.bottom - px(14)))
        self._paint_legend(surface)

    def _paint_legend(self, surface: pygame.Surface) -> None:
        """The lines of the break-even, at the right of its heading."""
        if not self.compares:
            return
        ctx, px, palette, rect = self.ctx, self.px, self.ctx.theme.palette, self.chart_head.rect
        x = rect.right
        lines = (
            ("grown", palette.muted, False),
            ("cloud", palette.accent, True),
            ("own", palette.ok, True),
        )
        for key, colour, whole in lines:
            label = ctx.text.get(ctx.i18n.t(f"finance.legend.{key}"), "small", palette.muted)
            x -= label.get_width()
            surface.blit(label, label.get_rect(midleft=(x, rect.centery)))
            x -= px(20)
            for start in (0, 1, 2) if not whole else (0,):
                left = x + start * px(6)
                right = x + px(15) if whole else left + px(3)
                pygame.draw.line(surface, colour, (left, rect.centery), (right, rect.centery), px(2))
            x -= px(10)
