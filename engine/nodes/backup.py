"""Backups of databases, and getting back what one has lost: recovery point and recovery time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from engine.board import Node
from engine.facts import BackupDone, DataLost, Fact
from engine.nodes.behaviour import Reading, Recovered, Surroundings

DEFAULT_INTERVAL_S = 60


@dataclass(slots=True)
class _Database:
    """written: its writes since it was first seen. saved: of those, in the last complete backup; -1: there is none.
    as_of_s: when that backup began, or the database was first seen.
    """

    as_of_s: float
    written: int = 0
    saved: int = -1


@dataclass(frozen=True, slots=True)
class _Job:
    """A backup of, or a restore into, a database. written: what the backup will hold, as it was when it began."""

    restore: bool
    database: int
    begun_s: float
    ends_s: float
    written: int


class Backup:
    """Backs up the databases its node is wired to, one after the other, and restores the lost ones likewise.

    A database is backed up at once when it is new, then every `interval_s` (policy), counted from beginning to
    beginning; a backup holds what was written before it began. Restoring goes before backing up. It begins by the
    action `restore`, or by itself where the policy `restore` is `automatic`; what was written since the last backup
    began is lost, everything if there was none. Jobs are given up when the node or the database goes down.
    Spec: `engine.spec.BackupSpec`. Writes `live.drag` of the databases.

    lost_writes: answered writes lost so far.
    """

    def __init__(self, node: Node) -> None:
        if node.kind.backup is None:
            raise ValueError(f"node kind {node.kind.id!r} has no backup parameters")
        self.spec = node.kind.backup
        self.lost_writes = 0
        self._databases: dict[int, _Database] = {}
        self._lost: list[int] = []
        self._asked = False
        self._job: _Job | None = None
        self._figures = {"last_backup_s": 0.0, "restoring_s": 0.0}

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Count what was written, end the job that is due, begin the next, and slow the database meanwhile."""
        wired = around.callees(node.id)
        self._watch(wired, around)
        wants_restore = self._asked or node.policies.get("restore", "manual") == "automatic"
        facts: list[Fact] = []
        if self._job is not None and not self._can_go_on(self._job, node, wired, wants_restore, around):
            self.give_up(around.nodes)
        if self._job is not None and around.time_s > self._job.ends_s - 0.5 * around.tick_s:
            facts.append(self._finish(self._job, around))
        if self._job is None and node.is_up:
            self._begin(node, wired, wants_restore, around)
        if self._job is not None and not self._job.restore:
            around.nodes[self._job.database].live.drag = self.spec.drag
        self._figures = self._measure(wired, around.time_s)
        return facts

    def act(self, action: str, node: Node) -> None:
        """`restore`: bring back every database that has lost its data."""
        self._asked = self._asked or (action == "restore" and bool(self._lost))

    def befall(self, what: str, node: Node) -> None:
        """Nothing: backups outlive their node's outages, and a job under way is given up at the next tick."""

    def data_lost(self, database: int) -> None:
        """A database this node is wired to has lost its data; it stays down until it is `Recovered`."""
        if database not in self._lost:
            self._lost.append(database)

    def give_up(self, nodes: Mapping[int, Node]) -> None:
        """End the job under way without a result; call it before the node is sold, or its database stays slow."""
        if self._job is not None and not self._job.restore and self._job.database in nodes:
            nodes[self._job.database].live.drag = 0.0
        self._job = None

    def figures(self) -> Mapping[str, float]:
        """last_backup_s: age of the oldest of the databases' last backups (without one: since the database is watched),
        so what would be lost now. restoring_s: until all that is being restored is back.
        """
        return self._figures

    def state(self) -> tuple[object, ...]:
        """See `engine.nodes.behaviour.Behaviour`."""
        databases = tuple((number, *astuple(database)) for number, database in self._databases.items())
        job = () if self._job is None else astuple(self._job)
        return (self.lost_writes, databases, tuple(self._lost), self._asked, job)

    def _watch(self, wired: list[int], around: Surroundings) -> None:
        for number in wired:
            self._databases.setdefault(number, _Database(around.time_s))
        for number in [each for each in self._databases if each not in around.nodes]:
            del self._databases[number]
        for number, database in self._databases.items():
            database.written += around.reading(number).writes
        self._lost = [each for each in self._lost if each in self._databases and not around.nodes[each].is_up]
        self._asked = self._asked and bool(self._lost)

    def _can_go_on(self, job: _Job, node: Node, wired: list[int], wants_restore: bool, around: Surroundings) -> bool:
        if job.restore:
            return node.is_up and job.database in self._lost
        is_there = job.database in wired and around.nodes[job.database].is_up
        return node.is_up and is_there and not (wants_restore and self._lost)

    def _finish(self, job: _Job, around: Surroundings) -> Fact:
        database = self._databases[job.database]
        self.give_up(around.nodes)
        if not job.restore:
            database.saved, database.as_of_s = job.written, job.begun_s
            return BackupDone(job.database)
        lost = database.written - max(database.saved, 0)
        reason = "none" if database.saved < 0 else "backup"
        database.written -= lost
        self.lost_writes += lost
        self._lost.remove(job.database)
        around.act(Recovered(job.database))
        return DataLost(job.database, lost, reason)

    def _begin(self, node: Node, wired: list[int], wants_restore: bool, around: Surroundings) -> None:
        now_s = around.time_s
        if self._lost and wants_restore:
            self._job = _Job(True, self._lost[0], now_s, now_s + self.spec.restore_s, 0)
            return
        interval_s = node.number("interval_s", DEFAULT_INTERVAL_S)
        waiting: list[tuple[float, int]] = []
        for number in wired:
            database = self._databases[number]
            due_s = database.as_of_s + (interval_s if database.saved >= 0 else 0)
            if around.nodes[number].is_up and now_s > due_s - 0.5 * around.tick_s:
                waiting.append((due_s, number))
        if waiting:
            number = min(waiting)[1]
            self._job = _Job(False, number, now_s, now_s + self.spec.window_s, self._databases[number].written)

    def _measure(self, wired: list[int], time_s: float) -> dict[str, float]:
        age_s = max((time_s - self._databases[number].as_of_s for number in wired), default=0.0)
        restoring_s = 0.0
        if self._job is not None and self._job.restore:
            restoring_s = self._job.ends_s - time_s + self.spec.restore_s * (len(self._lost) - 1)
        return {"last_backup_s": age_s, "restoring_s": max(restoring_s, 0.0)}
