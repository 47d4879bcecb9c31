"""Straight lines through known points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def along(x: float, known_x: Sequence[float], known_y: Sequence[float]) -> float:
    """The value at x on the lines between the points; beyond the last one it goes on as in its last stretch.

    known_x: rising, two at least; below the first one its value holds.
    """
    if x <= known_x[-1]:
        return float(np.interp(x, known_x, known_y))
    rise = (known_y[-1] - known_y[-2]) / (known_x[-1] - known_x[-2])
    return float(known_y[-1] + rise * (x - known_x[-1]))
