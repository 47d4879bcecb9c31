"""Small opaque signs on the map: bubbles with a reason, costs next to a ghost, names of far-away nodes."""

from __future__ import annotations

import numpy as np
import pygame

from game.context import Context
from game.view.look import Look
from game.view.shapes import Canvas, Rgb, filled, mix, pixel_grid, polygon, rounded_box, soft, stroked

_WIDEST = 300.0
_NOSE = 7.0


def chip(ctx: Context, look: Look, text: str, ink: Rgb, border: Rgb) -> pygame.Surface:
    """One line on a rounded plate."""
    fill = look.panel
    label = ctx.text.get(text, "small", ink, fill)
    scale = ctx.theme.scale
    width = label.get_width() + round(16 * scale)
    height = label.get_height() + round(6 * scale)
    surface = _plate(width, height, round(height * 0.36), fill, border, scale)
    surface.blit(label, label.get_rect(center=(width // 2, height // 2)))
    return surface


def bubble(ctx: Context, look: Look, text: str, border: Rgb, icon: str, below: bool = False) -> pygame.Surface:
    """A reason with a nose that points down at the place it is about (`below`: up). The nose is in the middle."""
    scale = ctx.theme.scale
    fill = mix(look.panel_high, border, 0.1)
    lines = ctx.text.wrap(text, "small", round(_WIDEST * scale))
    labels = [ctx.text.get(line, "small", look.text, fill) for line in lines]
    sign = ctx.icons.get(icon, 18, border, fill)
    pad, gap, nose = round(10 * scale), round(8 * scale), round(_NOSE * scale)
    line_height = max(label.get_height() for label in labels)
    inner_height = max(sign.get_height(), line_height * len(labels))
    width = 2 * pad + sign.get_width() + gap + max(label.get_width() for label in labels)
    height = 2 * round(7 * scale) + inner_height
    shadow = round(8 * scale)
    surface = _balloon(width, height, nose, shadow, fill, border, scale, below)
    left, middle = shadow + pad, shadow + (nose if below else 0) + height // 2
    surface.blit(sign, sign.get_rect(midleft=(left, middle)))
    top = middle - line_height * len(labels) // 2
    for row, label in enumerate(labels):
        surface.blit(label, (left + sign.get_width() + gap, top + row * line_height))
    return surface


def _plate(width: int, height: int, radius: int, fill: Rgb, border: Rgb, scale: float) -> pygame.Surface:
    canvas = Canvas(width, height)
    xs, ys = pixel_grid(width, height)
    plate = rounded_box(xs, ys, width / 2, height / 2, radius)
    canvas.lay(fill, filled(plate))
    canvas.lay(border, stroked(plate, max(1.0, scale)))
    return canvas.alpha_surface()


def _balloon(
    width: int, height: int, nose: int, shadow: int, fill: Rgb, border: Rgb, scale: float, below: bool
) -> pygame.Surface:
    canvas = Canvas(width + 2 * shadow, height + nose + 2 * shadow)
    xs, ys = pixel_grid(canvas.width, canvas.height)
    turned = -ys if below else ys
    plate = rounded_box(xs, turned + nose / 2, width / 2, height / 2, 8 * scale)
    root = height / 2 - nose / 2 - 2
    tip = polygon(xs, turned, [(nose * 1.1, root), (0.0, root + nose + 2), (-nose * 1.1, root)])
    shape = np.minimum(plate, tip)
    canvas.lay(Rgb(0, 0, 0), soft(rounded_box(xs, ys - 3 * scale, width / 2, height / 2, 8 * scale), shadow), 0.45)
    canvas.lay(fill, filled(shape))
    canvas.lay(border, stroked(shape, max(1.0, 1.4 * scale)))
    return canvas.alpha_surface()
