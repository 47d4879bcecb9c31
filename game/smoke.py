"""A walk through the game without a window: title, stage select, briefing, some seconds of play, the menu.

Nothing of the player's own is read or changed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.view import Phase
from game.app import App, Options
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.storage import FileStorage
from game.visitor import Visitor

LOOKED_AT_FRAMES = 20
PLAYED_S = 20.0
MOST_FRAMES = 400
SCREENS = 4


def walk(options: Options) -> str:
    """Walk; returns what was seen. Raises whatever goes wrong on the way, and RuntimeError when it leads nowhere."""
    with tempfile.TemporaryDirectory() as kept:
        visitor = Visitor(App(options, storage=FileStorage(Path(kept))))
        seen = []
        for _ in range(SCREENS):
            visitor.frames(LOOKED_AT_FRAMES)
            seen.append(type(visitor.app.scene).__name__)
            _require_no_problem(visitor)
            if isinstance(visitor.app.scene, PlayScene):
                break
            _go_on(visitor)
        step = _play(visitor)
        return f"{' > '.join(seen)}: {step} steps in {visitor.app.frames} frames"


def _require_no_problem(visitor: Visitor) -> None:
    problems = visitor.app.ctx.storage.problems
    if problems:
        raise RuntimeError("; ".join(visitor.t(f"storage.{p.key}", **p.values) for p in problems))


def _go_on(visitor: Visitor) -> None:
    """One screen nearer to the play screen."""
    match visitor.app.scene:
        case TitleScene() as title:
            visitor.press(title.root, visitor.t("title.play"))
        case StageSelectScene() as stages:
            visitor.click(stages.cards[0])
        case BriefingScene() as briefing:
            visitor.press(briefing.root, visitor.t("briefing.setup"))


def _play(visitor: Visitor) -> int:
    """Open the doors and let the time pass, with a look at a node and at the menu; returns the step reached."""
    play = visitor.app.scene
    if not isinstance(play, PlayScene):
        raise RuntimeError(f"{type(play).__name__} leads nowhere")
    if play.dashboard.tutorial.visible:
        visitor.press(play.dashboard.tutorial, visitor.t("play.tutorial.skip"))
    visitor.frames(LOOKED_AT_FRAMES)
    rect = play.map.node_rect(play.session.view.node_ids[0])
    if rect is not None:
        visitor.click(rect.center)
    if play.session.phase is Phase.SETUP:
        visitor.key("start")
    visitor.key("speed_4")
    for _ in range(MOST_FRAMES):
        if play.session.view.time_s >= PLAYED_S or visitor.app.scene is not play:
            break
        visitor.frames()
    else:
        raise RuntimeError(f"time stands still at {play.session.view.time_s:.1f} s")
    if visitor.app.scene is play:
        visitor.key("help")
        visitor.key("help")
        visitor.frames(LOOKED_AT_FRAMES)
    return play.session.view.step
