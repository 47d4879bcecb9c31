"""The tooltip: a moment after the pointer comes to rest on something that has one."""

from __future__ import annotations

import pygame

from game.context import Context
from game.ui.widget import Widget

DELAY_S = 0.35
WIDTH = 320


class Tooltips:
    """Watches the pointer over a tree of widgets and draws the tooltip on top of everything."""

    def __init__(self, ctx: Context, root: Widget) -> None:
        self.ctx = ctx
        self.root = root
        self.rest_s = 0.0
        self.pos = (-1, -1)
        self.over: Widget | None = None
        self._shown: tuple[str, pygame.Surface] | None = None

    def handle(self, event: pygame.event.Event) -> None:
        """Follow the pointer; a press hides the tooltip."""
        if event.type == pygame.MOUSEMOTION:
            self.pos = event.pos
            over = self._find(event.pos)
            if over is not self.over:
                self.over, self.rest_s = over, 0.0
        elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN):
            self.rest_s = -1.0
        elif event.type == pygame.WINDOWLEAVE:
            self.over = None

    def _find(self, pos: tuple[int, int]) -> Widget | None:
        found = None
        for widget in self.root.walk():
            if widget.tooltip is not None and widget.shows(pos):
                found = widget
        return found

    def _is_there(self, widget: Widget) -> bool:
        """Whether a widget is still in the tree, and seen."""
        shown: Widget | None = widget
        while shown is not None and shown.visible and shown is not self.root:
            shown = shown.parent
        return shown is self.root and self.root.visible

    def update(self, dt_s: float) -> None:
        """Let the rest grow; after a press only moving on to something else brings a tooltip."""
        if self.over is not None and not self._is_there(self.over):
            self.over, self.rest_s = self._find(self.pos), min(self.rest_s, 0.0)
        if self.over is not None and self.rest_s >= 0:
            self.rest_s += dt_s

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the tooltip, if there is one now."""
        if self.over is None or self.rest_s < DELAY_S:
            return
        text = self.over.tooltip_text()
        if text:
            draw_tooltip(self.ctx, surface, self._picture(text), self.over.rect)

    def _picture(self, text: str) -> pygame.Surface:
        if self._shown is None or self._shown[0] != text:
            self._shown = (text, tooltip_picture(self.ctx, text))
        return self._shown[1]


def tooltip_picture(ctx: Context, text: str, width: int = WIDTH) -> pygame.Surface:
    """A box with the text, its first line stronger when there are several."""
    px, palette = ctx.theme.px, ctx.theme.palette
    head, _, rest = text.partition("\n")
    rows = [
        (line, "strong" if rest else "small", palette.text)
        for line in ctx.text.wrap(head, "strong" if rest else "small", px(width))
    ]
    rows += [(line, "small", palette.muted) for line in ctx.text.wrap(rest, "small", px(width))] if rest else []
    lines = [ctx.text.get(line, role, colour, palette.panel_hi) for line, role, colour in rows]
    height = sum(line.get_height() for line in lines)
    box = pygame.Surface((max(line.get_width() for line in lines) + px(24), height + px(18))).convert()
    box.fill(palette.panel_hi)
    pygame.draw.rect(box, palette.faint, box.get_rect(), px(1))
    y = px(9)
    for line in lines:
        box.blit(line, (px(12), y))
        y += line.get_height()
    return box


def draw_tooltip(ctx: Context, surface: pygame.Surface, box: pygame.Surface, anchor: pygame.Rect) -> None:
    """Put the box under what it belongs to, or over it where there is no room, never outside the window."""
    gap = ctx.theme.px(8)
    window = surface.get_rect()
    rect = box.get_rect(midtop=(anchor.centerx, anchor.bottom + gap))
    if rect.bottom > window.bottom - gap:
        rect.bottom = anchor.top - gap
    if rect.top < gap:
        rect.midleft = (anchor.right + gap, anchor.centery)
        if rect.right > window.right - gap:
            rect.right = anchor.left - gap
    surface.blit(box, rect.clamp(window.inflate(-gap, -gap)))
