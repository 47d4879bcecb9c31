"""Packets: every hop flies along its wire, in order, bounded in number, and still while time stands still."""

from __future__ import annotations

import numpy as np
import pytest

from engine.spec import FailureReason, SubItem
from engine.view import Hop
from game.view.geometry import wire_curve
from game.view.packets import CAPACITY, FLIGHT_S, FLIGHTS_PER_S, PacketFlow
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
    assert np.allclose(start.positions, [curve[0], curve[-1]])
    flow.update(FLIGHT_S * 0.5)
    middle = flow.flights(lane=0.0).positions
    assert middle[0, 0] > curve[0, 0] + 20
    assert middle[1, 0] < curve[-1, 0] - 20
    flow.update(FLIGHT_S * 2)
    assert flow.count == 0


def test_request_and_answer_keep_to_their_own_lanes(flow: PacketFlow) -> None:
    flow.emit([hop(1), hop(2, 1, 0, answer=True)], 1, FRAME_S)
    rows = flow.flights(lane=4.0).positions[:, 1]
    assert rows[0] - rows[1] == pytest.approx(8.0) or rows[1] - rows[0] == pytest.approx(8.0)


def test_looks_tell_sub_item_and_direction(flow: PacketFlow) -> None:
    flow.emit([hop(number, sub_item=item) for number, item in enumerate(SubItem)], 1, FRAME_S)
    flow.emit([hop(9, 1, 0, answer=True, sub_item=SubItem.WRITE)], 1, FRAME_S)
    assert flow.flights().looks.tolist() == [0, 2, 4, 6, 5]


def test_hops_of_one_request_follow_each_other(flow: PacketFlow) -> None:
    flow.emit([hop(7, 0, 1), hop(7, 1, 2)], 1, FRAME_S)
    assert len(flow.flights().looks) == 1
    flow.update(FLIGHT_S * 1.45)
    positions = flow.flights(lane=0.0).positions
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
    assert np.allclose(flow.flights(lane=0.0).positions, [wire_curve((3, 0), (6, 1))[0]])
    flow.set_routes({})
    assert flow.count == 0
    assert flow.flights().positions.shape == (0, 2)


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
