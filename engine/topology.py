"""From the board to the arrays of the kernel.

A *cell* holds a whole number of requests that are alike: same path of calls, same phase, same place. The path is the
chain of nodes whose slots they hold, ending at the node where they are now, so a request in a database names the web
server that waits for it. The place is one of three: serving (holds a slot and uses it), waiting (for a slot), at a
balancer.

A *mover* is what sends requests on in a step: one for each request kind at the source, then one for each serving
cell. Its *edges* say where they go; a mover with several edges deals its requests out in turn. Behind the cells come
the sinks: one for answered requests, then one for each node for requests that found no route there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray
from engine.board import Board, Node
from engine.phases import DONE, Phases
from engine.sampling import Groups
from engine.spec import Role, SubItem
from engine.view import NodeState

SERVING, WAITING, BALANCED = 0, 1, 2
MOST_CELLS = 60_000
GROUP_SHIFT = 44

Path = tuple[int, ...]


class CellKey(NamedTuple):
    """What a cell holds: requests in `phase`, at the end of `path` (numbers of nodes), in a place."""

    place: int
    path: Path
    phase: int


class TooManyPathsError(Exception):
    """The wires allow more different paths than the kernel is meant for."""


@dataclass(frozen=True, slots=True)
class BalancerLevel:
    """Balancers that are passed in one go. Cells and edges are contiguous; arrays run over edges unless said otherwise.

    edge_cell: position of the edge's cell within the level. group: cells that deal to the same targets in one turn
    (by cell). nodes: the cells grouped by balancer. here: whether a node is one of the level's balancers.
    first_edge: by cell. fewest: whether
    they go by fewest connections (else by round robin). A group and one of its
    targets make a pair; edge_pair names the pair of an edge. What starts with `cell_`, `group_` or `pair_` runs over
    those; `_node` is an index of nodes. A cell without any target has one edge, to a sink.
    """

    cells: slice
    edge_cell: IndexArray
    edge_group: IndexArray
    edge_node: IndexArray
    edge_size: CountArray
    edge_target: CountArray
    edge_dst: IndexArray
    edge_pair: IndexArray
    edge_wire: IndexArray
    pair_group: IndexArray
    pair_position: CountArray
    pair_size: CountArray
    pair_rank: CountArray
    pair_node: IndexArray
    pair_start: IndexArray
    cell_node: IndexArray
    cell_group: IndexArray
    group_start: IndexArray
    group_size: CountArray
    group_node: IndexArray
    group_key: tuple[tuple[Path, Path], ...]
    nodes: Groups
    here: BoolArray
    first_edge: IndexArray
    fewest: bool


@dataclass(frozen=True, slots=True)
class Topology:
    """The arrays of one board. N nodes; cells are ordered serving, waiting, balanced, each sorted by node."""

    node_ids: tuple[int, ...]
    node_index: dict[int, int]
    wires: tuple[tuple[int, int], ...]
    keys: tuple[CellKey, ...]
    index: dict[CellKey, int]
    serving: int
    waiting: int
    request_kinds: int
    cell_node: IndexArray
    leave_rate: FloatArray
    write_cells: IndexArray
    write_node: IndexArray
    admit_to: IndexArray
    serving_groups: Groups
    waiting_groups: Groups
    arrival_counter: IndexArray
    occupied_cell: IndexArray
    occupied_by: IndexArray
    edge_mover: IndexArray
    edge_dst: IndexArray
    dealt: IndexArray
    dealt_mover: IndexArray
    dealt_turn: CountArray
    dealt_size: CountArray
    mover_size: CountArray
    mover_first_edge: IndexArray
    keeps_slot: BoolArray
    left_edge: IndexArray
    left_node: IndexArray
    done_edge: IndexArray
    done_kind: IndexArray
    levels: tuple[BalancerLevel, ...]
    all_edge_wires: IndexArray
    sinks: int

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class _Edge:
    dst: CellKey | None
    no_route_at: int = -1
    wire: tuple[int, int] | None = None
    left: Path = ()


class _Explorer:
    """Follows every request kind from the source through the board and collects the cells and edges it can use."""

    def __init__(self, board: Board, phases: Phases) -> None:
        self.board = board
        self.phases = phases
        self.targets = {node_id: board.targets(node_id) for node_id in board.nodes}
        self.edges: dict[CellKey, list[_Edge]] = {}
        self.entries: list[list[_Edge]] = []
        self._able: dict[tuple[int, SubItem], bool] = {}

    def explore(self) -> None:
        pending: list[CellKey] = []
        source = self.board.source
        for first in self.phases.first:
            edges = self._routes(source, (), first)
            self.entries.append(edges)
            pending.extend(edge.dst for edge in edges if edge.dst is not None)
        while pending:
            key = pending.pop()
            if key in self.edges:
                continue
            if len(self.edges) > MOST_CELLS:
                raise TooManyPathsError
            self.edges[key] = edges = self._edges_of(key)
            pending.extend(edge.dst for edge in edges if edge.dst is not None)

    def _edges_of(self, key: CellKey) -> list[_Edge]:
        node = self.board.nodes[key.path[-1]]
        if key.place == WAITING:
            return [_Edge(CellKey(SERVING, key.path, key.phase))]
        if key.place == BALANCED:
            return self._routes(node, key.path[:-1], key.phase)
        if not _handles(node, self.phases.sub_item[key.phase]):
            return self._routes(node, key.path, key.phase)
        return self._after(key.path, key.phase)

    def _after(self, path: Path, phase: int) -> list[_Edge]:
        """Where a request goes whose phase was finished at the end of `path`: every caller down to the first has its
        answer.
        """
        following = self.phases.following[phase]
        if following == DONE:
            return [_Edge(None, left=path)]
        entry, left = path[:1], path[1:]
        node = self.board.nodes[entry[-1]]
        if _handles(node, self.phases.sub_item[following]):
            return [_Edge(CellKey(SERVING, entry, following), left=left)]
        return [_Edge(e.dst, e.no_route_at, e.wire, left) for e in self._routes(node, entry, following)]

    def _routes(self, node: Node, callers: Path, phase: int) -> list[_Edge]:
        """The nodes that `node` may hand a request in `phase` to; a balancer hands on for the callers in front of
        it.
        """
        sub_item = self.phases.sub_item[phase]
        nodes = [self.board.nodes[target] for target in self.targets[node.id]]
        usable = [n for n in nodes if n.state is not NodeState.BUILDING]
        if node.kind.role is Role.BALANCER:
            usable = [n for n in usable if n.in_rotation]
        able = [n for n in usable if self._can(n.id, sub_item)]
        if not able and not callers:
            able = usable
        if not able:
            return [_Edge(None, no_route_at=node.id)]
        return [
            _Edge(
                CellKey(BALANCED if n.kind.role is Role.BALANCER else WAITING, (*callers, n.id), phase),
                wire=(node.id, n.id),
            )
            for n in able
        ]

    def _can(self, node_id: int, sub_item: SubItem) -> bool:
        """Whether a node handles a sub-item itself or can have it handled."""
        known = self._able.get((node_id, sub_item))
        if known is None:
            node = self.board.nodes[node_id]
            known = _handles(node, sub_item) or any(self._can(t, sub_item) for t in self.targets[node_id])
            self._able[node_id, sub_item] = known
        return known


def _by_fewest(node: Node) -> bool:
    return node.policies.get("balancing") == "least_connections"


def _handles(node: Node, sub_item: SubItem) -> bool:
    return sub_item in node.size.service_ms


def _balancer_depth(board: Board) -> dict[int, int]:
    """How many balancers at most lie in a row in front of each balancer."""
    depth: dict[int, int] = {}

    def visit(node_id: int) -> int:
        if node_id not in depth:
            callers = [s for s, t in board.wires if t == node_id and board.nodes[s].kind.role is Role.BALANCER]
            depth[node_id] = max((visit(caller) + 1 for caller in callers), default=0)
        return depth[node_id]

    for node in board.nodes.values():
        if node.kind.role is Role.BALANCER:
            visit(node.id)
    return depth


def cells_at_most(board: Board, phases: Phases) -> int:
    """A quick upper bound on the cells of a board: two for each phase at each node for each chain of callers."""
    callers: dict[int, list[int]] = {node_id: [] for node_id in board.nodes}
    for source, target in board.wires:
        callers[target].append(source)
    known: dict[int, int] = {}

    def paths(node_id: int) -> int:
        if node_id not in known:
            known[node_id] = sum(paths(caller) for caller in callers[node_id]) or 1
        return known[node_id]

    return sum(paths(node_id) for node_id in board.nodes) * len(phases.kind) * 2


def compile_topology(board: Board, phases: Phases, dt_s: float) -> Topology:
    """Build the arrays for a board. Raises TooManyPathsError when the wires allow too many different paths."""
    explorer = _Explorer(board, phases)
    explorer.explore()
    depth = _balancer_depth(board)
    node_ids = tuple(board.nodes)
    node_index = {node_id: i for i, node_id in enumerate(node_ids)}

    def order(key: CellKey) -> tuple[int, int, int, Path, tuple[Path, ...], int]:
        node = node_index[key.path[-1]]
        level = 0
        targets: tuple[Path, ...] = ()
        if key.place == BALANCED:
            level = depth[key.path[-1]] * 2 + _by_fewest(board.nodes[key.path[-1]])
            targets = tuple(e.dst.path if e.dst else () for e in explorer.edges[key])
        return (key.place, level, node, key.path, targets, key.phase)

    keys = tuple(sorted(explorer.edges, key=order))
    return _Assembler(board, phases, dt_s, explorer, depth, keys, node_index).assemble()


class _Assembler:
    """Turns the explored cells and edges into arrays."""

    def __init__(
        self,
        board: Board,
        phases: Phases,
        dt_s: float,
        explorer: _Explorer,
        depth: dict[int, int],
        keys: tuple[CellKey, ...],
        node_index: dict[int, int],
    ) -> None:
        self.board, self.phases, self.dt_s, self.explorer, self.depth = board, phases, dt_s, explorer, depth
        self.keys, self.node_index = keys, node_index
        self.index = {key: i for i, key in enumerate(keys)}
        self.wires = tuple(board.wires)
        self.wire_index = {wire: i for i, wire in enumerate(self.wires)}

    def assemble(self) -> Topology:
        keys, node_index, phases = self.keys, self.node_index, self.phases
        serving = sum(key.place == SERVING for key in keys)
        waiting = sum(key.place == WAITING for key in keys)
        nodes, served = len(node_index), serving + waiting
        cell_node = _indices([node_index[key.path[-1]] for key in keys])
        writes = [i for i in range(serving) if phases.sub_item[keys[i].phase] is SubItem.WRITE]
        occupied_cell, occupied_by = self._occupancy()
        movers = [*self.explorer.entries, *(self.explorer.edges[key] for key in keys[:serving])]
        flat = [
            (mover, turn, len(edges), edge) for mover, edges in enumerate(movers) for turn, edge in enumerate(edges)
        ]
        dealt = [i for i, (_, _, size, _) in enumerate(flat) if size > 1]
        sizes = np.array([len(edges) for edges in movers], dtype=np.int64)
        done = [(i, mover) for i, (mover, _, _, edge) in enumerate(flat) if edge.dst is None and edge.no_route_at < 0]
        kinds = len(phases.first)
        left = [(i, node_index[node]) for i, (_, _, _, edge) in enumerate(flat) for node in edge.left]
        edge_wire = _indices([self._wire(edge) for _, _, _, edge in flat])
        levels = self._levels(served)
        return Topology(
            node_ids=tuple(node_index),
            node_index=node_index,
            wires=self.wires,
            keys=keys,
            index=self.index,
            serving=serving,
            waiting=waiting,
            request_kinds=kinds,
            cell_node=cell_node,
            leave_rate=np.array([self._leave_rate(key) for key in keys[:serving]], dtype=np.float64),
            write_cells=_indices(writes),
            write_node=cell_node[_indices(writes)],
            admit_to=_indices([self.index[key._replace(place=SERVING)] for key in keys[serving:served]]),
            serving_groups=Groups.sorted_by(cell_node[:serving], nodes),
            waiting_groups=Groups.sorted_by(cell_node[serving:served], nodes),
            arrival_counter=cell_node[:served] + nodes * (np.arange(served, dtype=np.intp) >= serving),
            occupied_cell=occupied_cell,
            occupied_by=occupied_by,
            edge_mover=_indices([mover for mover, _, _, _ in flat]),
            edge_dst=_indices([self._destination(edge) for _, _, _, edge in flat]),
            dealt=_indices(dealt),
            dealt_mover=_indices([flat[i][0] for i in dealt]),
            dealt_turn=np.array([flat[i][1] for i in dealt], dtype=np.int64),
            dealt_size=np.array([flat[i][2] for i in dealt], dtype=np.int64),
            mover_size=sizes,
            mover_first_edge=(np.cumsum(sizes) - sizes).astype(np.intp),
            keeps_slot=self._keeping(),
            left_edge=_indices([edge for edge, _ in left]),
            left_node=_indices([node for _, node in left]),
            done_edge=_indices([edge for edge, _ in done]),
            done_kind=_indices([phases.kind[keys[mover - kinds].phase] for _, mover in done]),
            levels=levels,
            all_edge_wires=np.concatenate([edge_wire, *(level.edge_wire for level in levels)]) + 1,
            sinks=1 + len(node_index),
        )

    def _keeping(self) -> BoolArray:
        """Which nodes hold a slot while another node works for them, so that a finished phase need not free it."""
        keeping = np.zeros(len(self.node_index), dtype=bool)
        keeping[[self.node_index[caller] for key in self.keys for caller in key.path[:-1]]] = True
        return keeping

    def _leave_rate(self, key: CellKey) -> float:
        """dt / mean service; a node that only passes the phase on to another does so within one step."""
        size = self.board.nodes[key.path[-1]].size
        mean_ms = size.service_ms.get(self.phases.sub_item[key.phase])
        return 1.0 if mean_ms is None else self.dt_s * 1000.0 / (mean_ms * self.phases.work[key.phase])

    def _occupancy(self) -> tuple[IndexArray, IndexArray]:
        """Pairs (cell, what it counts for): node i serving -> i, waiting -> N + i, its slot held by a call -> 2N +
        i.
        """
        n = len(self.node_index)
        pairs: list[tuple[int, int]] = []
        for i, key in enumerate(self.keys):
            if key.place != BALANCED:
                pairs.append((i, self.node_index[key.path[-1]] + (n if key.place == WAITING else 0)))
            pairs.extend((i, 2 * n + self.node_index[caller]) for caller in key.path[:-1])
        return _indices([cell for cell, _ in pairs]), _indices([counter for _, counter in pairs])

    def _destination(self, edge: _Edge) -> int:
        if edge.dst is not None:
            return self.index[edge.dst]
        return len(self.keys) + (0 if edge.no_route_at < 0 else 1 + self.node_index[edge.no_route_at])

    def _wire(self, edge: _Edge) -> int:
        return -1 if edge.wire is None else self.wire_index[edge.wire]

    def _levels(self, first: int) -> tuple[BalancerLevel, ...]:
        levels = []
        start = first
        while start < len(self.keys):
            level, end = self._level_of(self.keys[start]), start
            while end < len(self.keys) and self._level_of(self.keys[end]) == level:
                end += 1
            levels.append(self._level(start, end))
            start = end
        return tuple(levels)

    def _level_of(self, key: CellKey) -> tuple[int, bool]:
        return self.depth[key.path[-1]], _by_fewest(self.board.nodes[key.path[-1]])

    def _level(self, start: int, end: int) -> BalancerLevel:
        group_key: list[tuple[Path, Path]] = []
        cell_group: list[int] = []
        edges: list[tuple[int, int, _Edge]] = []
        for position, key in enumerate(self.keys[start:end]):
            routes = self.explorer.edges[key]
            known = (key.path, tuple(edge.dst.path[-1] if edge.dst else key.path[-1] for edge in routes))
            if not group_key or group_key[-1] != known:
                group_key.append(known)
            cell_group.append(len(group_key) - 1)
            edges.extend((position, turn, edge) for turn, edge in enumerate(routes))
        group_node = _indices([self.node_index[path[-1]] for path, _ in group_key])
        groups = _indices(cell_group)
        group_size = np.array([len(targets) for _, targets in group_key], dtype=np.int64)
        edge_cell = _indices([position for position, _, _ in edges])
        pair_start = [sum(len(targets) for _, targets in group_key[:g]) for g in range(len(group_key))]
        pair_group = _indices([g for g, (_, targets) in enumerate(group_key) for _ in targets])
        return BalancerLevel(
            cells=slice(start, end),
            edge_cell=edge_cell,
            edge_group=groups[edge_cell],
            edge_node=group_node[groups[edge_cell]],
            edge_size=group_size[groups[edge_cell]],
            edge_target=np.array([turn for _, turn, _ in edges], dtype=np.int64),
            edge_dst=_indices([self._destination(edge) for _, _, edge in edges]),
            edge_pair=_indices([pair_start[cell_group[position]] + turn for position, turn, _ in edges]),
            edge_wire=_indices([self._wire(edge) for _, _, edge in edges]),
            pair_group=pair_group,
            pair_size=group_size[pair_group],
            pair_rank=pair_group.astype(np.int64) << GROUP_SHIFT,
            pair_position=np.arange(pair_group.size, dtype=np.int64) - _indices(pair_start)[pair_group],
            pair_node=_indices([self.node_index[target] for _, targets in group_key for target in targets]),
            pair_start=_indices(pair_start),
            cell_node=group_node[groups],
            cell_group=groups,
            group_start=np.searchsorted(groups, np.arange(len(group_key))).astype(np.intp),
            group_size=group_size,
            group_node=group_node,
            here=np.isin(np.arange(len(self.node_index)), group_node),
            nodes=Groups.sorted_by(group_node[groups], len(self.node_index)),
            first_edge=(edge_cell.searchsorted(np.arange(end - start))).astype(np.intp),
            group_key=tuple(group_key),
            fewest=self._level_of(self.keys[start])[1],
        )


def _indices(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.intp)
