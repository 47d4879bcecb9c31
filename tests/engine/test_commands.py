"""Every act is done whole or refused whole, and asking never changes anything."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.commands import (
    Accepted,
    AnswerQuest,
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Fire,
    Migrate,
    Move,
    Operate,
    Redo,
    RefusalCode,
    Refused,
    Reserve,
    Resize,
    Restart,
    RollBack,
    Sell,
    SetPolicy,
    StartOperation,
    Tune,
    Undo,
)
from engine.facts import NodeReady
from engine.simulation import Simulation
from engine.spec import (
    BrokerSpec,
    ChoiceSpec,
    CurvePoint,
    Department,
    EventSpec,
    GoalSpec,
    MigrationSpec,
    NodeKind,
    NodeSize,
    RequestKind,
    Role,
    StageSpec,
    StartNode,
    SubItem,
)
from engine.view import NodeState, Phase
from tests.engine.builders import balancer, opened, random_command, random_stage, recipe, run_for, server, source, stage
from tests.engine.test_finance import reserved
from tests.engine.test_hosts_placement import REACHED as HOST_REFUSALS


def shop() -> StageSpec:
    """A source wired to a web server and its database, with a shop and little money."""
    web = NodeKind(
        id="web",
        role=Role.COMPUTE,
        sizes=(
            NodeSize(id="small", price=100.0, keep_per_day=10.0, slots=2, queue=5, service_ms={SubItem.STATIC: 50.0}),
            NodeSize(id="large", price=300.0, keep_per_day=30.0, slots=8, queue=5, service_ms={SubItem.STATIC: 50.0}),
        ),
        may_call=("database", "web"),
        build_s=1.0,
        resize_s=2.0,
        restart_s=1.0,
        refund=0.5,
    )
    database = replace(server("database", 4, {SubItem.READ: 50.0}, role=Role.DATABASE), sellable=False)
    kinds = (source("web", "balancer", single=True), web, database, balancer("round_robin", "web"))
    page = RequestKind(id="page", recipe=recipe("static", "read"))
    nodes = (("in", "internet"), ("web", "web"), ("db", "database"))
    wires = (("in", "web"), ("web", "db"))
    spec = stage(kinds, nodes, wires, 10.0, (page,), budget=450.0, day_s=60.0)
    return replace(spec, unlocked=("web", "balancer"))


IN, WEB, DB = 0, 1, 2

REFUSALS: list[tuple[bool, Command, RefusalCode]] = [
    (False, Sell(99), RefusalCode.UNKNOWN_NODE),
    (False, Build("moon", 5, 5), RefusalCode.UNKNOWN_KIND),
    (False, Build("web", 5, 5, "huge"), RefusalCode.UNKNOWN_SIZE),
    (False, Resize(WEB, "huge"), RefusalCode.UNKNOWN_SIZE),
    (False, SetPolicy(WEB, "colour", 1), RefusalCode.UNKNOWN_POLICY),
    (False, SetPolicy(DB, "max_connections", 9), RefusalCode.POLICY_VALUE),
    (False, SetPolicy(DB, "max_connections", "many"), RefusalCode.POLICY_VALUE),
    (False, Build("database", 5, 5), RefusalCode.LOCKED),
    (False, Build("web", 40, 5), RefusalCode.OUTSIDE_MAP),
    (False, Move(WEB, -1, 5), RefusalCode.OUTSIDE_MAP),
    (False, Build("web", 0, 0), RefusalCode.CELL_TAKEN),
    (False, Resize(WEB, "huge"), RefusalCode.UNKNOWN_SIZE),
    (True, Build("web", 5, 5, "large"), RefusalCode.BUDGET),
    (False, Connect(WEB, WEB), RefusalCode.SAME_NODE),
    (False, Resize(WEB, "small"), RefusalCode.SAME_SIZE),
    (False, Connect(WEB, DB), RefusalCode.WIRE_EXISTS),
    (False, Disconnect(IN, DB), RefusalCode.WIRE_MISSING),
    (False, Connect(DB, WEB), RefusalCode.WIRE_ILLEGAL),
    (False, Sell(IN), RefusalCode.NOT_SELLABLE),
    (False, Sell(DB), RefusalCode.NOT_SELLABLE),
    (True, Restart(DB), RefusalCode.NOT_RESTARTABLE),
    (False, Restart(WEB), RefusalCode.NOT_IN_SETUP),
    (True, StartOperation(), RefusalCode.ONLY_IN_SETUP),
    (True, Undo(), RefusalCode.ONLY_IN_SETUP),
    (False, Undo(), RefusalCode.NOTHING_TO_UNDO),
    (False, Redo(), RefusalCode.NOTHING_TO_REDO),
]


@pytest.mark.parametrize(("operating", "command", "code"), REFUSALS)
def test_refusals_say_why_and_change_nothing(operating: bool, command: Command, code: RefusalCode) -> None:
    simulation = Simulation(shop(), 1)
    if operating:
        simulation.budget = 250.0
        simulation.apply(StartOperation())
    before = simulation.state_hash()
    answer = simulation.apply(command)
    assert isinstance(answer, Refused)
    assert answer.code is code
    assert answer == simulation.check(command)
    assert simulation.state_hash() == before


def served(simulation: Simulation, command: Command) -> Simulation:
    """The simulation after a command that must be accepted."""
    assert isinstance(simulation.apply(command), Accepted)
    return simulation


def town(**more: object) -> StageSpec:
    """The shop with a broker and a move to microservices on offer that takes 2 s."""
    broker = NodeKind(
        id="broker", role=Role.QUEUE, sizes=(NodeSize(id="s", queue=10),), broker=BrokerSpec(), actions=("redrive",)
    )
    spec = replace(shop(), migration=MigrationSpec(cost=100.0, duration_s=2.0))
    spec = replace(
        spec, node_kinds=(*spec.node_kinds, broker), nodes=(*spec.nodes, StartNode(key="q", kind="broker", x=9, y=9))
    )
    return replace(spec, **more)  # type: ignore[arg-type]


BROKER = 3


def asked() -> Simulation:
    """The town in operation with a question on the desk."""
    choices = (ChoiceSpec(id="yes", money=-1e6), ChoiceSpec(id="no"))
    event = EventSpec(id="fair", department=Department.MARKETING, at_s=0.5, choices=choices, default="no")
    simulation = opened(town(events=(event,)), 1)
    run_for(simulation, 1.0)
    return simulation


def migrated() -> Simulation:
    """The town after its move."""
    simulation = served(opened(town(), 1), Migrate())
    run_for(simulation, 2.2)
    assert simulation.view.migrated
    return simulation


def ladder() -> Simulation:
    """Layers of two servers that both call both of the next, a database at the end; not wired to the entrance yet."""
    layers = 15
    web = server("web", 4, {SubItem.STATIC: 50.0}, calls=("web", "database"))
    kinds = (source("web"), web, server("database", 4, {SubItem.READ: 50.0}, role=Role.DATABASE))
    nodes = [("in", "internet"), ("first", "web"), *((f"{side}{i}", "web") for i in range(layers) for side in "ab")]
    wires = [(f"{s}{i}", f"{t}{i + 1}") for i in range(layers - 1) for s in "ab" for t in "ab"]
    wires += [("in", "first"), *((f"{side}{layers - 1}", "db") for side in "ab")]
    page = RequestKind(id="page", recipe=recipe("static", "read"))
    return Simulation(stage(kinds, (*nodes, ("db", "database")), wires, 1.0, (page,)), 1)


def over() -> Simulation:
    """A run that has been won."""
    simulation = opened(replace(shop(), duration_s=0.2), 1)
    run_for(simulation, 1.0)
    assert simulation.view.phase is Phase.WON
    assert simulation.step() == []
    return simulation


SCENES: list[tuple[str, Callable[[], Simulation], Command, RefusalCode]] = [
    ("building", lambda: served(opened(shop(), 1), Build("web", 5, 5)), Restart(3), RefusalCode.BUSY),
    (
        "circle",
        lambda: served(served(Simulation(shop(), 1), Build("web", 5, 5)), Connect(WEB, 3)),
        Connect(3, WEB),
        RefusalCode.WIRE_CYCLE,
    ),
    ("over", over, Sell(WEB), RefusalCode.RUN_OVER),
    ("ladder", ladder, Connect(1, 2), RefusalCode.TOO_MANY_PATHS),
    ("no such action", lambda: opened(town(), 1), Operate(BROKER, "dance"), RefusalCode.UNKNOWN_ACTION),
    ("no dead letters", lambda: opened(town(), 1), Operate(BROKER, "redrive"), RefusalCode.NOTHING_TO_DO),
    ("set-up", lambda: Simulation(town(), 1), Operate(BROKER, "redrive"), RefusalCode.NOT_IN_SETUP),
    ("nobody there", lambda: opened(town(), 1), Operate(99, "redrive"), RefusalCode.UNKNOWN_NODE),
    ("no offer", lambda: opened(shop(), 1), Migrate(), RefusalCode.NO_MIGRATION),
    ("early", lambda: Simulation(town(), 1), Migrate(), RefusalCode.NOT_IN_SETUP),
    ("poor", lambda: opened(town(budget=99.0), 1), Migrate(), RefusalCode.BUDGET),
    ("under way", lambda: served(opened(town(), 1), Migrate()), Migrate(), RefusalCode.MIGRATING),
    ("moved", migrated, Migrate(), RefusalCode.MIGRATED),
    ("one service", lambda: opened(town(), 1), Reserve(IN, WEB, "page"), RefusalCode.NOT_MIGRATED),
    ("no such request", migrated, Reserve(IN, WEB, "page,moon"), RefusalCode.UNKNOWN_REQUEST),
    ("no question", lambda: opened(town(), 1), AnswerQuest("fair", "yes"), RefusalCode.NO_QUEST),
    ("no such answer", asked, AnswerQuest("fair", "perhaps"), RefusalCode.UNKNOWN_CHOICE),
    ("answer too dear", asked, AnswerQuest("fair", "yes"), RefusalCode.BUDGET),
    ("nothing deployed", lambda: opened(town(), 1), RollBack("fair"), RefusalCode.NOTHING_TO_ROLL_BACK),
    ("no sandbox", lambda: opened(town(), 1), Tune("traffic", 50), RefusalCode.NOT_SANDBOX),
    ("no such knob", lambda: opened(town(sandbox=True), 1), Tune("moon", 50), RefusalCode.UNKNOWN_SETTING),
    ("beyond the knob", lambda: opened(town(sandbox=True), 1), Tune("traffic", -1), RefusalCode.SETTING_VALUE),
    ("no such event", lambda: opened(town(sandbox=True), 1), Fire("moon"), RefusalCode.UNKNOWN_EVENT),
    ("bound", reserved, SetPolicy(WEB, "billing", "on_demand"), RefusalCode.RESERVED),
    ("no such wire", migrated, Reserve(IN, DB, "page"), RefusalCode.WIRE_MISSING),
]


@pytest.mark.parametrize(("name", "scene", "command", "code"), SCENES, ids=[name for name, *_ in SCENES])
def test_refusals_that_need_a_scene(
    name: str, scene: Callable[[], Simulation], command: Command, code: RefusalCode
) -> None:
    simulation = scene()
    before = simulation.state_hash()
    answer = simulation.apply(command)
    assert isinstance(answer, Refused), name
    assert answer.code is code
    assert answer == simulation.check(command)
    assert simulation.state_hash() == before


def test_every_refusal_code_is_reached() -> None:
    assert {code for *_, code in (*REFUSALS, *SCENES)} | HOST_REFUSALS == set(RefusalCode)


def test_the_move_to_microservices_is_paid_and_lets_wires_be_reserved() -> None:
    simulation = opened(town(), 1)
    budget = simulation.view.budget
    assert simulation.apply(Migrate()) == Accepted(100.0)
    assert simulation.view.budget == budget - 100.0
    run_for(simulation, 2.2)
    assert isinstance(simulation.apply(Reserve(WEB, DB, "page")), Accepted)
    assert [wire.kinds for wire in simulation.view.wires] == [(), ("page",)]
    simulation.apply(Reserve(WEB, DB, ""))
    assert [wire.kinds for wire in simulation.view.wires] == [(), ()]


@pytest.mark.parametrize("seed", range(4))
def test_checking_foretells_applying_and_changes_nothing(seed: int) -> None:
    dice = random.Random(seed)
    simulation = opened(random_stage(seed), seed)
    for _ in range(120):
        command = random_command(dice, simulation)
        before = simulation.state_hash()
        foretold = simulation.check(command)
        assert simulation.state_hash() == before
        answer = simulation.apply(command)
        if isinstance(answer, Refused):
            assert foretold == answer
            assert simulation.state_hash() == before
        else:
            assert isinstance(foretold, Accepted) and foretold.cost == answer.cost
        simulation.step()


def test_building_costs_and_takes_time_in_operation_only() -> None:
    simulation = Simulation(shop(), 1)
    at_once = simulation.apply(Build("web", 5, 5))
    assert isinstance(at_once, Accepted) and at_once.cost == 100.0
    assert simulation.view.node(at_once.node).state is NodeState.READY
    simulation.apply(StartOperation())
    later = simulation.apply(Build("web", 6, 5))
    assert isinstance(later, Accepted)
    assert simulation.view.node(later.node).state is NodeState.BUILDING
    facts = [fact for _ in range(round(1.2 / simulation.dt_s)) for fact in simulation.step()]
    assert NodeReady(later.node, "building") in facts
    assert simulation.view.node(later.node).state is NodeState.READY


def test_undo_and_redo_of_the_set_up() -> None:
    simulation = Simulation(shop(), 1)
    hashes = [simulation.state_hash()]
    for command in (Build("web", 5, 5), Connect(WEB, 3), Move(3, 6, 6), Resize(WEB, "large"), Sell(3)):
        assert isinstance(simulation.apply(command), Accepted)
        hashes.append(simulation.state_hash())
    for expected in reversed(hashes[:-1]):
        assert simulation.view.can_undo
        simulation.apply(Undo())
        assert simulation.state_hash() == expected
    assert not simulation.view.can_undo
    for expected in hashes[1:]:
        simulation.apply(Redo())
        assert simulation.state_hash() == expected
    assert not simulation.view.can_redo


def test_refunds_are_whole_in_set_up_and_a_share_in_operation() -> None:
    simulation = Simulation(shop(), 1)
    simulation.apply(Build("web", 5, 5))
    assert simulation.check(Sell(3)) == Accepted(-100.0)
    assert simulation.check(Resize(3, "large")) == Accepted(200.0)
    simulation.apply(StartOperation())
    assert simulation.check(Sell(3)) == Accepted(-50.0)
    assert simulation.check(Resize(WEB, "large")) == Accepted(250.0)


def test_resizing_keeps_half_the_slots_until_it_is_done() -> None:
    simulation = opened(shop(), 1)
    assert isinstance(simulation.apply(Resize(WEB, "large")), Accepted)
    assert simulation.view.node(WEB).slots == 1
    run_for(simulation, 2.2)
    assert (simulation.view.node(WEB).slots, simulation.view.node(WEB).size) == (8, "large")


def test_restarting_loses_what_is_on_it_and_brings_it_back() -> None:
    simulation = opened(replace(shop(), traffic=replace(shop().traffic, curve=opened_curve(60.0))), 1)
    run_for(simulation, 2.0)
    inside = simulation.view.node(WEB)
    assert inside.in_service + inside.calling + inside.waiting > 0
    failed = sum(simulation.view.totals.failed.values())
    simulation.apply(Restart(WEB))
    assert sum(simulation.view.totals.failed.values()) > failed
    assert simulation.view.node(WEB).slots == 0
    run_for(simulation, 1.2)
    assert simulation.view.node(WEB).state is NodeState.READY
    assert simulation.view.node(WEB).slots == 2


def opened_curve(rate: float) -> tuple[CurvePoint, ...]:
    """A constant curve."""
    return (CurvePoint(at_s=0.0, rps=rate),)


def test_a_source_points_at_one_address() -> None:
    simulation = Simulation(shop(), 1)
    simulation.apply(Build("balancer", 5, 5))
    simulation.apply(Connect(IN, 3))
    assert simulation.board.wires == [(WEB, DB), (IN, 3)]
    simulation.apply(Connect(3, WEB))
    twin = simulation.apply(Clone(WEB, 6, 6))
    assert isinstance(twin, Accepted)
    assert {(3, twin.node), (twin.node, DB)} <= set(simulation.board.wires)


def test_a_lost_run_and_a_bankrupt_one() -> None:
    strict = GoalSpec(error_threshold=0.05, gauge_fill_s=3.0)
    overrun = replace(shop(), goal=strict, traffic=replace(shop().traffic, curve=opened_curve(400.0)))
    simulation = opened(overrun, 1)
    run_for(simulation, 20.0)
    assert simulation.view.phase is Phase.LOST
    result = simulation.view.result
    assert result is not None
    assert (result.outcome, result.grade) == ("service_down", "F")
    assert result.incidents and result.advice in ("load_balancer", "database", "scale_out")
    poor = opened(replace(shop(), budget=0.05, day_s=2.0), 1)
    run_for(poor, 2.0)
    assert poor.view.result is not None and poor.view.result.outcome == "bankrupt"
