"""Splitting whole numbers without losing one: systematic sampling and dealing in turn, for many groups at once.

Systematic sampling (one random offset per group, then equal strides) gives every item of a group the same chance, keeps
the group's total exactly and never takes more of a kind than there is. Source: W. G. Cochran, Sampling Techniques,
1977, ch. 8.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray, constant, count
from engine.draws import Draws

_ONE, _NEXT_TO_NOTHING = count(1), constant(1e-300)


def _differences(marks: CountArray, of: IndexArray) -> CountArray:
    """From the running marks of each group to the amounts of its items; of: the group of each item, in ascending order.
    The mark before a group's first item is 0."""
    amounts = marks.copy()
    amounts[1:] -= marks[:-1] * (of[1:] == of[:-1])
    return amounts


def take(counts: CountArray, amount: CountArray, total: CountArray, of: IndexArray, draws: Draws | None) -> CountArray:
    """Take `amount[g]` of the `total[g]` requests in each group, from its items in proportion to their counts.

    counts: by item; of: the group of each item, in ascending order; amount <= total. draws: None where of every group
    all are taken or none. Exact in the totals.
    """
    if counts.size == 0:
        return counts.copy()
    if draws is None:
        return np.asarray(counts * (amount > 0)[of])
    divisor = np.maximum(total, _ONE)
    shift = (draws.for_all(divisor.size) * divisor).astype(np.int64)
    taken = np.zeros(counts.size, dtype=np.int64)
    some = counts.nonzero()[0]
    of = of[some]
    marks: CountArray = counts[some].cumsum()
    marks -= (total.cumsum() - total)[of]
    marks *= amount[of]
    marks += shift[of]
    marks //= divisor[of]
    taken[some] = _differences(marks, of)
    return taken


def take_weighted(
    counts: CountArray,
    weights: FloatArray,
    amount: CountArray,
    total: FloatArray,
    of: IndexArray,
    draws: Draws,
) -> CountArray:
    """Take up to `amount[g]` requests from each group, from its items in proportion to `weights` (group sums: `total`).

    An item never gives more than its count; what would go beyond stays where it is. of: the group of each item, in
    ascending order. Weights, 0 where there is no request, that are multiples of `engine.grid.RATE_GRID` are summed
    without rounding, so that a group fares the same whatever groups stand before it.
    """
    taken = np.zeros(counts.size, dtype=np.int64)
    if counts.size == 0:
        return taken
    offset = draws.for_all(amount.size)
    some = counts.nonzero()[0]
    of = of[some]
    marks = weights[some].cumsum()
    marks -= (total.cumsum() - total)[of]
    marks *= (amount / np.maximum(total, _NEXT_TO_NOTHING))[of]
    marks += offset[of]
    taken[some] = np.minimum(_differences(marks.astype(np.int64), of), counts[some])
    return taken


def dealt(first: CountArray, last: CountArray, reach: CountArray, size: CountArray) -> CountArray:
    """How many of the positions first <= y < last fall to a receiver when dealt out in turn to `size` of them; reach:
    how many come after it, size - 1 - its turn."""
    share: CountArray = last + reach
    share //= size
    share -= (first + reach) // size
    return share
