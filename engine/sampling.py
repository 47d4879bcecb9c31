"""Splitting whole numbers without losing one: systematic sampling and dealing in turn, for many groups at once.

Systematic sampling (one random offset per group, then equal strides) gives every item of a group the same chance, keeps
the group's total exactly and never takes more of a kind than there is. Source: W. G. Cochran, Sampling Techniques,
1977, ch. 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray


@dataclass(frozen=True, slots=True)
class Groups:
    """Items sorted by group. of: the group of each item; base: each group's first item (any item where it has none);
    first: the first items of the groups that have some."""

    of: IndexArray
    base: IndexArray
    first: IndexArray

    @staticmethod
    def sorted_by(group: IndexArray, groups: int) -> Groups:
        """The groups of items whose group numbers, in ascending order, are `group`."""
        start = group.searchsorted(np.arange(groups)).astype(np.intp)
        return Groups(
            group, np.minimum(start, max(group.size - 1, 0)), np.unique(group, return_index=True)[1].astype(np.intp)
        )


def _differences(marks: CountArray, first: IndexArray) -> CountArray:
    """From the running marks of each group to the amounts of its items. The mark before a group's first item is 0."""
    amounts = marks.copy()
    amounts[1:] -= marks[:-1]
    amounts[first] = marks[first]
    return amounts


def take(
    counts: CountArray, amount: CountArray, total: CountArray, groups: Groups, generator: np.random.Generator
) -> CountArray:
    """Take `amount[g]` of the `total[g]` requests in each group, from its items in proportion to their counts.

    counts: by item; amount <= total. Exact in the totals.
    """
    if counts.size == 0:
        return counts.copy()
    running = counts.cumsum()
    base = (running - counts)[groups.base]
    divisor = np.maximum(total, 1)
    shift = (generator.random(total.size) * divisor).astype(np.int64)
    of = groups.of
    marks: CountArray = ((running - base[of]) * amount[of] + shift[of]) // divisor[of]
    return _differences(marks, groups.first)


def take_weighted(
    counts: CountArray,
    weights: FloatArray,
    amount: CountArray,
    total: FloatArray,
    groups: Groups,
    generator: np.random.Generator,
) -> CountArray:
    """Take up to `amount[g]` requests from each group, from its items in proportion to `weights` (group sums: `total`).

    An item never gives more than its count; what would go beyond stays where it is.
    """
    if counts.size == 0:
        return counts.copy()
    running = weights.cumsum()
    scale = amount / np.maximum(total, 1e-300)
    shift = generator.random(total.size) - (running - weights)[groups.base] * scale
    of = groups.of
    marks = running * scale[of]
    marks += shift[of]
    whole: CountArray = marks.astype(np.int64)
    amounts: CountArray = np.minimum(_differences(whole, groups.first), counts)
    return amounts


def dealt(first: CountArray, last: CountArray, turn: CountArray, size: CountArray) -> CountArray:
    """How many of the positions first <= y < last fall to `turn` when dealt out in turn to `size` receivers."""
    reach = size - 1 - turn
    share: CountArray = np.floor_divide(last + reach, size) - np.floor_divide(first + reach, size)
    return share
