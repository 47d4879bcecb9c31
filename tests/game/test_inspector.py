"""The inspector on a board with every kind of node: its figures, settings, acts, wires, and several nodes at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from engine.commands import Disconnect, Migrate, Operate, Reserve, Restart, SetPolicy
from engine.spec import NodeKind, PolicySpec, Role
from engine.view import Totals
from game.context import Context, make_context
from game.hud.inspector.many import ManyPage
from game.hud.inspector.models import figures_shown
from game.hud.inspector.policies import EVERY_VALUE_UP_TO, shared, stops
from game.hud.inspector.system import quality
from game.hud.inspector.wire import WirePage
from game.hud.inspector.wires import WireRow
from game.hud.stat import Bar, Stat
from game.i18n import LANGUAGES, load_texts
from game.session import Session
from game.storage import FileStorage
from game.ui.button import Button
from game.ui.choice import Segmented, Slider, Toggle
from game.ui.label import Label
from tests.game.infrastructure import begun, every_kind, found, node_of, on_offer, press, select, shown
from tests.game.test_play_hud import cut_off

AGE_S = 4.0
KINDS = [kind.id for kind in every_kind().node_kinds]


@pytest.fixture(scope="module")
def aged() -> Session:
    """For looking only."""
    return begun(every_kind(), AGE_S)


@pytest.fixture
def session() -> Session:
    return begun(on_offer(), 0.3)


def context(folder: Path, language: str) -> Context:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    return make_context((1280, 720), FileStorage(folder), language, silent=True)


@pytest.fixture(params=LANGUAGES)
def ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    yield context(tmp_path, request.param)


@pytest.fixture
def english(tmp_path: Path) -> Context:
    return context(tmp_path, "en")


# -- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_models_has_a_name_and_an_explanation(aged: Session, language: str) -> None:
    texts = load_texts(language)
    figures = {name for node in aged.view.nodes for name in node.figures}
    assert "hit_share" in figures and "oldest_s" in figures
    named = {key.split(".")[1] for key in texts if key.startswith("figure.")}
    assert named == figures
    assert all(f"figure.{name}.{part}" in texts for name in figures for part in ("name", "tip"))


@pytest.mark.parametrize("ui_scale", [1.0, 1.25])
def test_no_word_is_cut_off_for_any_kind(ctx: Context, aged: Session, ui_scale: float) -> None:
    ctx.settings.ui_scale = ui_scale
    ctx.rebuild((1280, 720))
    play = shown(ctx, aged)
    for kind in KINDS:
        assert cut_off(select(play, kind)) == [], kind
    wire = aged.view.wires[0]
    play.map.select_wire((wire.source, wire.target))
    play.dashboard.refresh()
    assert cut_off(play.dashboard.inspector) == []
    assert cut_off(select(play, "vm_basic", "vm_cpu", "redis")) == []


def test_figures_are_shown_in_their_units(english: Context, aged: Session) -> None:
    play = shown(english, aged)
    bars = {bar.name: bar.text for bar in found(select(play, "redis"), Bar)}
    assert bars["Hit rate"].endswith("%") and "/s" in bars["Rate and its cap"]
    bars = {bar.name: bar.text for bar in found(select(play, "vm_basic"), Bar)}
    assert " MB · " in bars["Memory"]
    stats = {stat.name: stat.value for stat in found(select(play, "api_gateway"), Stat)}
    assert stats["Breaker"] == "Closed"


def test_who_only_watches_has_no_traffic_to_show(english: Context, aged: Session) -> None:
    play = shown(english, aged)
    for kind in ("monitoring", "backup"):
        page = select(play, kind)
        names = {stat.name for stat in found(page, Stat)} | {bar.name for bar in found(page, Bar)}
        assert not names & {"Answered", "Failing", "Utilisation", "Waiting"}


def test_rough_figures_are_marked(english: Context) -> None:
    stage = replace(every_kind(), needs_monitoring=True)
    without = replace(stage, nodes=tuple(n for n in stage.nodes if n.kind != "monitoring"))
    kept = {node.key for node in without.nodes}
    session = begun(replace(without, wires=tuple(w for w in without.wires if {w.source, w.target} <= kept)), 0.3)
    play = shown(english, session)
    assert node_of(session, "vm_basic").coarse
    assert all(bar.text.startswith("~") for bar in found(select(play, "vm_basic"), Bar))


def test_a_leak_is_told_only_when_there_is_one(aged: Session) -> None:
    node = node_of(aged, "vm_basic")
    assert "leaked_mb" not in figures_shown(node)
    leaking = replace(node, figures={**node.figures, "leaked_mb": 40.0})
    assert "leaked_mb" in figures_shown(leaking)


def test_counters_of_quality_are_shown_once_they_count() -> None:
    assert quality(Totals(10, 9, {}, 1)) == {}
    counted = quality(Totals(10, 9, {}, 1, stale=3, attacks_done=1, attacks_failed=2))
    assert counted == {"stale": 3, "attacks": 3}


# -- settings --------------------------------------------------------------------------------------------------------


def test_a_slider_stops_at_round_values() -> None:
    assert stops(1, 8) == tuple(range(1, 9))
    wide = stops(0, 5000)
    assert len(wide) <= EVERY_VALUE_UP_TO and wide[0] == 0 and wide[-1] == 5000
    assert {1, 10, 100, 150, 1000} <= set(wide) and 137 not in wide
    assert 137 in stops(0, 5000, 137)
    assert min(stops(30, 600)) == 30


def test_shared_settings_are_those_all_kinds_have() -> None:
    def kind(*policies: PolicySpec) -> NodeKind:
        return NodeKind(id="k", role=Role.COMPUTE, sizes=(), policies=policies)

    choice = PolicySpec(key="expired", choices=("drop", "work_on"), default="drop")
    fewer = PolicySpec(key="expired", choices=("drop",), default="drop")
    number = PolicySpec(key="queue_limit", minimum=0, maximum=100)
    lower = PolicySpec(key="queue_limit", minimum=5, maximum=50)
    both = shared([kind(choice, number), kind(lower, fewer)])
    assert [(p.key, p.choices, p.minimum, p.maximum) for p in both] == [
        ("expired", ("drop",), 0, 0),
        ("queue_limit", (), 5, 50),
    ]
    assert shared([kind(choice), kind(number)]) == []


def test_a_slider_is_dragged_without_losing_it(english: Context, session: Session) -> None:
    play = shown(english, session)
    node = node_of(session, "sql_master")
    panel = select(play, "sql_master")
    slider = found(panel, Slider)[0]
    panel.scroll.reveal(slider.rect)
    track = slider.rect
    slider.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=track.midleft, button=1))
    first = session.view.node(node.id).policies["max_connections"]
    play.dashboard.refresh()
    slider.handle(pygame.event.Event(pygame.MOUSEMOTION, pos=track.center, rel=(1, 0), buttons=(1, 0, 0)))
    second = session.view.node(node.id).policies["max_connections"]
    play.dashboard.refresh()
    assert first == 1 and isinstance(second, int) and second > 1
    assert slider in found(panel, Slider) and slider.dragging


def test_a_choice_sets_the_policy(english: Context, session: Session) -> None:
    play = shown(english, session)
    node = node_of(session, "load_balancer")
    panel = select(play, "load_balancer")
    button = next(b for b in found(panel, Button) if b.text == english.i18n.t("policy.balancing.random"))
    panel.scroll.reveal(button.rect)
    button.activate()
    play.dashboard.refresh()
    assert session.view.node(node.id).policies["balancing"] == "random"
    assert button.active


def test_zero_has_words(english: Context, session: Session) -> None:
    play = shown(english, session)
    words = {label.text for label in found(select(play, "api_gateway"), Label)}
    assert "none" in words
    words = {label.text for label in found(select(play, "vm_basic"), Label)}
    assert any(text.startswith("as the size (") for text in words)


# -- acts ------------------------------------------------------------------------------------------------------------


def test_what_only_a_kind_can_do_is_a_button_with_a_key(english: Context, session: Session) -> None:
    play = shown(english, session)
    node = node_of(session, "redis")
    flush = next(b for b in found(select(play, "redis"), Button) if b.text == "Flush")
    assert flush.enabled and flush.action == "operate"
    before = len(session.sim.log)
    flush.activate()
    cdn = node_of(session, "cdn")
    select(play, "cdn")
    play.acts.key(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_o, mod=0, unicode="o"))
    assert [entry[1] for entry in session.sim.log[before:]] == [Operate(node.id, "flush"), Operate(cdn.id, "flush")]


def test_an_act_that_is_refused_says_why(english: Context, session: Session) -> None:
    play = shown(english, session)
    redrive = next(b for b in found(select(play, "queue"), Button) if b.text == "Redrive")
    assert not redrive.enabled
    assert "Not possible" in (redrive.tooltip_text() or "")


def test_restart_of_several_restarts_each(english: Context, session: Session) -> None:
    play = shown(english, session)
    panel = select(play, "vm_basic", "vm_cpu")
    assert isinstance(panel._page, ManyPage)
    before = len(session.sim.log)
    next(b for b in found(panel, Button) if b.text == "Restart").activate()
    assert {type(entry[1]) for entry in session.sim.log[before:]} == {Restart}
    assert len(session.sim.log) == before + 2


def test_a_shared_setting_is_set_on_all(english: Context, session: Session) -> None:
    play = shown(english, session)
    panel = select(play, "vm_basic", "vm_cpu")
    choice = next(c for c in found(panel, Segmented) if "work_on" in dict(c.options))
    before = len(session.sim.log)
    cell = choice._cells()[[value for value, _ in choice.options].index("work_on")]
    press(choice, cell.center)
    ids = {node_of(session, kind).id for kind in ("vm_basic", "vm_cpu")}
    assert {entry[1] for entry in session.sim.log[before:]} == {SetPolicy(i, "expired", "work_on") for i in ids}


# -- wires -----------------------------------------------------------------------------------------------------------


def test_a_wire_is_selected_from_the_page_of_its_node_and_cut(english: Context, session: Session) -> None:
    play = shown(english, session)
    node = node_of(session, "api_gateway")
    row = found(select(play, "api_gateway"), WireRow)[0]
    assert row.flow.endswith("/s")
    row.activate()
    play.dashboard.refresh()
    page = play.dashboard.inspector._page
    assert isinstance(page, WirePage) and page.route[0] == node.id
    cut = next(b for b in found(play.dashboard.inspector, Button) if b.text == "Cut")
    cut.activate()
    assert Disconnect(*page.route) in [entry[1] for entry in session.sim.log]
    play.map.update(0.0)
    play.dashboard.refresh()
    assert play.map.wire is None and not isinstance(play.dashboard.inspector._page, WirePage)


def test_a_wire_is_reserved_only_after_the_move(english: Context) -> None:
    for migrated in (False, True):
        session = begun(on_offer(migrated), 0.2)
        play = shown(english, session)
        wire = next(w for w in session.view.wires if w.source == node_of(session, "load_balancer").id)
        play.map.select_wire((wire.source, wire.target))
        play.dashboard.refresh()
        toggles = found(play.dashboard.inspector, Toggle)
        assert bool(toggles) is migrated
        if migrated:
            toggles[0].activate()
            first = session.stage.request_kinds[0].id
            assert session.sim.log[-1][1] == Reserve(wire.source, wire.target, first)
            play.map.update(0.0)
            assert play.map.board.reserved == {(wire.source, wire.target): (first,)}


# -- the move to microservices -----------------------------------------------------------------------------------------


def test_dev_is_asked_for_the_move_and_the_shop_has_more(english: Context, session: Session) -> None:
    play = shown(english, session)
    play.map.select(())
    play.dashboard.refresh()
    ask = next(b for b in found(play.dashboard.inspector, Button) if "$500" in b.text)
    assert ask.enabled and "kubernetes" not in session.view.unlocked
    ask.activate()
    assert session.sim.log[-1][1] == Migrate()
    play.dashboard.refresh()
    bars = [bar.name for bar in found(play.dashboard.inspector, Bar)]
    assert english.i18n.t("play.migration.under_way") in bars
    while not session.view.migrated:
        session.sim.step()
    play.dashboard.refresh()
    assert "kubernetes" in session.view.unlocked
    assert not any("$500" in b.text for b in found(play.dashboard.inspector, Button))
