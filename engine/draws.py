"""The random numbers of the traffic's steps: everything the kernel draws comes from here.

The kernel names what a draw is for by nodes, because several runs may be stepped as one board (`engine.replicas`), and
then each run's numbers come from its own stream, in the order in which it would draw them alone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray

# Up to here drawing one by one is quicker than numpy's way of drawing many.
FEW = 12


class Draws:
    """Draws from the stream of a single run."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def where(self, nodes: BoolArray) -> Draws | None:
        """For a draw that only takes place if something is so at a node of the run; None where it is so at none."""
        return self if np.count_nonzero(nodes) else None

    def at(self, node: int) -> np.random.Generator:
        """The stream behind a node."""
        return self.generator

    def behind(self, nodes: IndexArray) -> list[np.random.Generator]:
        """The streams behind these nodes."""
        return [self.generator] * nodes.size

    def for_all(self, nodes: int) -> FloatArray:
        """A number between 0 and 1 for each node of the board, good until the next call. nodes: how many it has."""
        return self.generator.random(nodes)

    def random(self, nodes: IndexArray) -> FloatArray:
        """A number between 0 and 1 for each of these nodes, which are in their order; a node may be there often."""
        return self.generator.random(nodes.size)


class JointDraws(Draws):
    """Draws for several runs on one board, each from its own stream. Nodes, and whatever belongs to them, stand run by
    run.

    Only runs where the thing is so draw (`where`); the others get numbers that mean nothing, for they take none or all.
    """

    def __init__(self, generators: Sequence[np.random.Generator], nodes: Sequence[int]) -> None:
        """nodes: how many each run has."""
        self.generators = tuple(generators)
        self.owner = np.repeat(np.arange(len(nodes)), nodes)
        self.starts = np.concatenate(([0], np.cumsum(nodes)))
        self.firsts = self.starts[:-1]
        self.active: list[int] = list(range(len(nodes)))
        # Filled anew by every draw for all nodes: nobody keeps it.
        self._for_all = np.zeros(self.owner.size)
        spans = np.split(self._for_all, self.starts[1:-1])
        self._fill = [(generator.random, span) for generator, span in zip(generators, spans, strict=True)]

    def where(self, nodes: BoolArray) -> Draws | None:
        """For those of the runs in which something is so at a node."""
        if not np.count_nonzero(nodes):
            return None
        found = np.logical_or.reduceat(nodes, self.firsts).tolist()
        active = [run for run in self.active if found[run]]
        if len(active) == len(self.active):
            return self
        some = copy.copy(self)
        some.active = active
        return some if active else None

    def at(self, node: int) -> np.random.Generator:
        """The stream of the node's run."""
        return self.generators[int(self.owner[node])]

    def behind(self, nodes: IndexArray) -> list[np.random.Generator]:
        """The streams of the nodes' runs."""
        return [self.generators[run] for run in self.owner[nodes].tolist()]

    def for_all(self, nodes: int) -> FloatArray:
        """See `Draws`."""
        for run in self.active:
            random, span = self._fill[run]
            random(out=span)
        return self._for_all

    def random(self, nodes: IndexArray) -> FloatArray:
        """See `Draws`."""
        drawn = np.zeros(nodes.size)
        bounds = nodes.searchsorted(self.starts).tolist()
        for run in self.active:
            if bounds[run] < bounds[run + 1]:
                self.generators[run].random(out=drawn[bounds[run] : bounds[run + 1]])
        return drawn


def one_by_one(
    streams: Sequence[np.random.Generator], trials: CountArray, chance: FloatArray
) -> list[Callable[[], int]]:
    """For each item, what draws a binomial number with the trials and the chance that stand at its place by then.

    Given arrays of no dimension, numpy takes less time for a single draw than with numbers it has to convert.
    """
    return [partial(stream.binomial, trials[i, ...], chance[i, ...]) for i, stream in enumerate(streams)]


class Binomials:
    """Binomial numbers for the same items step after step, each from the stream behind its node, in their order."""

    def __init__(self, draws: Draws, nodes: IndexArray) -> None:
        """nodes: whom the items are for."""
        self._source, self._nodes = draws, nodes
        self._draws: list[Callable[[], int]] = []
        self._only: np.random.Generator | None = None

    def draw(self, trials: CountArray, chance: FloatArray) -> CountArray:
        """One number for each item. chance: on `engine.grid.PROBABILITY_GRID`."""
        amounts: CountArray = np.zeros(trials.size, dtype=np.int64)
        # Nothing is drawn for 0 trials or no chance, so that drawing for the others is the same as drawing for all.
        some = (trials * chance).nonzero()[0]
        if not some.size:
            return amounts
        if not self._draws:
            self._prepare()
        if self._only and some.size > FEW:
            drawn: CountArray = self._only.binomial(trials, chance)
            return drawn
        draws = self._draws
        self._trials[...], self._chance[...] = trials, chance
        amounts[some] = [draws[item]() for item in some.tolist()]
        return amounts

    def _prepare(self) -> None:
        streams = self._source.behind(self._nodes)
        self._only = streams[0] if len(set(map(id, streams))) == 1 else None
        self._trials: CountArray = np.zeros(len(streams), dtype=np.int64)
        self._chance: FloatArray = np.zeros(len(streams))
        self._draws = one_by_one(streams, self._trials, self._chance)
