"""The levels of a topology: nodes without slots, ordered so that each is passed before those behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.arrays import IndexArray
from engine.routing import PASSING, CellKey, Deck, Edge, Explorer, Path
from engine.spec import Role
from engine.topology import Dealing, Level

GROUP_SHIFT = 44
_DEALINGS = {
    "round_robin": Dealing.ROUND_ROBIN,
    "least_connections": Dealing.LEAST_CONNECTIONS,
    "random": Dealing.RANDOM,
    "two_choices": Dealing.TWO_CHOICES,
    "weighted": Dealing.WEIGHTED,
}

LevelKey = tuple[int, int, bool]
Destination = Callable[[int, Edge], int]


def level_order(explorer: Explorer) -> Callable[[CellKey], LevelKey]:
    """Tells the level of a passing cell: how many nodes without slots at most lie in a row in front of its node, how it
    deals, and whether it is split."""
    depth = _depths(explorer)

    def level(key: CellKey) -> LevelKey:
        node = explorer.board.nodes[key.path[-1]]
        dealing = _DEALINGS.get(str(node.policies.get("balancing", "")), Dealing.ROUND_ROBIN)
        return depth[node.id], int(dealing), len(explorer.decks[key]) > 1

    return level


def _depths(explorer: Explorer) -> dict[int, int]:
    """How many nodes without slots lie in a row in front of each; what a cache does not answer is asked elsewhere by
    its caller, so the caller's other targets come after the cache.
    """
    board = explorer.board
    before: dict[int, set[int]] = {n.id: set() for n in board.nodes.values() if n.kind.role.passes_through}
    for source, target in board.wires:
        if source in before and target in before:
            before[target].add(source)
    for cache in before:
        if board.nodes[cache].kind.role is Role.CACHE and not explorer.targets[cache]:
            for caller in board.callers(cache):
                for target in explorer.targets[caller]:
                    if target in before and board.nodes[target].kind.role is not Role.CACHE:
                        before[target].add(cache)
    depth: dict[int, int] = {}

    def visit(node: int) -> int:
        if node not in depth:
            depth[node] = max((visit(other) + 1 for other in before[node]), default=0)
        return depth[node]

    for node in before:
        visit(node)
    return depth


def build_levels(
    explorer: Explorer,
    keys: tuple[CellKey, ...],
    index: dict[CellKey, int],
    node_index: dict[int, int],
    wire_index: dict[tuple[int, int], int],
    destination: Destination,
) -> tuple[Level, ...]:
    """The levels, from the sorted cells."""
    level_of = level_order(explorer)
    levels = []
    start = next((i for i, key in enumerate(keys) if key.place == PASSING), len(keys))
    while start < len(keys) and keys[start].place == PASSING:
        level, end = level_of(keys[start]), start
        while end < len(keys) and keys[end].place == PASSING and level_of(keys[end]) == level:
            end += 1
        levels.append(
            _Builder(explorer, keys[start:end], start, index, node_index, wire_index, destination).build(level)
        )
        start = end
    return tuple(levels)


class _Builder:
    """Builds one level from its cells."""

    def __init__(
        self,
        explorer: Explorer,
        keys: tuple[CellKey, ...],
        start: int,
        index: dict[CellKey, int],
        node_index: dict[int, int],
        wire_index: dict[tuple[int, int], int],
        destination: Destination,
    ) -> None:
        self.explorer, self.keys, self.start, self.index = explorer, keys, start, index
        self.node_index, self.wire_index, self.destination = node_index, wire_index, destination
        self.group_key: list[tuple[Path, int, tuple[object, ...]]] = []
        self.group_targets: list[list[int]] = []
        self.deck_group: list[int] = []
        self.deck_cell: list[int] = []
        self.edges: list[tuple[int, int, Edge]] = []

    def build(self, level: LevelKey) -> Level:
        """All arrays of the level."""
        _, dealing, split = level
        for position, key in enumerate(self.keys):
            for number, deck in enumerate(self.explorer.decks[key]):
                self._add_deck(position, key, number if split else -1, deck)
        kinds = self.explorer.phases.request_kinds
        mine = [kinds[self.explorer.phases.kind[key.phase]] for key in self.keys]
        cell_node = _indices([self.node_index[key.path[-1]] for key in self.keys])
        nodes = len(self.node_index)
        groups = _indices(self.deck_group)
        group_size = np.array([len(targets) for targets in self.group_targets], dtype=np.int64)
        edge_deck = _indices([deck for deck, _, _ in self.edges])
        pair_start = np.concatenate(([0], group_size.cumsum()[:-1])).astype(np.intp)
        pair_group = np.repeat(np.arange(group_size.size, dtype=np.intp), group_size.astype(np.intp))
        edge_target = np.array([turn for _, turn, _ in self.edges], dtype=np.int64)
        deck_cell = _indices(self.deck_cell)
        messages = [(i, self.index[e.message]) for i, (_, _, e) in enumerate(self.edges) if e.message is not None]
        importances = sorted({kind.importance for kind in mine}, reverse=True)
        return Level(
            key=level,
            cells=slice(self.start, self.start + len(self.keys)),
            dealing=Dealing(dealing),
            split=split,
            single=bool((group_size == 1).all()),
            here=np.isin(np.arange(nodes), cell_node),
            at=np.unique(cell_node),
            stores=bool(messages),
            cell_node=cell_node,
            cell_attack=_indices([int(kind.attack) for kind in mine]),
            cell_rank=np.array([importances.index(kind.importance) for kind in mine], dtype=np.int64),
            ranks=np.full(nodes, len(importances), dtype=np.int64),
            cell_edges=self._cell_edges(),
            deck_cell=deck_cell,
            deck_group=groups,
            edge_deck=edge_deck,
            edge_group=groups[edge_deck],
            edge_size=group_size[groups[edge_deck]],
            edge_reach=group_size[groups[edge_deck]] - 1 - edge_target,
            edge_dst=_indices([self._destination(deck, edge) for deck, _, edge in self.edges]),
            edge_pair=pair_start[groups[edge_deck]] + edge_target.astype(np.intp),
            edge_wire=_indices([self.wire_index[e.wire] if e.wire else -1 for _, _, e in self.edges]),
            group_start=np.searchsorted(groups, np.arange(group_size.size)).astype(np.intp),
            group_size=group_size,
            group_node=_indices([self.node_index[path[-1]] for path, _, _ in self.group_key]),
            group_key=tuple(self.group_key),
            pair_group=pair_group,
            pair_position=np.arange(pair_group.size, dtype=np.int64) - pair_start[pair_group],
            pair_size=group_size[pair_group],
            pair_rank=pair_group.astype(np.int64) << GROUP_SHIFT,
            pair_node=_indices([target for targets in self.group_targets for target in targets]),
            pair_start=pair_start,
            message_edge=_indices([edge for edge, _ in messages]),
            message_dst=_indices([cell for _, cell in messages]),
        )

    def _cell_edges(self) -> tuple[tuple[int, int, int], ...]:
        found, first = [], 0
        for key in self.keys:
            sizes = [len(deck) for deck in self.explorer.decks[key]]
            last = first + sum(sizes)
            found.append((first, last - sizes[-1], last))
            first = last
        return tuple(found)

    def _add_deck(self, position: int, key: CellKey, number: int, deck: Deck) -> None:
        here = self.node_index[key.path[-1]]
        targets = [self.node_index[edge.dst.path[-1]] if edge.dst else here for edge in deck]
        own = (key.phase,) if number >= 0 or any(edge.wire is None for edge in deck) else ()
        known = (key.path, number, (*targets, *own))
        if not self.group_key or self.group_key[-1] != known:
            self.group_key.append(known)
            self.group_targets.append(targets)
        self.deck_cell.append(position)
        self.edges.extend((len(self.deck_group), turn, edge) for turn, edge in enumerate(deck))
        self.deck_group.append(len(self.group_key) - 1)

    def _destination(self, deck: int, edge: Edge) -> int:
        key = self.keys[self.deck_cell[deck]]
        return self.destination(self.explorer.phases.kind[key.phase], edge)


def _indices(values: list[int]) -> IndexArray:
    return np.array(values, dtype=np.intp)
