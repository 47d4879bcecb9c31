"""The hand on the map: a small state machine from pointer and keys to commands.

It knows neither pixels nor pictures. A `Board` tells what lies where and passes commands on; the answers come back as
values, and the board shows a refusal at the place of the act.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from engine.commands import Accepted, Disconnect
from game.view.carrying import carry, drop
from game.view.geometry import Point
from game.view.judging import Board
from game.view.modes import (
    Boxing,
    Button,
    Cloning,
    ConfirmingSale,
    Dragging,
    Hit,
    Idle,
    Mode,
    Panning,
    Placing,
    Pressed,
    Route,
    Wiring,
)
from game.view.trading import aim, place, place_clones, sale_to_confirm, sell
from game.view.wiring import aim_wire, press_wire, release_wire, start_wire

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
            case Placing() | Cloning() as held:
                self.mode = aim(self.board, held, self.board.cell(pos))
            case Wiring() as wiring:
                self.mode = press_wire(self.board, wiring, self._hit(pos).node, pos)
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
                self.mode = carry(self.board, dragging, self.board.cell(pos))
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
                self.mode = Idle(self._hit(pos))
                drop(self.board, dragging, self.board.cell(pos))
            case Placing() as placing if button is Button.LEFT and self.board.contains(pos):
                self._place(placing, again=additive)
            case Cloning() as cloning if button is Button.LEFT and self.board.contains(pos):
                self._place_clones(cloning)
            case Wiring() as wiring if button is Button.LEFT:
                self.mode = release_wire(self.board, wiring, self._hit(pos), pos, self.slop, again=additive)

    def leave(self) -> None:
        """The pointer left the map: nothing is hovered any more."""
        match self.mode:
            case Idle():
                self.mode = Idle()
            case Placing() | Cloning() as held:
                self._pointer = NOWHERE
                self.mode = aim(self.board, held, None)

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
            self.mode = start_wire(self.board, None, self._pointer, dragged=False)

    def arm_clone(self, nodes: Iterable[int] | None = None) -> bool:
        """Take copies of nodes (the selection) into the hand. False when there are none to copy."""
        wanted = tuple(sorted(self.selection if nodes is None else nodes))
        if not wanted:
            return False
        self.mode = Cloning(wanted)
        self.refresh()
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
        question = sale_to_confirm(self.board, nodes)
        if question is not None:
            self.mode = question
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
            case Placing() | Cloning() as held:
                over = self.board.contains(self._pointer)
                self.mode = aim(self.board, held, self.board.cell(self._pointer) if over else None)
            case Wiring() as wiring:
                node = self._hit(self._pointer).node if self.board.contains(self._pointer) else None
                self.mode = aim_wire(wiring, node, self._pointer)

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
                again = start_wire(self.board, source, self._pointer, self.mode.dragged) if source in alive else Idle()
                self.mode = again

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
            self.mode = start_wire(self.board, hit.node, pos, dragged=True)
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

    # -- what was in the hand comes to the map -----------------------------------------------------------------------

    def _place(self, placing: Placing, again: bool) -> None:
        answer = place(self.board, placing, self.board.cell(self._pointer))
        if answer is None or again:
            self.mode = Placing(placing.kind, placing.size)
            self.refresh()
            return
        self.mode = Idle()
        if answer.node >= 0:
            self.select((answer.node,))

    def _place_clones(self, cloning: Cloning) -> None:
        made = place_clones(self.board, cloning, self.board.cell(self._pointer))
        if made:
            self.mode = Idle()
            self.select(node for node in made if node >= 0)
        else:
            self.refresh()

    def _sell(self, nodes: tuple[int, ...]) -> None:
        sell(self.board, nodes)
        self.forget_missing()
