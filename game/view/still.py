"""The still part of the map: grid, wires, cards. Painted into one opaque surface somewhat larger than the viewport, so
that the hand can move the map without repainting it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pygame

from engine.spec import NodeKind, StageSpec
from engine.view import NodeState, NodeView
from game.context import Context
from game.view import cards
from game.view.camera import Camera, Point
from game.view.families import family_of
from game.view.geometry import CELL_HEIGHT, CELL_WIDTH, FloatArray, Side, cell_centre, normals, port, sides
from game.view.layout import Detail, card_layout
from game.view.look import Look
from game.view.naming import kind_name
from game.view.reserved import ReservedLook, paint_reserved
from game.view.shapes import Canvas, Rgb, filled, mix, pixel_grid, polygon, stroked
from game.view.shapes import circle as circle_distance
from game.view.zones import ZonePainter

Route = tuple[int, int]

_OVERSCAN = 96.0


class StillLayer:
    """The painted surface and the transform it was painted with. `rebuilds` counts the paintings."""

    def __init__(self, ctx: Context, stage: StageSpec, sprites: cards.SpriteCache) -> None:
        self.ctx = ctx
        self.stage = stage
        self.sprites = sprites
        self.rebuilds = 0
        self.surface = pygame.Surface((1, 1))
        self.scale = 0.0
        self.layout = card_layout(1.0, 1.0)
        self._corner: Point = (0.0, 0.0)
        self._version = -1
        self._kinds = {kind.id: kind for kind in stage.node_kinds}
        self._families = {kind.id: family_of(kind) for kind in stage.node_kinds}
        self.zones = ZonePainter(ctx, stage.zones, sprites)

    def kind(self, kind_id: str) -> NodeKind:
        """The kind of node with this id."""
        return self._kinds[kind_id]

    def to_layer(self, point: Point) -> Point:
        """World to pixels of the surface."""
        return ((point[0] - self._corner[0]) * self.scale, (point[1] - self._corner[1]) * self.scale)

    def card_corner(self, node: NodeView) -> tuple[int, int]:
        """The top left pixel of a node's card on the surface."""
        x, y = self.to_layer(cell_centre((node.x, node.y)))
        return round(x) - self.layout.width // 2, round(y) - self.layout.height // 2

    def offset(self, camera: Camera) -> tuple[int, int]:
        """Where the viewport begins on the surface."""
        x, y = self.to_layer(camera.to_world(camera.viewport.topleft))
        return round(x), round(y)

    def covers(self, camera: Camera, version: int) -> bool:
        """Whether the surface still shows what the camera sees."""
        if version != self._version or abs(camera.scale - self.scale) > 1e-9:
            return False
        view = pygame.Rect(self.offset(camera), camera.viewport.size)
        return self.surface.get_rect().contains(view)

    def invalidate(self) -> None:
        """Paint again next time: the language, the theme or the size of the window changed."""
        self._version = -1

    def rebuild(
        self,
        camera: Camera,
        version: int,
        nodes: tuple[NodeView, ...],
        curves: Mapping[Route, FloatArray],
        reserved: Mapping[Route, tuple[str, ...]],
    ) -> None:
        """Paint everything anew around what the camera sees. reserved: kinds of request by wire."""
        look = Look(self.ctx.theme.palette)
        if abs(camera.scale - self.scale) > 1e-9:
            self.sprites.clear()
        self.rebuilds += 1
        self._version = version
        self.scale = camera.scale
        self.layout = card_layout(camera.zoom, camera.pixels_per_unit)
        pad = round(_OVERSCAN * camera.pixels_per_unit)
        size = (camera.viewport.width + 2 * pad, camera.viewport.height + 2 * pad)
        if self.surface.get_size() != size:
            self.surface = pygame.Surface(size).convert()
        self._corner = camera.to_world((camera.viewport.left - pad, camera.viewport.top - pad))
        self.surface.fill(look.background)
        self.zones.paint_ground(self.surface, look, self.to_layer)
        self._paint_grid(look)
        self.zones.paint_frames(self.surface, look, self.to_layer)
        self._paint_wires(look, nodes, curves, reserved)
        for node in nodes:
            self._paint_card(look, node)
        if self.layout.detail is Detail.MINI:
            self._paint_far_names(look, nodes)

    def _paint_grid(self, look: Look) -> None:
        surface = self.surface
        line, mark = mix(look.background, look.line, 0.22), mix(look.background, look.line, 0.85)
        left, top = self.to_layer((0.0, 0.0))
        right, bottom = self.to_layer((self.stage.width * CELL_WIDTH, self.stage.height * CELL_HEIGHT))
        xs = [round(left + index * CELL_WIDTH * self.scale) for index in range(self.stage.width + 1)]
        ys = [round(top + index * CELL_HEIGHT * self.scale) for index in range(self.stage.height + 1)]
        for x in xs:
            pygame.draw.line(surface, line, (x, top), (x, bottom))
        for y in ys:
            pygame.draw.line(surface, line, (left, y), (right, y))
        arm = max(2, round(3 * self.ctx.theme.scale))
        for x in xs:
            for y in ys:
                pygame.draw.line(surface, mark, (x - arm, y), (x + arm, y))
                pygame.draw.line(surface, mark, (x, y - arm), (x, y + arm))

    def _paint_wires(
        self,
        look: Look,
        nodes: tuple[NodeView, ...],
        curves: Mapping[Route, FloatArray],
        reserved: Mapping[Route, tuple[str, ...]],
    ) -> None:
        weight = wire_weight(self.scale, self.ctx.theme.scale)
        shown = self.surface.get_rect()
        corner = np.array(self._corner)
        places = {node.id: (node.x, node.y) for node in nodes}
        for route, curve in curves.items():
            points = (curve - corner) * self.scale
            if _bounds(points).colliderect(shown):
                draw_wire(self.surface, points, look.wire_kept if route in reserved else look.wire, weight)
        for source, target in curves:
            leave, enter = sides(places[source], places[target])
            self._stamp(self._port_dot(look, weight), port(places[source], leave))
            self._stamp(self._arrow(look, weight, enter), port(places[target], enter), enter, weight)
        standing = [pygame.Rect(self.card_corner(node), (self.layout.width, self.layout.height)) for node in nodes]
        for route, kinds in reserved.items():
            points = (curves[route] - corner) * self.scale
            small = self.layout.detail is Detail.MINI
            paint_reserved(self.surface, ReservedLook(self.ctx, look, self.sprites, small), points, kinds, standing)

    def _stamp(self, sprite: pygame.Surface, point: Point, outward: Side | None = None, weight: float = 0.0) -> None:
        x, y = self.to_layer(point)
        if outward is not None:
            x += outward.value[0] * weight * 2.2
            y += outward.value[1] * weight * 2.2
        self.surface.blit(sprite, sprite.get_rect(center=(round(x), round(y))))

    def _port_dot(self, look: Look, weight: float) -> pygame.Surface:
        def make() -> pygame.Surface:
            radius = weight * 2.4
            canvas = Canvas(round(radius * 2) + 3, round(radius * 2) + 3)
            distance = circle_distance(*pixel_grid(canvas.width, canvas.height), radius)
            canvas.lay(look.background, filled(distance))
            canvas.lay(look.wire_bright, stroked(distance, weight))
            return canvas.alpha_surface()

        return self.sprites.get("port", make)

    def _arrow(self, look: Look, weight: float, side: Side) -> pygame.Surface:
        def make() -> pygame.Surface:
            reach = weight * 3.2
            canvas = Canvas(round(reach * 2) + 3, round(reach * 2) + 3)
            xs, ys = pixel_grid(canvas.width, canvas.height)
            dx, dy = -side.value[0], -side.value[1]
            corners = [(0.9 * reach, 0.0), (-0.7 * reach, 0.85 * reach), (-0.7 * reach, -0.85 * reach)]
            turned = [(x * dx - y * dy, x * dy + y * dx) for x, y in corners]
            canvas.lay(look.wire_bright, filled(polygon(xs, ys, turned)))
            return canvas.alpha_surface()

        return self.sprites.get(("arrow", side), make)

    def _paint_card(self, look: Look, node: NodeView) -> None:
        layout = self.layout
        left, top = self.card_corner(node)
        at_work, down = node.state is NodeState.READY, node.state is NodeState.DOWN
        family = self._families[node.kind]

        def make() -> pygame.Surface:
            border = look.border if at_work else look.error if down else look.warn
            header, tab = look.panel_high, mix(look.panel, look.family(family), 0.8)
            return cards.card_body(layout, look.panel, header, border, None if not family else tab, dashed=not at_work)

        body = self.sprites.get(("card", at_work, down, family), make)
        self.surface.blit(body, (left - layout.margin, top - layout.margin))
        if layout.detail is not Detail.MINI:
            bars = self._paint_size(look, node, left, top) if layout.detail is Detail.FULL else 0
            self._paint_name(look, node, left, top, layout.width - 2 * layout.padding - bars)

    def _paint_name(self, look: Look, node: NodeView, left: int, top: int, width: int) -> None:
        role = self.layout.name_role
        name = kind_name(self.ctx, node.kind, role, width)
        text = self.ctx.text.get(name, role, look.text)
        middle = top + round(self.layout.header / 2) + 1
        self.surface.blit(text, text.get_rect(midleft=(left + self.layout.padding, middle)))

    def _paint_far_names(self, look: Look, nodes: tuple[NodeView, ...]) -> None:
        """Names beside cards that are too small for them: below or above, where there is a free cell."""
        taken = {(node.x, node.y) for node in nodes}
        text_height = self.ctx.text.get("x", "small", look.text).get_height()
        away = self.layout.height // 2 + text_height // 2 + round(2 * self.ctx.theme.scale)
        for node in nodes:
            side = next((side for side in (1, -1) if (node.x, node.y + side) not in taken), 0)
            if not side:
                continue
            crowded = bool({(node.x - 1, node.y), (node.x + 1, node.y)} & taken)
            room = round(CELL_WIDTH * self.scale * (0.98 if crowded else 1.9))
            name = kind_name(self.ctx, node.kind, "small", room)
            label = self.ctx.text.get(name, "small", look.muted, self.zones.ground(look, (node.x, node.y)))
            x, y = self.to_layer(cell_centre((node.x, node.y)))
            self.surface.blit(label, label.get_rect(center=(round(x), round(y) + side * away)))

    def _paint_size(self, look: Look, node: NodeView, left: int, top: int) -> int:
        """Bars that rise with the size, like those of a radio signal; returns the width they take."""
        sizes = [size.id for size in self.kind(node.kind).sizes]
        if len(sizes) < 2:
            return 0
        rank = sizes.index(node.size)
        unit = self.ctx.theme.scale * max(1.0, self.layout.unit / self.ctx.theme.scale)
        width, gap, height = max(2, round(2.6 * unit)), max(1, round(1.6 * unit)), round(10 * unit)
        total = len(sizes) * (width + gap) - gap
        x = left + self.layout.width - self.layout.padding - total
        base = top + round(self.layout.header / 2) + height // 2
        for index in range(len(sizes)):
            tall = max(2, round(height * (index + 1.6) / (len(sizes) + 0.6)))
            colour = look.accent if index <= rank else mix(look.line, look.muted, 0.3)
            pygame.draw.rect(self.surface, colour, (x + index * (width + gap), base - tall, width, tall))
        return total + gap * 3


def wire_weight(scale: float, theme_scale: float) -> float:
    """The thickness of a wire in pixels: it hardly shrinks when the camera is far."""
    zoom = scale / theme_scale
    return theme_scale * max(1.3, min(2.4, 1.9 * math.sqrt(zoom)))


def draw_wire(surface: pygame.Surface, points: FloatArray, colour: Rgb, weight: float) -> None:
    """A smooth line: parallel anti-aliased lines, half a pixel apart, on whose overlap the eye sees one of `weight`."""
    side = normals(points)
    spread = max(0.0, weight - 1.0) / 2
    count = max(1, round(spread * 2 / 0.6) + 1)
    for shift in np.linspace(-spread, spread, count).tolist():
        pygame.draw.aalines(surface, colour, False, (points + side * shift).tolist())


def _bounds(points: FloatArray) -> pygame.Rect:
    low, high = points.min(axis=0), points.max(axis=0)
    return pygame.Rect(low[0] - 4, low[1] - 4, high[0] - low[0] + 8, high[1] - low[1] + 8)
