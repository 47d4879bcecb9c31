"""A question of a department as a card: who asks, what, the answers with what they bring, and the time that is left."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pygame

from engine.spec import ChoiceSpec, EventSpec, StageSpec
from engine.view import Quest
from game.context import Context
from game.hud.consequences import Consequence, consequences
from game.hud.log_entries import ICONS
from game.ui.button import Button
from game.ui.widget import Panel, Pressable

WIDTH = 316
HEAD = 46
SIDE = 14
GAP = 8
URGENT_S = 8.0
SLIDE_S = 0.28
OnAnswer = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class _Chip:
    """A consequence where it stands, relative to the answer's words."""

    what: Consequence
    text: str
    x: int
    row: int


class ChoiceButton(Button):
    """An answer, with everything it would bring spelt out under it. default: what silence means."""

    def __init__(
        self, ctx: Context, stage: StageSpec, event: EventSpec, choice: ChoiceSpec, on_press: Callable[[], None]
    ) -> None:
        key = f"event.{event.id}.choice.{choice.id}"
        super().__init__(ctx, ctx.i18n.t(key) if ctx.i18n.has(key) else choice.id, on_press)
        self.choice = choice.id
        self.brings = consequences(ctx.i18n, stage, event, choice)
        self.default = choice.id == (event.default or event.choices[-1].id)
        self.lines: list[str] = []
        self.chips: list[_Chip] = []

    def height_for(self, width: int) -> int:
        """Break the words for a width; returns the height, both in pixels."""
        inner = width - 2 * self.px(12)
        self.lines = self.ctx.text.wrap(self.text, "strong", inner)
        self.chips = self._flow(inner)
        rows = self.chips[-1].row + 1 + self.default
        line = self.ctx.text.line_height
        return len(self.lines) * line("strong") + rows * line("small") + self.px(14)

    def _flow(self, width: int) -> list[_Chip]:
        """The consequences side by side, in as many rows as they need."""
        chips: list[_Chip] = []
        x, row = 0, 0
        for what in self.brings:
            room = width - self.px(20)
            text = self.ctx.text.fit(what.text, "small", room)
            wide = self.px(20) + self.ctx.text.width(text, "small")
            if x and x + wide > width:
                x, row = 0, row + 1
            chips.append(_Chip(what, text, x, row))
            x += wide + self.px(14)
        return chips

    def _paint_content(self, surface: pygame.Surface, background: pygame.Color, ink: pygame.Color) -> None:
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        x, y = self.rect.left + px(12), self.rect.top + px(6)
        for line in self.lines:
            surface.blit(ctx.text.get(line, "strong", ink, background), (x, y))
            y += ctx.text.line_height("strong")
        step = ctx.text.line_height("small")
        for chip in self.chips:
            tone: pygame.Color = getattr(palette, chip.what.tone)
            top = y + chip.row * step
            icon = ctx.icons.get(chip.what.icon, 14, tone, background)
            surface.blit(icon, icon.get_rect(midleft=(x + chip.x, top + step // 2)))
            surface.blit(ctx.text.get(chip.text, "small", tone, background), (x + chip.x + px(20), top))
        if self.default:
            top = y + (self.chips[-1].row + 1) * step
            icon = ctx.icons.get("hourglass", 14, palette.muted, background)
            surface.blit(icon, icon.get_rect(midleft=(x, top + step // 2)))
            words = ctx.text.get(ctx.i18n.t("quest.default"), "small", palette.muted, background)
            surface.blit(words, (x + px(20), top))


class _Head(Pressable):
    """Who asks. A click folds the card or opens it."""

    focusable = False

    def __init__(self, ctx: Context, quest: Quest, words: str, on_press: Callable[[], None]) -> None:
        super().__init__(ctx)
        self.quest, self.words, self.on_press = quest, words, on_press
        self.folded = False

    def activate(self) -> None:
        """Fold or open."""
        self.ctx.audio.play("ui_click")
        self.on_press()

    def paint(self, surface: pygame.Surface) -> None:
        """Avatar, name, and on a folded card the beginning of the question."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        colour: pygame.Color = getattr(palette, self.quest.department.value)
        background = palette.panel_hi
        centre = (self.rect.left + px(26), self.rect.centery)
        pygame.draw.aacircle(surface, colour.lerp(background, 0.75), centre, px(15))
        icon = ctx.icons.get(ICONS[self.quest.department], 18, colour)
        surface.blit(icon, icon.get_rect(center=centre))
        x, room = self.rect.left + px(50), self.rect.width - px(50 + 96)
        name = ctx.text.get(ctx.i18n.t(f"department.{self.quest.department.value}"), "strong", colour, background)
        arrow = ctx.icons.get("chevron-down" if self.folded else "chevron-up", 16, palette.muted, background)
        surface.blit(arrow, arrow.get_rect(midright=(self.rect.right - px(12), self.rect.centery)))
        if not self.folded:
            surface.blit(name, name.get_rect(midleft=(x, self.rect.centery)))
            return
        surface.blit(name, name.get_rect(bottomleft=(x, self.rect.centery + px(1))))
        words = ctx.text.fit(self.words, "small", room)
        line = ctx.text.get(words, "small", palette.muted)
        surface.blit(line, line.get_rect(topleft=(x, self.rect.centery)))


class QuestCard(Panel):
    """One question. age_s: real seconds since it came in; below 0 it does not slide."""

    def __init__(
        self, ctx: Context, stage: StageSpec, quest: Quest, on_answer: OnAnswer, on_fold: Callable[[Quest], None]
    ) -> None:
        super().__init__(ctx, raised=True, border=False)
        self.quest = quest
        self.event = next(event for event in stage.events if event.id == quest.event)
        self.words = ctx.i18n.t(f"event.{quest.event}.start")
        self.head = self.add(_Head(ctx, quest, self.words, lambda: on_fold(quest)))
        self.choices = [
            self.add(ChoiceButton(ctx, stage, self.event, choice, lambda c=choice: on_answer(quest.event, c.id)))  # type: ignore[misc]
            for choice in self.event.choices
        ]
        self.lines: list[str] = []
        self.left_s = 0.0
        self._seconds = ""

    @property
    def folded(self) -> bool:
        """Only its head is shown."""
        return self.head.folded

    def height_for(self, width: int, folded: bool) -> int:
        """The height it needs, both in pixels; it is shown so from now on."""
        self.head.folded = folded
        for choice in self.choices:
            choice.visible = not folded
        px = self.px
        if folded:
            return px(HEAD + 6)
        inner = width - px(2 * SIDE)
        self.lines = self.ctx.text.wrap(self.words, "body", inner)
        height = px(HEAD) + len(self.lines) * self.ctx.text.line_height("body") + px(4)
        return height + sum(choice.height_for(inner) + px(GAP) for choice in self.choices) + px(10)

    def layout(self, rect: pygame.Rect) -> None:
        """Head, question, answers."""
        super().layout(rect)
        px = self.px
        self.head.layout(pygame.Rect(rect.left, rect.top + px(3), rect.width, px(HEAD)))
        if self.folded:
            return
        y = rect.top + px(HEAD) + len(self.lines) * self.ctx.text.line_height("body") + px(4 + GAP)
        inner = rect.width - px(2 * SIDE)
        for choice in self.choices:
            height = choice.height_for(inner)
            choice.layout(pygame.Rect(rect.left + px(SIDE), y, inner, height))
            y += height + px(GAP)

    def paint(self, surface: pygame.Surface) -> None:
        """A raised card with the department's edge, and the question."""
        super().paint(surface)
        px, palette = self.px, self.ctx.theme.palette
        colour: pygame.Color = getattr(palette, self.quest.department.value)
        pygame.draw.rect(surface, colour.lerp(palette.panel, 0.45), self.rect, px(1))
        surface.fill(colour, (self.rect.left, self.rect.top, px(4), self.rect.height))
        if self.folded:
            return
        y = self.rect.top + px(HEAD + 2)
        for line in self.lines:
            surface.blit(
                self.ctx.text.get(line, "body", palette.text, palette.panel_hi), (self.rect.left + px(SIDE), y)
            )
            y += self.ctx.text.line_height("body")

    def draw(self, surface: pygame.Surface) -> None:
        """The kept picture, and over it what changes all the time: the seconds and the bar."""
        super().draw(surface)
        if not self.visible:
            return
        px, palette = self.px, self.ctx.theme.palette
        tone = palette.error if self.left_s < URGENT_S else palette.accent
        words = self.ctx.i18n.t("quest.answer_in", seconds=math.ceil(self.left_s))
        seconds = self.ctx.text.get(words, "strong", tone, palette.panel_hi)
        right, middle = self.head.rect.right - px(36), self.head.rect.centery
        surface.blit(seconds, seconds.get_rect(midright=(right, middle)))
        icon = self.ctx.icons.get("timer", 16, tone, palette.panel_hi)
        surface.blit(icon, icon.get_rect(midright=(right - seconds.get_width() - px(6), middle)))
        track = pygame.Rect(self.rect.left + px(4), self.rect.bottom - px(4), self.rect.width - px(4), px(4))
        surface.fill(palette.line, track)
        track.width = round(track.width * min(max(self.left_s / max(self.event.expires_s, 1e-9), 0.0), 1.0))
        surface.fill(tone, track)
