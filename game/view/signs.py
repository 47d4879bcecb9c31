"""What several painters need: places on the screen, outlines, costs and bubbles at a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pygame

from engine.view import NodeView
from game.context import Context
from game.money import signed
from game.view import cards, labels
from game.view.badges import Badges
from game.view.camera import Camera
from game.view.face import Face
from game.view.geometry import CARD_HEIGHT, Cell, FloatArray, cell_centre
from game.view.layout import CardLayout
from game.view.look import Look
from game.view.modes import Route
from game.view.shapes import Rgb


@dataclass(frozen=True, slots=True)
class Frame:
    """What a painter paints on, and what there is to see: nodes by number and their faces, wires as world curves."""

    surface: pygame.Surface
    look: Look
    layout: CardLayout
    nodes: Mapping[int, NodeView]
    curves: Mapping[Route, FloatArray]
    faces: Mapping[int, Face]


class Signs:
    """Signs at cells, in screen pixels."""

    def __init__(self, ctx: Context, camera: Camera, sprites: cards.SpriteCache) -> None:
        self.ctx = ctx
        self.camera = camera
        self.sprites = sprites
        self.badges = Badges(ctx, sprites)

    def centre(self, cell: Cell) -> tuple[int, int]:
        """The pixel in the middle of a cell."""
        x, y = self.camera.to_screen(cell_centre(cell))
        return round(x), round(y)

    def money(self, gain: float) -> str:
        """An amount that comes (positive) or goes."""
        return signed(self.ctx.i18n, gain)

    def outline(self, frame: Frame, node: NodeView, colour: Rgb, width: float = 1.4, halo: float = 0.0) -> None:
        """A line around a card, `width` in logical pixels."""
        pixels = max(1.0, width * self.ctx.theme.scale)
        sprite = self.sprites.get(
            ("outline", int(colour), width, halo), lambda: cards.outline(frame.layout, colour, pixels, halo)
        )
        x, y = self.centre((node.x, node.y))
        frame.surface.blit(sprite, sprite.get_rect(center=(x, y)))
        face, layout = frame.faces.get(node.id), frame.layout
        if face is not None:
            corner = (x - layout.width // 2, y - layout.height // 2)
            self.badges.paint_edge(frame.surface, frame.look, layout, face, *corner)

    def chip(self, frame: Frame, text: str, cell: Cell, border: Rgb) -> None:
        """One line under the card on a cell."""
        look = frame.look
        sprite = self.sprites.get(
            ("chip", text, int(border)), lambda: labels.chip(self.ctx, look, text, look.text, border)
        )
        x, y = self.centre(cell)
        top = y + round((CARD_HEIGHT / 2 + 7) * self.camera.scale)
        frame.surface.blit(sprite, sprite.get_rect(midtop=(x, top)).clamp(self.camera.viewport))

    def bubble(self, frame: Frame, text: str, cell: Cell, colour: Rgb, icon: str) -> None:
        """A reason that points at the card on a cell, from above or, at the edge of the map, from below."""
        x, y = self.centre(cell)
        reach = round((CARD_HEIGHT / 2 + 2) * self.camera.scale) - round(8 * self.ctx.theme.scale)
        sprite = self._bubble(frame.look, text, colour, icon, below=False)
        place = sprite.get_rect(midbottom=(x, y - reach))
        if place.top < self.camera.viewport.top:
            sprite = self._bubble(frame.look, text, colour, icon, below=True)
            place = sprite.get_rect(midtop=(x, y + reach))
        frame.surface.blit(sprite, place.clamp(self.camera.viewport))

    def _bubble(self, look: Look, text: str, colour: Rgb, icon: str, below: bool) -> pygame.Surface:
        return self.sprites.get(
            ("bubble", text, int(colour), below), lambda: labels.bubble(self.ctx, look, text, colour, icon, below)
        )
