"""The random numbers of the traffic's steps: everything the kernel draws comes from here.

The kernel names what a draw is for by nodes, because several runs may be stepped as one board (`engine.replicas`), and
then each run's numbers come from its own stream, in the order in which it would draw them alone.
"""

from __future__ import annotations

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
