"""The bonus objectives of a stage: their words, where they stand, and how they look in the game and around it."""

from __future__ import annotations

import math

import pygame

from engine.spec import ObjectiveSpec, StageSpec
from engine.view import Objective
from game.context import Context
from game.hud import figures
from game.hud.inspector.page import Page
from game.i18n import I18n
from game.money import money, widest
from game.stage_refs import text_id
from game.ui.widget import Widget

STAR_SIZE = 18
TEXT_GAP = 12


def objective_text(i18n: I18n, stage: StageSpec, objective: ObjectiveSpec) -> str:
    """What is asked, in words: the stage's own, or those of its metric."""
    key = f"objective.{text_id(stage.id)}.{objective.id}"
    metric, _, kind = objective.metric.partition(":")
    side, limit = ("most", objective.most) if math.isfinite(objective.most) else ("least", objective.least)
    name = i18n.t(f"request.{kind}.name") if kind else ""
    words = _figure(i18n, metric, limit, exact=True)
    return i18n.t(key if i18n.has(key) else f"goal.{metric}.{side}", limit=words, kind=name)


def objective_value(i18n: I18n, objective: ObjectiveSpec, value: float) -> str:
    """Where its metric stands, with its unit."""
    return _figure(i18n, objective.metric.partition(":")[0], value)


def _figure(i18n: I18n, metric: str, value: float, exact: bool = False) -> str:
    if not math.isfinite(value):
        return figures.NOTHING
    if metric in ("latency_ms", "p95_ms"):
        return figures.latency(value)
    if metric in ("budget", "spent"):
        return money(i18n, value)
    if metric == "max_rps":
        return i18n.t("result.rate", value=figures.rate(value))
    if metric in ("users", "lost_writes", "nodes"):
        return figures.count(value)
    return figures.limit(value) if exact else figures.percent(value)


class ObjectiveLine(Widget):
    """An objective: a star that is filled when it is met, the words, and where it stands.

    standing: None before a run; then no value is shown. over: the run has ended, so what is not met was missed.
    counts: False after a defeat, which no star survives.
    """

    def __init__(self, ctx: Context, stage: StageSpec, objective: ObjectiveSpec, role: str = "small") -> None:
        super().__init__(ctx)
        self.objective, self.role = objective, role
        self.text = objective_text(ctx.i18n, stage, objective)
        self.standing: Objective | None = None
        self.value = ""
        self.over = False
        self.counts = True

    def set(self, standing: Objective, over: bool = False) -> None:
        """Show where it stands now."""
        value = objective_value(self.ctx.i18n, self.objective, standing.value)
        before = (self.value, self.over, self.standing.met if self.standing else None)
        self.standing, self.value, self.over = standing, value, over
        if before != (value, over, standing.met):
            self.invalidate()

    @property
    def met(self) -> bool:
        """Whether it would do as it stands."""
        return self.standing is not None and self.standing.met

    def _room(self, width: int) -> int:
        taken = self.ctx.text.width(widest(self.ctx.i18n), "small") + self.px(8) if self.standing is not None else 0
        return width - self.px(STAR_SIZE + TEXT_GAP) - taken

    def height_for(self, width: int) -> int:
        """The height in pixels at a width."""
        lines = len(self.ctx.text.wrap(self.text, self.role, self._room(width)))
        air = 4 if self.role == "small" else 8
        return max(self.px(STAR_SIZE), lines * self.ctx.text.line_height(self.role)) + self.px(air)

    def paint(self, surface: pygame.Surface) -> None:
        """Star, words, value."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        step = ctx.text.line_height(self.role)
        middle = self.rect.top + step // 2
        paint_star(
            ctx,
            surface,
            (self.rect.left + px(STAR_SIZE) // 2, middle),
            STAR_SIZE,
            self.met and self.counts,
            self.missed,
        )
        ink = palette.muted if self.missed else palette.text
        lines = ctx.text.wrap(self.text, self.role, self._room(self.rect.width))
        for index, line in enumerate(lines):
            drawn = ctx.text.get(line, self.role, ink)
            surface.blit(drawn, (self.rect.left + px(STAR_SIZE + TEXT_GAP), self.rect.top + index * step))
        if self.standing is None:
            return
        tone = palette.ok if self.met else palette.error if self.over else palette.warn
        value = ctx.text.get(self.value, "small", tone)
        sign = ctx.icons.get("check" if self.met else "x", 14, tone)
        surface.blit(sign, sign.get_rect(midright=(self.rect.right, middle)))
        surface.blit(value, value.get_rect(midright=(self.rect.right - px(18), middle)))

    @property
    def missed(self) -> bool:
        """It is too late for it."""
        return self.over and not (self.met and self.counts)


def paint_star(
    ctx: Context,
    surface: pygame.Surface,
    centre: tuple[int, int],
    size: float,
    won: bool,
    missed: bool = False,
) -> None:
    """A star: filled and bright when it is won, else an outline."""
    palette = ctx.theme.palette
    if won:
        points = star_points(centre, ctx.theme.px(size) / 2)
        pygame.draw.polygon(surface, palette.warn, points)
        pygame.draw.aalines(surface, palette.warn, True, points)
        return
    icon = ctx.icons.get("star", size, palette.faint if missed else palette.muted)
    surface.blit(icon, icon.get_rect(center=centre))


def star_points(centre: tuple[int, int], radius: float) -> list[tuple[float, float]]:
    """The ten corners of a five-pointed star, its tip up."""
    corners = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.45
        angle = math.pi * index / 5
        corners.append((centre[0] + reach * math.sin(angle), centre[1] - reach * math.cos(angle)))
    return corners


def objectives_section(page: Page) -> None:
    """The objectives on a page of the inspector, kept up to date; nothing for a stage that has none."""
    session = page.session
    if not session.stage.objectives:
        return
    page.head(page.ctx.i18n.t("goal.bonus"), page.ctx.i18n.t("goal.bonus_tip"))
    lines = {}
    for objective in session.stage.objectives:
        line = lines[objective.id] = page.add(ObjectiveLine(page.ctx, session.stage, objective))
        line.set(next(one for one in session.view.objectives if one.id == objective.id), session.over)
        height = line.height_for(page.width) / page.ctx.theme.scale
        page.place(line, height)
        page.down(height + 2)
    page.down(6)

    def update() -> None:
        for one in session.view.objectives:
            lines[one.id].set(one, session.over)

    page.always(update)
