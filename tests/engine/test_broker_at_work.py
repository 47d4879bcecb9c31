"""A broker between the servers that publish and the workers that write: fluid arithmetic, Little's law, what comes back
and what is put aside, and what happens when it is full.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.commands import Accepted, Operate
from engine.facts import DeadLetters
from engine.simulation import Simulation
from engine.spec import (
    BrokerSpec,
    CurvePoint,
    Department,
    Envelope,
    EventSpec,
    FailureReason,
    NodeEffect,
    NodeKind,
    NodeSize,
    PolicySpec,
    RequestKind,
    Role,
    StageSpec,
    SubItem,
)
from tests.engine.builders import opened, recipe, run_for, server, source, stage

WEB, BROKER, WORKER, DATABASE = 1, 2, 3, 4
SLOTS, WRITE_MS, RELAY_MS = 4, 60.0, 40.0
ABLE = SLOTS * 1000.0 / (WRITE_MS + RELAY_MS)


def board(
    rate: float, room: int = 100_000, overflow: str = "reject", web_slots: int = 400, **more: object
) -> StageSpec:
    """Servers publish writes; a worker with 4 slots takes 40 + 60 ms for each, so 40 a second."""
    broker = NodeKind(
        id="queue",
        role=Role.QUEUE,
        sizes=(NodeSize(id="s", queue=room),),
        may_call=("worker",),
        accepts=(SubItem.WRITE,),
        priority={SubItem.WRITE: 10},
        broker=BrokerSpec(attempts=3),
        actions=("redrive",),
        policies=(PolicySpec(key="overflow", choices=("reject", "block"), default=overflow),),
        free_wires=9,
    )
    worker = NodeKind(
        id="worker",
        role=Role.WORKER,
        sizes=(NodeSize(id="s", slots=SLOTS, relay_ms=RELAY_MS),),
        may_call=("database",),
        free_wires=9,
    )
    kinds = (
        source("web"),
        server("web", web_slots, {SubItem.STATIC: 50.0}, 20, calls=("queue",), patience_s=2.0),
        broker,
        worker,
        server("database", 50, {SubItem.WRITE: WRITE_MS}, 500, role=Role.DATABASE, patience_s=5.0),
    )
    nodes = (("in", "internet"), ("web", "web"), ("queue", "queue"), ("worker", "worker"), ("db", "database"))
    wires = (("in", "web"), ("web", "queue"), ("queue", "worker"), ("worker", "db"))
    order = RequestKind(id="order", recipe=recipe("static", "write"))
    return stage(kinds, nodes, wires, rate, (order,), **{"step_ms": 10.0} | more)


def test_publishers_have_their_answer_at_once() -> None:
    simulation = opened(board(200.0), 1, traced=False)
    run_for(simulation, 20.0)
    assert simulation.view.mean_latency_ms == pytest.approx(50.0, rel=0.06)
    assert sum(simulation.view.totals.failed.values()) == 0


def test_a_flood_of_writes_waits_in_the_broker_as_fluids_do() -> None:
    """80 come in and 40 go out for 30 s: 1,200 are left, and the oldest of them is 15 s old. 20 come in then: they are
    gone a minute later."""
    spec = board(80.0)
    curve = [(0.0, 80.0), (30.0, 80.0), (30.001, 20.0)]
    points = tuple(CurvePoint(at_s=at, rps=rps) for at, rps in curve)
    simulation = opened(replace(spec, traffic=replace(spec.traffic, curve=points)), 2, traced=False)
    run_for(simulation, 30.0)
    figures = simulation.view.node(BROKER).figures
    assert figures["messages"] == pytest.approx((80.0 - ABLE) * 30.0, rel=0.1)
    assert figures["oldest_s"] == pytest.approx(30.0 * (1.0 - ABLE / 80.0), rel=0.1)
    assert simulation.view.totals.delivered == pytest.approx(ABLE * 30.0, rel=0.04)
    run_for(simulation, 45.0)
    assert simulation.view.node(BROKER).figures["messages"] > 0
    run_for(simulation, 30.0)
    figures = simulation.view.node(BROKER).figures
    assert figures["messages"] < 20
    assert figures["oldest_s"] < 1.0


def test_littles_law_holds_in_the_broker() -> None:
    """Messages stored on average = rate x mean wait; at 0.75 of what the worker can do both are those of an M/G/4."""
    simulation = opened(board(0.75 * ABLE), 3, traced=False)
    run_for(simulation, 20.0)
    stored, steps = 0.0, 0
    delivered = simulation.view.totals.delivered
    for _ in range(120 * 100):
        simulation.step()
        stored += simulation.view.totals.messages - simulation.view.totals.delivered
        steps += 1
    in_flight = stored / steps
    rate = (simulation.view.totals.delivered - delivered) / 120.0
    assert rate == pytest.approx(0.75 * ABLE, rel=0.05)
    # At 30/s of Erlang-2-like service with mean 0.1 s in 4 slots: 3 in service, about 1 waits.
    assert 3.0 < in_flight < 5.5
    assert 0.1 < in_flight / rate < 0.19


def faulty(share: float, hold_s: float) -> tuple[EventSpec, ...]:
    """The database fails this share of its writes for a while."""
    effect = NodeEffect(kinds=("database",), fault_share=share, envelope=Envelope(hold_s=hold_s))
    return (EventSpec(id="bad", department=Department.SYSTEM, at_s=0.0, node_effects=(effect,)),)


def test_what_fails_three_times_is_a_dead_letter() -> None:
    """Half of the writes fail: one in eight messages dies, each is delivered 1.75 times on average."""
    simulation = opened(board(20.0, events=faulty(0.5, 1e6)), 4, traced=False)
    run_for(simulation, 120.0)
    totals = simulation.view.totals
    ended = totals.delivered + totals.dead
    assert ended > 2000
    assert totals.dead / ended == pytest.approx(1.0 / 8.0, abs=0.02)
    tries = simulation.view.node_statistics()[DATABASE].throughput_rps * 120.0
    assert totals.dead + totals.delivered <= totals.messages
    assert sum(totals.failed.values()) == 0, "nobody waits for a message"
    assert tries > 0


def test_dead_letters_are_redriven() -> None:
    simulation = opened(board(20.0, events=faulty(1.0, 10.0)), 5, traced=False)
    facts = [fact for _ in range(1500) for fact in simulation.step()]
    assert any(isinstance(fact, DeadLetters) for fact in facts)
    dead = simulation.view.totals.dead
    assert dead > 100
    assert simulation.view.node(BROKER).figures["dead"] == dead
    assert isinstance(simulation.apply(Operate(BROKER, "redrive")), Accepted)
    run_for(simulation, 30.0)
    totals = simulation.view.totals
    assert totals.dead == 0
    assert totals.messages - totals.delivered < 20, "all are delivered now"


def test_a_full_broker_that_rejects_refuses_what_is_over_the_workers_rate() -> None:
    simulation = opened(board(80.0, room=200), 6, traced=False)
    run_for(simulation, 20.0)
    before = simulation.view.totals
    run_for(simulation, 30.0)
    totals = simulation.view.totals
    refused = totals.failed[FailureReason.REFUSED] - before.failed[FailureReason.REFUSED]
    assert refused == pytest.approx((80.0 - ABLE) * 30.0, rel=0.1)
    assert simulation.view.failures_by_node()[BROKER][FailureReason.REFUSED] > 0
    assert simulation.view.node(BROKER).figures["messages"] <= 200
    assert simulation.view.node(WEB).waiting == 0, "publishers are told at once"


def test_a_full_broker_that_blocks_pushes_back_to_its_publishers() -> None:
    simulation = opened(board(80.0, room=200, overflow="block", web_slots=10), 7, traced=False)
    run_for(simulation, 30.0)
    before = simulation.view.totals
    run_for(simulation, 30.0)
    totals, web = simulation.view.totals, simulation.view.node(WEB)
    assert web.calling >= 5, "they hold their slots and wait"
    assert web.calling + web.in_service == 10
    assert web.waiting >= 15, "so their own queue fills"
    by_node = simulation.view.failures_by_node()
    assert sum(by_node[BROKER].values()) == 0
    assert by_node[WEB][FailureReason.REFUSED] + by_node[WEB][FailureReason.TIMEOUT] > 500
    assert (totals.delivered - before.delivered) / 30.0 == pytest.approx(ABLE, rel=0.06)


def test_a_second_worker_doubles_what_is_delivered() -> None:
    spec = board(120.0)
    wires = (*spec.wires, replace(spec.wires[2], target="worker2"), replace(spec.wires[3], source="worker2"))
    nodes = (*spec.nodes, replace(spec.nodes[3], key="worker2", x=30))
    simulation = opened(replace(spec, nodes=nodes, wires=wires), 8, traced=False)
    run_for(simulation, 30.0)
    assert simulation.view.totals.delivered / 30.0 == pytest.approx(2.0 * ABLE, rel=0.06)
    rates = [simulation.view.node_statistics()[node].throughput_rps for node in (WORKER, 5)]
    assert rates[0] == pytest.approx(rates[1], rel=0.05), "the least busy takes the next"


def test_messages_survive_the_death_of_their_worker() -> None:
    down = NodeEffect(kinds=("worker",), down_s=5.0)
    event = EventSpec(id="crash", department=Department.SYSTEM, at_s=10.0, node_effects=(down,))
    simulation: Simulation = opened(board(30.0, events=(event,)), 9, traced=False)
    run_for(simulation, 12.0)
    figures = simulation.view.node(BROKER).figures
    assert figures["consumers"] == 0
    assert figures["messages"] == pytest.approx(30.0 * 2.0, abs=25)
    run_for(simulation, 45.0)
    totals = simulation.view.totals
    assert totals.dead == 0
    assert totals.lost_writes == 0
    assert totals.messages - totals.delivered < 15
