"""The colours of the map, taken from the palette of the theme."""

from __future__ import annotations

from game.ui.theme import Palette
from game.view.shapes import mix


class Look:
    """Colours by their use on the map."""

    def __init__(self, palette: Palette) -> None:
        self.background = palette.bg
        self.panel = palette.panel
        self.panel_high = palette.panel_hi
        self.line = palette.line
        self.text = palette.text
        self.muted = palette.muted
        self.faint = palette.faint
        self.accent = palette.accent
        self.ok = palette.ok
        self.warn = palette.warn
        self.error = palette.error
        self.sub_items = (palette.static, palette.read, palette.write, palette.compute)
        self.border = mix(self.line, self.muted, 0.22)
        self.wire = mix(self.line, self.accent, 0.2)
        self.wire_bright = mix(self.muted, self.accent, 0.35)
