"""The sandbox by mouse and keys: from the stage select to a run with its own traffic, mix, events and budget."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from game.hud.sandbox import STOPS, EventButton
from game.plans import FREE
from game.scenes.briefing import BriefingScene
from game.scenes.plans import PlansScene
from game.scenes.play import PlayScene
from game.scenes.stage_select import StageSelectScene
from game.ui.choice import Slider
from game.ui.scroll import Scroll
from game.ui.widget import Widget
from tests.game.player import Player


@pytest.fixture(autouse=True)
def known_traffic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same visitors in every test."""
    monkeypatch.setattr("game.scenes.plans.new_seed", lambda: 11)


def at_briefing(folder: Path, language: str = "en") -> Player:
    player = Player(folder, language)
    player.app.scene.next_scene = StageSelectScene(player.app.ctx)
    player.frames(2)
    player.click(player.scene(StageSelectScene).modes[2])
    player.click(next(card for card in player.scene(PlansScene).cards if card.plan.ref == FREE))
    return player


def in_operation(folder: Path) -> tuple[Player, PlayScene]:
    player = at_briefing(folder)
    player.press(player.scene(BriefingScene).root, player.t("briefing.setup"))
    player.frames(4)
    player.key("start")
    player.frames(8)
    return player, player.scene(PlayScene)


def found(play: PlayScene, kind: type[Widget]) -> list[Widget]:
    return [widget for widget in play.dashboard.inspector.walk() if isinstance(widget, kind)]


def event_button(play: PlayScene, event: str) -> EventButton:
    """The button of an event, on the page as it is now."""
    return next(w for w in found(play, EventButton) if isinstance(w, EventButton) and w.event.id == event)


def reveal(play: PlayScene, widget: Widget) -> None:
    scroll = play.dashboard.inspector.scroll
    assert isinstance(scroll, Scroll)
    scroll.reveal(widget.rect)


def test_any_budget(tmp_path: Path) -> None:
    player = at_briefing(tmp_path)
    briefing = player.scene(BriefingScene)
    assert briefing.budgets.visible
    box = briefing.budgets.rect
    player.click((box.right - 20, box.centery))
    briefing = player.scene(BriefingScene)
    assert briefing.session.view.budget == 1_000_000
    player.press(briefing.root, player.t("briefing.setup"))
    assert player.scene(PlayScene).session.view.budget == 1_000_000


def test_the_traffic_slider_makes_more_traffic(tmp_path: Path) -> None:
    player, play = in_operation(tmp_path)
    slider = found(play, Slider)[0]
    assert isinstance(slider, Slider)
    track, knob = slider.rect, slider.value / slider.high
    player.drag((track.left + 9 + round((track.width - 18) * knob), track.centery), track.midright)
    assert play.session.view.tuned["traffic"] == STOPS[-1] == 1000
    player.frames(8)
    slider = found(play, Slider)[0]
    assert isinstance(slider, Slider) and slider.value == slider.high
    player.frames(200)
    assert play.session.view.offered_rps > 100


def test_keys_move_a_share_of_the_mix_and_reset_brings_it_back(tmp_path: Path) -> None:
    player, play = in_operation(tmp_path)
    slider = found(play, Slider)[1]
    play.dashboard.focus.set(slider)
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0, unicode=""))
    player.frames(8)
    kind = play.session.stage.request_kinds[0].id
    assert play.session.view.tuned[f"mix:{kind}"] == 75
    button = next(w for w in play.dashboard.inspector.walk() if getattr(w, "text", "") == player.t("sandbox.reset"))
    reveal(play, button)
    player.click(button)
    player.frames(8)
    assert play.session.view.tuned[f"mix:{kind}"] == 100


def test_an_event_is_fired_by_its_button(tmp_path: Path) -> None:
    player, play = in_operation(tmp_path)
    reveal(play, event_button(play, "push_sent"))
    player.click(event_button(play, "push_sent"))
    player.frames(10)
    assert "push_sent" in play.session.view.active_events and event_button(play, "push_sent").active
    assert any("Push" in entry.text(player.app.ctx.i18n) for entry in play.memory.entries)


def test_events_wait_for_the_doors(tmp_path: Path) -> None:
    player = at_briefing(tmp_path)
    player.press(player.scene(BriefingScene).root, player.t("briefing.setup"))
    player.frames(8)
    play = player.scene(PlayScene)
    assert all(not button.enabled for button in found(play, EventButton))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_event_has_a_name_that_fits(tmp_path: Path, language: str) -> None:
    player = at_briefing(tmp_path, language)
    player.press(player.scene(BriefingScene).root, player.t("briefing.setup"))
    player.frames(8)
    for button in found(player.scene(PlayScene), EventButton):
        assert isinstance(button, EventButton)
        text = button.ctx.text
        assert button.ctx.i18n.has(f"sandbox.event.{button.event.id}")
        assert text.width(button.text, "small") <= button.rect.width - button.px(31), button.text


def test_nothing_ends_a_sandbox(tmp_path: Path) -> None:
    player, play = in_operation(tmp_path)
    for node in play.session.view.node_ids[1:]:
        play.map.select([node])
        play.acts.map.delete()
        play.acts.map.delete()
    player.key("speed_8")
    player.frames(200, 0.05)
    assert player.app.scene is play and not play.session.over
