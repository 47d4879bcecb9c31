"""Boards of all kinds of the catalogue, made quick: what takes seconds there takes tenths of a second here."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import stages
from engine.commands import (
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Move,
    Operate,
    Reserve,
    Resize,
    Restart,
    Sell,
    SetPolicy,
)
from engine.simulation import Simulation
from engine.spec import (
    ClientSpec,
    CurvePoint,
    Department,
    Envelope,
    EventSpec,
    NodeEffect,
    NodeKind,
    PolicySpec,
    Role,
    StageSpec,
    StartNode,
    StartWire,
    TrafficEffect,
    TrafficSpec,
    ZoneSpec,
)
from stages.load import load_stage
from tests.engine.builders import NEVER_LOSE

EVERY_KIND = Path(stages.__file__).parent / "examples" / "every_kind.toml"
LAYERS = (
    ("cdn", 1), ("waf", 1), ("api_gateway", 1), ("load_balancer", 2), ("vm_basic", 2), ("vm_cpu", 1), ("vm_group", 1),
    ("serverless", 1), ("kubernetes", 1), ("socket_gateway", 1), ("gpu_server", 1), ("redis", 1), ("search_engine", 1),
    ("queue", 1), ("worker", 2), ("sql_master", 1), ("sql_replica", 2), ("nosql", 1), ("monitoring", 1), ("backup", 1),
)  # fmt: skip
WIDTH, HEIGHT = 18, 12


@cache
def every_kind() -> StageSpec:
    """The sample of the catalogue that wires every kind."""
    return load_stage(EVERY_KIND)


def quick(kind: NodeKind) -> NodeKind:
    """The same kind in a hurry."""
    changes: dict[str, object] = {
        name: min(getattr(kind, name), most)
        for name, most in (("build_s", 0.3), ("resize_s", 0.4), ("restart_s", 0.3), ("health_check_s", 0.3))
    }
    if kind.autoscale is not None:
        changes["autoscale"] = replace(kind.autoscale, start_s=0.3, sync_s=0.3, stabilisation_s=0.6)
    if kind.cluster is not None:
        changes["cluster"] = replace(kind.cluster, worker_start_s=0.4, worker_idle_s=0.5)
    if kind.serverless is not None:
        changes["serverless"] = replace(kind.serverless, cold_start_s=0.25, keep_alive_s=0.5)
    if kind.replica is not None:
        changes["replica"] = replace(kind.replica, detection_s=0.3, promotion_s=0.3)
    if kind.backup is not None:
        changes["backup"] = replace(kind.backup, window_s=0.2, restore_s=0.4)
    if kind.gateway is not None:
        changes["gateway"] = replace(kind.gateway, window_s=1.0, open_s=0.5)
    return replace(kind, **changes)  # type: ignore[arg-type]


def _setting(dice: random.Random, policy: PolicySpec) -> PolicySpec:
    if policy.choices:
        return replace(policy, default=dice.choice(policy.choices))
    tight = {"interval_s": 1, "rate_limit_rps": 150, "ttl_s": 2, "retry_budget_percent": 20}.get(policy.key)
    if tight is not None and dice.random() < 0.6:
        return replace(policy, default=tight, minimum=min(policy.minimum, tight))
    return policy


def _shaken(dice: random.Random, kind: NodeKind) -> NodeKind:
    """A quick kind with other defaults, other patience, and short queues now and then."""
    kind = quick(kind)
    kind = replace(kind, policies=tuple(_setting(dice, policy) for policy in kind.policies))
    if dice.random() < 0.5:
        kind = replace(kind, patience_s=dice.choice((0.2, 1.0)))
    if dice.random() < 0.4:
        kind = replace(kind, sizes=tuple(replace(size, queue=min(size.queue, 6)) for size in kind.sizes))
    return kind


def _events(dice: random.Random, seconds: float) -> tuple[EventSpec, ...]:
    hold = Envelope(rise_s=0.2, hold_s=0.8, decay_s=0.2)
    blows = [
        NodeEffect(down_s=0.5, pick="one"),
        NodeEffect(zone=dice.choice("ab"), down_s=0.6),
        NodeEffect(kinds=("sql_master",), down_s=1.5),
        NodeEffect(kinds=("vm_basic", "worker", "socket_gateway"), leak_mb_s=9000.0, envelope=hold),
        NodeEffect(fault_share=0.4, envelope=hold, pick="one"),
        NodeEffect(kinds=("worker", "sql_master"), fault_share=0.7, envelope=hold),
        NodeEffect(pace=0.2, envelope=hold, pick="one"),
        NodeEffect(kinds=("redis", "cdn"), flush=True),
        NodeEffect(kinds=("sql_master", "sql_replica"), data_loss=True, pick="one"),
        NodeEffect(kinds=("kubernetes",), lose_worker=True),
    ]
    burst = TrafficEffect(multiplier=4.0, envelope=hold)
    parts = [((), (blow,)) for blow in dice.sample(blows, 6)] + [((burst,), ())]
    return tuple(
        EventSpec(
            id=f"event{i}",
            department=Department.SYSTEM,
            at_s=dice.uniform(0.2, seconds),
            effects=effects,
            node_effects=node_effects,
        )
        for i, (effects, node_effects) in enumerate(parts)
    )


def random_world(seed: int, seconds: float) -> StageSpec:
    """A random board of every kind, with random settings, retries, bursts and things that happen to nodes."""
    dice = random.Random(seed)
    spec = every_kind()
    kinds = {kind.id: _shaken(dice, kind) for kind in spec.node_kinds}
    placed = [("internet", "internet")]
    for kind, most in LAYERS:
        placed += [(f"{kind}{i}", kind) for i in range(dice.randint(kind in ("sql_master", "vm_basic"), most))]
    doors = [key for key, kind in placed if kind in kinds["internet"].may_call]
    wires = [("internet", doors[0])]
    for i, (caller, kind) in enumerate(placed[1:], 1):
        for target, other in placed[i + 1 :]:
            if other in kinds[kind].may_call and dice.random() < (0.9 if other == "worker" else 0.55):
                wires.append((caller, target))
        if kind == "backup":
            wires += [(caller, target) for target, other in placed if other == "sql_master"]
    cells = dice.sample([(x, y) for x in range(WIDTH) for y in range(HEIGHT)], len(placed))
    nodes = tuple(
        StartNode(key=key, kind=kind, x=x, y=y, size=dice.choice(kinds[kind].sizes).id)
        for (key, kind), (x, y) in zip(placed, cells, strict=True)
    )
    single = {kind.id for kind in kinds.values() if kind.single_target}
    kept: dict[str, int] = {}
    wires = [
        w
        for w in wires
        if w[0].rstrip("0123456789") not in single or (kept.setdefault(w[0], 0) == 0 and not kept.update({w[0]: 1}))
    ]
    return replace(
        spec,
        duration_s=1e6,
        traffic=TrafficSpec(
            mix=spec.traffic.mix,
            curve=(CurvePoint(at_s=0.0, rps=dice.choice((80.0, 300.0, 1200.0))),),
            client=ClientSpec(retries=dice.choice((0.0, 1.0, 3.0)), backoff_s=0.3),
        ),
        node_kinds=tuple(kinds.values()),
        nodes=nodes,
        wires=tuple(StartWire(source=s, target=t) for s, t in wires),
        unlocked=tuple(kind for kind in kinds if kind != "internet"),
        zones=(ZoneSpec(id="a", x=0, y=0, width=WIDTH, height=4), ZoneSpec(id="b", x=0, y=4, width=WIDTH, height=4)),
        events=_events(dice, seconds),
        goal=NEVER_LOSE,
        budget=1e9,
    )


def random_act(dice: random.Random, simulation: Simulation) -> Command:
    """Some act of a player; most are legal."""
    spec, board = simulation.stage, simulation.board
    node = dice.choice(list(board.nodes.values()))
    other = dice.choice(list(board.nodes.values()))
    wire = dice.choice(board.wires) if board.wires else (0, 1)
    x, y = dice.randrange(spec.width), dice.randrange(spec.height)
    acts: list[Command] = [
        Build(dice.choice(spec.unlocked), x, y),
        Clone(node.id, x, y),
        Connect(node.id, other.id),
        Connect(node.id, dice.choice([n.id for n in board.nodes.values() if n.kind.id in node.kind.may_call] or [0])),
        Disconnect(*wire),
        Move(node.id, x, y),
        Reserve(*wire, dice.choice(("", "browse", "buy,sign_up"))),
        Resize(node.id, dice.choice(node.kind.sizes).id),
        Restart(node.id),
        Sell(node.id) if node.kind.role is not Role.DATABASE else Restart(node.id),
    ]
    acts += [Operate(node.id, action) for node in board.nodes.values() for action in node.kind.actions][:4]
    for policy in node.kind.policies:
        value = dice.choice(policy.choices) if policy.choices else policy.minimum + dice.choice((0, 1, 3, 100))
        acts.append(SetPolicy(node.id, policy.key, value))
    return dice.choice(acts)
