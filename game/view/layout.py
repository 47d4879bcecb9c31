"""Where everything is on a node's card, in physical pixels, at a given zoom: three levels of detail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from game.view.geometry import CARD_HEIGHT, CARD_WIDTH

Rectangle = tuple[int, int, int, int]

_COMPACT_FROM = 0.66
_FULL_FROM = 0.95
_LARGE_FROM = 1.4


class Detail(Enum):
    """How much a card says."""

    MINI = 1
    COMPACT = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class CardLayout:
    """Places relative to the card's top left corner; `margin` is the room around it that its glow and badges use.

    texts: left edge and the vertical middles of the lines of numbers.
    """

    detail: Detail
    width: int
    height: int
    radius: int
    margin: int
    padding: int
    header: int
    ring_x: int
    ring_y: int
    ring: int
    icon: float
    text_x: int
    text_ys: tuple[int, ...]
    body: Rectangle
    slots_bar: Rectangle | None
    queue_bar: Rectangle
    name_role: str
    number_role: str
    unit: float


def card_layout(zoom: float, theme_scale: float) -> CardLayout:
    """The layout at a zoom; `theme_scale` is physical pixels to a logical one."""
    if zoom >= _FULL_FROM:
        return _full(zoom, theme_scale)
    if zoom >= _COMPACT_FROM:
        return _compact(zoom, theme_scale)
    return _mini(zoom, theme_scale)


def _full(zoom: float, theme_scale: float) -> CardLayout:
    unit = zoom * theme_scale
    large = zoom >= _LARGE_FROM

    def at(value: float) -> int:
        return round(value * unit)

    line = 14 * theme_scale * 1.28
    text_top = at(26) + (at(70) - at(26) - 2 * line) / 2
    return CardLayout(
        detail=Detail.FULL,
        width=at(CARD_WIDTH),
        height=at(CARD_HEIGHT),
        radius=at(10),
        margin=at(14),
        padding=at(9),
        header=at(25),
        ring_x=at(26),
        ring_y=at(47.5),
        ring=at(35),
        icon=19 * zoom,
        text_x=at(49),
        text_ys=(round(text_top + line / 2), round(text_top + line * 1.5)) if not large else (at(39), at(57)),
        body=(at(5), at(26), at(CARD_WIDTH) - 2 * at(5), at(CARD_HEIGHT) - at(26) - at(4.5)),
        slots_bar=(at(9), at(70), at(CARD_WIDTH) - 2 * at(9), max(2, at(3))),
        queue_bar=(at(9), at(75.5), at(CARD_WIDTH) - 2 * at(9), max(2, at(3.5))),
        name_role="heading" if large else "small",
        number_role="strong" if large else "small",
        unit=unit,
    )


def _compact(zoom: float, theme_scale: float) -> CardLayout:
    unit = zoom * theme_scale
    width, height = round(CARD_WIDTH * unit), round(CARD_HEIGHT * unit)
    edge = round(5 * theme_scale)
    header = round(21 * theme_scale)
    bar = max(2, round(3 * theme_scale))
    bar_y = height - edge - bar + round(2 * theme_scale)
    ring = bar_y - header - round(5 * theme_scale)
    middle = header + (bar_y - header) // 2 - round(1 * theme_scale)
    inset = round(4 * theme_scale)
    return CardLayout(
        detail=Detail.COMPACT,
        width=width,
        height=height,
        radius=round(10 * unit),
        margin=round(14 * unit),
        padding=edge,
        header=header,
        ring_x=edge + ring // 2,
        ring_y=middle,
        ring=ring,
        icon=ring / theme_scale * 0.56,
        text_x=edge + ring + round(7 * theme_scale),
        text_ys=(middle,),
        body=(inset, header, width - 2 * inset, height - header - inset),
        slots_bar=None,
        queue_bar=(edge, bar_y, width - 2 * edge, bar),
        name_role="small",
        number_role="small",
        unit=unit,
    )


def _mini(zoom: float, theme_scale: float) -> CardLayout:
    unit = zoom * theme_scale
    width, height = round(CARD_WIDTH * unit), round(CARD_HEIGHT * unit)
    bar = max(2, round(2 * theme_scale))
    inset = round(3 * theme_scale)
    bar_y = height - inset - bar
    ring = round((bar_y - inset) * 0.94)
    return CardLayout(
        detail=Detail.MINI,
        width=width,
        height=height,
        radius=round(10 * unit),
        margin=round(14 * unit),
        padding=inset,
        header=0,
        ring_x=width // 2,
        ring_y=inset + (bar_y - inset) // 2,
        ring=ring,
        icon=ring / theme_scale * 0.56,
        text_x=0,
        text_ys=(),
        body=(inset, inset, width - 2 * inset, height - 2 * inset),
        slots_bar=None,
        queue_bar=(inset * 2, bar_y, width - 4 * inset, bar),
        name_role="small",
        number_role="small",
        unit=unit,
    )
