"""Which key does what. One table feeds the event handling, the tooltips, the help page and the settings page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pygame

DOCUMENT = "keys"
VERSION = 1
MODIFIERS = pygame.KMOD_CTRL | pygame.KMOD_META


@dataclass(frozen=True, slots=True)
class Binding:
    """A key, with Ctrl (or Command) held or not."""

    key: int
    ctrl: bool = False

    @property
    def label(self) -> str:
        """How the key is written on a button."""
        name = _NAMES.get(self.key) or pygame.key.name(self.key).upper()
        return f"Ctrl+{name}" if self.ctrl else name


_NAMES = {
    pygame.K_SPACE: "Space",
    pygame.K_RETURN: "Enter",
    pygame.K_ESCAPE: "Esc",
    pygame.K_DELETE: "Del",
    pygame.K_BACKSPACE: "Back",
    pygame.K_TAB: "Tab",
    pygame.K_SLASH: "/",
}

# Function keys are left to the browser, which reloads, searches and closes with them.
DEFAULTS: Mapping[str, Binding] = {
    "start": Binding(pygame.K_RETURN),
    "pause": Binding(pygame.K_SPACE),
    "speed_1": Binding(pygame.K_g),
    "speed_2": Binding(pygame.K_h),
    "speed_4": Binding(pygame.K_j),
    "speed_8": Binding(pygame.K_k),
    "build_1": Binding(pygame.K_1),
    "build_2": Binding(pygame.K_2),
    "build_3": Binding(pygame.K_3),
    "build_4": Binding(pygame.K_4),
    "build_5": Binding(pygame.K_5),
    "build_6": Binding(pygame.K_6),
    "build_7": Binding(pygame.K_7),
    "build_8": Binding(pygame.K_8),
    "build_9": Binding(pygame.K_9),
    "category": Binding(pygame.K_b),
    "wire": Binding(pygame.K_e),
    "clone": Binding(pygame.K_c),
    "scale_up": Binding(pygame.K_u),
    "restart": Binding(pygame.K_r),
    "operate": Binding(pygame.K_o),
    "sell": Binding(pygame.K_DELETE),
    "undo": Binding(pygame.K_z, ctrl=True),
    "redo": Binding(pygame.K_y, ctrl=True),
    "fit": Binding(pygame.K_f),
    "answer": Binding(pygame.K_q),
    "log": Binding(pygame.K_l),
    "hosts": Binding(pygame.K_v),
    "inspector": Binding(pygame.K_i),
    "finance": Binding(pygame.K_m),
    "help": Binding(pygame.K_SLASH),
    "menu": Binding(pygame.K_ESCAPE),
    "fullscreen": Binding(pygame.K_F11),
}


class Keymap:
    """The bindings in force: the defaults with what the player changed."""

    def __init__(self, changed: Mapping[str, Binding] | None = None) -> None:
        self._bindings = {**DEFAULTS, **(changed or {})}

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions, in the order of the settings page."""
        return tuple(DEFAULTS)

    def binding(self, action: str) -> Binding:
        """The key of an action. Raises KeyError for an unknown one."""
        return self._bindings[action]

    def label(self, action: str) -> str:
        """How the key of an action is written."""
        return self._bindings[action].label

    def action(self, event: pygame.event.Event) -> str | None:
        """The action a key press asks for, if any."""
        if event.type != pygame.KEYDOWN:
            return None
        pressed = Binding(event.key, bool(event.mod & MODIFIERS))
        return next((action for action, binding in self._bindings.items() if binding == pressed), None)

    def rebind(self, action: str, binding: Binding) -> str | None:
        """Give an action another key. An action that had the key gets the old one in exchange; it is returned."""
        other = next((a for a, b in self._bindings.items() if b == binding and a != action), None)
        if other is not None:
            self._bindings[other] = self._bindings[action]
        self._bindings[action] = binding
        return other

    def reset(self) -> None:
        """All defaults again."""
        self._bindings = dict(DEFAULTS)

    def to_document(self) -> dict[str, Any]:
        """What differs from the defaults, to be kept."""
        changed = {a: [b.key, b.ctrl] for a, b in self._bindings.items() if b != DEFAULTS[a]}
        return {"version": VERSION, "bindings": changed}


def from_document(document: Mapping[str, Any] | None) -> Keymap:
    """The keymap as it was kept; entries that make no sense are left out."""
    kept = document.get("bindings") if document else None
    if not isinstance(kept, Mapping):
        return Keymap()
    changed = {}
    for action, value in kept.items():
        match value:
            case [int(key), bool(ctrl)] if action in DEFAULTS:
                changed[action] = Binding(key, ctrl)
    keymap = Keymap(changed)
    bindings = [keymap.binding(action) for action in keymap.actions]
    return keymap if len(set(bindings)) == len(bindings) else Keymap()
