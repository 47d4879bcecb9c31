"""Players of the fourth stage: a machine for each job, and an eye on what Dev deployed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.spec import StageSpec
from stages.bots.blueprint import Blueprint, Wanted
from stages.bots.habits import (
    Answers,
    Migrates,
    Reserves,
    RestartsInTurn,
    RollsBack,
    ScaleOut,
    ScaleUp,
    When,
    told,
    wants,
)
from stages.bots.panic import PanicBot
from stages.bots.planner import PlanningBot
from stages.bots.player import HESITATION_S, Bot, Patience, World

WEB = [
    ("vm_basic", "redis"),
    ("vm_basic", "sql_replica"),
    ("vm_basic", "sql_master"),
    ("load_balancer", "vm_basic"),
]
CHAT = [("load_balancer", "socket_gateway")]
JOBS = [("vm_basic", "search_engine"), ("serverless", "sql_master"), ("load_balancer", "serverless")]
# What functions look up without troubling the database that takes the writes.
CACHED_JOBS = [("serverless", "redis"), ("serverless", "sql_replica")]
CLUSTER = [
    ("kubernetes", "redis"),
    ("kubernetes", "search_engine"),
    ("kubernetes", "sql_replica"),
    ("kubernetes", "sql_master"),
    ("load_balancer", "kubernetes"),
]
# When Dev speaks of the move, and a moment to read it.
OFFER_S = 74.0
# How long a rush must last before somebody new to it believes that it stays.
DISBELIEF_S = 30.0
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
    """Takes Dev's offer: pods instead of more servers, ready before the rush, and functions for the pictures alone."""
    nodes = {"monitoring": Wanted(1), "socket_gateway": Wanted(1), "serverless": Wanted(1), "vm_basic": Wanted(3)}
    plan = Blueprint(nodes, [*JOBS, *CACHED_JOBS, *CHAT, *WEB, *CLUSTER])
    plan.settings = {
        "load_balancer": {"balancing": "least_connections"},
        "kubernetes": {"target_percent": 50, "min_instances": 8, "max_workers": 8},
    }
    return PlanningBot(
        stage,
        plan,
        Answers(ANSWERS),
        RollsBack(notice_s=5.0),
        RestartsInTurn("vm_basic", 0.7),
        When(told("search_launch"), wants(search_engine=1)),
        Migrates(spare=150.0, not_before_s=OFFER_S),
        When(_has_moved, _cluster),
        Reserves("load_balancer", "serverless", "upload"),
        When(told("photo_contest"), wants(serverless=(1, "medium"))),
        When(told("app_of_the_week"), _more_pods),
        When(_rush_without_cluster, wants(vm_basic=6)),
        ScaleOut("socket_gateway", 2, busy=0.7),
        ScaleOut("search_engine", 2, busy=0.7),
        ScaleOut("vm_basic", 4, busy=0.8),
    )


def _has_moved(world: World) -> bool:
    return world.migrated


def _cluster(blueprint: Blueprint) -> None:
    """A cluster, and as many requests for it as it has slots: it counts as one node, however many pods it has."""
    blueprint.want("kubernetes", 1)
    blueprint.settings["load_balancer"] = {"balancing": "weighted"}


def _more_pods(blueprint: Blueprint) -> None:
    blueprint.settings["kubernetes"] = {**blueprint.settings["kubernetes"], "min_instances": 24}


def _rush_without_cluster(world: World) -> bool:
    return told("app_of_the_week")(world) and "kubernetes" not in world.by_kind


def novice(stage: StageSpec) -> PlanningBot:
    """Buys the machine for a feature when the feature is there, and takes a while to suspect a release or a rush."""
    return PlanningBot(
        stage,
        Blueprint({"monitoring": Wanted(1), "socket_gateway": Wanted(1)}, [*JOBS, *CHAT, *WEB]),
        Answers(ANSWERS, Patience(HESITATION_S)),
        RollsBack(notice_s=20.0),
        RestartsInTurn("vm_basic", 0.85),
        When(told("search_launch"), wants(search_engine=1), Patience(HESITATION_S)),
        When(told("photo_contest"), wants(serverless=1), Patience(HESITATION_S)),
        When(_rush_has_begun, wants(vm_basic=4), Patience(DISBELIEF_S)),
        ScaleOut("socket_gateway", 2, patience=Patience(HESITATION_S)),
        ScaleOut("search_engine", 2, patience=Patience(HESITATION_S)),
        ScaleOut("vm_basic", 7, patience=Patience(HESITATION_S)),
    )


def _rush_has_begun(world: World) -> bool:
    return "app_of_the_week" in world.active_events


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
