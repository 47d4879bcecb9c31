"""Availability zones on the ground of the map: a tint, a frame, and a name on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import pygame

from engine.spec import ZoneSpec
from game.context import Context
from game.i18n import I18n
from game.view.camera import Point
from game.view.geometry import CELL_HEIGHT, CELL_WIDTH, Cell
from game.view.look import Look
from game.view.shapes import Rgb, mix

_INSET = 3.0
_NAME_INDENT = 14.0


class ZonePainter:
    """Paints zones onto the still layer. project: world to pixels of the surface."""

    def __init__(self, ctx: Context, zones: Sequence[ZoneSpec]) -> None:
        self.ctx, self.zones = ctx, tuple(zones)

    def ground(self, look: Look, cell: Cell) -> Rgb:
        """The colour of the ground at a cell."""
        for index, zone in enumerate(self.zones):
            if zone.x <= cell[0] < zone.x + zone.width and zone.y <= cell[1] < zone.y + zone.height:
                return look.zone_ground(index)
        return look.background

    def paint_ground(self, surface: pygame.Surface, look: Look, project: Callable[[Point], Point]) -> None:
        """The tints, below the grid."""
        for index, zone in enumerate(self.zones):
            surface.fill(look.zone_ground(index), self._area(zone, project))

    def paint_frames(
        self, surface: pygame.Surface, look: Look, project: Callable[[Point], Point], taken: Set[Cell]
    ) -> None:
        """The frames and names, over the grid. taken: cells whose names may lie over a frame."""
        px = self.ctx.theme.px
        for index, zone in enumerate(self.zones):
            area, colour = self._area(zone, project), look.zone(index)
            line = mix(look.zone_ground(index), colour, 0.45)
            pygame.draw.rect(surface, line, area, px(1.5), border_radius=px(8))
            ground = mix(look.background, colour, 0.13)
            name = self.ctx.text.get(zone_name(self.ctx.i18n, zone.id), "small", mix(colour, look.text, 0.35), ground)
            pin = self.ctx.icons.get("zone", 14, colour, ground)
            plate = pygame.Rect(0, 0, name.get_width() + pin.get_width() + px(16), name.get_height() + px(2))
            plate.midleft = self._name_place(zone, area, project, taken)
            pygame.draw.rect(surface, ground, plate, border_radius=plate.height // 2)
            pygame.draw.rect(surface, line, plate, px(1), border_radius=plate.height // 2)
            surface.blit(pin, pin.get_rect(midleft=(plate.left + px(6), plate.centery)))
            surface.blit(name, name.get_rect(midright=(plate.right - px(7), plate.centery)))

    def _name_place(
        self, zone: ZoneSpec, area: pygame.Rect, project: Callable[[Point], Point], taken: Set[Cell]
    ) -> tuple[int, int]:
        """On the upper edge where nothing stands on either side of it, else in a free cell, else at the corner."""
        indent = self.ctx.theme.px(_NAME_INDENT)
        columns, rows = range(zone.x, zone.x + zone.width), range(zone.y, zone.y + zone.height)
        for x in columns:
            if (x, zone.y - 1) not in taken and (x, zone.y) not in taken:
                return round(project((x * CELL_WIDTH, 0.0))[0]) + indent, area.top
        for y in rows:
            for x in columns:
                if (x, y) not in taken:
                    left, middle = project((x * CELL_WIDTH, (y + 0.5) * CELL_HEIGHT))
                    return round(left) + indent, round(middle)
        return area.left + indent, area.top

    def _area(self, zone: ZoneSpec, project: Callable[[Point], Point]) -> pygame.Rect:
        left, top = project((zone.x * CELL_WIDTH, zone.y * CELL_HEIGHT))
        right, bottom = project(((zone.x + zone.width) * CELL_WIDTH, (zone.y + zone.height) * CELL_HEIGHT))
        inset = self.ctx.theme.px(_INSET)
        area = pygame.Rect(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
        return area.inflate(-2 * inset, -2 * inset)


def zone_name(i18n: I18n, zone: str) -> str:
    """The name of a zone; zones of foreign stages are called by their id."""
    key = f"zone.{zone}"
    return i18n.t(key) if i18n.has(key) else i18n.t("map.zone", zone=zone.upper())
