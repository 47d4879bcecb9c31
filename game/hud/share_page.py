"""The page that hands out a share code."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.clipboard import copy_text
from game.context import Context
from game.hud.overlay import Overlay
from game.hud.share_link import link_to
from game.ui.button import Button, Kind
from game.ui.label import Label

WIDTH = 640
PADDING = 28
MOST_LINES = 9


def share_page(ctx: Context, size: tuple[int, int], code: str, on_close: Callable[[], None]) -> Overlay:
    """The code, whole if it is short enough to be read, and buttons that copy it (and in a browser, a link)."""
    px, t = ctx.theme.px, ctx.i18n.t
    overlay = Overlay(ctx)
    inner = px(WIDTH - 2 * PADDING)
    lines = ctx.text.wrap(code, "small", inner - px(24))
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    tall = len(lines) * ctx.text.line_height("small") + px(20)
    rect = pygame.Rect(0, 0, px(WIDTH), px(20 + 44 + 30 + 16 + 34 + 16 + 44 + 24) + tall)
    rect.center = (size[0] // 2, size[1] // 2)
    overlay.layout(rect)
    left, y = rect.left + px(PADDING), rect.top + px(20)
    overlay.add(Label(ctx, t("result.share_title"), "title")).layout(pygame.Rect(left, y, inner, px(44)))
    y += px(46)
    overlay.add(Label(ctx, t("result.share_body"), "body", "muted")).layout(pygame.Rect(left, y, inner, px(26)))
    y += px(38)
    words = overlay.add(Label(ctx, "\n".join(lines), "small", wrap=True))
    words.layout(pygame.Rect(left, y, inner, tall))
    y += tall
    note = overlay.add(Label(ctx, "", "small", "ok"))
    note.layout(pygame.Rect(left, y, inner, px(26)))
    y += px(42)

    def hand_out(text: str) -> None:
        copied = copy_text(text)
        note.set(t("result.share_copied" if copied else "result.share_failed"), "ok" if copied else "warn")

    link = link_to(code)
    buttons = [Button(ctx, t("result.share_copy"), lambda: hand_out(code), icon="copy", kind=Kind.PRIMARY)]
    if link is not None:
        buttons.append(Button(ctx, t("result.share_link"), lambda: hand_out(link), icon="link"))
    buttons.append(Button(ctx, t("result.share_close"), on_close, kind=Kind.QUIET))
    for button in buttons:
        wide = button.natural_width() + px(12)
        overlay.add(button).layout(pygame.Rect(left, y, wide, px(44)))
        left += wide + px(12)
    return overlay
