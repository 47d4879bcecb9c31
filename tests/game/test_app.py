"""The loop around the scenes: focus, sound, screen, and what happens when something goes wrong."""

from __future__ import annotations

import asyncio
import locale
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pygame
import pytest

from engine.commands import Build
from game import app as apps
from game.audio import Audio
from game.savegame import AUTOSAVE, save_run, saved_run
from game.scenes.settings import SettingsScene
from game.scenes.start import first_scene
from game.scenes.title import TitleScene
from game.scripts import fresh
from game.ui.choice import Toggle
from tests.game.player import Player


def post(kind: int, **values: Any) -> None:
    pygame.event.post(pygame.event.Event(kind, **values))


def test_going_away_keeps_the_run_even_while_nothing_moves(tmp_path: Path) -> None:
    player = Player(tmp_path)
    player.go_to_setup()
    player.build("load_balancer", (4, 3))
    assert saved_run(player.app.ctx.storage) is None
    post(pygame.WINDOWHIDDEN)
    player.frames()
    saved = saved_run(player.app.ctx.storage)
    assert saved is not None and len(saved.run.commands) == 1


def test_a_run_is_paused_once_by_going_away_and_not_by_coming_back(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.key("start")
    player.frames(4)
    for kind in (pygame.WINDOWFOCUSLOST, pygame.WINDOWHIDDEN):
        post(kind)
    player.frames()
    assert play.session.paused
    said = [text for text, _, _ in play.toasts.messages]
    assert said.count(player.t("play.toast.lost_focus")) == 1
    post(pygame.WINDOWFOCUSGAINED)
    player.frames()
    assert play.session.paused, "the player goes on when ready"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pygame.MOUSEBUTTONDOWN, {"pos": (700, 20), "button": 1}),
        (pygame.KEYDOWN, {"key": pygame.K_b, "mod": 0, "unicode": "b"}),
        (pygame.FINGERUP, {"touch_id": 1, "finger_id": 1, "x": 0.5, "y": 0.1}),
    ],
)
def test_the_first_gesture_lets_sound_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int, values: dict[str, object]
) -> None:
    player = Player(tmp_path)
    with monkeypatch.context() as browser:
        browser.setattr(sys, "platform", "emscripten")
        player.app.ctx.audio = Audio(1.0, 1.0)
    player.app.ctx.audio.music("menu")
    post(pygame.MOUSEMOTION, pos=(700, 20), rel=(1, 1), buttons=(0, 0, 0))
    player.frames(3)
    assert not pygame.mixer.music.get_busy()
    post(kind, **values)
    player.frames()
    assert pygame.mixer.music.get_busy()
    pygame.mixer.music.stop()


def test_a_lost_sound_device_is_replaced(tmp_path: Path) -> None:
    player = Player(tmp_path)
    player.app.ctx.audio = audio = Audio(1.0, 1.0)
    pygame.mixer.quit()
    audio.play("ui_click")
    post(pygame.AUDIODEVICEREMOVED, which=2, iscapture=True)
    player.frames()
    assert not audio.available, "a microphone is nothing to us"
    post(pygame.AUDIODEVICEREMOVED, which=2, iscapture=False)
    player.frames()
    assert audio.available


def test_an_error_still_keeps_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.build("load_balancer", (4, 3))

    def broken(_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(play, "draw", broken)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(player.app.run())
    assert saved_run(player.app.ctx.storage) is not None


def test_full_screen_follows_the_setting_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[int] = []
    monkeypatch.setattr(pygame.display, "toggle_fullscreen", lambda: turned.append(1))
    player = Player(tmp_path)
    scene = SettingsScene(player.app.ctx, TitleScene)
    scene.page = "screen"
    player.app.scene.next_scene = scene
    player.frames()
    player.click(next(w for w in scene.root.walk() if isinstance(w, Toggle)))
    assert len(turned) == 1
    player.frames(3)
    assert len(turned) == 1
    again = Player(tmp_path)
    assert again.app.ctx.settings.fullscreen and len(turned) == 2, "as it was left"
    again.key("fullscreen")
    assert not again.app.ctx.settings.fullscreen and len(turned) == 3


def test_a_run_of_a_stage_that_is_gone_is_said_and_kept(tmp_path: Path) -> None:
    player = Player(tmp_path)
    session = fresh()
    session.apply(Build("load_balancer", 4, 3))
    save_run(player.app.ctx.storage, session)
    document = player.app.ctx.storage.load(AUTOSAVE)
    assert document is not None
    player.app.ctx.storage.save(AUTOSAVE, {**document, "stage": "no_such_stage"})
    player.app.scene.next_scene = first_scene(player.app.ctx, player.app.options)
    player.frames()
    title = player.scene(TitleScene)
    player.press(title.root, player.t("title.continue", stage=""))
    assert player.scene(TitleScene) is title
    assert "no_such_stage" in title.problem.text
    assert saved_run(player.app.ctx.storage) is not None


@pytest.mark.parametrize(
    ("stage", "replay"), [("no_such_stage", ""), ("/no/such/stage.toml", ""), ("", "PDO-nonsense")]
)
def test_what_was_asked_for_and_cannot_be_had_is_said(tmp_path: Path, stage: str, replay: str) -> None:
    player = Player(tmp_path)
    options = replace(player.app.options, stage=stage, replay=replay)
    player.app.scene.next_scene = first_scene(player.app.ctx, options)
    player.frames()
    assert player.scene(TitleScene).problem.text
    assert stage in player.scene(TitleScene).problem.text


def test_a_notice_fits_and_goes_when_it_was_read(tmp_path: Path) -> None:
    player = Player(tmp_path, "ko")
    storage = player.app.ctx.storage
    (tmp_path / "progress.json").write_text("{broken", "utf-8")
    (tmp_path / "autosave.json").write_text("{broken", "utf-8")
    player.app.ctx.settings.ui_scale = 1.25
    player.app.scene.next_scene = TitleScene(player.app.ctx)
    storage.load("progress")
    player.frames(3)
    title = player.scene(TitleScene)
    assert len(storage.problems) == 2 and title.problem.text.count("damaged") == 2
    assert title.notice.rect.contains(title.problem.rect) and title.root.rect.contains(title.notice.rect)
    assert title.problem.height_for(title.problem.rect.width) <= title.problem.rect.height
    assert not title.notice.rect.colliderect(title.panel.rect)
    player.click(title.dismiss)
    assert storage.problems == [] and not player.scene(TitleScene).notice.visible


def test_a_machine_without_a_language_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> NoReturn:
        raise ValueError("unknown locale: UTF-8")

    monkeypatch.setattr(locale, "getlocale", nameless)
    assert apps.machine_language() == "en"
    monkeypatch.setattr(locale, "getlocale", lambda: ("Korean_Korea", "949"))
    assert apps.machine_language() == "ko"


@pytest.mark.parametrize("size", [(640, 360), (300, 200), (90, 60), (400, 1000)])
def test_no_window_is_too_small(tmp_path: Path, size: tuple[int, int]) -> None:
    player = Player(tmp_path, size=size)
    player.frames(3)
    play = fresh()
    from game.scenes.play import PlayScene

    player.app.scene.next_scene = PlayScene(player.app.ctx, play)
    player.frames(12)
    for page in ("screen", "keys"):
        scene = SettingsScene(player.app.ctx, TitleScene)
        scene.page = page
        player.app.scene.next_scene = scene
        player.frames(2)
