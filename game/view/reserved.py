"""Signs on wires that are reserved: the small pictures of the kinds of request they are kept for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from game.context import Context
from game.view.cards import SpriteCache
from game.view.geometry import CURVE_POINTS, FloatArray
from game.view.look import Look
from game.view.request_icons import request_icon
from game.view.shapes import Canvas, filled, mix, pixel_grid, rounded_box, stroked

_TRIED = tuple(round(CURVE_POINTS * share) for share in (0.3, 0.22, 0.4, 0.6, 0.72, 0.5, 0.15, 0.82))
_MOST = 3
_ICON = 13.0
_SMALL_ICON = 11.0


@dataclass(frozen=True, slots=True)
class ReservedLook:
    """What the signs are made with; small: for a map seen from afar."""

    ctx: Context
    look: Look
    sprites: SpriteCache
    small: bool


def paint_reserved(
    surface: pygame.Surface,
    style: ReservedLook,
    points: FloatArray,
    kinds: tuple[str, ...],
    standing: Sequence[pygame.Rect],
) -> None:
    """Put the sign for `kinds` on a wire whose points are pixels, shape (CURVE_POINTS, 2): near the caller's end, but
    where no card stands over the wire.
    """
    sprite = style.sprites.get(
        ("reserved", kinds, style.small), lambda: _plate(style.ctx, style.look, kinds, style.small)
    )
    places = [sprite.get_rect(center=(round(points[at, 0]), round(points[at, 1]))) for at in _TRIED]
    surface.blit(sprite, next((place for place in places if place.collidelist(standing) < 0), places[0]))


def _plate(ctx: Context, look: Look, kinds: tuple[str, ...], small: bool) -> pygame.Surface:
    px = ctx.theme.px
    colour = look.accent
    fill = mix(look.panel, colour, 0.14)
    size = _SMALL_ICON if small else _ICON
    parts = [ctx.icons.get(request_icon(kind), size, look.text, fill) for kind in kinds[:_MOST]]
    if len(kinds) > _MOST:
        parts.append(ctx.text.get(f"+{len(kinds) - _MOST}", "small", look.text, fill))
    gap, pad = px(3), px(5)
    width = sum(part.get_width() for part in parts) + gap * (len(parts) - 1) + 2 * pad
    height = max(part.get_height() for part in parts) + px(6)
    canvas = Canvas(width, height)
    plate = rounded_box(*pixel_grid(width, height), width / 2, height / 2, height / 2)
    canvas.lay(fill, filled(plate))
    canvas.lay(colour, stroked(plate, max(1.0, ctx.theme.scale)))
    made = canvas.alpha_surface().copy()
    x = pad
    for part in parts:
        made.blit(part, part.get_rect(midleft=(x, height // 2)))
        x += part.get_width() + gap
    return made
