"""Shapes that the icon and the social preview share, as SVG text."""

from __future__ import annotations

import base64
import io
import json
import math
from pathlib import Path

from PIL import Image

ASSETS = Path(__file__).resolve().parent.parent
COLOURS = {"static": "#009E73", "read": "#56B4E9", "write": "#D55E00", "compute": "#F0E442"}
PACKET_STEPS = {"compute": 17, "static": 103, "read": 137, "write": 223}  # of the loop's 240 points
PACKET_RADIUS = 29.0
MASK_AREA = 'x="-260" y="-260" width="520" height="520"'
MASK_BOX = f'maskUnits="userSpaceOnUse" {MASK_AREA}'

Point = tuple[float, float]


def loop_points(width: float, height: float) -> list[Point]:
    """The lemniscate of Bernoulli around the origin, stretched to width and height, as a closed polyline."""
    points = []
    for step in range(240):
        t = 2.0 * math.pi * step / 240
        shrink = 1.0 + math.sin(t) ** 2
        x, y = math.cos(t) / shrink, math.sin(t) * math.cos(t) / shrink
        points.append((x * width / 2.0, y * height / 0.7071))
    return points


def polyline(points: list[Point], closed: bool = False) -> str:
    """SVG path data through the points."""
    return "M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in points) + ("Z" if closed else "")


def packet(
    kind: str, x: float, y: float, radius: float, outline: str = "none", width: float = 0.0, fill: str = ""
) -> str:
    """A packet of a sub-item: its shape, in its own colour unless `fill` is given."""
    style = f'fill="{fill or COLOURS[kind]}" stroke="{outline}" stroke-width="{width}" stroke-linejoin="round"'
    r = radius
    if kind == "static":
        return f'<circle cx="{x}" cy="{y}" r="{r}" {style}/>'
    if kind == "read":
        s = r * 0.9
        return f'<rect x="{x - s}" y="{y - s}" width="{2 * s}" height="{2 * s}" rx="{r * 0.2}" {style}/>'
    if kind == "write":
        corners = [(x, y - r * 1.15), (x + r * 1.1, y + r * 0.8), (x - r * 1.1, y + r * 0.8)]
    else:
        corners = [(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)]
    return f'<path d="{polyline(corners, closed=True)}" {style}/>'


def mark(stroke: float, packets: bool) -> str:
    """The loop of building and running, in a box of 512 around the origin, with the four packets on their way.

    Where a strand passes below, and around the packets, the loop is cut away, so the mark sits on any ground.
    """
    points = loop_points(372.0, 212.0)
    stops = [(kind, *points[step]) for kind, step in PACKET_STEPS.items()] if packets else []
    holes = "".join(packet(kind, x, y, PACKET_RADIUS, "#000", 26.0, fill="#000") for kind, x, y in stops)
    gap = f'<path d="{polyline(points[44:77])}" fill="none" stroke="#000" stroke-width="{stroke * 1.7}"/>'
    style = f'fill="none" stroke="url(#loop)" stroke-width="{stroke}"'
    return (
        f'<mask id="below" {MASK_BOX}><rect {MASK_AREA} fill="#fff"/>{gap}{holes}</mask>'
        f'<mask id="above" {MASK_BOX}><rect {MASK_AREA} fill="#fff"/>{holes}</mask>'
        f'<path d="{polyline(points, closed=True)}" {style} stroke-linejoin="round" mask="url(#below)"/>'
        f'<path d="{polyline(points[42:79])}" {style} mask="url(#above)"/>'
        + "".join(packet(kind, x, y, PACKET_RADIUS) for kind, x, y in stops)
    )


LOOP_GRADIENT = (
    '<linearGradient id="loop" gradientUnits="userSpaceOnUse" x1="-186" y1="-60" x2="186" y2="60">'
    '<stop offset="0" stop-color="#4CC2FF"/><stop offset="1" stop-color="#2DD4A0"/></linearGradient>'
)


def atlas_icons(colour: dict[str, str]) -> dict[str, str]:
    """Cut icons from the largest atlas, tint them, and return them as data addresses for SVG."""
    index = json.loads((ASSETS / "icons" / "atlas.json").read_text(encoding="utf-8"))
    size = max(int(key) for key in index["atlases"])
    atlas = Image.open(ASSETS / "icons" / index["atlases"][str(size)])
    addresses = {}
    for name, tint in colour.items():
        row, column = divmod(index["icons"][name], index["columns"])
        cell = atlas.crop((column * size, row * size, (column + 1) * size, (row + 1) * size))
        painted = Image.new("RGBA", cell.size, tint)
        painted.putalpha(cell.getchannel("A"))
        buffer = io.BytesIO()
        painted.save(buffer, "PNG")
        addresses[name] = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return addresses
