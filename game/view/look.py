"""The colours of the map, taken from the palette of the theme."""

from __future__ import annotations

from game.ui.theme import Palette
from game.view.shapes import Rgb, mix


class Look:
    """Plain colour tuples by their use on the map."""

    def __init__(self, palette: Palette) -> None:
        self.background = _rgb(palette.bg)
        self.panel = _rgb(palette.panel)
        self.panel_high = _rgb(palette.panel_hi)
        self.line = _rgb(palette.line)
        self.text = _rgb(palette.text)
        self.muted = _rgb(palette.muted)
        self.faint = _rgb(palette.faint)
        self.accent = _rgb(palette.accent)
        self.ok = _rgb(palette.ok)
        self.warn = _rgb(palette.warn)
        self.error = _rgb(palette.error)
        self.sub_items = tuple(
            _rgb(colour) for colour in (palette.static, palette.read, palette.write, palette.compute)
        )
        self.border = mix(self.line, self.muted, 0.22)
        self.wire = mix(self.line, self.accent, 0.2)
        self.wire_bright = mix(self.muted, self.accent, 0.35)


def _rgb(colour: object) -> Rgb:
    red, green, blue = tuple(colour)[:3]  # type: ignore[call-overload]
    return (int(red), int(green), int(blue))
