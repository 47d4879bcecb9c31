"""Availability zones on the ground of the map: a tint and a frame, and a name that stays in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import pygame

from engine.spec import ZoneSpec
from game.context import Context
from game.i18n import I18n
from game.view.camera import Camera, Point
from game.view.cards import SpriteCache
from game.view.geometry import CELL_HEIGHT, CELL_WIDTH, Cell
from game.view.look import Look
from game.view.shapes import Canvas, Rgb, filled, mix, pixel_grid, rounded_box, stroked

_INSET = 3.0
_NAME_INDENT = 14.0
_NAME_LIFT = 3.0
_ID_PREFIX = "zone_"


class ZonePainter:
    """Paints tints and frames onto the still layer, and names onto the screen."""

    def __init__(self, ctx: Context, zones: Sequence[ZoneSpec], sprites: SpriteCache) -> None:
        self.ctx, self.zones, self.sprites = ctx, tuple(zones), sprites

    def ground(self, look: Look, cell: Cell) -> Rgb:
        """The colour of the ground at a cell."""
        for index, zone in enumerate(self.zones):
            if zone.x <= cell[0] < zone.x + zone.width and zone.y <= cell[1] < zone.y + zone.height:
                return look.zone_ground(index)
        return look.background

    def paint_ground(self, surface: pygame.Surface, look: Look, project: Callable[[Point], Point]) -> None:
        """The tints, below the grid. project: world to pixels of the surface."""
        for index, zone in enumerate(self.zones):
            surface.fill(look.zone_ground(index), self._area(zone, project))

    def paint_frames(self, surface: pygame.Surface, look: Look, project: Callable[[Point], Point]) -> None:
        """The frames, over the grid."""
        px = self.ctx.theme.px
        for index, zone in enumerate(self.zones):
            line = mix(look.zone_ground(index), look.zone(index), 0.45)
            pygame.draw.rect(surface, line, self._area(zone, project), px(1.5), border_radius=px(8))

    def paint_names(self, surface: pygame.Surface, look: Look, camera: Camera, taken: Set[Cell]) -> None:
        """The names on the upper edges of what is seen of the zones. taken: cells whose names may lie over an edge."""
        for index, zone in enumerate(self.zones):
            area = self._area(zone, camera.to_screen)
            if not area.colliderect(camera.viewport):
                continue
            plate = self.sprites.get(("zone", zone.id), lambda index=index, zone=zone: self._plate(look, index, zone))  # type: ignore[misc]
            right = camera.viewport.right - plate.get_width()
            surface.blit(plate, plate.get_rect(midleft=self._name_place(zone, area, camera, taken, right)))

    def _name_place(
        self, zone: ZoneSpec, area: pygame.Rect, camera: Camera, taken: Set[Cell], right: int
    ) -> tuple[int, int]:
        """In the first column in sight where nothing stands on either side of the edge; else in the first one."""
        indent, edge, lift = self.ctx.theme.px(_NAME_INDENT), camera.viewport.left, self.ctx.theme.px(_NAME_LIFT)
        lefts = [round(camera.to_screen((x * CELL_WIDTH, 0.0))[0]) for x in range(zone.x, zone.x + zone.width)]
        columns = [(x, left) for x, left in enumerate(lefts, start=zone.x) if edge <= left + indent <= right]
        for x, left in columns:
            if (x, zone.y - 1) not in taken and (x, zone.y) not in taken:
                return left + indent, area.top - lift
        return max(area.left, edge) + indent, area.top - lift

    def _plate(self, look: Look, index: int, zone: ZoneSpec) -> pygame.Surface:
        px, colour = self.ctx.theme.px, look.zone(index)
        fill = mix(look.background, colour, 0.13)
        name = self.ctx.text.get(zone_name(self.ctx.i18n, zone.id), "small", mix(colour, look.text, 0.35), fill)
        pin = self.ctx.icons.get("zone", 14, colour, fill)
        width, height = name.get_width() + pin.get_width() + px(18), name.get_height() + px(2)
        canvas = Canvas(width, height)
        shape = rounded_box(*pixel_grid(width, height), width / 2, height / 2, height / 2)
        canvas.lay(fill, filled(shape))
        canvas.lay(mix(fill, colour, 0.5), stroked(shape, max(1.0, self.ctx.theme.scale)))
        plate = canvas.alpha_surface().copy()
        plate.blit(pin, pin.get_rect(midleft=(px(7), height // 2)))
        plate.blit(name, name.get_rect(midright=(width - px(8), height // 2)))
        return plate

    def _area(self, zone: ZoneSpec, project: Callable[[Point], Point]) -> pygame.Rect:
        left, top = project((zone.x * CELL_WIDTH, zone.y * CELL_HEIGHT))
        right, bottom = project(((zone.x + zone.width) * CELL_WIDTH, (zone.y + zone.height) * CELL_HEIGHT))
        inset = self.ctx.theme.px(_INSET)
        area = pygame.Rect(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
        return area.inflate(-2 * inset, -2 * inset)


def zone_name(i18n: I18n, zone: str) -> str:
    """The name of a zone: `zone_a` is zone A."""
    return i18n.t("map.zone", zone=zone.removeprefix(_ID_PREFIX).upper())
