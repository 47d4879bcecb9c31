"""What scales, and what serves in a way of its own: functions, groups, clusters, batches on a GPU, open connections,
memory that leaks.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.facts import NodeDied, NodeReady, Scaled
from engine.simulation import Simulation
from engine.spec import (
    AutoscaleSpec,
    ClusterSpec,
    CurvePoint,
    Department,
    Envelope,
    EventSpec,
    FailureReason,
    MemorySpec,
    NodeEffect,
    NodeKind,
    NodeSize,
    PodSpec,
    PolicySpec,
    RecipeStep,
    RequestKind,
    ServerlessSpec,
    StageSpec,
    SubItem,
    UslSpec,
)
from engine.view import NodeState
from tests.engine.builders import opened, recipe, run_for, server, source, stage
from tests.reference import theory

NODE = 1
PAGE = RequestKind(id="page", recipe=recipe("static"))
ASK = RequestKind(id="ask", recipe=(RecipeStep(sub_item=SubItem.COMPUTE, needs="inference"),))
CHAT = RequestKind(id="chat", recipe=(RecipeStep(sub_item=SubItem.COMPUTE, needs="chat", session=True),))


def alone(
    kind: NodeKind, rate: float, *requests: RequestKind, curve: list[tuple[float, float]] | None = None, **more: object
) -> StageSpec:
    """One node right behind the source, under a constant rate or a curve."""
    kinds = (source(kind.id), kind)
    spec = stage(
        kinds,
        (("in", "internet"), ("node", kind.id)),
        (("in", "node"),),
        rate,
        requests or (PAGE,),
        **{"step_ms": 10.0} | more,
    )
    if curve is None:
        return spec
    points = tuple(CurvePoint(at_s=at, rps=rps) for at, rps in curve)
    return replace(spec, traffic=replace(spec.traffic, curve=points))


def function(limit: int = 400) -> NodeKind:
    """Functions of 200 ms that start in half a second and stay warm for 5 s."""
    size = NodeSize(id="s", slots=limit, queue=limit, service_ms={SubItem.STATIC: 200.0}, price_per_1000=4.0)
    return replace(
        server("function", 1, {}, patience_s=10.0),
        sizes=(size,),
        serverless=ServerlessSpec(cold_start_s=0.5, keep_alive_s=5.0),
    )


def test_functions_are_an_endless_queue_once_they_are_warm() -> None:
    """M/M/inf: Poisson(rate x service) busy, nobody waits, and as many warm as were busy at once in the keep-alive."""
    simulation = opened(alone(function(), 100.0), 1, traced=False)
    run_for(simulation, 10.0)
    cold = simulation.view.node(NODE).figures["cold_starts"]
    assert cold >= 20, "every instance began cold"
    before = simulation.view.totals.done
    present = 0.0
    for _ in range(3000):
        simulation.step()
        node = simulation.view.node(NODE)
        present += node.in_service + node.waiting
    assert present / 3000 == pytest.approx(20.0, rel=0.06)
    assert simulation.view.totals.done - before == pytest.approx(3000, rel=0.06)
    figures = simulation.view.node(NODE).figures
    # The most busy at once within 5 s of a Poisson(20) process that renews itself every 0.2 s: about 2.5 deviations.
    assert 20.0 + 1.2 * math.sqrt(20.0) < figures["warm"] < 20.0 + 5.0 * math.sqrt(20.0)
    assert figures["cold_starts"] - cold < 0.03 * 3000, "few cold starts while the load stays"
    assert sum(simulation.view.totals.failed.values()) == 0


def test_a_burst_on_cold_functions_waits_for_their_start() -> None:
    simulation = opened(alone(function(), 50.0), 2)
    run_for(simulation, 1.0)
    node = simulation.view.node(NODE)
    assert node.figures["cold_starts"] == pytest.approx(50.0 * 0.55, abs=14), "one for each that found none idle"
    first, p50 = simulation.view.percentiles_ms(0.01, 0.5)
    assert p50 > 420.0, "half of them paid for most of a start"
    assert first < p50, "and the others found an instance that had been idle before theirs was ready"


def test_beyond_the_limit_functions_refuse() -> None:
    simulation = opened(alone(function(limit=10), 100.0), 3, traced=False)
    run_for(simulation, 5.0)
    before = simulation.view.totals
    run_for(simulation, 40.0)
    totals = simulation.view.totals
    refused = totals.failed[FailureReason.RATE_LIMITED] - before.failed[FailureReason.RATE_LIMITED]
    assert refused / (totals.born - before.born) == pytest.approx(theory.erlang_b(100.0, 5.0, 10), abs=0.03)


HPA = AutoscaleSpec(start_s=3.0, sync_s=5.0, tolerance=0.1, up_instances=4, up_share=1.0, stabilisation_s=20.0)
SCALING = (
    PolicySpec(key="min_instances", minimum=1, maximum=20, default=1),
    PolicySpec(key="max_instances", minimum=1, maximum=40, default=20),
    PolicySpec(key="target_percent", minimum=10, maximum=95, default=50),
)


def group() -> NodeKind:
    """Machines with 4 slots of 100 ms each: 40 requests a second at most, 20 at the target of 50 %."""
    return replace(server("group", 4, {SubItem.STATIC: 100.0}, 40, patience_s=3.0), autoscale=HPA, policies=SCALING)


def test_a_group_follows_its_load_up_and_down() -> None:
    """160 a second keep 16 of the slots busy, so 8 machines at 50 %; back at 20 one is enough, after stabilisation."""
    curve = [(0.0, 20.0), (20.0, 20.0), (20.01, 160.0), (80.0, 160.0), (80.01, 20.0)]
    simulation = opened(alone(group(), 0.0, curve=curve), 4, traced=False)
    run_for(simulation, 20.0)
    assert simulation.view.node(NODE).instances in (1, 2)
    spike = [fact for _ in range(1500) for fact in simulation.step()]
    assert [fact for fact in spike if isinstance(fact, Scaled) and fact.after > fact.before]
    failed = sum(simulation.view.totals.failed.values())
    assert failed > 0, "while the first machines start, the old one drowns"
    run_for(simulation, 43.0)
    node = simulation.view.node(NODE)
    assert 7 <= node.instances <= 10
    assert node.slots == 4 * node.instances
    assert node.utilisation == pytest.approx(16.0 / node.slots, abs=0.12)
    statistics = simulation.view.node_statistics()[NODE]
    assert 0.3 < statistics.utilisation < 0.9
    before = sum(simulation.view.totals.failed.values())
    run_for(simulation, 10.0)
    assert simulation.view.node(NODE).instances >= 7, "not before the stabilisation is over"
    run_for(simulation, 30.0)
    assert simulation.view.node(NODE).instances <= 2
    assert sum(simulation.view.totals.failed.values()) == before, "scaling down loses nothing"


def cluster() -> NodeKind:
    """Pods of half a core with 4 slots of 100 ms, on workers of 2 cores that hold three beside the system."""
    size = NodeSize(id="s", queue=40, service_ms={SubItem.STATIC: 100.0}, cpu=2.0, memory_mb=8192.0, keep_per_day=10.0)
    spec = ClusterSpec(
        pods=(PodSpec(id="small", cpu=0.5, memory_mb=512.0, slots=4),), worker_start_s=6.0, worker_idle_s=10.0
    )
    workers = (
        PolicySpec(key="min_workers", minimum=1, maximum=9, default=1),
        PolicySpec(key="max_workers", minimum=1, maximum=9, default=9),
    )
    return replace(
        server("cluster", 1, {}, patience_s=3.0),
        sizes=(size,),
        autoscale=HPA,
        cluster=spec,
        policies=(*SCALING, *workers),
    )


def test_a_cluster_orders_pods_and_then_workers_for_them() -> None:
    """160 a second are 8 pods at 50 %, three on each worker: 3 workers."""
    curve = [(0.0, 20.0), (10.0, 20.0), (10.01, 160.0)]
    simulation = opened(alone(cluster(), 0.0, curve=curve), 5, traced=False)
    run_for(simulation, 10.0)
    figures = simulation.view.node(NODE).figures
    assert (figures["pods"], figures["workers"]) in ((1.0, 1.0), (2.0, 1.0))
    pending = 0.0
    for _ in range(1500):
        simulation.step()
        pending = max(pending, simulation.view.node(NODE).figures["pending"])
    assert pending > 0, "pods wait for workers that are ordered"
    run_for(simulation, 40.0)
    node = simulation.view.node(NODE)
    assert 7 <= node.figures["pods"] <= 10
    assert 0 <= node.figures["workers"] - math.ceil(node.figures["pods"] / 3.0) <= 1
    assert node.figures["pending"] == 0
    assert node.slots == 4 * node.figures["pods"]
    before = sum(simulation.view.totals.failed.values())
    run_for(simulation, 10.0)
    assert sum(simulation.view.totals.failed.values()) == before


def test_a_lost_worker_takes_its_share_of_the_requests_and_comes_back() -> None:
    lose = EventSpec(id="lost", department=Department.SYSTEM, at_s=60.0, node_effects=(NodeEffect(lose_worker=True),))
    simulation = opened(alone(cluster(), 160.0, events=(lose,)), 6, traced=False)
    run_for(simulation, 60.0)
    before = simulation.view.node(NODE).figures
    failed = sum(simulation.view.totals.failed.values())
    run_for(simulation, 0.3)
    after = simulation.view.node(NODE).figures
    assert before["pods"] - after["pods"] in (2.0, 3.0)
    assert after["workers"] < before["workers"]
    assert 0 < sum(simulation.view.totals.failed.values()) - failed < 16, "about a third of the 16 in service"
    run_for(simulation, 20.0)
    assert simulation.view.node(NODE).figures["workers"] >= 3
    assert simulation.view.node(NODE).figures["pods"] >= 7


def gpu(slots: int) -> NodeKind:
    """Decoding in batches: a step of a batch of n takes t0 + n t1; alone 1 s, t1 / (t0 + t1) = 0.05."""
    size = NodeSize(id="s", slots=slots, queue=500, special_ms={"inference": 1000.0})
    return replace(server("gpu", 1, {}), sizes=(size,), usl=UslSpec(contention_read=0.05))


@pytest.mark.parametrize("batch", [1, 4, 16, 64])
def test_a_batch_of_n_answers_n_in_the_time_its_size_takes(batch: int) -> None:
    """Throughput n / (t0 + n t1), with t0 = 0.95 s and t1 = 0.05 s."""
    simulation = opened(alone(gpu(batch), 40.0, ASK, step_ms=20.0), 7, traced=False)
    run_for(simulation, 20.0)
    before = simulation.view.totals.done
    run_for(simulation, 100.0)
    expected = batch / (0.95 + 0.05 * batch)
    rate = (simulation.view.totals.done - before) / 100.0
    assert rate == pytest.approx(expected, rel=0.05 + 2.0 / math.sqrt(100.0 * expected))


def test_open_connections_are_lost_as_erlang_says_and_are_no_latency() -> None:
    """150 connections a minute of 20 s each in 40 slots without a queue: Erlang B of 50 offered to 40."""
    size = NodeSize(id="s", slots=40, queue=0, special_ms={"chat": 20_000.0}, service_ms={SubItem.STATIC: 50.0})
    gateway = replace(server("sockets", 1, {}), sizes=(size,))
    simulation = opened(alone(gateway, 2.5, CHAT, step_ms=50.0), 8)
    run_for(simulation, 100.0)
    before = simulation.view.totals
    run_for(simulation, 900.0)
    totals = simulation.view.totals
    lost = totals.failed[FailureReason.REFUSED] - before.failed[FailureReason.REFUSED]
    assert lost / (totals.born - before.born) == pytest.approx(theory.erlang_b(2.5, 0.05, 40), abs=0.03)
    assert simulation.view.node(NODE).in_service > 30
    assert simulation.view.mean_latency_ms < 1.0
    assert simulation.view.percentiles_ms(0.95)[0] < 100.0


def leaking(simulation_seed: int) -> Simulation:
    """A server with 1000 MB that leaks 100 MB a second from the fifth second on, for 8 s."""
    size = NodeSize(id="s", slots=20, queue=50, service_ms={SubItem.STATIC: 50.0}, memory_mb=1000.0)
    web = replace(server("web", 1, {}), sizes=(size,), memory=MemorySpec(base_mb=400.0), restart_s=4.0)
    leak = NodeEffect(kinds=("web",), leak_mb_s=100.0, envelope=Envelope(hold_s=8.0))
    event = EventSpec(id="leak", department=Department.DEV, at_s=5.0, node_effects=(leak,))
    return opened(alone(web, 100.0, events=(event,)), simulation_seed, traced=False)


def test_a_leak_slows_kills_and_a_restart_frees_it() -> None:
    simulation = leaking(9)
    run_for(simulation, 9.0)
    figures = simulation.view.node(NODE).figures
    assert figures["leaked_mb"] == pytest.approx(400.0, abs=15.0)
    assert figures["memory_share"] == pytest.approx(0.8, abs=0.02)
    assert simulation.view.node(NODE).speed == 1.0
    run_for(simulation, 1.5)
    assert simulation.view.node(NODE).speed < 0.8, "almost full: it pages"
    facts = []
    while simulation.time_s < 11.5:
        facts += [(simulation.time_s, fact) for fact in simulation.step()]
    assert [(f.node, f.reason) for _, f in facts if isinstance(f, NodeDied)] == [(NODE, "out_of_memory")]
    assert facts and facts[0][0] == pytest.approx(11.0, abs=0.3)
    assert simulation.view.node(NODE).state is NodeState.RESTARTING
    found = [fact for _ in range(400) for fact in simulation.step()]
    assert any(isinstance(fact, NodeReady) for fact in found)
    assert simulation.view.node(NODE).figures["leaked_mb"] < 1.0
    assert simulation.view.node(NODE).speed == 1.0
