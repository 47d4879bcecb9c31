"""The shop with many kinds: its categories, its keys, and why something cannot be had. Alerts stand beside the map."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from engine.facts import (
    AlertCleared,
    AlertRaised,
    BackupDone,
    BreakerChanged,
    DataLost,
    DeadLetters,
    Fact,
    MigrationDone,
    MigrationStarted,
    NodeDied,
    NodeReady,
    Promoted,
    Scaled,
)
from engine.view import Alert
from engine.worldview import WorldView
from game.context import Context, make_context
from game.hud.alerts import ROW, alert_value, rule_key
from game.hud.log_nodes import node_entry
from game.i18n import LANGUAGES
from game.session import Session
from game.storage import FileStorage
from game.view.families import FAMILIES, family_of
from tests.game.infrastructure import WAITS, begun, every_kind, node_of, on_offer, press, shown
from tests.game.test_play_hud import cut_off


def context(folder: Path, language: str = "en") -> Context:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    return make_context((1280, 720), FileStorage(folder), language, silent=True)


def key(code: int) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=code, mod=0, unicode="")


@pytest.fixture(scope="module")
def aged() -> Session:
    """For looking only."""
    return begun(every_kind(), 0.5)


# -- categories ------------------------------------------------------------------------------------------------------


def test_every_kind_that_is_sold_has_a_family() -> None:
    families = {kind.id: family_of(kind) for kind in every_kind().node_kinds}
    assert families.pop("internet") == ""
    assert set(families.values()) == set(FAMILIES)
    assert families["cdn"] == "network" and families["redis"] == "database"
    assert families["socket_gateway"] == "messaging"


@pytest.mark.parametrize("setup", [True, False])
@pytest.mark.parametrize("ui_scale", [1.0, 1.25])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_kinds_fit_in_their_categories(tmp_path: Path, language: str, ui_scale: float, setup: bool) -> None:
    ctx = context(tmp_path, language)
    ctx.settings.ui_scale = ui_scale
    ctx.rebuild((1280, 720))
    session = Session("every_kind", on_offer(), 5) if setup else begun(on_offer(), 0.1)
    play = shown(ctx, session)
    shop = play.dashboard.shop
    seen = set()
    for category, tab in shop.tabs.items():
        press(tab)
        play.dashboard.refresh()
        assert play.acts.shelf.open == category
        assert cut_off(shop) == []
        assert all(shop.rect.contains(card.rect) for card in shop.cards)
        seen |= {card.kind.id for card in shop.cards}
    assert seen == {kind.id for kind in every_kind().node_kinds if kind.sellable}


def test_digits_take_from_the_open_category(tmp_path: Path) -> None:
    play = shown(context(tmp_path), begun(on_offer(), 0.1))
    play.acts.key(key(pygame.K_1))
    assert play.map.armed == play.dashboard.shop.cards[0].kind.id
    play.acts.key(key(pygame.K_b))
    play.dashboard.refresh()
    assert play.acts.shelf.open == "compute"
    play.acts.key(key(pygame.K_2))
    assert play.map.armed == play.dashboard.shop.cards[1].kind.id


def test_the_tutorial_finds_a_kind_behind_its_tab(tmp_path: Path) -> None:
    play = shown(context(tmp_path), begun(on_offer(), 0.1))
    shop = play.dashboard.shop
    assert play.dashboard.find("shop:redis") == shop.tabs["database"].rect
    press(shop.tabs["database"])
    card = shop.card("redis")
    assert card is not None and play.dashboard.find("shop:redis") == card.rect


def test_a_locked_kind_says_what_it_waits_for(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    session = begun(on_offer(), 0.1)
    play = shown(ctx, session)
    press(play.dashboard.shop.tabs["compute"])
    play.dashboard.refresh()
    card = play.dashboard.shop.card(WAITS)
    assert card is not None and card.locked and card.waits_for_migration
    assert card.lock_reason() == ctx.i18n.t("play.shop.after_migration")
    assert ctx.i18n.t("play.shop.after_migration_tip") in (card.tooltip_text() or "")


# -- alerts ----------------------------------------------------------------------------------------------------------


def test_alerts_stand_over_the_log_and_lead_to_their_node(
    tmp_path: Path, aged: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = shown(context(tmp_path), aged)
    hud = play.dashboard
    tall = hud.log.rect.height
    rules = [rule.id for kind in every_kind().node_kinds for rule in kind.alerts]
    replica = node_of(aged, "sql_replica").id
    raised = (Alert(rules[0], -1, 0.0, 0.3), Alert(rules[-1], replica, 0.0, 0.9))
    monkeypatch.setattr(WorldView, "alerts", property(lambda _: raised))
    hud.refresh()
    assert hud.alerts.rect.height > 2 * hud.alerts.px(ROW) - 1 and hud.log.rect.height < tall
    assert hud.alerts.rect.bottom == hud.log.rect.top
    play.map.select(())
    press(hud.alerts.rows[0])
    assert play.map.selection == set(), "the whole service has no place"
    press(hud.alerts.rows[1])
    assert play.map.selection == {replica}
    monkeypatch.setattr(WorldView, "alerts", property(lambda _: ()))
    hud.refresh()
    assert hud.log.rect.height == tall and hud.alerts.rows == []


def test_every_rule_has_words_and_a_value(tmp_path: Path) -> None:
    stage = every_kind()
    for language in LANGUAGES:
        i18n = context(tmp_path, language).i18n
        for kind in stage.node_kinds:
            for rule in kind.alerts:
                assert i18n.has(rule_key(stage, rule.id))
                assert alert_value(stage, rule.id, rule.threshold)[-1] in "%s"


# -- the log -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_has_words_for_the_infrastructure(tmp_path: Path, aged: Session, language: str) -> None:
    i18n, stage = context(tmp_path, language).i18n, every_kind()
    node = node_of(aged, "sql_replica").id
    rule = next(rule.id for kind in stage.node_kinds for rule in kind.alerts)
    facts: list[Fact] = [
        *(NodeDied(node, reason) for reason in ("out_of_memory", "outage", "zone")),
        *(DataLost(node, 1234, reason) for reason in ("failover", "backup", "none")),
        *(BreakerChanged(node, state) for state in ("open", "half_open", "closed")),
        *(Promoted(node), DeadLetters(node), BackupDone(node), NodeReady(node, "down")),
        *(Scaled(node, 2, 5, 1.4), Scaled(node, 5, 2, 0.4)),
        *(AlertRaised(rule, node, 0.5), AlertRaised(rule, -1, 0.5), AlertCleared(rule, node), AlertCleared(rule, -1)),
        *(MigrationStarted(60.0), MigrationDone((WAITS,))),
    ]
    said = set()
    for fact in facts:
        line = node_entry(stage, aged.view, fact)
        assert line is not None, fact
        text = line.text(i18n)
        assert "{" not in text and not text.startswith("log."), fact
        said.add(text)
    assert len(said) == len(facts)
    assert node_entry(stage, aged.view, NodeReady(node, "building")) is None
