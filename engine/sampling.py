"""Splitting whole numbers without losing one: systematic sampling and dealing in turn, for many groups at once.

Systematic sampling (one random offset per group, then equal strides) gives every item of a group the same chance, keeps
the group's total exactly and never takes more of a kind than there is. Source: W. G. Cochran, Sampling Techniques,
1977, ch. 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray
from engine.draws import Draws


@dataclass(frozen=True, slots=True)
class Groups:
    """Items sorted by group. of: the group of each item; base_of: the first item of its group; first: the first items
    of the groups that have some."""

    of: IndexArray
    base_of: IndexArray
    first: IndexArray

    @staticmethod
    def sorted_by(group: IndexArray) -> Groups:
        """The groups of items whose group numbers, in ascending order, are `group`."""
        first = np.unique(group, return_index=True)[1].astype(np.intp)
        return Groups(group, group.searchsorted(group).astype(np.intp), first)


def _differences(marks: CountArray, first: IndexArray) -> CountArray:
    """From the running marks of each group to the amounts of its items. The mark before a group's first item is 0."""
    amounts = marks.copy()
    amounts[1:] -= marks[:-1]
    amounts[first] = marks[first]
    return amounts


def take(counts: CountArray, amount: CountArray, total: CountArray, groups: Groups, draws: Draws | None) -> CountArray:
    """Take `amount[g]` of the `total[g]` requests in each group, from its items in proportion to their counts.

    counts: by item; amount <= total. draws: None where of every group all are taken or none. Exact in the totals.
    """
    if counts.size == 0:
        return counts.copy()
    if draws is None:
        return np.asarray(counts * (amount > 0)[groups.of])
    before = counts.cumsum()
    before -= counts
    divisor = np.maximum(total, 1)
    shift = (draws.for_all(divisor.size) * divisor).astype(np.int64)
    of = groups.of
    marks: CountArray = before + counts
    marks -= before[groups.base_of]
    marks *= amount[of]
    marks += shift[of]
    marks //= divisor[of]
    return _differences(marks, groups.first)


def take_weighted(
    counts: CountArray,
    weights: FloatArray,
    amount: CountArray,
    total: FloatArray,
    groups: Groups,
    draws: Draws,
) -> CountArray:
    """Take up to `amount[g]` requests from each group, from its items in proportion to `weights` (group sums: `total`).

    An item never gives more than its count; what would go beyond stays where it is. Weights that are multiples of
    `engine.grid.RATE_GRID` are summed without rounding, so that a group fares the same whatever groups stand before it.
    """
    if counts.size == 0:
        return counts.copy()
    marks = weights.cumsum()
    marks -= (marks - weights)[groups.base_of]
    scale = amount / np.maximum(total, 1e-300)
    of = groups.of
    marks *= scale[of]
    marks += draws.for_all(amount.size)[of]
    whole: CountArray = marks.astype(np.int64)
    amounts: CountArray = np.minimum(_differences(whole, groups.first), counts)
    return amounts


def dealt(first: CountArray, last: CountArray, reach: CountArray, size: CountArray) -> CountArray:
    """How many of the positions first <= y < last fall to a receiver when dealt out in turn to `size` of them; reach:
    how many come after it, size - 1 - its turn."""
    share: CountArray = last + reach
    share //= size
    share -= (first + reach) // size
    return share
