"""Places in the world: cells, cards, ports, and the curves of the wires. World units are logical pixels at zoom 1."""

from __future__ import annotations

from enum import Enum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Point = tuple[float, float]
Cell = tuple[int, int]
Box = tuple[float, float, float, float]

CELL_WIDTH = 156.0
CELL_HEIGHT = 110.0
CARD_WIDTH = 128.0
CARD_HEIGHT = 84.0
CURVE_POINTS = 33
_BEND = 0.5
_LEAST_BEND = 26.0


class Side(Enum):
    """A side of a card, as the direction it faces."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)


def cell_centre(cell: Cell) -> Point:
    """The world point in the middle of a cell."""
    return ((cell[0] + 0.5) * CELL_WIDTH, (cell[1] + 0.5) * CELL_HEIGHT)


def cell_at(point: Point) -> Cell:
    """The cell that holds a world point; it may lie outside the map."""
    return (int(point[0] // CELL_WIDTH), int(point[1] // CELL_HEIGHT))


def card_box(cell: Cell) -> Box:
    """Left, top, right, bottom of the card that stands on a cell."""
    x, y = cell_centre(cell)
    return (x - CARD_WIDTH / 2, y - CARD_HEIGHT / 2, x + CARD_WIDTH / 2, y + CARD_HEIGHT / 2)


def port(cell: Cell, side: Side) -> Point:
    """The world point of a port: the middle of a side of the card."""
    x, y = cell_centre(cell)
    return (x + side.value[0] * CARD_WIDTH / 2, y + side.value[1] * CARD_HEIGHT / 2)


def sides(source: Cell, target: Cell) -> tuple[Side, Side]:
    """The sides a wire leaves and enters by: sideways where there is room, else up or down."""
    if target[0] > source[0]:
        return Side.RIGHT, Side.LEFT
    if target[0] < source[0]:
        return Side.LEFT, Side.RIGHT
    if target[1] >= source[1]:
        return Side.BOTTOM, Side.TOP
    return Side.TOP, Side.BOTTOM


def wire_curve(source: Cell, target: Cell) -> FloatArray:
    """The curve of a wire as points of equal spacing, shape (CURVE_POINTS, 2)."""
    leave, enter = sides(source, target)
    return curve(port(source, leave), leave, port(target, enter), enter)


def curve(start: Point, leave: Side, end: Point, enter: Side) -> FloatArray:
    """A cubic Bezier curve that leaves and enters at right angles, resampled by arc length: (CURVE_POINTS, 2)."""
    reach_x = max(_LEAST_BEND, abs(end[0] - start[0]) * _BEND)
    reach_y = max(_LEAST_BEND, abs(end[1] - start[1]) * _BEND)
    p0 = np.array(start)
    p3 = np.array(end)
    p1 = p0 + np.array(leave.value) * (reach_x, reach_y)
    p2 = p3 + np.array(enter.value) * (reach_x, reach_y)
    t = np.linspace(0.0, 1.0, 2 * CURVE_POINTS)[:, None]
    u = 1.0 - t
    fine: FloatArray = u**3 * p0 + 3 * u**2 * t * p1 + 3 * u * t**2 * p2 + t**3 * p3
    return resample(fine, CURVE_POINTS)


def resample(points: FloatArray, count: int) -> FloatArray:
    """`count` points of equal spacing along a polyline."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    wanted = np.linspace(0.0, along[-1], count)
    return np.stack((np.interp(wanted, along, points[:, 0]), np.interp(wanted, along, points[:, 1])), axis=1)


def normals(points: FloatArray) -> FloatArray:
    """Unit normals of a polyline (to the left of its direction on a screen), same shape."""
    along = np.gradient(points, axis=0)
    length = np.maximum(1e-9, np.hypot(along[:, 0], along[:, 1]))[:, None]
    along = along / length
    return np.stack((along[:, 1], -along[:, 0]), axis=1)


def distance_to_curve(points: FloatArray, point: Point) -> float:
    """The shortest distance from a point to a polyline."""
    start = points[:-1]
    along = points[1:] - start
    square = np.maximum(1e-9, (along**2).sum(axis=1))
    to_point = np.array(point) - start
    share = np.clip((to_point * along).sum(axis=1) / square, 0.0, 1.0)
    gap = to_point - share[:, None] * along
    return float(np.sqrt((gap**2).sum(axis=1).min()))


def content_box(cells: list[Cell]) -> Box | None:
    """The box around the cards on `cells`; None without any."""
    if not cells:
        return None
    boxes = [card_box(cell) for cell in cells]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def inside(box: Box, point: Point, slack: float = 0.0) -> bool:
    """Whether a point lies in a box grown by `slack`."""
    return box[0] - slack <= point[0] <= box[2] + slack and box[1] - slack <= point[1] <= box[3] + slack


def overlaps(one: Box, other: Box) -> bool:
    """Whether two boxes share any area."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
