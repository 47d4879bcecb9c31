"""The choice of stages by mouse and keys: what is open, what it says, and where it leads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pygame
import pytest

from game.savegame import PROGRESS
from game.scenes.briefing import BriefingScene
from game.scenes.stage_select import StageSelectScene
from stages.load import stage_names
from tests.game.player import Player

STAGES = stage_names()


def at_select(folder: Path, stages: dict[str, Any], language: str = "en") -> tuple[Player, StageSelectScene]:
    folder.mkdir(exist_ok=True)
    document = {"version": 2, "stages": stages, "endless": [], "daily": {}}
    (folder / f"{PROGRESS}.json").write_text(json.dumps(document), "utf-8")
    player = Player(folder, language)
    player.app.scene.next_scene = StageSelectScene(player.app.ctx)
    player.frames(2)
    return player, player.scene(StageSelectScene)


def test_a_stage_opens_when_the_one_before_it_is_won(tmp_path: Path) -> None:
    _, scene = at_select(tmp_path / "new", {})
    assert [card.enabled for card in scene.cards] == [True] + [False] * (len(STAGES) - 1)
    lost = {STAGES[0]: {"grade": "F", "score": 9, "stars": 0}}
    _, scene = at_select(tmp_path / "lost", lost)
    assert not scene.cards[1].enabled and scene.cards[0].next_up
    won = {STAGES[0]: {"grade": "D", "score": 9, "stars": 1}}
    _, scene = at_select(tmp_path / "won", won)
    assert [card.enabled for card in scene.cards[:3]] == [True, True, False]
    assert [card.next_up for card in scene.cards[:3]] == [False, True, False]


def test_a_locked_stage_says_what_opens_it_and_cannot_be_chosen(tmp_path: Path) -> None:
    player, scene = at_select(tmp_path, {})
    first = player.t(f"stage.{STAGES[0]}.name")
    assert first in scene.cards[1].lock
    player.click(scene.cards[1])
    assert player.app.scene is scene


def test_the_stars_are_counted(tmp_path: Path) -> None:
    _, scene = at_select(tmp_path, {STAGES[0]: {"grade": "S", "score": 9, "stars": 99}})
    most = scene.most_stars(STAGES[0])
    assert scene.stars.won == most, "no more than there are"
    assert scene.stars.text.endswith(str(sum(scene.most_stars(stage) for stage in STAGES)))


def test_keys_choose_a_stage(tmp_path: Path) -> None:
    player, scene = at_select(tmp_path, {})
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_TAB, mod=0, unicode=""))
    player.frames()
    assert scene.focus.current is scene.cards[0]
    player.key("start")
    assert player.scene(BriefingScene).stage.id == STAGES[0]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_stage_shows_its_name_whole(tmp_path: Path, language: str) -> None:
    _, scene = at_select(tmp_path, {}, language)
    for card in scene.cards:
        width = card.rect.width - card.px(36)
        assert len(card.ctx.text.wrap(card.name, "heading", width)) <= 2
