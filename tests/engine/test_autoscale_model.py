"""The arithmetic of the Kubernetes autoscaler, worked by hand, and a group of VMs that follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
import pytest

from engine.board import Node
from engine.facts import Fact, Scaled
from engine.nodes.autoscale import Autoscaler, Group, bounds, highest_rise, recommendation
from engine.nodes.behaviour import Behaviour, Reading, Surroundings, Wish
from engine.spec import AutoscaleSpec, NodeKind, NodeSize, Role
from engine.view import NodeState

TICK_S = 0.1


M = TypeVar("M", bound=Behaviour)


class Driver(Generic[M]):
    """Ticks one model by hand. reading: what the next tick sees, as a function of the driver."""

    def __init__(self, node: Node, model: M, reading: Callable[[Driver[M]], Reading]) -> None:
        self.node, self.model, self.reading = node, model, reading
        self.ticks = 0
        self.facts: list[Fact] = []
        self.wishes: list[Wish] = []
        self.generator = np.random.Generator(np.random.PCG64(1))

    @property
    def time_s(self) -> float:
        return self.ticks * TICK_S

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.ticks += 1
            now = self.reading(self)
            around = Surroundings(
                time_s=self.time_s,
                tick_s=TICK_S,
                generator=self.generator,
                reading=dict.fromkeys([self.node.id], now).__getitem__,
                nodes={self.node.id: self.node},
                callers=lambda number: [],
                callees=lambda number: [],
                act=self.wishes.append,
            )
            self.facts += self.model.tick(self.node, now, around)

    def run_for(self, seconds: float) -> None:
        self.tick(round(seconds / TICK_S))

    def figure(self, name: str) -> float:
        return self.model.figures()[name]


def group_node(spec: AutoscaleSpec, **policies: str | int) -> Node:
    size = NodeSize(id="s", slots=4, queue=8)
    kind = NodeKind(id="vm_group", role=Role.COMPUTE, sizes=(size,), autoscale=spec)
    return Node(7, kind, size, 0, 0, dict(policies))


def grouped(spec: AutoscaleSpec, in_service: Callable[[Driver[Group]], float], **policies: str | int) -> Driver[Group]:
    """A group that always has so much in service, as far as its slots allow."""
    node = group_node(spec, **policies)

    def reading(driver: Driver[Group]) -> Reading:
        slots = node.size.slots * node.live.instances
        work = in_service(driver)
        busy = min(work, slots)
        return Reading(slots=slots, in_service=busy, busy=busy, waiting=max(0, round(work - slots)))

    return Driver(node, Group(node), reading)


@pytest.mark.parametrize(
    ("ready", "load", "wanted"),
    [
        (3, 200 / 100, 6),  # the manual's example: 200m against 100m doubles the replicas
        (4, 50 / 100, 2),  # 50m against 100m halves them
        (50, 90 / 75, 60),  # 50 x 90/75
        (5, 0.6 / 0.5, 6),  # exactly 6 in numbers, a little more in binary
        (3, 1.101, 4),
        (3, 1.1, 3),
        (10, 0.9, 10),
        (10, 0.89, 9),
        (7, 0.0, 0),
    ],
)
def test_wanted_is_the_ceiling_outside_the_tolerance(ready: int, load: float, wanted: int) -> None:
    assert recommendation(ready, 0, load, 0.1) == wanted


def test_instances_not_ready_count_as_idle_on_the_way_up_and_not_at_all_on_the_way_down() -> None:
    assert recommendation(2, 2, 2.0, 0.1) == 4  # 2 x 2 / 4 = 1: what starts already is enough
    assert recommendation(2, 2, 1.5, 0.1) == 4  # damped to 0.75: the direction would turn round, so nothing
    assert recommendation(2, 2, 3.0, 0.1) == 6  # damped to 1.5: ceil(4 x 1.5)
    assert recommendation(4, 2, 0.5, 0.1) == 2  # ceil(4 x 0.5)
    assert recommendation(0, 3, 9.0, 0.1) == 3  # nothing is measured


def test_a_sync_rises_by_the_larger_of_the_two_limits() -> None:
    spec = AutoscaleSpec(up_instances=4, up_share=1.0)
    assert [highest_rise(wish, spec) for wish in (1, 4, 5, 20)] == [5, 8, 10, 40]
    scaler = Autoscaler(spec, 1)
    assert scaler.decide(0.0, 1, 30.0) == 5


def test_the_way_down_waits_for_the_highest_wish_of_the_window() -> None:
    scaler = Autoscaler(AutoscaleSpec(stabilisation_s=60.0), 8)
    wishes = []
    for sync, load in enumerate((1.0, 0.5, 0.75, 0.5, 0.5, 0.5, 0.5)):
        scaler.wish = scaler.decide(15.0 * sync, scaler.wish, load)
        wishes.append(scaler.wish)
    # wanted: 8, 4, 6, 4, 4 (half of 8), 3, 3 (half of 6); the 8 leaves the window at 60 s, the 6 at 90 s
    assert wishes == [8, 8, 8, 8, 6, 6, 4]


def test_bounds_hold_at_once_and_the_minimum_wins() -> None:
    assert bounds({"min_instances": 5, "max_instances": 3}) == (5, 5)
    assert bounds({"min_instances": 0}) == (1, 10)
    driver = grouped(AutoscaleSpec(start_s=0.5), lambda d: 0.0, min_instances=1, max_instances=8)
    driver.tick()
    driver.node.policies["min_instances"] = 3
    driver.tick()
    assert (driver.figure("wanted"), driver.figure("starting")) == (3, 2)
    driver.node.policies.update(min_instances=1, max_instances=2)
    driver.tick()
    assert (driver.figure("wanted"), driver.figure("instances"), driver.figure("starting")) == (2, 1, 1)
    assert [(f.before, f.after) for f in driver.facts if isinstance(f, Scaled)] == [(1, 3), (3, 2)]


def test_a_group_begins_with_its_minimum_ready() -> None:
    driver = grouped(AutoscaleSpec(), lambda d: 0.0, min_instances=2)
    assert driver.node.live.instances == 2
    driver.node.policies["min_instances"] = 3
    driver.tick()
    assert driver.node.live.instances == 3
    assert not driver.facts


def test_a_group_against_a_step_of_load() -> None:
    """10 in service want 10 / (4 x 0.5) = 5 instances; 2 are full: load 2, ceil(2 x 2) = 4; then 10/16 over 0.5 is
    1.25: ceil(4 x 1.25) = 5.
    """
    spec = AutoscaleSpec(start_s=5.0, sync_s=15.0)
    driver = grouped(spec, lambda d: 10.0, min_instances=2, target_percent=50)
    driver.tick()
    driver.run_for(14.9)
    assert not driver.facts
    driver.run_for(0.1)
    assert driver.facts == [Scaled(7, 2, 4, 2.0)]
    driver.run_for(4.9)
    assert (driver.node.live.instances, driver.model.paid_units) == (2, 4)
    driver.run_for(0.1)
    assert driver.node.live.instances == 4
    driver.run_for(10.0)
    # the period saw 8 of 8 slots for 5 s and 10 of 16 for 10 s: 140/200 over 0.5 is 1.4, ceil(4 x 1.4) = 6
    later = driver.facts[1]
    assert isinstance(later, Scaled)
    assert (later.before, later.after) == (4, 6)
    assert later.load == pytest.approx(1.4)
    driver.run_for(60.0)
    assert driver.node.live.instances == 6
    assert driver.figure("load_share") == pytest.approx(10 / 24)


@pytest.mark.parametrize(("metric", "wanted"), [("cpu", 1), ("concurrency", 5)])
def test_only_the_concurrency_metric_sees_what_waits(metric: str, wanted: int) -> None:
    """20 requests on 4 slots: 100 % of the slots are in service, 500 % are present."""
    driver = grouped(AutoscaleSpec(sync_s=1.0, up_instances=9), lambda d: 20.0, target_percent=100, metric=metric)
    driver.run_for(1.1)
    assert driver.figure("wanted") == wanted


def test_a_group_shrinks_after_the_stabilisation_and_drops_what_still_starts_first() -> None:
    spec = AutoscaleSpec(start_s=4.0, sync_s=1.0, stabilisation_s=3.0)
    driver = grouped(spec, lambda d: 8.0 if d.time_s < 5.0 else 0.4, min_instances=2, target_percent=100)
    driver.node.policies["target_percent"] = 50
    driver.run_for(1.1)
    assert (driver.figure("instances"), driver.figure("starting")) == (2, 2)
    driver.node.policies["max_instances"] = 3
    driver.tick()
    assert (driver.figure("instances"), driver.figure("starting")) == (2, 1)
    driver.run_for(4.0)
    assert driver.figure("instances") == 3
    driver.node.policies["min_instances"] = 1
    driver.run_for(2.0)
    assert driver.figure("instances") == 3
    driver.run_for(2.5)
    assert driver.node.live.instances == 1


def test_an_outage_keeps_the_wish_and_forgets_the_measurement() -> None:
    driver = grouped(AutoscaleSpec(start_s=50.0, sync_s=1.0), lambda d: 8.0, min_instances=2, target_percent=50)
    driver.run_for(1.1)
    assert driver.figure("starting") == 2
    driver.node.state = NodeState.DOWN
    driver.model.befall("down", driver.node)
    driver.run_for(5.0)
    driver.node.state = NodeState.READY
    driver.model.befall("up", driver.node)
    driver.tick()
    assert (driver.node.live.instances, driver.figure("starting")) == (4, 0)


def test_a_kind_without_parameters_is_refused_by_name() -> None:
    size = NodeSize(id="s")
    plain = NodeKind(id="plain", role=Role.COMPUTE, sizes=(size,))
    with pytest.raises(ValueError, match="'plain'"):
        Group(Node(0, plain, size, 0, 0, {}))
