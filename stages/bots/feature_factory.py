"""Players of the fourth stage: a machine for each job, and an eye on what Dev deployed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import Answers, RestartsInTurn, RollsBack, ScaleOut, ScaleUp, When, told, wants
from stages.bots.panic import PanicBot
from stages.bots.planner import PlanningBot
from stages.bots.player import HESITATION_S, Bot, Patience

WEB = [
    ("vm_basic", "redis"),
    ("vm_basic", "sql_replica"),
    ("vm_basic", "sql_master"),
    ("load_balancer", "vm_basic"),
]
CHAT = [("load_balancer", "socket_gateway")]
JOBS = [("vm_basic", "search_engine"), ("serverless", "sql_master"), ("load_balancer", "serverless")]
ANSWERS = {"add_chat": "now", "stronger_search": "yes"}


def reference(stage: StageSpec) -> PlanningBot:
    """Each machine before its feature goes live; rolls the leak back, then restarts what it has filled."""
    nodes = {"monitoring": Wanted(1), "socket_gateway": Wanted(1), "serverless": Wanted(1)}
    return PlanningBot(
        stage,
        Blueprint(nodes, [*JOBS, *CHAT, *WEB]),
        Answers(ANSWERS),
        RollsBack(notice_s=12.0),
        RestartsInTurn("vm_basic", 0.75),
        When(told("search_launch"), wants(search_engine=1, vm_basic=4)),
        When(told("app_of_the_week"), wants(vm_basic=6)),
        ScaleOut("socket_gateway", 2, busy=0.8),
        ScaleOut("search_engine", 2, busy=0.8),
        ScaleOut("vm_basic", 8),
    )


def expert(stage: StageSpec) -> PlanningBot:
    """The same a step ahead, with room in the database for the writes of the contests."""
    nodes = {"monitoring": Wanted(1), "socket_gateway": Wanted(1), "serverless": Wanted(1), "vm_basic": Wanted(4)}
    plan = Blueprint(nodes, [*JOBS, *CHAT, *WEB])
    plan.settings = {"load_balancer": {"balancing": "least_connections"}}
    return PlanningBot(
        stage,
        plan,
        Answers(ANSWERS),
        RollsBack(notice_s=5.0),
        RestartsInTurn("vm_basic", 0.7),
        When(told("search_launch"), wants(search_engine=1)),
        When(told("photo_contest"), wants(sql_master=(1, "medium"), serverless=(1, "medium"))),
        When(told("app_of_the_week"), wants(vm_basic=6)),
        ScaleOut("socket_gateway", 2, busy=0.7),
        ScaleOut("search_engine", 2, busy=0.7),
        ScaleOut("vm_basic", 8, busy=0.65, aim=0.5),
    )


def novice(stage: StageSpec) -> PlanningBot:
    """Buys the machine for a feature when the feature is there, and takes a while to suspect a release."""
    return PlanningBot(
        stage,
        Blueprint({"monitoring": Wanted(1), "socket_gateway": Wanted(1)}, [*JOBS, *CHAT, *WEB]),
        Answers(ANSWERS, Patience(HESITATION_S)),
        RollsBack(notice_s=20.0),
        RestartsInTurn("vm_basic", 0.85),
        When(told("search_launch"), wants(search_engine=1), Patience(HESITATION_S)),
        When(told("photo_contest"), wants(serverless=1), Patience(HESITATION_S)),
        ScaleOut("socket_gateway", 2, patience=Patience(HESITATION_S)),
        ScaleOut("search_engine", 2, patience=Patience(HESITATION_S)),
        ScaleOut("vm_basic", 7, patience=Patience(HESITATION_S)),
    )


def withheld(stage: StageSpec) -> PlanningBot:
    """Gives every job but chat to the servers and databases there are, and watches the leak."""
    return PlanningBot(
        stage,
        Blueprint({"monitoring": Wanted(1), "socket_gateway": Wanted(1), "vm_basic": Wanted(4)}, [*CHAT, *WEB]),
        Answers(ANSWERS),
        ScaleUp("sql_master", "medium"),
        ScaleOut("sql_replica", 3),
        ScaleOut("vm_basic", 9),
    )


def panic(stage: StageSpec) -> PanicBot:
    """One of everything the shop has, then servers, servers, servers."""
    nodes = {
        "socket_gateway": Wanted(1, "medium"),
        "search_engine": Wanted(1),
        "serverless": Wanted(1, "medium"),
        "vm_basic": Wanted(6),
    }
    plan = Blueprint(nodes, [*JOBS, *CHAT, *WEB], spare=150)
    plan.settings = {"load_balancer": {"balancing": "random"}, "redis": {"ttl_s": 5}}
    return PanicBot(stage, plan)


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {
    "reference": reference,
    "expert": expert,
    "novice": novice,
    "withheld": withheld,
    "panic": panic,
}
