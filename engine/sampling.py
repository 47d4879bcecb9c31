"""Splitting whole numbers without losing one: systematic sampling and dealing in turn, for many groups at once.

Systematic sampling (one random offset per group, then equal strides) gives every item of a group the same chance, keeps
the group's total exactly and never takes more of a kind than there is. Source: W. G. Cochran, Sampling Techniques, 1977, ch. 8.
"""

from __future__ import annotations

import numpy as np

from engine.topology import CountArray, FloatArray, IndexArray

SMALLEST_OFFSET = 2.0**-20


def offsets(generator: np.random.Generator, groups: int) -> FloatArray:
    """One uniform offset a group, kept away from 0 and 1 by more than the rounding error of the sums it is added to."""
    uniform = generator.random(groups)
    return np.asarray(SMALLEST_OFFSET + (1.0 - 2.0 * SMALLEST_OFFSET) * uniform)


def _differences(marks: CountArray, start: IndexArray) -> CountArray:
    """From the running marks of sorted groups to the amounts of their items. A mark before a group's first item is 0."""
    amounts = np.empty_like(marks)
    amounts[0] = marks[0]
    np.subtract(marks[1:], marks[:-1], out=amounts[1:])
    first = start[start < marks.size]
    amounts[first] = marks[first]
    return amounts


def take(
    counts: CountArray, amount: CountArray, total: CountArray, group: IndexArray, start: IndexArray, offset: FloatArray
) -> CountArray:
    """Take `amount[g]` of the `total[g]` requests in each group, from its items in proportion to their counts.

    counts, group: by item, sorted by group; start: first item of each group; amount <= total. Exact in the totals.
    """
    if counts.size == 0:
        return counts.copy()
    running = np.cumsum(counts)
    before = running - counts
    base = before[np.minimum(start, counts.size - 1)]
    divisor = np.maximum(total, 1)
    shift = (offset * divisor).astype(np.int64)
    marks = ((running - base[group]) * amount[group] + shift[group]) // divisor[group]
    return _differences(marks, start)


def take_weighted(
    counts: CountArray,
    weights: FloatArray,
    amount: CountArray,
    total: FloatArray,
    group: IndexArray,
    start: IndexArray,
    offset: FloatArray,
) -> CountArray:
    """Take up to `amount[g]` requests from each group, from its items in proportion to `weights` (group sums: `total`).

    An item never gives more than its count; what would go beyond stays where it is.
    """
    running = np.cumsum(weights)
    before = running - weights
    base = before[np.minimum(start, weights.size - 1)]
    scale = amount / np.maximum(total, 1e-300)
    marks = np.floor((running - base[group]) * scale[group] + offset[group]).astype(np.int64)
    return np.minimum(_differences(marks, start), counts)


def dealt(first: CountArray, last: CountArray, turn: CountArray, size: CountArray) -> CountArray:
    """How many of the positions first <= y < last fall to `turn` when dealt out in turn to `size` receivers."""
    reach = size - 1 - turn
    return (last + reach) // size - (first + reach) // size
