"""Instances of a function against arithmetic: how many start, when they are warm, when they are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.board import Node
from engine.nodes.behaviour import Reading
from engine.nodes.serverless import Serverless
from engine.spec import NodeKind, NodeSize, Role, ServerlessSpec
from engine.view import NodeState
from tests.engine.test_autoscale_model import Driver


def function(
    present: Callable[[Driver[Serverless]], int],
    *,
    limit: int = 100,
    cold_start_s: float = 0.85,
    keep_alive_s: float = 5.0,
) -> Driver[Serverless]:
    """A function that always has so many requests to do at once, and refuses what is beyond its limit."""
    size = NodeSize(id="s", slots=limit)
    spec = ServerlessSpec(cold_start_s=cold_start_s, keep_alive_s=keep_alive_s)
    kind = NodeKind(id="serverless", role=Role.COMPUTE, sizes=(size,), serverless=spec)
    node = Node(3, kind, size, 0, 0, {})

    def reading(driver: Driver[Serverless]) -> Reading:
        slots, queue = node.live.slots, node.live.queue
        here = min(present(driver), slots + queue)
        serving = min(here, slots)
        return Reading(serving=serving, waiting=here - serving, busy=serving, slots=slots)

    return Driver(node, Serverless(node), reading)


def warm(driver: Driver[Serverless]) -> int:
    return driver.node.live.slots


def test_it_is_cold_before_the_first_request() -> None:
    driver = function(lambda d: 0)
    assert (driver.node.live.slots, driver.node.live.queue) == (0, 100)
    driver.run_for(3.0)
    assert (warm(driver), driver.figure("cold_starts")) == (0, 0)


def test_a_step_of_load_makes_one_cold_start_for_each_request_at_once() -> None:
    """Noticed half a tick late, 0.85 s - 0.05 s = 8 ticks after the tick that saw them wait."""
    driver = function(lambda d: 12)
    driver.tick()
    assert (driver.figure("starting"), driver.figure("cold_starts"), warm(driver)) == (12, 12, 0)
    driver.tick(7)
    assert (driver.figure("starting"), warm(driver)) == (12, 0)
    driver.tick()
    assert (driver.figure("starting"), warm(driver)) == (0, 12)
    driver.run_for(20.0)
    assert driver.figure("cold_starts") == 12
    assert warm(driver) == 12


def test_a_second_step_starts_only_the_difference() -> None:
    driver = function(lambda d: 5 if d.time_s < 2.0 else 9)
    driver.run_for(4.0)
    assert (warm(driver), driver.figure("cold_starts")) == (9, 9)


@pytest.mark.parametrize("cold_start_s", [0.8, 0.83, 1.0, 0.05, 0.02])
def test_the_mean_cold_start_is_right_to_the_tick(cold_start_s: float) -> None:
    """Instances due at whole ticks, but on average cold_start_s after requests that came half a tick earlier."""
    driver = function(lambda d: d.ticks, limit=100_000, cold_start_s=cold_start_s)
    waited = 0.0
    for _ in range(2000):
        driver.tick()
        waited += (driver.ticks - warm(driver)) * 0.1
    mean = waited / driver.figure("cold_starts")
    assert mean == pytest.approx(max(0.0, cold_start_s - 0.05), abs=0.004)  # those of the end still start


def test_a_batch_is_shared_between_two_ticks() -> None:
    driver = function(lambda d: 10, cold_start_s=0.8)
    driver.tick(8)
    assert warm(driver) == 5
    driver.tick()
    assert warm(driver) == 10


def test_the_limit_leaves_no_more_waiting_than_instances_start() -> None:
    driver = function(lambda d: 50, limit=8)
    for _ in range(40):
        driver.tick()
        live = driver.node.live
        assert live.slots + live.queue == 8
        assert driver.figure("warm") + driver.figure("starting") <= 8
    assert (warm(driver), driver.node.live.queue, driver.figure("cold_starts")) == (8, 0, 8)


def test_the_kth_instance_expires_when_fewer_than_k_were_busy_for_the_keep_alive() -> None:
    """10 until 3 s, 6 until 5 s, then 2, none from 20 s on; kept for 5 s."""
    driver = function(lambda d: next(n for until, n in ((3, 10), (5, 6), (20, 2), (99, 0)) if d.time_s <= until + 1e-6))
    expected = {7.9: 10, 8.0: 6, 9.9: 6, 10.0: 2, 24.9: 2, 25.0: 0}
    seen = {}
    while driver.ticks < 260:
        driver.tick()
        if round(driver.time_s, 1) in expected:
            seen[round(driver.time_s, 1)] = warm(driver)
    assert seen == expected
    assert driver.figure("cold_starts") == 10


def test_a_short_use_within_a_tick_keeps_one_instance_warm() -> None:
    driver = function(lambda d: 1 if d.time_s < 1.0 else 0)
    driver.run_for(1.5)
    driver.reading = lambda d: Reading(busy=0.02, left=1)
    driver.run_for(20.0)
    assert warm(driver) == 1


def test_a_smaller_size_drops_the_longest_idle() -> None:
    driver = function(lambda d: 10 if d.time_s < 2.0 else 4)
    driver.run_for(3.0)
    driver.node.size = NodeSize(id="small", slots=3)
    driver.tick()
    assert (driver.node.live.slots, driver.node.live.queue) == (3, 0)


def test_after_a_restart_everything_is_cold() -> None:
    driver = function(lambda d: 6)
    driver.run_for(2.0)
    driver.node.state = NodeState.DOWN
    driver.model.befall("down", driver.node)
    driver.run_for(1.0)
    assert (driver.node.live.slots, driver.node.live.queue) == (0, 100)
    driver.node.state = NodeState.READY
    driver.run_for(2.0)
    assert (warm(driver), driver.figure("cold_starts")) == (6, 12)
