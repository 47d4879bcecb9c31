"""A run as a value: everything that is needed to play it again."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands import Command


@dataclass(frozen=True, slots=True)
class Run:
    """What was played: the commands with the step before which each was given, in order. until: how far it went."""

    stage: str
    seed: int
    commands: tuple[tuple[int, Command], ...]
    until: int = 0
