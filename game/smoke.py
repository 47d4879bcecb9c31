"""A walk through the game without a window, by real events: title, stage select, briefing, some seconds of play, help.

Nothing of the player's own is read or changed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pygame

from engine.view import Phase
from game.app import App, Options
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.storage import FileStorage
from game.ui.button import Button
from game.ui.widget import Widget

LOOKED_AT_FRAMES = 20
PLAYED_S = 20.0
MOST_FRAMES = 400
SCREENS = 4
FRAME_S = 1 / 40


class Visitor:
    """Clicks and presses keys. Every act lets the frame pass in which it is handled."""

    def __init__(self, app: App) -> None:
        self.app = app
        pygame.event.clear()

    def frames(self, count: int = 1) -> None:
        """Let frames pass."""
        for _ in range(count):
            self.app.frame(FRAME_S)

    def click(self, place: pygame.Rect) -> None:
        """Move there, press and release."""
        pos = place.center
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(1, 1), buttons=(0, 0, 0)))
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            pygame.event.post(pygame.event.Event(kind, pos=pos, button=1))
        self.frames()

    def press(self, root: Widget, key: str) -> None:
        """Click the button with the text of a key. Raises LookupError when there is none that can be pressed."""
        text = self.t(key)
        found = [w for w in root.walk() if isinstance(w, Button) and w.text == text and w.enabled]
        if not found:
            raise LookupError(f"there is no button {text!r}")
        self.click(found[0].rect)

    def key(self, action: str) -> None:
        """Press the key of an action."""
        key = self.app.ctx.keymap.binding(action).key
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, unicode=""))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key, mod=0))
        self.frames()

    def t(self, key: str, **values: object) -> str:
        """A text in the language of the app."""
        return self.app.ctx.i18n.t(key, **values)


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
            visitor.press(title.root, "title.play")
        case StageSelectScene() as stages:
            visitor.click(stages.cards[0].rect)
        case BriefingScene() as briefing:
            visitor.press(briefing.root, "briefing.setup")


def _play(visitor: Visitor) -> int:
    """Open the doors and let the time pass, with a look at a node and at the menu; returns the step reached."""
    play = visitor.app.scene
    if not isinstance(play, PlayScene):
        raise RuntimeError(f"{type(play).__name__} leads nowhere")
    if play.dashboard.tutorial.visible:
        visitor.press(play.dashboard.tutorial, "play.tutorial.skip")
    visitor.frames(LOOKED_AT_FRAMES)
    rect = play.map.node_rect(play.session.view.node_ids[0])
    if rect is not None:
        visitor.click(rect)
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
