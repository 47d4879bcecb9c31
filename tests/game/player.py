"""A player for tests: moves a mouse and presses keys by posting real events, frame by frame, in the real app."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pygame

from game.app import App, Options
from game.scenes.base import Scene
from game.scenes.play import PlayScene
from game.storage import FileStorage
from game.ui.button import Button
from game.ui.widget import Widget
from game.view.geometry import Cell, cell_centre
from game.view.map import MapView

FRAME_S = 1 / 40
LONG_FRAME_S = 0.075
Point = tuple[int, int]
S = TypeVar("S", bound=Scene)


class Player:
    """Sits in front of an app with a window of its own and an empty storage in `folder`."""

    def __init__(self, folder: Path, language: str = "en", size: Point = (1280, 720)) -> None:
        self.app = App(Options(window=size, language=language, silent=True), storage=FileStorage(folder))
        pygame.event.clear()
        self.frames(2)

    # -- what is seen -------------------------------------------------------------------------------------------------

    def scene(self, kind: type[S]) -> S:
        """The scene that is shown, which must be of a kind."""
        assert isinstance(self.app.scene, kind), f"expected {kind.__name__}, not {type(self.app.scene).__name__}"
        return self.app.scene

    @property
    def map(self) -> MapView:
        """The map of the play screen."""
        return self.scene(PlayScene).map

    def place(self, cell: Cell) -> Point:
        """The pixel in the middle of a cell of the map."""
        x, y = self.map.camera.to_screen(cell_centre(cell))
        return round(x), round(y)

    def card(self, node: int) -> pygame.Rect:
        """Where a node's card is."""
        rect = self.map.node_rect(node)
        assert rect is not None and self.map.rect.contains(rect), "the node is outside of the visible map"
        return rect

    # -- what is done -------------------------------------------------------------------------------------------------

    def frames(self, count: int = 1, dt_s: float = FRAME_S) -> None:
        """Let frames pass."""
        for _ in range(count):
            self.app.frame(dt_s)

    def move(self, pos: Point) -> None:
        """Move the mouse, through a place on the way."""
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(1, 1), buttons=(0, 0, 0)))
        self.frames()

    def button(self, kind: int, pos: Point, button: int = 1) -> None:
        """A mouse button goes down or up."""
        pygame.event.post(pygame.event.Event(kind, pos=pos, button=button))
        self.frames()

    def click(self, at: Point | Widget) -> None:
        """Move there and click."""
        pos = at.rect.center if isinstance(at, Widget) else at
        self.move(pos)
        self.button(pygame.MOUSEBUTTONDOWN, pos)
        self.button(pygame.MOUSEBUTTONUP, pos)

    def drag(self, start: Point, end: Point) -> None:
        """Press at one place, move in steps, release at another."""
        self.move(start)
        self.button(pygame.MOUSEBUTTONDOWN, start)
        for share in (0.2, 0.5, 0.8, 1.0):
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=(x, y), rel=(1, 1), buttons=(1, 0, 0)))
            self.frames()
        self.button(pygame.MOUSEBUTTONUP, end)

    def key(self, action: str) -> None:
        """Press and release the key of an action."""
        binding = self.app.ctx.keymap.binding(action)
        mod = pygame.KMOD_LCTRL if binding.ctrl else 0
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=binding.key, mod=mod, unicode=""))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=binding.key, mod=mod))
        self.frames()

    def press(self, root: Widget, text: str) -> None:
        """Click the button that says something."""
        found = [w for w in root.walk() if isinstance(w, Button) and w.text == text and w.enabled]
        assert found, f"there is no button {text!r}"
        self.click(found[0])

    def t(self, key: str, **values: object) -> str:
        """A text in the player's language."""
        return self.app.ctx.i18n.t(key, **values)

    # -- longer acts --------------------------------------------------------------------------------------------------

    def go_to_setup(self) -> PlayScene:
        """From the title through stage select and briefing to the set-up of the first stage, tutorial skipped."""
        from game.scenes.briefing import BriefingScene
        from game.scenes.stage_select import StageSelectScene
        from game.scenes.title import TitleScene

        self.press(self.scene(TitleScene).root, self.t("title.play"))
        self.click(self.scene(StageSelectScene).cards[0])
        self.press(self.scene(BriefingScene).root, self.t("briefing.setup"))
        play = self.scene(PlayScene)
        self.frames(6)
        self.press(play.dashboard.tutorial, self.t("play.tutorial.skip"))
        self.frames(6)
        assert not play.dashboard.tutorial.visible
        return play

    def build(self, kind: str, cell: Cell) -> int:
        """Take a kind from the shop and place it; returns its number."""
        play = self.scene(PlayScene)
        before = set(play.session.view.node_ids)
        card = play.dashboard.shop.card(kind)
        assert card is not None
        self.click(card)
        self.click(self.place(cell))
        made = set(play.session.view.node_ids) - before
        assert len(made) == 1, f"{kind} was not built at {cell}"
        return made.pop()

    def wire(self, source: int, target: int) -> None:
        """Draw a wire from a port of one card to another card."""
        self.drag(self.card(source).midright, self.card(target).center)
        wires = {(wire.source, wire.target) for wire in self.scene(PlayScene).session.view.wires}
        assert (source, target) in wires

    def play_until_result(self) -> None:
        """Let the run go on until the play screen is left."""
        for _ in range(4000):
            if not isinstance(self.app.scene, PlayScene):
                return
            self.frames(1, LONG_FRAME_S)
        raise AssertionError("the run did not end")
