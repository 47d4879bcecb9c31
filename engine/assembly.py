"""From the cells and edges that `engine.routing` found to the arrays of `engine.topology`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import numpy as np

from engine.arrays import BoolArray, FloatArray, IndexArray
from engine.board import Board
from engine.grid import RATE_GRID
from engine.levels import build_levels, level_order
from engine.phases import DELIVERED, DONE, LIVE, MESSAGE, ORPHANED, WASTED, Phases
from engine.routing import NO_ROUTE, PASSING, SERVING, STORED, WAITING, CellKey, Edge, Explorer, Path, service_ms
from engine.spec import SubItem
from engine.tallies import tally
from engine.topology import Pull, Topology


def compile_topology(board: Board, phases: Phases, dt_s: float, occupied: Iterable[CellKey] = ()) -> Topology:
    """Build the arrays for a board on which there are requests in the `occupied` cells. Raises TooManyPathsError when
    the wires allow too many different paths.
    """
    explorer = Explorer(board, phases)
    explorer.explore(occupied)
    node_index = {node_id: i for i, node_id in enumerate(board.nodes)}
    level_of = level_order(explorer)

    def order(key: CellKey) -> tuple[int, tuple[int, ...], int, Path, tuple[Path, ...], int]:
        targets: tuple[Path, ...] = ()
        level: tuple[int, ...] = ()
        if key.place == PASSING:
            level = level_of(key)
            targets = tuple(e.dst.path if e.dst else () for deck in explorer.decks[key] for e in deck)
        return (key.place, level, node_index[key.path[-1]], key.path, targets, key.phase)

    keys = tuple(sorted(explorer.decks, key=order))
    return _Assembler(board, phases, dt_s, explorer, keys, node_index).assemble()


class _Assembler:
    """Turns the explored cells and edges into arrays."""

    def __init__(
        self,
        board: Board,
        phases: Phases,
        dt_s: float,
        explorer: Explorer,
        keys: tuple[CellKey, ...],
        node_index: dict[int, int],
    ) -> None:
        self.board, self.phases, self.dt_s, self.explorer = board, phases, dt_s, explorer
        self.keys, self.node_index = keys, node_index
        self.index = {key: i for i, key in enumerate(keys)}
        self.wires = tuple(board.wires)
        self.wire_index = {wire: i for i, wire in enumerate(self.wires)}

    def assemble(self) -> Topology:
        """All arrays."""
        keys, node_index, phases = self.keys, self.node_index, self.phases
        places = [key.place for key in keys]
        serving, waiting, passing = (places.count(place) for place in (SERVING, WAITING, PASSING))
        nodes, served = len(node_index), serving + waiting
        cell_node = _indices([node_index[key.path[-1]] for key in keys])
        writes = [i for i in range(serving) if phases.sub_item[keys[i].phase] is SubItem.WRITE]
        occupied_cell, occupied_by = self._occupancy()
        movers = [*self.explorer.entries, *(self.explorer.decks[key][0] for key in keys[:serving])]
        flat = [(mover, turn, len(deck), edge) for mover, deck in enumerate(movers) for turn, edge in enumerate(deck)]
        dealt = [i for i, (_, _, size, _) in enumerate(flat) if size > 1]
        sizes = np.array([len(deck) for deck in movers], dtype=np.int64)
        levels = build_levels(self.explorer, keys, self.index, node_index, self.wire_index, self._destination)
        pulls, pull_wires, pull_edges = self._pulls(served + passing, places.count(STORED))
        stale = np.array([self._is_stale(key) for key in keys[serving:served]], dtype=bool)
        living = np.array([phases.lane(key.phase) == LIVE for key in keys], dtype=bool)
        edge_wire = _indices([self._wire(edge) for _, _, _, edge in flat])
        tallied = tally(self.explorer, keys, node_index)
        stranded = self._stranded(serving, served + passing, served)
        return Topology(
            node_ids=tuple(node_index),
            node_index=node_index,
            wires=self.wires,
            keys=keys,
            index=self.index,
            serving=serving,
            waiting=waiting,
            passing=passing,
            stored=places.count(STORED),
            request_kinds=len(phases.first),
            cell_node=cell_node,
            cell_kind=_indices([phases.kind[key.phase] for key in keys]),
            leave_rate=self._leave_rates(keys[:serving]),
            write_cells=_indices(writes),
            write_node=cell_node[_indices(writes)],
            admit_to=_indices([self.index[key._replace(place=SERVING)] for key in keys[serving:served]]),
            serving_node=cell_node[:serving],
            waiting_node=cell_node[serving:served],
            arrival_counter=cell_node[:served] + nodes * (np.arange(served, dtype=np.intp) >= serving),
            occupied_cell=occupied_cell,
            occupied_by=occupied_by,
            edge_mover=_indices([mover for mover, _, _, _ in flat]),
            edge_dst=_indices([self._destination(self._kind_of(mover), edge) for mover, _, _, edge in flat]),
            dealt=_indices(dealt),
            dealt_mover=_indices([flat[i][0] for i in dealt]),
            dealt_reach=np.array([flat[i][2] - 1 - flat[i][1] for i in dealt], dtype=np.int64),
            dealt_size=np.array([flat[i][2] for i in dealt], dtype=np.int64),
            mover_size=sizes,
            mover_first_edge=(np.cumsum(sizes) - sizes).astype(np.intp),
            keeps_slot=self._keeping(),
            levels=levels,
            level_ends=tuple(level.cells.stop for level in levels),
            pulls=pulls,
            pull_edges=pull_edges,
            pull_node=_indices([pull.node for pull in pulls]),
            pull_worker=_indices([worker for pull in pulls for worker in pull.workers]),
            pull_start=_indices([0, *accumulate(len(pull.workers) for pull in pulls)][:-1]),
            all_edge_wires=np.concatenate([edge_wire, *(level.edge_wire for level in levels), pull_wires]) + 1,
            tally_edge=tallied.edge,
            tally_place=tallied.place,
            tally_weight=tallied.weight,
            no_route_edge=_indices([edge for edge, _ in stranded]),
            no_route_kind=_indices([kind for _, kind in stranded]),
            stale=stale,
            any_stale=bool(stale.any()),
            serves=np.full(nodes, serving > 0),
            queues=np.full(nodes, waiting > 0),
            gives_up=np.full(nodes, bool(stale.any())),
            abandon_to=_indices([self._place_of(self.explorer.abandon_to(key)) for key in keys[serving:served]]),
            nack=_indices([self._place_of(self.explorer.nack(key)) for key in keys]),
            living=living,
            all_living=bool(living.all()),
            timed=np.array([alive and not self._open(key) for key, alive in zip(keys, living, strict=True)], np.int64),
            attack_kinds=np.array([kind.attack for kind in phases.request_kinds], dtype=bool),
            cells=len(keys),
            nodes=nodes,
            sinks=2 * len(phases.first) + nodes + 1,
            no_route=len(keys) + len(phases.first),
            wasted=len(keys) + len(phases.first) + nodes,
        )

    def _kind_of(self, mover: int) -> int:
        """The request kind that a mover sends."""
        kinds = len(self.phases.first)
        return mover if mover < kinds else self.phases.kind[self.keys[mover - kinds].phase]

    def _stranded(self, serving: int, end: int, start: int) -> list[tuple[int, int]]:
        """Flat numbers of the edges of movers and levels that lead to no route, and the request kinds they carry."""
        phases, keys = self.phases, self.keys
        decks = [(kind, deck) for kind, deck in enumerate(self.explorer.entries)]
        for key in (*keys[:serving], *keys[start:end]):
            decks.extend((phases.kind[key.phase], deck) for deck in self.explorer.decks[key])
        edges = [(kind, edge) for kind, deck in decks for edge in deck]
        return [(i, kind) for i, (kind, edge) in enumerate(edges) if edge.dst is None and edge.end == NO_ROUTE]

    def _place_of(self, key: CellKey | None) -> int:
        return -1 if key is None else self.index[key]

    def _is_stale(self, key: CellKey) -> bool:
        lane = self.phases.lane(key.phase)
        return lane == ORPHANED or (LIVE < lane < MESSAGE and len(key.path) == 1)

    def _open(self, key: CellKey) -> bool:
        """Whether a request is a connection that is meant to stay open."""
        return key.place == SERVING and self.phases.session[key.phase]

    def _keeping(self) -> BoolArray:
        """Which nodes hold a slot while another node works for them, so that a finished phase need not free it."""
        keeping = np.zeros(len(self.node_index), dtype=bool)
        keeping[[self.node_index[caller] for key in self.keys for caller in self._holders(key)]] = True
        return keeping

    def _holders(self, key: CellKey) -> list[int]:
        """The callers whose slots a request holds; a broker keeps a message without one."""
        return [caller for caller in key.path[:-1] if not self.board.nodes[caller].kind.role.passes_through]

    def _leave_rates(self, keys: tuple[CellKey, ...]) -> FloatArray:
        rates = np.array([self._leave_rate(key) for key in keys], dtype=np.float64)
        return np.asarray(np.maximum(np.rint(rates / RATE_GRID), 1.0) * RATE_GRID)

    def _leave_rate(self, key: CellKey) -> float:
        """dt / mean service; a node that only hands the phase on to another does so within one step, or its relay
        time.
        """
        node = self.board.nodes[key.path[-1]]
        mean_ms = service_ms(node, self.phases, key.phase)
        if mean_ms is not None:
            return self.dt_s * 1000.0 / (mean_ms * self.phases.work[key.phase])
        return min(1.0, self.dt_s * 1000.0 / node.size.relay_ms) if node.size.relay_ms > 0 else 1.0

    def _occupancy(self) -> tuple[IndexArray, IndexArray]:
        """Pairs (cell, what it counts for): node i serving -> i, waiting -> N + i, its slot held by a call -> 2N +
        i.
        """
        n = len(self.node_index)
        pairs: list[tuple[int, int]] = []
        for i, key in enumerate(self.keys):
            if key.place in (SERVING, WAITING):
                pairs.append((i, self.node_index[key.path[-1]] + (n if key.place == WAITING else 0)))
            pairs.extend((i, 2 * n + self.node_index[caller]) for caller in self._holders(key))
        return _indices([cell for cell, _ in pairs]), _indices([counter for _, counter in pairs])

    def _destination(self, kind: int, edge: Edge) -> int:
        """The cell or sink an edge leads to."""
        if edge.dst is not None:
            return self.index[edge.dst]
        kinds, nodes = len(self.phases.first), len(self.node_index)
        behind = {
            DONE: kind,
            NO_ROUTE: kinds + self.node_index.get(edge.node, 0),
            WASTED: kinds + nodes + kind,
            DELIVERED: kinds + nodes + kinds,
        }
        return len(self.keys) + behind[edge.end]

    def _wire(self, edge: Edge) -> int:
        return -1 if edge.wire is None else self.wire_index[edge.wire]

    def _pulls(self, start: int, stored: int) -> tuple[tuple[Pull, ...], IndexArray, int]:
        """The brokers with workers, the wires of all their edges, and how many edges there are."""
        pulls: list[Pull] = []
        wires: list[int] = []
        first = start
        while first < start + stored:
            broker, end = self.keys[first].path, first
            while end < start + stored and self.keys[end].path == broker:
                end += 1
            decks = [self.explorer.decks[key][0] for key in self.keys[first:end]]
            if decks[0]:
                workers = tuple(self.node_index[edge.dst.path[-1]] for edge in decks[0] if edge.dst)
                dst = tuple(tuple(self._destination(0, deck[i]) for deck in decks) for i in range(len(workers)))
                node = self.node_index[broker[0]]
                pulls.append(Pull(node, slice(first, end), workers, dst, len(wires)))
                wires.extend(self._wire(deck[i]) for i in range(len(workers)) for deck in decks)
            first = end
        return tuple(pulls), _indices(wires), len(wires)


def _indices(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.intp)
