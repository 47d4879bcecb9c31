"""Small stages for the tests, made of the engine's own dataclasses."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.commands import (
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Move,
    Resize,
    Restart,
    Sell,
    SetPolicy,
    StartOperation,
)
from engine.simulation import Simulation
from engine.spec import (
    CurvePoint,
    GoalSpec,
    NodeKind,
    NodeSize,
    PolicySpec,
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

NEVER_LOSE = GoalSpec(error_threshold=1.0)
BALANCING = PolicySpec(key="balancing", choices=("round_robin", "least_connections"), default="round_robin")
CONNECTIONS = PolicySpec(key="max_connections", minimum=1)


def recipe(*steps: str) -> tuple[RecipeStep, ...]:
    """A recipe from the names of its sub-items."""
    return tuple(RecipeStep(sub_item=SubItem(step)) for step in steps)


def source(*calls: str, single: bool = False) -> NodeKind:
    """Where the visitors come from."""
    size = NodeSize(id="s")
    return NodeKind(
        id="internet", role=Role.SOURCE, sizes=(size,), may_call=calls, sellable=False, single_target=single
    )


def server(
    kind: str,
    slots: int,
    service_ms: Mapping[SubItem, float],
    queue: int = 1_000_000,
    *,
    role: Role = Role.COMPUTE,
    calls: Sequence[str] = (),
    patience_s: float = 1e5,
    usl: UslSpec | None = None,
) -> NodeKind:
    """A kind with one size."""
    size = NodeSize(id="s", slots=slots, service_ms=service_ms, queue=queue)
    policies = (CONNECTIONS,) if role is Role.DATABASE else ()
    return NodeKind(
        id=kind,
        role=role,
        sizes=(size,),
        may_call=tuple(calls),
        patience_s=patience_s,
        free_wires=99,
        usl=usl,
        policies=policies,
    )


def balancer(policy: str, *calls: str, rate_cap_rps: float = 0.0, queue: int = 0) -> NodeKind:
    """A load balancer with a policy."""
    size = NodeSize(id="s", rate_cap_rps=rate_cap_rps, queue=queue)
    kept = replace(BALANCING, default=policy)
    return NodeKind(id="balancer", role=Role.BALANCER, sizes=(size,), may_call=calls, free_wires=99, policies=(kept,))


def stage(
    kinds: Sequence[NodeKind],
    nodes: Sequence[tuple[str, str]],
    wires: Sequence[tuple[str, str]],
    rate: float,
    requests: Sequence[RequestKind],
    **more: object,
) -> StageSpec:
    """A stage with a constant rate. nodes: (key, kind); wires: (caller, called) by key."""
    spec = StageSpec(
        id="test",
        duration_s=1e7,
        traffic=TrafficSpec(mix={kind.id: 1.0 for kind in requests}, curve=(CurvePoint(at_s=0.0, rps=rate),)),
        request_kinds=tuple(requests),
        node_kinds=tuple(kinds),
        nodes=tuple(StartNode(key=key, kind=kind, x=i % 40, y=i // 40) for i, (key, kind) in enumerate(nodes)),
        wires=tuple(StartWire(source=s, target=t) for s, t in wires),
        unlocked=tuple(kind.id for kind in kinds if kind.role is not Role.SOURCE),
        width=40,
        height=20,
        budget=1e9,
        goal=NEVER_LOSE,
    )
    return replace(spec, **more)  # type: ignore[arg-type]


def mmc(slots: int, mean_ms: float, rate: float, queue: int = 1_000_000, **more: object) -> StageSpec:
    """One node with `slots` servers, exponential service, Poisson arrivals: M/M/c, or M/M/c/K with a bounded queue."""
    kinds = (source("node"), server("node", slots, {SubItem.STATIC: mean_ms}, queue))
    page = RequestKind(id="page", recipe=recipe("static"))
    wires = (("in", "node"),)
    return stage(kinds, (("in", "internet"), ("node", "node")), wires, rate, (page,), **{"step_ms": 10.0} | more)


def three_tier(rate: float, policy: str = "round_robin", **more: object) -> StageSpec:
    """A balancer, three web servers with 6 slots, and a database with 10, under three kinds of request."""
    kinds = (
        source("balancer"),
        balancer(policy, "web"),
        server("web", 6, {SubItem.STATIC: 60.0, SubItem.COMPUTE: 120.0}, 30, calls=("database",), patience_s=2.0),
        server("database", 10, {SubItem.READ: 80.0, SubItem.WRITE: 160.0}, 40, role=Role.DATABASE, patience_s=2.0),
    )
    requests = (
        RequestKind(id="page", recipe=recipe("static", "read")),
        RequestKind(id="order", recipe=recipe("static", "read", "write")),
        RequestKind(id="report", recipe=recipe("static", "compute")),
    )
    nodes = [("in", "internet"), ("lb", "balancer"), ("w1", "web"), ("w2", "web"), ("w3", "web"), ("db", "database")]
    wires = [("in", "lb"), *(("lb", f"w{i}") for i in (1, 2, 3)), *((f"w{i}", "db") for i in (1, 2, 3))]
    return stage(kinds, nodes, wires, rate, requests, **{"step_ms": 5.0} | more)


def opened(spec: StageSpec, seed: int, *, traced: bool = True) -> Simulation:
    """A simulation in operation. traced: whether single requests are followed, which percentiles and packets need."""
    simulation = Simulation(spec, seed, traced)
    simulation.apply(StartOperation())
    return simulation


def run_for(simulation: Simulation, seconds: float) -> None:
    """Step for some simulated seconds."""
    for _ in range(round(seconds / simulation.dt_s)):
        simulation.step()


def random_stage(seed: int) -> StageSpec:
    """A random topology of balancers in up to two layers, servers that call databases or other servers, and odd
    sizes.
    """
    dice = random.Random(seed)
    usl = UslSpec(contention_read=0.01, contention_write=0.05, coherency_read=0.0005, coherency_write=0.004)
    web_sizes = tuple(
        NodeSize(
            id=f"s{i}",
            price=10,
            slots=dice.randint(1, 8),
            queue=dice.randint(0, 30),
            service_ms={SubItem.STATIC: dice.choice((40, 90)), SubItem.COMPUTE: 150.0},
        )
        for i in range(3)
    )
    web = NodeKind(
        id="web",
        role=Role.COMPUTE,
        sizes=web_sizes,
        may_call=("database", "back", "balancer"),
        patience_s=dice.choice((0.3, 2.0)),
        build_s=0.5,
        resize_s=0.7,
        restart_s=0.4,
        wire_overhead=0.05,
        free_wires=3,
    )
    back = server("back", 3, {SubItem.COMPUTE: 120.0}, 10, calls=("database",), patience_s=0.5)
    database = server(
        "database", 12, {SubItem.READ: 50.0, SubItem.WRITE: 90.0}, 20, role=Role.DATABASE, patience_s=1.0, usl=usl
    )
    kinds = (
        source("balancer", "web"),
        balancer(dice.choice(BALANCING.choices), "web", "balancer", rate_cap_rps=dice.choice((0.0, 60.0)), queue=15),
        web,
        replace(back, restart_s=0.3),
        replace(database, restart_s=0.5, resize_s=0.5),
    )
    nodes = [("in", "internet"), *((f"b{i}", "balancer") for i in range(dice.randint(1, 3)))]
    nodes += [(f"w{i}", "web") for i in range(dice.randint(1, 4))]
    nodes += [("back", "back"), *((f"d{i}", "database") for i in range(dice.randint(1, 2)))]
    keys = {kind: [key for key, of in nodes if of == kind] for kind in ("balancer", "web", "back", "database")}
    wires = [("in", key) for key in keys["balancer"]]
    wires += [(b, w) for b in keys["balancer"] for w in keys["web"] if dice.random() < 0.8]
    wires += [(w, d) for w in keys["web"] for d in keys["database"] if dice.random() < 0.8]
    wires += [(w, "back") for w in keys["web"] if dice.random() < 0.5] + [("back", keys["database"][0])]
    requests = (
        RequestKind(id="page", recipe=recipe("static", "read", "read")),
        RequestKind(id="order", recipe=recipe("static", "write", "compute")),
        RequestKind(
            id="query",
            recipe=recipe(
                "read",
            ),
        ),
    )
    return stage(kinds, nodes, wires, dice.choice((150.0, 400.0, 1500.0)), requests)


def random_command(dice: random.Random, simulation: Simulation) -> Command:
    """Some act of a player who clicks everywhere; it may well be refused."""
    ids = [*simulation.view.node_ids, 999]
    node, other = dice.choice(ids), dice.choice(ids)
    x, y = dice.randint(-1, 12), dice.randint(0, 19)
    kind = dice.choice(("balancer", "web", "back", "database", "internet", "nothing"))
    return dice.choice(
        (
            Build(kind, x, y),
            Connect(node, other),
            Disconnect(node, other),
            Sell(node),
            Restart(node),
            Resize(node, dice.choice(("s", "s0", "s1", "s2"))),
            Clone(node, x, y),
            Move(node, x, y),
            SetPolicy(node, "balancing", dice.choice(("round_robin", "least_connections", "wrong"))),
            SetPolicy(node, "max_connections", dice.randint(-1, 14)),
        )
    )
