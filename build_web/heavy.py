"""The heaviest moment of a campaign, for measurements: 30 nodes, 60 wires, 300 packets, everything overloaded.

Carried into the page and run beside the game there; runs on the desktop, too.
"""

from __future__ import annotations

import gc
import json
from dataclasses import replace

from engine.commands import StartOperation
from engine.spec import StageSpec, StartNode, StartWire
from game.app import App
from game.scenes.play import PlayScene
from game.session import Session
from stages.load import load_stage

SERVERS, DATABASES, SECOND_WIRES = 24, 4, 11
USERS = 60_000.0
COLUMNS, ROWS = 13, 8
FOREVER_S = 1e6


def stage() -> StageSpec:
    """Hello World grown out of all proportion; its run neither ends nor can be lost."""
    base = load_stage("hello_world")
    servers = [
        StartNode(key=f"web{n}", kind="vm_basic", x=4 + 2 * (n // ROWS), y=n % ROWS, size="small")
        for n in range(SERVERS)
    ]
    databases = [
        StartNode(key=f"db{n}", kind="sql_master", x=COLUMNS - 2, y=1 + 2 * n, size="small") for n in range(DATABASES)
    ]
    wires = [StartWire(source="internet", target="balancer")]
    wires += [StartWire(source="balancer", target=node.key) for node in servers]
    wires += [
        StartWire(source=f"web{n % SERVERS}", target=f"db{(n + n // SERVERS) % DATABASES}")
        for n in range(SERVERS + SECOND_WIRES)
    ]
    if base.traffic.users is None:
        raise TypeError(f"{base.id} has no users to multiply")
    users = replace(base.traffic.users, initial=USERS, market=2 * USERS, churn_per_day=0.0)
    return replace(
        base,
        duration_s=FOREVER_S,
        budget=1e9,
        width=COLUMNS,
        height=ROWS,
        nodes=(
            StartNode(key="internet", kind="internet", x=0, y=4),
            StartNode(key="balancer", kind="load_balancer", x=2, y=4),
            *servers,
            *databases,
        ),
        wires=tuple(wires),
        traffic=replace(base.traffic, users=users),
        goal=replace(base.goal, gauge_fill_s=FOREVER_S),
        events=(),
        tutorial=(),
    )


def running_app() -> App:
    """The game that runs in this process."""
    return next(item for item in gc.get_objects() if isinstance(item, App))


def show(app: App, speed: int) -> None:
    """Put the moment on the screen of a running game, at a speed, with all effects however slow the machine is."""
    app.ctx.settings.effects = "full"
    session = Session("hello_world", stage(), 1)
    scene = PlayScene(app.ctx, session)
    session.apply(StartOperation())
    session.set_speed(speed)
    app.scene.next_scene = scene


class Stretch:
    """Frames of the play screen from now on, over which packets are counted."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.began = self._drawn()
        self.since_s = play_scene(app).session.view.time_s

    def packets(self) -> float:
        """Packets drawn in a frame, on average since the beginning."""
        (frames, drawn), (frames_before, drawn_before) = self._drawn(), self.began
        return (drawn - drawn_before) / max(1, frames - frames_before)

    def _drawn(self) -> tuple[int, int]:
        return self.app.frames, play_scene(self.app).map.traffic.packets_drawn


def play_scene(app: App) -> PlayScene:
    """The play screen. Raises TypeError when another scene is shown."""
    if not isinstance(app.scene, PlayScene):
        raise TypeError(f"{type(app.scene).__name__} is not the play screen")
    return app.scene


def counts(stretch: Stretch) -> str:
    """What is on the screen now, and since the stretch began: packets on average, seconds of the run. As JSON."""
    view = play_scene(stretch.app).session.view
    return json.dumps(
        {
            "nodes": len(view.nodes),
            "wires": len(view.wires),
            "packets": round(stretch.packets(), 1),
            "overloaded": sum(node.overloaded for node in view.nodes),
            "error_rate": round(view.error_rate, 3),
            "simulated_s": round(view.time_s - stretch.since_s, 2),
        }
    )
