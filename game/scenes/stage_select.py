"""Choosing a stage: what it is about, and how well it went so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pygame

from game.context import Context
from game.savegame import PROGRESS
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.scenes.start import new_seed
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Widget
from stages.load import stage_names

MARGIN = 56
CARD_WIDTH, CARD_HEIGHT = 368, 236
GAP = 24
PASSED = "SABCD"


class StageCard(Widget):
    """One stage: its number, name, lesson and best grade. A locked one says what opens it."""

    focusable = True

    def __init__(self, ctx: Context, scene: StageSelectScene, stage: str, number: int, best: Mapping[str, Any]) -> None:
        super().__init__(ctx)
        self.scene, self.stage, self.number, self.best = scene, stage, number, best
        self.enabled = scene.is_open(stage)
        self._picture: pygame.Surface | None = None

    def invalidate(self) -> None:
        """Draw anew."""
        self._picture = None
        super().invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """A click chooses the stage."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.activate()
            return True
        return False

    def activate(self) -> None:
        """Go to its briefing."""
        if self.enabled:
            self.ctx.audio.play("ui_click")
            self.scene.choose(self.stage)

    def draw(self, surface: pygame.Surface) -> None:
        """Blit the kept picture."""
        if self._picture is None:
            self._picture = self._paint_picture()
        surface.blit(self._picture, self.rect)

    def _paint_picture(self) -> pygame.Surface:
        ctx, px, palette, t = self.ctx, self.px, self.ctx.theme.palette, self.ctx.i18n.t
        picture = pygame.Surface(self.rect.size).convert()
        picture.fill(palette.bg)
        area = picture.get_rect()
        background = palette.panel_hi if (self.hovered or self.focused) and self.enabled else palette.panel
        edge = palette.accent if (self.hovered or self.focused) and self.enabled else palette.line
        pygame.draw.rect(picture, background, area, border_radius=px(14))
        pygame.draw.rect(picture, edge, area, px(2 if self.focused else 1), border_radius=px(14))
        ink = palette.text if self.enabled else palette.muted
        x, width = px(24), area.width - px(48)
        badge = ctx.text.get(t("select.number", number=self.number), "small", palette.accent, background)
        picture.blit(badge, (x, px(22)))
        name = ctx.text.fit(t(f"stage.{self.stage}.name"), "heading", width - px(64))
        picture.blit(ctx.text.get(name, "heading", ink, background), (x, px(44)))
        y = px(84)
        lesson = t(f"stage.{self.stage}.lesson") if self.enabled else t("select.locked")
        for line in ctx.text.wrap(lesson, "body", width)[:4]:
            picture.blit(ctx.text.get(line, "body", palette.muted, background), (x, y))
            y += ctx.text.line_height("body")
        self._paint_foot(picture, background)
        return picture

    def _paint_foot(self, picture: pygame.Surface, background: pygame.Color) -> None:
        ctx, px, palette, t = self.ctx, self.px, self.ctx.theme.palette, self.ctx.i18n.t
        area = picture.get_rect()
        grade = str(self.best.get("grade", ""))
        if not self.enabled:
            icon = ctx.icons.get("lock", 28, palette.muted, background)
            picture.blit(icon, icon.get_rect(topright=(area.right - px(22), px(22))))
            return
        if grade:
            colour = palette.error if grade == "F" else palette.ok if grade in "SA" else palette.warn
            letter = ctx.text.get(grade, "title", colour, background)
            picture.blit(letter, letter.get_rect(topright=(area.right - px(24), px(18))))
        foot = t("select.best", score=self.best.get("score", 0)) if grade else t("select.new")
        line = ctx.text.get(foot, "small", palette.text if grade else palette.accent, background)
        picture.blit(line, line.get_rect(bottomleft=(px(24), area.bottom - px(20))))


class StageSelectScene(Screen):
    """All stages of the campaign. The next one opens when the one before it was won."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        kept = ctx.storage.load(PROGRESS)
        stages = kept.get("stages") if kept else None
        self.progress: Mapping[str, Any] = stages if isinstance(stages, Mapping) else {}

    def best(self, stage: str) -> Mapping[str, Any]:
        """What is known of the best run of a stage."""
        entry = self.progress.get(stage)
        return entry if isinstance(entry, Mapping) else {}

    def is_open(self, stage: str) -> bool:
        """Whether a stage may be played."""
        names = stage_names()
        before = names.index(stage) - 1
        return before < 0 or str(self.best(names[before]).get("grade", "F")) in PASSED

    def choose(self, stage: str) -> None:
        """Go to the briefing of a stage."""
        from game.scenes.briefing import BriefingScene  # screens lead to each other in circles

        self.next_scene = BriefingScene(self.ctx, stage, new_seed())

    def build(self) -> None:
        """A heading, the cards, and the way back."""
        ctx, t = self.ctx, self.ctx.i18n.t
        self.heading = self.root.add(Label(ctx, t("select.title"), "title"))
        self.hint = self.root.add(Label(ctx, t("select.hint"), "body", "muted"))
        self.cards = [
            self.root.add(StageCard(ctx, self, stage, number, self.best(stage)))
            for number, stage in enumerate(stage_names(), start=1)
        ]
        self.back_button = self.root.add(
            Button(ctx, t("select.back"), self._go_back, icon="arrow-left", kind=Kind.QUIET)
        )

    def arrange(self) -> None:
        """Cards in rows from the top left."""
        px = self.px
        left = px(MARGIN)
        self.heading.layout(pygame.Rect(left, px(48), self.size[0] - 2 * left, px(44)))
        self.hint.layout(pygame.Rect(left, px(94), self.size[0] - 2 * left, px(24)))
        columns = max(1, (self.size[0] - 2 * left + px(GAP)) // px(CARD_WIDTH + GAP))
        for index, card in enumerate(self.cards):
            row, column = divmod(index, columns)
            x, y = left + column * px(CARD_WIDTH + GAP), px(144) + row * px(CARD_HEIGHT + GAP)
            card.layout(pygame.Rect(x, y, px(CARD_WIDTH), px(CARD_HEIGHT)))
        self.back_button.layout(pygame.Rect(left, self.size[1] - px(76), self.back_button.natural_width(), px(40)))

    def back(self) -> Scene | None:
        """To the title."""
        from game.scenes.title import TitleScene  # as above

        return TitleScene(self.ctx)

    def _go_back(self) -> None:
        self.next_scene = self.back()
