"""The pictures cards are made of, drawn once for a size: bodies with their shadow, outlines, heat, badges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pygame

from game.view.layout import CardLayout
from game.view.shapes import Canvas, Mask, Rgb, filled, mix, pixel_grid, rounded_box, soft, stroked

HEAT_LEVELS = 6
_MOST_SPRITES = 1024
_TAB = 3.2
_BLACK = Rgb(0, 0, 0)
_WHITE = Rgb(255, 255, 255)


def card_body(
    layout: CardLayout, panel: Rgb, header: Rgb, border: Rgb, tab: Rgb | None = None, dashed: bool = False
) -> pygame.Surface:
    """A card with its soft shadow, `layout.margin` of room on every side.

    tab: the colour of a strip along its left edge. dashed: a node that is not at work.
    """
    canvas, xs, ys = _canvas(layout)
    card = _card(layout, xs, ys)
    drop = layout.unit * 5
    shadow = rounded_box(xs, ys - drop, layout.width / 2 - 1, layout.height / 2 - 2, layout.radius)
    canvas.lay(_BLACK, soft(shadow, layout.margin * 0.85), 0.5)
    inside = filled(card)
    canvas.lay(panel, inside)
    if layout.header:
        top = (ys < layout.header - layout.height / 2).astype(float)
        canvas.lay(header, inside * top)
    if tab is not None:
        strip = np.clip(layout.unit * _TAB - (xs + layout.width / 2), 0.0, 1.0)
        canvas.lay(tab, inside * strip)
    sheen = np.clip(1.0 - (ys + layout.height / 2) / max(1.0, layout.header or layout.height * 0.3), 0.0, 1.0)
    canvas.lay(_WHITE, inside * sheen, 0.035)
    line = max(1.0, layout.unit * 1.2)
    edge = stroked(card, line)
    if dashed:
        edge = edge * ((xs + ys) % (layout.unit * 11) < layout.unit * 6)
    canvas.lay(border, edge)
    shine = stroked(card, line) * np.clip(-ys / (layout.height / 2) * 1.6 - 0.7, 0.0, 1.0)
    canvas.lay(_WHITE, shine, 0.16)
    return canvas.alpha_surface()


def outline(layout: CardLayout, colour: Rgb, width: float, halo: float = 0.0) -> pygame.Surface:
    """A frame around a card, with a halo of that opacity; the card itself stays free."""
    canvas, xs, ys = _canvas(layout)
    gap = layout.unit * 2.5
    frame = rounded_box(
        xs, ys, layout.width / 2 + gap + width, layout.height / 2 + gap + width, layout.radius + gap + width
    )
    if halo:
        canvas.lay(colour, soft(frame, layout.margin - gap - width), halo)
        canvas.cut(filled(_card(layout, xs, ys)))
    canvas.lay(colour, stroked(frame, width))
    return canvas.alpha_surface()


def heat(layout: CardLayout, level: int, warm: Rgb, hot: Rgb) -> pygame.Surface:
    """The glow of an overloaded node, level 1 to HEAT_LEVELS, with a hole where the card is."""
    canvas, xs, ys = _canvas(layout)
    card = _card(layout, xs, ys)
    share = level / HEAT_LEVELS
    colour = mix(warm, hot, min(1.0, share * 1.25))
    glow = soft(card, layout.margin)
    canvas.lay(colour, glow * glow, 0.25 + 0.55 * share)
    line = max(1.0, layout.unit * (1.0 + share))
    canvas.cut(filled(card + line))
    canvas.lay(colour, stroked(card, line), 0.6 + 0.4 * share)
    return canvas.alpha_surface()


def ghost_body(layout: CardLayout, colour: Rgb, panel: Rgb) -> pygame.Surface:
    """The picture of a card that does not stand yet."""
    canvas, xs, ys = _canvas(layout)
    card = _card(layout, xs, ys)
    canvas.lay(colour, soft(card, layout.margin) ** 2, 0.28)
    canvas.cut(filled(card))
    canvas.lay(mix(panel, colour, 0.16), filled(card), 0.86)
    canvas.lay(colour, stroked(card, max(1.0, layout.unit * 1.8)))
    return canvas.alpha_surface()


def pill(width: int, height: int, fill: Rgb, border: Rgb, rim: Rgb) -> pygame.Surface:
    """A badge: rounded ends, a border, and a rim in the map's colour that lifts it off what is below."""
    rim_width = max(2, round(height * 0.1))
    canvas = Canvas(width + 2 * rim_width, height + 2 * rim_width)
    xs, ys = pixel_grid(canvas.width, canvas.height)
    outer = rounded_box(xs, ys, width / 2 + rim_width, height / 2 + rim_width, height / 2 + rim_width)
    inner = rounded_box(xs, ys, width / 2, height / 2, height / 2)
    canvas.lay(rim, filled(outer))
    canvas.lay(fill, filled(inner))
    canvas.lay(border, stroked(inner, max(1.0, height * 0.07)))
    return canvas.alpha_surface()


def ring(
    diameter: int, share: float, colour: Rgb, track: Rgb, background: Rgb, icon: pygame.Surface | None
) -> pygame.Surface:
    """A gauge: the arc from twelve o'clock clockwise shows `share`, the icon sits inside. Opaque."""
    canvas = Canvas(diameter, diameter)
    xs, ys = pixel_grid(diameter, diameter)
    width = max(2.0, diameter * 0.085)
    distance = np.abs(np.hypot(xs, ys) - (diameter / 2 - width / 2 - 0.5)) - width / 2
    canvas.lay(track, filled(distance))
    if share > 0.0:
        canvas.lay(colour, filled(distance) * _sector(xs, ys, share))
    surface = canvas.opaque_surface(background)
    if icon is not None:
        surface.blit(icon, icon.get_rect(center=(diameter // 2, diameter // 2)))
    return surface


def _sector(xs: Mask, ys: Mask, share: float) -> Mask:
    """Coverage of the sector from twelve o'clock over `share` of the circle, with soft ends."""
    angle = np.arctan2(xs, -ys) % (2 * np.pi)
    radius = np.maximum(1.0, np.hypot(xs, ys))
    ahead = (share * 2 * np.pi - angle) * radius
    return np.clip(ahead + 0.5, 0.0, 1.0) if share < 1.0 else np.ones_like(angle)


def _canvas(layout: CardLayout) -> tuple[Canvas, Mask, Mask]:
    canvas = Canvas(layout.width + 2 * layout.margin, layout.height + 2 * layout.margin)
    xs, ys = pixel_grid(canvas.width, canvas.height)
    return canvas, xs, ys


def _card(layout: CardLayout, xs: Mask, ys: Mask) -> Mask:
    return rounded_box(xs, ys, layout.width / 2, layout.height / 2, layout.radius)


class SpriteCache:
    """Pictures by key, made at first use and forgotten together when the size changes."""

    def __init__(self) -> None:
        self._made: dict[object, pygame.Surface] = {}

    def get(self, key: object, make: Callable[[], pygame.Surface]) -> pygame.Surface:
        """The picture for the key."""
        surface = self._made.get(key)
        if surface is None:
            if len(self._made) >= _MOST_SPRITES:
                self._made.clear()
            surface = make()
            self._made[key] = surface
        return surface

    def clear(self) -> None:
        """Forget everything."""
        self._made.clear()
