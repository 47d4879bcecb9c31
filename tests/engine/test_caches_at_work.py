"""Caches on a board: their hits follow Che's approximation, and what stands behind them sees the misses only."""

from __future__ import annotations

import math
from statistics import fmean

import pytest

from engine.commands import Operate
from engine.simulation import Simulation
from engine.spec import CacheSpec, NodeKind, NodeSize, PopularitySpec, RequestKind, Role, StageSpec, SubItem
from tests.engine.builders import opened, recipe, run_for, server, source, stage
from tests.reference.theory import che_hit_share

KEYS, ZIPF, OBJECTS = 2000, 0.9, 400
RATE = 200.0
HIT = che_hit_share(KEYS, ZIPF, OBJECTS)


def cache(kind: str, sub_item: SubItem, *calls: str) -> NodeKind:
    """A cache for OBJECTS of the keys, in 1 KB each."""
    spec = CacheSpec(sub_item=sub_item, popularity=PopularitySpec(keys=KEYS, zipf=ZIPF), object_kb=1.0)
    size = NodeSize(id="s", memory_mb=OBJECTS / 1024.0)
    return NodeKind(
        id=kind,
        role=Role.CACHE,
        sizes=(size,),
        may_call=calls,
        priority={sub_item: 20},
        cache=spec,
        actions=("flush",),
        free_wires=99,
    )


def look_aside() -> StageSpec:
    """A server that asks its cache first and its database for the rest."""
    kinds = (
        source("web"),
        server("web", 400, {SubItem.STATIC: 50.0}, calls=("redis", "database")),
        cache("redis", SubItem.READ),
        server("database", 400, {SubItem.READ: 50.0}, role=Role.DATABASE),
    )
    nodes = (("in", "internet"), ("web", "web"), ("redis", "redis"), ("db", "database"))
    wires = (("in", "web"), ("web", "redis"), ("web", "db"))
    page = RequestKind(id="page", recipe=recipe("static", "read"))
    return stage(kinds, nodes, wires, RATE, (page,), step_ms=10.0)


REDIS, DATABASE = 2, 3


def sent(simulation: Simulation, target: int) -> int:
    """Requests over all wires to a node so far."""
    kernel = simulation.kernel
    totals = zip(kernel.topology.wires, kernel.wire_totals().tolist(), strict=True)
    return sum(count for (_, called), count in totals if called == target)


def unseen(requests: int) -> float:
    """Probability that the next key is none of the last `requests` ones: a miss in a cache that was empty then."""
    weights = [rank**-ZIPF for rank in range(1, KEYS + 1)]
    total = sum(weights)
    return math.fsum(w / total * (1.0 - w / total) ** requests for w in weights)


def test_a_warm_cache_spares_the_database_what_che_says() -> None:
    simulation = opened(look_aside(), 1)
    run_for(simulation, 60.0)
    asked, missed = sent(simulation, REDIS), sent(simulation, DATABASE)
    assert asked == pytest.approx(60.0 * RATE, rel=0.03)
    assert 1.0 - missed / asked == pytest.approx(HIT, abs=0.02)
    assert simulation.view.node(REDIS).figures["hit_share"] == pytest.approx(HIT, abs=0.02)
    assert simulation.view.node_statistics()[DATABASE].throughput_rps == pytest.approx(RATE * (1.0 - HIT), rel=0.06)
    assert simulation.view.totals.done == pytest.approx(60.0 * RATE, rel=0.03)


def test_a_flushed_cache_sends_everything_to_the_database_until_it_is_warm_again() -> None:
    simulation = opened(look_aside(), 2)
    run_for(simulation, 5.0)
    simulation.apply(Operate(REDIS, "flush"))
    run_for(simulation, 0.1)
    asked, missed = sent(simulation, REDIS), sent(simulation, DATABASE)
    run_for(simulation, 0.5)
    stampede = (sent(simulation, DATABASE) - missed) / (sent(simulation, REDIS) - asked)
    assert stampede == pytest.approx(fmean(unseen(n) for n in range(int(0.1 * RATE), int(0.6 * RATE))), abs=0.12)
    assert stampede > 1.7 * (1.0 - HIT)
    run_for(simulation, 90.0)
    asked, missed = sent(simulation, REDIS), sent(simulation, DATABASE)
    run_for(simulation, 20.0)
    warm = 1.0 - (sent(simulation, DATABASE) - missed) / (sent(simulation, REDIS) - asked)
    assert warm == pytest.approx(HIT, abs=0.04)


def test_the_edge_answers_static_files_and_the_origin_sees_the_rest() -> None:
    kinds = (
        source("cdn"),
        cache("cdn", SubItem.STATIC, "web"),
        server("web", 400, {SubItem.STATIC: 50.0, SubItem.COMPUTE: 50.0}),
    )
    page, call = RequestKind(id="page", recipe=recipe("static")), RequestKind(id="call", recipe=recipe("compute"))
    nodes = (("in", "internet"), ("cdn", "cdn"), ("web", "web"))
    spec = stage(kinds, nodes, (("in", "cdn"), ("cdn", "web")), RATE, (page, call), step_ms=10.0)
    simulation = opened(spec, 3)
    run_for(simulation, 60.0)
    origin = simulation.view.node_statistics()[2].throughput_rps
    assert origin == pytest.approx(RATE * (0.5 + 0.5 * (1.0 - HIT)), rel=0.03)
    assert simulation.view.totals.done == pytest.approx(60.0 * RATE, rel=0.03)
    assert simulation.view.percentiles_ms(0.2)[0] < 10.0, "hits take no time"
