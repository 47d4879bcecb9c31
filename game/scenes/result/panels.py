"""The panels of the result: a chart, what went wrong and why, and what to try next."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from engine.view import RunResult
from game.context import Context
from game.hud.history_chart import HistoryChart
from game.hud.incidents import MOST, IncidentList
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Panel

HEAD = 34
PARAGRAPH = 10


class ChartPanel(Panel):
    """A chart under its name. legend: words with the names of their colours."""

    def __init__(self, ctx: Context, name: str, chart: HistoryChart, legend: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(ctx)
        self.chart = chart
        self.head = self.add(Label(ctx, name, "strong"))
        self.legend = [self.add(Label(ctx, text, "small", colour, align="right")) for text, colour in legend]

    def layout(self, rect: pygame.Rect) -> None:
        """Name left, legend right where there is room for it, the chart below."""
        super().layout(rect)
        px, width = self.px, self.ctx.text.width
        name = width(self.head.text, "strong")
        self.head.layout(pygame.Rect(rect.left + px(14), rect.top, name, px(HEAD)))
        x = rect.right - px(14)
        needed = sum(width(label.text, "small") + px(18) for label in self.legend)
        for label in reversed(self.legend):
            label.visible = needed <= rect.width - name - px(28)
            wide = width(label.text, "small")
            label.layout(pygame.Rect(x - wide, rect.top, wide, px(HEAD)))
            x -= wide + px(18)
        self.chart.layout(
            pygame.Rect(rect.left + px(6), rect.top + px(HEAD), rect.width - px(12), rect.height - px(HEAD + 4))
        )

    def draw(self, surface: pygame.Surface) -> None:
        """The panel, and the chart, which keeps a picture of its own, over it."""
        super().draw(surface)
        if self.visible:
            self.chart.draw(surface)


class IncidentPanel(Panel):
    """What went wrong, when, and why; the worst when there is too much."""

    def __init__(self, ctx: Context, session: Session, result: RunResult) -> None:
        super().__init__(ctx)
        t = ctx.i18n.t
        self.head = self.add(Label(ctx, t("result.incidents"), "strong"))
        more = max(0, len(result.incidents) - MOST)
        words = t("result.more_incidents", count=more) if more else ""
        self.more = self.add(Label(ctx, words, "small", "muted", align="right"))
        nothing = "" if result.incidents else t("result.no_incidents")
        self.none = self.add(Label(ctx, nothing, "small", "muted", wrap=True))
        self.list = self.add(IncidentList(ctx, session.view, result.incidents))

    def layout(self, rect: pygame.Rect) -> None:
        """The list under its name."""
        super().layout(rect)
        px = self.px
        self.head.layout(pygame.Rect(rect.left + px(14), rect.top, rect.width // 2, px(HEAD)))
        self.more.layout(pygame.Rect(rect.centerx, rect.top, rect.width // 2 - px(14), px(HEAD)))
        body = pygame.Rect(rect.left + px(1), rect.top + px(HEAD), rect.width - px(2), rect.height - px(HEAD + 6))
        self.none.layout(body.inflate(-px(26), 0))
        self.list.layout(body)


class AdvicePanel(Panel):
    """One thing to try next, and the lesson that was missed, if any."""

    def __init__(self, ctx: Context, result: RunResult, lesson: str) -> None:
        super().__init__(ctx)
        t = ctx.i18n.t
        kind = t(f"node.{result.advice_kind}.name") if result.advice_kind else ""
        self.head = self.add(Label(ctx, t("result.advice"), "strong", "accent"))
        self.scroll = self.add(Scroll(ctx))
        texts = [t(f"advice.{result.advice}", kind=kind), *([lesson] if lesson else [])]
        self.words = [self.scroll.add(Label(ctx, text, "body", wrap=True)) for text in texts]

    def layout(self, rect: pygame.Rect) -> None:
        """The words under their name; smaller ones where there is little room."""
        super().layout(rect)
        px = self.px
        left, width = rect.left + px(14), rect.width - px(28)
        self.head.layout(pygame.Rect(left, rect.top, width, px(HEAD)))
        self.scroll.layout(pygame.Rect(left, rect.top + px(HEAD), width + px(10), rect.height - px(HEAD + 8)))
        for role in ("body", "small"):
            for words in self.words:
                words.role = role
            heights = [words.height_for(width) for words in self.words]
            content = sum(heights) + (len(heights) - 1) * px(PARAGRAPH)
            if content <= self.scroll.rect.height:
                break
        self.scroll.offset, self.scroll.content = 0, content
        top = rect.top + px(HEAD)
        for words, height in zip(self.words, heights, strict=True):
            words.layout(pygame.Rect(left, top, width, height))
            top += height + px(PARAGRAPH)
