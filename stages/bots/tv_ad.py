"""Players of the second stage: capacity is planned before the ad runs, and pictures are left to the edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import Answers, ScaleOut, ScaleUp, When, told, wants
from stages.bots.panic import PanicBot
from stages.bots.planner import PlanningBot
from stages.bots.player import HESITATION_S, Bot, Patience

BEHIND = [("vm_basic", "sql_master"), ("load_balancer", "vm_basic")]
EDGE = [("cdn", "load_balancer"), ("internet", "cdn")]


def reference(stage: StageSpec) -> PlanningBot:
    """A large CDN at once, twice the servers when the ad is announced, the rest by the load."""
    return PlanningBot(
        stage,
        Blueprint({"cdn": Wanted(1, "large"), "vm_basic": Wanted(3)}, [*BEHIND, *EDGE]),
        Answers({"newsletter": "no", "prime_time": "keep"}),
        When(told("tv_spot"), wants(vm_basic=6)),
        ScaleUp("sql_master", "medium"),
        ScaleOut("vm_basic", 8),
    )


def expert(stage: StageSpec) -> PlanningBot:
    """The large CDN from the start, and servers for the ad before it runs."""
    plan = Blueprint({"cdn": Wanted(1, "large"), "vm_basic": Wanted(4)}, [*BEHIND, *EDGE])
    plan.settings = {"load_balancer": {"balancing": "least_connections"}}
    return PlanningBot(
        stage,
        plan,
        Answers({"newsletter": "yes", "prime_time": "keep"}),
        When(told("tv_spot"), wants(sql_master=(1, "medium"), vm_basic=6)),
        ScaleUp("sql_master", "medium", busy=0.7),
        ScaleOut("vm_basic", 9, busy=0.65, aim=0.5),
    )


def novice(stage: StageSpec) -> PlanningBot:
    """Buys a smaller CDN, and hardly more servers than the first plan said, later."""
    return PlanningBot(
        stage,
        Blueprint({"cdn": Wanted(1, "medium"), "vm_basic": Wanted(3)}, [*BEHIND, *EDGE]),
        Answers({"newsletter": "yes", "prime_time": "keep"}, Patience(HESITATION_S)),
        When(told("tv_spot"), wants(vm_basic=6), Patience(HESITATION_S)),
        ScaleUp("sql_master", "medium", patience=Patience(HESITATION_S)),
        ScaleOut("vm_basic", 7, patience=Patience(HESITATION_S)),
    )


def withheld(stage: StageSpec) -> PlanningBot:
    """Believes no announcement and has never heard of an edge: buys servers once they are busy."""
    return PlanningBot(
        stage,
        Blueprint({"vm_basic": Wanted(3)}, list(BEHIND)),
        Answers({"newsletter": "no", "prime_time": "keep"}),
        ScaleUp("sql_master", "medium"),
        ScaleOut("vm_basic", 16),
    )


def panic(stage: StageSpec) -> PanicBot:
    """Whatever the money buys before the doors open, and a turn at every knob, because somebody said so."""
    nodes = {"cdn": Wanted(1, "large"), "monitoring": Wanted(1), "vm_basic": Wanted(8)}
    plan = Blueprint(nodes, [*BEHIND, *EDGE], spare=120)
    plan.settings = {"load_balancer": {"balancing": "random"}, "sql_master": {"max_connections": 10}}
    return PanicBot(stage, plan)


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {
    "reference": reference,
    "expert": expert,
    "novice": novice,
    "withheld": withheld,
    "panic": panic,
}
