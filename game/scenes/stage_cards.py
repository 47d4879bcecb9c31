"""The cards of the stage select: a stage of the campaign with its grade and stars, and the other modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pygame

from game.context import Context
from game.hud.grade import grade_colour
from game.hud.objectives import paint_star
from game.savegame import stars_of, was_won
from game.ui.widget import Pressable, Widget

ICONS = {
    "hello_world": "load_balancer",
    "tv_ad": "megaphone",
    "viral_strike": "trend_up",
    "feature_factory": "deploy",
    "black_friday": "cart",
}
OTHER_ICON = "rocket"
STAR = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a card. role: of the font; tone: name of the palette's colour."""

    text: str
    tone: str = "muted"
    role: str = "small"


class Card(Pressable):
    """Something to choose. lock: what opens it, empty when it is open. It keeps its picture."""

    def __init__(self, ctx: Context, name: str, about: str, icon: str, lock: str, on_press: Callable[[], None]) -> None:
        super().__init__(ctx)
        self.name, self.about, self.icon, self.lock, self.on_press = name, about, icon, lock, on_press
        self.enabled = not lock
        self.tooltip = f"{name}\n{lock or about}"
        self._picture: pygame.Surface | None = None

    def invalidate(self) -> None:
        """Draw anew."""
        self._picture = None
        super().invalidate()

    def activate(self) -> None:
        """Choose it."""
        if self.enabled:
            self.ctx.audio.play("ui_click")
            self.on_press()

    @property
    def lit(self) -> bool:
        """The pointer or the focus is on it."""
        return (self.hovered or self.focused) and self.enabled

    def draw(self, surface: pygame.Surface) -> None:
        """Blit the kept picture."""
        if self._picture is None:
            picture = pygame.Surface(self.rect.size).convert()
            picture.fill(self.ctx.theme.palette.bg)
            self._paint_frame(picture)
            self._paint_inside(picture)
            self._picture = picture
        surface.blit(self._picture, self.rect)

    @property
    def background(self) -> pygame.Color:
        """What the words stand on."""
        palette = self.ctx.theme.palette
        return palette.panel_hi if self.lit else palette.panel if self.enabled else palette.bg_raised

    @property
    def edge(self) -> str:
        """Name of the colour around it."""
        return "accent" if self.lit else "line"

    def _paint_frame(self, picture: pygame.Surface) -> None:
        px, area = self.px, picture.get_rect()
        edge: pygame.Color = getattr(self.ctx.theme.palette, self.edge)
        pygame.draw.rect(picture, self.background, area, border_radius=px(14))
        pygame.draw.rect(picture, edge, area, px(2 if self.focused else 1), border_radius=px(14))

    def _paint_inside(self, picture: pygame.Surface) -> None:
        """What the card says."""

    def _badge(self, picture: pygame.Surface, centre: tuple[int, int], radius: int) -> None:
        """The icon in a disc; a lock where it is closed."""
        palette = self.ctx.theme.palette
        tone = palette.accent if self.enabled else palette.muted
        disc = tone.lerp(self.background, 0.84)
        pygame.draw.aacircle(picture, disc, centre, radius)
        icon = self.ctx.icons.get(self.icon if self.enabled else "lock", radius / self.ctx.theme.scale, tone, disc)
        picture.blit(icon, icon.get_rect(center=centre))

    def _words(self, picture: pygame.Surface, text: str, area: pygame.Rect, tone: pygame.Color) -> None:
        """As many lines as there is room for; what is left out ends with an ellipsis."""
        words, step = self.ctx.text, self.ctx.text.line_height("small")
        lines = words.wrap(text, "small", area.width)
        most = max(1, area.height // step)
        if len(lines) > most:
            lines = [*lines[: most - 1], words.fit(" ".join(lines[most - 1 :]), "small", area.width)]
        for index, line in enumerate(lines):
            picture.blit(words.get(line, "small", tone, self.background), (area.left, area.top + index * step))


class StarCount(Widget):
    """How many stars were won, of how many."""

    def __init__(self, ctx: Context, won: int, most: int) -> None:
        super().__init__(ctx, ctx.i18n.t("goal.stars", stars=won, most=most))
        self.won, self.text = won, f"{won} / {most}"

    def natural_width(self) -> int:
        """The width it needs."""
        return self.px(STAR + 10) + self.ctx.text.width(self.text, "heading")

    def paint(self, surface: pygame.Surface) -> None:
        """The star stands before the numbers."""
        centre = (self.rect.left + self.px(STAR / 2), self.rect.centery)
        paint_star(self.ctx, surface, centre, STAR, self.won > 0)
        words = self.ctx.text.get(self.text, "heading", self.ctx.theme.palette.text)
        surface.blit(words, words.get_rect(midright=(self.rect.right, self.rect.centery)))


class StageCard(Card):
    """A stage: number, name, lesson, best grade and stars. most: stars there are to win; next_up: the one to play."""

    def __init__(
        self,
        ctx: Context,
        stage: str,
        number: int,
        best: Mapping[str, Any],
        *,
        most: int,
        lock: str,
        next_up: bool,
        on_press: Callable[[], None],
    ) -> None:
        t = ctx.i18n.t
        name, lesson = t(f"stage.{stage}.name"), t(f"stage.{stage}.lesson")
        super().__init__(ctx, name, lesson, ICONS.get(stage, OTHER_ICON), lock, on_press)
        self.stage, self.number, self.best, self.most, self.next_up = stage, number, best, most, next_up

    @property
    def edge(self) -> str:
        """The next one stands out."""
        return "accent" if self.lit or self.next_up else "line"

    def _paint_inside(self, picture: pygame.Surface) -> None:
        ctx, px, palette, t = self.ctx, self.px, self.ctx.theme.palette, self.ctx.i18n.t
        area, side = picture.get_rect(), px(18)
        radius = px(24)
        self._badge(picture, (side + radius, px(18) + radius), radius)
        grade = str(self.best.get("grade", ""))
        if grade:
            letter = ctx.text.get(grade, "title", grade_colour(palette, grade), self.background)
            picture.blit(letter, letter.get_rect(midright=(area.right - side, px(18) + radius)))
        y = px(80)
        number = ctx.text.get(t("select.number", number=self.number), "small", palette.muted, self.background)
        picture.blit(number, (side, y))
        y += ctx.text.line_height("small") + px(2)
        ink = palette.text if self.enabled else palette.muted
        for line in ctx.text.wrap(self.name, "heading", area.width - 2 * side)[:2]:
            picture.blit(ctx.text.get(line, "heading", ink, self.background), (side, y))
            y += ctx.text.line_height("heading")
        foot = area.bottom - px(50)
        words = self.about if self.enabled else self.lock
        self._words(
            picture, words, pygame.Rect(side, y + px(6), area.width - 2 * side, foot - y - px(12)), palette.muted
        )
        if self.enabled:
            self._paint_foot(picture, foot)

    def _paint_foot(self, picture: pygame.Surface, top: int) -> None:
        ctx, px, palette, t = self.ctx, self.px, self.ctx.theme.palette, self.ctx.i18n.t
        area, side, middle = picture.get_rect(), px(18), top + px(24)
        pygame.draw.line(picture, palette.line, (side, top), (area.right - side, top))
        won = stars_of(self.best) if was_won(self.best) else 0
        for index in range(self.most):
            paint_star(ctx, picture, (side + px(STAR / 2) + index * px(STAR + 4), middle), STAR, index < won)
        grade = self.best.get("grade")
        words = t("select.score", score=f"{self.best.get('score', 0):,}") if grade else t("select.new")
        if self.next_up and not grade:
            words = t("select.next")
        room = area.width - 2 * side - self.most * px(STAR + 4)
        tone = palette.text if grade else palette.accent
        line = ctx.text.get(ctx.text.fit(words, "small", room), "small", tone, self.background)
        picture.blit(line, line.get_rect(midright=(area.right - side, middle)))


class ModeCard(Card):
    """Another mode: what it is, and its records."""

    def __init__(
        self,
        ctx: Context,
        name: str,
        about: str,
        icon: str,
        records: Sequence[Line],
        *,
        lock: str,
        on_press: Callable[[], None],
    ) -> None:
        super().__init__(ctx, name, about, icon, lock, on_press)
        self.records = tuple(records)
        if records and self.enabled:
            self.tooltip = "\n".join((name, about, *(line.text for line in records)))

    def _paint_inside(self, picture: pygame.Surface) -> None:
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        area, side = picture.get_rect(), px(18)
        radius = px(20)
        self._badge(picture, (side + radius, px(16) + radius), radius)
        x, width = side + 2 * radius + px(14), area.width - 2 * side - 2 * radius - px(14)
        ink = palette.text if self.enabled else palette.muted
        name = ctx.text.get(ctx.text.fit(self.name, "heading", width), "heading", ink, self.background)
        picture.blit(name, (x, px(14)))
        y = px(14) + ctx.text.line_height("heading") + px(2)
        shown = self.records if self.enabled else ()
        step = ctx.text.line_height("small")
        foot = area.bottom - px(14) - step * len(shown)
        words = self.about if self.enabled else self.lock
        self._words(picture, words, pygame.Rect(x, y, width, foot - px(2) - y), palette.muted)
        for index, line in enumerate(shown):
            tone: pygame.Color = getattr(palette, line.tone)
            fitted = ctx.text.fit(line.text, line.role, width)
            picture.blit(ctx.text.get(fitted, line.role, tone, self.background), (x, foot + index * step))
