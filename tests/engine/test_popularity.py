"""The popularity of keys against direct sums over every key."""

from __future__ import annotations

import numpy as np
import pytest

from engine.arrays import FloatArray
from engine.grid import on_grid
from engine.nodes.popularity import (
    characteristic_window,
    classes,
    hit_ratio,
    occupancy,
    partition_shares,
    saturation,
    solve,
    stale_probability,
)
from engine.spec.models import PopularitySpec

INFINITE = float("inf")


def every_key(spec: PopularitySpec) -> FloatArray:
    """Probability of each key."""
    weight = np.arange(1, spec.keys + 1) ** -spec.zipf
    return np.asarray(weight / weight.sum(), dtype=np.float64)


@pytest.mark.parametrize("keys", [1, 2, 7, 8, 9, 20, 31, 40, 1000, 100_000, 1_000_000])
@pytest.mark.parametrize("zipf", [0.0, 0.9, 1.2])
def test_classes_hold_every_key_and_all_requests(keys: int, zipf: float) -> None:
    ranks = classes(PopularitySpec(keys=keys, zipf=zipf))
    assert ranks.keys == keys
    assert len(ranks.counts) <= 32
    assert ranks.counts.min() >= 1
    assert ranks.weight.sum() == pytest.approx(1.0, abs=1e-6)
    assert np.all(np.diff(ranks.probability) <= 0)


@pytest.mark.parametrize("zipf", [0.0, 0.8, 1.0, 1.3])
def test_many_keys_are_shared_out_as_if_summed_one_by_one(zipf: float) -> None:
    spec = PopularitySpec(keys=1_500_000, zipf=zipf)
    ranks = classes(spec)
    starts = np.concatenate(([0], np.cumsum(ranks.counts)[:-1])).astype(np.intp)
    assert ranks.weight == pytest.approx(np.add.reduceat(every_key(spec), starts), rel=1e-6)


def test_the_hottest_keys_are_classes_of_their_own() -> None:
    spec = PopularitySpec(keys=50_000, zipf=0.9)
    assert classes(spec).probability[:8] == pytest.approx(every_key(spec)[:8], rel=1e-6)


def test_saturation_is_one_minus_the_exponential() -> None:
    exponent = np.logspace(-12, 1.5, 500)
    assert saturation(exponent) == pytest.approx(-np.expm1(-exponent), rel=1e-13)
    assert saturation(np.array([0.0, 40.0, 1e300])) == pytest.approx([0.0, 1.0, 1.0], abs=1e-13)


@pytest.mark.parametrize("eviction", ["lru", "random"])
@pytest.mark.parametrize("zipf", [0.6, 0.9, 1.1])
@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("lifetime", [INFINITE, 30_000.0])
def test_hit_ratio_of_classes_is_that_of_all_keys(eviction: str, zipf: float, share: float, lifetime: float) -> None:
    spec = PopularitySpec(keys=20_000, zipf=zipf)
    probability, capacity = every_key(spec), share * spec.keys

    def content(window: float) -> FloatArray:
        asked = probability * window
        odds = 1 / np.expm1(np.minimum(asked, 700.0)) if eviction == "lru" else 1 / asked
        return np.asarray(1 / (1 + odds + 1 / (probability * lifetime)), dtype=np.float64)

    ranks = classes(spec)
    window = characteristic_window(ranks, capacity, eviction, lifetime)
    if window == INFINITE:
        exact = 1 / (1 + 1 / (probability * lifetime))
        assert exact.sum() < capacity * 1.01
    else:
        exact = content(solve(lambda guess: float(content(guess).sum()), capacity))
    hit = hit_ratio(ranks, occupancy(ranks, eviction, window, lifetime))
    assert hit == pytest.approx(float((probability * exact).sum()), abs=0.004)


def test_the_content_in_equilibrium_is_the_capacity() -> None:
    ranks = classes(PopularitySpec(keys=10_000))
    window = characteristic_window(ranks, 700, "lru")
    assert (ranks.counts * occupancy(ranks, "lru", window)).sum() == pytest.approx(700, rel=1e-9)
    assert occupancy(ranks, "lru", window) == pytest.approx(-np.expm1(-ranks.probability * window), rel=1e-12)


def test_a_cache_of_the_whole_key_space_and_one_of_nothing() -> None:
    ranks = classes(PopularitySpec(keys=500))
    assert characteristic_window(ranks, 500, "lru") == INFINITE
    assert hit_ratio(ranks, occupancy(ranks, "lru", INFINITE)) == pytest.approx(1.0, abs=1e-6)
    assert characteristic_window(ranks, 0, "lru") == 0.0
    assert hit_ratio(ranks, occupancy(ranks, "lru", 0.0)) == 0.0


@pytest.mark.parametrize("partitions", [1, 3, 16])
def test_partition_shares(partitions: int) -> None:
    spec = PopularitySpec(keys=10_000, zipf=1.0)
    shares = partition_shares(spec, partitions)
    assert shares.sum() == pytest.approx(1.0, abs=1e-6)
    assert shares[0] == shares.max() == pytest.approx(every_key(spec)[::partitions].sum(), rel=1e-6)


def test_more_partitions_than_keys_leave_some_empty() -> None:
    assert partition_shares(PopularitySpec(keys=2, zipf=0.0), 4) == pytest.approx([0.5, 0.5, 0.0, 0.0])


@pytest.mark.parametrize("writes", [1, 50, 3000, 10**7])
def test_probability_of_reading_what_was_just_written(writes: int) -> None:
    spec = PopularitySpec(keys=20_000, zipf=0.9)
    probability = every_key(spec)
    exact = float((probability * (1 - (1 - probability) ** writes)).sum())
    assert stale_probability(classes(spec), writes) == pytest.approx(exact, rel=0.01, abs=1e-7)
    assert stale_probability(classes(spec), 0) == 0.0


def test_a_single_key_is_always_stale() -> None:
    assert stale_probability(classes(PopularitySpec(keys=1)), 1) == pytest.approx(1.0, abs=1e-6)


def test_the_grid_of_probabilities() -> None:
    assert on_grid(1 / 3) * 2**24 == round(2**24 / 3)
    assert (on_grid(-0.1), on_grid(1.1)) == (0.0, 1.0)
