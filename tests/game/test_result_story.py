"""The result as a post-mortem: its numbers are those of the run; stars, best runs and the way on, by real clicks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from engine.commands import StartOperation
from engine.view import Phase
from game.hud import figures
from game.hud.objectives import ObjectiveLine, objective_text
from game.i18n import LANGUAGES, I18n, load_texts
from game.money import money
from game.savegame import record_run
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.result import ResultScene
from game.scenes.result.postmortem import CALM_GAUGE, Postmortem, turning_point
from game.scenes.result.story import BestRunsPanel, StarsPanel
from game.scripts import never, run
from game.session import Session
from game.stage_refs import open_stage
from game.ui.button import Button
from stages.load import load_stage, stage_names
from tests.game.asking import asking_stage
from tests.game.player import Player

GROUPS = ("quest", "deploy", "goal", "sandbox", "endless", "mode", "month", "postmortem", "stars")


def told(player: Player, session: Session) -> str:
    result = session.view.result
    assert result is not None
    return "\n".join(f"{f.when} {f.text}" for f in Postmortem(player.app.ctx, session, result).findings())


def at_result(folder: Path, session: Session, language: str = "en") -> tuple[Player, ResultScene]:
    player = Player(folder, language)
    player.app.scene.next_scene = ResultScene(player.app.ctx, session)
    player.frames(60)
    return player, player.scene(ResultScene)


def test_a_defeat_is_told_from_its_own_numbers(tmp_path: Path, lost: Session) -> None:
    player, scene = at_result(tmp_path, lost)
    text, result = told(player, lost), scene.result
    first = min(result.incidents, key=lambda incident: incident.start_s)
    assert f"{figures.clock(first.start_s)} " in text and figures.count(first.count) in text
    moment = turning_point(lost, result)
    assert moment is not None
    series = lost.view.series
    after = series.gauge[series.time_s > moment]
    assert (after > CALM_GAUGE).all(), "it never came down again"
    assert f"{figures.clock(moment)} {player.t('postmortem.turn_service_down', lasted='')[:12]}" in text
    for amount in (result.earned, result.spent, lost.view.budget):
        assert money(player.app.ctx.i18n, abs(amount)) in text
    advice = "\n".join(words.text for words in scene.advice.words)
    assert player.t("stage.hello_world.lesson") in advice


def test_a_victory_tells_the_peak_and_the_last_bad_second(tmp_path: Path, won: Session) -> None:
    player, scene = at_result(tmp_path, won)
    text, series = told(player, won), won.view.series
    at = int(np.argmax(series.offered_rps))
    assert f"{figures.clock(float(series.time_s[at]))} " in text
    assert figures.rate(float(series.offered_rps[at])) in text
    moment = turning_point(won, scene.result)
    if moment is not None:
        later = series.time_s > moment
        asked = series.done_rps[later] + series.failed_rps[later]
        assert (series.failed_rps[later] <= won.stage.goal.error_threshold * np.maximum(asked, 1e-9)).all()
    assert len(scene.advice.words) == 1, "nothing had to be changed"


def test_the_way_on_after_a_victory_is_the_next_stage(tmp_path: Path, won: Session) -> None:
    player, scene = at_result(tmp_path, won)
    player.press(scene.root, player.t("result.next.stage"))
    assert player.scene(BriefingScene).stage.id == stage_names()[1]


def test_after_a_defeat_the_same_traffic_comes_again(tmp_path: Path, lost: Session) -> None:
    player, scene = at_result(tmp_path, lost)
    assert "next.stage" not in scene.buttons
    player.press(scene.root, player.t("result.retry"))
    assert player.scene(PlayScene).session.seed == lost.seed


def finished(**changes: object) -> Session:
    """A short run of the stage with objectives."""
    stage = replace(asking_stage(), duration_s=12.0, events=(), **changes)  # type: ignore[arg-type]
    session = Session("hello_world", stage, 11)
    session.apply(StartOperation())
    return run(session, never)


def test_stars_are_shown_with_how_far_each_was_reached(tmp_path: Path) -> None:
    session = finished()
    assert session.phase is Phase.WON
    player, scene = at_result(tmp_path, session)
    panel = scene.stars
    assert isinstance(panel, StarsPanel)
    lines = [line for line in panel.lines if isinstance(line, ObjectiveLine)]
    assert [line.met for line in lines] == [objective.met for objective in scene.result.objectives]
    assert lines[0].value == money(player.app.ctx.i18n, scene.result.objectives[0].value)
    assert panel.count.text == player.t("goal.stars", stars=scene.result.stars, most=3)


def test_the_objectives_stand_in_the_briefing_and_on_the_page_of_the_system(tmp_path: Path) -> None:
    player = Player(tmp_path)
    player.app.scene.next_scene = BriefingScene(player.app.ctx, "tv_ad", 3)
    player.frames(2)
    briefing = player.scene(BriefingScene)
    wanted = {objective.id for objective in load_stage("tv_ad").objectives}
    assert {line.objective.id for line in briefing.root.walk() if isinstance(line, ObjectiveLine)} == wanted
    player.press(briefing.root, player.t("briefing.setup"))
    player.frames(8)
    play = player.scene(PlayScene)
    shown = [line for line in play.dashboard.inspector.walk() if isinstance(line, ObjectiveLine)]
    assert {line.objective.id for line in shown} == wanted
    standing = {one.id: one for one in play.session.view.objectives}
    assert all(line.met == standing[line.objective.id].met and not line.missed for line in shown)


def test_an_endless_run_takes_its_place_among_the_best(tmp_path: Path) -> None:
    player = Player(tmp_path)
    session = finished(endless=True, budget=0.001, overdraft=0.0)
    result = session.view.result
    assert result is not None and result.outcome == "bankrupt"
    best = record_run(player.app.ctx.storage, session, result)
    player.app.scene.next_scene = ResultScene(player.app.ctx, session, best)
    player.frames(60)
    scene = player.scene(ResultScene)
    assert isinstance(scene.stars, BestRunsPanel) and len(scene.stars.rows) == 1
    assert scene.place == 1 and scene.ring.grade == "1"
    assert scene.verdict.outcome.text == player.t("result.endless.title", time=figures.clock(session.view.time_s))


def test_the_challenge_of_a_day_offers_no_other_traffic(tmp_path: Path) -> None:
    session = finished(id="daily-2026-11-21")
    _, scene = at_result(tmp_path, session)
    words = [w.text for w in scene.root.walk() if isinstance(w, Button)]
    assert scene.ctx.i18n.t("result.new_seed") not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_objective_has_words(language: str) -> None:
    i18n = I18n(language)
    for name in (*stage_names(), "daily-2026-11-21"):
        stage = open_stage(name)
        for objective in stage.objectives:
            bare = objective_text(i18n, replace(stage, id="unknown"), objective)
            assert objective_text(i18n, stage, objective) and not bare.startswith("goal."), objective.metric


def test_both_languages_say_the_same_things() -> None:
    english, korean = (story(language) for language in LANGUAGES)
    assert english.keys() == korean.keys()
    for key, text in english.items():
        fields = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert fields == {name for _, name, _, _ in Formatter().parse(korean[key]) if name}, key


def story(language: str) -> dict[str, str]:
    """The texts of quests, releases, objectives, the other modes and the post-mortem."""
    return {key: text for key, text in load_texts(language).items() if key.partition(".")[0] in GROUPS}
