"""The arrays of one board, as the kernel reads them; built by `engine.assembly`.

A *mover* is what sends requests on in a step: one for each request kind at the source, then one for each serving cell.
Its *edges* say where they go; a mover with several edges deals its requests out in turn. What lies behind the cells are
sinks: one for each kind of answered request, one for each node for requests that found no route there, one for each
kind of request that was worked off for nobody, one for delivered messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray
from engine.routing import CellKey, Path


class Dealing(IntEnum):
    """How a balancer chooses among its targets."""

    ROUND_ROBIN = 0
    LEAST_CONNECTIONS = 1
    RANDOM = 2
    TWO_CHOICES = 3
    WEIGHTED = 4


class Tally(IntEnum):
    """Sums by node that follow from the flows over edges.

    LEFT: answered (passed on, where nothing is served). WRITES, READS: steps finished here. HITS, MISSES: of a cache;
    FILLS: answers to its misses. PUBLISHED, DELIVERED, REDELIVERED: messages of a broker.
    """

    LEFT = 0
    WRITES = 1
    READS = 2
    HITS = 3
    MISSES = 4
    FILLS = 5
    PUBLISHED = 6
    DELIVERED = 7
    REDELIVERED = 8


@dataclass(frozen=True, slots=True)
class Level:
    """Nodes without slots that are passed in one go, with the same dealing. Cells, decks and edges are contiguous.

    Arrays run over what their names begin with; `_node` is an index of nodes. A cell has one deck of edges, or two
    where the level is `split`: what a cache answers and what it does not. Decks that deal to the same targets in one
    turn make a group; a group and one of its targets a pair. single: every deck has but one edge. here: whether a node
    is in this level; at: the indices of those. key: levels are in its order. stores: whether brokers are among them.
    cell_attack: 1 for requests of attackers. cell_rank: how many importances on the level of its board are higher than
    its own; ranks: by node, how many there are, at all nodes of the board alike. cell_edges: where the edges of a cell
    begin, where those of its last deck do, and where they end. edge_reach: how many targets come after the edge's in a
    deal. message_dst: the cell that gets a message for each request over the edge. members: the levels it was joined
    from (`engine.joint`); none on a board of its own.
    """

    key: tuple[int, int, bool]
    cells: slice
    dealing: Dealing
    split: bool
    single: bool
    here: BoolArray
    at: IndexArray
    stores: bool
    cell_node: IndexArray
    cell_attack: IndexArray
    cell_rank: CountArray
    ranks: CountArray
    cell_edges: tuple[tuple[int, int, int], ...]
    deck_cell: IndexArray
    deck_group: IndexArray
    edge_deck: IndexArray
    edge_group: IndexArray
    edge_size: CountArray
    edge_reach: CountArray
    edge_dst: IndexArray
    edge_pair: IndexArray
    edge_wire: IndexArray
    group_start: IndexArray
    group_size: CountArray
    group_node: IndexArray
    group_key: tuple[tuple[Path, int, tuple[object, ...]], ...]
    pair_group: IndexArray
    pair_position: CountArray
    pair_size: CountArray
    pair_rank: CountArray
    pair_node: IndexArray
    pair_start: IndexArray
    message_edge: IndexArray
    message_dst: IndexArray
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A level of one board within that of several. node: one of its nodes. groups, pairs: where its own are."""

    level: Level
    node: int
    groups: slice
    pairs: slice


@dataclass(frozen=True, slots=True)
class Pull:
    """The workers of one broker. cells: its stored messages. workers: their node indices; dst: by worker and cell,
    where a message goes. first_edge: the first of its edges among those of all pulls.
    """

    node: int
    cells: slice
    workers: tuple[int, ...]
    dst: tuple[tuple[int, ...], ...]
    first_edge: int


@dataclass(frozen=True, slots=True)
class Topology:
    """The arrays of one board. N nodes; cells are ordered serving, waiting, passing, stored, dead; the first two are
    sorted by node.

    serving_node, waiting_node: cell_node of the serving and of the waiting cells. leave_rate: by serving cell, dt /
    mean service. stale: by waiting cell, whether its requests have been given up by their caller while waiting there.
    abandon_to: by waiting cell, where those go that are given up now, or -1. nack: by cell, where a message goes that
    could not be delivered, -1 for what is no message. living: by cell, whether somebody waits for the answer; timed: 1
    where, besides, the time counts as latency. serves, queues, gives_up: by node, whether its board has serving,
    waiting, stale cells at all: a board that has none draws nothing for them. level_ends: behind the last cell of each
    level. pull_edges: how many there are. pull_node: the brokers of the pulls; pull_worker, pull_start: all their
    workers, and where those of each begin. no_route_*: flat edges that lead to no route, and the request kinds they
    carry. tally_*: which flows count for which Tally of which node (row x N + node), with what weight. cells, nodes,
    sinks: how many there are. no_route: the first of the nodes' sinks for requests without a route. wasted: the first
    of the kinds' sinks for what was worked off for nobody.
    """

    node_ids: tuple[int, ...]
    node_index: dict[int, int]
    wires: tuple[tuple[int, int], ...]
    keys: tuple[CellKey, ...]
    index: dict[CellKey, int]
    serving: int
    waiting: int
    passing: int
    stored: int
    request_kinds: int
    cell_node: IndexArray
    cell_kind: IndexArray
    leave_rate: FloatArray
    write_cells: IndexArray
    write_node: IndexArray
    admit_to: IndexArray
    serving_node: IndexArray
    waiting_node: IndexArray
    arrival_counter: IndexArray
    occupied_cell: IndexArray
    occupied_by: IndexArray
    edge_mover: IndexArray
    edge_dst: IndexArray
    dealt: IndexArray
    dealt_mover: IndexArray
    dealt_reach: CountArray
    dealt_size: CountArray
    mover_size: CountArray
    mover_first_edge: IndexArray
    keeps_slot: BoolArray
    levels: tuple[Level, ...]
    level_ends: tuple[int, ...]
    pulls: tuple[Pull, ...]
    pull_edges: int
    pull_node: IndexArray
    pull_worker: IndexArray
    pull_start: IndexArray
    all_edge_wires: IndexArray
    tally_edge: IndexArray
    tally_place: IndexArray
    tally_weight: FloatArray
    no_route_edge: IndexArray
    no_route_kind: IndexArray
    stale: BoolArray
    any_stale: bool
    serves: BoolArray
    queues: BoolArray
    gives_up: BoolArray
    abandon_to: IndexArray
    nack: IndexArray
    living: BoolArray
    all_living: bool
    timed: CountArray
    attack_kinds: BoolArray
    cells: int
    nodes: int
    sinks: int
    no_route: int
    wasted: int

    @property
    def stored_cells(self) -> slice:
        """The messages that lie in brokers."""
        first = self.serving + self.waiting + self.passing
        return slice(first, first + self.stored)
