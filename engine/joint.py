"""Many boards as one: the arrays of several topologies joined into those of one board that falls into as many parts.

A step costs nearly the same for ten nodes as for a hundred, so runs that are stepped together cost a fraction each.
Nothing leads from one part to another, and every sum the kernel takes is by node, group or cell, so each part fares as
it would alone. Nodes, request kinds and edges stand part by part; cells stand by place first (see `Topology`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any

import numpy as np

from engine.arrays import IndexArray
from engine.capacity import Capacity
from engine.levels import GROUP_SHIFT
from engine.topology import Level, Member, Pull, Topology

_NO_INDEX: IndexArray = np.zeros(0, dtype=np.intp)

Array = np.ndarray[Any, Any]
LevelKey = tuple[tuple[int, int, bool], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """Where one board lies in the joint one. cells: the place of each of its cells, movers: of each of its movers;
    nodes, kinds, edges, pulls: what lies in a row (pulls: edges of brokers). levels: for each of its levels, which one
    it is of the joint board, and the edges, groups and pairs there.
    """

    cells: IndexArray
    movers: IndexArray
    nodes: slice
    kinds: slice
    edges: slice
    pulls: slice
    levels: tuple[tuple[int, slice, slice, slice], ...]


def join_capacities(capacities: Sequence[Capacity]) -> Capacity:
    """The capacities of all nodes, part by part."""
    joint: dict[str, object] = {}
    for name in (field.name for field in fields(Capacity)):
        values = [getattr(capacity, name) for capacity in capacities]
        if isinstance(values[0], np.ndarray):
            joint[name] = np.concatenate(values, axis=-1)
        else:
            joint[name] = any(values) if isinstance(values[0], bool) else values[0]
    return Capacity(**joint)  # type: ignore[arg-type]


def take_over(joint: Capacity, capacity: Capacity, nodes: slice, renewed: Iterable[str]) -> None:
    """Renew some arrays of the joint capacities at the nodes of one part."""
    for name in renewed:
        getattr(joint, name)[nodes] = getattr(capacity, name)


def join_topologies(topologies: Sequence[Topology]) -> tuple[Topology, tuple[Part, ...]]:
    """The joint topology of some boards, and where each lies in it."""
    joining = _Joining(topologies)
    return joining.topology(), joining.parts()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a level of a part lies: the number of its joint level, its first cell there, its edges, groups, pairs."""

    depth: int
    first: int
    edges: slice
    groups: slice
    pairs: slice


class _Joining:
    """Places everything, then gathers the arrays, each in one go for all parts.

    node, kind, edge ...: where those of each part begin in the joint board, and how many there are in all. place: of
    the cells and sinks of all parts, part by part, the joint ones; mover, flow: likewise of the movers and of the edges
    of movers and levels.
    """

    def __init__(self, topologies: Sequence[Topology]) -> None:
        self.topologies = topologies
        self.node = _offsets([t.nodes for t in topologies])
        self.kind = _offsets([t.request_kinds for t in topologies])
        self.edge = _offsets([t.edge_mover.size for t in topologies])
        self.serving = _offsets([t.serving for t in topologies])
        self.waiting = _offsets([t.waiting for t in topologies])
        self.stored = _offsets([t.stored for t in topologies])
        self.dead = _offsets([t.cells - t.serving - t.waiting - t.passing - t.stored for t in topologies])
        self.pull = _offsets([t.pull_edges for t in topologies])
        self.worker = _offsets([t.pull_worker.size for t in topologies])
        self.nodes, self.kinds, self.edges = self.node[-1], self.kind[-1], self.edge[-1]
        self.served = self.serving[-1] + self.waiting[-1]
        self.passed = self.served + sum(t.passing for t in topologies)
        self.cells = self.passed + self.stored[-1] + self.dead[-1]
        self.places: list[list[_Place]] = [[] for _ in topologies]
        self.members = self._place_levels()
        self.first_place = _offsets([t.cells + t.sinks for t in topologies])
        self.place = _numbered([span for part in range(len(topologies)) for span in self._cells(part)])
        self.cell_place = self.place[
            _numbered(list(zip((t.cells for t in topologies), self.first_place, strict=False)))
        ]
        self.first_mover = _offsets([t.mover_size.size for t in topologies])
        self.mover = _numbered([span for part in range(len(topologies)) for span in self._movers(part)])

    def _place_levels(self) -> list[list[tuple[int, Level]]]:
        """Which levels of which parts make a level together. Those that have nothing to deal are not mixed with others,
        for only those others may draw."""
        found: dict[LevelKey, list[tuple[int, Level]]] = {}
        for part, topology in enumerate(self.topologies):
            for level in topology.levels:
                found.setdefault((level.key, level.single), []).append((part, level))
        start, members = self.served, [found[key] for key in sorted(found)]
        for depth, levels in enumerate(members):
            edge = group = pair = 0
            for part, level in levels:
                sizes = level.edge_dst.size, level.group_size.size, level.pair_node.size
                edges, groups, pairs = (slice(a, a + n) for a, n in zip((edge, group, pair), sizes, strict=True))
                self.places[part].append(_Place(depth, start, edges, groups, pairs))
                start += level.cell_node.size
                edge, group, pair = edges.stop, groups.stop, pairs.stop
        return members

    def _cells(self, part: int) -> list[tuple[int, int]]:
        """How many cells and sinks of a part lie in a row, and where: all of them, in their order. Its levels come in
        the order they have there too."""
        topology = self.topologies[part]
        kinds, sinks = topology.request_kinds, self.cells + self.kind[part]
        passing = zip(topology.levels, self.places[part], strict=True)
        return [
            (topology.serving, self.serving[part]),
            (topology.waiting, self.serving[-1] + self.waiting[part]),
            *((level.cell_node.size, place.first) for level, place in passing),
            (topology.stored, self.passed + self.stored[part]),
            (self.dead[part + 1] - self.dead[part], self.passed + self.stored[-1] + self.dead[part]),
            (kinds, sinks),
            (topology.nodes, self.cells + self.kinds + self.node[part]),
            (kinds, sinks + self.kinds + self.nodes),
            (1, self.cells + 2 * self.kinds + self.nodes),
        ]

    def _movers(self, part: int) -> list[tuple[int, int]]:
        """The same of the movers: those of the request kinds come first."""
        topology = self.topologies[part]
        return [(topology.request_kinds, self.kind[part]), (topology.serving, self.kinds + self.serving[part])]

    def _flows(self) -> IndexArray:
        """The joint numbers of the edges of movers and levels of all parts."""
        first = _offsets([sum(level.edge_dst.size for _, level in members) for members in self.members])
        spans: list[tuple[int, int]] = []
        for part, topology in enumerate(self.topologies):
            spans.append((topology.edge_mover.size, self.edge[part]))
            for place in self.places[part]:
                size = place.edges.stop - place.edges.start
                spans.append((size, self.edges + first[place.depth] + place.edges.start))
        return _numbered(spans)

    def parts(self) -> tuple[Part, ...]:
        """Where each board lies."""
        cell = _offsets([t.cells for t in self.topologies])
        return tuple(
            Part(
                cells=self.cell_place[cell[part] : cell[part + 1]],
                movers=self.mover[self.first_mover[part] : self.first_mover[part + 1]],
                nodes=slice(self.node[part], self.node[part + 1]),
                kinds=slice(self.kind[part], self.kind[part + 1]),
                edges=slice(self.edge[part], self.edge[part + 1]),
                pulls=slice(self.pull[part], self.pull[part + 1]),
                levels=tuple((place.depth, place.edges, place.groups, place.pairs) for place in self.places[part]),
            )
            for part in range(len(self.topologies))
        )

    def _joined(self, name: str, offsets: Sequence[int] | None = None) -> Array:
        """An array whose parts stand in a row; what it numbers begins at the part's offset."""
        return _joined([getattr(topology, name) for topology in self.topologies], offsets)

    def _by_cell(self, name: str, offsets: Sequence[int] | None = None) -> Array:
        """An array by cell."""
        return _sorted(self._joined(name, offsets), self.cell_place)

    def _placed(self, name: str) -> IndexArray:
        """An array of cells and sinks."""
        found: IndexArray = self.place[self._joined(name, self.first_place)]
        return found

    def _placed_or_none(self, name: str) -> IndexArray:
        """An array of cells, -1 where there is none."""
        return np.where(self._joined(name) < 0, -1, self.place[np.maximum(self._joined(name, self.first_place), 0)])

    def _pulls(self) -> Iterable[Pull]:
        for part, topology in enumerate(self.topologies):
            node, first = self.node[part], self.first_place[part]
            for pull in topology.pulls:
                start = int(self.place[first + pull.cells.start])
                yield Pull(
                    node=pull.node + node,
                    cells=slice(start, start + pull.cells.stop - pull.cells.start),
                    workers=tuple(worker + node for worker in pull.workers),
                    dst=tuple(tuple(self.place[np.array(cells) + first].tolist()) for cells in pull.dst),
                    first_edge=pull.first_edge + self.pull[part],
                )

    def topology(self) -> Topology:
        """All arrays the steps need; what only commands and tracers look at stays with the parts."""
        joined, by_cell, node, kind, first = self._joined, self._by_cell, self.node, self.kind, self.serving[-1]
        cell_node = by_cell("cell_node", node)
        served = np.arange(self.served)
        counted = _joined([t.occupied_by % t.nodes for t in self.topologies], node)
        rows = _joined([t.occupied_by // t.nodes for t in self.topologies])
        tallied = _joined([t.tally_place % t.nodes for t in self.topologies], node)
        sums = _joined([t.tally_place // t.nodes for t in self.topologies])
        flow = self._flows()
        flows = _offsets([t.edge_mover.size + sum(level.edge_dst.size for level in t.levels) for t in self.topologies])
        return Topology(
            node_ids=(),
            node_index={},
            wires=(),
            keys=(),
            index={},
            serving=first,
            waiting=self.waiting[-1],
            passing=self.passed - self.served,
            stored=self.stored[-1],
            request_kinds=self.kinds,
            cell_node=cell_node,
            cell_kind=by_cell("cell_kind", kind),
            leave_rate=joined("leave_rate"),
            write_cells=self._placed("write_cells"),
            write_node=joined("write_node", node),
            admit_to=joined("admit_to", self.serving),
            serving_node=cell_node[:first],
            waiting_node=cell_node[first : self.served],
            arrival_counter=cell_node[: self.served] + self.nodes * (served >= first),
            occupied_cell=self._placed("occupied_cell"),
            occupied_by=counted + rows * self.nodes,
            edge_mover=self.mover[joined("edge_mover", self.first_mover)],
            edge_dst=self._placed("edge_dst"),
            dealt=joined("dealt", self.edge),
            dealt_mover=self.mover[joined("dealt_mover", self.first_mover)],
            dealt_reach=joined("dealt_reach"),
            dealt_size=joined("dealt_size"),
            mover_size=_sorted(joined("mover_size"), self.mover),
            mover_first_edge=_NO_INDEX,
            keeps_slot=joined("keeps_slot"),
            levels=tuple(self._level(depth, members) for depth, members in enumerate(self.members)),
            level_ends=(),
            pulls=tuple(self._pulls()),
            pull_edges=self.pull[-1],
            pull_node=joined("pull_node", node),
            pull_worker=joined("pull_worker", node),
            pull_start=joined("pull_start", self.worker),
            all_edge_wires=_NO_INDEX,
            tally_edge=flow[joined("tally_edge", flows)],
            tally_place=tallied + sums * self.nodes,
            tally_weight=joined("tally_weight"),
            no_route_edge=flow[joined("no_route_edge", flows)],
            no_route_kind=joined("no_route_kind", kind),
            stale=joined("stale"),
            any_stale=any(t.any_stale for t in self.topologies),
            serves=joined("serves"),
            queues=joined("queues"),
            gives_up=joined("gives_up"),
            abandon_to=self._placed_or_none("abandon_to"),
            nack=_sorted(self._placed_or_none("nack"), self.cell_place),
            living=by_cell("living"),
            all_living=all(t.all_living for t in self.topologies),
            timed=by_cell("timed"),
            attack_kinds=joined("attack_kinds"),
            cells=self.cells,
            nodes=self.nodes,
            sinks=2 * self.kinds + self.nodes + 1,
            no_route=self.cells + self.kinds,
            wasted=self.cells + self.kinds + self.nodes,
        )

    def _level(self, depth: int, members: list[tuple[int, Level]]) -> Level:
        levels, node = [level for _, level in members], [self.node[part] for part, _ in members]

        def offsets(name: str) -> list[int]:
            return _offsets([getattr(level, name).size for level in levels])

        def joined(name: str, first: Sequence[int] | None = None) -> Array:
            return _joined([getattr(level, name) for level in levels], first)

        spans = [next(place for place in self.places[part] if place.depth == depth) for part, _ in members]
        cell, edge, deck = offsets("cell_node"), offsets("edge_dst"), offsets("deck_cell")
        group, pair = offsets("group_size"), offsets("pair_node")
        start, place = spans[0].first, [self.first_place[part] for part, _ in members]
        cell_node, at, pair_group = joined("cell_node", node), joined("at", node), joined("pair_group", group)
        here, ranks = np.zeros(self.nodes, dtype=bool), np.zeros(self.nodes, dtype=np.int64)
        here[at] = True
        for part, level in members:
            ranks[self.node[part] : self.node[part + 1]] = level.ranks
        return Level(
            key=levels[0].key,
            cells=slice(start, start + cell[-1]),
            dealing=levels[0].dealing,
            split=levels[0].split,
            single=levels[0].single,
            here=here,
            at=at,
            stores=any(level.stores for level in levels),
            cell_node=cell_node,
            cell_attack=joined("cell_attack"),
            cell_rank=joined("cell_rank"),
            ranks=ranks,
            cell_edges=(),
            deck_cell=joined("deck_cell", cell),
            deck_group=joined("deck_group", group),
            edge_deck=joined("edge_deck", deck),
            edge_group=joined("edge_group", group),
            edge_size=joined("edge_size"),
            edge_reach=joined("edge_reach"),
            edge_dst=self.place[joined("edge_dst", place)],
            edge_pair=joined("edge_pair", pair),
            edge_wire=np.full(edge[-1], -1, dtype=np.intp),
            group_start=joined("group_start", deck),
            group_size=joined("group_size"),
            group_node=joined("group_node", node),
            group_key=(),
            pair_group=pair_group,
            pair_position=joined("pair_position"),
            pair_size=joined("pair_size"),
            pair_rank=pair_group.astype(np.int64) << GROUP_SHIFT,
            pair_node=joined("pair_node", node),
            pair_start=joined("pair_start", pair),
            message_edge=joined("message_edge", edge),
            message_dst=self.place[joined("message_dst", place)],
            members=tuple(
                Member(level, int(level.at[0]) + first, span.groups, span.pairs)
                for level, first, span in zip(levels, node, spans, strict=True)
            ),
        )


def _offsets(sizes: Iterable[int]) -> list[int]:
    """Where each begins, and the end of the last."""
    return [0, *accumulate(sizes)]


def _numbered(spans: Sequence[tuple[int, int]]) -> IndexArray:
    """The numbers in spans of so many from a first one on, span after span."""
    sizes, first = np.array(spans, dtype=np.intp).T
    ends = sizes.cumsum()
    numbers: IndexArray = np.arange(ends[-1], dtype=np.intp) + (first - ends + sizes).repeat(sizes)
    return numbers


def _joined(arrays: Sequence[Array], offsets: Sequence[int] | None = None) -> Array:
    """The arrays in a row, the numbers in each counted from its offset."""
    flat = np.concatenate(arrays)
    if offsets is not None:
        flat += np.repeat(np.array(offsets[: len(arrays)], dtype=np.intp), [array.size for array in arrays])
    return flat


def _sorted(flat: Array, places: IndexArray) -> Array:
    """Values that stand part by part, put where they belong."""
    found = np.empty_like(flat)
    found[places] = flat
    return found
