"""A small stage in which departments ask and release: the first one, calm, with questions and a deployment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pygame

from engine.spec import (
    ChoiceSpec,
    Department,
    Envelope,
    EventSpec,
    NodeEffect,
    ObjectiveSpec,
    StageSpec,
    TrafficEffect,
)
from game.scenes.play import PlayScene
from game.session import Session
from stages.load import load_stage
from tests.game.player import Player

ASKED_S, SECOND_S, RELEASED_S = 2.0, 4.0, 6.0


def asking_stage() -> StageSpec:
    """Marketing asks at 2 s (silence means no), PM at 4 s, Dev releases at 6 s something that is slow."""
    offer = EventSpec(
        id="offer",
        department=Department.MARKETING,
        at_s=ASKED_S,
        expires_s=20.0,
        default="no",
        choices=(
            ChoiceSpec(id="yes", money=50.0, effects=(TrafficEffect(multiplier=1.5, envelope=Envelope(hold_s=40.0)),)),
            ChoiceSpec(id="big", money=-5000.0, users=900.0),
            ChoiceSpec(id="no"),
        ),
    )
    chat = EventSpec(
        id="chat",
        department=Department.PM,
        at_s=SECOND_S,
        expires_s=30.0,
        default="later",
        choices=(ChoiceSpec(id="now", users=200.0), ChoiceSpec(id="later")),
    )
    release = EventSpec(
        id="release",
        department=Department.DEV,
        at_s=RELEASED_S,
        node_effects=(NodeEffect(kinds=("vm_basic",), pace=0.8),),
        rollback_s=5.0,
    )
    return replace(
        load_stage("hello_world"),
        tutorial=(),
        events=(offer, chat, release),
        objectives=(
            ObjectiveSpec(id="thrifty", metric="budget", least=100.0),
            ObjectiveSpec(id="flawless", metric="error_share", most=0.001),
        ),
    )


class Asked(Player):
    """A player in the operation of that stage. until_s: as far as it has gone."""

    def __init__(
        self, folder: Path, until_s: float = ASKED_S + 1.0, language: str = "en", size: tuple[int, int] = (1280, 720)
    ) -> None:
        super().__init__(folder, language, size)
        self.session = Session("hello_world", asking_stage(), 11)
        self.play = PlayScene(self.app.ctx, self.session)
        self.app.scene.next_scene = self.play
        self.frames(3)
        self.key("start")
        self.pass_until(until_s)

    def pass_until(self, time_s: float) -> None:
        """Let the run go on to a moment, and the screen follow."""
        while self.session.view.time_s < time_s and not self.session.over:
            self.frames(1, 0.05)
        self.frames(8)

    def tap(self, pos: tuple[int, int]) -> None:
        """A finger touches and is lifted."""
        width, height = self.app.surface.get_size()
        x, y = pos[0] / width, pos[1] / height
        for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
            pygame.event.post(pygame.event.Event(kind, touch_id=1, finger_id=1, x=x, y=y, dx=0.0, dy=0.0, pressure=1.0))
            self.frames(2)
