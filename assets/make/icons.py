"""Make the icon atlases: lucide's drawings, white on transparent, one PNG a size and one index for all.

    npm pack lucide-static@1.62.0 && tar xzf lucide-static-1.62.0.tgz
    pip install resvg-py pillow
    python assets/make/icons.py package

`icons.toml` says which drawings and what the game calls them. The game tints an icon at load by multiplying it with a
colour; the colour of every pixel is white, also where it is transparent, so that scaling draws no dark rim.
In `atlas.json` the icon of index i is the square of `size` at column `i % columns` and row `i // columns`.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from PIL import Image

COLUMNS = 16
OVERSAMPLING = 4
ALPHA_STEP = 12  # a coarser alpha packs smaller and looks the same
# Size in pixels -> stroke in units of the 24-unit drawing: small icons need more weight, large ones less.
STROKES = {16: 2.25, 20: 2.1, 24: 2.0, 32: 1.9, 48: 1.75, 64: 1.65}
NAMES = Path(__file__).with_name("icons.toml")
OUTPUT = Path(__file__).resolve().parent.parent / "icons"


@dataclass(frozen=True)
class Drawing:
    """One cell of the atlas: a lucide drawing, outlined or filled."""

    lucide: str
    filled: bool


def read_names(path: Path = NAMES) -> tuple[list[Drawing], dict[str, int]]:
    """Read the naming table: the drawings in the order of the atlas, and the index of each name.

    Raises ValueError when one name would mean two drawings.
    """
    drawings: list[Drawing] = []
    index_of: dict[str, int] = {}
    for section, names in tomllib.loads(path.read_text(encoding="utf-8")).items():
        filled = section == "filled"
        for name, lucide in names.items():
            drawing = Drawing(lucide, filled)
            if drawing not in drawings:
                drawings.append(drawing)
            index = drawings.index(drawing)
            if index_of.setdefault(name, index) != index:
                raise ValueError(
                    f"{path.name}: [{section}] {name} = {lucide!r}: the name already means another drawing"
                )
    for index, drawing in enumerate(drawings):
        if not drawing.filled and index_of.setdefault(drawing.lucide, index) != index:
            raise ValueError(f"{path.name}: {drawing.lucide!r} is a drawing of lucide: call no other drawing so")
    return drawings, index_of


def coverage(svg: str, size: int) -> Image.Image:
    """Render one drawing to a greyscale coverage image of size x size pixels."""
    large = size * OVERSAMPLING
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=large, height=large))
    alpha = Image.open(io.BytesIO(png)).convert("RGBA").getchannel("A")
    return alpha.reduce(OVERSAMPLING)


def restyle(svg: str, drawing: Drawing, stroke: float) -> str:
    """Set the stroke's width, white paint, and the fill of a solid drawing."""
    fill = "#fff" if drawing.filled else "none"
    return (
        svg.replace('stroke-width="2"', f'stroke-width="{stroke}"', 1)
        .replace("currentColor", "#fff")
        .replace('fill="none"', f'fill="{fill}"', 1)
    )


def make_atlas(icons: Path, drawings: list[Drawing], size: int) -> Path:
    """Write the atlas of one size and return its path."""
    rows = -(-len(drawings) // COLUMNS)
    alpha = Image.new("L", (COLUMNS * size, rows * size))
    for index, drawing in enumerate(drawings):
        svg = (icons / f"{drawing.lucide}.svg").read_text(encoding="utf-8")
        cell = coverage(restyle(svg, drawing, STROKES[size]), size)
        alpha.paste(cell, (index % COLUMNS * size, index // COLUMNS * size))
    coarse = alpha.point(lambda value: min(255, round(value / ALPHA_STEP) * ALPHA_STEP))
    white = Image.new("L", alpha.size, 255)
    target = OUTPUT / f"atlas_{size}.png"
    Image.merge("RGBA", (white, white, white, coarse)).save(target, optimize=True)
    return target


def main() -> None:
    """Read the folder of the unpacked package from the command line; write the atlases and their index."""
    parser = argparse.ArgumentParser(description="Make the icon atlases from an unpacked npm package `lucide-static`.")
    parser.add_argument("package", type=Path, help="folder that holds icons/*.svg")
    icons = parser.parse_args().package / "icons"
    drawings, index_of = read_names()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    total = 0
    for size in STROKES:
        total += make_atlas(icons, drawings, size).stat().st_size
    index = {
        "columns": COLUMNS,
        "count": len(drawings),
        "atlases": {str(size): f"atlas_{size}.png" for size in STROKES},
        "icons": dict(sorted(index_of.items())),
    }
    (OUTPUT / "atlas.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(drawings)} drawings, {len(index_of)} names, {total / 1024:.0f} KB\n")


if __name__ == "__main__":
    main()
