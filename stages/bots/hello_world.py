"""Players of the first stage, and those who play every stage alike."""

from __future__ import annotations

from engine.commands import Build, Command, Connect, SetPolicy, StartOperation
from engine.spec import Role, StageSpec
from engine.view import NodeState, NodeView, Phase
from stages.bots.blueprint import Blueprint
from stages.bots.habits import Answers
from stages.bots.player import (
    BUSY,
    HESITATION_S,
    REACTION_S,
    Check,
    Patience,
    World,
    clone_beside,
    free_cell,
    if_legal,
    is_busy,
    larger,
)
from stages.bots.player import role as _role


class NoBot:
    """Commands nothing at all; whoever runs it opens the doors."""

    def __init__(self, stage: StageSpec) -> None:
        self.stage = stage

    def act(self, world: World, check: Check) -> Command | None:
        """Nothing, ever."""
        return None


class IdleBot(NoBot):
    """Opens the doors and watches."""

    def act(self, world: World, check: Check) -> Command | None:
        """Start, then nothing."""
        return StartOperation() if world.phase is Phase.SETUP else None


class ScaleUpBot(NoBot):
    """Knows one cure: a bigger machine for whatever stays busy."""

    def __init__(self, stage: StageSpec) -> None:
        super().__init__(stage)
        self._patience = Patience()

    def act(self, world: World, check: Check) -> Command | None:
        """The next size of the busiest web server or database."""
        if world.phase is Phase.SETUP:
            return StartOperation()
        servers = [node for node in world.nodes if _role(self.stage, node) in (Role.COMPUTE, Role.DATABASE)]
        for node in sorted(servers, key=lambda node: -node.utilisation):
            if self._patience.is_over(node.id, is_busy(node), world.time_s):
                return if_legal(larger(self.stage, node), check)
        return None


class ReferenceBot(NoBot):
    """An ordinary player who has understood the first lesson.

    Before opening: a load balancer in front of the web servers, and one more of them. In operation: a further one
    while they stay busy, and a larger database while that stays busy.
    """

    servers = 2
    busy = BUSY
    patience_s = REACTION_S
    more_visitors = "no"

    def __init__(self, stage: StageSpec) -> None:
        super().__init__(stage)
        self._patience = Patience(self.patience_s)
        self._answers = Answers({"till_receipts": self.more_visitors}, Patience(self.patience_s + 1.0))

    def act(self, world: World, check: Check) -> Command | None:
        """One act at a time, and none while the last one is still being built."""
        if world.phase is Phase.SETUP:
            return self._prepare(world)
        if answer := self._answers.look(world, Blueprint(), self.stage):
            return if_legal(answer, check)
        if any(node.state is NodeState.BUILDING for node in world.nodes):
            return None
        web = self._of_role(world, Role.COMPUTE)
        load = sum(node.utilisation for node in web) / max(1, len(web))
        if web and self._patience.is_over(-1, load * self.expected_rush(world) > self.busy, world.time_s):
            return if_legal(clone_beside(self.stage, world, web[0]), check)
        for node in self._of_role(world, Role.DATABASE):
            if self._patience.is_over(node.id, is_busy(node), world.time_s):
                return if_legal(larger(self.stage, node), check)
        return None

    def expected_rush(self, world: World) -> float:
        """How much busier it will get than it is: this player waits and sees."""
        return 1.0

    def _prepare(self, world: World) -> Command | None:
        """The set-up, an act a call: each follows from what the ones before have built."""
        balancers, web = self._of_role(world, Role.BALANCER), self._of_role(world, Role.COMPUTE)
        source = self._of_role(world, Role.SOURCE)[0]
        kind = next((kind for kind in self.stage.node_kinds if kind.role is Role.BALANCER), None)
        if kind is not None and web and not balancers:
            x, y = free_cell(self.stage, world, source)
            return Build(kind.id, x, y)
        if balancers and balancers[0].wires == 0:
            return Connect(balancers[0].id, web[0].id)
        if balancers and balancers[0].wires == 1:
            return Connect(source.id, balancers[0].id)
        if balancers and len(web) < self.servers:
            return clone_beside(self.stage, world, web[0])
        return StartOperation()

    def _of_role(self, world: World, role: Role) -> list[NodeView]:
        return [node for node in world.nodes if _role(self.stage, node) is role]


class NoviceBot(ReferenceBot):
    """Has understood the lesson, but hesitates."""

    patience_s = HESITATION_S
    more_visitors = "yes"


class ExpertBot(ReferenceBot):
    """Builds ahead: opens with one server more, balances by load, and believes what departments announce."""

    servers = 3
    busy = 0.6
    more_visitors = "yes"

    def act(self, world: World, check: Check) -> Command | None:
        """As the reference does, with the better setting of the balancer."""
        for node in self._of_role(world, Role.BALANCER):
            if node.policies.get("balancing") == "round_robin":
                return SetPolicy(node.id, "balancing", "least_connections")
        return super().act(world, check)

    def expected_rush(self, world: World) -> float:
        """What the announced events will multiply the traffic by."""
        return max([1.0, *(event.multiplier for event in world.announced)])
