"""The session: frames and speeds never change what is computed; saves, replays and progress."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import pytest

from engine.commands import Accepted, Build, StartOperation
from engine.facts import Fact, OperationStarted
from engine.view import Phase
from game.savegame import AUTOSAVE, PROGRESS, best_of, forget_run, record_result, save_run, saved_run
from game.scripts import fresh, prepared
from game.session import MAX_STEPS_PER_FRAME, Session
from game.storage import FileStorage

SHORT_S = 6.0


def started() -> Session:
    session = fresh()
    session.apply(Build("load_balancer", 3, 3))
    session.apply(StartOperation())
    return session


def play(session: Session, frames: list[float], speed: int = 1) -> str:
    """Play with frames of these lengths until a step is reached exactly, whatever the frames; returns the hash."""
    session.set_speed(speed)
    wanted = round(SHORT_S / session.sim.dt_s)
    for dt_s in cycle(frames):
        left_s = (wanted - session.view.step) * session.sim.dt_s / session.rate
        session.advance(min(dt_s, left_s))
        if session.view.step >= wanted:
            break
    assert session.view.step == wanted
    return session.sim.state_hash()


def headless() -> str:
    session = started()
    while session.view.step < round(SHORT_S / session.sim.dt_s):
        session.sim.step()
    return session.sim.state_hash()


@pytest.mark.parametrize(
    ("frames", "speed"), [([1 / 60], 1), ([1 / 60], 8), ([1 / 30, 1 / 144, 0.09], 4), ([0.003], 2), ([5.0], 8)]
)
def test_frames_and_speed_do_not_change_the_run(frames: list[float], speed: int) -> None:
    assert play(started(), frames, speed) == headless()


def test_a_frame_that_took_too_long_is_capped() -> None:
    session = started()
    session.advance(1000.0)
    assert session.view.step == MAX_STEPS_PER_FRAME
    assert session.fraction == 0.0


def test_a_slow_browser_makes_the_game_slower_and_not_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    session = started()
    session.set_speed(8)
    monkeypatch.setattr("game.session.MAX_STEPPING_S", 0.0)
    for frame in range(1, 4):
        session.advance(0.1)
        assert session.view.step == frame, "every frame goes on, and none owes what the one before could not do"


def test_nothing_moves_in_set_up_or_while_paused() -> None:
    session = fresh()
    session.advance(1.0)
    assert session.view.step == 0 and session.rate == 0
    session.apply(StartOperation())
    session.toggle_pause()
    session.advance(1.0)
    assert session.view.step == 0 and session.rate == 0


def test_an_unknown_speed_is_an_error() -> None:
    with pytest.raises(ValueError, match="speed 3"):
        fresh().set_speed(3)


def test_listeners_are_told_in_order_and_once() -> None:
    session = fresh()
    told: list[tuple[str, Fact]] = []
    session.listen(lambda fact: told.append(("first", fact)))
    session.listen(lambda fact: told.append(("second", fact)), live_only=True)
    session.apply(StartOperation())
    assert told == [("first", OperationStarted()), ("second", OperationStarted())]


def test_catching_up_ends_in_the_same_state_and_is_quiet() -> None:
    played = prepared(lambda view: view.time_s >= SHORT_S)
    session = fresh()
    log: list[Fact] = []
    live: list[Fact] = []
    session.listen(log.append)
    session.listen(live.append, live_only=True)
    session.catch_up(played.sim.run, played.view.step)
    assert session.catching_up == 0.0
    while session.catching_up is not None:
        session.advance(0.0)
    assert session.sim.state_hash() == played.sim.state_hash()
    assert session.paused and log and not live and not session.diverged


def test_a_replay_happens_again_and_can_be_taken_over() -> None:
    played = prepared(lambda view: view.time_s >= SHORT_S)
    session = fresh()
    session.play_back(played.sim.run)
    assert session.phase is Phase.OPERATION and session.watched
    while session.view.step < played.view.step:
        session.advance(session.sim.dt_s)
    assert session.sim.state_hash() == played.sim.state_hash()
    session.play_back(played.sim.run)
    assert isinstance(session.apply(Build("vm_basic", 0, 0)), Accepted)
    assert not session.playing_back


def test_a_run_that_does_not_fit_the_stage_says_so() -> None:
    played = fresh()
    played.apply(Build("vm_basic", 3, 3))
    session = Session("hello_world", fresh().stage, 1)
    session.apply(Build("load_balancer", 3, 3))
    session.catch_up(played.sim.run, 0)
    session.advance(0.0)
    assert session.diverged and session.catching_up is None


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_a_saved_run_comes_back(tmp_path: Path) -> None:
    store = FileStorage(tmp_path)
    session = started()
    play(session, [1 / 30])
    assert save_run(store, session)
    saved = saved_run(store)
    assert saved is not None
    assert (saved.stage_ref, saved.step, saved.speed) == ("hello_world", session.view.step, 1)
    assert saved.run == session.sim.run
    forget_run(store)
    assert saved_run(store) is None


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"version": 99},
        {"version": 1, "stage": "hello_world"},
        {"version": 1, "stage": "hello_world", "run": {"version": 1}, "step": 3, "speed": 1, "time_s": 0},
        {"version": 1, "stage": "hello_world", "run": None, "step": "x", "speed": 1, "time_s": 0},
    ],
)
def test_a_save_that_makes_no_sense_is_no_run(tmp_path: Path, document: dict[str, object]) -> None:
    store = FileStorage(tmp_path)
    store.save(AUTOSAVE, document)
    assert saved_run(store) is None


def test_the_best_result_is_kept(tmp_path: Path, won: Session, lost: Session) -> None:
    store = FileStorage(tmp_path)
    assert won.view.result is not None and lost.view.result is not None
    assert (won.phase, lost.phase) == (Phase.WON, Phase.LOST)
    assert record_result(store, "hello_world", lost.phase, lost.view.result)
    assert record_result(store, "hello_world", won.phase, won.view.result)
    assert not record_result(store, "hello_world", lost.phase, lost.view.result)
    assert not record_result(store, "hello_world", won.phase, won.view.result), "the same again is no new best"
    best = best_of(store, "hello_world")
    assert (best["grade"], best["plays"], best["wins"]) == (won.view.result.grade, 4, 2)


@pytest.mark.parametrize("stages", [None, [], {"hello_world": 7}, {"hello_world": {"grade": 3, "score": "x"}}])
def test_progress_that_makes_no_sense_is_replaced(tmp_path: Path, stages: object, lost: Session) -> None:
    store = FileStorage(tmp_path)
    (tmp_path / f"{PROGRESS}.json").write_text(json.dumps({"version": 1, "stages": stages}), "utf-8")
    assert lost.view.result is not None
    assert record_result(store, "hello_world", lost.phase, lost.view.result)
    assert best_of(store, "hello_world")["grade"] == "F"
