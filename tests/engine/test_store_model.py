"""Hot partitions by arithmetic: what a store of partitions serves, and what it throttles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.board import Node
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.store import BURST_S, Store
from engine.spec import NodeKind, NodeSize, Role
from engine.spec.models import PopularitySpec

TICK_S = 0.1
AROUND = Surroundings(
    0.0,
    TICK_S,
    np.random.default_rng(0),
    lambda _: Reading(),
    {},
    lambda _: list[int](),
    lambda _: list[int](),
    lambda _: None,
)


def store_node(partitions: int, rate_cap_rps: float = 1000.0, zipf: float = 0.9, keys: int = 10_000) -> Node:
    size = NodeSize(id="s", rate_cap_rps=rate_cap_rps, partitions=partitions)
    popularity = PopularitySpec(keys=keys, zipf=zipf)
    return Node(0, NodeKind(id="nosql", role=Role.STORE, sizes=(size,), popularity=popularity), size, 0, 0, {})


def run(store: Store, node: Node, rate: float, seconds: float, seed: int = 1) -> tuple[int, int]:
    """Poisson arrivals, refused by `live.throttled`; returns arrivals and those let in."""
    generator = np.random.default_rng(seed)
    offered = entered = 0
    for _ in range(round(seconds / TICK_S)):
        arrivals = int(generator.poisson(rate * TICK_S))
        passed = arrivals - int(generator.binomial(arrivals, node.live.throttled))
        store.tick(node, Reading(offered=arrivals, entered=passed), AROUND)
        offered += arrivals
        entered += passed
    return offered, entered


def law(node: Node, store: Store, rate: float) -> float:
    """The throttled share of a lasting rate."""
    capacity = node.size.rate_cap_rps / node.size.partitions
    return float((store.shares * np.maximum(0.0, 1 - capacity / (rate * store.shares))).sum())


@pytest.mark.parametrize("partitions", [1, 4, 16])
@pytest.mark.parametrize("zipf", [0.0, 0.9, 1.2])
@pytest.mark.parametrize("rate", [600.0, 1100.0, 3000.0])
def test_a_lasting_rate_is_throttled_by_the_law(partitions: int, zipf: float, rate: float) -> None:
    node = store_node(partitions, zipf=zipf)
    store = Store(node)
    run(store, node, rate, 60.0)
    offered, entered = run(store, node, rate, 120.0, seed=2)
    assert 1 - entered / offered == pytest.approx(law(node, store, rate), abs=0.012)


def test_the_hottest_partition_is_full_before_the_store_is() -> None:
    node = store_node(16, zipf=1.2)
    store = Store(node)
    offered, entered = run(store, node, 500.0, 60.0)
    assert store.figures()["hot_share"] > 3 / 16
    assert entered < 0.95 * offered
    even = store_node(16, zipf=0.0)
    offered, entered = run(Store(even), even, 500.0, 60.0)
    assert entered == offered


def test_no_partition_serves_more_than_its_capacity_and_its_burst() -> None:
    node = store_node(1, rate_cap_rps=500.0)
    store = Store(node)
    run(store, node, 0.0, 10.0)
    assert store.unused.tolist() == [BURST_S * 500]
    _, entered = run(store, node, 5000.0, 20.0)
    assert entered == pytest.approx(500 * (20 + BURST_S), rel=0.03)


def test_unused_capacity_carries_a_burst_and_no_more() -> None:
    node = store_node(1, rate_cap_rps=500.0)
    store = Store(node)
    run(store, node, 100.0, 30.0)
    offered, entered = run(store, node, 1500.0, 2.2)
    assert entered == offered
    run(store, node, 1500.0, 3.0)
    assert store.throttled == pytest.approx(2 / 3, abs=0.08)
    run(store, node, 0.0, 3.0)
    assert store.throttled == 0.0


def test_what_is_served_is_booked_exactly() -> None:
    node = store_node(4, rate_cap_rps=100_000.0)
    store = Store(node)
    for entered in (5, 17, 2000, 1):
        before = store.unused.sum()
        store.tick(node, Reading(offered=2 * entered, entered=entered), AROUND)
        assert store.unused.sum() == pytest.approx(before + 10_000 - entered)


def test_without_traffic_or_without_a_cap_nothing_is_throttled() -> None:
    node = store_node(4)
    store = Store(node)
    run(store, node, 0.0, 5.0)
    assert (node.live.throttled, store.figures()["throttled_share"]) == (0.0, 0.0)
    free = store_node(4, rate_cap_rps=0.0)
    unlimited = Store(free)
    offered, entered = run(unlimited, free, 1e6, 5.0)
    assert entered == offered


def test_another_size_splits_the_keys_anew() -> None:
    node = store_node(2)
    store = Store(node)
    run(store, node, 5000.0, 20.0)
    hot = store.figures()["hot_share"]
    assert node.live.throttled > 0.7
    node.size = replace(node.size, rate_cap_rps=40_000.0, partitions=8)
    run(store, node, 5000.0, 2.0)
    assert store.figures()["hot_share"] < hot
    assert len(store.state()) == 1 + 8 + 8
    assert node.live.throttled == 0.0


def test_more_partitions_than_keys() -> None:
    node = store_node(8, keys=2, zipf=0.0)
    store = Store(node)
    run(store, node, 1000.0, 30.0)
    offered, entered = run(store, node, 1000.0, 60.0, seed=3)
    assert 1 - entered / offered == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("rate", [3.0, 50_000_000.0])
def test_the_share_is_a_probability_on_the_grid(rate: float) -> None:
    node = store_node(4, rate_cap_rps=1.0)
    store = Store(node)
    for seed in range(100):
        run(store, node, rate, 0.3, seed)
        assert 0.0 <= node.live.throttled <= 1.0
        assert (node.live.throttled * 2**24).is_integer()
        assert np.all(np.isfinite(store.unused))
