"""Own hardware, rent, and the ways to be billed, from command to view. A month of the calendar lasts ten seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from engine import replay
from engine.commands import Accepted, Build, RefusalCode, Refused, Sell, SetPolicy, StartOperation, Undo
from engine.facts import Fact, NodeDied, NodeReady, ReservationEnded, ReservationIdle, ReservationTaken, SpotNotice
from engine.simulation import Simulation
from engine.spec import (
    Billing,
    BillingSpec,
    FinanceSpec,
    NodeKind,
    NodeSize,
    PolicySpec,
    RequestKind,
    Role,
    StageSpec,
    SubItem,
    UserModel,
)
from engine.spec.finance import MONTH_DAYS
from engine.view import NodeState
from tests.engine.builders import opened, recipe, run_for, source, stage

MONTH_S = 10.0
KEEP_MONTH = 120.0
NODE = 1
PAGE = RequestKind(id="page", recipe=recipe("static"))
OWN = FinanceSpec(
    investment=3600.0,
    power_month=50.0,
    line_month=30.0,
    administration_month=100.0,
    rent_month=20.0,
    cloud_user_month=9.0,
)
RESERVED = SetPolicy(NODE, "billing", "reserved")
SPOT = SetPolicy(NODE, "billing", "spot")


def server(price_per_1000: float = 0.0) -> NodeKind:
    """A server that may be billed in every way."""
    size = NodeSize(
        id="s",
        price=200.0,
        keep_per_day=KEEP_MONTH / MONTH_DAYS,
        price_per_1000=price_per_1000,
        slots=8,
        queue=50,
        service_ms={SubItem.STATIC: 20.0},
    )
    choices = tuple(way.value for way in Billing)
    policy = PolicySpec(key="billing", choices=choices, default="on_demand")
    return NodeKind(id="web", role=Role.COMPUTE, sizes=(size,), policies=(policy,), refund=0.5, build_s=1.0)


def world(finance: FinanceSpec | None = None, kind: NodeKind | None = None, rate: float = 20.0) -> StageSpec:
    """One server right behind the source, and 10,000 to begin with."""
    kinds = (source("web"), kind or server())
    nodes, wires = (("in", "internet"), ("web", "web")), (("in", "web"),)
    return stage(
        kinds, nodes, wires, rate, (PAGE,), step_ms=10.0, budget=10_000.0, day_s=MONTH_S / MONTH_DAYS, finance=finance
    )


def facts_of(simulation: Simulation, seconds: float) -> list[Fact]:
    """What happens in some seconds."""
    return [fact for _ in range(round(seconds / simulation.dt_s)) for fact in simulation.step()]


def billed(facts: Sequence[Fact], kind: type) -> list[Fact]:
    """The facts of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


def test_the_investment_is_paid_at_once_and_written_off_over_its_months() -> None:
    simulation = Simulation(replace(world(OWN), budget=50_000.0, step_ms=50.0), 1)
    assert simulation.view.budget == 50_000.0 - 3_600.0
    simulation.apply(StartOperation())
    run_for(simulation, 9 * MONTH_S)
    finance = simulation.view.finance
    assert finance.months == pytest.approx(9.0)
    assert finance.book_value == pytest.approx(3_600.0 * 27 / 36)
    assert finance.write_off_month == pytest.approx(100.0)
    run_for(simulation, 28 * MONTH_S)
    assert simulation.view.finance.book_value == 0.0
    assert simulation.view.finance.write_off_month == 0.0


def test_what_runs_is_paid_by_the_month_and_what_is_written_off_is_not_paid_again() -> None:
    simulation = opened(world(OWN), 1, traced=False)
    run_for(simulation, MONTH_S)
    finance = simulation.view.finance
    assert finance.running_month == pytest.approx(50 + 30 + 100 + 20 + KEEP_MONTH)
    assert finance.cost_month == pytest.approx(finance.running_month + 100.0)
    assert finance.spent == pytest.approx(finance.running_month)
    assert simulation.view.budget == pytest.approx(6_400.0 - finance.running_month)
    assert simulation.view.keep_per_day == pytest.approx(finance.running_month / MONTH_DAYS)
    assert finance.runway_months == pytest.approx(simulation.view.budget / finance.running_month)


def test_a_stage_without_finance_shows_income_keep_and_no_comparison() -> None:
    earning = replace(world(), request_kinds=(replace(PAGE, revenue=100.0),))
    simulation = opened(earning, 1, traced=False)
    run_for(simulation, 2 * MONTH_S)
    finance = simulation.view.finance
    assert finance.running_month == pytest.approx(KEEP_MONTH)
    assert finance.cost_month == finance.running_month
    assert [(cost.kind, cost.count) for cost in finance.nodes] == [("web", 1)]
    assert finance.income_month == pytest.approx(20 * MONTH_S * 0.1, rel=0.4)
    assert finance.earned == pytest.approx(simulation.view.totals.done * 0.1)
    assert math.isnan(finance.cloud_month)
    assert finance.investment == finance.book_value == finance.write_off_month == 0.0


def test_a_profit_has_no_end_of_the_runway() -> None:
    simulation = opened(replace(world(), request_kinds=(replace(PAGE, revenue=1e4),)), 1, traced=False)
    run_for(simulation, MONTH_S)
    assert simulation.view.finance.runway_months == float("inf")


def test_what_was_built_is_told_apart_from_what_runs() -> None:
    simulation = opened(world(OWN), 1, traced=False)
    simulation.apply(Build("web", 5, 5))
    run_for(simulation, MONTH_S)
    assert simulation.view.finance.built == pytest.approx(200.0)
    simulation.apply(Sell(2))
    assert simulation.view.finance.built == pytest.approx(100.0)


def test_calls_are_shown_by_kind_as_they_are_paid() -> None:
    simulation = opened(world(kind=server(price_per_1000=50.0), rate=40.0), 1, traced=False)
    run_for(simulation, 3 * MONTH_S)
    (cost,) = simulation.view.finance.nodes
    assert cost.calls_month == pytest.approx(40 * MONTH_S * 0.05, rel=0.3)
    calls = simulation.view.finance.spent - 3 * KEEP_MONTH
    assert calls == pytest.approx(simulation.view.totals.born * 0.05, rel=0.02)


def test_the_cloud_is_dearer_the_more_users_there_are() -> None:
    users = UserModel(initial=40.0, market=1000.0, rps_per_user=0.1)
    spec = world(OWN)
    spec = replace(spec, traffic=replace(spec.traffic, curve=(), users=users))
    assert Simulation(spec, 1).view.finance.cloud_month == pytest.approx(360.0)


def test_a_reservation_costs_less_and_is_owed_after_its_node_is_gone() -> None:
    simulation = opened(world(), 1, traced=False)
    assert isinstance(simulation.apply(RESERVED), Accepted)
    facts = facts_of(simulation, MONTH_S)
    assert billed(facts, ReservationTaken) == [ReservationTaken(NODE, 12.0)]
    reserved = KEEP_MONTH * 0.7
    finance = simulation.view.finance
    assert finance.spent == pytest.approx(reserved)
    assert finance.discount_month == pytest.approx(KEEP_MONTH * 0.3)
    assert simulation.view.node(NODE).keep_per_day == pytest.approx(reserved / MONTH_DAYS)
    simulation.apply(Sell(NODE))
    facts = facts_of(simulation, MONTH_S)
    (idle,) = billed(facts, ReservationIdle)
    assert isinstance(idle, ReservationIdle)
    assert idle.months == pytest.approx(11.0)
    finance = simulation.view.finance
    assert finance.nodes == ()
    assert finance.idle_month == finance.running_month == pytest.approx(reserved)
    assert finance.spent == pytest.approx(2 * reserved)
    (owed,) = finance.reservations
    assert (owed.node, owed.kind) == (-1, "web")
    assert owed.months_left == pytest.approx(10.0, abs=0.05)
    facts = facts_of(simulation, 10.1 * MONTH_S)
    assert billed(facts, ReservationEnded) == [ReservationEnded(-1, "web")]
    assert simulation.view.finance.running_month == 0.0


def test_another_node_takes_over_a_reservation_that_nobody_uses() -> None:
    simulation = opened(world(), 1, traced=False)
    simulation.apply(RESERVED)
    run_for(simulation, MONTH_S)
    simulation.apply(Sell(NODE))
    run_for(simulation, 1.0)
    twin = simulation.apply(Build("web", 5, 5))
    assert isinstance(twin, Accepted)
    simulation.apply(SetPolicy(twin.node, "billing", "reserved"))
    facts = facts_of(simulation, 0.2)
    (taken,) = billed(facts, ReservationTaken)
    assert isinstance(taken, ReservationTaken)
    assert taken.months == pytest.approx(10.9)
    assert [owed.node for owed in simulation.view.finance.reservations] == [twin.node]
    assert simulation.view.finance.running_month == pytest.approx(KEEP_MONTH * 0.7)


def reserved() -> Simulation:
    """A node that is bound for twelve months, since a second."""
    simulation = opened(world(), 1, traced=False)
    simulation.apply(RESERVED)
    run_for(simulation, 1.0)
    return simulation


def test_a_reserved_node_stays_reserved_to_the_end_of_its_term() -> None:
    simulation = reserved()
    answer = simulation.apply(SetPolicy(NODE, "billing", "on_demand"))
    assert isinstance(answer, Refused)
    assert answer.code is RefusalCode.RESERVED
    assert answer.values["months"] == pytest.approx(11.9)
    facts = facts_of(simulation, 12 * MONTH_S)
    assert billed(facts, ReservationEnded) == [ReservationEnded(NODE, "web")]
    assert simulation.view.node(NODE).policies["billing"] == "on_demand"
    assert simulation.view.node(NODE).keep_per_day == pytest.approx(KEEP_MONTH / MONTH_DAYS)
    assert isinstance(simulation.apply(SPOT), Accepted)


def test_in_set_up_a_choice_binds_nobody_and_can_be_undone() -> None:
    simulation = Simulation(world(), 1)
    simulation.apply(RESERVED)
    assert simulation.view.keep_per_day == pytest.approx(KEEP_MONTH * 0.7 / MONTH_DAYS)
    assert isinstance(simulation.apply(SetPolicy(NODE, "billing", "spot")), Accepted)
    simulation.apply(Undo())
    simulation.apply(Undo())
    assert simulation.view.node(NODE).policies["billing"] == "on_demand"
    assert simulation.view.finance.reservations == ()


def spot_world(**more: float) -> StageSpec:
    """Spot nodes that are reclaimed about once a month."""
    billing = BillingSpec(**{"spot_reclaims_month": 1.0, "spot_notice_s": 3.0, "spot_away_s": 2.0} | more)
    return world(FinanceSpec(billing=billing))


def test_a_spot_node_is_reclaimed_after_a_notice_and_comes_back() -> None:
    simulation = opened(spot_world(), 1, traced=False)
    simulation.apply(SPOT)
    assert simulation.view.finance.running_month == pytest.approx(KEEP_MONTH * 0.4)
    while not (notices := billed(simulation.step(), SpotNotice)):
        assert simulation.time_s < 20 * MONTH_S
    (notice,) = notices
    assert isinstance(notice, SpotNotice)
    assert notice.at_s == pytest.approx(simulation.time_s + 3.0, abs=0.2)
    assert simulation.view.node(NODE).state is NodeState.READY
    facts = facts_of(simulation, 3.2)
    assert billed(facts, NodeDied) == [NodeDied(NODE, "spot")]
    finance = simulation.view.finance
    assert finance.running_month == 0.0
    assert finance.nodes[0].reclaimed == 1
    facts = facts_of(simulation, 2.2)
    assert billed(facts, NodeReady) == [NodeReady(NODE, "down")]
    assert simulation.view.finance.running_month == pytest.approx(KEEP_MONTH * 0.4)


def test_who_answers_a_notice_by_paying_on_demand_is_away_only_for_the_time_of_building() -> None:
    simulation = opened(spot_world(spot_away_s=60.0), 1, traced=False)
    simulation.apply(SPOT)
    while not billed(simulation.step(), SpotNotice):
        assert simulation.time_s < 20 * MONTH_S
    assert isinstance(simulation.apply(SetPolicy(NODE, "billing", "on_demand")), Accepted)
    facts = facts_of(simulation, 3.2 + 1.2)
    assert billed(facts, NodeDied) == [NodeDied(NODE, "spot")]
    assert billed(facts, NodeReady) == [NodeReady(NODE, "down")]


def test_reclaims_come_as_often_as_the_stage_says() -> None:
    """A Poisson process: over n expected events the standard deviation is the root of n."""
    months = 100
    spec = replace(spot_world(spot_notice_s=0.0, spot_away_s=0.0), step_ms=50.0)
    simulation = Simulation(spec, 5, traced=False)
    simulation.apply(SPOT)
    simulation.apply(StartOperation())
    reclaims = len(billed(facts_of(simulation, months * MONTH_S), SpotNotice))
    assert abs(reclaims - months) < 4 * math.sqrt(months)


def test_a_node_that_is_sold_leaves_nothing_behind() -> None:
    simulation = opened(spot_world(), 1, traced=False)
    simulation.apply(SPOT)
    while not billed(simulation.step(), SpotNotice):
        assert simulation.time_s < 20 * MONTH_S
    simulation.apply(Sell(NODE))
    assert not billed(facts_of(simulation, 2 * MONTH_S), NodeDied)
    assert simulation.bills.notices == {}
    assert simulation.bills.risks == {}


def test_the_same_seed_gives_the_same_reclaims_and_a_replay_the_same_hash() -> None:
    def played(seed: int) -> Simulation:
        simulation = opened(spot_world(), seed)
        simulation.apply(SPOT)
        simulation.apply(Build("web", 5, 5))
        simulation.apply(SetPolicy(2, "billing", "reserved"))
        run_for(simulation, 3 * MONTH_S)
        return simulation

    one = played(3)
    assert one.state_hash() == played(3).state_hash() != played(4).state_hash()
    again = replay.play(one.stage, replay.from_text(replay.to_text(one.run)))
    assert again.state_hash() == one.state_hash()
    assert again.view.finance.reservations == one.view.finance.reservations


def test_billing_is_part_of_the_hash_only_where_there_is_a_choice() -> None:
    simulation = opened(spot_world(), 3, traced=False)
    simulation.apply(SPOT)
    run_for(simulation, 1.0)
    before = simulation.state_hash()
    simulation.bills.notices[NODE] = 99.0
    assert simulation.state_hash() != before
    plain = replace(server(), policies=())
    other = opened(world(kind=plain), 3, traced=False)
    before = other.state_hash()
    other.bills.notices[NODE] = 99.0
    assert other.state_hash() == before
