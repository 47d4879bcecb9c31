"""The types of the engine's arrays: indices are platform words, counts are 64 bits everywhere, the browser included."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

IndexArray = npt.NDArray[np.intp]
CountArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def constant(value: float) -> FloatArray:
    """A number for sums with small arrays, as an array of no dimension: that costs a third of what a float does."""
    number = np.array(value)
    number.flags.writeable = False
    return number


def count(value: int) -> CountArray:
    """The same for sums with counts."""
    number = np.array(value, dtype=np.int64)
    number.flags.writeable = False
    return number


def spans(sizes: Sequence[int]) -> list[slice]:
    """Where things of these sizes lie that stand in a row."""
    return [slice(end - size, end) for end, size in zip(accumulate(sizes), sizes, strict=True)]
