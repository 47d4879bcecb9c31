"""A replica takes the place of its master."""

from __future__ import annotations

from engine.board import Board
from engine.spec import NodeKind


def swap(board: Board, replica_id: int, master_id: int, kinds: dict[str, NodeKind]) -> None:
    """Let the two nodes change places: kinds, sizes (by their ids) and wires. Whoever called the master calls the
    replica now, and the wire of the replication turns round.
    """
    replica, master = board.nodes[replica_id], board.nodes[master_id]
    for node, kind in ((replica, master.kind), (master, replica.kind)):
        node.kind = kinds[kind.id]
        node.size = next(size for size in node.kind.sizes if size.id == node.size.id)
        own = {policy.key: policy.default for policy in node.kind.policies}
        node.policies = {key: node.policies.get(key, default) for key, default in own.items()}
    other = {replica_id: master_id, master_id: replica_id}
    wires = [(other.get(source, source), other.get(target, target)) for source, target in board.wires]
    reserved = {(other.get(s, s), other.get(t, t)): kinds_ for (s, t), kinds_ in board.reserved.items()}
    board.wires, board.reserved = wires, reserved
