"""What a command needs to be legal, what it costs, and how it is carried out: two halves, so that `check` can ask
without acting.

`plan` looks and changes nothing: it returns a Plan or a Refused. `Plan.perform` then changes the board and cannot fail.
"""

from __future__ import annotations

from engine import commands as c
from engine.board import Board
from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.hosts.acts import host_for, place, set_placement
from engine.node_acts import operate, resize, restart, sell, set_policy
from engine.situation import Plan, Situation, begin, cell_refusal, size_of, unknown_node
from engine.view import NodeState


def plan(command: c.Command, at: Situation) -> Plan | Refused:
    """Whether a command is legal now, what it costs, and how it is done."""
    match command:
        case c.Build():
            made = _build(command, at)
        case c.Move():
            made = _move(command, at)
        case c.Connect():
            made = _connect(command, at)
        case c.Disconnect():
            made = _disconnect(command, at)
        case c.Resize():
            made = resize(command, at)
        case c.Clone():
            made = _clone(command, at)
        case c.Sell():
            made = sell(command, at)
        case c.Restart():
            made = restart(command, at)
        case c.SetPolicy():
            made = set_policy(command, at)
        case c.Operate():
            made = operate(command, at)
        case c.Reserve():
            made = _reserve(command, at)
        case c.Place():
            made = place(command, at)
        case c.SetPlacement():
            made = set_placement(command, at)
        case _:
            raise TypeError(f"not a command that changes the board: {command!r}")
    if isinstance(made, Plan) and made.cost > 0 and made.cost > at.budget:
        values = {"cost": made.cost, "budget": at.budget, "missing": made.cost - at.budget}
        return Refused(Code.BUDGET, values)
    return made


def _build(command: c.Build, at: Situation) -> Plan | Refused:
    kind = next((kind for kind in at.stage.node_kinds if kind.id == command.kind), None)
    if kind is None:
        return Refused(Code.UNKNOWN_KIND, {"kind": command.kind})
    if kind.id not in at.unlocked:
        return Refused(Code.LOCKED, {"kind": kind.id})
    size = size_of(kind, command.size or kind.sizes[0].id)
    if size is None:
        return Refused(Code.UNKNOWN_SIZE, {"kind": kind.id, "size": command.size})
    if refused := cell_refusal(command.x, command.y, at):
        return refused
    host = host_for(kind, size, at)
    if isinstance(host, Refused):
        return host

    def perform(board: Board) -> int:
        node = board.add(kind, size, command.x, command.y)
        node.host = host
        begin(node, NodeState.BUILDING, at.until(kind.build_s), at.step)
        return node.id

    return Plan(size.price, perform)


def _move(command: c.Move, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    if (node.x, node.y) != (command.x, command.y) and (refused := cell_refusal(command.x, command.y, at)):
        return refused

    def perform(board: Board) -> int:
        moved = board.nodes[command.node]
        moved.x, moved.y = command.x, command.y
        return moved.id

    return Plan(0.0, perform)


def _connect(command: c.Connect, at: Situation) -> Plan | Refused:
    source, target = at.board.nodes.get(command.source), at.board.nodes.get(command.target)
    if source is None or target is None:
        return unknown_node(command.source if source is None else command.target)
    if source is target:
        return Refused(Code.SAME_NODE, {"kind": source.kind.id})
    kinds = {"source_kind": source.kind.id, "target_kind": target.kind.id}
    if (source.id, target.id) in at.board.wires:
        return Refused(Code.WIRE_EXISTS, kinds)
    if target.kind.id not in source.kind.may_call:
        return Refused(Code.WIRE_ILLEGAL, kinds)
    if at.board.reaches(target.id, source.id):
        return Refused(Code.WIRE_CYCLE, kinds)

    def perform(board: Board) -> int:
        if source.kind.single_target:
            board.keep_wires([wire for wire in board.wires if wire[0] != command.source])
        board.wires.append((command.source, command.target))
        return command.target

    return Plan(0.0, perform)


def _disconnect(command: c.Disconnect, at: Situation) -> Plan | Refused:
    source, target = at.board.nodes.get(command.source), at.board.nodes.get(command.target)
    if source is None or target is None:
        return unknown_node(command.source if source is None else command.target)
    if (source.id, target.id) not in at.board.wires:
        return Refused(Code.WIRE_MISSING, {"source_kind": source.kind.id, "target_kind": target.kind.id})

    def perform(board: Board) -> int:
        board.keep_wires([wire for wire in board.wires if wire != (command.source, command.target)])
        return command.target

    return Plan(0.0, perform)


def _clone(command: c.Clone, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    made = _build(c.Build(node.kind.id, command.x, command.y, node.size.id), at)
    if isinstance(made, Refused):
        return made

    def perform(board: Board) -> int:
        twin = board.nodes[made.perform(board)]
        twin.policies = dict(board.nodes[command.node].policies)
        for source, target in list(board.wires):
            if source == command.node:
                board.wires.append((twin.id, target))
                _reserve_like(board, (source, target), (twin.id, target))
            elif target == command.node and not board.nodes[source].kind.single_target:
                board.wires.append((source, twin.id))
                _reserve_like(board, (source, target), (source, twin.id))
        return twin.id

    return Plan(made.cost, perform)


def _reserve_like(board: Board, model: tuple[int, int], wire: tuple[int, int]) -> None:
    if model in board.reserved:
        board.reserved[wire] = board.reserved[model]


def _reserve(command: c.Reserve, at: Situation) -> Plan | Refused:
    source, target = at.board.nodes.get(command.source), at.board.nodes.get(command.target)
    if source is None or target is None:
        return unknown_node(command.source if source is None else command.target)
    wire = (command.source, command.target)
    if wire not in at.board.wires:
        return Refused(Code.WIRE_MISSING, {"source_kind": source.kind.id, "target_kind": target.kind.id})
    if not at.migrated:
        return Refused(Code.NOT_MIGRATED)
    kinds = tuple(kind for kind in command.kinds.split(",") if kind)
    known = {kind.id for kind in at.stage.request_kinds}
    for kind in kinds:
        if kind not in known:
            return Refused(Code.UNKNOWN_REQUEST, {"request": kind})

    def perform(board: Board) -> int:
        if kinds:
            board.reserved[wire] = kinds
        else:
            board.reserved.pop(wire, None)
        return command.target

    return Plan(0.0, perform)
