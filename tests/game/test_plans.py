"""The plans a sandbox can begin with, through the real event loop: chosen by mouse, keys and fingers, and by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pygame
import pytest

from engine.simulation import Simulation
from game.app import App, Options
from game.plans import FREE, plan_of, running_month
from game.scenes.briefing import BriefingScene
from game.scenes.plan_cards import PlanCard
from game.scenes.plans import PlansScene
from game.scenes.play import PlayScene
from game.scenes.stage_select import StageSelectScene
from game.stage_refs import PLANS, open_stage
from game.storage import FileStorage
from game.web import options_from_query
from stages.load import preset_names
from tests.game.player import Player

PRESETS = preset_names()


def at_plans(folder: Path, language: str = "en", size: tuple[int, int] = (1280, 720)) -> Player:
    player = Player(folder, language, size)
    player.app.scene.next_scene = PlansScene(player.app.ctx)
    player.frames(2)
    return player


def card(player: Player, ref: str) -> PlanCard:
    """The card of a plan."""
    return next(card for card in player.scene(PlansScene).cards if card.plan.ref == ref)


def test_the_sandbox_of_the_stage_select_leads_to_the_plans_and_back(tmp_path: Path) -> None:
    player = Player(tmp_path)
    player.app.scene.next_scene = StageSelectScene(player.app.ctx)
    player.frames(2)
    player.click(player.scene(StageSelectScene).modes[2])
    assert {card.plan.ref for card in player.scene(PlansScene).cards} == {*PRESETS, FREE}
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, mod=0, unicode=""))
    player.frames(2)
    assert isinstance(player.app.scene, StageSelectScene)


@pytest.mark.parametrize("ref", PRESETS)
def test_every_plan_can_be_played(tmp_path: Path, ref: str) -> None:
    player = at_plans(tmp_path)
    player.click(card(player, ref))
    briefing = player.scene(BriefingScene)
    assert briefing.stage.id == ref and not briefing.budgets.visible
    player.press(briefing.root, player.t("briefing.setup"))
    player.frames(4)
    play = player.scene(PlayScene)
    player.key("start")
    player.frames(40)
    assert play.session.view.time_s > 0.5 and play.session.view.totals.born > 0
    assert bool(play.session.view.hosts) is (play.dashboard.hosts is not None) is card_owned(ref)


def card_owned(ref: str) -> bool:
    return open_stage(ref).hosting is not None


@pytest.mark.parametrize("ref", PRESETS)
def test_a_card_asks_for_as_much_a_month_as_the_run_will(ref: str) -> None:
    stage = open_stage(ref)
    assert running_month(stage) == pytest.approx(Simulation(stage, 0).view.finance.running_month)


def test_the_keys_choose_a_plan(tmp_path: Path) -> None:
    player = at_plans(tmp_path)
    scene = player.scene(PlansScene)
    for key in (pygame.K_TAB, pygame.K_TAB, pygame.K_RETURN):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, unicode=""))
        player.frames(1)
    chosen = scene.cards[1].plan.ref
    player.frames(1)
    assert player.scene(BriefingScene).stage.id == chosen


def test_a_tap_chooses_the_free_sandbox(tmp_path: Path) -> None:
    player = at_plans(tmp_path)
    x, y = card(player, FREE).rect.center
    finger: dict[str, Any] = {"finger_id": 1, "touch_id": 5, "x": x / 1280, "y": y / 720}
    for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
        pygame.event.post(pygame.event.Event(kind, **finger))
        player.frames(2)
    briefing = player.scene(BriefingScene)
    assert briefing.stage.id == "sandbox" and briefing.budgets.visible
    player.press(briefing.root, player.t("briefing.back"))
    player.frames(1)
    assert isinstance(player.app.scene, PlansScene)


def test_a_plan_and_the_page_of_plans_are_found_by_name(tmp_path: Path) -> None:
    for name, kind in ((PLANS, PlansScene), (PRESETS[0], BriefingScene)):
        options = options_from_query(f"?stage={name}&lang=ko")
        app = App(Options(stage=options.stage, language=options.language, silent=True), FileStorage(tmp_path / name))
        assert isinstance(app.scene, kind)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_cards_tell_the_hardware_and_the_price(tmp_path: Path, language: str) -> None:
    i18n = Player(tmp_path, language).app.ctx.i18n
    plan = plan_of(i18n, "proxmox_standard", open_stage("proxmox_standard"))
    assert (plan.servers, plan.owned) == (3, True)
    words = [figure.text for figure in plan.figures]
    assert words[0] == "3 × 24C/48T" and "256 GB" in words[1] and "Ceph" in words[2] and "10 Gb/s" in words[3]
    assert plan.unit == i18n.t("plans.once") and plan.price and plan.running
    assert not [text for text in (plan.name, plan.about, *words, plan.price) if "." in text and text.islower()]


@pytest.mark.parametrize(("language", "size"), [("en", (1280, 720)), ("ko", (1280, 720)), ("ko", (760, 600))])
def test_nothing_on_a_card_is_cut_off(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    player = at_plans(tmp_path, language, size)
    ctx, px = player.app.ctx, player.app.ctx.theme.px
    for one in player.scene(PlansScene).cards:
        inner = one.rect.width - px(32)
        foot = one.plan.price, one.plan.running or one.plan.unit
        assert ctx.text.width(foot[0], "strong") + ctx.text.width(foot[1], "small") + px(12) <= inner, foot
        for index, figure in enumerate(one.plan.figures):
            share = 0.45 if index % 2 else 0.55
            assert ctx.text.width(figure.text, "small") <= inner * share - px(26), figure.text
