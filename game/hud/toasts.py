"""Short messages that come and go over the map."""

from __future__ import annotations

import pygame

from game.context import Context

SHOWN_S = 4.5
MOST = 3
WIDTH = 420


class Toasts:
    """The last few messages, newest below."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.messages: list[tuple[str, str, float]] = []

    def say(self, text: str, tone: str = "accent") -> None:
        """Show a message; the same one again only starts its time anew."""
        self.messages = [message for message in self.messages if message[0] != text]
        self.messages = [*self.messages, (text, tone, SHOWN_S)][-MOST:]

    def update(self, dt_s: float) -> None:
        """Let time pass."""
        self.messages = [(text, tone, left - dt_s) for text, tone, left in self.messages if left > dt_s]

    def draw(self, surface: pygame.Surface, area: pygame.Rect) -> None:
        """Boxes at the top of an area, in the middle."""
        ctx, px, palette = self.ctx, self.ctx.theme.px, self.ctx.theme.palette
        y = area.top + px(12)
        for text, tone, _ in self.messages:
            lines = [
                ctx.text.get(line, "small", palette.text, palette.panel_hi)
                for line in ctx.text.wrap(text, "small", px(WIDTH))
            ]
            width = max(line.get_width() for line in lines) + px(34)
            box = pygame.Rect(0, y, width, sum(line.get_height() for line in lines) + px(18))
            box.centerx = area.centerx
            surface.fill(palette.panel_hi, box)
            surface.fill(getattr(palette, tone), (box.left, box.top, px(4), box.height))
            pygame.draw.rect(surface, palette.line, box, px(1))
            row = box.top + px(9)
            for line in lines:
                surface.blit(line, (box.left + px(18), row))
                row += line.get_height()
            y = box.bottom + px(8)
