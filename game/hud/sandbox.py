"""The knobs of a sandbox, on the page of the system: traffic, mix of requests, and every event by a button."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.commands import Fire, Tune
from engine.spec import EventSpec
from engine.view import Phase
from game.hud.inspector.page import Page
from game.hud.log_entries import ICONS
from game.ui.button import Button, Kind
from game.ui.choice import Slider
from game.ui.label import Label

STOPS = (0, 10, 25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1000)
USUAL = 100
ROW = 28
EVENT_ROW = 34
# Shares of the page's width: up to where the name goes, and the slider.
NAME, SLIDER = 0.43, 0.81


class Knob:
    """A slider for one setting: its name on the left, its value in percent on the right."""

    def __init__(self, page: Page, key: str, name: str, tooltip: str) -> None:
        self.page, self.key = page, key
        self.value = USUAL
        ctx = page.ctx
        label = Label(ctx, ctx.text.fit(name, "small", round(page.width * (NAME - 0.01))), "small", tooltip=tooltip)
        page.place(page.add(label), ROW, 0.0, NAME)
        self.slider = page.add(Slider(ctx, 0, len(STOPS) - 1, 1, STOPS.index(USUAL), self._slid, tooltip=tooltip))
        page.place(self.slider, ROW, NAME + 0.01, SLIDER)
        self.shown = page.add(Label(ctx, "", "small", align="right"))
        page.place(self.shown, ROW, SLIDER, 1.0)
        page.down(ROW)
        page.always(self.refresh)

    def _slid(self, index: float) -> None:
        self.page.hands.command(Tune(self.key, STOPS[round(index)]))
        self.refresh()

    def reset(self) -> None:
        """As the stage has it."""
        if self.value != USUAL:
            self.page.hands.command(Tune(self.key, USUAL))

    def refresh(self) -> None:
        """Show what is set."""
        self.value = self.page.session.view.tuned.get(self.key, USUAL)
        if not self.slider.dragging:
            self.slider.set_value(min(range(len(STOPS)), key=lambda index: abs(STOPS[index] - self.value)))
        self.shown.set(f"{self.value}%", "text" if self.value == USUAL else "accent")


class EventButton(Button):
    """Fires an event. The avatar of its department stands left, its name beside it."""

    def __init__(self, page: Page, event: EventSpec, on_press: Callable[[], None]) -> None:
        ctx, t = page.ctx, page.ctx.i18n.t
        who = t(f"department.{event.department.value}")
        said = next((t(key) for key in _spoken(event) if ctx.i18n.has(key)), "")
        tip = f"{t('sandbox.fire_tip', department=who)}\n{said}"
        super().__init__(ctx, event_name(page, event), on_press, kind=Kind.NORMAL, tooltip=tip, role="small")
        self.event = event

    def _paint_content(self, surface: pygame.Surface, background: pygame.Color, ink: pygame.Color) -> None:
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        tone: pygame.Color = getattr(palette, self.event.department.value) if self.enabled else palette.muted
        icon = ctx.icons.get(ICONS[self.event.department], 16, tone, background)
        surface.blit(icon, icon.get_rect(midleft=(self.rect.left + px(6), self.rect.centery)))
        words = ctx.text.fit(self.text, "small", self.rect.width - px(31))
        name = ctx.text.get(words, "small", ink, background)
        surface.blit(name, name.get_rect(midleft=(self.rect.left + px(27), self.rect.centery)))


def event_name(page: Page, event: EventSpec) -> str:
    """The short name of an event; what is said when it starts, or its id, where it has none."""
    i18n = page.ctx.i18n
    keys = (f"sandbox.event.{event.id}", *_spoken(event))
    return next((i18n.t(key) for key in keys if i18n.has(key)), event.id)


def _spoken(event: EventSpec) -> tuple[str, str]:
    return f"event.{event.id}.start", f"event.{event.id}.announce"


def sandbox_section(page: Page) -> None:
    """The knobs and the events, kept up to date."""
    _knobs(page)
    _events(page)


def _knobs(page: Page) -> None:
    t, stage = page.ctx.i18n.t, page.session.stage
    page.head(t("sandbox.title"))
    knobs = [Knob(page, "traffic", t("sandbox.traffic"), t("sandbox.traffic_tip"))]
    page.down(6)
    page.head(t("sandbox.mix"))
    for kind in stage.request_kinds:
        name = t(f"request.{kind.id}.name")
        knobs.append(Knob(page, f"mix:{kind.id}", name, t("sandbox.mix_tip", kind=name)))

    def reset() -> None:
        for knob in knobs:
            knob.reset()
            knob.refresh()

    page.down(4)
    button = page.add(Button(page.ctx, t("sandbox.reset"), reset, icon="restart", kind=Kind.NORMAL, role="small"))
    page.place(button, 30, 0.0, 0.5)
    page.down(40)
    page.always(lambda: button.set(enabled=any(knob.value != USUAL for knob in knobs)))


def _events(page: Page) -> None:
    t, session, command = page.ctx.i18n.t, page.session, page.hands.command
    page.head(t("sandbox.events"))
    if session.phase is Phase.SETUP:
        page.paragraph(t("sandbox.events_setup"))
    buttons = []
    for index, event in enumerate(session.stage.events):
        button = page.add(EventButton(page, event, lambda event=event: command(Fire(event.id))))  # type: ignore[misc]
        page.place(button, EVENT_ROW - 5, 0.5 * (index % 2), 0.5 * (index % 2) + 0.49)
        buttons.append(button)
        if index % 2 or event is session.stage.events[-1]:
            page.down(EVENT_ROW)
    page.down(6)

    def update() -> None:
        active = session.view.active_events
        for button in buttons:
            button.set(enabled=session.phase is Phase.OPERATION)
            button.set_active(button.event.id in active)

    page.always(update)
