"""The tooltip over a node of the map."""

from __future__ import annotations

import pygame

from engine.view import NodeView
from game.context import Context
from game.hud import figures, texts
from game.ui.tooltip import draw_tooltip, tooltip_picture
from game.ui.widget import Widget
from game.view.map import MapView

REST_S = 0.45
MOST_FIGURES = 6


class MapTip:
    """Shows the numbers of the node under a pointer that rests."""

    def __init__(self, ctx: Context, shown: MapView) -> None:
        self.ctx, self.map = ctx, shown
        self._pointer = (-1, -1)
        self._rest_s = 0.0
        self._picture: tuple[str, pygame.Surface] | None = None

    def handle(self, event: pygame.event.Event) -> None:
        """Follow the pointer; a press hides the tooltip until it moves again."""
        if event.type == pygame.MOUSEMOTION:
            self._pointer, self._rest_s = event.pos, 0.0
        elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN):
            self._rest_s = -1e9

    def update(self, dt_s: float) -> None:
        """Let the rest grow."""
        self._rest_s += dt_s

    def draw(self, surface: pygame.Surface, over: Widget) -> None:
        """Draw it, unless the pointer is on the widget that lies over the map."""
        if self._rest_s < REST_S or (over.visible and over.rect.collidepoint(self._pointer)):
            return
        node, text = self.map.hit_test(self._pointer), self.map.tooltip_at(self._pointer)
        anchor = self.map.node_rect(node) if node is not None else None
        if node is None or text is None or anchor is None:
            return
        text = "\n".join([text, *self._figures(self.map.board.by_id[node])])
        if self._picture is None or self._picture[0] != text:
            self._picture = (text, tooltip_picture(self.ctx, text))
        draw_tooltip(self.ctx, surface, self._picture[1], anchor)

    def _figures(self, node: NodeView) -> list[str]:
        """The first figures of its models, one a line."""
        i18n, about = self.ctx.i18n, figures.roughly if node.coarse else str
        shown = list(node.figures.items())[:MOST_FIGURES]
        return [f"{texts.figure_name(i18n, name)}: {about(texts.figure(i18n, name, value))}" for name, value in shown]
