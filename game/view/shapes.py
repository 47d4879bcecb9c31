"""Crisp shapes from signed distances: coverage masks in numpy, and a small canvas that layers them.

A mask is an array (height, width) of 0..1, the share of each pixel the shape covers. Distances are pixels, negative
inside.
Formulas: I. Quilez, "2D distance functions".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pygame

Mask = npt.NDArray[np.float64]
Rgb = pygame.Color


def pixel_grid(width: int, height: int) -> tuple[Mask, Mask]:
    """Coordinates of the pixel centres, measured from the middle of the picture: x and y, each (height, width)."""
    x = np.arange(width) + 0.5 - width / 2
    y = np.arange(height) + 0.5 - height / 2
    xs, ys = np.meshgrid(x, y)
    return xs, ys


def circle(xs: Mask, ys: Mask, radius: float) -> Mask:
    """Distance to a circle around the origin."""
    distance: Mask = np.hypot(xs, ys) - radius
    return distance


def rounded_box(xs: Mask, ys: Mask, half_width: float, half_height: float, radius: float) -> Mask:
    """Distance to a box with rounded corners around the origin."""
    qx = np.abs(xs) - half_width + radius
    qy = np.abs(ys) - half_height + radius
    outside = np.hypot(np.maximum(qx, 0.0), np.maximum(qy, 0.0))
    distance: Mask = outside + np.minimum(np.maximum(qx, qy), 0.0) - radius
    return distance


def polygon(xs: Mask, ys: Mask, corners: list[tuple[float, float]]) -> Mask:
    """Distance to a convex polygon whose corners are given clockwise on the screen."""
    distance = np.full(xs.shape, -np.inf)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        length = float(np.hypot(bx - ax, by - ay))
        nx, ny = (by - ay) / length, -(bx - ax) / length
        distance = np.maximum(distance, (xs - ax) * nx + (ys - ay) * ny)
    return distance


def filled(distance: Mask) -> Mask:
    """Coverage of the inside."""
    return np.clip(0.5 - distance, 0.0, 1.0)


def stroked(distance: Mask, width: float) -> Mask:
    """Coverage of a line of `width` pixels along the inner edge of the shape."""
    return filled(np.abs(distance + width / 2) - width / 2)


def soft(distance: Mask, reach: float) -> Mask:
    """A glow that fades to nothing `reach` pixels outside the shape."""
    fade = np.clip(1.0 - np.maximum(distance, 0.0) / reach, 0.0, 1.0)
    glow: Mask = fade * fade * (3.0 - 2.0 * fade)
    return glow


class Canvas:
    """A transparent picture on which coloured masks are laid one over the other."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._colour = np.zeros((height, width, 3))
        self._alpha = np.zeros((height, width))

    def lay(self, colour: Rgb, mask: Mask, opacity: float = 1.0) -> None:
        """Lay a colour over what is there."""
        top = np.clip(mask, 0.0, 1.0) * opacity
        below = self._alpha * (1.0 - top)
        alpha = top + below
        weight = np.where(alpha > 0.0, top / np.maximum(alpha, 1e-9), 0.0)[:, :, None]
        self._colour = self._colour * (1.0 - weight) + _channels(colour) * weight
        self._alpha = alpha

    def cut(self, mask: Mask) -> None:
        """Make what the mask covers transparent."""
        self._alpha = self._alpha * (1.0 - np.clip(mask, 0.0, 1.0))

    def alpha_surface(self) -> pygame.Surface:
        """The picture with its transparency, run-length coded: cheap to draw while most of it is clear or solid."""
        rgba = np.empty((self.height, self.width, 4), dtype=np.uint8)
        rgba[:, :, :3] = np.rint(self._colour)
        rgba[:, :, 3] = np.rint(self._alpha * 255)
        surface = pygame.image.frombytes(rgba.tobytes(), (self.width, self.height), "RGBA").convert_alpha()
        surface.set_alpha(255, pygame.RLEACCEL)
        return surface

    def opaque_surface(self, background: Rgb) -> pygame.Surface:
        """The picture on a plain colour."""
        surface = pygame.image.frombytes(self._flat(background).tobytes(), (self.width, self.height), "RGB")
        return surface.convert()

    def keyed_surface(self, background: Rgb) -> pygame.Surface:
        """The picture on a plain colour that counts as transparent: the cheapest sprite there is."""
        surface = self.opaque_surface(background)
        surface.set_colorkey(background, pygame.RLEACCEL)
        return surface

    def _flat(self, background: Rgb) -> npt.NDArray[np.uint8]:
        share = self._alpha[:, :, None]
        mixed = self._colour * share + _channels(background) * (1.0 - share)
        flat: npt.NDArray[np.uint8] = np.rint(mixed).astype(np.uint8)
        return flat


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour `share` of the way from one to the other."""
    return pygame.Color(*(round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True)))


def _channels(colour: Rgb) -> Mask:
    return np.array(colour[:3], dtype=float)
