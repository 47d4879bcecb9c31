"""The models of all nodes of a run: made when a node appears, moved on once a tick, gone with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.board import Board, Node
from engine.calm import Calm, rouse
from engine.facts import Fact
from engine.kernel import Kernel
from engine.nodes.autoscale import Group
from engine.nodes.backup import Backup
from engine.nodes.behaviour import Behaviour, Surroundings, Wish
from engine.nodes.breaker import Breaker
from engine.nodes.broker import Broker
from engine.nodes.cache import Cache, Due
from engine.nodes.cluster import Cluster
from engine.nodes.memory import Memory
from engine.nodes.replica import Replica
from engine.nodes.serverless import Serverless
from engine.nodes.store import Store
from engine.readings import NOTHING, Readings, read_all
from engine.spec import Role
from engine.view import NodeState
from engine.wiring import Wiring


class Models:
    """What is particular to the nodes of a run. stale, lost_writes: reads answered with old data and answered writes
    that are gone, since the start.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator
        self.readings = Readings()
        self.of: dict[int, list[Behaviour]] = {}
        self._kinds: dict[int, str] = {}
        self._backlogs: dict[int, int] = {}
        self._wiring = Wiring(())
        self._ticking: list[tuple[int, bool, list[Behaviour]]] = []
        self._awake = self._ticking
        self.calm = Calm(self.readings)
        self._caches: list[tuple[int, Cache]] = []
        self._stale = self._lost_writes = self._replica_reads = 0

    @property
    def any(self) -> bool:
        """Whether any node has a model."""
        return bool(self._ticking)

    @property
    def stale(self) -> int:
        """Reads that replicas answered with old data."""
        return self._stale + sum(model.stale for model in self._all() if isinstance(model, Replica))

    @property
    def replica_reads(self) -> int:
        """Reads that replicas answered."""
        return self._replica_reads

    @property
    def lost_writes(self) -> int:
        """Answered writes that a failover or a restore took back."""
        return self._lost_writes + sum(
            model.lost_writes for model in self._all() if isinstance(model, (Replica, Backup))
        )

    def follow(self, board: Board, at_start: bool = False) -> None:
        """Make the models of new nodes, and drop those of nodes that are gone or have become another kind; to be called
        whenever nodes or wires have changed.
        """
        self.calm.wake()
        for node_id in [n for n in self.of if n not in board.nodes or board.nodes[n].kind.id != self._kinds[n]]:
            self._drop(node_id, board)
        for node in board.nodes.values():
            if node.id not in self.of:
                self.of[node.id] = self._models_of(node, at_start)
                self._kinds[node.id] = node.kind.id
        # In the order of the board, which is not that of `of` where a node has become another kind.
        self._ticking = [
            (node.id, node.kind.replica is not None, self.of[node.id])
            for node in board.nodes.values()
            if self.of[node.id]
        ]
        self._caches = [
            (node, model) for node, _, models in self._ticking for model in models if isinstance(model, Cache)
        ]
        self._wiring = Wiring(board.wires)

    def restart(self, board: Board) -> None:
        """Make all models anew, as the set-up does when it goes back."""
        self.of.clear()
        self._backlogs.clear()
        self.follow(board, at_start=True)

    def dues(self, board: Board, tick_s: float) -> list[Due]:
        """The caches, which must move on before `tick`, by what was read."""
        nodes, of = board.nodes, self.readings.of
        return [
            cache.due(nodes[node], of(node), tick_s)
            for node, cache in self._caches
            if nodes[node].state is not NodeState.BUILDING
        ]

    def tick(self, board: Board, time_s: float, tick_s: float) -> tuple[list[Fact], list[Wish]]:
        """Move every model on; returns what happened, and what they ask the simulation to do."""
        wishes: list[Wish] = []
        facts: list[Fact] = []
        nodes, readings, wiring = board.nodes, self.readings.readings, self._wiring
        around = Surroundings(
            time_s, tick_s, self.generator, self.readings.of, nodes, wiring.callers, wiring.targets, wishes.append
        )
        for node_id, replicates, models in self._awake if self.calm.memories else self._ticking:
            node = nodes[node_id]
            if node.state is not NodeState.BUILDING:
                reading = readings.get(node_id, NOTHING)
                if replicates:
                    self._replica_reads += reading.reads
                for model in models:
                    if happened := model.tick(node, reading, around):
                        facts += happened
        if not self.calm.memories:
            self.calm.rest(nodes, self.of)
            self._awake = [entry for entry in self._ticking if entry[0] not in self.calm.memories]
        return facts, wishes

    def act(self, action: str, node: Node) -> None:
        """Do one of the actions of a node's kind."""
        for model in self.of[node.id]:
            model.act(action, node)

    def befall(self, what: str, node: Node) -> None:
        """Tell a node's models what happened to it."""
        self.calm.wake()
        for model in self.of.get(node.id, ()):
            model.befall(what, node)

    def leak(self, node: Node, mb_s: float) -> None:
        """How fast the memory of a node leaks from now on."""
        self.calm.wake()
        for model in self.of[node.id]:
            if isinstance(model, Memory):
                model.leak_mb_s = mb_s

    def data_lost(self, database: Node, board: Board) -> bool:
        """A database lost its data; returns whether there is somebody who keeps backups of it."""
        keepers = [
            model
            for caller in board.callers(database.id)
            for model in self.of.get(caller, ())
            if isinstance(model, Backup)
        ]
        for keeper in keepers:
            keeper.data_lost(database.id)
        return bool(keepers)

    def lose(self, writes: int) -> None:
        """Count writes that are gone for another reason than a failover or a restore."""
        self._lost_writes += writes

    def figures(self, node_id: int) -> Mapping[str, float]:
        """What the models of a node show, merged."""
        self.calm.look(node_id)
        merged: dict[str, float] = {}
        for model in self.of.get(node_id, ()):
            merged.update(model.figures())
        return merged

    def paid_units(self, node_id: int) -> int:
        """How many times the keep of a node's size is paid."""
        elastic = self._elastic(node_id)
        return 1 if elastic is None else int(elastic.paid_units)

    def is_elastic(self, node_id: int) -> bool:
        """Whether that number changes by itself."""
        return self._elastic(node_id) is not None

    def state(self) -> list[object]:
        """What decides the future, in the order of the nodes."""
        self.calm.look_at_all()
        return [(node, type(model).__name__, model.state()) for node, models in self.of.items() for model in models]

    def _elastic(self, node_id: int) -> Group | Cluster | Serverless | None:
        models = self.of.get(node_id)
        # The elastic model of a node is the first.
        return models[0] if models and isinstance(models[0], (Group, Cluster, Serverless)) else None

    def _all(self) -> list[Behaviour]:
        return [model for models in self.of.values() for model in models]

    def _drop(self, node_id: int, board: Board) -> None:
        for model in self.of.pop(node_id):
            if isinstance(model, Replica):
                self._stale += model.stale
            if isinstance(model, (Replica, Backup)):
                self._lost_writes += model.lost_writes
            if isinstance(model, Backup):
                model.give_up(board.nodes)
        self._backlogs.pop(node_id, None)

    def _models_of(self, node: Node, at_start: bool) -> list[Behaviour]:
        kind = node.kind
        models: list[Behaviour] = []
        if kind.cluster is not None:
            models.append(Cluster(node))
        elif kind.autoscale is not None:
            models.append(Group(node))
        if kind.serverless is not None:
            models.append(Serverless(node))
        if kind.cache is not None:
            models.append(Cache(node, at_start=at_start))
        if kind.replica is not None:
            models.append(Replica(node, self._backlogs))
        if kind.role is Role.STORE and kind.popularity is not None:
            models.append(Store(node))
        if kind.gateway is not None:
            models.append(Breaker(node))
        if kind.broker is not None:
            models.append(Broker(node))
        if kind.memory is not None:
            models.append(Memory(node))
        if kind.backup is not None:
            models.append(Backup(node))
        return models


def read_together(runs: Sequence[tuple[Models, Kernel, Board]], steps: int, tick_s: float) -> list[Due]:
    """Read what went through the nodes of some runs in a tick of so many steps; returns all their caches, which must
    move on before the models tick. Nothing is read for a run without models.
    """
    some = [run for run in runs if run[0].any]
    if some:
        present = read_all([(models.readings, kernel, board) for models, kernel, board in some], steps)
        rouse([(models.calm, kernel) for models, kernel, _ in some], present)
    return [due for models, _, board in some for due in models.dues(board, tick_s)]
