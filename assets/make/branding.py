"""Draw the game's icon, favicon and social preview from SVG written here.

    pip install resvg-py pillow
    python assets/make/branding.py

Uses the fonts and the icon atlas beside it, so `fonts.py` and `icons.py` come first.
"""

from __future__ import annotations

import io

import resvg_py
from drawing import ASSETS, LOOP_GRADIENT, mark
from PIL import Image
from preview import preview_svg

OUTPUT = ASSETS / "branding"
OVERSAMPLING = 2

ICON_SIZES = (32, 192, 512)
FAVICON_SIZE = 64
LOGO_SIZE = (660, 420)
SMALL = 64  # up to this size the mark goes without packets


def icon_svg(size: int) -> str:
    """The application's icon: the mark on a dark tile."""
    small = size <= SMALL
    stroke, scale = (60.0, 1.02) if small else (42.0, 1.0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="-256 -256 512 512"><defs>'
        f"{LOOP_GRADIENT}"
        '<linearGradient id="tile" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1B2640"/>'
        '<stop offset="1" stop-color="#0B0F17"/></linearGradient>'
        '<radialGradient id="glow"><stop offset="0" stop-color="#4CC2FF" stop-opacity="0.28"/>'
        '<stop offset="1" stop-color="#4CC2FF" stop-opacity="0"/></radialGradient></defs>'
        '<rect x="-252" y="-252" width="504" height="504" rx="112" fill="url(#tile)"/>'
        '<rect x="-249" y="-249" width="498" height="498" rx="109" fill="none" stroke="#2F4060" stroke-width="6"/>'
        '<ellipse rx="240" ry="190" fill="url(#glow)"/>'
        f'<g transform="scale({scale})">{mark(stroke, not small)}</g></svg>'
    )


def logo_svg() -> str:
    """The mark alone, on no ground."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-220 -140 440 280"><defs>{LOOP_GRADIENT}</defs>'
        f"{mark(42.0, True)}</svg>"
    )


def render(svg: str, width: int, height: int) -> Image.Image:
    """Render at twice the size and reduce."""
    fonts = [str(path) for path in sorted((ASSETS / "fonts").glob("*.ttf"))]
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width * OVERSAMPLING,
        height=height * OVERSAMPLING,
        font_files=fonts,
        skip_system_fonts=True,
        font_family="DevOps Sans",
    )
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA").reduce(OVERSAMPLING)


def main() -> None:
    """Write every branding picture."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for size in ICON_SIZES:
        render(icon_svg(size), size, size).save(OUTPUT / f"icon_{size}.png", optimize=True)
    render(icon_svg(FAVICON_SIZE), FAVICON_SIZE, FAVICON_SIZE).save(OUTPUT / "favicon.png", optimize=True)
    render(logo_svg(), *LOGO_SIZE).save(OUTPUT / "logo.png", optimize=True)
    social = render(preview_svg(), 1200, 630).convert("RGB")
    social.save(OUTPUT / "social_preview.png", optimize=True)


if __name__ == "__main__":
    main()
