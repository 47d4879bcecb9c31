"""How fast the engine is: generated three-tier systems of several sizes at several rates, a board of every kind, and
the first stage.

Every system is as large as its rate needs: slots are chosen so that servers and databases run at a utilisation of about
0.7 (a server has two slots at least), and the rates really offered and answered are reported beside the cost.
"""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from engine.commands import Accepted, Reserve, StartOperation
from engine.simulation import Simulation
from engine.spec import (
    CurvePoint,
    GoalSpec,
    NodeKind,
    NodeSize,
    RecipeStep,
    RequestKind,
    Role,
    StageSpec,
    StartNode,
    StartWire,
    SubItem,
    TrafficSpec,
    UslSpec,
)
from stages.checks.kinds import SERVING
from stages.load import load_stage
from stages.simulate import play

NODES = (10, 30, 100, 300)
RATES = (100.0, 10_000.0, 1_000_000.0)
UTILISATION = 0.7
STEP_S = 0.01
SERVICE_MS = {SubItem.STATIC: 50.0, SubItem.COMPUTE: 80.0, SubItem.READ: 40.0, SubItem.WRITE: 80.0}
EVERY_KIND = Path(__file__).parent / "examples" / "every_kind.toml"
EVERY_KIND_RATES = (100.0, 300.0)
WARM_UP_STEPS = 500
RUNS, STEPS = 5, 300

# Six kinds of request with their share of the traffic.
_RECIPES: dict[str, tuple[float, tuple[SubItem, ...]]] = {
    "page": (0.40, (SubItem.STATIC,)),
    "article": (0.25, (SubItem.STATIC, SubItem.READ)),
    "search": (0.15, (SubItem.COMPUTE, SubItem.READ)),
    "sign_up": (0.05, (SubItem.STATIC, SubItem.WRITE)),
    "upload": (0.05, (SubItem.COMPUTE, SubItem.WRITE)),
    "checkout": (0.10, (SubItem.STATIC, SubItem.READ, SubItem.WRITE)),
}


def bench(only_every_kind: bool = False) -> dict[str, Any]:
    """All measurements, ready for JSON, which take about a minute; or only the board of every kind."""
    every_kind = [measure_every_kind(rps) for rps in EVERY_KIND_RATES]
    if only_every_kind:
        return {"every_kind": every_kind}
    kernel = [measure(nodes, rps) for nodes in NODES for rps in RATES]
    return {"kernel": kernel, "every_kind": every_kind, "stage": measure_stage("hello_world")}


def measure(nodes: int, rps: float) -> dict[str, Any]:
    """The cost of a step with this many nodes at this rate: median (and worst) of several stretches after a warm-up."""
    return _measure(Simulation(three_tiers(nodes, rps), seed=1), rps)


def measure_every_kind(rps: float) -> dict[str, Any]:
    """The same for the board of `examples/every_kind.toml`, one kind of request with a service of its own."""
    simulation = Simulation(load_stage(EVERY_KIND, [f"traffic.curve[0].rps={rps:g}"]), seed=1)
    number = {node.key: place for place, node in enumerate(simulation.stage.nodes)}
    answer = simulation.apply(Reserve(number["gateway"], number["shop"], "buy,upload"))
    if not isinstance(answer, Accepted):
        raise ValueError(f"{EVERY_KIND}: the wire cannot be reserved: {answer.code}")
    return _measure(simulation, rps)


def _measure(simulation: Simulation, rps: float) -> dict[str, Any]:
    simulation.apply(StartOperation())
    for _ in range(WARM_UP_STEPS):
        simulation.step()
    before, times = simulation.view.totals, []
    for _ in range(RUNS):
        start = process_time()
        for _ in range(STEPS):
            simulation.step()
        times.append((process_time() - start) / STEPS * 1e6)
    after, seconds = simulation.view.totals, RUNS * STEPS * simulation.dt_s
    failed = sum(after.failed.values()) - sum(before.failed.values())
    servers = [node for node in simulation.view.nodes if simulation.stage.node_kind(node.kind).role in SERVING]
    statistics = simulation.view.node_statistics()
    return {
        "nodes": len(simulation.view.nodes),
        "target_rps": rps,
        "offered_rps": (after.born - before.born) / seconds,
        "done_rps": (after.done - before.done) / seconds,
        "failed_share": failed / max(after.born - before.born, 1),
        "utilisation": sum(statistics[node.id].utilisation for node in servers) / len(servers),
        "us_per_step": median(times),
        "us_per_step_worst": max(times),
    }


def measure_stage(name: str, bot: str = "reference") -> dict[str, Any]:
    """Simulated seconds a wall second of a campaign stage, played by a bot."""
    stage = load_stage(name)
    paces, steps = [], []
    for seed in range(1, 4):
        start = process_time()
        simulation = play(stage, seed, bot)
        wall_s = process_time() - start
        paces.append(simulation.view.time_s / wall_s)
        steps.append(wall_s / max(simulation.view.step, 1) * 1e6)
    return {"stage": name, "bot": bot, "simulated_s_per_wall_s": median(paces), "us_per_step": median(steps)}


def three_tiers(nodes: int, rps: float) -> StageSpec:
    """A stage of `nodes` nodes: the source, a balancer, and groups of a balancer, web servers and a database."""
    groups = max(1, (nodes - 2) // 9)
    webs = nodes - 2 - groups - (groups if groups > 1 else 0)
    web_s = sum(share * _seconds(recipe) for share, recipe in _RECIPES.values())
    data_s = sum(share * _seconds(recipe, (SubItem.READ, SubItem.WRITE)) for share, recipe in _RECIPES.values())
    kinds = (
        NodeKind(id="internet", role=Role.SOURCE, sizes=(NodeSize(id="standard"),), may_call=("balancer",)),
        NodeKind(
            id="balancer",
            role=Role.BALANCER,
            sizes=(NodeSize(id="standard"),),
            may_call=("balancer", "web"),
            free_wires=999,
        ),
        _worker("web", Role.COMPUTE, rps * web_s / webs, (SubItem.STATIC, SubItem.COMPUTE), ("database",)),
        _worker("database", Role.DATABASE, rps * data_s / groups, (SubItem.READ, SubItem.WRITE), ()),
    )
    start_nodes, wires = _wire(groups, webs)
    return StageSpec(
        id="bench",
        duration_s=1e9,
        step_ms=STEP_S * 1000,
        traffic=TrafficSpec(
            mix={name: share for name, (share, _) in _RECIPES.items()}, curve=(CurvePoint(at_s=0.0, rps=rps),)
        ),
        request_kinds=tuple(
            RequestKind(id=name, recipe=tuple(RecipeStep(sub_item=item) for item in recipe))
            for name, (_, recipe) in _RECIPES.items()
        ),
        node_kinds=kinds,
        nodes=start_nodes,
        wires=wires,
        width=64,
        height=64,
        goal=GoalSpec(error_threshold=1.0),
    )


def _seconds(recipe: tuple[SubItem, ...], items: tuple[SubItem, ...] = tuple(SubItem)) -> float:
    return sum(SERVICE_MS[item] for item in recipe if item in items) / 1000.0


def _worker(name: str, role: Role, erlangs: float, items: tuple[SubItem, ...], may_call: tuple[str, ...]) -> NodeKind:
    """A kind with slots for an offered load in Erlang; a database's contention costs it a twentieth of its pace."""
    pace = 0.95 if role is Role.DATABASE else 1.0
    slots = max(2, math.ceil(erlangs / UTILISATION / pace))
    contention = (1.0 / pace - 1.0) / max(slots * UTILISATION, 1.0)
    usl = UslSpec(contention_read=contention, contention_write=contention) if role is Role.DATABASE else None
    size = NodeSize(id="standard", slots=slots, queue=10 * slots, service_ms={item: SERVICE_MS[item] for item in items})
    return NodeKind(id=name, role=role, sizes=(size,), may_call=may_call, usl=usl, free_wires=999)


def _wire(groups: int, webs: int) -> tuple[tuple[StartNode, ...], tuple[StartWire, ...]]:
    keys = [("internet", "internet"), ("front", "balancer")]
    wires = [("internet", "front")]
    for group in range(groups):
        entry = "front"
        if groups > 1:
            entry = f"balancer_{group}"
            keys.append((entry, "balancer"))
            wires.append(("front", entry))
        keys.append((f"database_{group}", "database"))
        for web in range(group, webs, groups):
            keys.append((f"web_{web}", "web"))
            wires += [(entry, f"web_{web}"), (f"web_{web}", f"database_{group}")]
    nodes = tuple(StartNode(key=key, kind=kind, x=place % 64, y=place // 64) for place, (key, kind) in enumerate(keys))
    return nodes, tuple(StartWire(source=source, target=target) for source, target in wires)
