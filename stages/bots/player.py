"""What a player as code sees and does, and the small judgements all of them share.

A bot is asked once a simulated second; in set-up, where time stands still, it is asked until it has nothing more to do.
It sees what a person sees, asks before it acts, and is no quicker than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from engine.commands import Accepted, Answer, Clone, Command, Resize
from engine.spec import Role, StageSpec
from engine.view import AnnouncedEvent, Deployment, NodeState, NodeView, Phase, Quest, WireView

REACTION_S = 3.0
# Somebody new to all this: sees it, doubts it, looks for the button.
HESITATION_S = 12.0
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
    def by_kind(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the nodes by kind, the oldest first."""

    def of_kind(self, kind: str) -> tuple[NodeView, ...]:
        """The nodes of a kind, the oldest first."""

    @property
    def taken(self) -> frozenset[tuple[int, int]]:
        """Cells that are built on."""

    @property
    def connections(self) -> tuple[tuple[int, int], ...]:
        """Who calls whom, by number."""

    @property
    def wires(self) -> tuple[WireView, ...]:
        """The same with all that can be seen of it."""

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Kinds of node on offer."""

    @property
    def migrated(self) -> bool:
        """Whether the move to microservices is done."""

    @property
    def migration_left_s(self) -> float:
        """Seconds until it is; 0 when none is under way."""

    @property
    def budget(self) -> float:
        """Money left."""

    @property
    def error_rate(self) -> float:
        """Share of the requests of the last seconds that failed."""

    @property
    def announced(self) -> tuple[AnnouncedEvent, ...]:
        """What departments said is coming."""

    @property
    def active_events(self) -> tuple[str, ...]:
        """What has begun and not faded."""

    @property
    def quests(self) -> tuple[Quest, ...]:
        """Open questions."""

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """What Dev deployed and could roll back."""


class Bot(Protocol):
    """A player."""

    def act(self, world: World, check: Check) -> Command | None:
        """The next act, or None to wait."""


class Patience:
    """Human delay: something must have been the case for REACTION_S before one acts on it."""

    def __init__(self, seconds: float = REACTION_S) -> None:
        self.seconds = seconds
        self._since: dict[object, float] = {}

    def is_over(self, subject: object, is_so: bool, time_s: float) -> bool:
        """Whether it has been so for long enough. Starts to count anew afterwards."""
        if not is_so:
            self._since.pop(subject, None)
            return False
        if time_s - self._since.setdefault(subject, time_s) < self.seconds:
            return False
        del self._since[subject]
        return True


def role(stage: StageSpec, node: NodeView) -> Role:
    """The role of a node's kind."""
    return stage.node_kind(node.kind).role


def is_busy(node: NodeView) -> bool:
    """Whether a node looks overloaded to anybody."""
    return node.state is NodeState.READY and (node.utilisation > BUSY or node.waiting > node.slots)


def legal(act: Command, check: Check) -> bool:
    """Whether an act would be accepted."""
    return isinstance(check(act), Accepted)


def if_legal(act: Command | None, check: Check) -> Command | None:
    """The act where it would be accepted."""
    return act if act is not None and legal(act, check) else None


def larger(stage: StageSpec, node: NodeView) -> Command | None:
    """The next size of a node; None when it has the largest."""
    sizes = [size.id for size in stage.node_kind(node.kind).sizes]
    place = sizes.index(node.size) + 1
    return Resize(node.id, sizes[place]) if place < len(sizes) else None


def clone_beside(stage: StageSpec, world: World, node: NodeView) -> Command:
    """One more like a node, next to it."""
    return Clone(node.id, *free_cell(stage, world, node))


def free_cell(stage: StageSpec, world: World, near: NodeView) -> tuple[int, int]:
    """The free cell nearest to a node (its own when the map is full, so that the refusal says so)."""
    taken, columns, rows = world.taken, range(stage.width), range(stage.height)
    cells = _outwards(near.x, near.y, stage.width + stage.height)
    free = ((x, y) for x, y in cells if x in columns and y in rows and (x, y) not in taken)
    return next(free, (near.x, near.y))


def _outwards(x: int, y: int, most: int) -> Iterator[tuple[int, int]]:
    """The cells around one, the nearest first, at most so many steps away."""
    for distance in range(most):
        for column in range(x - distance, x + distance + 1):
            rest = distance - abs(column - x)
            yield column, y - rest
            yield column, y + rest
