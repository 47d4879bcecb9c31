"""What every model of a node has in common: it looks at what went through the node in a tick, moves its state on, and
writes to the node's `live` fields what the kernel shall do next.

A model is plain Python on a few numbers: it runs ten times a simulated second, not every step. Its floats must come out
alike on every platform, so it uses + - * / and the functions of `math` on scalars, and keeps no clock of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from engine.board import Node
from engine.facts import Fact


class Reading(NamedTuple):
    """One node over the last tick: flows are whole numbers of requests in that tick, levels are as they are now.

    entered: let in. left: answered. failed: failed here. writes, reads: steps of that sub-item finished here.
    hits, misses: of a cache. fills: answers that came back for earlier misses of a cache (what it can store).
    offered: arrivals, refused ones included. behind_failed, behind_done: requests of this balancer that failed and
    that were answered at the nodes behind it. busy: mean number of slots in use over the tick, calls included;
    in_service: of those, without the ones that wait for a called node.
    serving, waiting, calling: requests now. messages: stored in a broker now; unacked: with its workers; published,
    delivered, redelivered: messages in this tick; dead: put aside since the start and not redriven.
    """

    entered: int = 0
    left: int = 0
    failed: int = 0
    offered: int = 0
    writes: int = 0
    reads: int = 0
    hits: int = 0
    misses: int = 0
    fills: float = 0.0
    behind_failed: int = 0
    behind_done: int = 0
    busy: float = 0.0
    in_service: float = 0.0
    serving: int = 0
    waiting: int = 0
    calling: int = 0
    slots: int = 0
    messages: int = 0
    unacked: int = 0
    published: int = 0
    delivered: int = 0
    redelivered: int = 0
    dead: int = 0


class Surroundings(NamedTuple):
    """What a model may know besides its own node.

    time_s: of operation, at the end of the tick. tick_s: its length. generator: the models' own random stream.
    reading: of any node by number. nodes: all nodes by number. callers, callees: wires into and out of a node.
    act: asks the simulation for something only it can do, at the end of the tick (see `engine.nodes.requests`).
    """

    time_s: float
    tick_s: float
    generator: np.random.Generator
    reading: Callable[[int], Reading]
    nodes: Mapping[int, Node]
    callers: Callable[[int], list[int]]
    callees: Callable[[int], list[int]]
    act: Callable[[Wish], None]


@dataclass(frozen=True, slots=True)
class Kill:
    """The node dies and restarts by itself; requests on it fail. reason: `out_of_memory`."""

    node: int
    reason: str


@dataclass(frozen=True, slots=True)
class LoseShare:
    """This share of the requests on the node fail (instances that are gone)."""

    node: int
    share: float


@dataclass(frozen=True, slots=True)
class Failover:
    """The replica takes the place of its master in every wire, and the master becomes its replica."""

    replica: int
    master: int


@dataclass(frozen=True, slots=True)
class Redrive:
    """The dead letters of a broker become messages again."""

    node: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """A database that lost its data works again."""

    node: int


Wish = Kill | LoseShare | Failover | Redrive | Recovered


class Behaviour(Protocol):
    """One model of one node. Made when the node is ready for the first time, and kept through every rebuild.

    figures: what the screen shows of it, by name (units by the name: `_s`, `_ms`, `_share`, `_rps`, `_mb`, else plain).
    state: what decides its future, as plain values in a fixed order, for the state hash.
    """

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Move on by one tick: write to `node.live`, return what the player should hear of."""
        ...

    def act(self, action: str, node: Node) -> None:
        """Do one of the kind's `actions` that concerns this model; ignore others."""
        ...

    def befall(self, what: str, node: Node) -> None:
        """Something happens to the node: `flush`, `lose_worker`, `data_loss`, `restarted`, `down`, `up`."""
        ...

    def figures(self) -> Mapping[str, float]: ...

    def state(self) -> tuple[object, ...]: ...
