"""An architecture a player has in mind, and the next act that brings the board closer to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from engine.commands import Accepted, Build, Clone, Command, Connect, Disconnect, Resize, Sell, SetPolicy
from engine.spec import StageSpec
from engine.view import NodeState, NodeView
from stages.bots.player import Check, World, free_cell, larger


@dataclass(slots=True)
class Wanted:
    """So many nodes of a kind, of this size (empty: as they are, the smallest when new)."""

    count: int
    size: str = ""


@dataclass(slots=True)
class Blueprint:
    """Nodes by kind, the wires between kinds (all to all, callees first), and settings by kind.

    What stands first in `nodes` is bought first. spare: money that is never spent. gone: wires to cut.
    """

    nodes: dict[str, Wanted] = field(default_factory=dict)
    wires: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, dict[str, str | int]] = field(default_factory=dict)
    spare: float = 0.0
    gone: list[tuple[str, str]] = field(default_factory=list)

    def want(self, kind: str, count: int, size: str = "") -> None:
        """Plan for (at least) so many of a kind, and for a size where one is given."""
        known = self.nodes.setdefault(kind, Wanted(count))
        known.count = max(known.count, count)
        known.size = size or known.size

    def next_act(self, stage: StageSpec, world: World, check: Check) -> Command | None:
        """The first act that is missing, is legal and can be paid; None when there is none."""
        for acts in (self._wires(world, stage), self._settings(world), self._nodes(world, stage), self._sizes(world)):
            for act in acts:
                answer = check(act)
                if isinstance(answer, Accepted) and (answer.cost <= 0 or answer.cost <= world.budget - self.spare):
                    return act
        return None

    def _wires(self, world: World, stage: StageSpec) -> Iterable[Command]:
        drawn = frozenset(world.connections)
        for source_kind, target_kind in self.wires:
            numbers = world.by_kind
            sources, targets = numbers.get(source_kind, ()), numbers.get(target_kind, ())
            if sources and targets and stage.node_kind(source_kind).single_target:
                targets = tuple(node.id for node in world.of_kind(target_kind) if node.state is NodeState.READY)[:1]
            yield from (Connect(*pair) for pair in product(sources, targets) if pair not in drawn)
        for source_kind, target_kind in self.gone:
            numbers = world.by_kind
            pairs = product(numbers.get(source_kind, ()), numbers.get(target_kind, ()))
            yield from (Disconnect(*pair) for pair in pairs if pair in drawn)

    def _settings(self, world: World) -> Iterable[Command]:
        for kind, settings in self.settings.items():
            for node in world.of_kind(kind):
                for key, value in settings.items():
                    if node.policies.get(key) != value:
                        yield SetPolicy(node.id, key, value)

    def _nodes(self, world: World, stage: StageSpec) -> Iterable[Command]:
        for kind, wanted in self.nodes.items():
            if len(world.by_kind.get(kind, ())) == wanted.count:
                continue
            have = world.of_kind(kind)
            if len(have) < wanted.count and kind not in world.unlocked:
                yield from _instead(stage, have, wanted)
            elif len(have) < wanted.count:
                x, y = free_cell(stage, world, have[0] if have else self._neighbour(world, kind))
                same = [node for node in have if node.size == (wanted.size or node.size)]
                yield Clone(same[0].id, x, y) if same else Build(kind, x, y, wanted.size)
            else:
                yield Sell(have[-1].id)

    def _sizes(self, world: World) -> Iterable[Command]:
        for kind, wanted in self.nodes.items():
            others = [node for node in world.of_kind(kind) if node.size != wanted.size] if wanted.size else []
            yield from (Resize(node.id, wanted.size) for node in others if node.state is NodeState.READY)

    def _neighbour(self, world: World, kind: str) -> NodeView:
        """Where the first node of a kind goes: beside who will call it or is called by it."""
        beside = [target if source == kind else source for source, target in self.wires if kind in (source, target)]
        found = [node for other in beside for node in world.of_kind(other)]
        return found[0] if found else world.nodes[0]


def _instead(stage: StageSpec, have: Sequence[NodeView], wanted: Wanted) -> Iterable[Command]:
    """Where no more of a kind can be had: larger ones, one at a time, until there are as many slots."""
    slots = {size.id: size.slots for size in stage.node_kind(have[0].kind).sizes} if have else {}
    goal = wanted.count * slots.get(wanted.size or next(iter(slots), ""), 0)
    if not have or any(node.state is not NodeState.READY for node in have):
        return
    if sum(slots[node.size] for node in have) >= goal:
        return
    least = min(have, key=lambda node: slots[node.size])
    bigger = larger(stage, least)
    if bigger is not None:
        yield bigger
