"""The colours of the map, taken from the palette of the theme."""

from __future__ import annotations

from game.ui.theme import Palette
from game.view.shapes import Rgb, mix

_NETWORK, _COMPUTE, _DATABASE, _MESSAGING, _OPERATIONS = "#4CC2FF", "#37D0B4", "#B79CFF", "#F29BC8", "#9FB0C8"
_ZONES = ("#4CC2FF", "#B79CFF", "#F2C14E", "#37D0B4")
_ZONE_TINT = 0.055


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
        self.wire_kept = mix(self.line, self.accent, 0.5)
        self.wire_bright = mix(self.muted, self.accent, 0.35)
        self.families = {
            "network": Rgb(_NETWORK),
            "compute": Rgb(_COMPUTE),
            "database": Rgb(_DATABASE),
            "messaging": Rgb(_MESSAGING),
            "operations": Rgb(_OPERATIONS),
        }

    def family(self, name: str) -> Rgb:
        """The colour of a family of nodes; it only helps the eye, the icon tells the kind."""
        return self.families.get(name, self.muted)

    def zone(self, index: int) -> Rgb:
        """The colour of a zone's frame and name."""
        return Rgb(_ZONES[index % len(_ZONES)])

    def zone_ground(self, index: int) -> Rgb:
        """The colour of the ground of a zone."""
        return mix(self.background, self.zone(index), _ZONE_TINT)
