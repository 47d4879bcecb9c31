"""What part of the map is seen: pan and zoom with easing, always inside the bounds of the map.

World units are logical pixels at zoom 1; screen units are physical pixels.
"""

from __future__ import annotations

import math

import pygame

Point = tuple[float, float]

ZOOM_LEVELS = (0.15, 0.18, 0.22, 0.28, 0.35, 0.45, 0.55, 0.68, 0.82, 1.0, 1.2, 1.45, 1.75)
_EASE_PER_S = 14.0
_PAN_LOGICAL_PER_S = 720.0
_SETTLED = 1e-3
_NEAREST_FIT = 1.2
# Room above and below for the name of a card that is too small to carry it.
_NAME_ROOM = 12.0
_PINCH_RESTS_S = 0.15


class Camera:
    """A view of a world of `width` x `height` units.

    `pixels_per_unit` is the size of one world unit at zoom 1 (the scale of the theme).
    """

    def __init__(self, width: float, height: float, margin: float = 120.0) -> None:
        self.width = width
        self.height = height
        self.margin = margin
        self.viewport = pygame.Rect(0, 0, 1, 1)
        self.pixels_per_unit = 1.0
        self.zoom = 1.0
        self.centre: Point = (width / 2, height / 2)
        self.instant = False
        self._zoom_goal = 1.0
        self._centre_goal: Point | None = None
        self._anchor: tuple[Point, Point] | None = None
        self._pinched_s = 0.0

    def set_viewport(self, viewport: pygame.Rect, pixels_per_unit: float) -> None:
        """The place on the screen, in physical pixels, and the scale of the theme."""
        self.viewport = viewport.copy()
        self.pixels_per_unit = pixels_per_unit
        self._clamp()

    @property
    def scale(self) -> float:
        """Physical pixels to a world unit, now."""
        return self.zoom * self.pixels_per_unit

    @property
    def moving(self) -> bool:
        """An eased movement is under way."""
        return self._centre_goal is not None or abs(self._zoom_goal - self.zoom) > _SETTLED

    def to_screen(self, point: Point) -> Point:
        """World to physical pixels."""
        scale = self.scale
        return (
            self.viewport.centerx + (point[0] - self.centre[0]) * scale,
            self.viewport.centery + (point[1] - self.centre[1]) * scale,
        )

    def to_world(self, pos: Point) -> Point:
        """Physical pixels to world."""
        scale = self.scale
        return (
            self.centre[0] + (pos[0] - self.viewport.centerx) / scale,
            self.centre[1] + (pos[1] - self.viewport.centery) / scale,
        )

    def pan_pixels(self, dx: float, dy: float) -> None:
        """Move the map with the hand: what is under the pointer stays under it."""
        self._centre_goal = None
        self._anchor = None
        self.centre = (self.centre[0] - dx / self.scale, self.centre[1] - dy / self.scale)
        self._clamp()

    def pan_keys(self, right: int, down: int, dt_s: float) -> None:
        """Glide by the keys: `right` and `down` are -1, 0 or 1."""
        if right or down:
            step = _PAN_LOGICAL_PER_S * self.pixels_per_unit * dt_s
            self.pan_pixels(-right * step, -down * step)

    def zoom_step(self, steps: int, pos: Point | None = None) -> None:
        """Go `steps` levels nearer (or farther), keeping what is at `pos` in place."""
        self._aim_zoom(next_level(self._zoom_goal, steps), pos)

    def zoom_by(self, factor: float, pos: Point) -> None:
        """Zoom continuously, as with two fingers."""
        zoom = max(ZOOM_LEVELS[0], min(ZOOM_LEVELS[-1], self.zoom * factor))
        self._aim_zoom(zoom, pos)
        self._snap_zoom()
        self._pinched_s = _PINCH_RESTS_S

    def look_at(self, point: Point) -> None:
        """Glide until `point` is in the middle."""
        self._anchor = None
        self._centre_goal = point
        if self.instant:
            self._finish()

    def fit(self, box: tuple[float, float, float, float], padding: float = 18.0) -> None:
        """Show the world box (left, top, right, bottom) with `padding` logical pixels around it, whole."""
        wide = max(1.0, self.viewport.width / self.pixels_per_unit - 2 * padding)
        high = max(1.0, self.viewport.height / self.pixels_per_unit - 2 * (padding + _NAME_ROOM))
        best = min(wide / max(1.0, box[2] - box[0]), high / max(1.0, box[3] - box[1]))
        self._zoom_goal = max(ZOOM_LEVELS[0], min(_NEAREST_FIT, best))
        self._anchor = None
        self._centre_goal = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if self.instant:
            self._finish()

    def jump(self) -> None:
        """End the eased movement at its goal, at once."""
        self._finish()

    def update(self, dt_s: float) -> None:
        """Advance the eased movement."""
        self._pinched_s = max(0.0, self._pinched_s - dt_s)
        if not self.moving:
            return
        share = 1.0 - math.exp(-_EASE_PER_S * dt_s)
        self.zoom *= (self._zoom_goal / self.zoom) ** share
        if abs(self.zoom / self._zoom_goal - 1.0) < 4 * _SETTLED:
            self.zoom = self._zoom_goal
        if self._anchor is not None:
            self._hold_anchor()
        elif self._centre_goal is not None:
            goal = self._centre_goal
            self.centre = (
                self.centre[0] + (goal[0] - self.centre[0]) * share,
                self.centre[1] + (goal[1] - self.centre[1]) * share,
            )
            if math.dist(self.centre, goal) * self.scale < 0.5:
                self.centre = goal
                self._centre_goal = None
        if not self.moving:
            self._anchor = None
        self._clamp()

    def _aim_zoom(self, zoom: float, pos: Point | None) -> None:
        at = pos if pos is not None else (float(self.viewport.centerx), float(self.viewport.centery))
        self._zoom_goal = zoom
        self._centre_goal = None
        self._anchor = (at, self.to_world(at))
        if self.instant:
            self._snap_zoom()

    def _snap_zoom(self) -> None:
        self.zoom = self._zoom_goal
        self._hold_anchor()
        self._anchor = None
        self._clamp()

    def _hold_anchor(self) -> None:
        if self._anchor is None:
            return
        pos, world = self._anchor
        self.centre = (
            world[0] - (pos[0] - self.viewport.centerx) / self.scale,
            world[1] - (pos[1] - self.viewport.centery) / self.scale,
        )

    def _finish(self) -> None:
        self.zoom = self._zoom_goal
        if self._centre_goal is not None:
            self.centre = self._centre_goal
        self._centre_goal = None
        self._anchor = None
        self._clamp()

    def _clamp(self) -> None:
        centre = (
            _clamp_axis(self.centre[0], self.width, self.viewport.width / self.scale, self.margin),
            _clamp_axis(self.centre[1], self.height, self.viewport.height / self.scale, self.margin),
        )
        if centre != self.centre and self._centre_goal is not None and not self.zooming:
            self._centre_goal = None
        self.centre = centre

    @property
    def zooming(self) -> bool:
        """The zoom is on its way to another level, or between two fingers."""
        return self._pinched_s > 0.0 or abs(self._zoom_goal - self.zoom) > _SETTLED


def next_level(zoom: float, steps: int) -> float:
    """The level of zoom that many steps nearer than `zoom`, or farther; `zoom` may lie between two levels."""
    if steps > 0:
        ahead = [level for level in ZOOM_LEVELS if level > zoom * 1.02]
        return ahead[min(steps, len(ahead)) - 1] if ahead else ZOOM_LEVELS[-1]
    behind = [level for level in reversed(ZOOM_LEVELS) if level < zoom * 0.98]
    return behind[min(-steps, len(behind)) - 1] if behind and steps else ZOOM_LEVELS[0] if steps else zoom


def _clamp_axis(centre: float, size: float, seen: float, margin: float) -> float:
    low = seen / 2 - margin
    high = size - seen / 2 + margin
    if low > high:
        return size / 2
    return max(low, min(high, centre))
