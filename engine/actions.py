"""What a command needs to be legal, what it costs, and how it is carried out: two halves, so that `check` can ask
without acting.

`plan` looks and changes nothing: it returns a Plan or a Refused. `Plan.perform` then changes the board and cannot fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine import commands as c
from engine.board import Board, Node
from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.spec import NodeKind, NodeSize, PolicySpec, Role, StageSpec
from engine.view import NodeState


@dataclass(frozen=True, slots=True)
class Plan:
    """A legal command. cost: money it takes (negative: returned). lost: nodes whose requests fail when it is done."""

    cost: float
    perform: Callable[[Board], int]
    lost: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a command is checked against. In set-up nothing takes time, and giving back returns the whole price.

    unlocked: kinds on offer. migrated: whether the move to microservices is done. figures: of a node's models.
    """

    stage: StageSpec
    board: Board
    budget: float
    setup: bool
    step: int
    dt_s: float
    unlocked: tuple[str, ...]
    migrated: bool
    figures: Callable[[int], Mapping[str, float]]

    def until(self, seconds: float) -> int:
        """The step at which something begun now is done."""
        return self.step + (0 if self.setup else round(seconds / self.dt_s))

    def refund(self, node: Node) -> float:
        """What a node's price is worth when it is given back."""
        return node.size.price * (1.0 if self.setup else node.kind.refund)


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
            made = _resize(command, at)
        case c.Clone():
            made = _clone(command, at)
        case c.Sell():
            made = _sell(command, at)
        case c.Restart():
            made = _restart(command, at)
        case c.SetPolicy():
            made = _set_policy(command, at)
        case c.Operate():
            made = _operate(command, at)
        case c.Reserve():
            made = _reserve(command, at)
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
    size = _size(kind, command.size or kind.sizes[0].id)
    if size is None:
        return Refused(Code.UNKNOWN_SIZE, {"kind": kind.id, "size": command.size})
    if refused := _cell(command.x, command.y, at):
        return refused

    def perform(board: Board) -> int:
        node = board.add(kind, size, command.x, command.y)
        _begin(node, NodeState.BUILDING, at.until(kind.build_s), at.step)
        return node.id

    return Plan(size.price, perform)


def _move(command: c.Move, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    if (node.x, node.y) != (command.x, command.y) and (refused := _cell(command.x, command.y, at)):
        return refused

    def perform(board: Board) -> int:
        moved = board.nodes[command.node]
        moved.x, moved.y = command.x, command.y
        return moved.id

    return Plan(0.0, perform)


def _connect(command: c.Connect, at: Situation) -> Plan | Refused:
    source, target = at.board.nodes.get(command.source), at.board.nodes.get(command.target)
    if source is None or target is None:
        return _unknown(command.source if source is None else command.target)
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
        return _unknown(command.source if source is None else command.target)
    if (source.id, target.id) not in at.board.wires:
        return Refused(Code.WIRE_MISSING, {"source_kind": source.kind.id, "target_kind": target.kind.id})

    def perform(board: Board) -> int:
        board.keep_wires([wire for wire in board.wires if wire != (command.source, command.target)])
        return command.target

    return Plan(0.0, perform)


def _resize(command: c.Resize, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    size = _size(node.kind, command.size)
    if size is None:
        return Refused(Code.UNKNOWN_SIZE, {"kind": node.kind.id, "size": command.size})
    if size is node.size:
        return Refused(Code.SAME_SIZE, {"kind": node.kind.id, "size": size.id})
    if refused := _busy(node, at):
        return refused

    def perform(board: Board) -> int:
        resized = board.nodes[command.node]
        done_step = at.until(node.kind.resize_s)
        if done_step <= at.step:
            resized.size = size
        else:
            resized.next_size = size
            _begin(resized, NodeState.RESIZING, done_step, at.step)
        return resized.id

    return Plan(size.price - at.refund(node), perform)


def _clone(command: c.Clone, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
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


def _sell(command: c.Sell, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    if not node.kind.sellable or node.kind.role is Role.SOURCE:
        return Refused(Code.NOT_SELLABLE, {"kind": node.kind.id})

    def perform(board: Board) -> int:
        board.remove(command.node)
        return -1

    return Plan(-at.refund(node), perform, frozenset((node.id,)))


def _restart(command: c.Restart, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    if at.setup:
        return Refused(Code.NOT_IN_SETUP)
    if node.kind.role is Role.SOURCE or node.kind.restart_s <= 0:
        return Refused(Code.NOT_RESTARTABLE, {"kind": node.kind.id})
    if refused := _busy(node, at):
        return refused

    def perform(board: Board) -> int:
        _begin(board.nodes[command.node], NodeState.RESTARTING, at.until(node.kind.restart_s), at.step)
        return command.node

    return Plan(0.0, perform, frozenset((node.id,)))


def _set_policy(command: c.SetPolicy, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    policy = next((policy for policy in node.kind.policies if policy.key == command.key), None)
    if policy is None:
        return Refused(Code.UNKNOWN_POLICY, {"kind": node.kind.id, "policy": command.key})
    allowed = policy_range(policy, node.size)
    if policy.choices:
        legal = command.value in policy.choices
    else:
        legal = isinstance(command.value, int) and allowed[0] <= command.value <= allowed[1]
    if not legal:
        words = ", ".join(policy.choices) if policy.choices else f"{allowed[0]}-{allowed[1]}"
        return Refused(Code.POLICY_VALUE, {"policy": policy.key, "value": command.value, "allowed": words})

    def perform(board: Board) -> int:
        board.nodes[command.node].policies[command.key] = command.value
        return command.node

    return Plan(0.0, perform)


def _operate(command: c.Operate, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return _unknown(command.node)
    if command.action not in node.kind.actions:
        return Refused(Code.UNKNOWN_ACTION, {"kind": node.kind.id, "action": command.action})
    if at.setup:
        return Refused(Code.NOT_IN_SETUP)
    if not node.is_up:
        return _busy(node, at) or _unknown(command.node)
    if not _has_work(command.action, node, at):
        return Refused(Code.NOTHING_TO_DO, {"kind": node.kind.id, "action": command.action})
    return Plan(0.0, lambda board: command.node)


def _has_work(action: str, node: Node, at: Situation) -> bool:
    """Whether an action would change anything."""
    figures = at.figures(node.id)
    match action:
        case "redrive":
            return figures.get("dead", 0.0) > 0
        case "flush":
            return figures.get("keys", 0.0) > 0
        case "restore":
            return any(at.board.nodes[target].state is NodeState.DOWN for target in at.board.targets(node.id))
        case "promote":
            callers = (at.board.nodes[caller] for caller in at.board.callers(node.id))
            return any(node.kind.replica and caller.kind.id == node.kind.replica.promotes_to for caller in callers)
        case _:
            return True


def _reserve(command: c.Reserve, at: Situation) -> Plan | Refused:
    source, target = at.board.nodes.get(command.source), at.board.nodes.get(command.target)
    if source is None or target is None:
        return _unknown(command.source if source is None else command.target)
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


def policy_range(policy: PolicySpec, size: NodeSize) -> tuple[int, int]:
    """The smallest and largest whole number a policy takes on a node of this size."""
    return policy.minimum, policy.maximum or size.slots


def _size(kind: NodeKind, size_id: str) -> NodeSize | None:
    return next((size for size in kind.sizes if size.id == size_id), None)


def _cell(x: int, y: int, at: Situation) -> Refused | None:
    if not (0 <= x < at.stage.width and 0 <= y < at.stage.height):
        return Refused(Code.OUTSIDE_MAP, {"x": x, "y": y, "width": at.stage.width, "height": at.stage.height})
    there = at.board.at(x, y)
    if there is not None:
        return Refused(Code.CELL_TAKEN, {"x": x, "y": y, "kind": there.kind.id})
    return None


def _busy(node: Node, at: Situation) -> Refused | None:
    if node.state is NodeState.READY:
        return None
    remaining = (node.ready_step - at.step) * at.dt_s
    return Refused(Code.BUSY, {"kind": node.kind.id, "what": node.state.value, "remaining_s": remaining})


def _unknown(node: int) -> Refused:
    return Refused(Code.UNKNOWN_NODE, {"node": node})


def _begin(node: Node, state: NodeState, ready_step: int, step: int) -> None:
    """Start something that takes time; what takes none is done already."""
    if ready_step <= step:
        return
    node.state, node.ready_step = state, ready_step
