"""The verdict: how the run ended, the grade, and what it is made of."""

from __future__ import annotations

import pygame

from engine.view import RunResult
from game.context import Context
from game.hud import figures
from game.hud.grade import GradeRing
from game.hud.stat import Bar, Stat
from game.session import Session
from game.stage_refs import text_id
from game.ui.label import Label
from game.ui.widget import Widget

RING, LEAST_RING = 196, 156
PARTS = ("throughput", "latency", "uptime")


class Verdict(Widget):
    """A column. ring: animated, and kept by the scene when everything else is made anew.

    place: of an endless run among the best, 0 for none.
    """

    def __init__(
        self, ctx: Context, session: Session, result: RunResult, ring: GradeRing, best: bool, place: int = 0
    ) -> None:
        super().__init__(ctx)
        self.result, self.ring = result, ring
        t = ctx.i18n.t
        end = figures.clock(session.view.time_s)
        won = result.outcome == "won"
        self.stage_name = self.add(Label(ctx, t(f"stage.{text_id(session.stage.id)}.name"), "small", "muted"))
        endless, title = session.stage.endless, t(f"result.{result.outcome}")
        grade = t(f"grade.{result.grade}")
        if endless:
            title = t("result.endless.title", time=end)
            grade = t("result.endless.place", place=place) if place else t("result.endless.no_place")
        self.outcome = self.add(Label(ctx, title, "title", "text" if won or endless else "error"))
        self.outcome_line = self.add(Label(ctx, t(f"result.{result.outcome}_line", time=end), "body", "muted"))
        self.add(ring)
        self.grade_line = self.add(Label(ctx, grade, "body", wrap=True))
        self.score = self.add(Stat(ctx, t("result.score")))
        self.best_label = self.add(Label(ctx, t("result.best") if best else "", "strong", "ok", align="right"))
        self.bars = {part: self.add(Bar(ctx, t(f"result.part_{part}"), alarming=False)) for part in PARTS}
        self._follow_ring()

    def update(self, dt_s: float) -> None:
        """The ring closes, the bars and the score follow it."""
        super().update(dt_s)
        self._follow_ring()

    def _follow_ring(self) -> None:
        result, progress = self.result, self.ring.progress
        self.score.set(figures.count(result.score * progress))
        self.best_label.visible = self.ring.revealed
        for key, bar in self.bars.items():
            part: float = getattr(result, f"part_{key}")
            bar.set(part * progress, figures.percent(part * progress))

    def layout(self, rect: pygame.Rect) -> None:
        """One below the other; the ring takes what the rest leaves, and where that is little, the score's left."""
        super().layout(rect)
        px, left, top, width = self.px, rect.left, rect.top, rect.width
        self.stage_name.layout(pygame.Rect(left, top, width, px(22)))
        self.outcome.layout(pygame.Rect(left, top + px(22), width, px(42)))
        self.outcome_line.layout(pygame.Rect(left, top + px(66), width, px(24)))
        side = min(px(RING), rect.height - px(90 + 320))
        if side < px(LEAST_RING):
            bottom = self._ring_beside_score(pygame.Rect(left, top + px(98), width, px(LEAST_RING)))
        else:
            bottom = self._ring_over_score(pygame.Rect(left, top + px(106), width, side))
        for number, bar in enumerate(self.bars.values()):
            bar.layout(pygame.Rect(left, bottom + px(14 + 42 * number), width, px(34)))

    def _ring_over_score(self, area: pygame.Rect) -> int:
        px, ring = self.px, pygame.Rect(0, 0, area.height, area.height)
        ring.center = area.center
        self.ring.layout(ring)
        y = self._line_below(area) + px(14)
        half = area.width // 2
        self.score.layout(pygame.Rect(area.left, y, half, px(46)))
        self.best_label.layout(pygame.Rect(area.left + half, y + px(16), area.width - half, px(28)))
        return y + px(46)

    def _ring_beside_score(self, area: pygame.Rect) -> int:
        px, side = self.px, area.height
        self.ring.layout(pygame.Rect(area.left, area.top, side, side))
        x, width = area.left + side + px(16), area.width - side - px(16)
        self.score.layout(pygame.Rect(x, area.centery - px(40), width, px(46)))
        self.best_label.align = "left"
        self.best_label.layout(pygame.Rect(x, area.centery + px(12), width, px(28)))
        return self._line_below(area)

    def _line_below(self, area: pygame.Rect) -> int:
        height = self.grade_line.height_for(area.width)
        self.grade_line.layout(pygame.Rect(area.left, area.bottom + self.px(14), area.width, height))
        return self.grade_line.rect.bottom
