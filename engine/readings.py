"""What went through each node in a tick, for the nodes' models."""

from __future__ import annotations

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
        self._fills: FloatArray = np.zeros(0)
        self._flows: CountArray = np.zeros((0, 0), dtype=np.int64)
        self._by_node: list[list[int]] = []
        self._levels: list[list[int]] = []
        self._counts: CountArray = np.zeros(0, dtype=np.int64)
        self._steps = 1
        self._passing: frozenset[int] = frozenset()
        self._brokers: dict[int, tuple[IndexArray, IndexArray, IndexArray]] = {}
        self._behind: dict[int, tuple[list[int], list[int]]] = {}

    def of(self, node: int) -> Reading:
        """The last tick of a node, put together when somebody asks; nothing moved at one that is new."""
        if node not in self.readings:
            self.readings[node] = self._reading(node)
        return self.readings[node]

    def read(self, kernel: Kernel, board: Board, steps: int) -> None:
        """Read the tick that just ended, of so many steps."""
        topology = kernel.topology
        if topology is not self._topology:
            self._follow(topology, board)
        ledger = kernel.ledger
        sums = np.concatenate((kernel.tally(), (ledger.entered, ledger.failed.sum(axis=0)), ledger.occupied))
        flows = sums - self.sums
        self._fills = flows[Tally.FILLS]
        self._flows = flows.astype(np.int64)
        # By node, all at once: most nodes are asked about.
        self._by_node = self._flows.T.tolist()
        self._levels = np.concatenate((kernel.occupied, (kernel.capacity.slots,))).T.tolist()
        self._counts, self._steps = kernel.counts, steps
        self.sums = sums
        self.readings = {}

    def _reading(self, node: int) -> Reading:
        topology = self._topology
        if topology is None or node not in topology.node_index:
            return _NOTHING
        i = topology.node_index[node]
        left, writes, reads, hits, misses, _, published, delivered, redelivered, entered, failed, *used = self._by_node[
            i
        ]
        serving, waiting, calling, slots = self._levels[i]
        behind_failed, behind_done = self._behind_of(node, topology)
        stored, unacked, dead = self._messages(node)
        # By place, in the order of the fields: twice as fast as by name, and there is one a node in every tick.
        return Reading(
            left if node in self._passing else entered,
            left,
            failed,
            left + failed,
            writes,
            reads,
            hits,
            misses,
            float(self._fills[i]),
            behind_failed,
            behind_done,
            (used[0] + used[2]) / self._steps,
            used[0] / self._steps,
            serving,
            waiting,
            calling,
            slots,
            stored,
            unacked,
            published,
            delivered,
            redelivered,
            dead,
        )

    def _follow(self, topology: Topology, board: Board) -> None:
        """Put the sums into the columns of another topology, and look up what lies where."""
        moved = np.zeros((_ROWS, topology.nodes))
        for i, node in enumerate(self.node_ids):
            if node in topology.node_index:
                moved[:, topology.node_index[node]] = self.sums[:, i]
        self.sums, self.node_ids, self._topology = moved, topology.node_ids, topology
        self._passing = frozenset(node.id for node in board.nodes.values() if node.kind.role.passes_through)
        self._brokers = {
            node.id: _cells_of(topology, node.id) for node in board.nodes.values() if node.kind.role is Role.QUEUE
        }
        self._behind = {
            node.id: (_all_behind(board, node.id), _served_behind(board, node.id))
            for node in board.nodes.values()
            if node.kind.gateway is not None
        }

    def _messages(self, node: int) -> tuple[int, int, int]:
        if node not in self._brokers:
            return 0, 0, 0
        stored, unacked, dead = (int(self._counts[cells].sum()) for cells in self._brokers[node])
        return stored, unacked, dead

    def _behind_of(self, node: int, topology: Topology) -> tuple[int, int]:
        """Requests that failed behind a gateway, and that were answered there."""
        if node not in self._behind:
            return 0, 0
        everything, served = ([topology.node_index[other] for other in nodes] for nodes in self._behind[node])
        return int(self._flows[_FAILED, everything].sum()), int(self._flows[Tally.LEFT, served].sum())


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
