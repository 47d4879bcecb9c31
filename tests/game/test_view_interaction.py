"""The hand on the map: every act becomes the right command, and a refusal leaves everything as it was."""

from __future__ import annotations

from collections.abc import Set

import pytest

from engine.commands import (
    Accepted,
    Answer,
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Move,
    RefusalCode,
    Refused,
    Sell,
)
from game.view.geometry import Cell, Point
from game.view.interaction import Interaction
from game.view.modes import Boxing, Button, Cloning, ConfirmingSale, Dragging, Hit, Idle, Panning, Placing, Wiring

CELL = 100
WEB, DATABASE, BALANCER = 1, 2, 3
LEGAL = {(BALANCER, WEB), (WEB, DATABASE)}


class FakeBoard:
    """Nodes on cells of 100 pixels; a port is the right tenth of a cell."""

    def __init__(self) -> None:
        self.places: dict[int, Cell] = {WEB: (1, 1), DATABASE: (3, 1), BALANCER: (5, 3)}
        self.wires: set[tuple[int, int]] = {(WEB, DATABASE)}
        self.done: list[Command] = []
        self.refusals: list[tuple[RefusalCode, Cell]] = []
        self.panned: Point = (0.0, 0.0)
        self.in_operation = False

    def hit(self, pos: Point, selection: Set[int], wire: tuple[int, int] | None) -> Hit:
        cell = self.cell(pos)
        for node, place in self.places.items():
            if place == cell:
                return Hit(node=node, port=pos[0] % CELL >= 90)
        if cell == (2, 1):
            return Hit(wire=(WEB, DATABASE), scissors=wire is not None)
        return Hit()

    def cell(self, pos: Point) -> Cell:
        return int(pos[0] // CELL), int(pos[1] // CELL)

    def contains(self, pos: Point) -> bool:
        return 0 <= pos[0] < 1000 and 0 <= pos[1] < 1000

    def nodes(self) -> tuple[int, ...]:
        return tuple(self.places)

    def node_cell(self, node: int) -> Cell:
        return self.places[node]

    def node_kind(self, node: int) -> tuple[str, str]:
        return "vm_basic", "small"

    def nodes_in(self, start: Point, end: Point) -> frozenset[int]:
        one, other = self.cell(start), self.cell(end)
        return frozenset(
            node for node, (x, y) in self.places.items() if one[0] <= x <= other[0] and one[1] <= y <= other[1]
        )

    def pan(self, dx: float, dy: float) -> None:
        self.panned = (self.panned[0] + dx, self.panned[1] + dy)

    def check(self, command: Command) -> Answer:
        match command:
            case Build(_, x, y) | Move(_, x, y) | Clone(_, x, y):
                taken = (x, y) in self.places.values()
                return Refused(RefusalCode.CELL_TAKEN, {"kind": "vm_basic"}) if taken else Accepted(cost=50.0)
            case Connect(source, target):
                if (source, target) not in LEGAL:
                    return Refused(RefusalCode.WIRE_ILLEGAL)
                exists = (source, target) in self.wires
                return Refused(RefusalCode.WIRE_EXISTS) if exists else Accepted()
            case Sell():
                return Accepted(cost=-25.0)
        return Accepted()

    def act(self, command: Command, cell: Cell) -> Answer:
        answer = self.check(command)
        if isinstance(answer, Refused):
            self.refusals.append((answer.code, cell))
            return answer
        self.done.append(command)
        match command:
            case Build(_, x, y) | Clone(_, x, y):
                new = max(self.places) + 1
                self.places[new] = (x, y)
                return Accepted(node=new)
            case Move(node, x, y):
                self.places[node] = (x, y)
            case Connect(source, target):
                self.wires.add((source, target))
            case Sell(node):
                del self.places[node]
        return answer

    def sale_needs_confirmation(self) -> bool:
        return self.in_operation


@pytest.fixture
def board() -> FakeBoard:
    return FakeBoard()


@pytest.fixture
def hand(board: FakeBoard) -> Interaction:
    return Interaction(board)


def middle(cell: Cell) -> Point:
    return cell[0] * CELL + 50.0, cell[1] * CELL + 50.0


def port_of(cell: Cell) -> Point:
    return cell[0] * CELL + 95.0, cell[1] * CELL + 50.0


def click(hand: Interaction, pos: Point, button: Button = Button.LEFT, additive: bool = False) -> None:
    hand.motion(pos)
    hand.press(pos, button, additive)
    hand.release(pos, button, additive)


def drag(hand: Interaction, start: Point, end: Point, button: Button = Button.LEFT, **how: bool) -> None:
    hand.press(start, button, **how)
    hand.motion(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    hand.motion(end)


def test_click_selects_and_shift_adds_and_takes_away(hand: Interaction) -> None:
    click(hand, middle((1, 1)))
    click(hand, middle((3, 1)), additive=True)
    assert hand.selection == {WEB, DATABASE}
    click(hand, middle((1, 1)), additive=True)
    assert hand.selection == {DATABASE}
    click(hand, middle((7, 7)))
    assert hand.selection == set()


def test_a_drag_on_empty_ground_selects_what_the_box_touches(hand: Interaction) -> None:
    drag(hand, middle((0, 0)), middle((4, 2)))
    assert isinstance(hand.mode, Boxing)
    hand.release(middle((4, 2)))
    assert hand.selection == {WEB, DATABASE}
    assert isinstance(hand.mode, Idle)


@pytest.mark.parametrize(("button", "touch"), [(Button.RIGHT, False), (Button.MIDDLE, False), (Button.LEFT, True)])
def test_other_buttons_and_a_finger_move_the_map(
    hand: Interaction, board: FakeBoard, button: Button, touch: bool
) -> None:
    drag(hand, middle((7, 7)), middle((8, 7)), button, touch=touch)
    assert isinstance(hand.mode, Panning)
    assert board.panned == (100.0, 0.0)
    hand.release(middle((8, 7)), button)
    assert isinstance(hand.mode, Idle)


def test_panning_with_the_middle_button_keeps_what_is_in_the_hand(hand: Interaction) -> None:
    hand.arm_build("vm_basic")
    drag(hand, middle((7, 7)), middle((8, 7)), Button.MIDDLE)
    hand.release(middle((8, 7)), Button.MIDDLE)
    assert isinstance(hand.mode, Placing)


def test_a_node_is_carried_and_dropped_on_a_cell(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, middle((1, 1)), middle((1, 4)))
    assert isinstance(hand.mode, Dragging)
    assert [ghost.cell for ghost in hand.mode.ghosts] == [(1, 4)]
    hand.release(middle((1, 4)))
    assert board.done == [Move(WEB, 1, 4)]
    assert hand.selection == {WEB}


def test_a_click_that_trembles_moves_nothing(hand: Interaction, board: FakeBoard) -> None:
    x, y = middle((1, 1))
    hand.press((x, y))
    hand.motion((x + 3, y))
    hand.release((x + 3, y))
    assert board.done == []
    assert hand.selection == {WEB}


def test_a_drag_that_ends_beside_the_map_changes_nothing(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, middle((1, 1)), (-50.0, 50.0))
    hand.release((-50.0, 50.0))
    assert not board.done
    assert not board.refusals
    assert isinstance(hand.mode, Idle)


def test_companions_may_step_into_each_others_cells(hand: Interaction, board: FakeBoard) -> None:
    board.places = {WEB: (1, 1), DATABASE: (2, 2)}
    board.places[BALANCER] = (2, 1)
    hand.select((WEB, BALANCER))
    drag(hand, middle((1, 1)), middle((2, 1)))
    assert isinstance(hand.mode, Dragging)
    assert all(ghost.legal for ghost in hand.mode.ghosts)
    hand.release(middle((2, 1)))
    assert board.done == [Move(BALANCER, 3, 1), Move(WEB, 2, 1)]


def test_a_drop_on_a_taken_cell_is_refused_there_and_moves_nobody(hand: Interaction, board: FakeBoard) -> None:
    hand.select((WEB, BALANCER))
    drag(hand, middle((1, 1)), middle((3, 1)))
    hand.release(middle((3, 1)))
    assert board.done == []
    assert board.refusals == [(RefusalCode.CELL_TAKEN, (3, 1))]


def test_building_shows_a_ghost_that_knows_cost_and_legality(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic", "small")
    hand.motion(middle((4, 4)))
    assert isinstance(hand.mode, Placing)
    assert hand.mode.ghost is not None
    assert hand.mode.ghost.answer == Accepted(cost=50.0)
    hand.motion(middle((3, 1)))
    assert hand.mode.ghost is not None
    assert not hand.mode.ghost.legal
    hand.motion((-50.0, 50.0))
    assert hand.mode.ghost is None


def test_building_places_once_and_selects_it(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic")
    click(hand, middle((4, 4)))
    assert board.done == [Build("vm_basic", 4, 4, "")]
    assert hand.selection == {4}
    assert isinstance(hand.mode, Idle)


def test_shift_keeps_the_kind_in_the_hand(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic")
    click(hand, middle((4, 4)), additive=True)
    click(hand, middle((4, 5)), additive=True)
    assert len(board.done) == 2
    assert isinstance(hand.mode, Placing)


def test_a_refused_building_stays_in_the_hand(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic")
    click(hand, middle((3, 1)))
    assert board.refusals == [(RefusalCode.CELL_TAKEN, (3, 1))]
    assert isinstance(hand.mode, Placing)


def test_a_release_over_the_map_places_what_was_taken_from_the_shop(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic")
    hand.motion(middle((4, 4)))
    hand.release(middle((4, 4)))
    assert board.done == [Build("vm_basic", 4, 4, "")]


def test_a_wire_is_dragged_from_a_port(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, port_of((5, 3)), middle((1, 1)))
    assert isinstance(hand.mode, Wiring)
    assert hand.mode.target == WEB
    hand.release(middle((1, 1)))
    assert board.done == [Connect(BALANCER, WEB)]


def test_a_wire_drawn_backwards_is_turned_round(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, port_of((1, 1)), middle((5, 3)))
    hand.release(middle((5, 3)))
    assert board.done == [Connect(BALANCER, WEB)]


def test_the_reason_of_the_sensible_direction_is_given(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, port_of((3, 1)), middle((1, 1)))
    hand.release(middle((1, 1)))
    assert board.refusals == [(RefusalCode.WIRE_EXISTS, (1, 1))]


def test_an_illegal_wire_is_refused_with_a_reason(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, port_of((5, 3)), middle((3, 1)))
    hand.release(middle((3, 1)))
    assert board.refusals == [(RefusalCode.WIRE_ILLEGAL, (3, 1))]
    assert board.done == []


def test_a_wire_let_go_over_nothing_is_forgotten(hand: Interaction, board: FakeBoard) -> None:
    drag(hand, port_of((5, 3)), middle((8, 8)))
    hand.release(middle((8, 8)))
    assert isinstance(hand.mode, Idle)
    assert not board.done
    assert not board.refusals


def test_the_wire_tool_works_by_clicks(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_wire()
    click(hand, middle((5, 3)))
    assert isinstance(hand.mode, Wiring)
    assert hand.mode.source == BALANCER
    click(hand, middle((1, 1)))
    assert board.done == [Connect(BALANCER, WEB)]
    assert isinstance(hand.mode, Idle)


def test_the_wire_tool_does_not_take_the_selection_for_an_end(hand: Interaction, board: FakeBoard) -> None:
    hand.select((BALANCER,))
    hand.arm_wire()
    assert isinstance(hand.mode, Wiring)
    assert hand.mode.source is None
    click(hand, middle((1, 1)))
    assert board.done == [], "the first click chooses the first end"
    hand.arm_wire()
    assert isinstance(hand.mode, Idle), "taken a second time, the tool is put back"


def test_a_ghost_is_gone_as_long_as_the_pointer_is_away(hand: Interaction) -> None:
    hand.arm_build("vm_basic")
    hand.motion(middle((4, 4)))
    hand.leave()
    hand.refresh()
    assert hand.mode == Placing("vm_basic", "")


def test_wiring_knows_its_legal_targets(hand: Interaction) -> None:
    hand.arm_wire()
    click(hand, middle((5, 3)))
    assert isinstance(hand.mode, Wiring)
    legal = {node for node, (_, answer) in hand.mode.answers.items() if isinstance(answer, Accepted)}
    assert legal == {WEB}


def test_a_wire_is_selected_and_cut_by_its_scissors_or_by_a_key(hand: Interaction, board: FakeBoard) -> None:
    click(hand, middle((2, 1)))
    assert hand.wire == (WEB, DATABASE)
    click(hand, middle((2, 1)))
    assert board.done == [Disconnect(WEB, DATABASE)]
    assert hand.wire is None
    click(hand, middle((2, 1)))
    assert hand.delete()
    assert board.done == [Disconnect(WEB, DATABASE)] * 2


def test_cloning_a_selection_keeps_its_shape(hand: Interaction, board: FakeBoard) -> None:
    hand.select((WEB, DATABASE))
    assert hand.arm_clone()
    hand.motion(middle((1, 5)))
    assert isinstance(hand.mode, Cloning)
    assert [ghost.cell for ghost in hand.mode.ghosts] == [(1, 5), (3, 5)]
    click(hand, middle((1, 5)))
    assert board.done == [Clone(WEB, 1, 5), Clone(DATABASE, 3, 5)]
    assert hand.selection == {4, 5}


def test_paste_brings_back_what_was_copied(hand: Interaction) -> None:
    assert not hand.paste()
    hand.select((WEB,))
    assert hand.copy()
    hand.select(())
    assert hand.paste()
    assert isinstance(hand.mode, Cloning)
    assert hand.mode.nodes == (WEB,)


def test_selling_in_set_up_is_done_at_once(hand: Interaction, board: FakeBoard) -> None:
    hand.select((WEB,))
    assert hand.delete()
    assert board.done == [Sell(WEB)]
    assert hand.selection == set()


def test_selling_in_operation_asks_once_more(hand: Interaction, board: FakeBoard) -> None:
    board.in_operation = True
    hand.select((WEB, DATABASE))
    hand.delete()
    assert hand.mode == ConfirmingSale((WEB, DATABASE), 50.0)
    assert board.done == []
    hand.delete()
    assert board.done == [Sell(WEB), Sell(DATABASE)]


def test_a_click_elsewhere_keeps_what_was_to_be_sold(hand: Interaction, board: FakeBoard) -> None:
    board.in_operation = True
    hand.select((WEB,))
    hand.delete()
    click(hand, middle((8, 8)))
    assert board.done == []
    assert not isinstance(hand.mode, ConfirmingSale)


def test_cancel_gives_up_the_act_first_and_then_the_selection(hand: Interaction) -> None:
    hand.select((WEB,))
    hand.arm_build("vm_basic")
    assert hand.cancel()
    assert hand.selection == {WEB}
    assert hand.cancel()
    assert hand.selection == set()
    assert not hand.cancel()


def test_a_right_click_cancels(hand: Interaction, board: FakeBoard) -> None:
    hand.arm_build("vm_basic")
    click(hand, middle((4, 4)), Button.RIGHT)
    assert isinstance(hand.mode, Idle)
    assert board.done == []


def test_what_is_gone_is_let_go(hand: Interaction, board: FakeBoard) -> None:
    hand.select((WEB, DATABASE))
    hand.arm_clone()
    del board.places[WEB]
    hand.forget_missing()
    assert hand.selection == {DATABASE}
    assert isinstance(hand.mode, Idle)
