"""Many boards as one: the arrays of several topologies joined into those of one board that falls into as many parts.

A step costs nearly the same for ten nodes as for a hundred, so runs that are stepped together cost a fraction each.
Nothing leads from one part to another, and every sum the kernel takes is by node, group or cell, so each part fares as
it would alone. Nodes, request kinds and edges stand part by part; cells stand by place first (see `Topology`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any

import numpy as np

from engine.arrays import IndexArray
from engine.capacity import Capacity
from engine.levels import GROUP_SHIFT
from engine.sampling import Groups
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
    return joining.topology(), joining.parts


class _Joining:
    """Places everything, then gathers the arrays. The numbers that follow a joint array are offsets by part."""

    def __init__(self, topologies: Sequence[Topology]) -> None:
        self.topologies = topologies
        self.node = _offsets(t.nodes for t in topologies)
        self.kind = _offsets(t.request_kinds for t in topologies)
        self.edge = _offsets(t.edge_mover.size for t in topologies)
        self.serving = _offsets(t.serving for t in topologies)
        self.waiting = _offsets(t.waiting for t in topologies)
        self.stored = _offsets(t.stored for t in topologies)
        self.dead = _offsets(t.cells - t.serving - t.waiting - t.passing - t.stored for t in topologies)
        self.pull = _offsets(t.pull_edges for t in topologies)
        self.worker = _offsets(t.pull_worker.size for t in topologies)
        self.nodes, self.kinds, self.edges = self.node[-1], self.kind[-1], self.edge[-1]
        self.served = self.serving[-1] + self.waiting[-1]
        self.passed = self.served + sum(t.passing for t in topologies)
        self.cells = self.passed + self.stored[-1] + self.dead[-1]
        self.places: list[list[tuple[int, int, slice, slice, slice]]] = [[] for _ in topologies]
        members = self._place_levels()
        self.place = [self._places(part, topology) for part, topology in enumerate(topologies)]
        self.levels = tuple(self._level(depth, levels) for depth, levels in enumerate(members))
        self.parts = tuple(self._part(part, topology) for part, topology in enumerate(topologies))

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
                self.places[part].append((depth, start, edges, groups, pairs))
                start += level.cell_node.size
                edge, group, pair = edges.stop, groups.stop, pairs.stop
        return members

    def _places(self, part: int, topology: Topology) -> IndexArray:
        """The joint place of each cell and sink of a part. Its levels come in the order they have there too."""
        places: IndexArray = np.concatenate(
            (
                np.arange(topology.serving) + self.serving[part],
                np.arange(topology.waiting) + self.serving[-1] + self.waiting[part],
                *(
                    np.arange(level.cell_node.size) + start
                    for level, (_, start, *_) in zip(topology.levels, self.places[part], strict=True)
                ),
                np.arange(topology.stored) + self.passed + self.stored[part],
                np.arange(self.dead[part], self.dead[part + 1]) + self.passed + self.stored[-1],
                np.arange(topology.request_kinds) + self.cells + self.kind[part],
                np.arange(topology.nodes) + self.cells + self.kinds + self.node[part],
                np.arange(topology.request_kinds) + self.cells + self.kinds + self.nodes + self.kind[part],
                (self.cells + 2 * self.kinds + self.nodes,),
            ),
            dtype=np.intp,
        )
        return places

    def _movers(self, part: int, movers: IndexArray) -> IndexArray:
        """The joint numbers of movers: those of the request kinds come first."""
        kinds = self.topologies[part].request_kinds
        return np.where(movers < kinds, movers + self.kind[part], movers - kinds + self.kinds + self.serving[part])

    def _part(self, part: int, topology: Topology) -> Part:
        return Part(
            cells=self.place[part][: topology.cells],
            movers=self._movers(part, np.arange(topology.mover_size.size)),
            nodes=slice(self.node[part], self.node[part + 1]),
            kinds=slice(self.kind[part], self.kind[part + 1]),
            edges=slice(self.edge[part], self.edge[part + 1]),
            pulls=slice(self.pull[part], self.pull[part + 1]),
            levels=tuple((depth, edges, groups, pairs) for depth, _, edges, groups, pairs in self.places[part]),
        )

    def _joined(self, values: Callable[[int, Topology], Array]) -> Array:
        """An array whose parts stand in a row."""
        return np.concatenate([values(part, topology) for part, topology in enumerate(self.topologies)])

    def _by_cell(self, values: Callable[[int, Topology], Array]) -> Array:
        """An array by cell."""
        flat = self._joined(values)
        sorted_ = np.empty_like(flat)
        sorted_[self._joined(lambda part, topology: self.place[part][: topology.cells])] = flat
        return sorted_

    def _by_mover(self, values: Callable[[int, Topology], Array]) -> Array:
        """An array by mover."""
        flat = self._joined(values)
        sorted_ = np.empty_like(flat)
        sorted_[self._joined(lambda part, topology: self._movers(part, np.arange(topology.mover_size.size)))] = flat
        return sorted_

    def _edge_numbers(self, part: int, topology: Topology, edges: IndexArray) -> IndexArray:
        """The joint numbers of flat edges: of the movers, then of the levels."""
        sizes = [level.edge_dst.size for level in self.levels]
        first = _offsets(sizes)
        numbers = [np.arange(topology.edge_mover.size) + self.edge[part]]
        numbers += [np.arange(span.start, span.stop) + self.edges + first[d] for d, _, span, *_ in self.places[part]]
        found: IndexArray = np.concatenate(numbers, dtype=np.intp)[edges]
        return found

    def _place_or_none(self, part: int, cells: IndexArray) -> IndexArray:
        """The joint places of cells, and -1 where there is none."""
        return np.where(cells < 0, -1, self.place[part][cells])

    def _pull(self, part: int, pull: Pull) -> Pull:
        node, first = self.node[part], int(self.place[part][pull.cells.start])
        return Pull(
            node=pull.node + node,
            cells=slice(first, first + pull.cells.stop - pull.cells.start),
            workers=tuple(worker + node for worker in pull.workers),
            dst=self.place[part][pull.dst],
            first_edge=pull.first_edge + self.pull[part],
        )

    def topology(self) -> Topology:
        """All arrays the steps need; what only commands, tracers and sums look at stays with the parts."""
        joined, node, first = self._joined, self.node, self.serving[-1]
        cell_node = self._by_cell(lambda part, t: t.cell_node + node[part])
        served = np.arange(self.served)
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
            cell_kind=self._by_cell(lambda part, t: t.cell_kind + self.kind[part]),
            leave_rate=joined(lambda part, t: t.leave_rate),
            write_cells=joined(lambda part, t: self.place[part][t.write_cells]),
            write_node=joined(lambda part, t: t.write_node + node[part]),
            admit_to=joined(lambda part, t: t.admit_to + self.serving[part]),
            serving_groups=Groups.sorted_by(cell_node[:first]),
            waiting_groups=Groups.sorted_by(cell_node[first : self.served]),
            arrival_counter=cell_node[: self.served] + self.nodes * (served >= first),
            occupied_cell=joined(lambda part, t: self.place[part][t.occupied_cell]),
            occupied_by=joined(
                lambda part, t: t.occupied_by % t.nodes + node[part] + t.occupied_by // t.nodes * self.nodes
            ),
            edge_mover=joined(lambda part, t: self._movers(part, t.edge_mover)),
            edge_dst=joined(lambda part, t: self.place[part][t.edge_dst]),
            dealt=joined(lambda part, t: t.dealt + self.edge[part]),
            dealt_mover=joined(lambda part, t: self._movers(part, t.dealt_mover)),
            dealt_reach=joined(lambda part, t: t.dealt_reach),
            dealt_size=joined(lambda part, t: t.dealt_size),
            mover_size=self._by_mover(lambda part, t: t.mover_size),
            mover_first_edge=_NO_INDEX,
            keeps_slot=joined(lambda part, t: t.keeps_slot),
            levels=self.levels,
            level_ends=(),
            pulls=tuple(self._pull(part, pull) for part, t in enumerate(self.topologies) for pull in t.pulls),
            pull_edges=self.pull[-1],
            pull_node=joined(lambda part, t: t.pull_node + node[part]),
            pull_worker=joined(lambda part, t: t.pull_worker + node[part]),
            pull_start=joined(lambda part, t: t.pull_start + self.worker[part]),
            all_edge_wires=_NO_INDEX,
            tally_edge=_NO_INDEX,
            tally_place=_NO_INDEX,
            tally_weight=np.zeros(0),
            no_route_edge=joined(lambda part, t: self._edge_numbers(part, t, t.no_route_edge)),
            no_route_kind=joined(lambda part, t: t.no_route_kind + self.kind[part]),
            stale=joined(lambda part, t: t.stale),
            any_stale=any(t.any_stale for t in self.topologies),
            serves=joined(lambda part, t: t.serves),
            queues=joined(lambda part, t: t.queues),
            gives_up=joined(lambda part, t: t.gives_up),
            abandon_to=joined(lambda part, t: self._place_or_none(part, t.abandon_to)),
            nack=self._by_cell(lambda part, t: self._place_or_none(part, t.nack)),
            living=self._by_cell(lambda part, t: t.living),
            all_living=all(t.all_living for t in self.topologies),
            timed=self._by_cell(lambda part, t: t.timed),
            attack_kinds=joined(lambda part, t: t.attack_kinds),
            cells=self.cells,
            nodes=self.nodes,
            sinks=2 * self.kinds + self.nodes + 1,
            no_route=self.cells + self.kinds,
            wasted=self.cells + self.kinds + self.nodes,
        )

    def _level(self, depth: int, members: list[tuple[int, Level]]) -> Level:
        def offset_by(sizes: Callable[[Level], int]) -> list[int]:
            return _offsets(sizes(level) for _, level in members)

        def joined(values: Callable[[Level], Array], offsets: list[int] | None = None) -> Array:
            found = [values(level) for _, level in members]
            return np.concatenate([v + o for v, o in zip(found, offsets, strict=False)] if offsets else found)

        cell, edge = offset_by(lambda level: level.cell_node.size), offset_by(lambda level: level.edge_dst.size)
        deck, group = offset_by(lambda level: level.deck_cell.size), offset_by(lambda level: level.group_size.size)
        pair, node = offset_by(lambda level: level.pair_node.size), [self.node[part] for part, _ in members]
        start = next(start for places in self.places for d, start, *_ in places if d == depth)
        cell_node, at = joined(lambda level: level.cell_node, node), joined(lambda level: level.at, node)
        here = np.zeros(self.nodes, dtype=bool)
        here[at] = True
        pair_group = joined(lambda level: level.pair_group, group)
        ranks = np.zeros(self.nodes, dtype=np.int64)
        for part, level in members:
            ranks[self.node[part] : self.node[part + 1]] = level.ranks
        first = members[0][1]
        return Level(
            key=first.key,
            cells=slice(start, start + cell[-1]),
            dealing=first.dealing,
            split=first.split,
            single=first.single,
            nodes=Groups.sorted_by(cell_node),
            here=here,
            at=at,
            stores=any(level.stores for _, level in members),
            cell_node=cell_node,
            cell_attack=joined(lambda level: level.cell_attack),
            cell_rank=joined(lambda level: level.cell_rank),
            ranks=ranks,
            cell_edges=(),
            deck_cell=joined(lambda level: level.deck_cell, cell),
            deck_group=joined(lambda level: level.deck_group, group),
            edge_deck=joined(lambda level: level.edge_deck, deck),
            edge_group=joined(lambda level: level.edge_group, group),
            edge_size=joined(lambda level: level.edge_size),
            edge_reach=joined(lambda level: level.edge_reach),
            edge_dst=np.concatenate([self.place[part][level.edge_dst] for part, level in members]),
            edge_pair=joined(lambda level: level.edge_pair, pair),
            edge_wire=np.full(edge[-1], -1, dtype=np.intp),
            group_start=joined(lambda level: level.group_start, deck),
            group_size=joined(lambda level: level.group_size),
            group_node=joined(lambda level: level.group_node, node),
            group_key=(),
            pair_group=pair_group,
            pair_position=joined(lambda level: level.pair_position),
            pair_size=joined(lambda level: level.pair_size),
            pair_rank=pair_group.astype(np.int64) << GROUP_SHIFT,
            pair_node=joined(lambda level: level.pair_node, node),
            pair_start=joined(lambda level: level.pair_start, pair),
            message_edge=joined(lambda level: level.message_edge, edge),
            message_dst=np.concatenate([self.place[part][level.message_dst] for part, level in members]),
            members=self._members(depth, members),
        )

    def _members(self, depth: int, members: list[tuple[int, Level]]) -> tuple[Member, ...]:
        spans = {
            part: (groups, pairs) for part, _ in members for d, _, _, groups, pairs in self.places[part] if d == depth
        }
        return tuple(Member(level, int(level.at[0]) + self.node[part], *spans[part]) for part, level in members)


def _offsets(sizes: Iterable[int]) -> list[int]:
    """Where each begins, and the end of the last."""
    return [0, *accumulate(sizes)]
