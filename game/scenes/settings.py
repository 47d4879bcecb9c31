"""The settings: sound, screen, access, and keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import pygame

from game.context import Context
from game.keymap import MODIFIERS, Binding
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.ui.button import Button, Kind
from game.ui.choice import Segmented, Slider, Toggle
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Panel, Widget

PAGES = ("sound", "screen", "access", "keys")
MARGIN = 56
ROW = 58
KEY_ROW = 44
CONTROL_WIDTH = 280
PANEL_WIDTH = 944
ALONE_NO_KEY = (
    *(pygame.K_LCTRL, pygame.K_RCTRL, pygame.K_LSHIFT, pygame.K_RSHIFT, pygame.K_LALT, pygame.K_RALT),
    *(pygame.K_LMETA, pygame.K_RMETA, pygame.K_CAPSLOCK),
)
SideRow = tuple[Label, Label, Widget]


class SettingsScene(Screen):
    """A page a subject. `leads_back` makes the scene to return to."""

    def __init__(self, ctx: Context, leads_back: Callable[[Context], Scene]) -> None:
        super().__init__(ctx)
        self.leads_back = leads_back
        self.page = PAGES[0]
        self.waiting_for = ""
        self.rows: list[SideRow] = []

    def build(self) -> None:
        """The tabs, the rows of the page that is open, and the way back."""
        ctx, t = self.ctx, self.ctx.i18n.t
        self.heading = self.root.add(Label(ctx, t("settings.title"), "title"))
        self.tabs = [
            self.root.add(Button(ctx, t(f"settings.page.{page}"), partial(self._open, page), kind=Kind.QUIET))
            for page in PAGES
        ]
        for page, tab in zip(PAGES, self.tabs, strict=True):
            tab.set_active(page == self.page)
        self.panel = self.root.add(Panel(ctx))
        self.scroll = self.panel.add(Scroll(ctx))
        self.rows = []
        {"sound": self._sound, "screen": self._screen, "access": self._access, "keys": self._keys}[self.page]()
        self.back_button = self.root.add(
            Button(ctx, t("settings.back"), self._go_back, icon="arrow-left", kind=Kind.QUIET)
        )

    def _row(self, key: str, control: Widget, text: str = "") -> None:
        t = self.ctx.i18n.t
        name = self.scroll.add(Label(self.ctx, text or t(f"settings.{key}.name"), "strong"))
        about = self.scroll.add(Label(self.ctx, "" if text else t(f"settings.{key}.about"), "small", "muted"))
        self.rows.append((name, about, self.scroll.add(control)))

    def _sound(self) -> None:
        for key in ("effects_volume", "music_volume"):
            self._row(key, Slider(self.ctx, 0.0, 1.0, 0.05, getattr(self.ctx.settings, key), self._setter(key)))

    def _screen(self) -> None:
        t, settings = self.ctx.i18n.t, self.ctx.settings
        languages = [("en", "English"), ("ko", "한국어")]
        self._row("language", Segmented(self.ctx, languages, settings.language, self._setter("language")))
        sizes = [(str(size), f"{round(size * 100)}%") for size in (0.9, 1.0, 1.1, 1.25)]
        self._row(
            "ui_scale",
            Segmented(self.ctx, sizes, str(settings.ui_scale), lambda size: self._set("ui_scale", float(size))),
        )
        effects = [(value, t(f"settings.effects.{value}")) for value in ("auto", "full", "low")]
        self._row("effects", Segmented(self.ctx, effects, settings.effects, self._setter("effects")))
        if sys.platform != "emscripten":
            self._row("fullscreen", Toggle(self.ctx, settings.fullscreen, self._setter("fullscreen")))

    def _access(self) -> None:
        t, settings = self.ctx.i18n.t, self.ctx.settings
        palettes = [(value, t(f"settings.palette.{value}")) for value in ("standard", "colour_blind")]
        self._row("palette", Segmented(self.ctx, palettes, settings.palette, self._setter("palette")))
        for key in ("reduced_motion", "no_flashing"):
            self._row(key, Toggle(self.ctx, getattr(settings, key), self._setter(key)))

    def _keys(self) -> None:
        t, keymap = self.ctx.i18n.t, self.ctx.keymap
        for action in keymap.actions:
            label = t("settings.press") if action == self.waiting_for else keymap.label(action)
            button = Button(self.ctx, label, partial(self._ask_key, action), role="small")
            button.set_active(action == self.waiting_for)
            self._row(action, button, t(f"action.{action}"))
        self._row("reset", Button(self.ctx, t("settings.reset.do"), self._reset_keys, role="small"))

    def _setter(self, key: str) -> Callable[[object], None]:
        return partial(self._set, key)

    def _set(self, key: str, value: object) -> None:
        setattr(self.ctx.settings, key, value)
        self.ctx.save_settings()

    def _open(self, page: str) -> None:
        self.page, self.waiting_for = page, ""
        self.layout(self.size)

    def _ask_key(self, action: str) -> None:
        self.waiting_for = action
        self._rebuild_keys()

    def _reset_keys(self) -> None:
        self.ctx.keymap.reset()
        self.ctx.save_settings()
        self._rebuild_keys()

    def _rebuild_keys(self) -> None:
        offset = self.scroll.offset
        self.layout(self.size)
        self.scroll.scroll_to(offset)

    def handle(self, event: pygame.event.Event) -> None:
        """While a key is asked for, the next key press is the answer; Esc leaves everything as it was."""
        if not self.waiting_for or event.type != pygame.KEYDOWN:
            super().handle(event)
            return
        if event.key in ALONE_NO_KEY:
            return
        if event.key != pygame.K_ESCAPE or self.waiting_for == "menu":
            self.ctx.keymap.rebind(self.waiting_for, Binding(event.key, bool(event.mod & MODIFIERS)))
            self.ctx.save_settings()
        self.waiting_for = ""
        self._rebuild_keys()

    def arrange(self) -> None:
        """Tabs on the left, the page on the right."""
        px = self.px
        left, tab_width = px(MARGIN), px(200)
        self.heading.layout(pygame.Rect(left, px(48), self.size[0] - 2 * left, px(44)))
        for index, tab in enumerate(self.tabs):
            tab.layout(pygame.Rect(left, px(128) + index * px(48), tab_width, px(42)))
        panel = pygame.Rect(left + tab_width + px(24), px(128), 0, self.size[1] - px(128 + 56))
        panel.width = min(self.size[0] - left - panel.left, px(PANEL_WIDTH))
        self.panel.layout(panel)
        inner = panel.inflate(-px(4), -px(16))
        self.scroll.layout(inner)
        row = px(KEY_ROW if self.page == "keys" else ROW + 14)
        self.scroll.content = row * len(self.rows) + px(16)
        for index, (name, about, control) in enumerate(self.rows):
            self._arrange_row(inner, inner.top + px(8) + index * row, row, (name, about, control))
        self.back_button.layout(pygame.Rect(left, self.size[1] - px(96), self.back_button.natural_width(), px(40)))

    def _arrange_row(self, inner: pygame.Rect, top: int, row: int, parts: SideRow) -> None:
        px = self.px
        name, about, control = parts
        wide = px(CONTROL_WIDTH)
        text_width = inner.width - wide - px(72)
        tall = px(34)
        control.layout(pygame.Rect(inner.right - wide - px(24), top + (row - tall) // 2, wide, tall))
        line = px(24)
        if about.text:
            name.layout(pygame.Rect(inner.left + px(24), top + row // 2 - line, text_width, line))
            about.layout(pygame.Rect(inner.left + px(24), top + row // 2, text_width, line))
        else:
            name.layout(pygame.Rect(inner.left + px(24), top + (row - line) // 2, text_width, line))

    def back(self) -> Scene | None:
        """Where the settings were opened from."""
        return self.leads_back(self.ctx)

    def _go_back(self) -> None:
        self.next_scene = self.back()
