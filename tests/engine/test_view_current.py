"""What the view remembers of a moment is never older than the run: after every step, act and event it is what a view
made just now would show.
"""

from __future__ import annotations

import math

from engine.commands import Accepted, Clone, Command, Sell, SetPolicy
from engine.simulation import Simulation
from engine.worldview import WorldView
from stages.bots import make_bot
from stages.load import load_stage
from tests.engine.builders import opened, three_tier

ACTS: dict[int, Command] = {
    20: SetPolicy(1, "balancing", "least_connections"),
    40: Clone(2, 30, 12),
    60: SetPolicy(5, "max_connections", 4),
    90: Sell(3),
}


def is_current(simulation: Simulation) -> bool:
    """Whether nodes, money and wires are what a new view sees."""
    views = (simulation.view, WorldView(simulation))
    one, other = (repr((v.nodes, v.wires, v.keep_per_day, v.running_per_day, v.finance, v.monitored)) for v in views)
    return one == other


def test_the_view_is_current_after_every_step_and_act() -> None:
    simulation = opened(three_tier(60.0), 1)
    for step in range(200):
        assert is_current(simulation)
        if step in ACTS:
            before = simulation.view.nodes
            assert isinstance(simulation.apply(ACTS[step]), Accepted)
            assert simulation.view.nodes is not before
            assert is_current(simulation)
        simulation.step()


def test_the_view_is_current_in_the_set_up() -> None:
    simulation = Simulation(load_stage("hello_world"), 1)
    before = simulation.view.nodes
    web = before[1]
    simulation.apply(Clone(web.id, web.x, web.y + 2))
    assert is_current(simulation)
    assert len(simulation.view.nodes) == len(before) + 1


def test_a_moment_is_looked_at_once() -> None:
    simulation = opened(three_tier(60.0), 1)
    simulation.step()
    nodes = simulation.view.nodes
    assert simulation.view.nodes is nodes
    assert simulation.view.node(nodes[0].id) is nodes[0]
    simulation.step()
    assert simulation.view.nodes is not nodes


def test_what_runs_costs_what_its_nodes_cost_now() -> None:
    """The keep is looked up anew for another board only; it must be the sum over the nodes at any moment."""
    simulation = opened(load_stage("feature_factory"), 1)
    bot = make_bot("panic", simulation.stage)
    for step in range(600):
        command = bot.act(simulation.view, simulation.check) if step % 20 == 0 else None
        if command is not None:
            simulation.apply(command)
        nodes = simulation.board.nodes.values()
        owed = math.fsum(map(simulation.economy.keep_of, nodes)) + simulation.bills.idle_per_day
        assert simulation.keep_per_day == owed + simulation.economy.fixed_per_day
        simulation.step()
    assert len({step for step, _ in simulation.log}) > 3, "it was built on, again and again"
