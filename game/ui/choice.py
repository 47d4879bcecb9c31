"""Choosing a value: a switch, one of several, or a slider."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pygame

from game.context import Context
from game.ui.widget import Pressable, Tooltip, Widget


class Toggle(Pressable):
    """A switch that is on or off."""

    def __init__(self, ctx: Context, value: bool, on_change: Callable[[bool], None], tooltip: Tooltip = None) -> None:
        super().__init__(ctx, tooltip)
        self.value = value
        self.on_change = on_change

    def activate(self) -> None:
        """Switch."""
        self.value = not self.value
        self.ctx.audio.play("ui_click")
        self.invalidate()
        self.on_change(self.value)

    def paint(self, surface: pygame.Surface) -> None:
        """A track with a knob; on is bright and right."""
        palette = self.ctx.theme.palette
        track = pygame.Rect(0, 0, self.px(46), self.px(24))
        track.midright = self.rect.midright
        colour = palette.accent if self.value else palette.line
        pygame.draw.rect(surface, colour, track, border_radius=track.height // 2)
        if self.focused or self.hovered:
            pygame.draw.rect(surface, palette.text, track, self.px(1), border_radius=track.height // 2)
        knob = (track.right - track.height // 2) if self.value else (track.left + track.height // 2)
        pygame.draw.circle(
            surface, palette.on_accent if self.value else palette.muted, (knob, track.centery), self.px(8)
        )


class Segmented(Widget):
    """One of a few values, side by side."""

    focusable = True

    def __init__(
        self,
        ctx: Context,
        options: Sequence[tuple[str, str]],
        value: str,
        on_change: Callable[[str], None],
        tooltip: Tooltip = None,
    ) -> None:
        super().__init__(ctx, tooltip)
        self.options = tuple(options)
        self.value = value
        self.on_change = on_change

    def set_value(self, value: str) -> None:
        """Show another value as chosen, without telling anybody."""
        if value != self.value:
            self.value = value
            self.invalidate()

    def _cells(self) -> list[pygame.Rect]:
        count = len(self.options)
        edges = [self.rect.left + self.rect.width * i // count for i in range(count + 1)]
        return [pygame.Rect(a, self.rect.top, b - a, self.rect.height) for a, b in itertools.pairwise(edges)]

    def react(self, event: pygame.event.Event) -> bool:
        """A click chooses."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            for cell, (value, _) in zip(self._cells(), self.options, strict=True):
                if cell.collidepoint(event.pos):
                    self._choose(value)
                    return True
        return False

    def activate(self) -> None:
        """Choose the next one."""
        values = [value for value, _ in self.options]
        self._choose(values[(values.index(self.value) + 1) % len(values)] if self.value in values else values[0])

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.ctx.audio.play("ui_click")
            self.invalidate()
            self.on_change(value)

    def paint(self, surface: pygame.Surface) -> None:
        """The chosen one is filled."""
        palette = self.ctx.theme.palette
        radius = self.px(7)
        pygame.draw.rect(surface, palette.bg_raised, self.rect, border_radius=radius)
        for cell, (value, text) in zip(self._cells(), self.options, strict=True):
            chosen = value == self.value
            background = palette.accent.lerp(palette.panel, 0.72) if chosen else palette.bg_raised
            if chosen:
                pygame.draw.rect(surface, background, cell, border_radius=radius)
            ink = palette.text if chosen else palette.muted
            fitted = self.ctx.text.fit(text, "small", cell.width - self.px(8))
            label = self.ctx.text.get(fitted, "small", ink, background)
            surface.blit(label, label.get_rect(center=cell.center))
        edge = palette.text if self.focused else palette.line
        pygame.draw.rect(surface, edge, self.rect, self.px(1), border_radius=radius)


class Slider(Widget):
    """A value between two ends, in steps."""

    focusable = True

    def __init__(
        self,
        ctx: Context,
        low: float,
        high: float,
        step: float,
        value: float,
        on_change: Callable[[float], None],
        tooltip: Tooltip = None,
    ) -> None:
        super().__init__(ctx, tooltip)
        self.low, self.high, self.step = low, high, step
        self.value = value
        self.on_change = on_change
        self.dragging = False

    def _track(self) -> pygame.Rect:
        track = pygame.Rect(self.rect.left + self.px(9), 0, max(1, self.rect.width - self.px(18)), self.px(5))
        track.centery = self.rect.centery
        return track

    def set_value(self, value: float) -> None:
        """Show another value, without telling anybody."""
        if value != self.value:
            self.value = value
            self.invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """Press and drag; arrows when focused."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.dragging = True
            self._move_to(event.pos[0])
            return True
        if event.type == pygame.MOUSEMOTION and self.dragging:
            self._move_to(event.pos[0])
            return True
        if event.type == pygame.MOUSEBUTTONUP and self.dragging:
            self.dragging = False
            return True
        if event.type == pygame.KEYDOWN and self.focused and event.key in (pygame.K_LEFT, pygame.K_RIGHT):
            self._set(self.value + (self.step if event.key == pygame.K_RIGHT else -self.step))
            return True
        return False

    def _move_to(self, x: int) -> None:
        track = self._track()
        share = min(max((x - track.left) / track.width, 0.0), 1.0)
        self._set(self.low + share * (self.high - self.low))

    def _set(self, value: float) -> None:
        steps = round((value - self.low) / self.step)
        value = min(max(round(self.low + steps * self.step, 6), self.low), self.high)
        if value != self.value:
            self.value = value
            self.invalidate()
            self.on_change(value)

    def paint(self, surface: pygame.Surface) -> None:
        """A track, its filled part and a knob."""
        palette = self.ctx.theme.palette
        track = self._track()
        share = (self.value - self.low) / max(self.high - self.low, 1e-9)
        knob = track.left + round(share * track.width)
        pygame.draw.rect(surface, palette.line, track, border_radius=track.height // 2)
        filled = pygame.Rect(track.left, track.top, knob - track.left, track.height)
        pygame.draw.rect(surface, palette.accent, filled, border_radius=track.height // 2)
        pygame.draw.circle(surface, palette.text, (knob, track.centery), self.px(8))
        if self.focused or self.hovered or self.dragging:
            pygame.draw.circle(surface, palette.accent, (knob, track.centery), self.px(9), self.px(2))
