"""What is paid for, part by part: names, amounts, and bars that compare them."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from engine.spec import FinanceSpec
from engine.spec.finance import MONTH_DAYS
from engine.view import FinanceView, NodeCost
from game.context import Context
from game.hud.stat import Stat
from game.i18n import I18n
from game.money import money
from game.ui.widget import Widget
from game.view.naming import kind_name

HEIGHT = 34
BAR = 6
GROUPS = {"own": "accent", "rent": "pm", "nodes": "ok", "idle": "warn"}


@dataclass(frozen=True, slots=True)
class Cost:
    """A part of the costs. key: of its name under `finance.part`, or empty for the nodes of `kind`. usd: a calendar
    month. group: which of GROUPS it belongs to. paid: False for what is written off, which no money leaves for.
    """

    key: str
    usd: float
    group: str
    kind: str = ""
    count: int = 0
    reclaimed: int = 0
    paid: bool = True


def costs(finance: FinanceView) -> list[Cost]:
    """All parts of a month: own hardware, rent, reservations nobody uses, then nodes and calls by kind."""
    own = [
        Cost("write_off", finance.write_off_month, "own", paid=False),
        Cost("power", finance.power_month, "own"),
        Cost("line", finance.line_month, "own"),
        Cost("administration", finance.administration_month, "own"),
        Cost("rent", finance.rent_month, "rent"),
        Cost("idle", finance.idle_month, "idle"),
    ]
    return [cost for cost in own if cost.usd > 0] + [part for node in finance.nodes for part in _of_kind(node)]


def _of_kind(node: NodeCost) -> list[Cost]:
    parts = []
    if node.keep_month > 0 or node.reclaimed:
        parts.append(Cost("", node.keep_month, "nodes", node.kind, node.count, node.reclaimed))
    if node.calls_month > 0:
        parts.append(Cost("calls", node.calls_month, "nodes", node.kind))
    return parts


@dataclass(frozen=True, slots=True)
class Period:
    """What amounts are told for: a month of the calendar where the stage reckons in months, else a day."""

    name: str
    months: float

    @classmethod
    def of(cls, finance: FinanceSpec | None) -> Period:
        """The one of a stage."""
        return cls("month", 1.0) if finance is not None else cls("day", 1.0 / MONTH_DAYS)

    def money(self, i18n: I18n, month_usd: float) -> str:
        """What a month's amount is in the period."""
        return money(i18n, month_usd * self.months)

    def span(self, i18n: I18n, months: float) -> str:
        """A time of so many months of the calendar; what lasts longer than anybody plans for is not counted."""
        count = months / self.months
        if count >= 1000:
            return i18n.t(f"finance.over.{self.name}")
        return i18n.t(f"finance.span.{self.name}", count=f"{count:.1f}" if count < 9.95 else f"{count:.0f}")


class CostRow(Widget):
    """A part: its name, what it costs, and a bar as long as its share of the largest. What is not paid is hatched."""

    def __init__(self, ctx: Context, period: Period, cost: Cost) -> None:
        super().__init__(ctx, self._tip)
        self.period, self.cost, self.share = period, cost, 0.0

    def set(self, cost: Cost, share: float) -> None:
        """Show other figures of the same part."""
        before = (self._amount(), self.cost.count, self.cost.reclaimed, round(self.share, 2))
        self.cost, self.share = cost, share
        if before != (self._amount(), cost.count, cost.reclaimed, round(share, 2)):
            self.invalidate()

    def _amount(self) -> str:
        return self.period.money(self.ctx.i18n, self.cost.usd)

    def _tip(self) -> str | None:
        key = f"finance.tip.{self.cost.key}"
        return self.ctx.i18n.t(key) if self.ctx.i18n.has(key) else None

    def name(self, width: int) -> str:
        """What it is called, in a width."""
        t, cost = self.ctx.i18n.t, self.cost
        if not cost.kind:
            return t(f"finance.part.{cost.key}")
        name = kind_name(self.ctx, cost.kind, "small", width)
        if cost.key:
            return t(f"finance.part.{cost.key}", kind=name)
        return t("finance.part.nodes", kind=name, count=cost.count) if cost.count > 1 else name

    def paint(self, surface: pygame.Surface) -> None:
        """Name and amount, the bar under them."""
        palette, text, rect = self.ctx.theme.palette, self.ctx.text, self.rect
        paid = palette.text if self.cost.paid else palette.muted
        amount = text.get(self._amount(), "small", paid)
        surface.blit(amount, amount.get_rect(topright=rect.topright))
        room = rect.width - amount.get_width() - self.px(10)
        words = self.name(room - self.px(40))
        if self.cost.reclaimed:
            words = f"{words} · {self.ctx.i18n.t('finance.reclaimed', count=self.cost.reclaimed)}"
        ink = palette.warn if self.cost.reclaimed else paid
        surface.blit(text.get(text.fit(words, "small", room), "small", ink), rect.topleft)
        track = pygame.Rect(rect.left, rect.top + amount.get_height() + self.px(3), rect.width, self.px(BAR))
        radius = track.height // 2
        pygame.draw.rect(surface, palette.line, track, border_radius=radius)
        filled = track.copy()
        filled.width = round(track.width * self.share)
        if filled.width > radius:
            colour: pygame.Color = getattr(palette, GROUPS[self.cost.group])
            if self.cost.paid:
                pygame.draw.rect(surface, colour, filled, border_radius=radius)
            else:
                _hatched(surface, filled, colour, palette.line, self.px(2))


def _hatched(surface: pygame.Surface, rect: pygame.Rect, colour: pygame.Color, ground: pygame.Color, step: int) -> None:
    """A bar of slanted strokes: a cost that nothing is paid for."""
    clip = surface.get_clip()
    surface.set_clip(rect.clip(clip))
    surface.fill(colour.lerp(ground, 0.72), rect)
    for x in range(rect.left - rect.height, rect.right, step * 3):
        pygame.draw.line(surface, colour, (x, rect.bottom), (x + rect.height, rect.top), step)
    surface.set_clip(clip)


class Headline(Stat):
    """A figure of the head of the panel."""

    def __init__(self, ctx: Context, key: str) -> None:
        super().__init__(ctx, ctx.i18n.t(f"finance.{key}"), ctx.i18n.t(f"finance.tip.{key}"), role="heading")
