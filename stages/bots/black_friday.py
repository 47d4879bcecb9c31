"""Players of the fifth stage: writes wait in a queue, payments have servers of their own, and robots stay outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import Answers, Migrates, Redrives, Reserves, ScaleOut, ScaleUp, When, told, wants
from stages.bots.panic import PanicBot
from stages.bots.planner import PlanningBot
from stages.bots.player import HESITATION_S, Bot, Patience

WEB = [
    ("vm_basic", "redis"),
    ("vm_basic", "sql_replica"),
    ("vm_basic", "sql_master"),
    ("sql_master", "sql_replica"),
    ("load_balancer", "vm_basic"),
]
QUEUE = [("worker", "sql_master"), ("queue", "worker"), ("vm_basic", "queue")]
DOOR = [("waf", "load_balancer"), ("cdn", "waf")]
CHECKOUT = [
    ("vm_cpu", "sql_replica"),
    ("vm_cpu", "sql_master"),
    ("vm_cpu", "queue"),
    ("load_balancer", "vm_cpu"),
]


def reference(stage: StageSpec) -> PlanningBot:
    """A queue with workers before the sale; a firewall and servers when it is announced; then whatever is busy."""
    nodes = {"queue": Wanted(1, "medium"), "worker": Wanted(2, "medium"), "sql_replica": Wanted(1)}
    return PlanningBot(
        stage,
        Blueprint(nodes, [*QUEUE, *CHECKOUT, *WEB, *DOOR]),
        Answers({"order_mails": "after", "flash_voucher": "no"}),
        Redrives(),
        When(told("doors_open"), wants(waf=1, vm_cpu=(1, "medium"), vm_basic=3)),
        When(told("last_hour"), wants(vm_basic=5, sql_replica=2)),
        ScaleOut("sql_replica", 2),
        ScaleOut("vm_cpu", 3),
        ScaleOut("vm_basic", 5),
    )


def expert(stage: StageSpec) -> PlanningBot:
    """Splits the checkout off on top of it, so that browsing cannot take its servers."""
    nodes = {"queue": Wanted(1, "medium"), "worker": Wanted(2, "medium")}
    plan = Blueprint(nodes, [*QUEUE, *CHECKOUT, *WEB, *DOOR])
    plan.settings = {"load_balancer": {"balancing": "least_connections"}}
    return PlanningBot(
        stage,
        plan,
        Answers({"order_mails": "at_once", "flash_voucher": "yes"}),
        Redrives(),
        Migrates(spare=250.0),
        Reserves("load_balancer", "vm_cpu", "buy"),
        When(told("doors_open"), wants(waf=1, vm_cpu=(2, "medium"), vm_basic=4, sql_replica=2)),
        When(told("last_hour"), wants(vm_cpu=3, vm_basic=5)),
        ScaleOut("vm_cpu", 4, busy=0.65, aim=0.5),
        ScaleOut("vm_basic", 6, busy=0.65, aim=0.5),
    )


def novice(stage: StageSpec) -> PlanningBot:
    """Has a queue in front of the database, but one server for all payments and one copy for all reading, takes all the
    money it is offered, and lets the robots in."""
    nodes = {"queue": Wanted(1, "medium"), "worker": Wanted(2, "medium")}
    return PlanningBot(
        stage,
        Blueprint(nodes, [*QUEUE, *CHECKOUT, *WEB, *DOOR]),
        Answers({"order_mails": "at_once", "flash_voucher": "yes"}, Patience(HESITATION_S)),
        Redrives(),
        When(told("doors_open"), wants(vm_cpu=1, vm_basic=3), Patience(HESITATION_S)),
        When(told("scalpers"), wants(waf=1), Patience(HESITATION_S)),
        ScaleOut("vm_basic", 4, patience=Patience(HESITATION_S)),
    )


def withheld(stage: StageSpec) -> PlanningBot:
    """Ready in time with servers and the largest database there is money for, but every write waits for it."""
    return PlanningBot(
        stage,
        Blueprint({}, [*CHECKOUT, *WEB]),
        Answers({"order_mails": "after", "flash_voucher": "no"}),
        When(told("doors_open"), wants(sql_master=(1, "large"), vm_cpu=(2, "medium"), vm_basic=3)),
        ScaleUp("sql_master"),
        ScaleOut("sql_replica", 2),
        ScaleOut("vm_cpu", 3),
        ScaleOut("vm_basic", 5),
    )


def panic(stage: StageSpec) -> PanicBot:
    """The whole shop before the doors open, as far as the money goes, and nothing thought through."""
    nodes = {
        "queue": Wanted(1),
        "worker": Wanted(2),
        "waf": Wanted(1),
        "vm_cpu": Wanted(1, "medium"),
        "vm_basic": Wanted(5),
    }
    plan = Blueprint(nodes, [*QUEUE, *CHECKOUT, *WEB, *DOOR], spare=60)
    plan.settings = {"load_balancer": {"balancing": "random"}, "redis": {"ttl_s": 20}}
    return PanicBot(stage, plan)


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {
    "reference": reference,
    "expert": expert,
    "novice": novice,
    "withheld": withheld,
    "panic": panic,
}
