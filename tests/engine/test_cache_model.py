"""The cache model against Che's approximation, and against exact caches that hold one key after another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.board import Node
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.cache import Cache
from engine.nodes.caches import advance
from engine.nodes.popularity import characteristic_window, classes, hit_ratio, occupancy
from engine.spec import NodeKind, NodeSize, Role, SubItem
from engine.spec.models import CacheSpec, PopularitySpec

TICK_S = 0.1


def cache_node(objects: int, keys: int = 20_000, zipf: float = 0.9, **policies: str | int) -> Node:
    """A cache with room for so many objects of 1 kB."""
    size = NodeSize(id="s", memory_mb=objects / 1024)
    spec = CacheSpec(sub_item=SubItem.READ, popularity=PopularitySpec(keys=keys, zipf=zipf), object_kb=1.0)
    return Node(0, NodeKind(id="redis", role=Role.CACHE, sizes=(size,), cache=spec), size, 0, 0, policies)


def around() -> Surroundings:
    """Surroundings that a cache has no eyes for."""
    return Surroundings(0.0, TICK_S, np.random.default_rng(0), lambda _: Reading(), {}, _none, _none, lambda _: None)


def _none(_: int) -> list[int]:
    return []


def one_tick(cache: Cache, node: Node, reading: Reading) -> None:
    """One tick of a cache by itself."""
    advance([cache.due(node, reading, TICK_S)])
    cache.tick(node, reading, around())


def serve(cache: Cache, node: Node, requests: int, generator: np.random.Generator) -> int:
    """One tick of requests, whose misses are all answered at once; returns the hits."""
    hits = int(generator.binomial(requests, node.live.hit))
    one_tick(cache, node, Reading(hits=hits, misses=requests - hits, fills=requests - hits))
    return hits


def equilibrium(node: Node, cache: Cache, lifetime: float) -> float:
    """Hit ratio by Che's approximation."""
    eviction = str(node.policies["eviction"])
    window = characteristic_window(cache.ranks, cache.capacity, eviction, lifetime)
    return hit_ratio(cache.ranks, occupancy(cache.ranks, eviction, window, lifetime))


@pytest.mark.parametrize("eviction", ["lru", "random"])
@pytest.mark.parametrize("ttl_s", [0, 5, 60])
@pytest.mark.parametrize("rate", [5, 300, 20_000])
def test_equilibrium_is_che(eviction: str, ttl_s: int, rate: int) -> None:
    node = cache_node(1500, eviction=eviction, ttl_s=ttl_s)
    cache = Cache(node, at_start=True)
    generator = np.random.default_rng(1)
    ticks = 1000 + 20_000 // rate
    shares = []
    for tick in range(ticks):
        serve(cache, node, int(generator.poisson(rate)), generator)
        if tick > ticks // 2:
            shares.append(node.live.hit)
    lifetime = ttl_s / TICK_S * rate if ttl_s else float("inf")
    assert np.mean(shares) == pytest.approx(equilibrium(node, cache, lifetime), abs=0.004)


def exact_hits(requests: list[int], objects: int, slot: Callable[[int], int] | None) -> list[bool]:
    """Which requests hit in an exact cache: least recently used goes, or the one in the place that `slot` draws."""
    memory: OrderedDict[int, None] = OrderedDict()
    places: list[int] = []
    hits = []
    for key in requests:
        hits.append(key in memory)
        if hits[-1]:
            memory.move_to_end(key)
            continue
        if len(memory) < objects:
            places.append(key)
        elif slot is None:
            memory.popitem(last=False)
        else:
            place = slot(objects)
            del memory[places[place]]
            places[place] = key
        memory[key] = None
    return hits


@pytest.mark.parametrize("eviction", ["lru", "random"])
def test_warming_up_as_an_exact_cache_does(eviction: str) -> None:
    keys, objects, ticks, per_tick, runs = 2000, 200, 300, 20, 40
    generator = np.random.default_rng(7)
    weight = np.arange(1, keys + 1) ** -0.9
    draw = None if eviction == "lru" else lambda places: int(generator.integers(places))
    exact, modelled = np.zeros(ticks), np.zeros(ticks)
    for _ in range(runs):
        asked = generator.choice(keys, ticks * per_tick, p=weight / weight.sum()).tolist()
        exact += np.reshape(exact_hits(asked, objects, draw), (ticks, per_tick)).mean(axis=1) / runs
    for _ in range(10):
        node = cache_node(objects, keys, eviction=eviction)
        cache = Cache(node)
        for tick in range(ticks):
            before = node.live.hit
            serve(cache, node, per_tick, generator)
            modelled[tick] += (before + node.live.hit) / 2 / 10
    for start in (0, 10, 20, 40, 80, 160):
        span = slice(start, start + max(10, start // 2))
        assert modelled[span].mean() == pytest.approx(exact[span].mean(), abs=0.025)
    assert modelled[100:].mean() == pytest.approx(exact[100:].mean(), abs=0.006)


def test_a_fill_of_a_key_already_stored_takes_no_room() -> None:
    node = cache_node(20_000, keys=20_000)
    cache = Cache(node)
    one_tick(cache, node, Reading(misses=1000, fills=1000))
    weight = np.arange(1, 20_001) ** -0.9
    distinct = (1 - np.exp(-1000 * weight / weight.sum())).sum()
    assert cache.content == pytest.approx(distinct, rel=0.01)
    assert cache.content < 700


def test_a_cold_cache_loads_its_origin_until_it_is_warm() -> None:
    node = cache_node(1500)
    cache = Cache(node, at_start=True)
    generator = np.random.default_rng(2)
    warm = node.live.hit
    cache.act("flush", node)
    assert (node.live.hit, cache.content) == (0.0, 0.0)
    shares = []
    for _ in range(300):
        serve(cache, node, 100, generator)
        shares.append(node.live.hit)
    once = hit_ratio(cache.ranks, 1 - np.exp(-100 * cache.ranks.probability))
    assert shares[0] == pytest.approx(once, abs=1e-6)
    assert shares[:20] == sorted(shares[:20])
    assert shares[10] < 0.9 * warm
    assert shares[-1] == pytest.approx(warm, abs=0.01)


def test_nothing_is_stored_while_the_origin_does_not_answer() -> None:
    node = cache_node(1500)
    cache = Cache(node)
    for _ in range(50):
        one_tick(cache, node, Reading(misses=100))
    assert (cache.content, node.live.hit) == (0.0, 0.0)


@pytest.mark.parametrize("what", ["flush", "restarted", "down"])
def test_what_empties_the_memory(what: str) -> None:
    node = cache_node(1500)
    cache = Cache(node, at_start=True)
    for harmless in ("up", "lose_worker", "data_loss"):
        cache.befall(harmless, node)
    assert cache.content == pytest.approx(1500)
    cache.befall(what, node)
    assert cache.figures() == {"hit_share": 0.0, "fill_share": 0.0, "keys": 0.0}


def test_only_a_cache_of_the_starting_board_is_warm() -> None:
    assert Cache(cache_node(1500)).content == 0.0
    node = cache_node(1500, eviction="lru")
    cache = Cache(node, at_start=True)
    assert node.live.hit == pytest.approx(equilibrium(node, cache, float("inf")), abs=1e-6)
    assert cache.figures() == {"hit_share": node.live.hit, "fill_share": pytest.approx(1), "keys": pytest.approx(1500)}


@pytest.mark.parametrize("eviction", ["lru", "random"])
def test_a_smaller_memory_keeps_what_fits_and_a_larger_one_everything(eviction: str) -> None:
    node = cache_node(2000, eviction=eviction)
    cache = Cache(node, at_start=True)
    before = node.live.hit
    node.size = replace(node.size, memory_mb=500 / 1024)
    one_tick(cache, node, Reading())
    assert cache.content == pytest.approx(500)
    if eviction == "lru":
        assert node.live.hit == pytest.approx(equilibrium(node, cache, float("inf")), abs=1e-6)
    else:
        assert node.live.hit == pytest.approx(before / 4, abs=1e-6)
    kept = node.live.hit
    node.size = replace(node.size, memory_mb=4000 / 1024)
    one_tick(cache, node, Reading())
    assert node.live.hit == kept
    assert cache.content == pytest.approx(500)
    assert cache.figures()["fill_share"] == pytest.approx(0.125)


def test_without_traffic_only_age_takes_entries_away() -> None:
    node = cache_node(1000)
    cache = Cache(node, at_start=True)
    full = node.live.hit
    for _ in range(100):
        one_tick(cache, node, Reading())
    assert node.live.hit == full
    assert cache.content == pytest.approx(1000)
    node.policies["ttl_s"] = 20
    for _ in range(100):
        one_tick(cache, node, Reading())
    assert cache.content == pytest.approx(1000 * np.exp(-10 / 20), rel=0.01)


def test_a_memory_larger_than_the_key_space_hits_always() -> None:
    node = cache_node(5000, keys=300)
    cache = Cache(node)
    generator = np.random.default_rng(3)
    for _ in range(400):
        serve(cache, node, 100, generator)
    assert node.live.hit > 0.999
    assert cache.content == pytest.approx(300, rel=0.01)
    assert Cache(node, at_start=True).hit == pytest.approx(1.0, abs=1e-6)


def test_no_memory_holds_nothing() -> None:
    node = cache_node(0)
    cache = Cache(node, at_start=True)
    serve(cache, node, 1000, np.random.default_rng(4))
    assert (node.live.hit, cache.content, cache.figures()["fill_share"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_it_never_holds_more_than_fits(seed: int) -> None:
    generator = np.random.default_rng(seed)
    node = cache_node(300, keys=1000)
    cache = Cache(node)
    for _ in range(1500):
        match int(generator.integers(40)):
            case 0:
                node.size = replace(node.size, memory_mb=float(generator.integers(0, 1500)) / 1024)
            case 1:
                node.policies["eviction"] = str(generator.choice(["lru", "random"]))
            case 2:
                node.policies["ttl_s"] = int(generator.integers(0, 30))
            case 3:
                cache.befall("flush", node)
        misses = int(10.0 ** generator.uniform(-1, 6))
        reading = Reading(hits=int(generator.integers(1000)), misses=misses, fills=misses * generator.uniform(0, 2))
        one_tick(cache, node, reading)
        assert cache.content <= cache.capacity * (1 + 1e-6)
        assert 0.0 <= cache.occupancy.min() <= cache.occupancy.max() <= 1.0
        assert (node.live.hit * 2**24).is_integer()
        assert all(np.isfinite(value) for value in cache.state() if isinstance(value, float))


def test_many_at_once_are_bit_for_bit_what_each_is_alone() -> None:
    """Full and not, of several sizes, ages, ways of eviction and numbers of classes."""
    generator = np.random.default_rng(7)
    shapes = [(200, 1000), (1500, 20_000), (1500, 20_000), (3000, 1000), (2, 5), (0, 1000), (900, 100_000)]
    nodes = [
        cache_node(objects, keys, eviction=eviction, ttl_s=ttl_s)
        for objects, keys in shapes
        for eviction in ("lru", "random")
        for ttl_s in (0, 20)
    ]
    pairs = [(Cache(node, at_start=i % 3 == 0), Cache(node, at_start=i % 3 == 0)) for i, node in enumerate(nodes)]
    for _ in range(150):
        misses = (10.0 ** generator.uniform(-1, 5, len(nodes))).astype(np.int64).tolist()
        readings = [Reading(hits=count // 3, misses=count, fills=count * generator.uniform(0, 2)) for count in misses]
        both = list(zip(pairs, nodes, readings, strict=True))
        advance([one.due(node, reading, TICK_S) for (one, _), node, reading in both])
        for (_, alone), node, reading in both:
            one_tick(alone, node, reading)
        assert [one.state() for one, _ in pairs] == [alone.state() for _, alone in pairs]
        assert [one.figures() for one, _ in pairs] == [alone.figures() for _, alone in pairs]
    assert {0.0, 1.0} < {round(one.figures()["fill_share"], 6) for one, _ in pairs}, "some full, some not, some without"


def test_a_kind_without_a_cache_has_no_such_model() -> None:
    size = NodeSize(id="s")
    with pytest.raises(ValueError, match="no cache parameters"):
        Cache(Node(0, NodeKind(id="vm", role=Role.COMPUTE, sizes=(size,)), size, 0, 0, {}))


def test_classes_are_shared_between_caches_of_one_popularity() -> None:
    assert classes(PopularitySpec()) is classes(PopularitySpec())
