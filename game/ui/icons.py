"""Icons from the atlases, coloured and sized once and then kept."""

from __future__ import annotations

import json

import pygame

from game.paths import ASSETS
from game.ui.theme import Theme

Key = tuple[str, int, tuple[int, ...], tuple[int, ...] | None]


class Icons:
    """Hands out icons. The atlases are white on transparent; colouring multiplies."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        folder = ASSETS / "icons"
        index = json.loads((folder / "atlas.json").read_text("utf-8"))
        self.columns: int = index["columns"]
        self.cells: dict[str, int] = index["icons"]
        self.files = {int(size): str(folder / name) for size, name in index["atlases"].items()}
        self._atlases: dict[int, pygame.Surface] = {}
        self._icons: dict[Key, pygame.Surface] = {}

    def get(
        self, name: str, logical_size: float, colour: pygame.Color, background: pygame.Color | None = None
    ) -> pygame.Surface:
        """An icon by name; opaque on a background when one is given. Raises KeyError for a name without a drawing."""
        pixels = self.theme.px(logical_size)
        key = (name, pixels, tuple(colour), tuple(background) if background else None)
        icon = self._icons.get(key)
        if icon is None:
            icon = self._icons[key] = self._draw(name, pixels, colour, background)
        return icon

    def _draw(self, name: str, pixels: int, colour: pygame.Color, background: pygame.Color | None) -> pygame.Surface:
        size = next((s for s in sorted(self.files) if s >= pixels), max(self.files))
        atlas = self._atlases.get(size)
        if atlas is None:
            atlas = self._atlases[size] = pygame.image.load(self.files[size]).convert_alpha()
        row, column = divmod(self.cells[name], self.columns)
        icon = atlas.subsurface((column * size, row * size, size, size)).copy()
        icon.fill(colour, special_flags=pygame.BLEND_RGBA_MULT)
        if size != pixels:
            icon = pygame.transform.smoothscale(icon, (pixels, pixels))
        if background is not None:
            patch = pygame.Surface((pixels, pixels)).convert()
            patch.fill(background)
            patch.blit(icon, (0, 0))
            return patch
        icon.set_alpha(255, pygame.RLEACCEL)
        return icon
