"""Nodes that do not stand yet: what is carried, bought or copied, with its cost or the reason against it."""

from __future__ import annotations

from collections.abc import Mapping

import pygame

from engine.commands import Accepted, Refused
from game.view import cards
from game.view.geometry import CELL_HEIGHT, CELL_WIDTH
from game.view.layout import Detail
from game.view.modes import Ghost
from game.view.naming import kind_name
from game.view.refusals import refusal_text
from game.view.shapes import mix
from game.view.signs import Frame, Signs

_TINT = 0.16


class GhostPainter:
    """Draws ghosts. icons: the icon of each kind of node."""

    def __init__(self, signs: Signs, icons: Mapping[str, str]) -> None:
        self.signs = signs
        self.icons = icons

    def draw(self, frame: Frame, ghosts: tuple[Ghost, ...]) -> None:
        """Draw them all, and one sign: the first reason against them, else what they cost together."""
        for ghost in ghosts:
            self._cell(frame, ghost)
        for ghost in ghosts:
            self._card(frame, ghost)
        for ghost in ghosts:
            if isinstance(ghost.answer, Refused):
                text = refusal_text(self.signs.ctx.i18n, ghost.answer)
                self.signs.bubble(frame, text, ghost.cell, frame.look.error, "alert")
                return
        cost = sum(ghost.answer.cost for ghost in ghosts if isinstance(ghost.answer, Accepted))
        if cost:
            lowest = max(ghosts, key=lambda ghost: ghost.cell[1])
            self.signs.chip(frame, self.signs.money(-cost), lowest.cell, frame.look.accent)

    def _cell(self, frame: Frame, ghost: Ghost) -> None:
        camera, look = self.signs.camera, frame.look
        x, y = camera.to_screen((ghost.cell[0] * CELL_WIDTH, ghost.cell[1] * CELL_HEIGHT))
        box = (round(x), round(y), round(CELL_WIDTH * camera.scale) + 1, round(CELL_HEIGHT * camera.scale) + 1)
        colour = mix(look.background, look.accent if ghost.legal else look.error, 0.5)
        pygame.draw.rect(frame.surface, colour, box, 1, border_radius=round(4 * camera.pixels_per_unit))

    def _card(self, frame: Frame, ghost: Ghost) -> None:
        look, layout, ctx = frame.look, frame.layout, self.signs.ctx
        colour = look.accent if ghost.legal else look.error
        fill = mix(look.panel, colour, _TINT)
        x, y = self.signs.centre(ghost.cell)
        body = self.signs.sprites.get(
            ("ghost", ghost.legal), lambda: cards.ghost_body(layout, colour, mix(look.panel, colour, _TINT))
        )
        frame.surface.blit(body, body.get_rect(center=(x, y)))
        named = layout.detail is not Detail.MINI
        icon = ctx.icons.get(self.icons.get(ghost.kind, "server"), layout.icon * 1.2, colour, fill)
        lift = round(layout.height * 0.14) if named else 0
        frame.surface.blit(icon, icon.get_rect(center=(x, y - lift)))
        if named:
            name = kind_name(ctx, ghost.kind, "small", layout.width - layout.padding)
            label = ctx.text.get(name, "small", look.text, fill)
            frame.surface.blit(label, label.get_rect(center=(x, y + round(layout.height * 0.26))))
