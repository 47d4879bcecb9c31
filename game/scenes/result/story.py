"""The words of the result: the post-mortem, the stars, and the best runs of the endless mode."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from engine.view import RunResult
from game.context import Context
from game.hud import figures
from game.hud.objectives import STAR_SIZE, TEXT_GAP, ObjectiveLine, paint_star
from game.savegame import EndlessRun
from game.scenes.result.panels import HEAD
from game.scenes.result.postmortem import Finding, Postmortem
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Panel, Widget

WHEN = 54
PADDING = 5
ROW = 26
MOST_RUNS = 5


class _Paragraph(Widget):
    """A finding: its moment or icon on the left, the words beside it."""

    def __init__(self, ctx: Context, finding: Finding) -> None:
        super().__init__(ctx)
        self.finding = finding

    def _lines(self, width: int) -> list[str]:
        return self.ctx.text.wrap(self.finding.text, "small", width - self.px(14 + 24 + WHEN + 12))

    def height_for(self, width: int) -> int:
        """The height in pixels at a width."""
        return len(self._lines(width)) * self.ctx.text.line_height("small") + self.px(2 * PADDING)

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, moment, words."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        tone: pygame.Color = getattr(palette, self.finding.tone)
        step = ctx.text.line_height("small")
        x, y = self.rect.left + px(14), self.rect.top + px(PADDING)
        icon = ctx.icons.get(self.finding.icon, 16, tone)
        surface.blit(icon, icon.get_rect(midleft=(x, y + step // 2)))
        surface.blit(ctx.text.get(self.finding.when, "small", tone), (x + px(24), y))
        for line in self._lines(self.rect.width):
            surface.blit(ctx.text.get(line, "small", palette.text), (x + px(24 + WHEN), y))
            y += step


class PostmortemPanel(Panel):
    """The findings under each other; it scrolls where there is too little room."""

    def __init__(self, ctx: Context, session: Session, result: RunResult) -> None:
        super().__init__(ctx)
        self.head = self.add(Label(ctx, ctx.i18n.t("postmortem.title"), "strong"))
        self.scroll = self.add(Scroll(ctx))
        self.findings = Postmortem(ctx, session, result).findings()
        self.paragraphs = [self.scroll.add(_Paragraph(ctx, finding)) for finding in self.findings]

    def height_for(self, width: int) -> int:
        """The height at which nothing has to be scrolled, both in pixels."""
        inner = width - self.px(2)
        return self.px(HEAD + 6) + sum(paragraph.height_for(inner) for paragraph in self.paragraphs)

    def layout(self, rect: pygame.Rect) -> None:
        """The paragraphs under their name."""
        super().layout(rect)
        px = self.px
        self.head.layout(pygame.Rect(rect.left + px(14), rect.top, rect.width - px(28), px(HEAD)))
        body = pygame.Rect(rect.left + px(1), rect.top + px(HEAD), rect.width - px(2), rect.height - px(HEAD + 4))
        self.scroll.layout(body)
        self.scroll.offset = 0
        y = body.top
        for paragraph in self.paragraphs:
            height = paragraph.height_for(body.width)
            paragraph.layout(pygame.Rect(body.left, y, body.width, height))
            y += height
        self.scroll.content = y - body.top


class _WinLine(Widget):
    """The star for winning."""

    def __init__(self, ctx: Context, won: bool) -> None:
        super().__init__(ctx)
        self.won = won

    def height_for(self, width: int) -> int:
        """The height in pixels."""
        del width
        return self.px(STAR_SIZE + 4)

    def paint(self, surface: pygame.Surface) -> None:
        """Star, words, and whether it was won."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        middle = self.rect.top + ctx.text.line_height("small") // 2
        paint_star(ctx, surface, (self.rect.left + px(STAR_SIZE) // 2, middle), STAR_SIZE, self.won, not self.won)
        words = ctx.text.get(ctx.i18n.t("stars.win"), "small", palette.text if self.won else palette.muted)
        surface.blit(words, words.get_rect(midleft=(self.rect.left + px(STAR_SIZE + TEXT_GAP), middle)))
        tone = palette.ok if self.won else palette.error
        sign = ctx.icons.get("check" if self.won else "x", 14, tone)
        surface.blit(sign, sign.get_rect(midright=(self.rect.right, middle)))


class StarsPanel(Panel):
    """A star for winning, and one for each objective: which were won, and by how much. Lost: none counts."""

    def __init__(self, ctx: Context, session: Session, result: RunResult) -> None:
        super().__init__(ctx)
        stage, won = session.stage, result.outcome == "won"
        most = 1 + len(stage.objectives)
        self.head = self.add(Label(ctx, ctx.i18n.t("stars.title"), "strong"))
        count = ctx.i18n.t("goal.stars", stars=result.stars, most=most)
        self.count = self.add(Label(ctx, count, "small", "warn" if result.stars else "muted", align="right"))
        self.lines: list[_WinLine | ObjectiveLine] = [self.add(_WinLine(ctx, won))]
        standing = {one.id: one for one in result.objectives}
        for objective in stage.objectives:
            line = self.add(ObjectiveLine(ctx, stage, objective))
            line.set(standing[objective.id], over=True)
            line.counts = won
            self.lines.append(line)

    def height_for(self, width: int) -> int:
        """The height it needs, both in pixels."""
        inner = width - self.px(28)
        return self.px(HEAD + 8) + sum(line.height_for(inner) + self.px(2) for line in self.lines)

    def layout(self, rect: pygame.Rect) -> None:
        """The lines under their name."""
        super().layout(rect)
        px, width = self.px, rect.width - self.px(28)
        row = pygame.Rect(rect.left + px(14), rect.top, width, px(HEAD))
        self.head.layout(row)
        self.count.layout(row)
        y = row.bottom
        for line in self.lines:
            height = line.height_for(width)
            line.layout(pygame.Rect(row.left, y, width, height))
            y += height + px(2)


class BestRunsPanel(Panel):
    """The best runs of the endless mode; this one stands out."""

    def __init__(self, ctx: Context, runs: Sequence[EndlessRun], own: EndlessRun) -> None:
        super().__init__(ctx)
        t = ctx.i18n.t
        self.head = self.add(Label(ctx, t("result.endless.list"), "strong"))
        self.rows = []
        for place, run in enumerate(runs[:MOST_RUNS], 1):
            time, score = figures.clock(run.seconds), f"{run.score:,}"
            words = t("mode.endless.record", place=place, time=time, score=score)
            self.rows.append(self.add(Label(ctx, words, "small", "accent" if run == own else "muted")))

    def height_for(self, width: int) -> int:
        """The height it needs in pixels."""
        del width
        return self.px(HEAD + 8 + ROW * len(self.rows))

    def layout(self, rect: pygame.Rect) -> None:
        """The runs under their name."""
        super().layout(rect)
        px, width = self.px, rect.width - self.px(28)
        self.head.layout(pygame.Rect(rect.left + px(14), rect.top, width, px(HEAD)))
        for index, row in enumerate(self.rows):
            row.layout(pygame.Rect(rect.left + px(14), rect.top + px(HEAD + index * ROW), width, px(ROW)))
