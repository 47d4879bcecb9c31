"""The board a run begins with."""

from __future__ import annotations

from engine.board import Board
from engine.hosts.room import choose, need_of
from engine.spec import HostingSpec, StageSpec


def starting_board(stage: StageSpec) -> Board:
    """The nodes and wires of a stage, every VM on a host. Raises ValueError when a VM finds none (see `misfits`)."""
    board, left_over = _settled(stage)
    if left_over:
        raise ValueError(f"stage {stage.id!r}: no host has room for {', '.join(left_over)}")
    return board


def misfits(stage: StageSpec) -> tuple[str, ...]:
    """Keys of the start nodes for which no host has room, or whose own `host` has none or does not exist."""
    return _settled(stage)[1]


def _settled(stage: StageSpec) -> tuple[Board, tuple[str, ...]]:
    board, numbers = Board(), {}
    for start in stage.nodes:
        numbers[start.key] = board.add(stage.node_kind(start.kind), stage.start_size(start), start.x, start.y).id
    board.wires = [(numbers[wire.source], numbers[wire.target]) for wire in stage.wires]
    if stage.hosting is None:
        return board, ()
    return board, _place(stage, stage.hosting, board, numbers)


def _place(stage: StageSpec, hosting: HostingSpec, board: Board, numbers: dict[str, int]) -> tuple[str, ...]:
    """Put every VM on a host: those that name theirs first, then the others, in the order of the stage. Returns the
    keys of those that found none.
    """
    board.placement = hosting.placement
    left_over = []
    for start in sorted(stage.nodes, key=lambda start: not start.host):
        node = board.nodes[numbers[start.key]]
        if not node.kind.virtual:
            continue
        usable = [start.host] if start.host else [host.id for host in hosting.hosts]
        host = choose(board, hosting, need_of(node.size), usable)
        if host is None:
            left_over.append(start.key)
        else:
            node.host = host.id
    return tuple(left_over)
