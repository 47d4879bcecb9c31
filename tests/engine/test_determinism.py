"""The same seed and commands give the same run: at any speed, after a replay, and since the golden hashes were
written.
"""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from engine import replay
from engine.commands import Build, Connect, Resize, StartOperation
from engine.replay import ReplayError
from engine.run import Run
from engine.simulation import Simulation
from tests.engine import golden
from tests.engine.builders import opened, random_stage, three_tier

STEPS = 240


def advanced(seed: int, chunk: int) -> Simulation:
    """A run that was stepped in frames of `chunk` steps, with acts of the player at fixed steps."""
    simulation = opened(random_stage(3), seed)
    while simulation.step_count < STEPS:
        for _ in range(min(chunk, STEPS - simulation.step_count)):
            if simulation.step_count == 100:
                simulation.apply(Build("web", 30, 10))
            if simulation.step_count == 200:
                simulation.apply(Connect(1, simulation.view.node_ids[-1]))
            simulation.step()
            simulation.view.nodes  # noqa: B018  looking must not change anything
            simulation.view.forecast  # noqa: B018
    return simulation


def test_same_seed_same_hash_other_seed_other_hash() -> None:
    assert advanced(5, 1).state_hash() == advanced(5, 1).state_hash()
    assert advanced(5, 1).state_hash() != advanced(6, 1).state_hash()


@pytest.mark.parametrize("chunk", [2, 8, 13, STEPS])
def test_speed_changes_nothing(chunk: int) -> None:
    assert advanced(5, chunk).state_hash() == advanced(5, 1).state_hash()


def test_one_more_arrival_stream_draw_changes_nothing_else() -> None:
    """Streams are separate: what tracers draw does not touch arrivals or service."""
    plain, drawn = opened(three_tier(40.0), 1), opened(three_tier(40.0), 1)
    drawn.tracers.generator.random(1000)
    for _ in range(STEPS):
        plain.step()
        drawn.step()
    assert plain.view.totals == drawn.view.totals


def test_replay_gives_the_same_hash() -> None:
    played = advanced(5, 8)
    code = replay.to_text(played.run)
    again = replay.play(played.stage, replay.from_text(code))
    assert again.state_hash() == played.state_hash()
    assert replay.from_json(json.loads(json.dumps(replay.to_json(played.run)))) == played.run


def test_a_share_code_survives_a_chat_window() -> None:
    run = advanced(5, 8).run
    code = replay.to_text(run)
    assert replay.from_text(f"  {code[:20]}\n{code[20:]} ") == run


def broken_codes() -> list[tuple[str, str]]:
    """Damaged codes and the key of the message each must give."""
    code = replay.to_text(advanced(5, 8).run)
    middle = len(code) // 2
    flipped = code[:middle] + ("A" if code[middle] != "A" else "B") + code[middle + 1 :]
    return [
        ("", "prefix"),
        ("hello", "prefix"),
        (code[:-6], "damaged"),
        (flipped, "damaged"),
        (code[:4] + "!!!" + code[7:], "damaged"),
        (replay.PREFIX + "A" * 300_000, "length"),
        (packed({"version": 99}), "version"),
        (packed([1, 2]), "format"),
        (packed({"version": 1, "stage": "x", "seed": -1, "until": 0, "commands": []}), "format"),
        (packed({"version": 1, "stage": "x", "seed": 1, "until": 0, "commands": [[0, "fly", 1]]}), "format"),
        (packed({"version": 1, "stage": "x", "seed": 1, "until": 0, "commands": [[0, "sell", "one"]]}), "format"),
        (packed({"version": 1, "stage": "x", "seed": 1, "until": 9, "commands": [[5, "undo"], [2, "redo"]]}), "format"),
    ]


def packed(data: object) -> str:
    """A code with a right checksum around anything."""
    body = zlib.compress(json.dumps(data).encode())
    return replay.PREFIX + base64.urlsafe_b64encode(body + zlib.crc32(body).to_bytes(4, "big")).decode().rstrip("=")


def test_damaged_codes_are_told_apart() -> None:
    for text, key in broken_codes():
        with pytest.raises(ReplayError) as caught:
            replay.from_text(text)
        assert caught.value.key == key, text[:40]


def test_a_run_that_does_not_fit_its_stage_says_so() -> None:
    run = advanced(5, 8).run
    with pytest.raises(ReplayError) as caught:
        replay.play(three_tier(40.0), Run("other", 1, ()))
    assert caught.value.key == "stage"
    impossible = Run(run.stage, 1, ((0, StartOperation()), (0, Resize(77, "s"))), 10)
    with pytest.raises(ReplayError) as caught:
        replay.play(three_tier(40.0), impossible)
    assert caught.value.key == "command"


@pytest.mark.parametrize("name", sorted(golden.RUNS | golden.WITH_FILES))
def test_golden_hashes(name: str) -> None:
    """Whoever changes what the engine computes runs `python -m tests.engine.golden --update` and says why."""
    assert golden.played(name) == golden.load()[name]
