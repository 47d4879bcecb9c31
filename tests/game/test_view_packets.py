"""Packets: every hop flies along its wire, in order, bounded in number, and still while time stands still."""

from __future__ import annotations

import numpy as np
import pytest

from engine.spec import FailureReason, SubItem
from engine.view import Hop
from game.view.geometry import wire_curve
from game.view.packets import CAPACITY, FLIGHT_S, FLIGHTS_PER_S, PacketFlow, Sampling
from game.view.particles import BURST_CAPACITY, Bursts, Smoke

FRAME_S = 1 / 60


def hop(
    tracer: int,
    source: int = 0,
    target: int = 1,
    *,
    step: int = 1,
    answer: bool = False,
    failed: FailureReason | None = None,
    sub_item: SubItem = SubItem.READ,
) -> Hop:
    return Hop(step, tracer, source, target, sub_item, answer, failed)


@pytest.fixture
def flow() -> PacketFlow:
    flow = PacketFlow()
    flow.set_routes({(0, 1): wire_curve((0, 0), (3, 0)), (1, 2): wire_curve((3, 0), (6, 1))})
    return flow


def test_a_request_flies_from_caller_to_called_and_its_answer_back(flow: PacketFlow) -> None:
    curve = wire_curve((0, 0), (3, 0))
    flow.emit([hop(1)], 1, FRAME_S)
    flow.emit([hop(2, 1, 0, answer=True)], 1, FRAME_S)
    start = flow.flights(lane=0.0)
    assert np.allclose(start.positions[0], [curve[0], curve[-1]])
    flow.update(FLIGHT_S * 0.5)
    middle = flow.flights(lane=0.0).positions[0]
    assert middle[0, 0] > curve[0, 0] + 20
    assert middle[1, 0] < curve[-1, 0] - 20
    flow.update(FLIGHT_S * 2)
    assert flow.count == 0


def test_request_and_answer_keep_to_their_own_lanes(flow: PacketFlow) -> None:
    flow.emit([hop(1), hop(2, 1, 0, answer=True)], 1, FRAME_S)
    rows = flow.flights(lane=4.0).positions[0, :, 1]
    assert rows[0] - rows[1] == pytest.approx(8.0) or rows[1] - rows[0] == pytest.approx(8.0)


def test_looks_tell_sub_item_and_direction(flow: PacketFlow) -> None:
    flow.emit([hop(number, sub_item=item) for number, item in enumerate(SubItem)], 1, FRAME_S)
    flow.emit([hop(9, 1, 0, answer=True, sub_item=SubItem.WRITE)], 1, FRAME_S)
    assert flow.flights().looks.tolist() == [0, 2, 4, 6, 5]


def test_hops_of_one_request_follow_each_other(flow: PacketFlow) -> None:
    flow.emit([hop(7, 0, 1), hop(7, 1, 2)], 1, FRAME_S)
    assert len(flow.flights().looks) == 1
    flow.update(FLIGHT_S * 1.45)
    positions = flow.flights(lane=0.0).positions[0]
    assert len(positions) == 1
    assert positions[0, 0] >= wire_curve((3, 0), (6, 1))[0, 0]


def test_a_failed_request_bursts_when_it_arrives(flow: PacketFlow) -> None:
    assert flow.emit([hop(1, failed=FailureReason.REFUSED)], 1, FRAME_S) == []
    assert flow.update(FLIGHT_S * 0.5) == []
    assert flow.update(FLIGHT_S) == [1]


def test_a_request_that_dies_while_it_waits_bursts_after_its_flight(flow: PacketFlow) -> None:
    deaths = flow.emit([hop(1), hop(1, 1, 1, failed=FailureReason.TIMEOUT)], 1, FRAME_S)
    assert deaths == []
    assert flow.update(FLIGHT_S * 2) == [1]
    assert flow.emit([hop(5, 2, 2, failed=FailureReason.TIMEOUT)], 1, FRAME_S) == [2]


def test_the_number_of_flights_is_bounded_and_the_oldest_go_first(flow: PacketFlow) -> None:
    flow.emit([hop(tracer) for tracer in range(3 * CAPACITY)], 1, 10.0)
    assert flow.count <= CAPACITY


def test_dense_traffic_is_thinned_by_whole_requests(flow: PacketFlow) -> None:
    for frame in range(240):
        hops = [hop(frame * 100 + index, step=frame) for index in range(100)]
        hops += [hop(frame * 100 + index, 1, 0, step=frame, answer=True) for index in range(100)]
        flow.emit(hops, 1, FRAME_S)
        flow.update(FRAME_S)
    assert 0 < flow.count <= FLIGHTS_PER_S * 2.2 * FLIGHT_S
    looks = flow.flights().looks
    answers = int((looks & 1).sum())
    assert abs(answers - len(looks) / 2) < len(looks) * 0.2


def steady(flow: PacketFlow, stands_for: float, seconds: float = 4.0) -> float:
    """Twenty traced requests a second; how many flights are in the air on average."""
    shown = []
    for frame in range(round(seconds / FRAME_S)):
        hops = [hop(frame, step=frame)] if frame % 3 == 0 else []
        flow.emit(hops, 1, FRAME_S, stands_for)
        flow.update(FRAME_S)
        shown.append(len(flow.flights().looks))
    return float(np.mean(shown[len(shown) // 2 :]))


def test_companions_stand_for_the_requests_that_are_not_traced(flow: PacketFlow) -> None:
    alone = steady(flow, 1.0)
    assert alone == pytest.approx(20 * FLIGHT_S * 1.4, rel=0.35)
    assert steady(flow, 2.5) == pytest.approx(2.5 * alone, rel=0.25)
    crowd = steady(flow, 1000.0)
    assert 6.0 * alone < crowd <= 10.5 * alone, "not more than can be told apart"


@pytest.mark.parametrize("way", ["calm", "plain"])
def test_where_less_shall_move_there_are_no_crowds(flow: PacketFlow, way: str) -> None:
    setattr(flow, way, True)
    assert steady(flow, 1000.0) < 200 * FLIGHT_S * 1.4


def test_companions_fly_behind_and_share_the_fate(flow: PacketFlow) -> None:
    flow.emit([hop(3, failed=FailureReason.REFUSED)], 1, FRAME_S, 3.0)
    assert flow.count == 3
    assert len(flow.flights().looks) == 1
    deaths = [node for _ in range(120) for node in flow.update(FRAME_S)]
    assert deaths == [1, 1, 1]
    assert flow.count == 0


def test_a_traced_request_stands_for_the_calls_there_are() -> None:
    every, some = Sampling(), Sampling()
    assert every.stands_for([], 0.0, 50.0) == 1.0
    for step in range(400):
        hops = [hop(step, step=step), hop(step, 1, 0, step=step, answer=True)]
        all_traced = every.stands_for(hops, 0.05, 20.0)
        one_in_five = some.stands_for(hops, 0.05, 100.0)
    assert all_traced == pytest.approx(1.0, rel=0.01)
    assert one_in_five == pytest.approx(5.0, rel=0.01)


def test_trails_lie_behind_and_begin_at_the_port(flow: PacketFlow) -> None:
    flow.emit([hop(1)], 1, FRAME_S)
    flow.update(0.03)
    now, before, long_before = flow.flights(lane=0.0, behind_s=(0.0, 0.02, 0.2)).positions[:, 0]
    start = wire_curve((0, 0), (3, 0))[0]
    assert now[0] > before[0] > long_before[0] == pytest.approx(start[0])


def test_calm_flights_are_few_and_slow(flow: PacketFlow) -> None:
    flow.calm = True
    for frame in range(120):
        flow.emit([hop(frame * 20 + index, step=frame) for index in range(20)], 1, FRAME_S)
        flow.update(FRAME_S)
    assert 0 < flow.count < 120


def test_flights_on_a_wire_that_was_cut_end_and_others_go_on(flow: PacketFlow) -> None:
    flow.emit([hop(1, 0, 1), hop(2, 1, 2)], 1, FRAME_S)
    flow.set_routes({(1, 2): wire_curve((3, 0), (6, 1))})
    assert flow.count == 1
    assert np.allclose(flow.flights(lane=0.0).positions[0], [wire_curve((3, 0), (6, 1))[0]])
    flow.set_routes({})
    assert flow.count == 0
    assert flow.flights().positions.shape == (1, 0, 2)


def test_smoke_rises_and_clears() -> None:
    smoke = Smoke()
    for _ in range(60):
        smoke.update(FRAME_S, [(100.0, 100.0)])
    positions, kinds = smoke.puffs()
    assert 4 <= len(kinds) <= 8
    assert positions[:, 1].max() < 100.0
    for _ in range(120):
        smoke.update(FRAME_S, [])
    assert len(smoke.puffs()[1]) == 0


def test_bursts_are_few_at_one_node_and_bounded() -> None:
    bursts = Bursts()
    centres = {node: (node * 10.0, 0.0) for node in range(100)}
    shown = 0
    for _ in range(60):
        bursts.add([1, 1, 1], centres)
        bursts.update(FRAME_S)
        shown = bursts.shown_so_far
    assert shown <= 3
    bursts.add(range(100), centres)
    assert len(bursts.frames(centres)) <= BURST_CAPACITY
