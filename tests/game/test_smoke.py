"""`python -m game --smoke` walks through the game, and says so when it cannot."""

from __future__ import annotations

import sys
from typing import NoReturn

import pytest

from game import __main__ as command
from game.scenes.play import PlayScene


def start(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["game", "--smoke", *arguments])
    return command.main()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_walk_reaches_operation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert start(monkeypatch, "--lang", language, "--debug") == 0
    said = capsys.readouterr().out
    assert "TitleScene > StageSelectScene > BriefingScene > PlayScene: " in said
    assert int(said.rsplit(": ", 1)[1].split(" ")[0]) > 0


def test_an_error_in_a_screen_is_an_error_of_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(PlayScene, "_log_fact", broken)
    with pytest.raises(ZeroDivisionError):
        start(monkeypatch)


def test_a_stage_that_cannot_be_had_is_an_error_of_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="no_such_stage"):
        start(monkeypatch, "--stage", "no_such_stage")


def test_time_that_stands_still_is_an_error_of_the_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("game.session.Session.advance", lambda *_: None)
    with pytest.raises(RuntimeError, match="stands still"):
        start(monkeypatch)
