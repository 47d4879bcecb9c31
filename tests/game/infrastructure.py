"""A board with every kind of node, for the tests of what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pygame

import stages
from engine.commands import StartOperation
from engine.spec import MigrationSpec, StageSpec
from engine.view import NodeView
from game.context import Context
from game.hud.inspector.panel import Inspector
from game.scenes.play import PlayScene
from game.session import Session
from game.ui.widget import W, Widget
from stages.load import load_stage

EVERY_KIND = Path(stages.__file__).parent / "examples" / "every_kind.toml"
WAITS = "kubernetes"


@cache
def every_kind() -> StageSpec:
    """The stage with every kind on its board."""
    return load_stage(EVERY_KIND)


def on_offer(migrated: bool = False) -> StageSpec:
    """The same with all kinds in the shop, one of them only after the move to microservices."""
    stage = every_kind()
    move = MigrationSpec(cost=500.0, duration_s=2.0, unlocks=(WAITS,))
    unlocked = tuple(kind.id for kind in stage.node_kinds if kind.sellable and kind.id != WAITS)
    return replace(stage, unlocked=unlocked, migration=move, migrated=migrated, needs_monitoring=False)


def begun(stage: StageSpec, seconds: float) -> Session:
    """A run of a stage that has been in operation for a while."""
    session = Session(str(EVERY_KIND), stage, 5)
    session.apply(StartOperation())
    while session.view.time_s < seconds:
        session.sim.step()
    return session


def shown(ctx: Context, session: Session, size: tuple[int, int] = (1280, 720)) -> PlayScene:
    """The play screen of a run."""
    play = PlayScene(ctx, session)
    play.steps.skip()
    play.layout(size)
    return play


def node_of(session: Session, kind: str) -> NodeView:
    """The first node of a kind."""
    return next(node for node in session.view.nodes if node.kind == kind)


def select(play: PlayScene, *kinds: str) -> Inspector:
    """Select the first node of each kind; returns the inspector, which shows them."""
    play.map.select([node_of(play.session, kind).id for kind in kinds])
    play.dashboard.refresh()
    return play.dashboard.inspector


def press(widget: Widget, pos: tuple[int, int] | None = None) -> None:
    """Press and let go on a widget."""
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        widget.handle(pygame.event.Event(kind, pos=pos or widget.rect.center, button=1))


def found(root: Widget, kind: type[W]) -> list[W]:
    """All widgets of a class inside another."""
    return [widget for widget in root.walk() if isinstance(widget, kind)]
