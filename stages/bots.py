"""Players as code. They see what a person sees, ask before they act, and are no quicker than one.

A bot is asked once a simulated second; in set-up, where time stands still, it is asked until it has nothing more to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from engine.commands import Accepted, Answer, Build, Clone, Command, Connect, Resize, Restart, SetPolicy, StartOperation
from engine.spec import Role, StageSpec
from engine.view import AnnouncedEvent, NodeState, NodeView, Phase

REACTION_S = 3.0
BUSY = 0.8

Check = Callable[[Command], Answer]


class World(Protocol):
    """The part of the engine's view that bots look at."""

    @property
    def phase(self) -> Phase:
        """Where the run stands."""

    @property
    def time_s(self) -> float:
        """Seconds of operation."""

    @property
    def nodes(self) -> tuple[NodeView, ...]:
        """Everything that is built."""

    @property
    def error_rate(self) -> float:
        """Share of the requests of the last seconds that failed."""

    @property
    def announced(self) -> tuple[AnnouncedEvent, ...]:
        """What departments said is coming."""


class Bot(Protocol):
    """A player."""

    def act(self, world: World, check: Check) -> Command | None:
        """The next act, or None to wait."""


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


class PanicBot(NoBot):
    """Never plans; while requests fail it restarts what looks busiest."""

    def act(self, world: World, check: Check) -> Command | None:
        """Start; then a restart for every second of errors."""
        if world.phase is Phase.SETUP:
            return StartOperation()
        if world.error_rate <= self.stage.goal.error_threshold:
            return None
        by_load = sorted(world.nodes, key=lambda node: -node.utilisation)
        return next((act for act in map(_restart, by_load) if _legal(act, check)), None)


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
            if self._patience.is_over(node.id, _is_busy(node), world.time_s):
                return _if_legal(_larger(self.stage, node), check)
        return None


class ReferenceBot(NoBot):
    """An ordinary player who has understood the first lesson.

    Before opening: a load balancer in front of the web servers, and one more of them. In operation: a further one
    while they stay busy, and a larger database while that stays busy.
    """

    servers = 2
    busy = BUSY

    def __init__(self, stage: StageSpec) -> None:
        super().__init__(stage)
        self._patience = Patience()

    def act(self, world: World, check: Check) -> Command | None:
        """One act at a time, and none while the last one is still being built."""
        if world.phase is Phase.SETUP:
            return self._prepare(world)
        if any(node.state is NodeState.BUILDING for node in world.nodes):
            return None
        web = self._of_role(world, Role.COMPUTE)
        load = sum(node.utilisation for node in web) / max(1, len(web))
        if web and self._patience.is_over(-1, load * self.expected_rush(world) > self.busy, world.time_s):
            return _if_legal(_clone_beside(self.stage, world, web[0]), check)
        for node in self._of_role(world, Role.DATABASE):
            if self._patience.is_over(node.id, _is_busy(node), world.time_s):
                return _if_legal(_larger(self.stage, node), check)
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
            x, y = _free_cell(self.stage, world, source)
            return Build(kind.id, x, y)
        if balancers and balancers[0].wires == 0:
            return Connect(balancers[0].id, web[0].id)
        if balancers and balancers[0].wires == 1:
            return Connect(source.id, balancers[0].id)
        if balancers and len(web) < self.servers:
            return _clone_beside(self.stage, world, web[0])
        return StartOperation()

    def _of_role(self, world: World, role: Role) -> list[NodeView]:
        return [node for node in world.nodes if _role(self.stage, node) is role]


class ExpertBot(ReferenceBot):
    """Builds ahead: opens with one server more, balances by load, and believes what departments announce."""

    servers = 3
    busy = 0.6

    def act(self, world: World, check: Check) -> Command | None:
        """As the reference does, with the better setting of the balancer."""
        for node in self._of_role(world, Role.BALANCER):
            if node.policies.get("balancing") == "round_robin":
                return SetPolicy(node.id, "balancing", "least_connections")
        return super().act(world, check)

    def expected_rush(self, world: World) -> float:
        """What the announced events will multiply the traffic by."""
        return max([1.0, *(event.multiplier for event in world.announced)])


class Patience:
    """Human delay: something must have been the case for REACTION_S before one acts on it."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def is_over(self, subject: int, is_so: bool, time_s: float) -> bool:
        """Whether it has been so for long enough. Starts to count anew afterwards."""
        if not is_so:
            self._since.pop(subject, None)
            return False
        if time_s - self._since.setdefault(subject, time_s) < REACTION_S:
            return False
        del self._since[subject]
        return True


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {
    "none": NoBot,
    "idle": IdleBot,
    "panic": PanicBot,
    "scale_up": ScaleUpBot,
    "reference": ReferenceBot,
    "expert": ExpertBot,
}


def _role(stage: StageSpec, node: NodeView) -> Role:
    return stage.node_kind(node.kind).role


def _is_busy(node: NodeView) -> bool:
    return node.state is NodeState.READY and (node.utilisation > BUSY or node.waiting > node.slots)


def _legal(act: Command, check: Check) -> bool:
    return isinstance(check(act), Accepted)


def _if_legal(act: Command | None, check: Check) -> Command | None:
    return act if act is not None and _legal(act, check) else None


def _restart(node: NodeView) -> Command:
    return Restart(node.id)


def _larger(stage: StageSpec, node: NodeView) -> Command | None:
    sizes = [size.id for size in stage.node_kind(node.kind).sizes]
    place = sizes.index(node.size) + 1
    return Resize(node.id, sizes[place]) if place < len(sizes) else None


def _clone_beside(stage: StageSpec, world: World, node: NodeView) -> Command:
    return Clone(node.id, *_free_cell(stage, world, node))


def _free_cell(stage: StageSpec, world: World, near: NodeView) -> tuple[int, int]:
    """The free cell nearest to a node (its own when the map is full, so that the refusal says so)."""
    taken = {(node.x, node.y) for node in world.nodes}
    cells = [(x, y) for x in range(stage.width) for y in range(stage.height) if (x, y) not in taken]
    return min(cells, key=lambda cell: (abs(cell[0] - near.x) + abs(cell[1] - near.y), cell), default=(near.x, near.y))
