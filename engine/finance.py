"""Where the money goes, for the view."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from engine.spec import FinanceSpec, Role
from engine.spec.finance import MONTH_DAYS
from engine.view import FinanceView, NodeCost, Reservation

if TYPE_CHECKING:
    from engine.simulation import Simulation


def finance_view(sim: Simulation) -> FinanceView:
    """The finances of a run at this moment. The book value falls in a straight line over the time of writing off."""
    spec = sim.stage.finance or FinanceSpec()
    months = sim.time_s / sim.bills.month_s
    left = max(1.0 - months / spec.write_off_months, 0.0)
    write_off = spec.investment / spec.write_off_months if left > 0 else 0.0
    nodes = _by_kind(sim)
    idle = sim.bills.idle_per_day * MONTH_DAYS
    running = spec.fixed_month + idle + math.fsum(cost.keep_month + cost.calls_month for cost in nodes)
    income = sim.economy.income_per_day * MONTH_DAYS
    loss = running - income
    reserve = sim.budget + (0.0 if sim.stage.sandbox else sim.stage.overdraft)
    cloud = spec.cloud_user_month * sim.traffic.users if spec.cloud_user_month > 0 else float("nan")
    return FinanceView(
        months=months,
        investment=spec.investment,
        book_value=spec.investment * left,
        write_off_month=write_off,
        power_month=spec.power_month,
        line_month=spec.line_month,
        administration_month=spec.administration_month,
        rent_month=spec.rent_month,
        nodes=nodes,
        reservations=_reservations(sim),
        idle_month=idle,
        discount_month=_discount_per_day(sim) * MONTH_DAYS,
        income_month=income,
        running_month=running,
        cost_month=running + write_off,
        runway_months=max(reserve, 0.0) / loss if loss > 0 else float("inf"),
        built=sim.stage.budget - spec.investment + sim.economy.earned - sim.economy.spent - sim.budget,
        earned=sim.economy.earned,
        spent=sim.economy.spent,
        cloud_month=cloud,
    )


def _by_kind(sim: Simulation) -> tuple[NodeCost, ...]:
    keep: dict[str, float] = defaultdict(float)
    count: Counter[str] = Counter()
    away: Counter[str] = Counter()
    for node in sim.board.nodes.values():
        if node.kind.role is not Role.SOURCE:
            keep[node.kind.id] += sim.economy.keep_of(node) * MONTH_DAYS
            count[node.kind.id] += 1
            away[node.kind.id] += node.id in sim.bills.away
    calls = sim.economy.calls_per_day
    costs = [NodeCost(kind, count[kind], keep[kind], calls.get(kind, 0.0) * MONTH_DAYS, away[kind]) for kind in keep]
    return tuple(sorted(costs, key=lambda cost: (-(cost.keep_month + cost.calls_month), cost.kind)))


def _discount_per_day(sim: Simulation) -> float:
    """What the nodes would cost more on demand; one that was taken away is no saving."""
    saved = 0.0
    for node in sim.board.nodes.values():
        share = sim.bills.share(node)
        if 0.0 < share < 1.0:
            saved += sim.economy.keep_of(node) * (1.0 / share - 1.0)
    return saved


def _reservations(sim: Simulation) -> tuple[Reservation, ...]:
    bills = sim.bills
    return tuple(
        Reservation(c.kind, c.size, c.node, bills.months_left(c), c.per_day * MONTH_DAYS) for c in bills.contracts
    )
