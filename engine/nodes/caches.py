"""All caches of a tick at once: the equations of `engine.nodes.cache`, a cache a row and a class of keys a column.

An array costs little more than a number, so many caches (those of a board, or of many runs in lockstep) take hardly
longer than one, and each gets bit for bit what it would get alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.nodes.cache import FULL_TOLERANCE, LEAST_RATE, Due
from engine.nodes.popularity import Classes, eviction_odds, saturation

NEWTON_STEPS = 8


def advance(dues: Iterable[Due]) -> None:
    """Move caches on by one tick."""
    alike: defaultdict[tuple[int, str], list[Due]] = defaultdict(list)
    for due in dues:
        alike[due.cache.ranks.counts.size, due.eviction].append(due)
    for (_, eviction), group in alike.items():
        _advance(group, eviction)


def _advance(group: list[Due], eviction: str) -> None:
    caches = [due.cache for due in group]
    ranks = _stacked(tuple(cache.ranks for cache in caches))
    capacity = np.array([cache.capacity for cache in caches], dtype=np.float64)
    before = np.array([cache.occupancy for cache in caches])
    absent = 1.0 - before
    missing = np.add.reduce(ranks.weight * absent, axis=1).tolist()
    scale = np.array(
        (
            [due.fills / lacking if lacking > 0.0 else 0.0 for due, lacking in zip(group, missing, strict=True)],
            [max(cache.rate, LEAST_RATE) for cache in caches],
            [cache.window for cache in caches],
        )
    )
    exponents = scale[:, :, np.newaxis] * ranks.probability
    stored, again, recent = saturation(exponents)
    held = before + absent * stored
    stays = 1.0 + again / exponents[1] * np.array([[due.ageing] for due in group])
    amounts = ranks.counts * held
    full = np.add.reduce(amounts / stays, axis=1) > capacity * (1.0 + FULL_TOLERANCE)
    pressure = [0.0] * len(caches)
    if full.any():
        leaves = again * eviction_odds(eviction, exponents[2], recent)
        pressure = _pressure(amounts, stays, leaves, capacity, full)
        stays += np.array(pressure)[:, np.newaxis] * leaves
    occupancy = held / stays
    content = np.add.reduce(ranks.counts * occupancy, axis=1)
    # What the search for k may have left too much goes from all classes alike.
    brimming = content > capacity * (1.0 + FULL_TOLERANCE)
    if brimming.any():
        occupancy *= np.divide(capacity, content, out=np.ones_like(content), where=brimming)[:, np.newaxis]
        content = np.where(brimming, capacity, content)
    hits = np.add.reduce(ranks.weight * occupancy, axis=1)
    columns = (occupancy, content.tolist(), hits.tolist(), pressure)
    for cache, *now in zip(caches, *columns, strict=True):
        cache.become(*now)


def _pressure(
    amounts: FloatArray, stays: FloatArray, leaves: FloatArray, capacity: FloatArray, full: BoolArray
) -> list[float]:
    """The k with sum n held / (stays + k leaves) = capacity, 0 for a cache that is not full; by Newton, from below
    after the first step, for the sum is convex in k.
    """
    searching: list[bool] = full.tolist()
    pressure = [1.0 if is_full else 0.0 for is_full in searching]
    exact: list[float] = (FULL_TOLERANCE * capacity).tolist()
    for _ in range(NEWTON_STEPS):
        divisor = stays + np.array(pressure)[:, np.newaxis] * leaves
        terms = amounts / divisor
        over = (np.add.reduce(terms, axis=1) - capacity).tolist()
        searching = [on and abs(by) > least for on, by, least in zip(searching, over, exact, strict=True)]
        if True not in searching:
            break
        slopes = np.add.reduce(terms * leaves / divisor, axis=1).tolist()
        pressure = [
            max(0.0, k + by / slope) if on and slope > 0.0 else k
            for k, by, slope, on in zip(pressure, over, slopes, searching, strict=True)
        ]
    return pressure


@lru_cache(maxsize=64)
def _stacked(ranks: tuple[Classes, ...]) -> Classes:
    """The classes of some caches, row by row."""
    return Classes(
        np.array([each.counts for each in ranks]),
        np.array([each.probability for each in ranks]),
        np.array([each.hazard for each in ranks]),
    )
