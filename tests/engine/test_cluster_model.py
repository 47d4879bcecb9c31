"""Pods on workers against arithmetic: packing, pending pods and the growth of the pool, limits, rollouts, losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import groupby

import pytest

from engine.board import Node
from engine.facts import Scaled
from engine.nodes.behaviour import LoseShare, Reading
from engine.nodes.cluster import Cluster, worker_bounds
from engine.nodes.pods import Pod, Pool, pods_per_worker
from engine.spec import AutoscaleSpec, ClusterSpec, NodeKind, NodeSize, PodSpec, Role
from engine.view import NodeState
from tests.engine.test_autoscale_model import Driver

SMALL = PodSpec(id="small", cpu=0.5, memory_mb=512, slots=4, cpu_limit=1.0)
LARGE = PodSpec(id="large", cpu=1.5, memory_mb=1024, slots=12, cpu_limit=1.5)
WORKER = NodeSize(id="m", cpu=2.2, memory_mb=4096, queue=5)
START_S, WORKER_START_S, IDLE_S = 2.0, 10.0, 20.0


def cluster(
    in_service: Callable[[Driver[Cluster]], float] = lambda d: 0.0,
    size: NodeSize = WORKER,
    rollout_share: float = 0.25,
    **policies: str | int,
) -> Driver[Cluster]:
    """A cluster of workers with 2 cores for pods, four small ones each, that always has so much in service."""
    spec = ClusterSpec(
        pods=(SMALL, LARGE),
        worker_start_s=WORKER_START_S,
        worker_idle_s=IDLE_S,
        rollout_share=rollout_share,
    )
    scaling = AutoscaleSpec(start_s=START_S, sync_s=15.0, stabilisation_s=30.0)
    kind = NodeKind(
        id="kubernetes", role=Role.COMPUTE, sizes=(size,), autoscale=scaling, cluster=spec, actions=("rollout",)
    )
    node = Node(5, kind, size, 0, 0, {"target_percent": 50, "max_instances": 40, **policies})

    def reading(driver: Driver[Cluster]) -> Reading:
        work, slots = in_service(driver), node.live.slots
        busy = min(work, slots)
        return Reading(slots=slots, in_service=busy, busy=busy, waiting=max(0, round(work - slots)))

    return Driver(node, Cluster(node), reading)


def shown(driver: Driver[Cluster], *names: str) -> tuple[float, ...]:
    return tuple(driver.figure(name) for name in names)


def curve(driver: Driver[Cluster], seconds: float, name: str = "pods") -> list[tuple[float, int]]:
    """A figure over time as (value, ticks it stayed)."""
    values = []
    for _ in range(round(seconds * 10)):
        driver.tick()
        values.append(driver.figure(name))
    return [(value, len(list(run))) for value, run in groupby(values)]


@pytest.mark.parametrize(
    ("cpu", "memory_mb", "pod", "expected"),
    [
        (2.2, 4096, SMALL, 4),  # cores: 2.0 / 0.5
        (4.2, 2048, SMALL, 4),  # memory: 2048 / 512
        (2.2, 4096, LARGE, 1),
        (1.0, 4096, LARGE, 0),
        (0.5, 4096, PodSpec(id="tiny", cpu=0.1, memory_mb=1, slots=1), 3),  # 0.3 / 0.1 is less than 3 in binary
    ],
)
def test_as_many_pods_fit_as_cores_and_memory_allow(cpu: float, memory_mb: float, pod: PodSpec, expected: int) -> None:
    assert pods_per_worker(NodeSize(id="w", cpu=cpu, memory_mb=memory_mb), 0.2, pod) == expected


def test_pods_fill_one_worker_after_the_other_and_leave_from_the_emptiest() -> None:
    pool = Pool(WORKER, 0.2)
    pool.add_workers(3, 0.0)
    pool.pods = [Pod(SMALL, 0) for _ in range(9)]
    pool.place(0.0, 0.0)
    assert [worker.pods for worker in pool.workers] == [4, 4, 1]
    pool.remove_some(2, 0.0, 0)
    assert [worker.pods for worker in pool.workers] == [4, 3, 0]
    assert [worker.used_cpu for worker in pool.workers] == [2.0, 1.5, 0.0]


def test_mixed_pods_share_a_worker_while_they_fit() -> None:
    pool = Pool(WORKER, 0.2)
    pool.add_workers(1, 0.0)
    pool.pods = [Pod(LARGE, 0), Pod(LARGE, 0), Pod(SMALL, 0), Pod(SMALL, 0)]
    pool.place(0.0, 1.0)
    assert [pod.worker is not None for pod in pool.pods] == [True, False, True, False]
    assert pool.pending == 2


def test_it_begins_with_its_fewest_pods_on_as_few_workers_as_allowed() -> None:
    driver = cluster(min_instances=6)
    assert (driver.node.live.slots, driver.node.live.queue, driver.model.paid_units) == (24, 30, 2)
    driver.tick()
    assert shown(driver, "pods", "pending", "wanted", "workers", "workers_starting") == (6, 0, 6, 2, 0)
    crowded = cluster(min_instances=9, max_workers=2)
    crowded.run_for(60.0)
    assert shown(crowded, "pods", "pending", "workers", "workers_starting") == (8, 1, 2, 0)


def test_pending_pods_make_the_pool_grow_and_idle_workers_are_given_back() -> None:
    """24 in service keep 2 pods, then 4, then 8 wholly or mostly busy: 12 in three syncs, four on each worker."""
    driver = cluster(lambda d: 24.0 if d.time_s < 100.0 else 2.0, min_instances=2, max_instances=12)
    driver.run_for(15.2)
    assert shown(driver, "pods", "starting", "pending", "wanted", "workers") == (2, 2, 0, 4, 1)
    driver.run_for(2.0)
    assert driver.figure("pods") == 4
    driver.run_for(13.0)
    assert shown(driver, "pods", "pending", "wanted") == (4, 4, 8)
    assert (driver.figure("workers_starting"), driver.model.paid_units) == (1, 2)
    driver.run_for(WORKER_START_S + START_S)
    assert shown(driver, "pods", "pending", "workers", "workers_starting") == (8, 0, 2, 0)
    driver.run_for(50.0)
    assert shown(driver, "pods", "wanted", "workers") == (12, 12, 3)
    assert [(f.before, f.after) for f in driver.facts if isinstance(f, Scaled)] == [(2, 4), (4, 8), (8, 12)]
    # the load falls at 100 s: 16.7 / 48 over 0.5 wants ceil(12 x 0.69) = 9 at 105.1 s, which the window of 30 s lets
    # happen at 120.1 s, when the 12 of 90.1 s has left it, and the minimum of 2 is allowed at 135.1 s
    driver.run_for(42.8)
    assert shown(driver, "pods", "workers") == (9, 3)
    driver.run_for(0.2)
    assert shown(driver, "pods", "pending", "workers") == (2, 0, 3)
    driver.run_for(IDLE_S)
    assert (driver.figure("workers"), driver.model.paid_units) == (1, 1)


def test_the_pool_keeps_to_its_bounds() -> None:
    assert worker_bounds({"min_workers": 4, "max_workers": 2}) == (4, 4)
    driver = cluster(min_instances=1, min_workers=3)
    driver.run_for(2 * IDLE_S)
    assert driver.figure("workers") == 3
    driver.node.policies["min_workers"] = 2
    driver.run_for(0.2)
    assert driver.figure("workers") == 2
    driver.node.policies["min_workers"] = 4
    driver.run_for(0.2)
    assert shown(driver, "workers", "workers_starting") == (2, 2)


def test_no_worker_is_ordered_for_a_pod_that_fits_on_none() -> None:
    driver = cluster(size=NodeSize(id="xs", cpu=1.2, memory_mb=512), pod_size="large", min_instances=3)
    driver.run_for(60.0)
    assert shown(driver, "pods", "pending", "workers", "workers_starting") == (0, 3, 1, 0)
    assert driver.node.live.slots == 0


@pytest.mark.parametrize(
    ("pods", "pace"),
    [
        (1, 2.0),  # 2 cores for 0.5 asked for, but the limit is twice the request
        (3, 4 / 3),  # 2 / 1.5
        (4, 1.0),
        (5, (4 * 1.0 + 1 * 2.0) / 5),
        (6, (4 * 1.0 + 2 * 2.0) / 6),
        (7, (4 * 1.0 + 3 * 4 / 3) / 7),
    ],
)
def test_spare_cores_speed_pods_up_to_their_limit(pods: int, pace: float) -> None:
    driver = cluster(min_instances=pods)
    driver.tick()
    assert driver.node.live.pace == pytest.approx(pace)


def test_a_rollout_never_misses_more_than_its_share() -> None:
    """Eight pods, a quarter at a time: four batches of two, each as long as a pod takes to start."""
    driver = cluster(min_instances=8)
    driver.run_for(1.0)
    driver.model.act("rollout", driver.node)
    start = round(START_S * 10)
    assert curve(driver, 10.0) == [(6, 4 * start), (8, 100 - 4 * start)]
    assert {pod.revision for pod in driver.model.pool.pods} == {1}


@pytest.mark.parametrize(("pods", "share"), [(2, 0.25), (3, 0.5), (5, 0.5), (7, 1.0), (10, 0.3)])
def test_a_rollout_takes_as_many_batches_as_the_share_needs(pods: int, share: float) -> None:
    driver = cluster(min_instances=pods, rollout_share=share)
    driver.run_for(1.0)
    driver.model.act("rollout", driver.node)
    missing = min(max(1, math.floor(share * pods)), pods - 1)
    seen = curve(driver, 40.0)
    assert min(value for value, _ in seen) == pods - missing
    assert sum(ticks for value, ticks in seen if value < pods) == math.ceil(pods / missing) * START_S * 10
    assert seen[-1][0] == pods
    assert driver.node.live.slots == pods * SMALL.slots


def test_a_single_pod_gets_its_successor_first() -> None:
    driver = cluster(min_instances=1)
    driver.run_for(1.0)
    driver.model.act("rollout", driver.node)
    assert curve(driver, 10.0) == [(1, 100)]
    assert [pod.revision for pod in driver.model.pool.pods] == [1]


def test_another_pod_size_is_rolled_out() -> None:
    driver = cluster(min_instances=4, max_workers=4)
    driver.run_for(1.0)
    driver.node.policies["pod_size"] = "large"
    driver.tick()
    assert shown(driver, "pods", "pending") == (3, 1)  # half a core is free, the large pod asks for 1.5
    driver.run_for(60.0)
    assert shown(driver, "pods", "pending", "workers") == (4, 0, 4)
    assert (driver.node.live.slots, driver.node.live.queue) == (48, 20)


def test_a_lost_worker_takes_its_pods_and_comes_back() -> None:
    """Eight pods on two workers, and no room for the four of the lost one until the new one is there."""
    driver = cluster(min_instances=8, max_workers=2)
    driver.run_for(1.0)
    driver.model.befall("lose_worker", driver.node)
    driver.tick()
    assert driver.wishes == [LoseShare(5, 0.5)]
    assert shown(driver, "pods", "pending", "workers", "workers_starting") == (4, 4, 1, 1)
    assert driver.node.live.slots == 16
    assert curve(driver, 20.0)[0] == (4, round((WORKER_START_S + START_S) * 10) - 1)
    assert shown(driver, "pods", "pending", "workers") == (8, 0, 2)


def test_lost_pods_move_to_workers_with_room() -> None:
    driver = cluster(min_instances=4, min_workers=2)
    driver.run_for(1.0)
    while not driver.wishes:  # until the draw hits the worker with the pods
        driver.model.befall("lose_worker", driver.node)
        driver.run_for(WORKER_START_S + START_S)
    assert driver.wishes == [LoseShare(5, 1.0)]
    assert driver.figure("pods") == 4


def test_without_a_ready_pod_there_are_no_slots_and_no_decision() -> None:
    driver = cluster(lambda d: 50.0, min_instances=2)
    driver.run_for(1.0)
    driver.model.befall("lose_worker", driver.node)
    driver.tick()
    assert (driver.node.live.slots, driver.node.live.queue, driver.node.live.pace) == (0, 0, 1.0)
    driver.run_for(11.0)
    assert (driver.figure("wanted"), driver.figure("workers")) == (2, 1)


def test_larger_workers_hold_the_pods_of_all() -> None:
    driver = cluster(min_instances=8)
    driver.run_for(1.0)
    driver.node.size = NodeSize(id="l", cpu=4.2, memory_mb=8192, queue=5)
    driver.run_for(IDLE_S + 0.5)
    assert shown(driver, "pods", "workers") == (8, 1)
    driver.node.size = WORKER
    driver.tick()
    assert shown(driver, "pods", "pending", "workers_starting") == (4, 4, 1)


def test_after_an_outage_what_was_starting_is_ready() -> None:
    driver = cluster(min_instances=4)
    driver.run_for(1.0)
    driver.node.policies["min_instances"] = 6
    driver.tick()
    assert shown(driver, "pods", "pending", "workers_starting") == (4, 2, 1)
    driver.node.state = NodeState.DOWN
    driver.model.befall("down", driver.node)
    driver.run_for(3.0)
    driver.node.state = NodeState.READY
    driver.model.befall("up", driver.node)
    driver.tick()
    assert shown(driver, "pods", "pending", "workers") == (6, 0, 2)
