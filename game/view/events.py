"""From pygame's events to the hand and the camera."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.keymap import MODIFIERS, Keymap
from game.view.camera import Camera, Point
from game.view.corner import Corners
from game.view.interaction import Interaction
from game.view.modes import Boxing, Button, Dragging, Idle, Panning, Pressed, Wiring

_PAN_KEYS = {
    pygame.K_LEFT: (-1, 0),
    pygame.K_RIGHT: (1, 0),
    pygame.K_UP: (0, -1),
    pygame.K_DOWN: (0, 1),
    pygame.K_a: (-1, 0),
    pygame.K_d: (1, 0),
    pygame.K_w: (0, -1),
    pygame.K_s: (0, 1),
}
_ZOOM_KEYS = {
    pygame.K_PLUS: 1,
    pygame.K_EQUALS: 1,
    pygame.K_KP_PLUS: 1,
    pygame.K_MINUS: -1,
    pygame.K_KP_MINUS: -1,
}
_EDITING_KEYS = {pygame.K_c: "copy", pygame.K_v: "paste"}
_BUTTONS = {button.value: button for button in Button}


class MapEvents:
    """Hands events on. It remembers only which keys that move the map are held down."""

    def __init__(
        self, keymap: Keymap, camera: Camera, hand: Interaction, corners: Corners | None, fit: Callable[[], None]
    ) -> None:
        self.keymap = keymap
        self.camera = camera
        self.hand = hand
        self.corners = corners
        self.fit = fit
        self._held: set[int] = set()

    def handle(self, event: pygame.event.Event) -> bool:
        """True when the event was for the map."""
        match event.type:
            case pygame.MOUSEMOTION:
                return self._motion(event.pos)
            case pygame.MOUSEBUTTONDOWN if event.button in _BUTTONS:
                return self._press(event)
            case pygame.MOUSEBUTTONUP if event.button in _BUTTONS:
                return self._release(event)
            case pygame.MOUSEWHEEL:
                return self._wheel(event)
            case pygame.KEYDOWN:
                return self._key(event)
            case pygame.KEYUP:
                self._held.discard(event.key)
            case pygame.WINDOWFOCUSLOST | pygame.WINDOWLEAVE:
                self._held.clear()
                self.hand.leave()
        return False

    def update(self, dt_s: float) -> None:
        """Glide by the keys that are held."""
        if self._held:
            right = sum(_PAN_KEYS[key][0] for key in self._held)
            down = sum(_PAN_KEYS[key][1] for key in self._held)
            self.camera.pan_keys(right, down, dt_s)

    def _inside(self, pos: Point) -> bool:
        return bool(self.camera.viewport.collidepoint(pos))

    def _motion(self, pos: Point) -> bool:
        if not self._inside(pos) and isinstance(self.hand.mode, Idle):
            self.hand.leave()
            return False
        self.hand.motion(pos)
        return isinstance(self.hand.mode, Boxing | Dragging | Panning | Pressed | Wiring)

    def _press(self, event: pygame.event.Event) -> bool:
        if not self._inside(event.pos):
            return False
        button = self.corners.button_at(event.pos) if self.corners else None
        if button is not None and event.button == Button.LEFT.value:
            self._corner(button)
            return True
        touch = bool(getattr(event, "touch", False))
        self.hand.press(event.pos, _BUTTONS[event.button], _additive(), touch)
        return True

    def _corner(self, button: str) -> None:
        if button == "fit":
            self.fit()
        else:
            self.camera.zoom_step(1 if button == "zoom_in" else -1)

    def _release(self, event: pygame.event.Event) -> bool:
        engaged = not isinstance(self.hand.mode, Idle)
        self.hand.release(event.pos, _BUTTONS[event.button], _additive())
        return engaged and self._inside(event.pos)

    def _wheel(self, event: pygame.event.Event) -> bool:
        pos = pygame.mouse.get_pos()
        if not self._inside(pos) or not event.y:
            return False
        self.camera.zoom_step(1 if event.y > 0 else -1, pos)
        return True

    def _key(self, event: pygame.event.Event) -> bool:
        if self._act(self.keymap.action(event)):
            return True
        if event.mod & MODIFIERS:
            return self._act(_EDITING_KEYS.get(event.key))
        if event.key in _PAN_KEYS:
            self._held.add(event.key)
            return True
        if event.key in _ZOOM_KEYS:
            self.camera.zoom_step(_ZOOM_KEYS[event.key])
            return True
        return False

    def _act(self, action: str | None) -> bool:
        hand = self.hand
        match action:
            case "menu":
                return hand.cancel()
            case "fit":
                self.fit()
                return True
            case "wire":
                hand.arm_wire()
                return True
            case "sell":
                return hand.delete()
            case "clone":
                return hand.arm_clone()
            case "copy":
                return hand.copy()
            case "paste":
                return hand.paste()
        return False


def _additive() -> bool:
    return bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)
