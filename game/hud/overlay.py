"""What lies over the play screen while it is paused: the menu and the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from game.context import Context
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel, Widget

MENU_WIDTH = 400
HELP_WIDTH = 880
HELP = (
    ("time", ("pause", "speed_1", "speed_2", "speed_4", "speed_8", "start")),
    ("building", ("build_1", "category", "wire", "undo", "redo")),
    ("selection", ("clone", "scale_up", "restart", "operate", "sell")),
    ("view", ("answer", "fit", "log", "inspector", "hosts", "finance", "help", "menu")),
)
HELP_HEADS = {"time": "time", "building": "build", "selection": "node", "view": "view"}
MOUSE = ("mouse_select", "mouse_wire", "mouse_pan")


class Overlay(Panel):
    """A box in the middle of the window that takes every event until it is closed."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, raised=False)
        self.ready = False

    def handle(self, event: pygame.event.Event) -> bool:
        """Nothing behind it is reached."""
        super().handle(event)
        return event.type != pygame.KEYDOWN

    def draw(self, surface: pygame.Surface) -> None:
        """A frame that lifts it off what is behind."""
        pygame.draw.rect(surface, self.ctx.theme.palette.bg, self.rect.inflate(self.px(16), self.px(16)))
        super().draw(surface)
        pygame.draw.rect(surface, self.ctx.theme.palette.accent, self.rect, self.px(1))


def pause_menu(
    ctx: Context, size: tuple[int, int], seed: int, entries: Sequence[tuple[str, str, Callable[[], None]]]
) -> Overlay:
    """The pause menu. entries: key of the text under `play.pause`, icon, what it does."""
    px, t = ctx.theme.px, ctx.i18n.t
    overlay = Overlay(ctx)
    height = px(150 + 54 * len(entries))
    rect = pygame.Rect(0, 0, px(MENU_WIDTH), height)
    rect.center = (size[0] // 2, size[1] // 2)
    overlay.layout(rect)
    _add(overlay, Label(ctx, t("play.pause.title"), "title"), rect, 24, 40)
    _add(overlay, Label(ctx, t("play.pause.seed", seed=seed), "small", "muted"), rect, 64, 22)
    y = 98
    for index, (key, icon, act) in enumerate(entries):
        kind = Kind.PRIMARY if index == 0 else Kind.NORMAL
        _add(overlay, Button(ctx, t(f"play.pause.{key}"), act, icon=icon, kind=kind), rect, y, 44)
        y += 54
    _add(overlay, Label(ctx, t("play.pause.quit_note"), "small", "muted", wrap=True), rect, y, 40)
    return overlay


def help_page(ctx: Context, size: tuple[int, int], on_close: Callable[[], None]) -> Overlay:
    """All keys, and what mouse and fingers do."""
    px, t = ctx.theme.px, ctx.i18n.t
    overlay = Overlay(ctx)
    rect = pygame.Rect(0, 0, px(HELP_WIDTH), px(520))
    rect.center = (size[0] // 2, size[1] // 2)
    overlay.layout(rect)
    _add(overlay, Label(ctx, t("play.help.title"), "title"), rect, 20, 44)
    column = (rect.width - px(56)) // 2
    for index, (head, actions) in enumerate(HELP):
        x = rect.left + px(28) + (index % 2) * column
        y = rect.top + px(76) + (index // 2) * px(176)
        overlay.add(Label(ctx, t(f"play.help.{HELP_HEADS[head]}"), "strong", "accent")).layout(
            pygame.Rect(x, y, column - px(24), px(24))
        )
        for row, action in enumerate(actions):
            line = y + px(26 + row * 23)
            name = t("play.help.build_n") if action == "build_1" else t(f"action.{action}")
            key = "1–9" if action == "build_1" else ctx.keymap.label(action)
            overlay.add(Label(ctx, name, "small")).layout(pygame.Rect(x, line, column - px(110), px(22)))
            overlay.add(Label(ctx, key, "small", "muted", align="right")).layout(
                pygame.Rect(x + column - px(120), line, px(90), px(22))
            )
    for row, key in enumerate(MOUSE):
        _add(overlay, Label(ctx, t(f"play.help.{key}"), "small", "muted"), rect, 418 + row * 22, 22)
    close = overlay.add(Button(ctx, t("play.help.close"), on_close, kind=Kind.PRIMARY))
    width = close.natural_width()
    close.layout(pygame.Rect(rect.right - px(28) - width, rect.top + px(22), width, px(38)))
    return overlay


def _add(overlay: Overlay, widget: Widget, rect: pygame.Rect, top: float, height: float) -> None:
    px = overlay.px
    overlay.add(widget).layout(pygame.Rect(rect.left + px(28), rect.top + px(top), rect.width - px(56), px(height)))
