"""An opening as data, so that it can be changed at random: what is built, how it is wired and set, and how the player
reacts afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.spec import Role, StageSpec
from stages.bots import Bot
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import Answers, Habit, Migrates, Redrives, RestartsInTurn, RollsBack, ScaleOut, ScaleUp
from stages.bots.planner import PlanningBot


class Reaction(StrEnum):
    """What a player does again and again; see `stages.bots.habits`."""

    SCALE_OUT = "scale_out"
    SCALE_UP = "scale_up"
    RESTART = "restart"
    MIGRATE = "migrate"
    ROLL_BACK = "roll_back"
    REDRIVE = "redrive"


@dataclass(frozen=True, slots=True)
class Rule:
    """A reaction; `kind` and `busy` (load from which it acts) matter only where the reaction has a use for them."""

    reaction: Reaction
    kind: str = ""
    busy: float = 0.8


@dataclass(frozen=True, slots=True)
class Count:
    """So many nodes of a kind, all of one size (empty: as they are)."""

    kind: str
    nodes: int
    size: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy of all nodes of a kind."""

    kind: str
    key: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Opening:
    """counts: at most one of a kind, bought in this order. wires, cut: pairs of kinds, all nodes of one to all of the
    other. answers: event and choice.
    """

    counts: tuple[Count, ...] = ()
    wires: tuple[tuple[str, str], ...] = ()
    cut: tuple[tuple[str, str], ...] = ()
    settings: tuple[Setting, ...] = ()
    rules: tuple[Rule, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


MOST_NODES = 16


def starting(stage: StageSpec) -> Opening:
    """The architecture a stage begins with, untouched."""
    kinds = {node.key: node.kind for node in stage.nodes}
    numbers: dict[str, int] = {}
    for kind in kinds.values():
        if stage.node_kind(kind).role is not Role.SOURCE:
            numbers[kind] = numbers.get(kind, 0) + 1
    wires = dict.fromkeys((kinds[wire.source], kinds[wire.target]) for wire in stage.wires)
    return Opening(tuple(Count(kind, many) for kind, many in numbers.items()), tuple(wires))


def player(stage: StageSpec, opening: Opening) -> Bot:
    """Somebody who plays an opening, with the human delays of all bots."""
    blueprint = Blueprint(
        nodes={count.kind: Wanted(count.nodes, count.size) for count in opening.counts},
        wires=list(opening.wires),
        gone=list(opening.cut),
    )
    for setting in opening.settings:
        blueprint.settings.setdefault(setting.kind, {})[setting.key] = setting.value
    return PlanningBot(stage, blueprint, Answers(dict(opening.answers)), *_habits(opening))


def _habits(opening: Opening) -> Iterator[Habit]:
    for rule in opening.rules:
        match rule.reaction:
            case Reaction.SCALE_OUT:
                yield ScaleOut(rule.kind, MOST_NODES, rule.busy)
            case Reaction.SCALE_UP:
                yield ScaleUp(rule.kind, busy=rule.busy)
            case Reaction.RESTART:
                yield RestartsInTurn(rule.kind, rule.busy)
            case Reaction.MIGRATE:
                yield Migrates()
            case Reaction.ROLL_BACK:
                yield RollsBack()
            case Reaction.REDRIVE:
                yield Redrives()
