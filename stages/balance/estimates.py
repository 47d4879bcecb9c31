"""What a number of runs says about how likely a win is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Z_95 = 1.959964
# A win is sure above this win rate, and hopeless below that.
SURE, HOPELESS = 0.95, 0.05


class Interval(NamedTuple):
    """A range of shares, 0..1."""

    low: float
    high: float


def wilson(hits: int, runs: int, z: float = Z_95) -> Interval:
    """The confidence interval of a share (95 %), good for few runs and for shares near 0 and 1. Source: E. B. Wilson,
    1927. Without runs it is 0..1."""
    if runs == 0:
        return Interval(0.0, 1.0)
    share, spread = hits / runs, z * z / runs
    middle = (share + spread / 2.0) / (1.0 + spread)
    half = z / (1.0 + spread) * math.sqrt(share * (1.0 - share) / runs + spread / (4.0 * runs))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


class Rate(NamedTuple):
    """Wins among runs."""

    wins: int
    runs: int

    @property
    def share(self) -> float:
        """0..1; 0 without runs."""
        return self.wins / self.runs if self.runs else 0.0

    @property
    def interval(self) -> Interval:
        """Where the true share lies (95 %)."""
        return wilson(self.wins, self.runs)


def falling(rates: Sequence[Rate]) -> list[float]:
    """The shares, evened out so that they never rise: neighbours that do are averaged (isotonic regression)."""
    pools: list[tuple[Rate, int]] = []
    for rate in rates:
        pools.append((rate, 1))
        while len(pools) > 1 and pools[-2][0].share < pools[-1][0].share:
            (last, many), (before, more) = pools.pop(), pools.pop()
            pools.append((Rate(before.wins + last.wins, before.runs + last.runs), more + many))
    return [rate.share for rate, many in pools for _ in range(many)]


@dataclass(frozen=True, slots=True)
class Band:
    """The levels between which a win turns from sure to hopeless.

    safe, lost: where the win rate falls through 95 % and through 5 %; nan where none of the levels was that easy or
    that hard. open_end: `lost` is only the highest level that was tried, and the true one lies beyond.
    """

    safe: float
    lost: float
    open_end: bool = False

    @property
    def factor(self) -> float:
        """How wide it is; nan when an end is unknown."""
        return self.lost / self.safe


def band(levels: Sequence[float], rates: Sequence[Rate], sure: float = SURE, hopeless: float = HOPELESS) -> Band:
    """The band of rising levels, interpolated over the logarithm of the level.

    It begins at the level with the most wins: where traffic is too little to earn a living, runs are lost for another
    reason, and those levels are left out.
    """
    best = max(range(len(levels)), key=lambda i: (rates[i].share, levels[i]))
    shares, tried = falling(rates[best:]), levels[best:]
    safe = _crossing(tried, shares, sure)
    lost = _crossing(tried, shares, hopeless)
    if math.isnan(lost) and shares[-1] >= hopeless:
        return Band(safe, tried[-1], open_end=True)
    return Band(safe, lost)


def _crossing(levels: Sequence[float], shares: Sequence[float], mark: float) -> float:
    """Where falling shares pass a mark; nan when all lie on one side of it."""
    for i in range(1, len(levels)):
        above, below = shares[i - 1], shares[i]
        if above >= mark > below:
            way = (above - mark) / (above - below)
            return float(levels[i - 1] * (levels[i] / levels[i - 1]) ** way)
    return math.nan
