"""Players of the third stage: what is asked again and again is remembered, and what is only read is copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import Answers, ScaleOut, ScaleUp, When, told, wants
from stages.bots.panic import PanicBot
from stages.bots.planner import PlanningBot
from stages.bots.player import HESITATION_S, Bot, Patience

WEB = [("vm_basic", "sql_master"), ("load_balancer", "vm_basic")]
READS = [("sql_master", "sql_replica"), ("vm_basic", "sql_replica"), ("vm_basic", "redis")]


def reference(stage: StageSpec) -> PlanningBot:
    """A small cache and a replica before it starts; then more of whatever gets busy."""
    return PlanningBot(
        stage,
        Blueprint({"redis": Wanted(1, "small"), "sql_replica": Wanted(1), "vm_basic": Wanted(4)}, [*READS, *WEB]),
        Answers({"live_counters": "no", "influencer": "no"}),
        When(told("celebrity"), wants(vm_basic=7)),
        When(told("evening_news"), wants(sql_replica=2, vm_basic=9)),
        ScaleOut("vm_basic", 11, busy=0.7),
    )


def expert(stage: StageSpec) -> PlanningBot:
    """A step ahead of each wave, and a second replica for the day the cache is empty."""
    plan = Blueprint({"redis": Wanted(1, "small"), "sql_replica": Wanted(1), "vm_basic": Wanted(4)}, [*READS, *WEB])
    plan.settings = {"load_balancer": {"balancing": "least_connections"}}
    return PlanningBot(
        stage,
        plan,
        Answers({"live_counters": "no", "influencer": "no"}),
        When(told("first_post"), wants(vm_basic=6)),
        When(told("celebrity"), wants(vm_basic=9, sql_replica=2)),
        When(told("evening_news"), wants(vm_basic=11)),
        ScaleOut("vm_basic", 12, busy=0.65, aim=0.55),
    )


def novice(stage: StageSpec) -> PlanningBot:
    """Knows cache and copies, and thinks that eight servers are enough for anybody."""
    return PlanningBot(
        stage,
        Blueprint({"redis": Wanted(1, "small"), "sql_replica": Wanted(1), "vm_basic": Wanted(4)}, [*READS, *WEB]),
        Answers({"live_counters": "no", "influencer": "no"}, Patience(HESITATION_S)),
        ScaleOut("sql_replica", 2, patience=Patience(HESITATION_S)),
        ScaleOut("vm_basic", 8, busy=0.8, patience=Patience(HESITATION_S)),
    )


def withheld(stage: StageSpec) -> PlanningBot:
    """The same servers as the reference, and a bigger database instead of a cache and copies."""
    return PlanningBot(
        stage,
        Blueprint({"vm_basic": Wanted(4)}, list(WEB)),
        Answers({"live_counters": "no", "influencer": "no"}),
        ScaleUp("sql_master", busy=0.7),
        ScaleOut("vm_basic", 10, busy=0.7),
    )


def panic(stage: StageSpec) -> PanicBot:
    """Whatever the money buys before the doors open; and nothing in the cache may be older than a few seconds."""
    nodes = {"redis": Wanted(1, "small"), "sql_replica": Wanted(2), "monitoring": Wanted(1), "vm_basic": Wanted(10)}
    plan = Blueprint(nodes, [*READS, *WEB], spare=145)
    plan.settings = {"load_balancer": {"balancing": "random"}, "redis": {"ttl_s": 8}}
    return PanicBot(stage, plan)


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {
    "reference": reference,
    "expert": expert,
    "novice": novice,
    "withheld": withheld,
    "panic": panic,
}
