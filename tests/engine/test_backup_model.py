"""Backups come one after the other on time, and what a restore loses is what was written since."""

from __future__ import annotations

import numpy as np
import pytest

from engine.board import Node
from engine.facts import BackupDone, DataLost, Fact
from engine.nodes.backup import Backup
from engine.nodes.behaviour import Reading, Recovered, Surroundings, Wish
from engine.spec import BackupSpec, NodeKind, NodeSize, Role
from engine.view import NodeState

TICK_S = 0.1
SPEC = BackupSpec(window_s=5.0, drag=0.2, restore_s=20.0)
BACKUP, FIRST, SECOND = 0, 1, 2


def node(number: int, role: Role, backup: BackupSpec | None = None) -> Node:
    size = NodeSize(id="s")
    return Node(number, NodeKind(id=f"k{role}", role=role, sizes=(size,), backup=backup), size, number, 0, {})


class Room:
    """A backup node wired to databases that write at `writes` requests a tick; what it wishes for comes true."""

    def __init__(self, *wired: int, interval_s: int = 30) -> None:
        self.nodes = {BACKUP: node(BACKUP, Role.OBSERVER, SPEC)}
        self.nodes |= {number: node(number, Role.DATABASE) for number in (FIRST, SECOND)}
        self.nodes[BACKUP].policies["interval_s"] = interval_s
        self.wired = list(wired)
        self.backup = Backup(self.nodes[BACKUP])
        self.writes = {FIRST: 10, SECOND: 4}
        self.ticks = 0

    @property
    def time_s(self) -> float:
        return round(self.ticks * TICK_S, 3)

    def run(self, seconds: float) -> list[tuple[float, Fact]]:
        facts: list[tuple[float, Fact]] = []
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            around = Surroundings(
                time_s=self.ticks * TICK_S,
                tick_s=TICK_S,
                generator=np.random.default_rng(0),
                reading=lambda number: Reading(writes=self.writes[number] if self.nodes[number].is_up else 0),
                nodes=self.nodes,
                callers=lambda _: [],
                callees=lambda _: self.wired,
                act=self.grant,
            )
            facts += [(self.time_s, fact) for fact in self.backup.tick(self.nodes[BACKUP], Reading(), around)]
        return facts

    def grant(self, wish: Wish) -> None:
        assert isinstance(wish, Recovered)
        self.nodes[wish.node].state = NodeState.READY

    def lose(self, number: int) -> None:
        self.nodes[number].state = NodeState.DOWN
        self.backup.data_lost(number)

    def drags(self) -> list[float]:
        return [self.nodes[number].live.drag for number in (FIRST, SECOND)]


def test_one_after_the_other_and_again_after_the_interval() -> None:
    room = Room(FIRST, SECOND)
    room.run(1.0)
    assert room.drags() == [0.2, 0.0]
    facts = room.run(4.1)
    assert facts == [(5.1, BackupDone(FIRST))]
    assert room.drags() == [0.0, 0.2]
    facts = room.run(65.0)
    done = [(5.1 + 5.0, SECOND), (35.1, FIRST), (40.1, SECOND), (65.1, FIRST), (70.1, SECOND)]
    assert facts == [(at_s, BackupDone(number)) for at_s, number in done]
    assert room.drags() == [0.0, 0.0]


def test_more_databases_than_the_interval_has_room_for_follow_at_once() -> None:
    facts = Room(FIRST, SECOND, interval_s=6).run(31.0)
    assert facts == [(5.1 + 5.0 * i, BackupDone((FIRST, SECOND)[i % 2])) for i in range(6)]


def test_a_restore_loses_what_was_written_since_the_backup_began() -> None:
    room = Room(FIRST)
    room.run(55.0)  # the second backup began at 30.1 s and took what 301 ticks had written
    room.lose(FIRST)
    assert room.run(3.0) == []  # the player has not asked
    room.backup.act("restore", room.nodes[BACKUP])
    assert room.run(20.0) == []
    assert room.run(0.1) == [(78.1, DataLost(FIRST, 10 * (550 - 301), "backup"))]
    assert room.backup.lost_writes == 2490
    assert room.nodes[FIRST].is_up


def test_what_a_restore_lost_is_not_lost_again() -> None:
    room = Room(FIRST)
    room.run(20.0)
    for _ in range(2):
        room.run(1.0)
        room.lose(FIRST)
        room.backup.act("restore", room.nodes[BACKUP])
        facts = room.run(20.1)
    # The backup due in between was given up, so the second loss is the second of writes before it.
    assert [fact for _, fact in facts] == [DataLost(FIRST, 100, "backup")]
    assert room.backup.lost_writes == 10 * (210 - 1) + 100


def test_without_a_complete_backup_everything_is_lost() -> None:
    room = Room(FIRST)
    room.run(4.0)
    assert room.drags() == [0.2, 0.0]
    room.lose(FIRST)
    room.backup.act("restore", room.nodes[BACKUP])
    assert [fact for _, fact in room.run(20.1)] == [DataLost(FIRST, 400, "none")]


def test_automatic_restores_begin_by_themselves_one_after_the_other() -> None:
    room = Room(FIRST, SECOND)
    room.nodes[BACKUP].policies["restore"] = "automatic"
    room.run(15.0)
    room.lose(SECOND)
    room.lose(FIRST)
    room.run(0.1)
    assert room.backup.figures()["restoring_s"] == pytest.approx(40.0)
    facts = room.run(40.0)
    assert [(at_s, type(fact), fact.node) for at_s, fact in facts if isinstance(fact, DataLost)] == [
        (35.1, DataLost, SECOND),
        (55.1, DataLost, FIRST),
    ]
    assert room.backup.figures()["restoring_s"] == 0.0


def test_a_restore_cannot_be_asked_for_in_advance() -> None:
    room = Room(FIRST)
    room.run(10.0)
    room.backup.act("restore", room.nodes[BACKUP])
    room.lose(FIRST)
    assert room.run(60.0) == []
    assert not room.nodes[FIRST].is_up


def test_jobs_are_given_up_when_a_node_goes_down() -> None:
    room = Room(FIRST)
    room.run(2.0)
    room.nodes[FIRST].state = NodeState.RESTARTING
    assert room.run(10.0) == []
    assert room.drags() == [0.0, 0.0]
    room.nodes[FIRST].state = NodeState.READY
    room.run(2.0)
    assert room.drags() == [0.2, 0.0]
    room.nodes[BACKUP].state = NodeState.DOWN
    assert room.run(10.0) == []
    assert room.drags() == [0.0, 0.0]
    room.nodes[BACKUP].state = NodeState.READY
    assert [fact for _, fact in room.run(5.1)] == [BackupDone(FIRST)]


def test_a_database_no_longer_wired_or_there_is_let_go() -> None:
    room = Room(FIRST, SECOND)
    room.run(2.0)
    room.wired.remove(FIRST)
    room.run(0.1)
    assert room.drags() == [0.0, 0.2]
    room.wired.remove(SECOND)
    del room.nodes[SECOND]
    assert room.run(10.0) == []
    room.wired.append(FIRST)
    room.run(1.0)
    assert room.nodes[FIRST].live.drag == 0.2
    room.backup.give_up(room.nodes)
    assert room.nodes[FIRST].live.drag == 0.0


def test_the_age_is_that_of_the_older_backup() -> None:
    room = Room(FIRST, SECOND)
    room.run(20.0)  # begun at 0.1 s and 5.1 s
    assert room.backup.figures()["last_backup_s"] == pytest.approx(19.9)
    room.run(15.1)  # the second one of FIRST began at 30.1 s and is complete at 35.1 s
    assert room.backup.figures()["last_backup_s"] == pytest.approx(35.1 - 5.1)


def test_state_tells_histories_apart() -> None:
    rooms = [Room(FIRST), Room(FIRST), Room(FIRST)]
    rooms[2].writes[FIRST] = 11
    for room in rooms:
        room.run(8.0)
    first, same, other = (room.backup.state() for room in rooms)
    assert first == same != other
