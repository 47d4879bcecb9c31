"""Servers with memory to spare are not ticked, and nobody can tell."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from engine.board import Node
from engine.commands import StartOperation
from engine.facts import Fact
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.memory import Memory
from engine.simulation import Simulation
from engine.spec import CurvePoint, MemorySpec, NodeSize, RequestKind, StageSpec, SubItem
from engine.view import NodeState
from tests.engine.builders import NEVER_LOSE, opened, recipe, run_for, server, source, stage
from tests.engine.worlds import random_act, random_world

NODE = 1
Seen = list[tuple[str, list[dict[str, float]]]]


def seen(spec: StageSpec, seed: int, seconds: float) -> Seen:
    """The state and all figures of a run with random acts, after every third step."""
    simulation, dice = Simulation(spec, seed), random.Random(seed)
    found: Seen = []
    simulation.apply(StartOperation())
    for step in range(round(seconds / simulation.dt_s)):
        if dice.random() < 0.02:
            simulation.apply(random_act(dice, simulation))
        simulation.step()
        if step % 3 == 0:
            figures = [dict(simulation.models.figures(node)) for node in simulation.board.nodes]
            found.append((simulation.state_hash() if step % 30 == 0 else "", figures))
    return found


@pytest.mark.parametrize("seed", range(1, 5))
def test_runs_and_figures_are_those_of_nodes_that_never_rest(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resting = seen(random_world(seed, 6.0), seed, 6.0)
    monkeypatch.setattr(Memory, "calm_up_to", lambda memory, node: -1.0)
    assert seen(random_world(seed, 6.0), seed, 6.0) == resting


def surge(rate: float) -> StageSpec:
    """A server with 1,000 MB, 400 of them its own and 4 for each request, and a crowd after 3 s."""
    size = NodeSize(id="s", slots=10, queue=500, service_ms={SubItem.STATIC: 50.0}, memory_mb=1000.0)
    web = replace(server("web", 1, {}), sizes=(size,), memory=MemorySpec(base_mb=400.0, request_mb=4.0))
    page = RequestKind(id="page", recipe=recipe("static"))
    spec = stage(
        (source("web"), web), (("in", "internet"), ("web", "web")), (("in", "web"),), rate, (page,), goal=NEVER_LOSE
    )
    curve = (CurvePoint(at_s=0.0, rps=rate), CurvePoint(at_s=3.0, rps=rate), CurvePoint(at_s=3.1, rps=20 * rate))
    return replace(spec, traffic=replace(spec.traffic, curve=curve))


def test_a_quiet_server_rests_until_it_gets_crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[float] = []
    tick = Memory.tick

    def counted(memory: Memory, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        ticks.append(around.time_s)
        return tick(memory, node, reading, around)

    monkeypatch.setattr(Memory, "tick", counted)
    simulation = opened(surge(50.0), 3)
    run_for(simulation, 3.0)
    assert 1 <= len(ticks) <= 2
    share = 0.4 + 0.004 * int(simulation.kernel.occupied[:, NODE].sum())
    assert simulation.view.node(NODE).figures["memory_share"] == pytest.approx(share)
    run_for(simulation, 1.0)
    assert len(ticks) > 4
    assert simulation.view.node(NODE).state is NodeState.RESTARTING, "it ran out of memory"
