"""Wires looked up once say what the board says, and are looked up anew when they change."""

from __future__ import annotations

from engine.commands import Accepted, Disconnect
from engine.wiring import Wiring
from tests.engine.builders import opened, three_tier


def test_callers_and_targets_are_those_of_the_board() -> None:
    board = opened(three_tier(10.0), 1).board
    wiring = Wiring(board.wires)
    for node in board.nodes:
        assert wiring.callers(node) == board.callers(node)
        assert wiring.targets(node) == board.targets(node)
    assert wiring.callers(99) == wiring.targets(99) == []


def test_what_was_looked_up_stays_as_it_was() -> None:
    simulation = opened(three_tier(10.0), 1)
    board = simulation.board
    wiring = Wiring(board.wires)
    source, target = board.wires[-1]
    assert isinstance(simulation.apply(Disconnect(source, target)), Accepted)
    assert wiring.wires != board.wires
    assert source in wiring.callers(target)
    assert source not in Wiring(board.wires).callers(target)
