"""What went through each node in a tick, for the nodes' models."""

from __future__ import annotations

from operator import add

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray
from engine.board import Board
from engine.kernel import Kernel
from engine.nodes.behaviour import Reading
from engine.routing import DEAD, STORED
from engine.spec import Role
from engine.topology import Tally, Topology

_TALLIES = len(Tally)
_FAILED, _ROWS = _TALLIES + 1, _TALLIES + 5


class Readings:
    """Reads the kernel's sums at the end of every tick; `of` gives the reading of a node, by number."""

    def __init__(self) -> None:
        self.node_ids: tuple[int, ...] = ()
        self.sums: FloatArray = np.zeros((_ROWS, 0))
        self.readings: dict[int, Reading] = {}
        self._topology: Topology | None = None
        self._passing: list[bool] = []
        self._brokers: dict[int, tuple[IndexArray, IndexArray, IndexArray]] = {}
        self._behind: dict[int, tuple[list[int], list[int]]] = {}

    def of(self, node: int) -> Reading:
        """The last tick of a node; nothing moved at one that is new."""
        return self.readings.get(node, _NOTHING)

    def read(self, kernel: Kernel, board: Board, steps: int) -> None:
        """Read the tick that just ended, of so many steps."""
        topology = kernel.topology
        if topology is not self._topology:
            self._follow(topology, board)
        ledger = kernel.ledger
        sums = np.empty_like(self.sums)
        sums[:_TALLIES] = kernel.tally()
        sums[_TALLIES] = ledger.entered
        sums[_FAILED] = np.add.reduce(ledger.failed, axis=0)
        sums[_FAILED + 1 :] = ledger.occupied
        flows, self.sums = sums - self.sums, sums
        # Lists by node: most nodes are asked about, and numbers of Python are quicker one by one.
        left, writes, reads, hits, misses, _, published, delivered, redelivered, entered, failed, *used = flows.astype(
            np.int64
        ).tolist()
        messages, behind = self._messages(kernel.counts), self._behind_gateways(failed, left)
        columns = (
            [passed if passes else let_in for passed, let_in, passes in zip(left, entered, self._passing, strict=True)],
            left,
            failed,
            list(map(add, left, failed)),
            writes,
            reads,
            hits,
            misses,
            flows[Tally.FILLS].tolist(),
            *behind,
            [(serving + calling) / steps for serving, calling in zip(used[0], used[2], strict=True)],
            [serving / steps for serving in used[0]],
            *kernel.occupied.tolist(),
            kernel.capacity.slots.tolist(),
            *messages[:2],
            published,
            delivered,
            redelivered,
            messages[2],
        )
        self.readings = dict(zip(self.node_ids, map(Reading._make, zip(*columns, strict=True)), strict=True))

    def _follow(self, topology: Topology, board: Board) -> None:
        """Put the sums into the columns of another topology, and look up what lies where."""
        moved = np.zeros((_ROWS, topology.nodes))
        for i, node in enumerate(self.node_ids):
            if node in topology.node_index:
                moved[:, topology.node_index[node]] = self.sums[:, i]
        self.sums, self.node_ids, self._topology = moved, topology.node_ids, topology
        self._passing = [board.nodes[node].kind.role.passes_through for node in topology.node_ids]
        index = topology.node_index
        self._brokers = {
            index[node.id]: _cells_of(topology, node.id)
            for node in board.nodes.values()
            if node.kind.role is Role.QUEUE
        }
        self._behind = {
            index[node.id]: (
                [index[other] for other in _all_behind(board, node.id)],
                [index[other] for other in _served_behind(board, node.id)],
            )
            for node in board.nodes.values()
            if node.kind.gateway is not None
        }

    def _messages(self, counts: CountArray) -> list[list[int]]:
        """Messages stored, with the workers and dead, by node."""
        found = [[0] * len(self.node_ids) for _ in range(3)]
        for i, places in self._brokers.items():
            for column, cells in zip(found, places, strict=True):
                column[i] = int(counts[cells].sum())
        return found

    def _behind_gateways(self, failed: list[int], left: list[int]) -> tuple[list[int], list[int]]:
        """Requests that failed behind a gateway, and that were answered there, by node."""
        lost, done = ([0] * len(self.node_ids) for _ in range(2))
        for i, (everything, served) in self._behind.items():
            lost[i], done[i] = sum(failed[j] for j in everything), sum(left[j] for j in served)
        return lost, done


_NOTHING = Reading()


def _cells_of(topology: Topology, broker: int) -> tuple[IndexArray, IndexArray, IndexArray]:
    """The cells of a broker's messages: stored, with its workers, dead."""
    mine = [(i, key) for i, key in enumerate(topology.keys) if key.path[0] == broker]
    found: tuple[list[int], list[int], list[int]] = ([], [], [])
    for i, key in mine:
        if topology.nack[i] >= 0 or key.place == DEAD:
            found[0 if key.place == STORED else 2 if key.place == DEAD else 1].append(i)
    stored, unacked, dead = (np.array(cells, dtype=np.intp) for cells in found)
    return stored, unacked, dead


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
