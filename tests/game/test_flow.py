"""The whole way, by mouse and keys: title, stage select, briefing, set-up, operation, result."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from engine.view import Phase
from game.hud.incidents import IncidentList
from game.savegame import best_of, saved_run
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.result import ResultScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.ui.label import Label
from game.ui.widget import Widget
from tests.game.player import LONG_FRAME_S, Player


@pytest.fixture(autouse=True)
def known_traffic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same visitors in every test."""
    monkeypatch.setattr("game.scenes.stage_select.new_seed", lambda: 11)


def texts(root: Widget) -> list[str]:
    """All words of the labels that can be seen."""
    return [widget.text for widget in root.walk() if isinstance(widget, Label)]


def test_from_the_title_to_a_won_stage(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    internet, web, database = play.session.view.node_ids
    balancer = player.build("load_balancer", (4, 3))
    second = player.build("vm_basic", (5, 5))
    for source, target in ((balancer, web), (balancer, second), (second, database), (internet, balancer)):
        player.wire(source, target)
    wires = {(wire.source, wire.target) for wire in play.session.view.wires}
    assert (internet, web) not in wires, "the domain points at one address only"
    budget = play.session.view.budget
    player.frames(10)
    assert play.session.view.time_s == 0.0 and play.session.view.budget == budget, "time stands still in set-up"

    player.click(play.dashboard.shop.start)
    assert play.session.phase is Phase.OPERATION
    player.key("speed_8")
    assert play.session.speed == 8
    for moment_s, cell in ((120.0, (5, 3)), (200.0, (5, 6))):
        while play.session.view.time_s < moment_s:
            player.frames(1, LONG_FRAME_S)
        player.key("pause")
        player.click(player.card(web).center)
        player.key("clone")
        player.click(player.place(cell))
        player.key("speed_8")
    assert len(play.session.view.node_ids) == 7, "two more servers for the rush, bought while the time stands still"
    player.play_until_result()

    result = player.scene(ResultScene)
    assert result.result.outcome == "won"
    assert result.result.grade in "SABCD"
    player.frames(60)
    assert player.t("result.won") in texts(result.root)
    assert result.ring.revealed
    assert best_of(player.app.ctx.storage, "hello_world")["grade"] == result.result.grade
    assert saved_run(player.app.ctx.storage) is None, "a finished run is not offered again"

    player.press(result.root, player.t("result.stage_select"))
    assert player.scene(StageSelectScene).best("hello_world")["grade"] == result.result.grade


def test_from_the_title_to_a_lost_stage_that_says_why(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    seed = play.session.seed
    web = play.session.view.node_ids[1]
    player.click(player.card(web).center)
    assert play.map.selection == {web}
    player.key("sell")
    assert web not in play.session.view.node_ids
    player.key("start")
    player.key("speed_8")
    player.play_until_result()

    result = player.scene(ResultScene)
    assert result.result.outcome == "service_down"
    assert result.result.grade == "F"
    assert not result.ring.revealed
    player.key("start")
    assert player.scene(ResultScene).ring.revealed, "the first Enter only ends the animation"
    player.frames(60)
    shown = texts(result.root)
    assert player.t("result.service_down") in shown
    assert any(incident.reason == 503 for incident in result.result.incidents)
    rows = [row for widget in result.root.walk() if isinstance(widget, IncidentList) for row in widget.children]
    assert any("503" in row.what for row in rows), "what went wrong is told"  # type: ignore[attr-defined]
    assert player.t("advice.wiring") in shown
    assert best_of(player.app.ctx.storage, "hello_world")["grade"] == "F"

    player.key("start")
    player.frames(2)
    again = player.scene(PlayScene)
    assert again.session.seed == seed and again.session.phase is Phase.SETUP


def test_pausing_building_while_paused_and_the_menu(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.key("start")
    player.frames(20)
    player.key("pause")
    before = play.session.view.step
    player.frames(20)
    assert play.session.view.step == before > 0
    built = player.build("vm_basic", (5, 5))
    assert built in play.session.view.node_ids
    player.key("menu")
    assert play.pause.overlay is None, "the first press only lays down what is in the hand or selected"
    player.key("menu")
    assert play.pause.overlay is not None
    player.press(play.pause.overlay, player.t("play.pause.resume"))
    assert play.pause.overlay is None
    player.key("pause")
    player.frames(20)
    assert play.session.view.step > before


def test_the_map_does_not_glide_on_when_its_key_is_released_under_a_menu(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0, unicode=""))
    player.frames(2)
    player.key("help")
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.K_LEFT, mod=0))
    player.frames(2)
    player.key("help")
    before = play.map.camera.centre
    player.frames(5)
    assert play.map.camera.centre == before


def test_undo_and_redo_in_set_up(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    budget = play.session.view.budget
    built = player.build("load_balancer", (4, 3))
    player.key("undo")
    assert built not in play.session.view.node_ids and play.session.view.budget == budget
    player.click(play.dashboard.shop.redo)
    assert built in play.session.view.node_ids


def test_a_run_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.build("load_balancer", (4, 3))
    player.key("start")
    player.key("speed_4")
    player.frames(80)
    step, digest = play.session.view.step, play.session.sim.state_hash()
    player.app.scene.leave()
    player.frames(1, 0.0)

    again = Player(tmp_path)
    title = again.scene(TitleScene)
    saved = saved_run(again.app.ctx.storage)
    assert saved is not None and saved.step == step
    again.press(title.root, again.t("title.continue", stage=again.t("stage.hello_world.name")))
    resumed = again.scene(PlayScene)
    for _ in range(200):
        again.frames()
        if resumed.session.catching_up is None:
            break
    assert resumed.session.view.step == step
    assert resumed.session.sim.state_hash() == digest, "the run stands exactly where it was left"
    assert resumed.session.paused
    assert resumed.memory.entries, "the log is there again"


def test_the_tutorial_leads_through_the_whole_set_up(tmp_path: Path) -> None:
    """Doing what it says, and nothing else, ends the tutorial and opens the doors."""
    player = Player(tmp_path)
    player.press(player.scene(TitleScene).root, player.t("title.play"))
    player.click(player.scene(StageSelectScene).cards[0])
    player.press(player.scene(BriefingScene).root, player.t("briefing.setup"))
    play = player.scene(PlayScene)
    internet, web, _ = play.session.view.node_ids
    seen: list[str] = []
    for _ in range(20):
        player.frames(6)
        step = play.steps.current
        if step is None:
            break
        seen.append(step.id)
        assert play.dashboard.tutorial.visible
        target = play.dashboard.tutorial.target()
        assert target is not None, f"{step.id} points at nothing"
        assert play.dashboard.root.rect.contains(target), f"{step.id} points outside of the window"
        assert not play.dashboard.tutorial.rect.colliderect(target), f"{step.id} covers what it points at"
        match step.id:
            case "build_balancer":
                balancer = player.build("load_balancer", (4, 3))
            case "wire_web":
                player.wire(balancer, web)
            case "wire_internet":
                player.wire(internet, balancer)
            case "clone_web":
                player.click(player.card(web).center)
                player.key("clone")
                player.click(player.place((5, 5)))
            case "open_doors":
                player.click(play.dashboard.shop.start)
            case "third_web":
                player.click(player.card(web).center)
                player.key("clone")
                player.click(player.place((5, 3)))
            case _:
                player.press(play.dashboard.tutorial, player.t("play.tutorial.next"))
    assert play.steps.current is None, f"stuck at {seen[-1]}"
    assert [step.id for step in play.session.stage.tutorial] == seen
    assert play.session.phase is Phase.OPERATION


def test_losing_the_focus_pauses(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.key("start")
    player.frames(5)
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    player.frames(2)
    assert play.session.paused


def test_enter_goes_on_from_screen_to_screen(tmp_path: Path) -> None:
    player = Player(tmp_path)
    for scene in (TitleScene, StageSelectScene, BriefingScene):
        player.scene(scene)
        player.key("start")
        player.frames(2)
    assert player.scene(PlayScene).session.view.phase is Phase.SETUP


def test_arrows_walk_through_a_menu(tmp_path: Path) -> None:
    player = Player(tmp_path)
    title = player.scene(TitleScene)
    for key, chosen in ((pygame.K_DOWN, 0), (pygame.K_RIGHT, 1), (pygame.K_UP, 0)):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, unicode=""))
        player.frames()
        assert title.focus.current is title.entries[chosen]
