"""The heaviest moment, which is measured in the browser, is what it says it is. Driven on the desktop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from build_web import heavy
from build_web.measure import LEAST_PACKETS, SPEEDS
from game.app import App, Options
from game.storage import FileStorage

FRAME_S = 1 / 60


@pytest.mark.slow
@pytest.mark.parametrize("speed", SPEEDS)
def test_the_heaviest_moment_is_heavy(tmp_path: Path, speed: int) -> None:
    app = App(Options(silent=True), FileStorage(tmp_path))
    heavy.show(app, speed)
    for _ in range(480):
        app.frame(FRAME_S)
    stretch = heavy.Stretch(app)
    for _ in range(240):
        app.frame(FRAME_S)
    shown = json.loads(heavy.counts(stretch))
    assert (shown["nodes"], shown["wires"]) == (30, 60)
    assert shown["packets"] >= LEAST_PACKETS
    assert shown["overloaded"] >= heavy.SERVERS
    assert shown["error_rate"] > 0.5
    assert shown["simulated_s"] == pytest.approx(240 * FRAME_S * speed, abs=0.2)
