"""Fingers, turned into what the scenes understand already.

- A tap is a click. Nothing is pressed before it is sure that it is one, so the other gestures never press by mistake.
- A finger that rests is a pointer that rests: it brings the tooltip, and lifting it presses nothing.
- A finger that moves drags; `drag` of its press is the way it set out, for those who scroll.
- Two fingers drag with the middle button (pan) and pinch (`PINCH`).

The mouse events that the system or the page makes up from touches are left out, and so are fingers made up from a
mouse. A press that will never end, because the window lost the focus, is let go.
"""

from __future__ import annotations

import math
from enum import Enum, auto

import pygame

LONG_PRESS_S = 0.4
STILL_PX, STILL_PARTS = 10, 72  # a finger that trembles less, in pixels or in parts of the window, rests
PINCH_STARTS = 0.06
MADE_UP_WITHIN_S = 0.6
MADE_UP_WITHIN_PX = 30
FROM_MOUSE = -1
NOWHERE = (-1, -1)
LEFT, MIDDLE = 1, 2
MOUSE = (pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP)

# Two fingers moved apart: pos is the point between them, factor by how much since the last such event.
PINCH = pygame.event.custom_type()
Point = tuple[int, int]


class Phase(Enum):
    """What the fingers on the screen are doing."""

    NONE = auto()
    UNDECIDED = auto()
    RESTING = auto()
    DRAGGING = auto()
    PAIR = auto()
    SPENT = auto()  # a gesture has ended and a finger is still down: it does nothing more


class Touch:
    """Follows the fingers on the screen, and which buttons of the mouse are down."""

    def __init__(self) -> None:
        self.fingers: dict[int, Point] = {}
        self.phase = Phase.NONE
        self.start: Point = (0, 0)
        self._held_s = 0.0
        self._still_px = STILL_PX
        self._since_s = math.inf
        self._last: Point = (0, 0)
        self._pair: tuple[int, ...] = ()
        self._centre: Point = (0, 0)
        self._spread = 1.0
        self._pinching = False
        self._buttons: set[int] = set()
        self._out: list[pygame.event.Event] = []

    def handle(self, event: pygame.event.Event, size: Point) -> bool:
        """Take finger events and the mouse events made up from them; True when the scene should not see the event.

        size: of the window, in pixels.
        """
        if event.type in MOUSE:
            return self._made_up(event) or self._without_press(event)
        if event.type not in (pygame.FINGERDOWN, pygame.FINGERMOTION, pygame.FINGERUP):
            return False
        if getattr(event, "touch_id", 0) == FROM_MOUSE:
            return True
        at = (round(event.x * size[0]), round(event.y * size[1]))
        self._last, self._since_s = at, 0.0
        self._still_px = max(STILL_PX, size[1] // STILL_PARTS)
        known = event.finger_id in self.fingers
        if event.type == pygame.FINGERDOWN and not known:
            self._down(event.finger_id, at)
        elif event.type == pygame.FINGERMOTION and known:
            self._move(event.finger_id, at)
        elif event.type == pygame.FINGERUP and known:
            self._up(event.finger_id, at)
        return True

    def update(self, dt_s: float) -> list[pygame.event.Event]:
        """The events the fingers amount to since the last frame."""
        self._since_s += dt_s
        if self.phase is Phase.UNDECIDED:
            self._held_s += dt_s
            if self._held_s >= LONG_PRESS_S:
                self.phase = Phase.RESTING
        elif self.phase is Phase.PAIR:
            self._follow_pair()
        out, self._out = self._out, []
        return out

    def let_go(self) -> list[pygame.event.Event]:
        """Forget all that is pressed, which may never be released now; the events that say so."""
        if self.phase is Phase.DRAGGING:
            self._buttons.add(LEFT)
        elif self.phase is Phase.PAIR:
            self._buttons.add(MIDDLE)
        for button in sorted(self._buttons):
            self._button(pygame.MOUSEBUTTONUP, NOWHERE, button)
        self._buttons.clear()
        self.fingers.clear()
        self.phase = Phase.NONE
        return self.update(0.0)

    # -- the mouse ----------------------------------------------------------------------------------------------------

    def _made_up(self, event: pygame.event.Event) -> bool:
        """Whether a mouse event only repeats what a finger did."""
        if getattr(event, "touch", False) or self.fingers:
            return True
        return self._since_s < MADE_UP_WITHIN_S and math.dist(event.pos, self._last) < MADE_UP_WITHIN_PX

    def _without_press(self, event: pygame.event.Event) -> bool:
        """Keep track of what is pressed; True for the end of a press that was let go."""
        if event.type == pygame.MOUSEBUTTONDOWN:
            self._buttons.add(event.button)
        elif event.type == pygame.MOUSEBUTTONUP:
            if event.button not in self._buttons:
                return True
            self._buttons.discard(event.button)
        return False

    # -- fingers ------------------------------------------------------------------------------------------------------

    def _down(self, finger: int, at: Point) -> None:
        self.fingers[finger] = at
        if self.phase is Phase.NONE:
            self.phase, self.start, self._held_s = Phase.UNDECIDED, at, 0.0
            self._motion(at, at, 0)
        elif self.phase in (Phase.UNDECIDED, Phase.RESTING, Phase.DRAGGING):
            if self.phase is Phase.DRAGGING:
                self._button(pygame.MOUSEBUTTONUP, NOWHERE, LEFT)
            self.phase, self._pair = Phase.PAIR, tuple(self.fingers)[:2]
            self._centre, self._spread, self._pinching = self._middle(), self._distance(), False
            self._button(pygame.MOUSEBUTTONDOWN, self._centre, MIDDLE)

    def _move(self, finger: int, at: Point) -> None:
        before, self.fingers[finger] = self.fingers[finger], at
        if self.phase in (Phase.UNDECIDED, Phase.RESTING) and math.dist(at, self.start) >= self._still_px:
            self.phase, before = Phase.DRAGGING, self.start
            way = (at[0] - self.start[0], at[1] - self.start[1])
            self._button(pygame.MOUSEBUTTONDOWN, self.start, LEFT, way)
        if self.phase is Phase.DRAGGING:
            self._motion(before, at, LEFT)

    def _follow_pair(self) -> None:
        """Once a frame, when both fingers have moved: in between they seem nearer or farther than they are."""
        before, self._centre = self._centre, self._middle()
        if before != self._centre:
            self._motion(before, self._centre, MIDDLE)
        spread = self._distance()
        if not self._pinching and abs(math.log(spread / self._spread)) < PINCH_STARTS:
            return
        if self._pinching and spread != self._spread:
            self._out.append(pygame.event.Event(PINCH, pos=self._centre, factor=spread / self._spread))
        self._pinching, self._spread = True, spread

    def _up(self, finger: int, at: Point) -> None:
        if self.phase is Phase.PAIR:
            self._follow_pair()
        del self.fingers[finger]
        match self.phase:
            case Phase.UNDECIDED:
                self._button(pygame.MOUSEBUTTONDOWN, self.start, LEFT)
                self._end(self.start, LEFT)
            case Phase.DRAGGING:
                self._end(at, LEFT)
            case Phase.PAIR if finger in self._pair:
                self._end(self._centre, MIDDLE)
        if not self.fingers:
            self.phase = Phase.NONE

    def _end(self, at: Point, button: int) -> None:
        """The gesture is over; nothing points at anything any more."""
        self._button(pygame.MOUSEBUTTONUP, at, button)
        self._out.append(pygame.event.Event(pygame.WINDOWLEAVE))
        self.phase = Phase.SPENT

    def _points(self) -> tuple[Point, Point]:
        return self.fingers[self._pair[0]], self.fingers[self._pair[1]]

    def _middle(self) -> Point:
        (x1, y1), (x2, y2) = self._points()
        return (x1 + x2) // 2, (y1 + y2) // 2

    def _distance(self) -> float:
        return max(1.0, math.dist(*self._points()))

    def _button(self, kind: int, at: Point, button: int, way: Point | None = None) -> None:
        self._out.append(pygame.event.Event(kind, pos=at, button=button, touch=True, drag=way))

    def _motion(self, before: Point, at: Point, button: int) -> None:
        rel = (at[0] - before[0], at[1] - before[1])
        held = (int(button == LEFT), int(button == MIDDLE), 0)
        self._out.append(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=rel, buttons=held, touch=True))
