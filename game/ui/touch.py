"""Fingers, turned into what the scenes understand already.

One finger is the left button of a mouse. A long press without moving becomes a right click (tooltip, cancel). Two
fingers pan (drags with the middle button) and pinch (turns of the wheel at their middle). The mouse events that the
system makes up from touches are left out.
"""

from __future__ import annotations

import math

import pygame

LONG_PRESS_S = 0.55
STILL_PX = 10
PINCH_STEP = 1.12
Point = tuple[int, int]


class Touch:
    """Follows the fingers on the screen."""

    def __init__(self) -> None:
        self.fingers: dict[int, Point] = {}
        self.start: Point = (0, 0)
        self.held_s = 0.0
        self.armed = False
        self.spread = 0.0
        self._out: list[pygame.event.Event] = []

    def handle(self, event: pygame.event.Event, size: tuple[int, int]) -> bool:
        """Take finger events and the mouse events made from them; True when the scene should not see the event."""
        if event.type in (pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            return bool(getattr(event, "touch", False))
        if event.type == pygame.FINGERDOWN:
            self._down(event.finger_id, _point(event, size))
        elif event.type == pygame.FINGERMOTION:
            self._move(event.finger_id, _point(event, size))
        elif event.type == pygame.FINGERUP:
            self._up(event.finger_id, _point(event, size))
        else:
            return False
        return True

    def update(self, dt_s: float) -> list[pygame.event.Event]:
        """The events the fingers amount to since the last frame."""
        if len(self.fingers) == 1 and self.armed:
            self.held_s += dt_s
            if self.held_s >= LONG_PRESS_S:
                self.armed = False
                self._mouse(pygame.MOUSEBUTTONUP, (-1, -1), 1)
                self._mouse(pygame.MOUSEBUTTONDOWN, self.start, 3)
                self._mouse(pygame.MOUSEBUTTONUP, self.start, 3)
        out, self._out = self._out, []
        return out

    def _down(self, finger: int, at: Point) -> None:
        self.fingers[finger] = at
        if len(self.fingers) == 1:
            self.start, self.held_s, self.armed = at, 0.0, True
            self._motion(at, (0, 0))
            self._mouse(pygame.MOUSEBUTTONDOWN, at, 1)
        elif len(self.fingers) == 2:
            if self.armed:
                self._mouse(pygame.MOUSEBUTTONUP, (-1, -1), 1)
            self.armed = False
            self.spread = self._spread()
            self._mouse(pygame.MOUSEBUTTONDOWN, self._middle(), 2)

    def _move(self, finger: int, at: Point) -> None:
        if finger not in self.fingers:
            return
        before = self._middle()
        self.fingers[finger] = at
        middle = self._middle()
        self._motion(middle, (middle[0] - before[0], middle[1] - before[1]))
        if len(self.fingers) == 1:
            self.armed = self.armed and math.dist(at, self.start) < STILL_PX
        else:
            self._pinch(middle)

    def _pinch(self, middle: Point) -> None:
        spread = self._spread()
        while self.spread > 0 and spread / self.spread > PINCH_STEP:
            self.spread *= PINCH_STEP
            self._wheel(1, middle)
        while self.spread > 0 and spread / self.spread < 1 / PINCH_STEP:
            self.spread /= PINCH_STEP
            self._wheel(-1, middle)

    def _up(self, finger: int, at: Point) -> None:
        count = len(self.fingers)
        self.fingers.pop(finger, None)
        if count == 1:
            self.armed = False
            self._mouse(pygame.MOUSEBUTTONUP, at, 1)
        elif count == 2:
            self._mouse(pygame.MOUSEBUTTONUP, at, 2)

    def _middle(self) -> Point:
        points = list(self.fingers.values())
        return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)

    def _spread(self) -> float:
        first, second = list(self.fingers.values())[:2]
        return math.dist(first, second)

    def _mouse(self, kind: int, at: Point, button: int) -> None:
        self._out.append(pygame.event.Event(kind, pos=at, button=button, touch=True))

    def _motion(self, at: Point, rel: Point) -> None:
        buttons = (1, 0, 0) if len(self.fingers) == 1 else (0, 1, 0)
        self._out.append(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=rel, buttons=buttons, touch=True))

    def _wheel(self, y: int, at: Point) -> None:
        pygame.mouse.set_pos(at)
        self._out.append(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=y, precise_x=0.0, precise_y=float(y), touch=True))


def _point(event: pygame.event.Event, size: tuple[int, int]) -> Point:
    return round(event.x * size[0]), round(event.y * size[1])
