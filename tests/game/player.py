"""A player for tests: a visitor of the real app who knows where things are and checks what comes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pygame

from game.app import App, Options
from game.scenes.base import Scene
from game.scenes.play import PlayScene
from game.storage import FileStorage
from game.view.geometry import Cell, cell_centre
from game.view.map import MapView
from game.visitor import Point, Visitor

LONG_FRAME_S = 0.075
S = TypeVar("S", bound=Scene)


class Player(Visitor):
    """Sits in front of an app with a window of its own and an empty storage in `folder`."""

    def __init__(self, folder: Path, language: str = "en", size: Point = (1280, 720)) -> None:
        options = Options(window=size, language=language, silent=True)
        super().__init__(App(options, storage=FileStorage(folder)))

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
