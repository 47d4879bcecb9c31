"""Acts on a node that stands: another size, sale, restart, settings, what its kind can do by hand."""

from __future__ import annotations

from engine import commands as c
from engine.board import Board, Node
from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.hosts.acts import host_for
from engine.situation import Plan, Situation, begin, busy_refusal, size_of, unknown_node
from engine.spec import NodeSize, PolicySpec, Role
from engine.view import NodeState


def resize(command: c.Resize, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    size = size_of(node.kind, command.size)
    if size is None:
        return Refused(Code.UNKNOWN_SIZE, {"kind": node.kind.id, "size": command.size})
    if size is node.size:
        return Refused(Code.SAME_SIZE, {"kind": node.kind.id, "size": size.id})
    if refused := busy_refusal(node, at):
        return refused
    host = host_for(node.kind, size, at, node)
    if isinstance(host, Refused):
        return host

    def perform(board: Board) -> int:
        resized = board.nodes[command.node]
        resized.host = host
        done_step = at.until(node.kind.resize_s)
        if done_step <= at.step:
            resized.size = size
        else:
            resized.next_size = size
            begin(resized, NodeState.RESIZING, done_step, at.step)
        return resized.id

    return Plan(size.price - at.refund(node), perform)


def sell(command: c.Sell, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    if not node.kind.sellable or node.kind.role is Role.SOURCE:
        return Refused(Code.NOT_SELLABLE, {"kind": node.kind.id})

    def perform(board: Board) -> int:
        board.remove(command.node)
        return -1

    return Plan(-at.refund(node), perform, frozenset((node.id,)))


def restart(command: c.Restart, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    if at.setup:
        return Refused(Code.NOT_IN_SETUP)
    if node.kind.role is Role.SOURCE or node.kind.restart_s <= 0:
        return Refused(Code.NOT_RESTARTABLE, {"kind": node.kind.id})
    if refused := busy_refusal(node, at):
        return refused

    def perform(board: Board) -> int:
        begin(board.nodes[command.node], NodeState.RESTARTING, at.until(node.kind.restart_s), at.step)
        return command.node

    return Plan(0.0, perform, frozenset((node.id,)))


def set_policy(command: c.SetPolicy, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
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


def operate(command: c.Operate, at: Situation) -> Plan | Refused:
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    if command.action not in node.kind.actions:
        return Refused(Code.UNKNOWN_ACTION, {"kind": node.kind.id, "action": command.action})
    if at.setup:
        return Refused(Code.NOT_IN_SETUP)
    if not node.is_up:
        return busy_refusal(node, at) or unknown_node(command.node)
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


def policy_range(policy: PolicySpec, size: NodeSize) -> tuple[int, int]:
    """The smallest and largest whole number a policy takes on a node of this size."""
    return policy.minimum, policy.maximum or size.slots
