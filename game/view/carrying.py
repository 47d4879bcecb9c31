"""Carrying nodes to other cells."""

from __future__ import annotations

from dataclasses import replace

from engine.commands import Move, Refused
from game.view.geometry import Cell
from game.view.judging import Board, moved_ghosts, order_of_moves
from game.view.modes import Dragging


def carry(board: Board, dragging: Dragging, cell: Cell) -> Dragging:
    """The ghosts follow the pointer, which is over `cell`."""
    return replace(dragging, ghosts=moved_ghosts(board, dragging.nodes, _way(dragging, cell)))


def drop(board: Board, dragging: Dragging, cell: Cell) -> None:
    """All nodes move, or none and the first refusal is shown."""
    by = _way(dragging, cell)
    if by == (0, 0):
        return
    ordered = order_of_moves(dragging.ghosts, by)
    refused = next((ghost for ghost in ordered if not ghost.legal), None)
    for ghost in ordered if refused is None else (refused,):
        if isinstance(board.act(Move(ghost.node, *ghost.cell), ghost.cell), Refused):
            return


def _way(dragging: Dragging, cell: Cell) -> Cell:
    return (cell[0] - dragging.grabbed[0], cell[1] - dragging.grabbed[1])
