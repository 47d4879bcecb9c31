"""Everything on the map that moves by itself: packets, their trails, smoke and bursts, drawn in one go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pygame

from engine.view import NodeView
from game.view.board import MapBoard, PlayedSession
from game.view.camera import Camera
from game.view.geometry import FloatArray, Point, cell_centre
from game.view.look import Look
from game.view.packets import LANE, PacketFlow, Sampling
from game.view.particles import Bursts, Smoke
from game.view.sprites import PacketSprites, burst_sprites, smoke_sprites

_PACKET = 10.5
_SMALLEST_PACKET = 7.5
_TRAIL_LAG_S = 0.022
_CALLS_S = 0.25
_CROWD = 400


class Traffic:
    """Follows the hops of the simulation. calm: reduced motion; plain: low effects.

    `draw_calls` counts the calls that drew anything at all, `packets_drawn` the packets of all frames.
    """

    def __init__(self, session: PlayedSession, camera: Camera) -> None:
        self.session = session
        self.camera = camera
        self.packets = PacketFlow()
        self.sampling = Sampling()
        self.smoke = Smoke()
        self.bursts = Bursts()
        self.calm = False
        self.plain = False
        self.draw_calls = 0
        self.packets_drawn = 0
        self._calls_per_s = 0.0
        self._since_calls_s = _CALLS_S
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
        self.packets.calm, self.packets.plain = self.calm, self.plain
        hops = view.hops_since(self._seen_step) if steps > 0 else []
        self._seen_step = view.step
        stands_for = self.sampling.stands_for(hops, max(0, steps) * view.dt_s, self._calls(dt_s))
        deaths = self.packets.emit(hops, steps, dt_s, stands_for)
        deaths += self.packets.update(dt_s)
        if self.calm:
            return
        centres = _centres(board)
        self.bursts.add(deaths, centres)
        self.bursts.update(dt_s)
        if not self.plain:
            self.smoke.update(dt_s, [centres[node.id] for node in board.by_id.values() if _smokes(node)])

    def _calls(self, dt_s: float) -> float:
        """Calls a second over all wires, read now and then."""
        self._since_calls_s += dt_s
        if self._since_calls_s >= _CALLS_S:
            self._since_calls_s = 0.0
            self._calls_per_s = sum(wire.flow_rps for wire in self.session.view.wires)
        return self._calls_per_s

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
        rows = self._rows(len(sprites.rows))
        lags = [row * _TRAIL_LAG_S for row in reversed(range(rows))]
        flights = self.packets.flights(LANE / self.camera.zoom**0.5, lags)
        pixels, shown = self._pixels(flights.positions.reshape(-1, 2), sprites.size, sprites.size)
        looks = flights.looks + sprites.looks * np.arange(rows)[::-1, None]
        self.packets_drawn += int(np.count_nonzero(shown[-flights.looks.size :])) if flights.looks.size else 0
        return list(zip(map(sprites.images.__getitem__, looks.ravel()[shown].tolist()), pixels, strict=True))

    def _rows(self, most: int) -> int:
        """Packets and their trails, which are shorter in a crowd, where nobody can tell."""
        if self.calm or self.plain:
            return 1
        return most - 1 if self.packets.count > _CROWD else most

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
    ) -> tuple[Iterator[tuple[int, int]], npt.NDArray[np.bool_]]:
        """Top left pixels of the pictures at world points (n, 2) that are in view, and which those are (n,)."""
        camera, view = self.camera, self.camera.viewport
        x = (positions[:, 0] - camera.centre[0]) * camera.scale + view.centerx
        y = (positions[:, 1] - camera.centre[1]) * camera.scale + view.centery
        shown = (x > view.left - 8) & (x < view.right + 8) & (y > view.top - 8) & (y < view.bottom + 8)
        left, top = np.rint(x[shown] - width / 2), np.rint(y[shown] - height / 2)
        return zip(left.astype(int).tolist(), top.astype(int).tolist(), strict=True), shown


def _centres(board: MapBoard) -> dict[int, Point]:
    return {node.id: cell_centre((node.x, node.y)) for node in board.by_id.values()}


def _smokes(node: NodeView) -> bool:
    return node.overloaded or node.locked
