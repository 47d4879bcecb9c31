"""From a plan to a stage: what a stage file that names a plan need not say itself."""

from __future__ import annotations

from typing import Any

from stages.break_even import CLOUD_USER_MONTH, running
from stages.currency import dollars
from stages.document import Document
from stages.errors import StageSyntaxError
from stages.keypath import did_you_mean, one_of
from stages.presets.demand import answer_work, demand, rates
from stages.presets.fleet import fleet, layout
from stages.presets.hardware import hosting
from stages.presets.plans import Plan, incidents, plans

PLAN = "plan"
# What there is to spend besides the hardware, in dollars.
SPENDING = 30_000.0
# The users there can be, in those that a plan is for.
MARKET = 10.0


def expand(document: Document) -> Document:
    """The stage with everything its plan says, where it does not say so itself. Without a plan: as it is.

    Raises StageSyntaxError when there is no such plan.
    """
    if PLAN not in document.data:
        return document
    name = document.data[PLAN]
    if not isinstance(name, str) or name not in plans():
        hint = did_you_mean(str(name), plans())
        line = document.line((PLAN,))
        raise StageSyntaxError(
            f'{document.name}:{line}: plan: there is no plan "{name}".{hint} Plans: {one_of(plans())}'
        )
    own = {key: value for key, value in document.data.items() if key != PLAN}
    plan = plans()[name]
    return Document(
        document.name, _own_hardware(plan) | (_windwalker(plan) if plan.users[1] else {}) | own, document.lines
    )


def _own_hardware(plan: Plan) -> dict[str, Any]:
    """Hosts, and what they cost."""
    costs = running(plan.servers, plan.users[1])
    investment = dollars(plan.investment)
    return {
        "budget": investment + SPENDING,
        "hosting": hosting(plan),
        "finance": {
            "investment": investment,
            "power_month": dollars(costs.power),
            "line_month": dollars(costs.line),
            "administration_month": dollars(costs.administration),
            "cloud_user_month": dollars(CLOUD_USER_MONTH) if plan.users[1] else 0.0,
        },
    }


def _windwalker(plan: Plan) -> dict[str, Any]:
    """Traffic and VMs for the most users the plan is for."""
    users = plan.users[1]
    each = rates(users)
    step = {"sub_item": "compute", "needs": "inference", "session": True, "work": answer_work(users)}
    return {
        "traffic": {
            "mix": dict(each),
            "users": {"initial": users, "market": users * MARKET, "rps_per_user": sum(each.values())},
        },
        "events": incidents(plan),
        "request_kinds": [{"id": "ask_llm", "base": "ask_llm", "recipe": [step]}],
        **layout(fleet(demand(users), plan.servers)),
    }
