"""What went through each node in a tick, for the nodes' models; of many runs at once, for an array costs little more
than a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from operator import add
from typing import NamedTuple

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray, spans
from engine.board import Board
from engine.kernel import Kernel
from engine.nodes.behaviour import Reading
from engine.routing import DEAD, STORED
from engine.spec import Role
from engine.topology import Tally, Topology

_TALLIES = len(Tally)
_FAILED, _ROWS = _TALLIES + 1, _TALLIES + 5


class Readings:
    """What one run read at the end of the last tick; `of` gives the reading of a node, by number.

    present: requests serving, waiting and calling, by column.
    """

    def __init__(self) -> None:
        self.node_ids: tuple[int, ...] = ()
        self.sums: FloatArray = np.zeros((_ROWS, 0))
        self.readings: dict[int, Reading] = {}
        self.present: CountArray = np.zeros(0, dtype=np.int64)
        self.passing: list[bool] = []
        self.brokers: list[_Messages] = []
        self.behind: list[_Behind] = []
        self._topology: Topology | None = None

    def of(self, node: int) -> Reading:
        """The last tick of a node; nothing moved at one that is new."""
        return self.readings.get(node, NOTHING)

    def follow(self, topology: Topology, board: Board) -> None:
        """Put the sums into the columns of another topology, and look up what lies where."""
        if topology is self._topology:
            return
        moved = np.zeros((_ROWS, topology.nodes))
        for i, node in enumerate(self.node_ids):
            if node in topology.node_index:
                moved[:, topology.node_index[node]] = self.sums[:, i]
        self.sums, self.node_ids, self._topology = moved, topology.node_ids, topology
        self.passing = [board.nodes[node].kind.role.passes_through for node in topology.node_ids]
        index = topology.node_index
        self.brokers = [
            _Messages(index[node.id], *_cells_of(topology, node.id))
            for node in board.nodes.values()
            if node.kind.role is Role.QUEUE
        ]
        self.behind = [
            _Behind(
                index[node.id],
                [index[other] for other in _all_behind(board, node.id)],
                [index[other] for other in _served_behind(board, node.id)],
            )
            for node in board.nodes.values()
            if node.kind.gateway is not None
        ]


class _Messages(NamedTuple):
    """Where the messages of a broker are. node: its column. cells: of those that are stored, then of those with the
    workers, then of the dead ones; unacked, dead: where these begin.
    """

    node: int
    cells: IndexArray
    unacked: int
    dead: int


class _Behind(NamedTuple):
    """A gateway, the nodes that calls from it can arrive at, and of those the nearest that have slots, by column."""

    node: int
    everything: list[int]
    served: list[int]


def read_all(runs: Sequence[tuple[Readings, Kernel, Board]], steps: int) -> CountArray:
    """Read the tick that just ended, of so many steps, in each of some runs; returns the requests present, by node."""
    for readings, kernel, board in runs:
        readings.follow(kernel.topology, board)
    sums = _sums([kernel for _, kernel, _ in runs])
    flows = sums - np.concatenate([readings.sums for readings, _, _ in runs], axis=1)
    levels = np.concatenate([kernel.occupied for _, kernel, _ in runs], axis=1)
    present: CountArray = np.add.reduce(levels, axis=0)
    rows = map(_MAKE, zip(*_columns(runs, flows, levels, steps), strict=True))
    for (readings, kernel, _), span in zip(runs, spans([kernel.nodes for _, kernel, _ in runs]), strict=True):
        readings.sums, readings.present = sums[:, span], present[span]
        readings.readings = dict(zip(readings.node_ids, islice(rows, kernel.nodes), strict=True))
    return present


def _sums(kernels: Sequence[Kernel]) -> FloatArray:
    """What went through the nodes of all runs since the start: the tallies, then requests let in, failed, and those
    that were serving, waiting and calling, summed over steps.
    """
    sums = np.empty((_ROWS, sum(kernel.nodes for kernel in kernels)))
    np.concatenate([kernel.tally() for kernel in kernels], axis=1, out=sums[:_TALLIES])
    np.concatenate([kernel.ledger.entered for kernel in kernels], out=sums[_TALLIES])
    sums[_FAILED] = np.add.reduce(np.concatenate([kernel.ledger.failed for kernel in kernels], axis=1), axis=0)
    np.concatenate([kernel.ledger.occupied for kernel in kernels], axis=1, out=sums[_FAILED + 1 :])
    return sums


def _columns(
    runs: Sequence[tuple[Readings, Kernel, Board]], flows: FloatArray, levels: CountArray, steps: int
) -> list[Sequence[float]]:
    """The fields of all readings, each by node: lists, for most nodes are asked about, and numbers of Python are
    quicker one by one.
    """
    left, writes, reads, hits, misses, _, published, delivered, redelivered, entered, failed = (
        flows[: _FAILED + 1].astype(np.int64).tolist()
    )
    serving, calling = flows[_FAILED + 1], flows[_FAILED + 3]
    passing = [passes for readings, _, _ in runs for passes in readings.passing]
    messages, unacked, dead = _messages(runs, len(passing))
    return [
        [passed if passes else let_in for passed, let_in, passes in zip(left, entered, passing, strict=True)],
        left,
        failed,
        list(map(add, left, failed)),
        writes,
        reads,
        hits,
        misses,
        flows[Tally.FILLS].tolist(),
        *_behind_gateways(runs, failed, left),
        ((serving + calling) / steps).tolist(),
        (serving / steps).tolist(),
        *levels.tolist(),
        np.concatenate([kernel.capacity.slots for _, kernel, _ in runs]).tolist(),
        messages,
        unacked,
        published,
        delivered,
        redelivered,
        dead,
    ]


def _messages(runs: Sequence[tuple[Readings, Kernel, Board]], nodes: int) -> tuple[list[int], list[int], list[int]]:
    """Messages stored, with the workers and dead, by node."""
    stored, unacked, dead = ([0] * nodes for _ in range(3))
    first = 0
    for readings, kernel, _ in runs:
        for broker in readings.brokers:
            counts, i = kernel.counts[broker.cells].tolist(), first + broker.node
            stored[i] = sum(counts[: broker.unacked])
            unacked[i] = sum(counts[broker.unacked : broker.dead])
            dead[i] = sum(counts[broker.dead :])
        first += kernel.nodes
    return stored, unacked, dead


def _behind_gateways(
    runs: Sequence[tuple[Readings, Kernel, Board]], failed: list[int], left: list[int]
) -> tuple[list[int], list[int]]:
    """Requests that failed behind a gateway, and that were answered there, by node."""
    lost, done = ([0] * len(failed) for _ in range(2))
    first = 0
    for readings, kernel, _ in runs:
        for gateway in readings.behind:
            lost[first + gateway.node] = sum(failed[first + j] for j in gateway.everything)
            done[first + gateway.node] = sum(left[first + j] for j in gateway.served)
        first += kernel.nodes
    return lost, done


NOTHING = Reading()
# Not `Reading._make`, which counts the fields of each anew.
_MAKE = partial(tuple.__new__, Reading)


def _cells_of(topology: Topology, broker: int) -> tuple[IndexArray, int, int]:
    """The cells of a broker's messages, and where those begin that are with its workers, and the dead ones."""
    mine = [(i, key) for i, key in enumerate(topology.keys) if key.path[0] == broker]
    found: tuple[list[int], list[int], list[int]] = ([], [], [])
    for i, key in mine:
        if topology.nack[i] >= 0 or key.place == DEAD:
            found[0 if key.place == STORED else 2 if key.place == DEAD else 1].append(i)
    stored, unacked, dead = found
    return np.array(stored + unacked + dead, dtype=np.intp), len(stored), len(stored) + len(unacked)


def _all_behind(board: Board, start: int) -> list[int]:
    """Every node that calls from `start` can arrive at, but itself."""
    seen, pending = {start}, [start]
    while pending:
        for target in board.targets(pending.pop()):
            if target not in seen:
                seen.add(target)
                pending.append(target)
    return sorted(seen - {start})


def _served_behind(board: Board, start: int) -> list[int]:
    """The nearest nodes behind one that have slots."""
    found: set[int] = set()
    pending = [start]
    while pending:
        for target in board.targets(pending.pop()):
            if board.nodes[target].kind.role.passes_through:
                pending.append(target)
            else:
                found.add(target)
    return sorted(found)
