"""Sound comes only when it may, and its absence never stops the game."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from game import audio as audios
from game.audio import Audio


@pytest.fixture(autouse=True)
def device() -> Iterator[None]:
    """A sound device that plays to nobody."""
    pygame.init()
    yield
    pygame.mixer.quit()


def everything(audio: Audio) -> None:
    """All that the game ever asks for."""
    audio.play("ui_click")
    audio.music("menu")
    audio.music("operation")
    audio.set_volumes(0.3, 0.2)
    audio.pause(True)
    audio.pause(False)


def test_in_the_browser_nothing_plays_before_the_first_gesture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")
    audio = Audio(1.0, 1.0)
    audio.music("menu")
    audio.play("ui_click")
    assert not pygame.mixer.get_busy() and not pygame.mixer.music.get_busy()
    audio.unlock()
    assert pygame.mixer.music.get_busy(), "the music that was wished begins"
    audio.play("ui_click")
    assert pygame.mixer.get_busy()


def test_without_a_device_the_game_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "no such driver")
    audio = Audio(1.0, 1.0)
    assert not audio.available and audio.problem
    everything(audio)
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    monkeypatch.setattr(audios, "TRIED_APART_MS", 0)
    audio.device_added()
    assert audio.available and not audio.problem
    assert pygame.mixer.music.get_busy(), "a device that comes later plays what is wished"


def test_a_device_that_goes_away_ends_nothing() -> None:
    audio = Audio(1.0, 1.0)
    audio.music("menu")
    audio.play("ui_click")
    pygame.mixer.quit()
    everything(audio)
    assert not audio.available
    audio.device_removed()
    assert audio.available
    assert pygame.mixer.music.get_busy(), "on the next device the music goes on"
    audio.play("ui_click")
    assert pygame.mixer.get_busy()


def test_a_broken_file_is_silent_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("broken", "menu"):
        (tmp_path / f"{name}.ogg").write_bytes(b"no sound at all")
    audio = Audio(1.0, 1.0)
    with monkeypatch.context() as broken:
        broken.setattr(audios, "EFFECTS", tmp_path)
        broken.setattr(audios, "MUSIC", tmp_path)
        audio.play("broken")
        audio.music("menu")
    audio.play("ui_click")
    assert audio.available and pygame.mixer.get_busy()


def test_what_begins_while_nobody_looks_waits() -> None:
    audio = Audio(1.0, 1.0)
    audio.pause(True)
    audio.music("operation")
    audio.play("alarm")
    assert not pygame.mixer.get_busy()
    begun = pygame.mixer.music.get_pos()
    pygame.time.wait(60)
    assert pygame.mixer.music.get_pos() == begun
    audio.pause(False)
    pygame.time.wait(60)
    assert pygame.mixer.music.get_pos() > begun
