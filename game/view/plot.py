"""What charts share: round scales, places in a frame, filled curves, dashed lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pygame

from game.view.shapes import Rgb

FloatArray = npt.NDArray[np.float64]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_CLOCK_STEPS = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame in pixels and the values at its edges: x from `start` to `end`, y from 0 to `top`."""

    frame: pygame.Rect
    start: float
    end: float
    top: float

    def x(self, value: float) -> float:
        """The pixel column of a value."""
        return self.frame.left + (value - self.start) / (self.end - self.start) * self.frame.width

    def y(self, value: float) -> float:
        """The pixel row of a value; nothing is drawn above the frame."""
        return self.frame.bottom - min(1.0, max(0.0, value / self.top)) * (self.frame.height - 1)

    def points(self, xs: FloatArray, ys: FloatArray) -> FloatArray:
        """Pixels of many values, shape (n, 2)."""
        columns = self.frame.left + (xs - self.start) / (self.end - self.start) * self.frame.width
        rows = self.frame.bottom - np.clip(ys / self.top, 0.0, 1.0) * (self.frame.height - 1)
        return np.stack((columns, rows), axis=1)


def round_up(value: float) -> float:
    """The next round number: the top of a scale."""
    if value <= 0.0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (*_STEPS, 20.0) if step * unit >= value * 0.999)


def ticks(top: float, most: int) -> list[float]:
    """At most `most` round values above 0 up to `top`."""
    step = round_up(top / max(1, most))
    return [step * (index + 1) for index in range(int(top / step + 1e-6))]


def clock_ticks(start: float, end: float, most: int) -> list[float]:
    """Round moments between two, in seconds; none before 0."""
    span = (end - start) / max(1, most)
    step = next((step for step in _CLOCK_STEPS if step >= span), _CLOCK_STEPS[-1])
    first = math.ceil(max(0.0, start) / step) * step
    return [first + index * step for index in range(int((end - first) / step + 1e-6) + 1)]


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def fill_under(surface: pygame.Surface, axes: Axes, top: FloatArray, bottom: FloatArray | None, colour: Rgb) -> None:
    """Fill between a curve and another one, or the ground. Curves are pixels, shape (n, 2), at least two points."""
    ground = axes.frame.bottom
    lower = [(top[-1, 0], ground), (top[0, 0], ground)] if bottom is None else bottom[::-1].tolist()
    pygame.draw.polygon(surface, colour, top.tolist() + list(lower))


def hatch(surface: pygame.Surface, top: FloatArray, bottom: FloatArray, colour: Rgb, gap: int) -> None:
    """Upright strokes between two curves, so that the area is told without its colour."""
    first, last = math.ceil(top[0, 0]), math.floor(top[-1, 0])
    columns = np.arange(first - first % gap + gap, last, gap, dtype=float)
    highs = np.interp(columns, top[:, 0], top[:, 1])
    lows = np.interp(columns, bottom[:, 0], bottom[:, 1])
    for x, high, low in zip(columns.tolist(), highs.tolist(), lows.tolist(), strict=True):
        if low - high >= 1.0:
            pygame.draw.line(surface, colour, (x, high), (x, low))


def curve_line(surface: pygame.Surface, points: FloatArray, colour: Rgb, thick: bool) -> None:
    """A smooth line through pixels, shape (n, 2)."""
    if len(points) < 2:
        return
    pygame.draw.aalines(surface, colour, False, points.tolist())
    if thick:
        pygame.draw.aalines(surface, colour, False, (points + np.array((0.0, 0.7))).tolist())


def dashed(surface: pygame.Surface, points: FloatArray, colour: Rgb, dash: float) -> None:
    """A broken line along pixels, shape (n, 2), whose x only grows."""
    if len(points) < 2:
        return
    edges = np.arange(points[0, 0], points[-1, 0], dash * 2)
    for left in edges.tolist():
        right = min(left + dash, points[-1, 0])
        ends = np.interp((left, right), points[:, 0], points[:, 1])
        pygame.draw.aaline(surface, colour, (left, float(ends[0])), (right, float(ends[1])))


def upright(surface: pygame.Surface, x: float, top: int, bottom: int, colour: Rgb, dash: int) -> None:
    """A broken upright line."""
    for y in range(top, bottom, dash * 2):
        pygame.draw.line(surface, colour, (x, y), (x, min(y + dash, bottom)))
