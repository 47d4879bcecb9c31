"""Probabilities on a fixed grid, so that a last digit of `exp` or `log` on another platform changes nothing that is
drawn.
"""

from __future__ import annotations

PROBABILITY_GRID = 2.0**-24
# Fine enough for any service time, and coarse enough that sums of millions of requests stay exact.
RATE_GRID = 2.0**-30


def on_grid(probability: float) -> float:
    """A probability rounded to a multiple of 2 ** -24 within 0 and 1, before something is drawn with it."""
    if probability <= 0.0:
        return 0.0
    return min(1.0, max(0.0, round(probability / PROBABILITY_GRID) * PROBABILITY_GRID))
