"""What the simulation says to what is in the hand: ghosts and wires with the answer they would get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import Protocol

from engine.commands import Accepted, Answer, Build, Clone, Command, Connect, Move, RefusalCode, Refused
from game.view.geometry import Cell, Point
from game.view.modes import Ghost, Hit, Route


class Board(Protocol):
    """What the state machine asks of the map. Positions are physical pixels."""

    def hit(self, pos: Point, selection: Set[int], wire: Route | None) -> Hit:
        """What lies under the pointer; selected nodes offer their ports, a selected wire its scissors."""

    def cell(self, pos: Point) -> Cell:
        """The cell under the pointer."""

    def contains(self, pos: Point) -> bool:
        """Whether the pointer is over the map."""

    def nodes(self) -> tuple[int, ...]:
        """All nodes there are."""

    def node_cell(self, node: int) -> Cell:
        """Where a node stands."""

    def node_kind(self, node: int) -> tuple[str, str]:
        """Kind and size of a node."""

    def nodes_in(self, start: Point, end: Point) -> frozenset[int]:
        """The nodes whose cards touch the box between two points."""

    def pan(self, dx: float, dy: float) -> None:
        """Move the map by pixels."""

    def check(self, command: Command) -> Answer:
        """What the simulation would answer."""

    def act(self, command: Command, cell: Cell) -> Answer:
        """Do it, and show a refusal at the cell."""

    def sale_needs_confirmation(self) -> bool:
        """Whether selling cannot be taken back now."""


def build_ghost(board: Board, kind: str, size: str, cell: Cell) -> Ghost:
    """A new node on a cell."""
    return Ghost(kind, size, cell, board.check(Build(kind, *cell, size)))


def moved_ghosts(board: Board, nodes: tuple[int, ...], by: Cell) -> tuple[Ghost, ...]:
    """Nodes moved together by some cells: the cell of a companion counts as free."""
    leaving = {board.node_cell(node) for node in nodes}

    def judge(node: int, to: Cell) -> Answer:
        if to == board.node_cell(node):
            return Accepted()
        answer = board.check(Move(node, *to))
        taken = isinstance(answer, Refused) and answer.code is RefusalCode.CELL_TAKEN
        return Accepted() if taken and to in leaving else answer

    return _ghosts(board, nodes, by, judge)


def cloned_ghosts(board: Board, nodes: tuple[int, ...], to: Cell) -> tuple[Ghost, ...]:
    """Copies of nodes, the first of them on cell `to`."""
    first = board.node_cell(nodes[0])
    by = (to[0] - first[0], to[1] - first[1])
    return _ghosts(board, nodes, by, lambda node, cell: board.check(Clone(node, *cell)))


def order_of_moves(ghosts: Iterable[Ghost], by: Cell) -> list[Ghost]:
    """The foremost first, so that nobody has to wait for the cell of a companion."""
    return sorted(ghosts, key=lambda ghost: ghost.cell[0] * by[0] + ghost.cell[1] * by[1], reverse=True)


def judge_wire(board: Board, one: int, other: int) -> tuple[Route, Answer]:
    """The wire between two nodes in the direction that makes sense, and what the simulation says to it."""
    forth = board.check(Connect(one, other))
    if not _illegal(forth):
        return (one, other), forth
    back = board.check(Connect(other, one))
    return ((one, other), forth) if _illegal(back) else ((other, one), back)


def _illegal(answer: Answer) -> bool:
    return isinstance(answer, Refused) and answer.code is RefusalCode.WIRE_ILLEGAL


def _ghosts(board: Board, nodes: Iterable[int], by: Cell, judge: Callable[[int, Cell], Answer]) -> tuple[Ghost, ...]:
    ghosts = []
    for node in nodes:
        cell = board.node_cell(node)
        to = (cell[0] + by[0], cell[1] + by[1])
        ghosts.append(Ghost(*board.node_kind(node), to, judge(node, to), node))
    return tuple(ghosts)
