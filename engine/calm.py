"""The nodes of a run that need no tick: servers with memory to spare, which only are looked at when somebody asks what
they show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import CountArray, FloatArray, spans
from engine.board import Node
from engine.kernel import Kernel
from engine.nodes.behaviour import Behaviour
from engine.nodes.memory import Memory
from engine.readings import Readings


class Calm:
    """Which nodes of a run are asleep: those whose only model is a memory that nothing happens to (see
    `Memory.calm_up_to`), until one of them gets too many requests, something befalls a node, or the board changes.

    memories: of the sleepers, by number of the node, with the column of the node. limits: by column, requests present
    that wake all.
    """

    def __init__(self, readings: Readings) -> None:
        self.memories: dict[int, tuple[int, Memory]] = {}
        self.limits: FloatArray = np.zeros(0)
        self._readings = readings
        self._touched = -1

    def rest(self, nodes: Mapping[int, Node], models: Mapping[int, Sequence[Behaviour]]) -> None:
        """Let the nodes sleep that can, after all have had their tick."""
        self.limits = np.full(len(self._readings.node_ids), np.inf)
        for column, number in enumerate(self._readings.node_ids):
            of_node = models.get(number, ())
            if len(of_node) == 1 and isinstance(memory := of_node[0], Memory):
                limit = memory.calm_up_to(nodes[number])
                if limit >= 0.0:
                    self.memories[number] = column, memory
                    self.limits[column] = limit

    def wake(self) -> None:
        """Let every node have its next tick; what they show is as of the last one."""
        self.look_at_all()
        self.memories = {}

    def look(self, number: int) -> None:
        """Bring what a node shows up to the last tick, if it sleeps."""
        if number in self.memories:
            column, memory = self.memories[number]
            memory.measure(int(self._readings.present[column]))

    def look_at_all(self) -> None:
        """The same for all."""
        for number in self.memories:
            self.look(number)

    def follow(self, kernel: Kernel) -> None:
        """Let all have their tick when the traffic was touched by anything but a step since the last."""
        if kernel.touched != self._touched:
            self._touched = kernel.touched
            self.memories = {}
        if not self.memories and self.limits.size != kernel.nodes:
            self.limits = np.full(kernel.nodes, np.inf)


def rouse(runs: Sequence[tuple[Calm, Kernel]], present: CountArray) -> None:
    """Wake all nodes of each run in which one of them has too many requests, or whose board has changed. present: by
    node, of all runs.
    """
    for calm, kernel in runs:
        calm.follow(kernel)
    over = present > np.concatenate([calm.limits for calm, _ in runs])
    if np.count_nonzero(over):
        for (calm, _), span in zip(runs, spans([kernel.nodes for _, kernel in runs]), strict=True):
            if np.count_nonzero(over[span]):
                calm.memories = {}
