"""What a command is checked against, what a legal one turns into, and the questions all of them ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.board import Board, Node
from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.spec import NodeKind, NodeSize, StageSpec
from engine.view import NodeState

if TYPE_CHECKING:
    from engine.hosts.rack import Rack


@dataclass(frozen=True, slots=True)
class Plan:
    """A legal command. cost: money it takes (negative: returned). lost: nodes whose requests fail when it is done."""

    cost: float
    perform: Callable[[Board], int]
    lost: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a command is checked against. In set-up nothing takes time, and giving back returns the whole price.

    unlocked: kinds on offer. migrated: whether the move to microservices is done. figures: of a node's models. rack:
    the stage's own hosts, if it has any.
    """

    stage: StageSpec
    board: Board
    budget: float
    setup: bool
    step: int
    dt_s: float
    unlocked: tuple[str, ...]
    migrated: bool
    figures: Callable[[int], Mapping[str, float]]
    rack: Rack | None = None

    def until(self, seconds: float) -> int:
        """The step at which something begun now is done."""
        return self.step + (0 if self.setup else round(seconds / self.dt_s))

    def refund(self, node: Node) -> float:
        """What a node's price is worth when it is given back."""
        return node.size.price * (1.0 if self.setup else node.kind.refund)


def size_of(kind: NodeKind, size_id: str) -> NodeSize | None:
    return next((size for size in kind.sizes if size.id == size_id), None)


def cell_refusal(x: int, y: int, at: Situation) -> Refused | None:
    if not (0 <= x < at.stage.width and 0 <= y < at.stage.height):
        return Refused(Code.OUTSIDE_MAP, {"x": x, "y": y, "width": at.stage.width, "height": at.stage.height})
    there = at.board.at(x, y)
    if there is not None:
        return Refused(Code.CELL_TAKEN, {"x": x, "y": y, "kind": there.kind.id})
    return None


def busy_refusal(node: Node, at: Situation) -> Refused | None:
    if at.rack is not None and at.rack.rescue.waits(node.id):
        return Refused(Code.HOST_DOWN, {"host": node.host})
    if node.moving_to and at.rack is not None:
        remaining = at.rack.moves.left_s(node)
        return Refused(Code.BUSY, {"kind": node.kind.id, "what": "migrating", "remaining_s": remaining})
    if node.state is NodeState.READY:
        return None
    remaining = (node.ready_step - at.step) * at.dt_s
    return Refused(Code.BUSY, {"kind": node.kind.id, "what": node.state.value, "remaining_s": remaining})


def unknown_node(node: int) -> Refused:
    return Refused(Code.UNKNOWN_NODE, {"node": node})


def begin(node: Node, state: NodeState, ready_step: int, step: int) -> None:
    """Start something that takes time; what takes none is done already."""
    if ready_step <= step:
        return
    node.state, node.ready_step = state, ready_step
