"""What the player built: nodes, their settings, and the wires between them. Plain data; the commands change it."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from engine.live import Live
from engine.spec import NodeKind, NodeSize, Placement, Role
from engine.view import NodeState

ENDLESS = 1 << 40
_UP = (NodeState.READY, NodeState.RESIZING)


def whole(policies: Mapping[str, str | int], key: str, default: int) -> int:
    """A policy that is a whole number; the default where there is none."""
    value = policies.get(key, default)
    return value if isinstance(value, int) else default


@dataclass(slots=True)
class Node:
    """One node on the map. ready_step: when `state` ends. in_rotation: whether balancers send requests to it.
    host: id of the host a VM is on, empty for other nodes. moving_to: where a live migration takes it, moved_gb: how
    much of it is there.
    """

    id: int
    kind: NodeKind
    size: NodeSize
    x: int
    y: int
    policies: dict[str, str | int]
    state: NodeState = NodeState.READY
    ready_step: int = 0
    in_rotation: bool = True
    rotation_step: int = -1
    next_size: NodeSize | None = None
    live: Live = field(default_factory=Live)
    host: str = ""
    moving_to: str = ""
    moved_gb: float = 0.0

    @property
    def is_up(self) -> bool:
        """Whether it takes requests at all."""
        return self.state in _UP

    @property
    def takes_new(self) -> bool:
        """Whether balancers send it new requests: it is believed to be up, and nobody drains it."""
        return self.in_rotation and self.policies.get("rotation") != "out"

    def number(self, policy: str, default: int) -> int:
        """A policy that is a whole number; the default where the node has no such policy."""
        return whole(self.policies, policy, default)

    def slots(self) -> int:
        """Slots in use now: none while it is down, a share while it is resized, never more than its connection
        limit.
        """
        if self.kind.role is Role.SOURCE:
            return ENDLESS
        if not self.is_up:
            return 0
        slots = self.live.slots if self.live.slots >= 0 else self.size.slots * self.live.instances
        limit = self.number("max_connections", 0)
        if limit > 0:
            slots = min(slots, limit)
        if self.state is NodeState.RESIZING:
            slots = min(slots, max(1, int(slots * self.kind.resize_capacity)))
        return slots

    def queue(self) -> int:
        """How many may wait for a slot now."""
        if not self.is_up:
            return 0
        queue = self.live.queue if self.live.queue >= 0 else self.size.queue * self.live.instances
        limit = self.number("queue_limit", 0)
        return min(queue, limit) if limit > 0 else queue


@dataclass(slots=True)
class Board:
    """All nodes by number, in the order they were built, and the wires (caller, called), in the order they were
    drawn. reserved: the request kinds that wires are reserved for. placement: which host a new VM gets.
    """

    nodes: dict[int, Node] = field(default_factory=dict)
    wires: list[tuple[int, int]] = field(default_factory=list)
    next_id: int = 0
    reserved: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    placement: Placement = Placement.FIRST_FIT

    def add(self, kind: NodeKind, size: NodeSize, x: int, y: int) -> Node:
        """Put a new node on the map, with the defaults of its policies."""
        node = Node(self.next_id, kind, size, x, y, {policy.key: policy.default for policy in kind.policies})
        self.nodes[node.id] = node
        self.next_id += 1
        return node

    def remove(self, node_id: int) -> None:
        """Take a node and its wires away."""
        del self.nodes[node_id]
        self.keep_wires([wire for wire in self.wires if node_id not in wire])

    def keep_wires(self, wires: list[tuple[int, int]]) -> None:
        """Have these wires and no others; what was reserved on the others is forgotten."""
        self.wires = wires
        self.reserved = {wire: kinds for wire, kinds in self.reserved.items() if wire in wires}

    def targets(self, node_id: int) -> list[int]:
        """The nodes this one calls, in the order of the wires."""
        return [target for source, target in self.wires if source == node_id]

    def callers(self, node_id: int) -> list[int]:
        """The nodes that call this one, in the order of the wires."""
        return [source for source, target in self.wires if target == node_id]

    def wire_counts(self) -> Counter[int]:
        """How many wires touch each node."""
        return Counter(chain.from_iterable(self.wires))

    def at(self, x: int, y: int) -> Node | None:
        """The node on a cell."""
        return next((node for node in self.nodes.values() if (node.x, node.y) == (x, y)), None)

    def reaches(self, start: int, goal: int) -> bool:
        """Whether calls from `start` can arrive at `goal`."""
        seen, pending = {start}, [start]
        while pending:
            here = pending.pop()
            if here == goal:
                return True
            for target in self.targets(here):
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return False

    def copy(self) -> Board:
        """An independent copy; kinds and sizes are shared, for they never change."""
        twin = Board({key: copy.copy(node) for key, node in self.nodes.items()}, list(self.wires), self.next_id)
        twin.reserved, twin.placement = dict(self.reserved), self.placement
        for node in twin.nodes.values():
            node.policies = dict(node.policies)
            node.live = copy.copy(node.live)
        return twin

    @property
    def source(self) -> Node:
        """The node visitors come from."""
        return next(node for node in self.nodes.values() if node.kind.role is Role.SOURCE)
