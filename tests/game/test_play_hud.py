"""The dashboard: what repaints, what flashes, what is cut off, and what the words say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from engine.commands import Sell, StartOperation
from engine.facts import EventAnnounced, FailuresStarted, NodeReady
from engine.spec import Department, FailureReason
from game.context import Context, make_context
from game.hud import figures
from game.hud.alarm import APART_S, PULSE_S, Alarm
from game.hud.incidents import IncidentList
from game.hud.log import LogPanel
from game.hud.log_entries import Entry, Words, entry
from game.hud.shop_card import ShopCard
from game.hud.stat import Stat
from game.i18n import I18n, load_texts
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.result import ResultScene
from game.scenes.screen import Screen
from game.scenes.settings import PAGES, SettingsScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.scripts import SEED, fresh
from game.session import Session
from game.storage import FileStorage
from game.ui.button import Button
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.theme import palette
from game.ui.widget import Panel, Widget

SIZES = [(1280, 720), (1920, 1080), (1024, 576), (1280, 960), (2560, 1080)]
FRAME_S = 1 / 60


@pytest.fixture(params=["en", "ko"])
def ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    yield make_context((1280, 720), FileStorage(tmp_path), request.param, silent=True)


def cut_off(root: Widget) -> list[str]:
    """Words that do not fit their place: names, labels, figures and buttons."""
    found = []
    for widget in root.walk():
        text = widget.ctx.text
        match widget:
            case Label() if widget.wrap:
                if widget.text and widget.height_for(widget.rect.width) > widget.rect.height + 1:
                    found.append(widget.text)
            case Label() if text.width(widget.text, widget.role) > widget.rect.width:
                found.append(widget.text)
            case Stat():
                wide = max(text.width(widget.name, "small"), text.width(widget.value, widget.role))
                if wide > widget.rect.width:
                    found.append(f"{widget.name}: {widget.value}")
            case ShopCard():
                name = widget.ctx.i18n.t(f"node.{widget.kind.id}.name")
                if "".join(widget.name_lines()).replace(" ", "") != name.replace(" ", ""):
                    found.append(name)
                room_for_lock = widget.rect.width - widget.px(30 if widget.narrow else 70)
                if widget.locked and text.width(widget.lock_reason(), "small") > room_for_lock:
                    found.append(widget.lock_reason())
            case Button() if widget.text and text.fit(widget.text, widget.role, room(widget)) != widget.text:
                found.append(widget.text)
    return found


def room(button: Button) -> int:
    """The width a button has for its words."""
    taken = button.px(18) + button.px(8) if button.icon else 0
    if button.action:
        taken += button.ctx.text.width(button.ctx.keymap.label(button.action), "small") + button.px(14)
    return button.rect.width - taken - button.px(8)


def ink(widget: Widget) -> pygame.Rect:
    """Where a widget draws something."""
    text, rect = widget.ctx.text, widget.rect.copy()
    match widget:
        case Label() if widget.wrap:
            rect.height = widget.height_for(rect.width) if widget.text else 0
        case Label():
            rect = pygame.Rect(0, 0, text.width(widget.text, widget.role), text.line_height(widget.role))
            rect.center = widget.rect.center
            if widget.align != "centre":
                setattr(rect, widget.align, getattr(widget.rect, widget.align))
    parent = widget.parent
    while parent is not None:
        if isinstance(parent, Scroll):
            rect = rect.clip(parent.rect)
        parent = parent.parent
    return rect


def collisions(root: Widget) -> list[str]:
    """Widgets that lie on each other, on the buttons of their screen, or outside of the window."""
    parts = [w for w in root.walk() if not w.children and not isinstance(w, Panel) and ink(w).width and ink(w).height]
    parts = [w for w in parts if w.lets_through(w.rect.center)]
    name = {id(w): getattr(w, "text", "") or getattr(w, "name", "") or type(w).__name__ for w in parts}
    found = [f"{name[id(w)]} outside" for w in parts if not root.rect.contains(ink(w))]
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            if ink(one).inflate(-2, -4).colliderect(ink(other).inflate(-2, -4)):
                found.append(f"{name[id(one)]} on {name[id(other)]}")
    return found


@pytest.mark.parametrize("ui_scale", [1.0, 1.25])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_on_anything_else(
    ctx: Context, size: tuple[int, int], ui_scale: float, won: Session, lost: Session
) -> None:
    pygame.display.set_mode(size)
    ctx.settings.ui_scale = ui_scale
    ctx.rebuild(size)
    scenes: list[Screen] = [TitleScene(ctx), StageSelectScene(ctx), BriefingScene(ctx, "hello_world", SEED)]
    scenes += [ResultScene(ctx, won, best=True), ResultScene(ctx, lost)]
    for scene in scenes:
        scene.layout(size)
        scene.update(5.0)
        assert collisions(scene.root) == [], type(scene).__name__
        assert cut_off(scene.root) == [], type(scene).__name__
        if isinstance(scene, ResultScene):
            letter = ctx.text.get(scene.result.grade, "grade", ctx.theme.palette.text).get_bounding_rect()
            assert scene.ring.rect.width > 1.3 * max(letter.size), "the letter does not fit into its ring"
    settings = SettingsScene(ctx, TitleScene)
    for page in PAGES:
        settings.page = page
        settings.layout(size)
        assert collisions(settings.root) == [], page
        assert cut_off(settings.root) == [], page


@pytest.mark.parametrize("ui_scale", [1.0, 1.25])
@pytest.mark.parametrize("size", SIZES)
def test_no_word_is_cut_off(ctx: Context, size: tuple[int, int], ui_scale: float, won: Session, lost: Session) -> None:
    pygame.display.set_mode(size)
    ctx.settings.ui_scale = ui_scale
    ctx.rebuild(size)
    for scene in (BriefingScene(ctx, "hello_world", SEED), ResultScene(ctx, won, best=True), ResultScene(ctx, lost)):
        scene.layout(size)
        scene.update(5.0)
        assert cut_off(scene.root) == []
    play = PlayScene(ctx, fresh())
    play.layout(size)
    for node in (None, *play.session.view.node_ids):
        play.map.select([] if node is None else [node])
        play.dashboard.refresh()
        assert cut_off(play.dashboard.root) == [], f"with node {node} selected"
    while play.steps.current is not None:
        play.dashboard.refresh()
        assert cut_off(play.dashboard.tutorial) == []
        play.steps._index += 1
    for name in ("menu", "help"):
        play.pause.open(name)
        assert play.pause.overlay is not None
        assert cut_off(play.pause.overlay) == []
        assert pygame.Rect((0, 0), size).contains(play.pause.overlay.rect)


def test_log_and_inspector_can_be_put_away_and_brought_back(ctx: Context) -> None:
    play = PlayScene(ctx, fresh())
    play.layout((1280, 720))
    wide = play.dashboard.map_rect.width
    for panel in ("log", "inspector"):
        play.handle(pygame.event.Event(pygame.KEYDOWN, key=ctx.keymap.binding(panel).key, mod=0, unicode=""))
    assert play.dashboard.map_rect.width == 1280 > wide
    for panel in ("log", "inspector"):
        button = play.dashboard.toggles[panel]
        assert button.visible
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            play.handle(pygame.event.Event(kind, pos=button.rect.center, button=1))
    assert play.dashboard.map_rect.width == wide
    assert not any(button.visible for button in play.dashboard.toggles.values())


def test_panels_keep_their_pictures_while_nothing_changes(ctx: Context) -> None:
    """In set-up nothing moves, so nothing of the dashboard is painted twice."""
    surface = pygame.display.get_surface()
    assert surface is not None
    play = PlayScene(ctx, fresh())
    play.steps.skip()
    play.layout((1280, 720))
    hud = play.dashboard
    panels = (hud.top, hud.log, hud.inspector, hud.shop, hud.forecast)
    for _ in range(30):
        play.update(FRAME_S)
        play.draw(surface)
    before = [panel.repaints for panel in panels]
    for _ in range(120):
        play.update(FRAME_S)
        play.draw(surface)
    assert [panel.repaints for panel in panels] == before


def test_numbers_are_painted_ten_times_a_second(ctx: Context) -> None:
    surface = pygame.display.get_surface()
    assert surface is not None
    play = PlayScene(ctx, fresh())
    play.steps.skip()
    play.layout((1280, 720))
    play.session.apply(StartOperation())
    for _ in range(30):
        play.update(FRAME_S)
        play.draw(surface)
    before = play.dashboard.top.repaints
    misses = ctx.text.misses
    for _ in range(180):
        play.update(FRAME_S)
        play.draw(surface)
    assert play.dashboard.top.repaints - before <= 31
    assert ctx.text.misses - misses < 180, "most words come from the cache"


def test_the_border_flashes_seldom(ctx: Context) -> None:
    alarm = Alarm(ctx)
    rises, before = 0, 0.0
    for _ in range(600):
        alarm.incident()
        alarm.update(FRAME_S, burning=True)
        rises += alarm.strength > before + 0.2
        before = alarm.strength
    assert 5 <= rises <= 600 * FRAME_S / APART_S + 1, "one pulse a second at most, however many incidents"


@pytest.mark.parametrize("setting", ["no_flashing", "reduced_motion"])
def test_who_wants_no_flashes_has_a_still_border(ctx: Context, setting: str) -> None:
    setattr(ctx.settings, setting, True)
    alarm = Alarm(ctx)
    seen = set()
    for _ in range(120):
        alarm.incident()
        alarm.update(FRAME_S, burning=True)
        seen.add(alarm.strength)
    assert len(seen) == 1 and seen != {0.0}
    alarm.update(PULSE_S, burning=False)
    assert alarm.strength == 0.0


def test_the_log_has_words_for_what_happens(ctx: Context) -> None:
    session = fresh()
    web = session.view.node_ids[1]
    facts = (
        EventAnnounced("friends_link", Department.MARKETING, 25.0),
        FailuresStarted(web, FailureReason.REFUSED),
        NodeReady(web, "restarting"),
    )
    lines = [entry(ctx.i18n, session.view, fact) for fact in facts]
    said = [line.text(ctx.i18n) for line in lines if line is not None]
    assert len(said) == len(facts) and all(text and "." not in text.split(" ")[0][:-1] for text in said)
    assert lines[0] is not None and "25" in said[0] and lines[0].department is Department.MARKETING
    assert lines[1] is not None and "502" in said[1] and lines[1].node == web


def test_the_log_speaks_the_language_that_is_chosen_now(ctx: Context) -> None:
    session = fresh()
    web = session.view.node_ids[1]
    line = entry(ctx.i18n, session.view, FailuresStarted(web, FailureReason.REFUSED))
    session.apply(Sell(web))
    assert line is not None
    for language in ("en", "ko"):
        i18n = I18n(language)
        text = line.text(i18n)
        assert i18n.t("node.vm_basic.name") in text and i18n.t("reason.502.name") in text
    play = PlayScene(ctx, fresh())
    play.layout((1280, 720))
    play.session.apply(StartOperation())
    ctx.settings.language = "ko" if ctx.settings.language == "en" else "en"
    ctx.rebuild((1280, 720))
    play.layout((1280, 720))
    shown = play.dashboard.log.scroll.children[0]
    assert " ".join(shown.lines) == ctx.i18n.t("fact.operation_started")  # type: ignore[attr-defined]


def test_who_reads_old_lines_of_the_log_is_not_pulled_away(ctx: Context) -> None:
    entries = [Entry(float(n), Department.SYSTEM, Words("fact.operation_started")) for n in reversed(range(30))]
    log = LogPanel(ctx, lambda _: None, entries)
    log.layout(pygame.Rect(0, 0, 252, 400))
    log.scroll.scroll_to(500)
    watched = log.scroll.children[12]
    where = watched.rect.top
    entries.insert(0, Entry(31.0, Department.SYSTEM, Words("fact.budget_warning")))
    log.refresh(31)
    again = next(line for line in log.scroll.children if line.entry is watched.entry)  # type: ignore[attr-defined]
    assert again.rect.top == where
    log.scroll.scroll_to(0)
    entries.insert(0, Entry(32.0, Department.SYSTEM, Words("fact.budget_warning")))
    log.refresh(32)
    assert log.scroll.offset == 0, "who reads the newest sees the newest"


@pytest.mark.parametrize("name", ["standard", "colour_blind"])
def test_text_can_be_read_on_every_ground(name: str) -> None:
    colours = palette(name)
    for ground in (colours.bg, colours.panel, colours.panel_hi):
        for ink in ("text", "muted", "accent", "ok", "warn", "error", *(d.value for d in Department)):
            assert contrast(getattr(colours, ink), ground) >= 4.5, f"{ink} on {ground}"
    assert contrast(colours.on_accent, colours.accent) >= 4.5


def contrast(one: pygame.Color, other: pygame.Color) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: pygame.Color) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour[:3])]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_what_went_wrong_is_told_with_time_place_and_cause(ctx: Context, lost: Session) -> None:
    assert lost.view.result is not None and lost.view.result.incidents
    rows = IncidentList(ctx, lost.view, lost.view.result.incidents)
    rows.layout(pygame.Rect(0, 0, 500, 200))
    first = rows.children[0]
    name = ctx.i18n.t("node.vm_basic.name")
    assert name in first.what and "502" in first.what and first.when and first.why  # type: ignore[attr-defined]


def test_both_languages_say_the_same_things() -> None:
    english, korean = load_texts("en"), load_texts("ko")
    assert english.keys() == korean.keys()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (figures.count(1234), "1,234"),
        (figures.count(12_345), "12.3k"),
        (figures.count(4_560_000), "4.56M"),
        (figures.rate(3.14), "3.1"),
        (figures.rate(0.0), "0"),
        (figures.latency(float("nan")), "–"),
        (figures.latency(164.6), "165 ms"),
        (figures.latency(1270.0), "1.27 s"),
        (figures.latencies(165, 557, 886), "165 / 557 / 886 ms"),
        (figures.latencies(165, 1270, 1710), "0.17 / 1.27 / 1.71 s"),
        (figures.percent(0.034), "3.4%"),
        (figures.percent(0.9996), "99.9%"),
        (figures.percent(1.0), "100%"),
        (figures.limit(0.05), "5%"),
        (figures.limit(0.025), "2.5%"),
        (figures.clock(125.9), "2:05"),
        (figures.span(61.0, 61.9), "1:01"),
    ],
)
def test_figures_are_written_to_be_read(shown: str, expected: str) -> None:
    assert shown == expected
