"""A figure with its name, and a bar that fills: the pieces of the dashboard."""

from __future__ import annotations

import pygame

from game.context import Context
from game.ui.widget import Tooltip, Widget


class Stat(Widget):
    """A small name over a large value. `set` draws anew only when what is shown changes."""

    def __init__(self, ctx: Context, name: str, tooltip: Tooltip = None, role: str = "number") -> None:
        super().__init__(ctx, tooltip)
        self.name, self.role = name, role
        self.value, self.detail, self.colour = "", "", "text"

    def set(self, value: str, colour: str = "text", detail: str = "") -> None:
        """Show another value; `detail` stands small behind it."""
        if (value, colour, detail) != (self.value, self.colour, self.detail):
            self.value, self.colour, self.detail = value, colour, detail
            self.invalidate()

    @property
    def room(self) -> pygame.Rect:
        """Where the words may stand."""
        return self.rect

    def fits(self, detail: str) -> bool:
        """Whether a detail fits behind the value that is shown now."""
        taken = self.ctx.text.width(self.value, self.role) + self.px(6)
        return self.ctx.text.width(detail, "small") <= self.room.width - taken

    def paint(self, surface: pygame.Surface) -> None:
        """Name, value, detail."""
        palette, text, inside = self.ctx.theme.palette, self.ctx.text, self.room
        name = text.get(text.fit(self.name, "small", inside.width), "small", palette.muted)
        surface.blit(name, inside.topleft)
        value = text.get(self.value, self.role, getattr(palette, self.colour))
        y = inside.top + name.get_height() - self.px(1)
        surface.blit(value, (inside.left, y))
        room = inside.width - value.get_width() - self.px(6)
        if self.detail and room > self.px(24):
            detail = text.get(text.fit(self.detail, "small", room), "small", palette.muted)
            bottom = y + value.get_height() - self.px(3)
            surface.blit(detail, (inside.left + value.get_width() + self.px(6), bottom - detail.get_height()))


class Bar(Widget):
    """A horizontal bar, 0..1, that turns from calm to alarming as it fills."""

    def __init__(self, ctx: Context, name: str = "", tooltip: Tooltip = None, alarming: bool = True) -> None:
        super().__init__(ctx, tooltip)
        self.name, self.alarming = name, alarming
        self.share = 0.0
        self.text = ""

    def set(self, share: float, text: str, name: str | None = None) -> None:
        """Show another share and the words at its right, and under another name if one is given."""
        shown = (round(min(max(share, 0.0), 1.0), 3), text, self.name if name is None else name)
        if shown != (self.share, self.text, self.name):
            self.share, self.text, self.name = shown
            self.invalidate()

    def colour(self) -> pygame.Color:
        """Calm, warning or danger."""
        palette = self.ctx.theme.palette
        if not self.alarming:
            return palette.accent
        return palette.error if self.share >= 0.75 else palette.warn if self.share >= 0.4 else palette.ok

    def paint(self, surface: pygame.Surface) -> None:
        """Name left, words right, the bar under them; its notches keep it readable without colour."""
        palette, text = self.ctx.theme.palette, self.ctx.text
        words = text.get(self.text, "small", palette.text if self.share < 0.75 or not self.alarming else palette.error)
        surface.blit(words, words.get_rect(topright=self.rect.topright))
        room = self.rect.width - words.get_width() - self.px(8)
        surface.blit(text.get(text.fit(self.name, "small", room), "small", palette.muted), self.rect.topleft)
        track = pygame.Rect(self.rect.left, 0, self.rect.width, self.px(8))
        track.top = self.rect.top + words.get_height() + self.px(3)
        radius = track.height // 2
        pygame.draw.rect(surface, palette.line, track, border_radius=radius)
        filled = track.copy()
        filled.width = round(track.width * self.share)
        if filled.width:
            pygame.draw.rect(surface, self.colour(), filled, border_radius=radius)
        if self.alarming:
            for notch in (0.25, 0.5, 0.75):
                x = track.left + round(track.width * notch)
                pygame.draw.line(surface, palette.bg, (x, track.top), (x, track.bottom - 1), self.px(1))
