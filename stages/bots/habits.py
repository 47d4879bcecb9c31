"""What a player does again and again: watch loads, answer questions, mind what Dev deployed.

A habit looks at the world once a second; it may change the blueprint, and it may return an act of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.commands import AnswerQuest, Command, Migrate, Operate, Reserve, Restart, RollBack
from engine.spec import StageSpec
from engine.view import NodeState
from stages.bots.blueprint import Blueprint
from stages.bots.player import REACTION_S, Patience, World


class Habit(Protocol):
    """One thing a player keeps an eye on."""

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """Look once; the act it calls for, if any."""


@dataclass(slots=True)
class ScaleOut:
    """More nodes of a kind while they stay busy, `most` at most; enough of them for a load of `aim` each."""

    kind: str
    most: int
    busy: float = 0.75
    aim: float = 0.6
    patience: Patience = field(default_factory=Patience)

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """Count upwards when the load has been too high for a while, and nothing is being built yet."""
        nodes = world.of_kind(self.kind)
        ready = [node for node in nodes if node.state is NodeState.READY]
        if not ready or len(ready) < len(nodes) or blueprint.nodes.get(self.kind, None) is None:
            return None
        load = sum(min(1.0, node.utilisation + node.waiting / max(1, node.slots)) for node in ready) / len(ready)
        if self.patience.is_over(self.kind, load > self.busy, world.time_s):
            wanted = min(self.most, max(len(ready) + 1, math.ceil(len(ready) * load / self.aim)))
            blueprint.want(self.kind, wanted)
        return None


@dataclass(slots=True)
class ScaleUp:
    """The next larger size of a kind while it stays busy, `largest` at most."""

    kind: str
    largest: str = "xlarge"
    busy: float = 0.8
    patience: Patience = field(default_factory=Patience)

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """Plan the next size when the load has been too high for a while."""
        nodes = world.of_kind(self.kind)
        if not nodes or any(node.state is not NodeState.READY for node in nodes):
            return None
        sizes = [size.id for size in stage.node_kind(self.kind).sizes]
        sizes = sizes[: sizes.index(self.largest) + 1] if self.largest in sizes else sizes
        load = max(node.utilisation + node.waiting / max(1, node.slots) for node in nodes)
        size = nodes[0].size
        if self.patience.is_over(self.kind, load > self.busy, world.time_s) and size in sizes[:-1]:
            blueprint.want(self.kind, len(nodes), sizes[sizes.index(size) + 1])
        return None


@dataclass(slots=True)
class Answers:
    """Answers questions, each after a moment of thought."""

    choices: Mapping[str, str]
    patience: Patience = field(default_factory=lambda: Patience(REACTION_S + 1.0))

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """The answer to the most urgent question it has an opinion on."""
        for quest in world.quests:
            if quest.event in self.choices and self.patience.is_over(quest.event, True, world.time_s):
                return AnswerQuest(quest.event, self.choices[quest.event])
        return None


@dataclass(slots=True)
class When:
    """Once `happened` has been so for a moment, change the plan (once)."""

    happened: Callable[[World], bool]
    change: Callable[[Blueprint], None]
    patience: Patience = field(default_factory=Patience)
    done: bool = False

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """Wait for it, then plan anew."""
        if not self.done and self.patience.is_over("it", self.happened(world), world.time_s):
            self.done = True
            self.change(blueprint)
        return None


@dataclass(slots=True)
class RollsBack:
    """Has a deployment rolled back, once it is noticed: something has been wrong for `notice_s` seconds."""

    notice_s: float = 8.0
    events: tuple[str, ...] = ()

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """The order for a rollback."""
        for deployment in world.deployments:
            noticed = world.time_s - deployment.since_s >= self.notice_s
            if deployment.done_at_s < 0 and noticed and (not self.events or deployment.event in self.events):
                return RollBack(deployment.event)
        return None


@dataclass(slots=True)
class RestartsInTurn:
    """Restarts the nodes of a kind whose memory fills up, one at a time."""

    kind: str
    full: float = 0.8

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """A restart of the fullest, while all the others are up."""
        nodes = world.of_kind(self.kind)
        if not nodes or any(node.state is not NodeState.READY for node in nodes):
            return None
        fullest = max(nodes, key=lambda node: node.figures.get("memory_share", 0.0))
        return Restart(fullest.id) if fullest.figures.get("memory_share", 0.0) > self.full else None


@dataclass(slots=True)
class Migrates:
    """Asks Dev for the move to microservices as soon as there is money for it and something left over."""

    spare: float = 0.0
    not_before_s: float = REACTION_S

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """The order, once."""
        if stage.migration is None or world.migrated or world.migration_left_s > 0:
            return None
        rich = world.budget - stage.migration.cost >= self.spare
        return Migrate() if rich and world.time_s >= self.not_before_s else None


@dataclass(slots=True)
class Reserves:
    """Once the service is split, keeps the wires between two kinds for some kinds of request (ids joined by commas)."""

    source: str
    target: str
    requests: str

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """The next wire that is not reserved yet."""
        if not world.migrated:
            return None
        sources = world.by_kind.get(self.source, ())
        targets = [node.id for node in world.of_kind(self.target) if node.state is NodeState.READY]
        wires = [wire for wire in world.wires if wire.source in sources and wire.target in targets]
        return next((Reserve(w.source, w.target, self.requests) for w in wires if not w.kinds), None)


@dataclass(slots=True)
class Redrives:
    """Lets a queue deliver its dead letters again."""

    kind: str = "queue"

    def look(self, world: World, blueprint: Blueprint, stage: StageSpec) -> Command | None:
        """The order, when there are any."""
        dead = [node for node in world.of_kind(self.kind) if node.figures.get("dead", 0.0) > 0]
        return Operate(dead[0].id, "redrive") if dead else None


def told(*events: str) -> Callable[[World], bool]:
    """Whether one of the events was announced or has begun."""
    return lambda world: (
        any(event.event in events for event in world.announced) or any(e in events for e in world.active_events)
    )


def after(seconds: float) -> Callable[[World], bool]:
    """Whether so much time has passed."""
    return lambda world: world.time_s >= seconds


def wants(**kinds: int | tuple[int, str]) -> Callable[[Blueprint], None]:
    """A change of plan: so many of each kind, and of which size."""

    def change(blueprint: Blueprint) -> None:
        for kind, wanted in kinds.items():
            count, size = wanted if isinstance(wanted, tuple) else (wanted, "")
            blueprint.want(kind, count, size)

    return change
