"""The random numbers of the traffic's steps: everything the kernel draws comes from here.

The kernel names what a draw is for by nodes, because several runs may be stepped as one board (`engine.replicas`), and
then each run's numbers come from its own stream, in the order in which it would draw them alone.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from engine.arrays import BoolArray, CountArray, FloatArray, IndexArray

# Up to here drawing one by one is quicker than numpy's way of drawing many.
FEW = 3


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

    def for_all(self, nodes: int) -> FloatArray:
        """A number between 0 and 1 for each node of the board, good until the next call. nodes: how many it has."""
        return self.generator.random(nodes)

    def random(self, nodes: IndexArray) -> FloatArray:
        """A number between 0 and 1 for each of these nodes, which are in their order; a node may be there often."""
        return self.generator.random(nodes.size)

    def binomial(self, trials: CountArray, chance: FloatArray, nodes: IndexArray) -> CountArray:
        """Binomial numbers. nodes: whom each is for, in their order."""
        some = trials.nonzero()[0]
        if some.size > FEW:
            drawn: CountArray = self.generator.binomial(trials, chance)
            return drawn
        amounts = np.zeros_like(trials)
        if some.size:
            # Nothing is drawn for 0 trials, so that this is the same as drawing for all.
            binomial = self.generator.binomial
            amounts[some] = [binomial(n, p) for n, p in zip(trials[some].tolist(), chance[some].tolist(), strict=True)]
        return amounts


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
        self.active: list[int] = list(range(len(nodes)))
        self._binomials = [generator.binomial for generator in generators]
        # Filled anew by every draw for all nodes: nobody keeps it.
        self._for_all = np.zeros(self.owner.size)
        spans = np.split(self._for_all, self.starts[1:-1])
        self._fill = [(generator.random, span) for generator, span in zip(generators, spans, strict=True)]

    def where(self, nodes: BoolArray) -> Draws | None:
        """For those of the runs in which something is so at a node."""
        if not np.count_nonzero(nodes):
            return None
        found = np.logical_or.reduceat(nodes, self.starts[:-1])
        some = copy.copy(self)
        some.active = [run for run in self.active if found[run]]
        return some if some.active else None

    def at(self, node: int) -> np.random.Generator:
        """The stream of the node's run."""
        return self.generators[int(self.owner[node])]

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

    def binomial(self, trials: CountArray, chance: FloatArray, nodes: IndexArray) -> CountArray:
        """See `Draws`."""
        amounts = np.zeros_like(trials)
        some = ((trials > 0) & (chance > 0.0)).nonzero()[0]
        of = self._binomials
        owners, tried, chances = self.owner[nodes[some]].tolist(), trials[some].tolist(), chance[some].tolist()
        amounts[some] = [of[run](n, p) for run, n, p in zip(owners, tried, chances, strict=True)]
        return amounts
