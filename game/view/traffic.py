"""Everything on the map that moves by itself: packets, their trails, smoke and bursts, drawn in one go."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pygame

from engine.view import NodeView
from game.view.board import MapBoard, PlayedSession
from game.view.camera import Camera
from game.view.geometry import FloatArray, Point, cell_centre
from game.view.look import Look
from game.view.packets import LANE, PacketFlow
from game.view.particles import Bursts, Smoke
from game.view.sprites import PacketSprites, burst_sprites, smoke_sprites

_PACKET = 10.5
_SMALLEST_PACKET = 7.5
_TRAIL_LAG_S = 0.022
_MOST_WITH_TRAILS = 320


class Traffic:
    """Follows the hops of the simulation. calm: reduced motion; plain: low effects.

    `draw_calls` counts the calls that drew anything at all.
    """

    def __init__(self, session: PlayedSession, camera: Camera) -> None:
        self.session = session
        self.camera = camera
        self.packets = PacketFlow()
        self.smoke = Smoke()
        self.bursts = Bursts()
        self.calm = False
        self.plain = False
        self.draw_calls = 0
        self._seen_step = session.view.step
        self._sprites: PacketSprites | None = None
        self._smoke_sprites: list[pygame.Surface] = []
        self._burst_sprites: list[pygame.Surface] = []

    def restyle(self) -> None:
        """Make the sprites anew: the theme or the scale changed."""
        self._sprites = None

    def update(self, dt_s: float, board: MapBoard) -> None:
        """Start flights for what happened since the last frame and let everything move, unless time stands still."""
        view = self.session.view
        steps = view.step - self._seen_step
        moving = self.session.rate > 0 or steps > 0
        if not moving:
            return
        self.packets.calm = self.calm
        hops = view.hops_since(self._seen_step) if steps > 0 else []
        self._seen_step = view.step
        deaths = self.packets.emit(hops, steps, dt_s)
        deaths += self.packets.update(dt_s)
        if self.calm:
            return
        centres = _centres(board)
        self.bursts.add(deaths, centres)
        self.bursts.update(dt_s)
        if not self.plain:
            self.smoke.update(dt_s, [centres[node.id] for node in board.by_id.values() if _smokes(node)])

    def draw(self, surface: pygame.Surface, look: Look, board: MapBoard) -> None:
        """One `fblits` with everything in the air."""
        self._prepare(look)
        blits = self._packet_blits()
        if not self.calm:
            blits += self._burst_blits(board)
        if not (self.calm or self.plain):
            blits += self._smoke_blits()
        if blits:
            self.draw_calls += 1
            surface.fblits(blits)

    def _prepare(self, look: Look) -> None:
        unit = self.camera.pixels_per_unit
        wanted = round(max(_SMALLEST_PACKET, _PACKET * min(1.25, self.camera.zoom**0.5)) * unit * 2) / 2
        if self._sprites is None:
            self._smoke_sprites = smoke_sprites(unit)
            self._burst_sprites = burst_sprites(look, unit)
        if self._sprites is None or self._sprites.diameter != wanted:
            self._sprites = PacketSprites(look, wanted)

    def _packet_blits(self) -> list[tuple[pygame.Surface, tuple[int, int]]]:
        sprites = self._sprites
        if sprites is None:
            return []
        blits: list[tuple[pygame.Surface, tuple[int, int]]] = []
        trails = not (self.calm or self.plain) and self.packets.count <= _MOST_WITH_TRAILS
        lane = LANE / self.camera.zoom**0.5
        for row in reversed(range(len(sprites.rows) if trails else 1)):
            flights = self.packets.flights(lane, row * _TRAIL_LAG_S)
            pixels, shown = self._pixels(flights.positions, sprites.size, sprites.size)
            images = [sprites.rows[row][look] for look in flights.looks[shown].tolist()]
            blits += zip(images, pixels, strict=True)
        return blits

    def _smoke_blits(self) -> list[tuple[pygame.Surface, tuple[int, int]]]:
        positions, kinds = self.smoke.puffs()
        if not kinds.size:
            return []
        images = [self._smoke_sprites[kind] for kind in kinds.tolist()]
        pixels, shown = self._pixels(positions, 0, 0)
        kept = np.flatnonzero(shown).tolist()
        return [
            (images[index], (x - images[index].get_width() // 2, y - images[index].get_height() // 2))
            for index, (x, y) in zip(kept, pixels, strict=True)
        ]

    def _burst_blits(self, board: MapBoard) -> list[tuple[pygame.Surface, tuple[int, int]]]:
        blits = []
        for point, frame in self.bursts.frames(_centres(board)):
            x, y = self.camera.to_screen(point)
            image = self._burst_sprites[frame]
            blits.append((image, (round(x) - image.get_width() // 2, round(y) - image.get_height() // 2)))
        return blits

    def _pixels(
        self, positions: FloatArray, width: int, height: int
    ) -> tuple[list[tuple[int, int]], npt.NDArray[np.bool_]]:
        """Top left pixels of the pictures at world points (n, 2) that are in view, and which those are (n,)."""
        camera, view = self.camera, self.camera.viewport
        screen = (positions - np.array(camera.centre)) * camera.scale + np.array(view.center)
        low, high = np.array(view.topleft) - 8, np.array(view.bottomright) + 8
        shown = ((screen > low) & (screen < high)).all(axis=1)
        corners = np.rint(screen[shown] - (width / 2, height / 2)).astype(int)
        return list(map(tuple, corners.tolist())), shown


def _centres(board: MapBoard) -> dict[int, Point]:
    return {node.id: cell_centre((node.x, node.y)) for node in board.by_id.values()}


def _smokes(node: NodeView) -> bool:
    return node.overloaded or node.locked
