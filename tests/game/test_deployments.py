"""Releases of Dev in play: shown with their age, rolled back by a button, told in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.game.asking import RELEASED_S, Asked


def test_a_release_shows_its_age_and_is_rolled_back_by_its_button(tmp_path: Path) -> None:
    player = Asked(tmp_path, RELEASED_S + 3.0)
    strip = player.play.dashboard.deployments
    (row,) = strip.rows
    assert strip.visible and player.play.map.rect.contains(row.rect)
    assert row.detail == player.t("deploy.age", time="0:03")
    assert not row.rolling and row.progress == 0.0
    player.click(row.button)
    player.pass_until(player.session.view.time_s + 2.0)
    assert row.rolling and not row.button.visible
    assert row.progress == pytest.approx(0.45, abs=0.15)
    assert player.t("deploy.rolling") in row.detail
    player.pass_until(player.session.view.time_s + 5.0)
    assert not player.session.view.deployments and not strip.visible
    told = [entry.text(player.app.ctx.i18n) for entry in player.play.memory.entries]
    name = player.t("deploy.unnamed")
    assert player.t("deploy.log.started", deployment=name, seconds=5) in told
    assert player.t("deploy.log.done", deployment=name) in told


def test_keys_reach_the_button(tmp_path: Path) -> None:
    player = Asked(tmp_path, RELEASED_S + 1.0)
    (row,) = player.play.dashboard.deployments.rows
    focus = player.play.dashboard.focus
    while focus.current is not row.button:
        focus.move(1)
    player.key("start")
    player.frames(8)
    assert row.rolling


def test_nothing_is_shown_before_a_release(tmp_path: Path) -> None:
    player = Asked(tmp_path, RELEASED_S - 2.0)
    assert not player.play.dashboard.deployments.visible
