"""Drawing a wire: from one end, judged against every other node, to the other end."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.commands import Accepted, Connect
from game.view.geometry import Point
from game.view.judging import Board, judge_wire
from game.view.modes import Hit, Idle, Mode, Wiring


def start_wire(board: Board, source: int | None, pos: Point, dragged: bool) -> Wiring:
    """The wire tool in the hand, with its first end if that is chosen. dragged: a button is held."""
    others = () if source is None else (node for node in board.nodes() if node != source)
    answers = {} if source is None else {other: judge_wire(board, source, other) for other in others}
    return Wiring(source, pos, pos, dragged, None, answers)


def press_wire(board: Board, wiring: Wiring, node: int | None, pos: Point) -> Mode:
    """A press with the tool: on a node it chooses the first end, beside all nodes it gives up."""
    if node is None:
        return Idle()
    return start_wire(board, node, pos, dragged=True) if wiring.source is None else wiring


def aim_wire(wiring: Wiring, node: int | None, pos: Point) -> Wiring:
    """The loose end follows the pointer."""
    return replace(wiring, pos=pos, target=None if node == wiring.source else node)


def release_wire(board: Board, wiring: Wiring, hit: Hit, pos: Point, slop: float, again: bool) -> Mode:
    """A release with the tool: on another node it connects; where it was pressed, the wire goes on by clicks.

    slop: how far, in pixels, a click may wander. again: the tool stays in the hand.
    """
    if wiring.source is None:
        return wiring
    if hit.node is None or hit.node == wiring.source:
        if not wiring.dragged:
            return wiring
        clicked = math.dist(pos, wiring.start) <= slop
        return replace(wiring, pos=pos, dragged=False, target=None) if clicked else Idle(hit)
    route, _ = judge_wire(board, wiring.source, hit.node)
    answer = board.act(Connect(*route), board.node_cell(hit.node))
    if again and isinstance(answer, Accepted):
        return start_wire(board, wiring.source, pos, dragged=False)
    return Idle(hit)
