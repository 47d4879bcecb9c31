"""The hand on the map: a small state machine from pointer and keys to commands.

It knows neither pixels nor pictures. A `Board` tells what lies where and passes commands on; the answers come back as
values, and the board shows a refusal at the place of the act.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from engine.commands import (
    Accepted,
    Build,
    Clone,
    Connect,
    Disconnect,
    Move,
    Refused,
    Sell,
)
from game.view.geometry import Cell, Point
from game.view.judging import Board, build_ghost, cloned_ghosts, judge_wire, moved_ghosts, order_of_moves
from game.view.modes import (
    Boxing,
    Button,
    Cloning,
    ConfirmingSale,
    Dragging,
    Ghost,
    Hit,
    Idle,
    Mode,
    Panning,
    Placing,
    Pressed,
    Route,
    Wiring,
)

NOWHERE = (-1.0, -1.0)


class Interaction:
    """Selection and the act under way. `slop` is how far, in pixels, a click may wander."""

    def __init__(self, board: Board, slop: float = 6.0) -> None:
        self.board = board
        self.slop = slop
        self.mode: Mode = Idle()
        self.selection: set[int] = set()
        self.wire: Route | None = None
        self._pointer: Point = NOWHERE
        self._clipboard: tuple[int, ...] = ()

    # -- the pointer -------------------------------------------------------------------------------------------------

    def press(self, pos: Point, button: Button = Button.LEFT, additive: bool = False, touch: bool = False) -> None:
        """A button goes down over the map. touch: it is a finger, whose drag on empty ground moves the map."""
        self._pointer = pos
        if button is not Button.LEFT:
            if not isinstance(self.mode, Panning):
                self.mode = Panning(pos, self.mode) if button is Button.MIDDLE else self._press_right(pos)
            return
        match self.mode:
            case Placing() as placing:
                self.mode = replace(placing, ghost=self._ghost_of(placing))
            case Cloning():
                self._move_clones()
            case Wiring() as wiring:
                self._press_wiring(wiring, pos)
            case Idle() | ConfirmingSale():
                self._press_idle(pos, additive, touch)

    def motion(self, pos: Point) -> None:
        """The pointer moves, over the map or beside it."""
        self._pointer = pos
        match self.mode:
            case Idle():
                self.mode = Idle(self._hit(pos) if self.board.contains(pos) else Hit())
            case Pressed() as pressed:
                if math.dist(pos, pressed.start) > self.slop:
                    self._begin_drag(pressed, pos)
            case Panning(last, back):
                self.board.pan(pos[0] - last[0], pos[1] - last[1])
                self.mode = Panning(pos, back)
            case Boxing(start, _, base):
                self.mode = Boxing(start, pos, base)
                self.selection = set(base | self.board.nodes_in(start, pos))
            case Dragging() as dragging:
                self._carry(dragging)
            case Placing() | Cloning() | Wiring():
                self.refresh()

    def release(self, pos: Point, button: Button = Button.LEFT, additive: bool = False) -> None:
        """A button goes up."""
        self._pointer = pos
        match self.mode:
            case Panning(_, back):
                self.mode = back
                self.refresh()
            case Pressed() | Dragging() if not self.board.contains(pos):
                self.mode = Idle()
            case Pressed() as pressed if pressed.button is button:
                self.mode = Idle(self._hit(pos))
                if button is Button.RIGHT:
                    self.cancel()
                else:
                    self._click(pressed)
            case Boxing():
                self.mode = Idle(self._hit(pos))
            case Dragging() as dragging:
                self._drop(dragging)
            case Placing() as placing if button is Button.LEFT and self.board.contains(pos):
                self._place(placing, again=additive)
            case Cloning() as cloning if button is Button.LEFT and self.board.contains(pos):
                self._place_clones(cloning)
            case Wiring() as wiring if button is Button.LEFT:
                self._release_wiring(wiring, pos, again=additive)

    def leave(self) -> None:
        """The pointer left the map: nothing is hovered any more."""
        match self.mode:
            case Idle():
                self.mode = Idle()
            case Placing() as placing:
                self._pointer = NOWHERE
                self.mode = replace(placing, ghost=None)
            case Cloning() as cloning:
                self._pointer = NOWHERE
                self.mode = Cloning(cloning.nodes)

    # -- keys, shop and inspector ------------------------------------------------------------------------------------

    def cancel(self) -> bool:
        """Give up the act under way, or the selection. False when there was nothing to give up."""
        if not isinstance(self.mode, Idle):
            self.mode = Idle()
            return True
        had = bool(self.selection) or self.wire is not None
        self.select(())
        return had

    def select(self, nodes: Iterable[int]) -> None:
        """Select exactly these nodes."""
        self.selection = set(nodes)
        self.wire = None

    def arm_build(self, kind: str, size: str = "") -> None:
        """Take a kind from the shop into the hand."""
        self.mode = Placing(kind, size)
        self.refresh()

    def arm_wire(self) -> None:
        """Take the wire tool, or put it back. Both ends are chosen, whatever is selected."""
        if isinstance(self.mode, Wiring):
            self.mode = Idle()
        else:
            self._start_wiring(None, dragged=False)

    def arm_clone(self, nodes: Iterable[int] | None = None) -> bool:
        """Take copies of nodes (the selection) into the hand. False when there are none to copy."""
        wanted = tuple(sorted(self.selection if nodes is None else nodes))
        if not wanted:
            return False
        self.mode = Cloning(wanted)
        self._move_clones()
        return True

    def copy(self) -> bool:
        """Remember the selection for `paste`."""
        self._clipboard = tuple(sorted(self.selection)) or self._clipboard
        return bool(self.selection)

    def paste(self) -> bool:
        """Take copies of what was remembered into the hand."""
        alive = set(self.board.nodes())
        return self.arm_clone([node for node in self._clipboard if node in alive])

    def delete(self) -> bool:
        """Cut the selected wire, or sell the selected nodes (asking once more where it cannot be taken back)."""
        if self.wire is not None:
            self.cut(self.wire)
            return True
        if isinstance(self.mode, ConfirmingSale):
            self.confirm_sale()
            return True
        if not self.selection:
            return False
        nodes = tuple(sorted(self.selection))
        answers = [self.board.check(Sell(node)) for node in nodes]
        refund = -sum(answer.cost for answer in answers if isinstance(answer, Accepted))
        legal = any(isinstance(answer, Accepted) for answer in answers)
        if legal and self.board.sale_needs_confirmation():
            self.mode = ConfirmingSale(nodes, refund)
        else:
            self._sell(nodes)
        return True

    def confirm_sale(self) -> None:
        """The second word: sell now."""
        if isinstance(self.mode, ConfirmingSale):
            nodes = self.mode.nodes
            self.mode = Idle()
            self._sell(nodes)

    def cut(self, wire: Route) -> None:
        """Cut a wire."""
        answer = self.board.act(Disconnect(*wire), self.board.node_cell(wire[1]))
        if isinstance(answer, Accepted):
            self.wire = None

    def refresh(self) -> None:
        """Ask the simulation again about what is in the hand; call it now and then, since budgets change."""
        match self.mode:
            case Placing() as placing:
                over = self.board.contains(self._pointer)
                ghost = self._ghost_of(placing) if over else None
                self.mode = replace(placing, ghost=ghost)
            case Cloning():
                self._move_clones()
            case Wiring() as wiring:
                node = self._hit(self._pointer).node if self.board.contains(self._pointer) else None
                target = None if node == wiring.source else node
                self.mode = replace(wiring, pos=self._pointer, target=target)

    def forget_missing(self) -> None:
        """Drop what no longer exists; call it when the topology changed."""
        alive = set(self.board.nodes())
        self.selection &= alive
        if self.wire is not None and not alive.issuperset(self.wire):
            self.wire = None
        match self.mode:
            case Dragging(nodes) | Cloning(nodes) | ConfirmingSale(nodes) if not alive.issuperset(nodes):
                self.mode = Idle()
            case Wiring(source) if source is not None:
                if source in alive:
                    self._start_wiring(source, self.mode.dragged)
                else:
                    self.mode = Idle()

    def _hit(self, pos: Point) -> Hit:
        return self.board.hit(pos, self.selection, self.wire)

    # -- selecting and dragging --------------------------------------------------------------------------------------

    def _press_right(self, pos: Point) -> Mode:
        return Pressed(Button.RIGHT, pos, Hit(), False) if isinstance(self.mode, Idle) else self._cancelled()

    def _cancelled(self) -> Mode:
        self.cancel()
        return self.mode

    def _press_idle(self, pos: Point, additive: bool, touch: bool) -> None:
        hit = self._hit(pos)
        if hit.scissors and self.wire is not None:
            self.mode = Idle()
            self.cut(self.wire)
        elif hit.port and hit.node is not None:
            self._start_wiring(hit.node, dragged=True)
        else:
            self.mode = Pressed(Button.LEFT, pos, hit, additive, touch)

    def _begin_drag(self, pressed: Pressed, pos: Point) -> None:
        if pressed.button is Button.RIGHT or (pressed.hit.node is None and pressed.touch):
            self.mode = Panning(pressed.start, Idle())
        elif pressed.hit.node is None:
            self.wire = None
            self.mode = Boxing(pressed.start, pos, frozenset(self.selection if pressed.additive else ()))
        else:
            if pressed.hit.node not in self.selection:
                self.select((pressed.hit.node,))
            self.mode = Dragging(tuple(sorted(self.selection)), self.board.node_cell(pressed.hit.node), ())
        self.motion(pos)

    def _click(self, pressed: Pressed) -> None:
        node = pressed.hit.node
        if node is None:
            self.select(())
            self.wire = pressed.hit.wire
        elif pressed.additive:
            self.wire = None
            self.selection ^= {node}
        else:
            self.select((node,))

    def _carry(self, dragging: Dragging) -> None:
        ghosts = moved_ghosts(self.board, dragging.nodes, self._carried_by(dragging))
        self.mode = replace(dragging, ghosts=ghosts)

    def _carried_by(self, dragging: Dragging) -> Cell:
        cell = self.board.cell(self._pointer)
        return (cell[0] - dragging.grabbed[0], cell[1] - dragging.grabbed[1])

    def _drop(self, dragging: Dragging) -> None:
        self.mode = Idle(self._hit(self._pointer))
        by = self._carried_by(dragging)
        if by == (0, 0):
            return
        ordered = order_of_moves(dragging.ghosts, by)
        refused = next((ghost for ghost in ordered if not ghost.legal), None)
        for ghost in ordered if refused is None else (refused,):
            if isinstance(self.board.act(Move(ghost.node, *ghost.cell), ghost.cell), Refused):
                return

    # -- building and cloning ----------------------------------------------------------------------------------------

    def _ghost_of(self, placing: Placing) -> Ghost:
        return build_ghost(self.board, placing.kind, placing.size, self.board.cell(self._pointer))

    def _place(self, placing: Placing, again: bool) -> None:
        cell = self.board.cell(self._pointer)
        answer = self.board.act(Build(placing.kind, *cell, placing.size), cell)
        if isinstance(answer, Accepted) and not again:
            self.mode = Idle()
            if answer.node >= 0:
                self.select((answer.node,))
        else:
            self.mode = Placing(placing.kind, placing.size)
            self.refresh()

    def _move_clones(self) -> None:
        if not isinstance(self.mode, Cloning):
            return
        nodes = self.mode.nodes
        if not self.board.contains(self._pointer):
            self.mode = Cloning(nodes)
            return
        self.mode = Cloning(nodes, cloned_ghosts(self.board, nodes, self.board.cell(self._pointer)))

    def _place_clones(self, cloning: Cloning) -> None:
        self._move_clones()
        made = []
        for ghost in self.mode.ghosts if isinstance(self.mode, Cloning) else ():
            answer = self.board.act(Clone(ghost.node, *ghost.cell), ghost.cell)
            if isinstance(answer, Refused):
                break
            made.append(answer.node)
        if made:
            self.mode = Idle()
            self.select(node for node in made if node >= 0)
        else:
            self.mode = Cloning(cloning.nodes)
            self._move_clones()

    def _sell(self, nodes: tuple[int, ...]) -> None:
        for node in nodes:
            self.board.act(Sell(node), self.board.node_cell(node))
        self.forget_missing()

    # -- wiring ------------------------------------------------------------------------------------------------------

    def _start_wiring(self, source: int | None, dragged: bool) -> None:
        answers = {}
        if source is not None:
            for other in self.board.nodes():
                if other != source:
                    answers[other] = judge_wire(self.board, source, other)
        self.mode = Wiring(source, self._pointer, self._pointer, dragged, None, answers)

    def _press_wiring(self, wiring: Wiring, pos: Point) -> None:
        node = self._hit(pos).node
        if wiring.source is None and node is not None:
            self._start_wiring(node, dragged=True)
        elif node is None:
            self.mode = Idle()

    def _release_wiring(self, wiring: Wiring, pos: Point, again: bool) -> None:
        node = self._hit(pos).node
        if wiring.source is None:
            return
        if node is None or node == wiring.source:
            clicked = math.dist(pos, wiring.start) <= self.slop
            if wiring.dragged and clicked:
                self.mode = replace(wiring, pos=pos, dragged=False, target=None)
            elif wiring.dragged:
                self.mode = Idle(self._hit(pos))
            return
        route, _ = judge_wire(self.board, wiring.source, node)
        answer = self.board.act(Connect(*route), self.board.node_cell(node))
        self.mode = Idle(self._hit(pos))
        if again and isinstance(answer, Accepted):
            self._start_wiring(wiring.source, dragged=False)
