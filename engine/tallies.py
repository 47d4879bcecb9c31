"""Which flows over edges count for which sums of which nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.arrays import FloatArray, IndexArray
from engine.phases import DELIVERED, WASTED
from engine.routing import PASSING, SERVING, STORED, CellKey, Edge, Explorer
from engine.spec import Role, SubItem
from engine.topology import Tally


@dataclass(slots=True)
class Tallied:
    """Triples of a flat edge index, what it counts for (tally x nodes + node) and its weight.

    Edges are numbered: those of the movers, then those of the levels, then those of the pulls.
    """

    nodes: int
    edges: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, edge: int, kind: Tally, node: int, weight: float = 1.0) -> None:
        """Count an edge's flow."""
        self.edges.append(edge)
        self.places.append(kind * self.nodes + node)
        self.weights.append(weight)

    @property
    def edge(self) -> IndexArray:
        """Flat edge indices."""
        return np.array(self.edges, dtype=np.intp)

    @property
    def place(self) -> IndexArray:
        """Tally x nodes + node."""
        return np.array(self.places, dtype=np.intp)

    @property
    def weight(self) -> FloatArray:
        """Weights."""
        return np.array(self.weights, dtype=np.float64)


def tally(explorer: Explorer, keys: tuple[CellKey, ...], node_index: dict[int, int]) -> Tallied:
    """All tallies of a topology with these cells."""
    found = Tallied(len(node_index))
    number = 0
    for edge in (edge for deck in explorer.entries for edge in deck):
        _ends(found, number, edge, node_index)
        number += 1
    for key in (key for key in keys if key.place == SERVING):
        for edge in explorer.decks[key][0]:
            _ends(found, number, edge, node_index)
            _work(found, number, key, explorer, node_index)
            number += 1
    for key in (key for key in keys if key.place == PASSING):
        for turn, deck in enumerate(explorer.decks[key]):
            for edge in deck:
                _ends(found, number, edge, node_index)
                _passed(found, number, key, turn, edge, explorer, node_index)
                number += 1
    return found


def _ends(found: Tallied, flat: int, edge: Edge, node_index: dict[int, int]) -> None:
    for node in edge.left:
        found.add(flat, Tally.LEFT, node_index[node])
    if edge.dst is None and edge.end == DELIVERED:
        found.add(flat, Tally.DELIVERED, node_index[edge.node])
    if edge.dst is not None and edge.dst.place == STORED:
        found.add(flat, Tally.REDELIVERED, node_index[edge.dst.path[0]])


def _work(found: Tallied, flat: int, key: CellKey, explorer: Explorer, node_index: dict[int, int]) -> None:
    """Steps finished at a node, and what they fill the caches of its caller with."""
    node = explorer.board.nodes[key.path[-1]]
    if node.kind.role is Role.SOURCE or not explorer.handles(node, key.phase):
        return
    sub_item = explorer.phases.sub_item[key.phase]
    if sub_item is SubItem.WRITE:
        found.add(flat, Tally.WRITES, node_index[node.id])
    elif sub_item is SubItem.READ:
        found.add(flat, Tally.READS, node_index[node.id])
    if len(key.path) > 1 and explorer.phases.following[key.phase] != WASTED:
        _fills(found, flat, key, explorer, node_index)


def _fills(found: Tallied, flat: int, key: CellKey, explorer: Explorer, node_index: dict[int, int]) -> None:
    caches = explorer.caches_of(key.path[-2], key.phase)
    for cache in caches:
        found.add(flat, Tally.FILLS, node_index[cache], 1.0 / len(caches))


def _passed(
    found: Tallied, flat: int, key: CellKey, deck: int, edge: Edge, explorer: Explorer, node_index: dict[int, int]
) -> None:
    node = explorer.board.nodes[key.path[-1]]
    here, sub_item = node_index[node.id], explorer.phases.sub_item[key.phase]
    match node.kind.role:
        case Role.CACHE if len(explorer.decks[key]) > 1:
            found.add(flat, Tally.MISSES if deck else Tally.HITS, here)
            if deck and explorer.targets[node.id]:
                found.add(flat, Tally.FILLS, here)
            elif deck and edge.dst is not None and edge.dst.place == PASSING:
                _fills_behind(found, flat, key, edge, explorer, node_index)
        case Role.STORE:
            found.add(flat, Tally.WRITES if sub_item is SubItem.WRITE else Tally.READS, here)
        case Role.QUEUE:
            found.add(flat, Tally.PUBLISHED, here)


def _fills_behind(
    found: Tallied, flat: int, key: CellKey, edge: Edge, explorer: Explorer, node_index: dict[int, int]
) -> None:
    """A store answers a cache's miss at once."""
    if edge.dst is not None and explorer.board.nodes[edge.dst.path[-1]].kind.role is Role.STORE:
        found.add(flat, Tally.FILLS, node_index[key.path[-1]])
