"""The tutorial on the screen: it rings the thing it speaks of and waits for the act."""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from engine.spec import TutorialGoal
from game.context import Context
from game.hud.tutorial_steps import TutorialSteps
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel

WIDTH = 330
MARGIN = 14
ARROW = 9
BREATHS = 4.0


class TutorialBox(Panel):
    """The words of the current step, next to what they are about. find: the rectangle of a name a step points at."""

    def __init__(
        self, ctx: Context, stage: str, steps: TutorialSteps, find: Callable[[str], pygame.Rect | None]
    ) -> None:
        super().__init__(ctx, raised=True, border=False)
        self.stage, self.steps, self.find = stage, steps, find
        self.area = pygame.Rect(0, 0, 0, 0)
        t = ctx.i18n.t
        self.count = self.add(Label(ctx, "", "small", "accent"))
        self.words = self.add(Label(ctx, "", "body", wrap=True))
        self.next = self.add(Button(ctx, t("play.tutorial.next"), self._confirm, kind=Kind.PRIMARY, role="small"))
        self.skip = self.add(Button(ctx, t("play.tutorial.skip"), self._skip, kind=Kind.QUIET, role="small"))
        self._shown = ""
        self._age_s = 0.0

    def _confirm(self) -> None:
        self.steps.confirm()

    def _skip(self) -> None:
        self.steps.skip()

    def refresh(self, area: pygame.Rect) -> None:
        """Follow the world and the thing pointed at; `area` is where the box may stand."""
        self.steps.update()
        self.area = area
        step = self.steps.current
        self.visible = step is not None
        if step is None:
            return
        number, total = self.steps.position
        t = self.ctx.i18n.t
        self.count.set(t("play.tutorial.step", number=number, total=total))
        self.words.set(t(f"tutorial.{self.stage}.{step.id}"))
        self.next.visible = step.goal is TutorialGoal.READ
        rect = self._rect(self.target())
        if rect != self.rect or step.id != self._shown:
            self._shown = step.id
            self._arrange(rect)

    def target(self) -> pygame.Rect | None:
        """The rectangle of what the current step points at."""
        step = self.steps.current
        return self.find(step.point_at) if step is not None and step.point_at else None

    def _rect(self, target: pygame.Rect | None) -> pygame.Rect:
        px = self.px
        width = px(WIDTH)
        height = self.words.height_for(width - px(32)) + px(26 + 12 + 34 + 26)
        rect = pygame.Rect(0, 0, width, height)
        gap = px(MARGIN + 8)
        if target is None:
            rect.midtop = (self.area.centerx, self.area.top + gap)
            return rect
        rect.midtop = (target.centerx, target.bottom + gap)
        if target.bottom < self.area.top:
            rect.top = self.area.top + gap
        elif rect.bottom > self.area.bottom:
            rect.bottom = min(target.top, self.area.bottom) - gap
        return rect.clamp(self.area.inflate(-gap, -gap))

    def _arrange(self, rect: pygame.Rect) -> None:
        px = self.px
        self.layout(rect)
        x, width = rect.left + px(16), rect.width - px(32)
        self.count.layout(pygame.Rect(x, rect.top + px(12), width, px(20)))
        self.words.layout(pygame.Rect(x, rect.top + px(36), width, self.words.height_for(width)))
        bottom = rect.bottom - px(12 + 32)
        self.next.layout(
            pygame.Rect(rect.right - px(16) - self.next.natural_width(), bottom, self.next.natural_width(), px(32))
        )
        self.skip.layout(pygame.Rect(x - px(8), bottom, self.skip.natural_width(), px(32)))

    def draw(self, surface: pygame.Surface) -> None:
        """The box with a bright edge, and a ring around the thing."""
        if not self.visible:
            return
        px, palette = self.px, self.ctx.theme.palette
        target = self.target()
        if target is not None:
            swell = 0.0 if self.ctx.settings.reduced_motion else 2.5 + 2.5 * math.sin(self._age_s * BREATHS)
            ring = target.inflate(px(8 + swell), px(8 + swell))
            pygame.draw.rect(surface, palette.accent, ring, px(3), border_radius=px(12))
        super().draw(surface)
        pygame.draw.rect(surface, palette.accent, self.rect, px(2))
        if target is not None:
            pygame.draw.polygon(surface, palette.accent, self._arrow(target))

    def _arrow(self, target: pygame.Rect) -> list[tuple[int, int]]:
        """A triangle on the side of the box that faces the target."""
        half, box = self.px(ARROW), self.rect
        if target.top >= box.bottom or target.bottom <= box.top:
            x = min(max(target.centerx, box.left + 2 * half), box.right - 2 * half)
            base, tip = (box.bottom, box.bottom + half) if target.top >= box.bottom else (box.top, box.top - half)
            return [(x - half, base), (x + half, base), (x, tip)]
        y = min(max(target.centery, box.top + 2 * half), box.bottom - 2 * half)
        base, tip = (box.right, box.right + half) if target.left >= box.right else (box.left, box.left - half)
        return [(base, y - half), (base, y + half), (tip, y)]

    def update(self, dt_s: float) -> None:
        """The ring breathes."""
        super().update(dt_s)
        self._age_s += dt_s
