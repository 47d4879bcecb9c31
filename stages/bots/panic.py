"""Players who never think: they buy what there is, and when it burns they throw the rest of the money at it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.commands import AnswerQuest, Command, Resize, Restart, StartOperation
from engine.spec import Role, StageSpec
from engine.view import NodeView, Phase
from stages.bots.blueprint import Blueprint
from stages.bots.player import Check, World, clone_beside, legal, role


class PanicBot:
    """Buys all of its blueprint at once, whatever it costs to keep, and says yes to everything. At every second of
    errors it buys more: the largest size of whatever is busiest, one more of it, or a restart when the money is gone.
    """

    def __init__(self, stage: StageSpec, blueprint: Blueprint | None = None) -> None:
        self.stage, self.blueprint = stage, blueprint or Blueprint()

    def act(self, world: World, check: Check) -> Command | None:
        """Shop, start, shop on; frenzy while requests fail."""
        if world.phase is Phase.SETUP:
            return self.blueprint.next_act(self.stage, world, check) or StartOperation()
        burning = world.error_rate > self.stage.goal.error_threshold
        acts: list[Command] = [*self._nods(world), *(self._frenzy(world) if burning else ())]
        for act in acts:
            if legal(act, check):
                return act
        return self.blueprint.next_act(self.stage, world, check)

    def _nods(self, world: World) -> Iterator[Command]:
        events = {event.id: event for event in self.stage.events}
        yield from (AnswerQuest(quest.event, events[quest.event].choices[0].id) for quest in world.quests)

    def _frenzy(self, world: World) -> Iterator[Command]:
        servers = [node for node in world.nodes if role(self.stage, node) in (Role.COMPUTE, Role.DATABASE)]
        by_load = sorted(servers, key=lambda node: -node.utilisation)
        yield from (act for node in by_load[:1] for act in self._upgrades(node))
        yield from (clone_beside(self.stage, world, node) for node in by_load)
        yield from (Restart(node.id) for node in by_load)

    def _upgrades(self, node: NodeView) -> Iterator[Command]:
        sizes = [size.id for size in self.stage.node_kind(node.kind).sizes]
        yield from (Resize(node.id, size) for size in reversed(sizes[sizes.index(node.size) + 1 :]))
