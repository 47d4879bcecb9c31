"""The age of the oldest message, followed from counts, against a queue of single messages."""

from __future__ import annotations

import random
from collections import deque

import numpy as np
import pytest

from engine.board import Node
from engine.facts import DeadLetters, Fact
from engine.nodes.behaviour import Reading, Redrive, Surroundings, Wish
from engine.nodes.broker import QUIET_S, Broker
from engine.spec import BrokerSpec, NodeKind, NodeSize, Role
from engine.view import NodeState

TICK_S = 0.1


class Queue:
    """A broker with two workers, ticked with readings."""

    def __init__(self) -> None:
        self.node = node("queue", 0, Role.QUEUE, BrokerSpec())
        self.workers = [node("worker", number, Role.WORKER) for number in (1, 2)]
        self.broker = Broker(self.node)
        self.wishes: list[Wish] = []
        self.ticks = 0

    def tick(self, reading: Reading) -> list[Fact]:
        self.ticks += 1
        around = Surroundings(
            time_s=self.ticks * TICK_S,
            tick_s=TICK_S,
            generator=np.random.default_rng(0),
            reading=lambda _: Reading(),
            nodes={each.id: each for each in (self.node, *self.workers)},
            callers=lambda _: [],
            callees=lambda number: [worker.id for worker in self.workers] if number == 0 else [],
            act=self.wishes.append,
        )
        return self.broker.tick(self.node, reading, around)

    @property
    def oldest_s(self) -> float:
        return self.broker.figures()["oldest_s"]


def node(kind: str, number: int, role: Role, broker: BrokerSpec | None = None) -> Node:
    size = NodeSize(id="s")
    return Node(number, NodeKind(id=kind, role=role, sizes=(size,), broker=broker), size, number, 0, {})


def test_age_is_that_of_the_first_message_not_taken() -> None:
    dice = random.Random(1)
    queue = Queue()
    stored: deque[int] = deque()
    for tick in range(1, 2000):
        published = dice.choice((0, 3, 7, 20))
        stored.extend([tick] * published)
        taken = min(len(stored), dice.choice((0, 5, 12)))
        for _ in range(taken):
            stored.popleft()
        queue.tick(Reading(published=published, delivered=taken, messages=len(stored)))
        expected = (tick - stored[0]) * TICK_S if stored else 0.0
        assert queue.oldest_s == pytest.approx(expected, abs=1e-9)
    assert queue.oldest_s > 10.0


def test_without_workers_the_age_grows_with_time() -> None:
    queue = Queue()
    for count in range(1, 301):
        queue.tick(Reading(published=10, messages=10 * count))
    assert queue.oldest_s == pytest.approx(29.9)
    queue.tick(Reading(messages=0, delivered=3000))
    assert queue.oldest_s == 0.0


def test_a_message_that_comes_back_is_as_old_as_before() -> None:
    queue = Queue()
    queue.tick(Reading(published=4, messages=4))
    for _ in range(49):
        queue.tick(Reading(messages=0, unacked=4))
    assert queue.oldest_s == 0.0
    queue.tick(Reading(messages=1, redelivered=1))
    queue.tick(Reading(published=5, messages=9, redelivered=3))
    assert queue.oldest_s == pytest.approx(5.1)
    queue.tick(Reading(messages=5, delivered=4))
    assert queue.oldest_s == pytest.approx(0.1)


def test_dead_letters_are_told_of_once_and_again_after_a_quiet_time() -> None:
    queue = Queue()
    assert queue.tick(Reading()) == []
    assert queue.tick(Reading(dead=2)) == [DeadLetters(0)]
    for dead in range(3, 200):
        assert queue.tick(Reading(dead=dead)) == []
    for _ in range(round(QUIET_S / TICK_S) - 1):
        assert queue.tick(Reading(dead=199)) == []
    assert queue.tick(Reading(dead=200)) == [DeadLetters(0)]


def test_redrive_is_wished_for_once() -> None:
    queue = Queue()
    queue.tick(Reading(dead=7))
    queue.broker.act("flush", queue.node)
    queue.tick(Reading(dead=7))
    assert queue.wishes == []
    queue.broker.act("redrive", queue.node)
    queue.tick(Reading(dead=7))
    assert queue.wishes == [Redrive(0)]
    queue.tick(Reading(dead=0, messages=7))
    assert queue.wishes == [Redrive(0)]
    assert queue.broker.figures()["messages"] == 7


def test_figures() -> None:
    queue = Queue()
    queue.workers[1].state = NodeState.DOWN
    queue.tick(Reading(published=9, messages=9, unacked=3, dead=1))
    assert queue.broker.figures() == {"messages": 9, "unacked": 3, "oldest_s": 0, "dead": 1, "consumers": 1}


def test_state_tells_histories_apart() -> None:
    early, same, late = Queue(), Queue(), Queue()
    for queue, first, second in ((early, 5, 0), (same, 5, 0), (late, 0, 5)):
        queue.tick(Reading(published=first, messages=first))
        queue.tick(Reading(published=second, messages=5))
    assert early.broker.state() == same.broker.state() != late.broker.state()
