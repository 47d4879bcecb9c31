"""Players of the endless mode: no last day, so whatever is busy is doubled for as long as there is money."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import (
    Answers,
    Redrives,
    RestartsInTurn,
    RollsBack,
    ScaleOut,
    ScaleUp,
    When,
    told,
    wants,
)
from stages.bots.planner import PlanningBot
from stages.bots.player import Bot

WEB = [
    ("sql_master", "sql_replica"),
    ("vm_basic", "redis"),
    ("vm_basic", "sql_replica"),
    ("vm_basic", "search_engine"),
    ("vm_basic", "sql_master"),
    ("load_balancer", "vm_basic"),
]
FEATURES = [("serverless", "sql_master"), ("load_balancer", "serverless"), ("load_balancer", "socket_gateway")]
MOST_SERVERS = 20


def reference(stage: StageSpec) -> PlanningBot:
    """Cache and functions at once, a machine for each feature before it comes, and more of whatever gets busy."""
    nodes = {"serverless": Wanted(1, "medium"), "redis": Wanted(1, "small"), "vm_basic": Wanted(4)}
    return PlanningBot(
        stage,
        Blueprint(nodes, [*WEB, *FEATURES], spare=20.0),
        Answers({"newsletter": "yes", "flash_voucher": "yes"}),
        RollsBack(),
        RestartsInTurn("vm_basic"),
        Redrives(),
        When(told("chat_soon"), wants(socket_gateway=1)),
        When(told("search_launch"), wants(search_engine=1)),
        ScaleUp("sql_master", busy=0.7),
        ScaleUp("cdn", busy=0.7),
        ScaleOut("sql_replica", 3),
        ScaleOut("search_engine", 3),
        ScaleOut("socket_gateway", 3),
        ScaleOut("vm_basic", MOST_SERVERS, busy=0.65, aim=0.5),
    )


BOTS: Mapping[str, Callable[[StageSpec], Bot]] = {"reference": reference}
