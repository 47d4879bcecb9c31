"""A replica of a database: how far it is behind its master, what it answers with old data, and how it takes over."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from engine.board import Node
from engine.facts import DataLost, Fact, Promoted
from engine.nodes.behaviour import Failover, Reading, Surroundings
from engine.nodes.popularity import stale_share
from engine.view import NodeState

SLACK_S = 1e-6


class Replica:
    """Asynchronous replication: the master answers a write at once, and the replica applies it later.

    *Backlog.* Every write the master has done waits in order until it is applied here. Applying goes at

        apply_rps x (1 - read_drag x busy slots / slots)      writes a second, in whole numbers with a remainder

    while both nodes are up: the log of writes lies on the master, so that of a dead master stays out of reach. A
    backlog grows when the master writes faster than this; `lag_s` is the age of its oldest write (of the end of the
    tick in which the master did it). A new replica starts as an exact copy.

    *Stale reads.* A read is stale when its key is among the last B writes, B being the backlog; writes go to keys as
    reads do: P = sum over keys of q (1 - (1 - q)^B) (see `popularity.stale_share`). Of the reads of a tick a
    binomial number is counted as `stale`.

    *Failover.* A master is missed when it is down or restarts, which nobody can tell apart from outside. One that is
    still being built, was sold or was cut off by the player is not missed. After detection_s the replicas with the
    policy `automatic` that are up elect the one with the smallest backlog (then the smallest number). It is promoted
    promotion_s later, unless it dies itself; a failover that has begun is not called off when the old master comes
    back. By hand (`promote`) it takes promotion_s, whatever the master does. Writes in the backlog of the promoted
    replica are lost for ever and counted in `lost_writes`; the other replicas go on from what the new master has.

    backlogs: by number of node, shared by all replicas of a simulation, each writing its own.
    Sources: M. Kleppmann, Designing Data-Intensive Applications, 2017, ch. 5 (replication lag, failover); P. Bailis et
    al., Probabilistically Bounded Staleness for Practical Partial Quorums, VLDB 2012 (staleness as a probability).
    """

    def __init__(self, node: Node, backlogs: dict[int, int]) -> None:
        if node.kind.replica is None:
            raise ValueError(f"node kind {node.kind.id!r} has no replica parameters")
        self.spec = node.kind.replica
        self.stale = 0
        self.lost_writes = 0
        self.lag_s = 0.0
        self.stale_share = 0.0
        self._judged = 0
        self._backlogs = backlogs
        self._unapplied: deque[tuple[float, int]] = deque()
        self._remainder = 0.0
        self._master = -1
        self._peers: list[int] = []
        self._missed_since_s = -1.0
        self._promoted_at_s = -1.0
        self._asked = False
        self._note(node, 0)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Take over the master's writes, apply some, count stale reads, and promote when it is time."""
        master = self._find_master(node, around)
        if master is not None:
            self._follow(node, master, around)
            if node.is_up and master.is_up:
                self._apply(node, reading, around.tick_s)
        self.lag_s = around.time_s - self._unapplied[0][0] if self._unapplied else 0.0
        if self.backlog != self._judged:
            self._judged = self.backlog
            self.stale_share = stale_share(self.spec.popularity, self.backlog)
        if reading.reads and self.stale_share > 0.0:
            self.stale += int(around.generator.binomial(reading.reads, self.stale_share))
        self._watch(node, master, around)
        return self._promote(node, around)

    def act(self, action: str, node: Node) -> None:
        """`promote`: take the master's place, promotion_s after the next tick."""
        self._asked = self._asked or (action == "promote" and node.is_up)

    def befall(self, what: str, node: Node) -> None:
        """Nothing: what was applied is on disk, and the next tick sees by itself that the node is down."""

    def figures(self) -> Mapping[str, float]:
        """lag_s: age of the oldest write not applied. backlog: how many those are. stale_share: of the reads."""
        return {"lag_s": self.lag_s, "backlog": float(self.backlog), "stale_share": self.stale_share}

    def state(self) -> tuple[object, ...]:
        """See `engine.nodes.behaviour.Behaviour`."""
        return (
            tuple(self._unapplied),
            self._remainder,
            self._master,
            tuple(self._peers),
            self._missed_since_s,
            self._promoted_at_s,
            self._asked,
            self.stale,
            self.lost_writes,
        )

    def _note(self, node: Node, backlog: int) -> None:
        self.backlog = self._backlogs[node.id] = backlog

    def _find_master(self, node: Node, around: Surroundings) -> Node | None:
        """The first node wired to this one that it could replace."""
        for number in around.callers(node.id):
            caller = around.nodes[number]
            if caller.kind.id == self.spec.promotes_to:
                return caller
        return None

    def _follow(self, node: Node, master: Node, around: Surroundings) -> None:
        if master.id != self._master:
            self._change_master(node, master)
        self._peers = [peer for peer in around.callees(master.id) if peer != node.id]
        writes = around.reading(master.id).writes
        if writes:
            self._unapplied.append((around.time_s, writes))
            self._note(node, self.backlog + writes)

    def _change_master(self, node: Node, master: Node) -> None:
        """Under another master nothing that was begun goes on. What a former fellow replica never got does not exist
        any more: the newest of the backlog.
        """
        if master.id in self._peers:
            lost = min(self.backlog, self._backlogs.get(master.id, 0))
            self._note(node, self.backlog - lost)
            while lost:
                time_s, writes = self._unapplied.pop()
                gone = min(lost, writes)
                lost -= gone
                if writes > gone:
                    self._unapplied.append((time_s, writes - gone))
        self._master = master.id
        self._missed_since_s = self._promoted_at_s = -1.0

    def _apply(self, node: Node, reading: Reading, tick_s: float) -> None:
        busy = min(1.0, reading.busy / reading.slots) if reading.slots > 0 else 0.0
        able = node.size.apply_rps * (1.0 - self.spec.read_drag * busy) * tick_s + self._remainder
        todo = min(int(able), self.backlog)
        self._remainder = able - int(able) if self.backlog else 0.0
        self._note(node, self.backlog - todo)
        while todo:
            time_s, writes = self._unapplied.popleft()
            done = min(todo, writes)
            todo -= done
            if writes > done:
                self._unapplied.appendleft((time_s, writes - done))

    def _watch(self, node: Node, master: Node | None, around: Surroundings) -> None:
        """Notice that the master is missing, and begin the promotion that follows from it or that was asked for."""
        asked, self._asked = self._asked, False
        if master is None or not node.is_up:
            self._missed_since_s = self._promoted_at_s = -1.0
            return
        if master.is_up or master.state is NodeState.BUILDING:
            self._missed_since_s = -1.0
        elif self._missed_since_s < 0.0:
            self._missed_since_s = around.time_s
        if self._promoted_at_s < 0.0 and (asked or self._is_elected(node, around)):
            self._promoted_at_s = around.time_s + self.spec.promotion_s

    def _is_elected(self, node: Node, around: Surroundings) -> bool:
        """Whether the master has been missed long enough, and no other replica is nearer to it. At least one tick
        passes, so that all have counted the last writes.
        """
        if self._missed_since_s < 0.0 or around.time_s <= self._missed_since_s or not _is_automatic(node):
            return False
        if around.time_s - self._missed_since_s < self.spec.detection_s - SLACK_S:
            return False
        peers = (around.nodes[peer] for peer in self._peers)
        rivals = (
            (self._backlogs[peer.id], peer.id)
            for peer in peers
            if peer.kind.id == node.kind.id and peer.is_up and _is_automatic(peer) and peer.id in self._backlogs
        )
        return all((self.backlog, node.id) < rival for rival in rivals)

    def _promote(self, node: Node, around: Surroundings) -> list[Fact]:
        if self._promoted_at_s < 0.0 or around.time_s < self._promoted_at_s - SLACK_S:
            return []
        lost = self.backlog
        self.lost_writes += lost
        self._missed_since_s = self._promoted_at_s = -1.0
        around.act(Failover(node.id, self._master))
        promoted = Promoted(node.id)
        return [DataLost(node.id, lost, "failover"), promoted] if lost else [promoted]


def _is_automatic(node: Node) -> bool:
    return node.policies.get("failover", "automatic") == "automatic"
