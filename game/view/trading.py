"""Building, cloning and selling: what is bought is put on a cell, what is sold is gone."""

from __future__ import annotations

from dataclasses import replace

from engine.commands import Accepted, Build, Clone, Refused, Sell
from game.view.geometry import Cell
from game.view.judging import Board, build_ghost, cloned_ghosts
from game.view.modes import Cloning, ConfirmingSale, Placing


def aim(board: Board, held: Placing | Cloning, cell: Cell | None) -> Placing | Cloning:
    """What is in the hand, with ghosts that know cost and legality; without any where `cell` is None."""
    match held:
        case Placing():
            return replace(held, ghost=None if cell is None else build_ghost(board, held.kind, held.size, cell))
        case Cloning():
            return Cloning(held.nodes, () if cell is None else cloned_ghosts(board, held.nodes, cell))


def place(board: Board, placing: Placing, cell: Cell) -> Accepted | None:
    """Build it; None when that was refused."""
    answer = board.act(Build(placing.kind, *cell, placing.size), cell)
    return answer if isinstance(answer, Accepted) else None


def place_clones(board: Board, cloning: Cloning, cell: Cell) -> list[int]:
    """Clone until one is refused; the numbers of the new nodes."""
    made = []
    for ghost in cloned_ghosts(board, cloning.nodes, cell):
        answer = board.act(Clone(ghost.node, *ghost.cell), ghost.cell)
        if isinstance(answer, Refused):
            break
        made.append(answer.node)
    return made


def sale_to_confirm(board: Board, nodes: tuple[int, ...]) -> ConfirmingSale | None:
    """The question to ask before selling; None where it can be taken back, or is refused anyway."""
    answers = [answer for answer in (board.check(Sell(node)) for node in nodes) if isinstance(answer, Accepted)]
    if answers and board.sale_needs_confirmation():
        return ConfirmingSale(nodes, -sum(answer.cost for answer in answers))
    return None


def sell(board: Board, nodes: tuple[int, ...]) -> None:
    """Sell them, one by one."""
    for node in nodes:
        board.act(Sell(node), board.node_cell(node))
