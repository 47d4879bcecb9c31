"""What events do to nodes: slow them, make them fail or leak, take them down, empty their caches, lose their data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.board import Board, Node
from engine.schedule import Begun
from engine.spec import NodeEffect, Role, StageSpec
from engine.strength import duration_s, strength


def zone_of(stage: StageSpec, node: Node) -> str:
    """The id of the zone a node lives in; empty when it spans all or there is none."""
    if not node.kind.zonal:
        return ""
    for zone in stage.zones:
        if zone.x <= node.x < zone.x + zone.width and zone.y <= node.y < zone.y + zone.height:
            return zone.id
    return ""


@dataclass(slots=True)
class Mishap:
    """An effect that has begun. event: index of the occurrence it belongs to. victim: the one node it picked, -1 where
    it concerns all that fit, -2 where none did.
    """

    event: int
    effect: NodeEffect
    began_s: float
    victim: int = -1


@dataclass(slots=True)
class Blow:
    """What happens to a node at once. what: `down`, `flush`, `data_loss` or `lose_worker`; zone: whether its zone
    failed."""

    node: int
    what: str
    down_s: float = 0.0
    zone: bool = False


@dataclass(slots=True)
class Mishaps:
    """All effects on nodes that have begun and not faded. leaks: MB a second by node, as of the last `press`.
    ended: some were rolled back since, so that the nodes must be told.
    """

    stage: StageSpec
    active: list[Mishap] = field(default_factory=list)
    leaks: dict[int, float] = field(default_factory=dict)
    ended: bool = False

    def begin(self, begun: Begun, time_s: float, board: Board, generator: np.random.Generator) -> list[Blow]:
        """Let an effect begin; returns what happens at once."""
        effect = begun.effect
        victims = [node for node in board.nodes.values() if self._fits(effect, node)]
        if effect.pick == "one" and victims:
            victims = [victims[int(generator.integers(len(victims)))]]
        if effect.lingers:
            victim = (victims[0].id if victims else -2) if effect.pick == "one" else -1
            self.active.append(Mishap(begun.event, effect, time_s, victim))
        return [blow for node in victims for blow in _blows(effect, node)]

    def end(self, event: int) -> None:
        """The effects of an occurrence are over, for it was rolled back."""
        self.active = [mishap for mishap in self.active if mishap.event != event]
        self.ended = True

    def press(self, time_s: float, board: Board) -> bool:
        """Write to the nodes how hard the effects press on them now; returns whether any node feels it differently."""
        if not self.active and not self.leaks and not self.ended:
            return False
        self.active = [m for m in self.active if time_s - m.began_s < duration_s(m.effect.envelope)]
        changed, had_leaks = False, bool(self.leaks)
        self.leaks = {}
        for node in board.nodes.values():
            pace, sound, leak = 1.0, 1.0, 0.0
            for mishap in self.active:
                effect = mishap.effect
                if mishap.victim not in (-1, node.id) or not self._fits(effect, node):
                    continue
                level = strength(effect.envelope, time_s - mishap.began_s)
                pace *= 1.0 + (effect.pace - 1.0) * level
                sound *= 1.0 - effect.fault_share * level
                leak += effect.leak_mb_s * level
            changed |= (node.live.event_pace, node.live.fault_share) != (pace, 1.0 - sound)
            node.live.event_pace, node.live.fault_share = pace, 1.0 - sound
            if leak > 0.0:
                self.leaks[node.id] = leak
        self.ended = False
        return changed or bool(self.leaks) or had_leaks

    def state(self) -> list[object]:
        """What decides the future."""
        return [(m.began_s, m.victim, repr(m.effect)) for m in self.active]

    def _fits(self, effect: NodeEffect, node: Node) -> bool:
        if node.kind.role is Role.SOURCE or (effect.kinds and node.kind.id not in effect.kinds):
            return False
        return not effect.zone or zone_of(self.stage, node) == effect.zone


def _blows(effect: NodeEffect, node: Node) -> list[Blow]:
    found = []
    if effect.down_s > 0.0:
        found.append(Blow(node.id, "down", effect.down_s, bool(effect.zone)))
    for what, wanted in (
        ("flush", effect.flush),
        ("data_loss", effect.data_loss and node.kind.role is Role.DATABASE),
        ("lose_worker", effect.lose_worker),
    ):
        if wanted:
            found.append(Blow(node.id, what))
    return found
