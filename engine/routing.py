"""Which way requests can go: follows every kind of request from the source through the board.

A *cell* holds a whole number of requests that are alike: same path of calls, same phase, same place. The path is the
chain of nodes whose slots they hold, ending at the node where they are now, so a request in a database names the web
server that waits for it. What passes requests on within a step (balancers, caches, stores, brokers) is left out of the
path once it has been passed. A message's path begins with its broker, which keeps it until it is delivered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from engine.board import Board, Node
from engine.phases import ABANDONED, DELIVERED, DONE, LIVE, MESSAGE, ORPHANED, WASTED, Phases
from engine.spec import Role, SubItem
from engine.view import NodeState

SERVING, WAITING, PASSING, STORED, DEAD = range(5)
NO_ROUTE = -4
MOST_CELLS = 60_000

Path = tuple[int, ...]


class CellKey(NamedTuple):
    """What a cell holds: requests in `phase`, at the end of `path` (numbers of nodes), in a place.

    Places: serving (holds a slot and uses it), waiting (for a slot), passing (through a node without slots), stored (a
    message in its broker), dead (a message that could not be delivered).
    """

    place: int
    path: Path
    phase: int


class TooManyPathsError(Exception):
    """The wires allow more different paths than the kernel is meant for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a cell: to the cell `dst`, or, where that is None, to an `end` (DONE, WASTED, DELIVERED, or NO_ROUTE
    at `node`).

    left: nodes whose slots are given back on the way. message: the cell that gets a message for each request.
    """

    dst: CellKey | None
    end: int = DONE
    node: int = -1
    wire: tuple[int, int] | None = None
    left: Path = ()
    message: CellKey | None = None


Deck = tuple[Edge, ...]


class Explorer:
    """Collects the cells that can be reached, and their decks of edges.

    A cell deals its requests to the edges of a deck in turn. A cache has two decks: what it answers, and what it does
    not. entries: the deck of each request kind at the source.
    """

    def __init__(self, board: Board, phases: Phases) -> None:
        self.board, self.phases = board, phases
        self.targets = {node_id: board.targets(node_id) for node_id in board.nodes}
        self.decks: dict[CellKey, tuple[Deck, ...]] = {}
        self.entries: list[Deck] = []
        self._able: dict[tuple[int, int], bool] = {}

    def explore(self, occupied: Iterable[CellKey] = ()) -> None:
        """Follow everything, from the source and from the `occupied` cells: what is under way goes on where it was sent
        while the wires are there, although nothing new may be sent that way. Raises TooManyPathsError.
        """
        pending: list[CellKey] = [key for key in occupied if self._stands(key)]
        for first in self.phases.first:
            deck = self._routes(self.board.source, (), first)
            self.entries.append(deck)
            pending.extend(_reached(deck))
        pending.extend(self._storage())
        while pending:
            key = pending.pop()
            if key in self.decks:
                continue
            if len(self.decks) > MOST_CELLS:
                raise TooManyPathsError
            self.decks[key] = decks = self._decks_of(key)
            for deck in decks:
                pending.extend(_reached(deck))
            pending.extend(key for key in (self.nack(key), self.abandon_to(key)) if key is not None)

    def _stands(self, key: CellKey) -> bool:
        """Whether every call of a path still has its wires."""
        path = key.path
        if self.phases.lane(key.phase) in (LIVE, ABANDONED) and path[0] != self.board.source.id:
            path = (self.board.source.id, *path)
        return path[0] in self.board.nodes and all(self._leads(*call) for call in pairwise(path))

    def _leads(self, caller: int, called: int) -> bool:
        """Whether a node is called by another, directly or by way of nodes that pass requests on."""
        seen, pending = {caller}, [caller]
        while pending:
            for target in self.targets.get(pending.pop(), ()):
                if target == called:
                    return True
                if target not in seen and self.board.nodes[target].kind.role.passes_through:
                    seen.add(target)
                    pending.append(target)
        return False

    def _storage(self) -> list[CellKey]:
        """The cells of all brokers: what they hold stays there, whoever is wired to them."""
        phases = self.phases
        return [
            CellKey(place, (node.id,), phases.in_lane(step, MESSAGE + attempt))
            for node in self.board.nodes.values()
            if node.kind.broker is not None
            for step in range(phases.size)
            if phases.sub_item[step] in node.kind.accepts and not phases.needs[step]
            for attempt in range(node.kind.broker.attempts)
            for place in ((STORED, DEAD) if attempt == 0 else (STORED,))
        ]

    def nack(self, key: CellKey) -> CellKey | None:
        """Where a message goes that could not be delivered; None for what is no message."""
        lane = self.phases.lane(key.phase)
        if lane < MESSAGE or key.place == DEAD:
            return None
        broker = self.board.nodes[key.path[0]]
        attempts = broker.kind.broker.attempts if broker.kind.broker else 1
        if lane + 1 < MESSAGE + attempts:
            return CellKey(STORED, key.path[:1], self.phases.in_lane(key.phase, lane + 1))
        return CellKey(DEAD, key.path[:1], self.phases.in_lane(key.phase, MESSAGE))

    def abandon_to(self, key: CellKey) -> CellKey | None:
        """Where a waiting request goes that its caller has given up, at a node that works it off all the same."""
        lane, node = self.phases.lane(key.phase), self.board.nodes[key.path[-1]]
        if key.place != WAITING or lane not in (LIVE, ABANDONED) or not works_on(node):
            return None
        if len(key.path) > 1:
            return CellKey(WAITING, key.path[-1:], self.phases.in_lane(key.phase, ORPHANED))
        return CellKey(WAITING, key.path, self.phases.in_lane(key.phase, ABANDONED)) if lane == LIVE else None

    def concerns(self, cache: Node, phase: int) -> bool:
        """Whether a cache may hold the answer to a phase."""
        spec = cache.kind.cache
        return spec is not None and self.phases.sub_item[phase] is spec.sub_item and self.phases.cacheable[phase]

    def handles(self, node: Node, phase: int) -> bool:
        """Whether a node does a phase itself."""
        return service_ms(node, self.phases, phase) is not None

    def caches_of(self, node_id: int, phase: int) -> list[int]:
        """The caches in rotation that a node asks first for the answer to a phase."""
        nodes = (self.board.nodes[target] for target in self.targets[node_id])
        return [n.id for n in nodes if n.kind.role is Role.CACHE and n.takes_new and self.concerns(n, phase)]

    def _decks_of(self, key: CellKey) -> tuple[Deck, ...]:
        node = self.board.nodes[key.path[-1]]
        match key.place:
            case place if place == WAITING:
                return ((Edge(CellKey(SERVING, key.path, key.phase)),),)
            case place if place == STORED:
                return (self._pulls(node, key),)
            case place if place == DEAD:
                return ((Edge(CellKey(STORED, key.path, key.phase)),),)
            case place if place == PASSING:
                return self._passing(node, key)
        if node.kind.role is Role.SOURCE:
            return (self._routes(node, (), key.phase),)
        if self.handles(node, key.phase):
            return (self._after(key.path, key.phase),)
        return (self._routes(node, key.path, key.phase),)

    def _pulls(self, broker: Node, key: CellKey) -> Deck:
        """The workers that pull a broker's messages."""
        workers = (self.board.nodes[target] for target in self.targets[broker.id])
        return tuple(
            Edge(CellKey(SERVING, (broker.id, w.id), key.phase), wire=(broker.id, w.id))
            for w in workers
            if w.state is not NodeState.BUILDING and w.in_rotation
        )

    def _passing(self, node: Node, key: CellKey) -> tuple[Deck, ...]:
        path, phase = key.path, key.phase
        role = node.kind.role
        if role is Role.STORE:
            return (self._after(path, phase),)
        if role is Role.QUEUE:
            message = CellKey(STORED, (node.id,), self.phases.in_lane(phase, MESSAGE))
            return (tuple(Edge(e.dst, e.end, e.node, e.wire, e.left, message) for e in self._after(path, phase)),)
        if role is Role.CACHE and self.concerns(node, phase):
            return (self._after(path, phase), self._miss(node, path[:-1], phase))
        return (self._routes(node, path[:-1], phase, (node.id,)),)

    def _miss(self, cache: Node, callers: Path, phase: int) -> Deck:
        """Where the rest goes: through the cache, or, if it leads nowhere, back to its caller, who looks elsewhere."""
        if self.targets[cache.id] or not callers:
            return self._routes(cache, callers, phase, (cache.id,))
        return self._routes(self.board.nodes[callers[-1]], callers, phase, (cache.id,), past_caches=True)

    def _after(self, path: Path, phase: int) -> Deck:
        """Where a request goes whose phase was finished at the end of `path`: every caller down to the first has its
        answer.
        """
        following = self.phases.following[phase]
        if following == DELIVERED:
            return (Edge(None, DELIVERED, path[0], left=path[1:]),)
        if following in (DONE, WASTED):
            return (Edge(None, following, left=path),)
        entry, left = path[:1], path[1:]
        node = self.board.nodes[entry[-1]]
        if node.kind.role.passes_through:
            return (Edge(CellKey(SERVING, (self.board.source.id,), following), left=path),)
        if self.handles(node, following):
            return (Edge(CellKey(SERVING, entry, following), left=left),)
        return self._routes(node, entry, following, left)

    def _routes(self, node: Node, callers: Path, phase: int, left: Path = (), past_caches: bool = False) -> Deck:
        """The nodes that `node` may hand a request in `phase` to; what passes requests hands on for the callers in
        front of it.
        """
        usable = self._usable(node, phase)
        if past_caches:
            usable = [n for n in usable if not (n.kind.role is Role.CACHE and self.concerns(n, phase))]
        able = [n for n in usable if self._can(n.id, phase)]
        able = [n for n in able if n.takes_new] or able
        if not able and not callers:
            able = usable
        if not able:
            return (self._stranded(node, callers, phase, left),)
        best = max(self._priority(n, phase) for n in able)
        return tuple(
            Edge(
                CellKey(PASSING if n.kind.role.passes_through else WAITING, (*callers, n.id), phase),
                wire=(node.id, n.id),
                left=left,
            )
            for n in able
            if self._priority(n, phase) == best
        )

    def _usable(self, node: Node, phase: int) -> list[Node]:
        """Where the wires of a node may carry a phase: wires reserved for its kind of request come before open ones."""
        sub_item, kind = self.phases.sub_item[phase], self.phases.request_kinds[self.phases.kind[phase]].id
        nodes = [self.board.nodes[target] for target in self.targets[node.id]]
        nodes = [n for n in nodes if n.state is not NodeState.BUILDING and n.kind.role is not Role.OBSERVER]
        nodes = [n for n in nodes if sub_item in node.kind.only_for.get(n.kind.id, (sub_item,))]
        if node.kind.role is Role.BALANCER:
            nodes = [n for n in nodes if n.takes_new]
        reserved = {n.id: self.board.reserved.get((node.id, n.id), ()) for n in nodes}
        own = [n for n in nodes if kind in reserved[n.id]]
        return own or [n for n in nodes if not reserved[n.id]]

    def _stranded(self, node: Node, callers: Path, phase: int, left: Path) -> Edge:
        lane = self.phases.lane(phase)
        if lane >= MESSAGE:
            return Edge(self.nack(CellKey(SERVING, callers, phase)), node=callers[0], left=left)
        return Edge(None, NO_ROUTE if lane == LIVE else WASTED, node.id, left=left)

    def _priority(self, node: Node, phase: int) -> int:
        role, sub_item = node.kind.role, self.phases.sub_item[phase]
        if role is Role.CACHE and not self.concerns(node, phase):
            return 0
        if role is Role.DATABASE and sub_item is SubItem.READ and node.policies.get("reads") == "share":
            kinds = {other.kind.id: other.kind for other in self.board.nodes.values()}
            copies = [k.priority.get(sub_item, 0) for k in kinds.values() if k.role is Role.DATABASE and k.replica]
            return max(copies, default=0)
        return node.kind.priority.get(sub_item, 0)

    def _can(self, node_id: int, phase: int) -> bool:
        """Whether a node does a phase itself or can have it done."""
        key = (node_id, phase % self.phases.size)
        known = self._able.get(key)
        if known is None:
            node = self.board.nodes[node_id]
            role = node.kind.role
            if role in (Role.STORE, Role.QUEUE):
                known = self.phases.sub_item[phase] in node.kind.accepts and not self.phases.needs[phase]
            elif role is Role.CACHE and self.concerns(node, phase):
                known = True
            elif role is Role.DATABASE:
                known = self.handles(node, phase)
            else:
                known = self.handles(node, phase) or any(self._can(n.id, phase) for n in self._usable(node, phase))
            self._able[key] = known
        return known


def _reached(deck: Deck) -> list[CellKey]:
    return [key for edge in deck for key in (edge.dst, edge.message) if key is not None]


def works_on(node: Node) -> bool:
    """Whether a node works off what its caller has given up."""
    return node.policies.get("expired") == "work_on"


def service_ms(node: Node, phases: Phases, phase: int) -> float | None:
    """The mean service time of a phase at a node before its `work`; None where the node does not do it itself."""
    needs = phases.needs[phase]
    return node.size.special_ms.get(needs) if needs else node.size.service_ms.get(phases.sub_item[phase])


def cells_at_most(board: Board, phases: Phases) -> int:
    """A quick upper bound on the cells of a board: two for each phase at each node for each chain of callers."""
    known: dict[int, int] = {}

    def paths(node_id: int) -> int:
        if node_id not in known:
            known[node_id] = sum(paths(caller) for caller in board.callers(node_id)) or 1
        return known[node_id]

    lanes = 1
    if any(works_on(node) for node in board.nodes.values()):
        lanes = MESSAGE
    if any(node.kind.role is Role.QUEUE for node in board.nodes.values()):
        lanes += phases.deliveries
    return sum(paths(node_id) for node_id in board.nodes) * phases.size * lanes * 2
