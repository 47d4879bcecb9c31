"""What the player decides about hosts: which one a VM gets, and by what rule."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite

from engine import commands as c
from engine.board import Board, Node
from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.hosts.rack import Rack
from engine.hosts.room import Room, choose, free_on, nearest, need_of
from engine.situation import Plan, Situation, busy_refusal, unknown_node
from engine.spec import HostSpec, NodeKind, NodeSize, Placement
from engine.view import HostState


def host_for(kind: NodeKind, size: NodeSize, at: Situation, node: Node | None = None) -> str | Refused:
    """The host of a VM that is built, or (`node`) gets another size: empty where it needs none.

    One that is resized stays where it is; in the set-up it may go elsewhere when its host has no room.
    """
    rack = at.rack
    if rack is None or not kind.virtual:
        return ""
    need, without = need_of(size), node.id if node else -1
    stays = [node.host] if node else []
    anywhere = rack.usable if node is None or at.setup else stays
    for usable in (stays, anywhere):
        host = choose(at.board, rack.hosting, need, usable, without)
        if host is not None:
            return host.id
    return no_room(kind, need, at.board, rack, anywhere, without)


def no_room(
    kind: NodeKind, need: Room, board: Board, rack: Rack, usable: Collection[str], without: int = -1
) -> Refused:
    """The refusal that says what is wanted, and what the host that lacks least has left (disk: 0 where it is not
    counted).
    """
    best = rack.hosting.host(nearest(board, rack.hosting, need, usable, without))
    free = free_on(board, rack.hosting, best, without) if best else Room(0.0, 0.0, 0.0)
    values: dict[str, str | float] = {
        "kind": kind.id,
        "cpu": need.cpu,
        "memory_gb": need.memory_gb,
        "disk_gb": need.disk_gb,
        "host": best.id if best else "",
        "free_cpu": max(free.cpu, 0.0),
        "free_memory_gb": max(free.memory_gb, 0.0),
        "free_disk_gb": max(free.disk_gb, 0.0) if isfinite(free.disk_gb) else 0.0,
    }
    return Refused(Code.NO_ROOM, values)


def place(command: c.Place, at: Situation) -> Plan | Refused:
    """Put a VM on a host: at once in the set-up, by a live migration in operation, by a cold start where its own host
    is gone.
    """
    node = at.board.nodes.get(command.node)
    if node is None:
        return unknown_node(command.node)
    found = _target(node, command.host, at)
    if isinstance(found, Refused):
        return found
    rack, _ = found
    waits = rack.rescue.waits(node.id)
    if waits and not rack.copies.elsewhere(node):
        return Refused(Code.NO_COPY, {"kind": node.kind.id, "host": node.host})
    if not waits and (refused := busy_refusal(node, at)):
        return refused
    need = need_of(node.size)
    if choose(at.board, rack.hosting, need, [command.host], node.id) is None:
        return no_room(node.kind, need, at.board, rack, [command.host], node.id)

    def perform(board: Board) -> int:
        placed = board.nodes[command.node]
        if at.setup or waits:
            placed.host = command.host
        else:
            placed.moving_to, placed.moved_gb = command.host, 0.0
        return placed.id

    return Plan(0.0, perform)


def _target(node: Node, host_id: str, at: Situation) -> tuple[Rack, HostSpec] | Refused:
    """The hosts and the one that is wanted, if this VM can be put there at all."""
    rack = at.rack
    if rack is None:
        return Refused(Code.NO_HOSTS)
    if not node.kind.virtual:
        return Refused(Code.NOT_VIRTUAL, {"kind": node.kind.id})
    host = rack.hosting.host(host_id)
    if host is None:
        return Refused(Code.UNKNOWN_HOST, {"host": host_id})
    if host.id == node.host:
        return Refused(Code.SAME_HOST, {"kind": node.kind.id, "host": host.id})
    if rack.conditions[host.id].state is not HostState.UP:
        return Refused(Code.HOST_DOWN, {"host": host.id})
    return rack, host


def set_placement(command: c.SetPlacement, at: Situation) -> Plan | Refused:
    """Choose the rule by which new and restarted VMs find their host."""
    if at.rack is None:
        return Refused(Code.NO_HOSTS)
    allowed = [placement.value for placement in Placement]
    if command.policy not in allowed:
        values = {"policy": "placement", "value": command.policy, "allowed": ", ".join(allowed)}
        return Refused(Code.POLICY_VALUE, values)

    def perform(board: Board) -> int:
        board.placement = Placement(command.policy)
        return -1

    return Plan(0.0, perform)
