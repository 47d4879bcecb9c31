"""How requests spread over keys: Zipf popularity in a few classes of rank, and what follows from it for caches, for
partitions and for reads of what was just written.

Keys of similar rank have similar popularity, so a class of n keys is described by n and their mean probability q. The
hottest ranks are classes of their own, the others grow by a constant factor: 31 numbers stand for any number of keys.

Powers and exponentials of a platform's mathematics library may differ in the last digit. What is derived from them is
therefore rounded once to 24 bits, and everything that runs in a tick is made of + - * / alone (see `saturation`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache

import numpy as np

from engine.arrays import FloatArray, IndexArray, constant
from engine.grid import on_grid
from engine.spec.models import PopularitySpec

ALONE = 8
GROUPS = 23
# Ranks beyond this are not summed one by one.
SUMMED = 2**17
LARGEST_EXPONENT = 32.0
_HALVINGS = 5
_BISECTIONS = 64
# Of the approximant of the exponential.
_LARGEST, _SCALE = constant(LARGEST_EXPONENT), constant(1.0 / 2**_HALVINGS)
_ODD_SQUARE, _ODD, _EVEN_SQUARE, _EVEN, _TWO = map(constant, (20.0, 840.0, 180.0, 1680.0, 2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Keys by rank, hottest class first; arrays by class. Each is itself and equal to no other.

    counts: n, keys in the class. probability: q, mean probability that a request is for one given key of it.
    hazard: -log(1 - q). weight: share of the requests that the class gets.
    """

    counts: FloatArray
    probability: FloatArray
    hazard: FloatArray
    weight: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", _frozen(self.counts * self.probability))

    @property
    def keys(self) -> float:
        """How many keys there are."""
        return float(self.counts.sum())


@cache
def classes(spec: PopularitySpec) -> Classes:
    """The classes of a popularity, at most ALONE + GROUPS of them, by sums of i ** -zipf."""
    first = min(ALONE, spec.keys)
    grown = np.rint(np.geomspace(first, spec.keys, GROUPS + 1)).astype(np.intp)
    starts = np.unique(np.concatenate([np.arange(first), grown[grown < spec.keys]]))
    counts = np.diff(np.append(starts, spec.keys)).astype(np.float64)
    mean = _sums(spec, starts) / counts
    hazard = -np.log1p(-np.minimum(mean, 1.0 - 2.0**-40))
    return Classes(_frozen(counts), _frozen(_rounded(mean)), _frozen(_rounded(hazard)))


@cache
def partition_shares(spec: PopularitySpec, partitions: int) -> FloatArray:
    """Share of the requests that each partition gets, when the i-th most popular key lies in partition i mod
    `partitions`, as keys spread by a hash do on average; the first partition is the hottest.
    """
    popularity = _zipf(spec)
    padded = np.zeros(-(-spec.keys // partitions) * partitions)
    padded[: spec.keys] = popularity
    return _frozen(_rounded(padded.reshape(-1, partitions).sum(axis=0)))


def saturation(exponent: FloatArray) -> FloatArray:
    """1 - exp(-x) for x >= 0, the same on every platform: within 1e-10 of itself, and constant beyond x = 32.

    The Pade approximant [4/4] of exp(-x / 32), then five times 1 - (1 - s)^2 = s (2 - s), which squares the
    exponential without losing the digits of a small s.
    """
    y: FloatArray = np.minimum(exponent, _LARGEST)
    y *= _SCALE
    square = y * y
    odd: FloatArray = square * _ODD_SQUARE
    odd += _ODD
    odd *= y
    even = square + _EVEN_SQUARE
    even *= square
    even += _EVEN
    even += odd
    odd *= _TWO
    odd /= even
    for _ in range(_HALVINGS):
        np.subtract(_TWO, odd, out=even)
        odd *= even
    return odd


def occupancy(ranks: Classes, eviction: str, window: float, lifetime: float = float("inf")) -> FloatArray:
    """Probability that a key of each class is in a cache, in equilibrium, by Che's approximation.

    window: requests in the characteristic time T of the cache, lambda T; infinite when the memory is never full.
    lifetime: requests in the time to live, lambda ttl. With x = q lambda T an entry leaves at the rate
    lambda q / (exp(x) - 1) under `lru` (nobody asked for it during T) and 1 / T under `random` (and FIFO), and at
    1 / ttl by its age, while an absent key is stored at the rate lambda q; so

        o = 1 / (1 + 1 / (exp(x) - 1) + 1 / (q lambda ttl))     `lru`: 1 - exp(-x) without a time to live
        o = 1 / (1 + 1 / x + 1 / (q lambda ttl))                `random`: x / (1 + x) without a time to live

    Sources: H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems, IEEE JSAC 20 (7), 2002; V. Martina,
    M. Garetto, E. Leonardi, A Unified Approach to the Performance Analysis of Caching Systems, INFOCOM 2014 (random,
    FIFO); J. Jung, A. W. Berger, H. Balakrishnan, Modeling TTL-based Internet Caches, INFOCOM 2003.
    """
    if window <= 0 or lifetime <= 0:
        return np.zeros_like(ranks.counts)
    asked = ranks.probability * window
    expiry = 1.0 / (ranks.probability * lifetime)
    return 1.0 / (1.0 + eviction_odds(eviction, asked, saturation(asked)) + expiry)


def eviction_odds(eviction: str, asked: FloatArray, recent: FloatArray) -> FloatArray:
    """Rate at which an entry is evicted over the rate at which it is asked for: 1 / (exp(x) - 1) under `lru`, 1 / x
    under `random`. asked: x; recent: 1 - exp(-x).
    """
    return 1.0 / asked if eviction == "random" else (1.0 - recent) / recent


def characteristic_window(ranks: Classes, capacity: float, eviction: str, lifetime: float = float("inf")) -> float:
    """Che's characteristic time in requests, lambda T: the one that makes the expected content equal the capacity.

    Infinite when everything that is alive fits. lifetime: as for `occupancy`.
    """
    if capacity <= 0:
        return 0.0
    if float((ranks.counts * occupancy(ranks, eviction, float("inf"), lifetime)).sum()) <= capacity:
        return float("inf")
    return solve(lambda window: float((ranks.counts * occupancy(ranks, eviction, window, lifetime)).sum()), capacity)


def hit_ratio(ranks: Classes, present: FloatArray) -> float:
    """Probability that a request finds its key, when a key of class j is there with probability `present[j]`."""
    return float((ranks.weight * present).sum())


def stale_probability(ranks: Classes, writes: int) -> float:
    """Probability that a read is for a key among the last `writes` writes, which are as popular as the reads:
    sum of n q (1 - (1 - q) ** writes).
    """
    if writes <= 0:
        return 0.0
    return on_grid(float((ranks.weight * saturation(ranks.hazard * writes)).sum()))


@lru_cache(maxsize=4096)
def stale_share(spec: PopularitySpec, writes: int) -> float:
    """The same, remembered: the backlog of a replica is a small number most of the time."""
    return stale_probability(classes(spec), writes)


def solve(increasing: Callable[[float], float], target: float, highest: float = 2.0**60) -> float:
    """Where an increasing function of a positive number reaches `target`, at most at `highest`; by bisection."""
    low, high = 0.0, 1.0
    while high < highest and increasing(high) < target:
        low, high = high, high * 2.0
    high = min(high, highest)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if increasing(middle) < target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _zipf(spec: PopularitySpec) -> FloatArray:
    """Probability of every key, hottest first."""
    popularity = np.arange(1, spec.keys + 1, dtype=np.float64) ** -spec.zipf
    popularity /= popularity.sum()
    return popularity


def _sums(spec: PopularitySpec, starts: IndexArray) -> FloatArray:
    """Probability of all keys of each class, classes given by their first ranks (from 0)."""
    if spec.keys <= SUMMED:
        return np.add.reduceat(_zipf(spec), starts)
    ends = np.append(starts[1:], spec.keys)
    head = np.append(0.0, np.cumsum(np.arange(1, SUMMED + 1, dtype=np.float64) ** -spec.zipf))
    sums = head[np.minimum(ends, SUMMED)] - head[np.minimum(starts, SUMMED)]
    sums += _tail(np.maximum(ends, SUMMED), spec.zipf) - _tail(np.maximum(starts, SUMMED), spec.zipf)
    return np.asarray(sums / sums.sum())


def _tail(rank: IndexArray, zipf: float) -> FloatArray:
    """An antiderivative of the sum of i ** -zipf up to `rank`, by the midpoint rule: each key is the integral over the
    unit around it. Its relative error, zipf (zipf + 1) / 24 i^2, is below 1e-11 beyond SUMMED.
    """
    end = rank + 0.5
    return np.asarray(np.log(end) if zipf == 1.0 else end ** (1.0 - zipf) / (1.0 - zipf))


def _rounded(values: FloatArray) -> FloatArray:
    return values.astype(np.float32).astype(np.float64)


def _frozen(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
