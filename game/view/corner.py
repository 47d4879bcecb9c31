"""The corners of the map: what the packets mean, and buttons to zoom for those without a wheel."""

from __future__ import annotations

import pygame

from engine.spec import SubItem
from game.context import Context
from game.view.camera import Point
from game.view.look import Look
from game.view.shapes import Canvas, filled, mix, pixel_grid, rounded_box, stroked
from game.view.sprites import PacketSprites

_INSET = 12.0
_BUTTON = 30.0
_BUTTONS = ("zoom_in", "zoom_out", "fit")


class Corners:
    """The legend at the bottom left and the zoom buttons at the bottom right, drawn once for a layout."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._legend: pygame.Surface | None = None
        self._buttons: pygame.Surface | None = None
        self._viewport = pygame.Rect(0, 0, 1, 1)

    def layout(self, viewport: pygame.Rect) -> None:
        """The map's place; pictures are made anew at the next drawing."""
        self._viewport = viewport.copy()
        self._legend = None
        self._buttons = None

    def draw(self, surface: pygame.Surface) -> None:
        """Draw both."""
        look = Look(self.ctx.theme.palette)
        if self._legend is None or self._buttons is None:
            self._legend = self._make_legend(look)
            self._buttons = self._make_buttons(look)
        inset = round(_INSET * self.ctx.theme.scale)
        legend = self._legend.get_rect(bottomleft=(self._viewport.left + inset, self._viewport.bottom - inset))
        buttons = self.button_box
        if legend.right < buttons.left:
            surface.blit(self._legend, legend)
        surface.blit(self._buttons, buttons)

    def button_at(self, pos: Point) -> str | None:
        """The button under the pointer: 'zoom_in', 'zoom_out' or 'fit'."""
        box = self.button_box
        if not box.collidepoint(pos):
            return None
        return _BUTTONS[min(len(_BUTTONS) - 1, int((pos[1] - box.top) * len(_BUTTONS) / box.height))]

    @property
    def button_box(self) -> pygame.Rect:
        """The place of the buttons, one below the other."""
        scale = self.ctx.theme.scale
        size = round(_BUTTON * scale)
        box = pygame.Rect(0, 0, size, size * len(_BUTTONS))
        inset = round(_INSET * scale)
        box.bottomright = (self._viewport.right - inset, self._viewport.bottom - inset)
        return box

    def _make_legend(self, look: Look) -> pygame.Surface:
        scale = self.ctx.theme.scale
        sprites = PacketSprites(look, 9 * scale)
        labels = [
            self.ctx.text.get(self.ctx.i18n.t(f"sub_item.{item.value}"), "small", look.muted, look.background)
            for item in SubItem
        ]
        gap, lead = round(14 * scale), round(5 * scale)
        width = sum(sprites.size + lead + label.get_width() + gap for label in labels) - gap
        height = max(label.get_height() for label in labels)
        surface = pygame.Surface((width, height)).convert()
        surface.fill(look.background)
        x = 0
        for index, label in enumerate(labels):
            packet = sprites.rows[0][2 * index]
            surface.blit(packet, packet.get_rect(midleft=(x, height // 2)))
            surface.blit(label, label.get_rect(midleft=(x + sprites.size + lead, height // 2)))
            x += sprites.size + lead + label.get_width() + gap
        return surface

    def _make_buttons(self, look: Look) -> pygame.Surface:
        box = self.button_box
        canvas = Canvas(box.width, box.height)
        xs, ys = pixel_grid(box.width, box.height)
        plate = rounded_box(xs, ys, box.width / 2, box.height / 2, 8 * self.ctx.theme.scale)
        canvas.lay(look.panel, filled(plate))
        canvas.lay(mix(look.line, look.muted, 0.15), stroked(plate, max(1.0, self.ctx.theme.scale)))
        surface = canvas.alpha_surface()
        for index, name in enumerate(_BUTTONS):
            icon = self.ctx.icons.get(name, 18, look.muted, look.panel)
            centre = (box.width // 2, round((index + 0.5) * box.height / len(_BUTTONS)))
            surface.blit(icon, icon.get_rect(center=centre))
        return surface
