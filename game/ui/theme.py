"""Every colour, size and font of the screen. Lengths in the code are logical units; `px` turns them into pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pygame

from game.paths import ASSETS

FONTS = {"regular": "DevOpsSans-Regular.ttf", "strong": "DevOpsSans-SemiBold.ttf"}
ROLES: dict[str, tuple[float, str]] = {
    "small": (14, "regular"),
    "body": (15, "regular"),
    "strong": (15, "strong"),
    "heading": (20, "strong"),
    "number": (22, "strong"),
    "title": (32, "strong"),
    "display": (56, "strong"),
    "grade": (132, "strong"),
}

LOGICAL_WIDTH, LOGICAL_HEIGHT = 1280, 720


def _colour(text: str) -> pygame.Color:
    return pygame.Color(text)


@dataclass(frozen=True)
class Palette:
    """The colours by their job. `faint` is for lines and shapes, never for text. pm to system: the departments."""

    bg: pygame.Color = field(default_factory=lambda: _colour("#0B0F17"))
    bg_raised: pygame.Color = field(default_factory=lambda: _colour("#0F1520"))
    panel: pygame.Color = field(default_factory=lambda: _colour("#121824"))
    panel_hi: pygame.Color = field(default_factory=lambda: _colour("#1A2332"))
    line: pygame.Color = field(default_factory=lambda: _colour("#243044"))
    text: pygame.Color = field(default_factory=lambda: _colour("#E6EDF7"))
    muted: pygame.Color = field(default_factory=lambda: _colour("#8A99B0"))
    faint: pygame.Color = field(default_factory=lambda: _colour("#5B6B84"))
    accent: pygame.Color = field(default_factory=lambda: _colour("#4CC2FF"))
    on_accent: pygame.Color = field(default_factory=lambda: _colour("#06202E"))
    ok: pygame.Color = field(default_factory=lambda: _colour("#2DD4A0"))
    warn: pygame.Color = field(default_factory=lambda: _colour("#FFB547"))
    error: pygame.Color = field(default_factory=lambda: _colour("#FF5D5D"))
    static: pygame.Color = field(default_factory=lambda: _colour("#009E73"))
    read: pygame.Color = field(default_factory=lambda: _colour("#56B4E9"))
    write: pygame.Color = field(default_factory=lambda: _colour("#D55E00"))
    compute: pygame.Color = field(default_factory=lambda: _colour("#F0E442"))
    vignette: pygame.Color = field(default_factory=lambda: _colour("#961E22"))
    pm: pygame.Color = field(default_factory=lambda: _colour("#B79CFF"))
    marketing: pygame.Color = field(default_factory=lambda: _colour("#FFB547"))
    dev: pygame.Color = field(default_factory=lambda: _colour("#4CC2FF"))
    system: pygame.Color = field(default_factory=lambda: _colour("#8A99B0"))


def palette(name: str) -> Palette:
    """The palette of a colour-vision setting: 'standard', or one whose good and bad differ in blue against orange."""
    if name == "standard":
        return Palette()
    return replace(
        Palette(),
        ok=_colour("#56B4E9"),
        warn=_colour("#F0E442"),
        error=_colour("#FF7A33"),
        vignette=_colour("#A04A10"),
    )


class Theme:
    """Colours, fonts and lengths at one scale. A new one is made when the window or a setting changes."""

    def __init__(self, scale: float, colours: Palette) -> None:
        self.scale = scale
        self.palette = colours
        self._fonts: dict[str, pygame.font.Font] = {}

    def px(self, logical: float) -> int:
        """A logical length in whole pixels; never 0 for something that has a length."""
        pixels = round(logical * self.scale)
        return max(1, pixels) if logical > 0 else pixels

    def font(self, role: str) -> pygame.font.Font:
        """The font of a role, at its true pixel size."""
        font = self._fonts.get(role)
        if font is None:
            size, weight = ROLES[role]
            font = pygame.font.Font(str(ASSETS / "fonts" / FONTS[weight]), max(6, round(size * self.scale)))
            self._fonts[role] = font
        return font
