"""The game's own fonts for the page around it, cut to the characters that the page shows."""

from __future__ import annotations

import base64
import io
import string

from build_web.paths import ROOT

FONTS = {"font_regular": "DevOpsSans-Regular.ttf", "font_strong": "DevOpsSans-SemiBold.ttf"}


def page_fonts(texts: str) -> dict[str, str]:
    """The fonts by name, as base64 of WOFF files that hold the characters of `texts` and printable ASCII."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    fonts: dict[str, str] = {}
    for name, file in FONTS.items():
        font = TTFont(ROOT / "assets" / "fonts" / file)
        subsetter = Subsetter(Options(layout_features=["kern", "tnum"], hinting=False))
        subsetter.populate(text=texts + string.printable)
        subsetter.subset(font)
        font.flavor = "woff"
        packed = io.BytesIO()
        font.save(packed)
        fonts[name] = base64.b64encode(packed.getvalue()).decode("ascii")
    return fonts
