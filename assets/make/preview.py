"""The social preview: title and tagline beside a service under load."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drawing import LOOP_GRADIENT, Point, atlas_icons, mark, packet, polyline

BACKGROUND, PANEL, LINE, TEXT, MUTED = "#0B0F17", "#121824", "#243044", "#E6EDF7", "#8A99B0"
ACCENT, GREEN, AMBER, RED = "#4CC2FF", "#2DD4A0", "#FFB547", "#FF5D5D"
CARD_WIDTH, CARD_HEIGHT = 126.0, 92.0


@dataclass(frozen=True)
class Card:
    """A node of the picture: its centre, icon, name, figure below it, load from 0 to 1, and colour."""

    x: float
    y: float
    icon: str
    name: str
    figure: str
    load: float
    colour: str


CARDS = {
    "net": Card(496, 318, "internet", "Users", "1.2M", 0.62, ACCENT),
    "cdn": Card(672, 128, "cdn", "CDN", "3 ms", 0.24, GREEN),
    "lb": Card(672, 318, "load_balancer", "LB", "8.4k rps", 0.58, ACCENT),
    "vm1": Card(876, 178, "vm", "VM 1", "41 ms", 0.55, GREEN),
    "vm2": Card(876, 318, "vm", "VM 2", "1.9 s", 0.97, RED),
    "vm3": Card(876, 458, "vm", "VM 3", "57 ms", 0.66, GREEN),
    "cache": Card(1083, 178, "cache", "Cache", "96%", 0.35, GREEN),
    "db": Card(1083, 318, "sql_master", "SQL", "212 ms", 0.84, AMBER),
    "replica": Card(1083, 458, "sql_replica", "Replica", "38 ms", 0.48, GREEN),
}
# From, to, and the packets on the wire: (share of the way, kind).
WIRES: tuple[tuple[str, str, tuple[tuple[float, str], ...]], ...] = (
    ("net", "cdn", ((0.28, "static"), (0.5, "static"), (0.72, "static"))),
    ("net", "lb", ((0.22, "read"), (0.52, "write"), (0.8, "compute"))),
    ("lb", "vm1", ((0.3, "read"), (0.68, "compute"))),
    ("lb", "vm2", ((0.2, "read"), (0.5, "write"), (0.8, "compute"))),
    ("lb", "vm3", ((0.36, "compute"), (0.7, "read"))),
    ("vm1", "cache", ((0.32, "read"), (0.68, "read"))),
    ("vm1", "db", ((0.55, "write"),)),
    ("vm2", "db", ((0.2, "write"), (0.5, "write"), (0.8, "read"))),
    ("vm3", "db", ((0.45, "write"),)),
    ("vm3", "replica", ((0.3, "read"), (0.7, "read"))),
)


def wire_points(start: Card, end: Card) -> tuple[Point, Point, Point, Point]:
    """The cubic curve from the right edge of one card to the left edge of another."""
    x0, x1 = start.x + CARD_WIDTH / 2.0, end.x - CARD_WIDTH / 2.0
    if start.icon == "internet":
        x0 = start.x + 46.0
    bend = max(24.0, (x1 - x0) * 0.55)
    return (x0, start.y), (x0 + bend, start.y), (x1 - bend, end.y), (x1, end.y)


def along(curve: tuple[Point, Point, Point, Point], share: float) -> Point:
    """The point of a cubic curve at `share` of its parameter."""
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    x = sum(weight * point[0] for weight, point in zip(weights, curve, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, curve, strict=True))
    return round(x, 2), round(y, 2)


def text(x: float, y: float, size: float, content: str, colour: str, weight: int = 400, anchor: str = "start") -> str:
    """One line of text."""
    return (
        f'<text x="{x}" y="{y}" font-family="DevOps Sans" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{content}</text>'
    )


def arc(x: float, y: float, radius: float, share: float) -> str:
    """Path data of a ring's part, clockwise from twelve o'clock."""
    angle = 2.0 * math.pi * min(share, 0.999)
    end_x, end_y = x + radius * math.sin(angle), y - radius * math.cos(angle)
    return f"M{x},{y - radius} A{radius},{radius} 0 {int(share > 0.5)} 1 {end_x:.2f},{end_y:.2f}"


def ring(x: float, y: float, radius: float, card: Card) -> str:
    """The load ring of a card."""
    return (
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{LINE}" stroke-width="5"/>'
        f'<path d="{arc(x, y, radius, card.load)}" fill="none" stroke="{card.colour}" stroke-width="5" '
        'stroke-linecap="round"/>'
    )


def card_svg(card: Card, address: str) -> str:
    """A node: ring and icon left, name and figure right; the internet is a bare ring."""
    if card.icon == "internet":
        return (
            f'<circle cx="{card.x}" cy="{card.y}" r="46" fill="{PANEL}"/>{ring(card.x, card.y, 44, card)}'
            f'<image x="{card.x - 24}" y="{card.y - 24}" width="48" height="48" href="{address}"/>'
            + text(card.x, card.y + 74, 19, card.figure + " users", TEXT, 600, "middle")
        )
    left, top = card.x - CARD_WIDTH / 2.0, card.y - CARD_HEIGHT / 2.0
    hot = card.colour == RED
    border = card.colour if hot else LINE
    parts = [
        f'<ellipse cx="{card.x}" cy="{card.y}" rx="150" ry="112" fill="url(#heat)"/>' if hot else "",
        f'<rect x="{left}" y="{top + 4}" width="{CARD_WIDTH}" height="{CARD_HEIGHT}" rx="14" opacity="0.35"/>',
        f'<rect x="{left}" y="{top}" width="{CARD_WIDTH}" height="{CARD_HEIGHT}" rx="14" fill="url(#panel)" '
        f'stroke="{border}" stroke-width="{2.5 if hot else 1.5}"/>',
        ring(card.x, card.y - 12, 25, card),
        f'<image x="{card.x - 15}" y="{card.y - 27}" width="30" height="30" href="{address}"/>',
        text(left + 12, card.y + 36, 15, card.name, MUTED),
        text(left + CARD_WIDTH - 12, card.y + 36, 15, card.figure, card.colour if hot else TEXT, 600, "end"),
    ]
    if hot:
        parts.append(
            f'<rect x="{left + CARD_WIDTH - 34}" y="{top - 13}" width="48" height="26" rx="13" fill="{RED}"/>'
            + text(left + CARD_WIDTH - 10, top + 5.5, 15, "502", BACKGROUND, 600, "middle")
        )
    return "".join(parts)


def topology() -> str:
    """Wires, packets with a soft glow, and cards."""
    curves = [(wire_points(CARDS[start], CARDS[end]), CARDS[end], load) for start, end, load in WIRES]
    parts = []
    for (p0, p1, p2, p3), end, _ in curves:
        colour = "#7A3440" if end.colour == RED else "#33486A"
        path = f"M{p0[0]},{p0[1]} C{p1[0]},{p1[1]} {p2[0]},{p2[1]} {p3[0]},{p3[1]}"
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="3"/>')
    dots = [packet(kind, *along(curve, share), 7.0) for curve, _, load in curves for share, kind in load]
    parts.append(f'<g filter="url(#blur)" opacity="0.9">{"".join(dots)}</g>')
    icons = atlas_icons({card.icon: "#FFFFFF" if card.colour == RED else TEXT for card in CARDS.values()})
    parts.extend(card_svg(card, icons[card.icon]) for card in CARDS.values())
    parts.append("".join(dots))
    return "".join(parts)


def chart() -> str:
    """The traffic of the day along the bottom: what was answered, and what was lost at the peak."""
    answered, lost = [], []
    for x in range(0, 1201, 6):
        wave = 34 + 16 * math.sin(x / 150.0) + 7 * math.sin(x / 43.0 + 1.0) + 3 * math.sin(x / 17.0)
        burst = 62 * math.exp(-(((x - 900) / 120.0) ** 2))
        answered.append((float(x), 630 - wave - burst))
        errors = 30 * math.exp(-(((x - 925) / 70.0) ** 2)) * (1 + 0.25 * math.sin(x / 11.0))
        lost.append((float(x), 633 - errors))
    parts = []
    for points, colour, fill in ((answered, GREEN, "up"), (lost, RED, "down")):
        area = polyline([(0.0, 634.0), *points, (1200.0, 634.0)], closed=True)
        parts.append(f'<path d="{area}" fill="url(#{fill})"/>')
        parts.append(f'<path d="{polyline(points)}" fill="none" stroke="{colour}" stroke-width="2.5" opacity="0.8"/>')
    return "".join(parts)


def grid() -> str:
    """Faint dots on the map's grid."""
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="1.3" fill="#1C2739"/>' for x in range(20, 1200, 40) for y in range(20, 630, 40)
    )


def legend(x: float, y: float) -> str:
    """The four kinds of work with their shapes."""
    parts = []
    for kind, shift in (("static", 0), ("read", 92), ("write", 172), ("compute", 256)):
        parts.append(packet(kind, x + 8 + shift, y - 6, 8.0) + text(x + 25 + shift, y, 18, kind, MUTED))
    return "".join(parts)


DEFINITIONS = (
    f"{LOOP_GRADIENT}"
    '<radialGradient id="sky" gradientUnits="userSpaceOnUse" cx="900" cy="260" r="640">'
    '<stop offset="0" stop-color="#18304D" stop-opacity="0.85"/>'
    '<stop offset="1" stop-color="#0B0F17" stop-opacity="0"/></radialGradient>'
    '<radialGradient id="heat"><stop offset="0" stop-color="#FF5D5D" stop-opacity="0.5"/>'
    '<stop offset="1" stop-color="#FF5D5D" stop-opacity="0"/></radialGradient>'
    '<linearGradient id="panel" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1A2436"/>'
    '<stop offset="1" stop-color="#121824"/></linearGradient>'
    '<linearGradient id="up" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2DD4A0" stop-opacity="0.30"/>'
    '<stop offset="1" stop-color="#2DD4A0" stop-opacity="0.02"/></linearGradient>'
    '<linearGradient id="down" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#FF5D5D" stop-opacity="0.6"/>'
    '<stop offset="1" stop-color="#FF5D5D" stop-opacity="0.1"/></linearGradient>'
    '<filter id="blur" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="6"/></filter>'
)


def preview_svg() -> str:
    """The whole picture, 1200 x 630."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630">'
        f"<defs>{DEFINITIONS}</defs>"
        f'<rect width="1200" height="630" fill="{BACKGROUND}"/>{grid()}'
        '<rect width="1200" height="630" fill="url(#sky)"/>'
        f"{chart()}{topology()}"
        f'<g transform="translate(145 122) scale(0.4)">{mark(44.0, True)}</g>'
        + text(60, 264, 74, "Project", TEXT, 600)
        + text(60, 344, 74, "DevOps", TEXT, 600)
        + text(62, 398, 25, "Build it. Scale it. Keep it up.", ACCENT, 600)
        + text(62, 434, 19, "The infrastructure tycoon.", MUTED)
        + legend(62, 496)
        + "</svg>"
    )
