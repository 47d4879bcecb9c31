"""Replication: whole writes in order, lag by arithmetic, and who takes over from a dead master."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine.board import Board, Node
from engine.facts import DataLost, Fact, Promoted
from engine.nodes.behaviour import Failover, Reading, Surroundings, Wish
from engine.nodes.popularity import classes, stale_probability
from engine.nodes.replica import Replica
from engine.spec import NodeKind, NodeSize, Role
from engine.spec.models import PopularitySpec, ReplicaSpec
from engine.view import NodeState

TICK_S = 0.1
SPEC = ReplicaSpec(promotes_to="sql_master", detection_s=3.0, promotion_s=2.0, popularity=PopularitySpec(keys=1000))
MASTER = NodeKind(id="sql_master", role=Role.DATABASE, sizes=(NodeSize(id="s"),))
COPY = NodeKind(id="sql_replica", role=Role.DATABASE, sizes=(NodeSize(id="s", apply_rps=100.0),), replica=SPEC)


@dataclass
class Databases:
    """A master (node 0) with replicas (1, 2, ...), ticked as the simulation does it."""

    replicas: int = 1
    board: Board = field(default_factory=Board)
    readings: dict[int, Reading] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    facts: list[tuple[float, Fact]] = field(default_factory=list)
    ticks: int = 0

    def __post_init__(self) -> None:
        self.board.add(MASTER, MASTER.sizes[0], 0, 0)
        backlogs: dict[int, int] = {}
        self.models: dict[int, Replica] = {}
        self.generator = np.random.default_rng(5)
        for _ in range(self.replicas):
            node = self.board.add(COPY, COPY.sizes[0], 0, 0)
            self.board.wires.append((0, node.id))
            self.models[node.id] = Replica(node, backlogs)

    @property
    def time_s(self) -> float:
        return self.ticks * TICK_S

    def node(self, number: int) -> Node:
        return self.board.nodes[number]

    def callers(self, number: int) -> list[int]:
        return [source for source, target in self.board.wires if target == number]

    def run(self, seconds: float, writes: int = 0) -> None:
        """So long, with so many writes of the master in each tick."""
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            self.readings[0] = Reading(writes=writes)
            around = Surroundings(
                time_s=self.time_s,
                tick_s=TICK_S,
                generator=self.generator,
                reading=lambda number: self.readings.get(number, Reading()),
                nodes=self.board.nodes,
                callers=self.callers,
                callees=self.board.targets,
                act=self.wishes.append,
            )
            for number, model in self.models.items():
                facts = model.tick(self.node(number), self.readings.get(number, Reading()), around)
                self.facts += [(self.time_s, fact) for fact in facts]


def test_a_replica_that_keeps_up_has_no_lag() -> None:
    world = Databases()
    world.run(10.0, writes=9)
    assert world.models[1].figures() == {"lag_s": 0.0, "backlog": 0.0, "stale_share": 0.0}


def test_a_flood_of_writes_is_a_backlog_by_arithmetic_and_is_worked_off() -> None:
    world = Databases()
    world.run(20.0, writes=25)
    model = world.models[1]
    assert model.backlog == 20 * 250 - 20 * 100
    assert model.lag_s == pytest.approx(20 * (1 - 100 / 250), abs=2 * TICK_S)
    world.run(29.9)
    assert model.backlog == 10
    world.run(0.1)
    assert model.figures() == {"lag_s": 0.0, "backlog": 0.0, "stale_share": 0.0}


def test_reads_slow_applying_down_and_no_write_is_lost_or_made() -> None:
    world = Databases()
    world.readings[1] = Reading(busy=3.0, slots=7)
    world.run(50.0, writes=20)
    applied = 50 * 200 - world.models[1].backlog
    assert applied == pytest.approx(50 * 100 * (1 - 0.5 * 3 / 7), abs=1)
    assert sum(writes for _, writes in world.models[1]._unapplied) == world.models[1].backlog


@pytest.mark.parametrize("down", [0, 1])
def test_nothing_is_applied_while_either_is_down(down: int) -> None:
    world = Databases()
    world.run(5.0, writes=30)
    before = world.models[1].backlog
    world.node(down).state = NodeState.DOWN
    world.run(1.0, writes=4 if down == 1 else 0)
    assert world.models[1].backlog == before + (40 if down == 1 else 0)


def test_stale_reads_are_counted_as_often_as_they_should() -> None:
    world = Databases()
    world.run(5.0, writes=60)
    model = world.models[1]
    world.node(0).state = NodeState.RESTARTING
    chance = stale_probability(classes(SPEC.popularity), model.backlog)
    assert model.figures()["stale_share"] == chance
    assert 0.05 < chance < 0.99
    world.readings[1] = Reading(reads=50)
    world.run(2.0)
    mean = 1000 * chance
    assert abs(model.stale - mean) < 4 * np.sqrt(mean * (1 - chance))


def test_no_stale_reads_without_a_backlog_and_no_draw_either() -> None:
    world = Databases()
    world.readings[1] = Reading(reads=500)
    before = world.generator.bit_generator.state
    world.run(5.0)
    assert world.models[1].stale == 0
    assert world.generator.bit_generator.state == before


def test_failover_after_detection_and_promotion_loses_the_backlog() -> None:
    world = Databases()
    world.run(4.0, writes=30)
    backlog = world.models[1].backlog
    assert backlog == 4 * 200
    died_s = world.time_s
    world.node(0).state = NodeState.DOWN
    world.run(10.0)
    assert world.wishes[0] == Failover(1, 0)
    assert [fact for _, fact in world.facts[:2]] == [DataLost(1, backlog, "failover"), Promoted(1)]
    assert world.facts[0][0] - died_s == pytest.approx(5.0, abs=2 * TICK_S)


def test_a_failover_without_a_backlog_loses_nothing() -> None:
    world = Databases()
    world.node(0).state = NodeState.DOWN
    world.run(5.3)
    assert [fact for _, fact in world.facts] == [Promoted(1)]
    assert world.models[1].lost_writes == 0


def test_a_short_absence_is_no_failover() -> None:
    world = Databases()
    for _ in range(4):
        world.node(0).state = NodeState.RESTARTING
        world.run(2.9)
        world.node(0).state = NodeState.READY
        world.run(0.1)
    assert world.wishes == []


@pytest.mark.parametrize("state", [NodeState.BUILDING, NodeState.RESIZING])
def test_a_master_being_built_or_resized_is_not_missed(state: NodeState) -> None:
    world = Databases()
    world.node(0).state = state
    world.run(20.0)
    assert world.wishes == []


def test_a_failover_that_has_begun_is_not_called_off() -> None:
    world = Databases()
    world.node(0).state = NodeState.DOWN
    world.run(3.5)
    world.node(0).state = NodeState.READY
    world.run(2.0)
    assert world.wishes == [Failover(1, 0)]


def test_manual_failover_waits_for_the_player() -> None:
    world = Databases()
    world.node(1).policies["failover"] = "manual"
    world.run(1.0, writes=15)
    world.node(0).state = NodeState.DOWN
    world.run(30.0)
    assert world.wishes == []
    world.models[1].act("flush", world.node(1))
    world.models[1].act("promote", world.node(1))
    world.run(2.0)
    assert world.wishes == []
    world.run(0.1)
    assert world.wishes == [Failover(1, 0)]
    assert world.models[1].lost_writes == 50


def test_promotion_by_hand_while_the_master_works() -> None:
    world = Databases()
    world.models[1].act("promote", world.node(1))
    world.run(2.1, writes=30)
    assert world.wishes == [Failover(1, 0)]
    assert world.facts[0][1] == DataLost(1, 21 * 20, "failover")


def test_only_the_replica_nearest_to_the_master_takes_over() -> None:
    world = Databases(replicas=3)
    world.node(2).size = replace(world.node(2).size, apply_rps=150.0)
    world.run(3.0, writes=30)
    world.node(0).state = NodeState.DOWN
    world.run(5.2)
    assert world.wishes == [Failover(2, 0)]


def test_of_equal_replicas_the_first_takes_over() -> None:
    world = Databases(replicas=3)
    world.run(3.0, writes=30)
    world.node(0).state = NodeState.DOWN
    world.run(5.2)
    assert world.wishes == [Failover(1, 0)]


@pytest.mark.parametrize("reason", ["down", "manual"])
def test_who_cannot_take_over_is_no_rival(reason: str) -> None:
    world = Databases(replicas=2)
    world.run(3.0, writes=30)
    world.node(0).state = NodeState.DOWN
    if reason == "down":
        world.node(1).state = NodeState.DOWN
    else:
        world.node(1).policies["failover"] = "manual"
    world.run(5.2)
    assert world.wishes == [Failover(2, 0)]


def test_when_the_elected_dies_the_next_one_takes_over() -> None:
    world = Databases(replicas=2)
    world.node(0).state = NodeState.DOWN
    world.run(4.0)
    world.node(1).state = NodeState.DOWN
    world.run(3.0)
    assert world.wishes == [Failover(2, 0)]


def test_the_others_go_on_from_what_the_new_master_has() -> None:
    world = Databases(replicas=2)
    world.node(1).size = replace(world.node(1).size, apply_rps=200.0)
    world.run(3.0, writes=30)
    assert (world.models[1].backlog, world.models[2].backlog) == (300, 600)
    world.node(0).state = NodeState.DOWN
    world.run(5.2)
    assert world.wishes == [Failover(1, 0)]
    world.node(1).kind, world.node(0).kind = MASTER, COPY
    world.board.wires = [(1, 0), (1, 2)]
    del world.models[1]
    world.run(0.1)
    assert world.models[2].backlog == 300 - 10
    assert sum(writes for _, writes in world.models[2]._unapplied) == 290
    world.run(10.0)
    assert world.models[2].backlog == 0
    assert len(world.wishes) == 1


def test_without_a_master_nothing_happens() -> None:
    world = Databases()
    world.run(1.0, writes=30)
    world.board.wires.clear()
    world.models[1].act("promote", world.node(1))
    world.run(30.0, writes=30)
    assert world.models[1].backlog == 200
    assert (world.wishes, world.facts) == ([], [])


def test_the_state_tells_apart_what_the_future_depends_on() -> None:
    one, other = Databases(), Databases()
    one.run(2.0, writes=30)
    other.run(1.9, writes=30)
    assert one.models[1].state() != other.models[1].state()
    other.run(0.1, writes=30)
    assert one.models[1].state() == other.models[1].state()


def test_a_kind_without_replication_has_no_such_model() -> None:
    with pytest.raises(ValueError, match="no replica parameters"):
        Replica(Node(0, MASTER, MASTER.sizes[0], 0, 0, {}), {})
