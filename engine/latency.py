"""Latency percentiles from single sojourn times, kept in logarithmic buckets."""

from __future__ import annotations

import math

import numpy as np

from engine.arrays import CountArray

SMALLEST_MS = 0.1
RATIO = 1.02
BUCKETS = 800
_LOG_RATIO = math.log(RATIO)


def bucket(sojourn_ms: float) -> int:
    """The bucket of a sojourn time; the last one takes everything from about 12 minutes on."""
    if sojourn_ms <= SMALLEST_MS:
        return 0
    return min(int(math.log(sojourn_ms / SMALLEST_MS) / _LOG_RATIO), BUCKETS - 1)


class Histogram:
    """Counts by logarithmic bucket, 2 % wide, with a memory that may be cut off in whole periods.

    periods: how many past periods count in `percentile` besides the running one; None: everything counts for ever.
    """

    def __init__(self, periods: int | None = None) -> None:
        self.periods = periods
        self.rows: list[CountArray] = [np.zeros(BUCKETS, dtype=np.int64)]
        self.sum = np.zeros(BUCKETS, dtype=np.int64)
        self._known: dict[tuple[float, ...], list[float]] = {}

    def add(self, sojourn_ms: float) -> None:
        """Count one sojourn time."""
        self._known.clear()
        index = bucket(sojourn_ms)
        self.sum[index] += 1
        if self.periods is not None:
            self.rows[-1][index] += 1

    def turn(self) -> None:
        """End a period; the oldest one is forgotten when there are too many."""
        if self.periods is None:
            return
        self.rows.append(np.zeros(BUCKETS, dtype=np.int64))
        self._known.clear()
        if len(self.rows) > self.periods + 1:
            self.sum -= self.rows.pop(0)

    @property
    def count(self) -> int:
        """How many sojourn times are counted."""
        return int(self.sum.sum())

    def percentiles(self, *shares: float) -> list[float]:
        """The sojourn times (ms) below which these shares of the counted ones lie; nan when there are none.

        Interpolated geometrically within the bucket, and remembered until something is counted or forgotten.
        """
        if shares not in self._known:
            self._known[shares] = self._percentiles(shares)
        return list(self._known[shares])

    def _percentiles(self, shares: tuple[float, ...]) -> list[float]:
        total = int(self.sum.sum())
        if total == 0:
            return [math.nan] * len(shares)
        running = np.cumsum(self.sum)
        found = []
        for share in shares:
            rank = share * total
            index = int(np.searchsorted(running, rank))
            inside = (rank - (running[index] - self.sum[index])) / max(int(self.sum[index]), 1)
            found.append(float(SMALLEST_MS * RATIO ** (index + min(max(inside, 0.0), 1.0))))
        return found
