"""What a broker shows of its messages, and the redrive of its dead letters; the kernel counts the messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from engine.board import Node
from engine.facts import DeadLetters, Fact
from engine.nodes.behaviour import Reading, Redrive, Surroundings

QUIET_S = 5.0
FIGURES = ("messages", "unacked", "oldest_s", "dead", "consumers")


class Broker:
    """Follows the age of the oldest stored message from how many there are.

    Messages are taken first in, first out; one that comes back takes its old place again, as RabbitMQ does it, and so
    do redriven dead letters. History is kept as (moment, messages of then that are still stored), oldest first.
    """

    def __init__(self, node: Node) -> None:
        if node.kind.broker is None:
            raise ValueError(f"node kind {node.kind.id!r} has no broker parameters")
        self._history: deque[tuple[float, int]] = deque()
        self._stored = 0
        self._taken_from_s = 0.0
        self._dead = 0
        self._last_death_s = -QUIET_S
        self._redrive = False
        self._shown: tuple[float, ...] = (0.0,) * len(FIGURES)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Bring the history up to date, and pass the player's wish on."""
        self._follow(reading, around.time_s)
        if self._redrive:
            self._redrive = False
            around.act(Redrive(node.id))
        oldest_s = around.time_s - self._history[0][0] if self._history else 0.0
        consumers = sum([around.nodes[callee].is_up for callee in around.callees(node.id)])
        self._shown = (reading.messages, reading.unacked, oldest_s, reading.dead, consumers)
        return self._deaths(node, reading.dead, around.time_s)

    def act(self, action: str, node: Node) -> None:
        """`redrive`: dead letters become messages again, at the end of the next tick."""
        self._redrive = self._redrive or action == "redrive"

    def befall(self, what: str, node: Node) -> None:
        """Nothing: what a broker has stored is on its disk."""

    def figures(self) -> Mapping[str, float]:
        """messages: stored now. unacked: with workers. oldest_s: age of the oldest stored message. dead: put aside.
        consumers: workers that are up.
        """
        return dict(zip(FIGURES, map(float, self._shown), strict=True))

    def state(self) -> tuple[object, ...]:
        """See `engine.nodes.behaviour.Behaviour`."""
        return (tuple(self._history), self._taken_from_s, self._dead, self._last_death_s, self._redrive)

    def _follow(self, reading: Reading, time_s: float) -> None:
        if reading.published:
            self._history.append((time_s, reading.published))
            self._stored += reading.published
        returned, taken = reading.messages - self._stored, self._stored - reading.messages
        if returned > 0:
            if self._history and self._history[0][0] == self._taken_from_s:
                returned += self._history.popleft()[1]
            self._history.appendleft((self._taken_from_s, returned))
        while taken > 0:
            moment, count = self._history.popleft()
            self._taken_from_s = moment
            if count > taken:
                self._history.appendleft((moment, count - taken))
            taken -= count
        self._stored = reading.messages

    def _deaths(self, node: Node, dead: int, time_s: float) -> list[Fact]:
        before, self._dead = self._dead, dead
        if dead <= before:
            return []
        quiet_s = time_s - self._last_death_s
        self._last_death_s = time_s
        return [DeadLetters(node.id)] if quiet_s >= QUIET_S else []
