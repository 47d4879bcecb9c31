"""Words on a panel."""

from __future__ import annotations

from typing import Literal

import pygame

from game.context import Context
from game.ui.widget import Tooltip, Widget

Align = Literal["left", "centre", "right"]


class Label(Widget):
    """Text in the colour named `colour` in the palette; wrapped when `wrap`, else cut with an ellipsis."""

    def __init__(
        self,
        ctx: Context,
        text: str,
        role: str = "body",
        colour: str = "text",
        *,
        align: Align = "left",
        wrap: bool = False,
        tooltip: Tooltip = None,
    ) -> None:
        super().__init__(ctx, tooltip)
        self.text, self.role, self.colour, self.align, self.wrap = text, role, colour, align, wrap

    def set(self, text: str, colour: str | None = None) -> None:
        """Change the words; nothing is drawn anew when they are the same."""
        if (text, colour or self.colour) != (self.text, self.colour):
            self.text, self.colour = text, colour or self.colour
            self.invalidate()

    def height_for(self, width: int) -> int:
        """The height the text needs at a width, both in pixels."""
        lines = len(self.ctx.text.wrap(self.text, self.role, width)) if self.wrap else 1
        return lines * self.ctx.text.line_height(self.role)

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the lines from the top; a single line stands in the middle."""
        ink = getattr(self.ctx.theme.palette, self.colour)
        text = self.ctx.text
        lines = (
            text.wrap(self.text, self.role, self.rect.width)
            if self.wrap
            else [text.fit(self.text, self.role, self.rect.width)]
        )
        step = text.line_height(self.role)
        y = self.rect.top if self.wrap else self.rect.centery - step // 2
        for line in lines:
            drawn = text.get(line, self.role, ink)
            x = {
                "left": self.rect.left,
                "centre": self.rect.centerx - drawn.get_width() // 2,
                "right": self.rect.right - drawn.get_width(),
            }[self.align]
            surface.blit(drawn, (x, y))
            y += step
