"""The small flying pictures: packets by sub-item and direction, their trails, smoke and bursts.

Packets are drawn on the map's colour and keyed by it: the cheapest sprites there are. A request is solid; its answer is
lighter and hollow, so that direction is told by shape too.
"""

from __future__ import annotations

import math

import numpy as np
import pygame

from engine.spec import SubItem
from game.view.look import Look
from game.view.shapes import Canvas, Mask, Rgb, circle, filled, mix, pixel_grid, polygon, rounded_box, stroked

TRAIL = (0.62, 0.4)
SMOKE_SIZES = 4
SMOKE_FADES = 4
BURST_FRAMES = 7
_WHITE = Rgb(255, 255, 255)
_EMBER = Rgb(255, 130, 84)
_ASH = Rgb(168, 170, 178)
_SHAPES = tuple(SubItem)


class PacketSprites:
    """Sprites for one size. rows[0] are the packets, rows[1:] their trails; a row has 2 looks a sub-item.

    images: all rows, one after the other.
    """

    looks = 2 * len(_SHAPES)

    def __init__(self, look: Look, diameter: float) -> None:
        self.diameter = diameter
        self.size = round(diameter * 1.35) + 2
        self.rows = [
            [self._draw(look, index, answer, share) for index in range(len(_SHAPES)) for answer in (False, True)]
            for share in (1.0, *TRAIL)
        ]
        self.images = [image for row in self.rows for image in row]

    def _draw(self, look: Look, index: int, answer: bool, share: float) -> pygame.Surface:
        canvas = Canvas(self.size, self.size)
        xs, ys = pixel_grid(self.size, self.size)
        colour = look.sub_items[index]
        distance = _shape(_SHAPES[index], xs, ys, self.diameter / 2 * (share if share < 1.0 else 1.0))
        if share < 1.0:
            canvas.lay(mix(look.background, colour, share * 0.75), filled(distance))
        elif answer:
            line = max(1.4, self.diameter * 0.2)
            canvas.lay(mix(look.background, colour, 0.35), filled(distance))
            canvas.lay(mix(colour, _WHITE, 0.45), stroked(distance, line))
        else:
            canvas.lay(colour, filled(distance))
            canvas.lay(mix(colour, _WHITE, 0.55), filled(distance + self.diameter * 0.28), 0.55)
        return canvas.keyed_surface(look.background)


def smoke_sprites(scale: float) -> list[pygame.Surface]:
    """Puffs, by size, then by how far they have faded: SMOKE_SIZES x SMOKE_FADES."""
    puffs = []
    for size in range(SMOKE_SIZES):
        radius = scale * (4.0 + 3.6 * size)
        for fade in range(SMOKE_FADES):
            width = math.ceil(radius * 2) + 2
            canvas = Canvas(width, width)
            xs, ys = pixel_grid(width, width)
            body = np.clip(1.0 - np.hypot(xs, ys) / radius, 0.0, 1.0) ** 0.9
            colour = mix(_EMBER, _ASH, (size + 0.5) / SMOKE_SIZES)
            canvas.lay(colour, body, 0.72 * (1.0 - fade / SMOKE_FADES) ** 1.2)
            puffs.append(canvas.alpha_surface())
    return puffs


def burst_sprites(look: Look, scale: float) -> list[pygame.Surface]:
    """A request dies: a ring that opens, with a cross in it that fades."""
    frames = []
    width = round(34 * scale)
    for frame in range(BURST_FRAMES):
        share = (frame + 1) / BURST_FRAMES
        canvas = Canvas(width, width)
        xs, ys = pixel_grid(width, width)
        ring = circle(xs, ys, scale * (5 + 11 * share**0.6))
        canvas.lay(look.error, stroked(ring, scale * (3.2 * (1 - share) + 0.8)), 1.0 - share * 0.75)
        arm, reach = scale * 1.5, scale * (4 + 2.5 * share)
        slant = np.minimum(
            rounded_box((xs + ys) * 0.7071, (xs - ys) * 0.7071, reach, arm, arm),
            rounded_box((xs + ys) * 0.7071, (xs - ys) * 0.7071, arm, reach, arm),
        )
        canvas.lay(mix(look.error, _WHITE, 0.45), filled(slant), 1.0 - share**1.5)
        frames.append(canvas.alpha_surface())
    return frames


def _shape(sub_item: SubItem, xs: Mask, ys: Mask, radius: float) -> Mask:
    """Shapes of about equal weight: circle, square, triangle, diamond."""
    match sub_item:
        case SubItem.STATIC:
            return circle(xs, ys, radius)
        case SubItem.READ:
            half = radius * 0.88
            return rounded_box(xs, ys, half, half, radius * 0.18)
        case SubItem.WRITE:
            tall, half = radius * 1.12, radius * 1.14
            return polygon(xs, ys, [(0.0, -tall), (half, tall * 0.72), (-half, tall * 0.72)])
        case SubItem.COMPUTE:
            reach = radius * 1.22
            return polygon(xs, ys, [(0.0, -reach), (reach, 0.0), (0.0, reach), (-reach, 0.0)])
