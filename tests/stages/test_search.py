"""The search for openings that beat the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine import replay
from engine.commands import Build, SetPolicy
from engine.spec import StageSpec
from stages.__main__ import main
from stages.balance.conduct import conduct, new_run
from stages.balance.variants import at_level
from stages.balance.workers import in_processes
from stages.load import load_stage, stage_names
from stages.search.evolution import Search, Trial, fitness, search, try_out
from stages.search.mutation import crossed, mutated, simple
from stages.search.opening import Count, Opening, Reaction, Rule, Setting, player, starting

SHORT_S = 6.0


@pytest.fixture(name="short")
def short_stage() -> StageSpec:
    """A few seconds of the first stage with more traffic than its one server can bear."""
    return at_level(replace(load_stage("hello_world"), duration_s=SHORT_S, events=()), 2.5)


def rng(seed: int = 7) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def rounds(many: int) -> Callable[[int], bool]:
    return lambda done: done < many


def balanced() -> Opening:
    return Opening(
        counts=(Count("load_balancer", 1), Count("vm_basic", 3), Count("sql_master", 1)),
        wires=(("vm_basic", "sql_master"), ("load_balancer", "vm_basic"), ("internet", "load_balancer")),
        settings=(Setting("load_balancer", "balancing", "least_connections"),),
        rules=(Rule(Reaction.SCALE_OUT, "vm_basic", 0.7),),
    )


def test_starting_opening_changes_nothing() -> None:
    for name in stage_names():
        stage = replace(load_stage(name), duration_s=1.0, events=())
        simulation = conduct(new_run(stage, 1), player(stage, starting(stage)))
        assert len(simulation.log) == 1, name


def test_an_opening_is_played(short: StageSpec) -> None:
    outcome, idle = try_out([Trial(short, opening, 1) for opening in (balanced(), starting(short))])
    assert outcome.built == ("load_balancer", "vm_basic")
    assert fitness(outcome) > fitness(idle)
    simulation = conduct(new_run(short, 1), player(short, balanced()))
    commands = [command for _, command in simulation.log]
    assert any(isinstance(command, Build) and command.kind == "load_balancer" for command in commands)
    assert SetPolicy(3, "balancing", "least_connections") in commands


@pytest.mark.parametrize("name", stage_names())
def test_mutations_are_openings_that_can_be_played(name: str) -> None:
    stage = load_stage(name)
    generator, opening = rng(), starting(stage)
    seen = set()
    for _ in range(300):
        other = mutated(opening, stage, generator)
        assert other != opening
        opening = crossed(other, opening, generator)
        seen.add(opening)
        kinds = [count.kind for count in opening.counts]
        assert len(kinds) == len(set(kinds))
        for source, target in opening.wires:
            assert target in stage.node_kind(source).may_call
        assert not set(opening.wires) & set(opening.cut)
        single = [source for source, _ in opening.wires if stage.node_kind(source).single_target]
        assert len(single) == len(set(single))
        for setting in opening.settings:
            policies = {policy.key: policy for policy in stage.node_kind(setting.kind).policies}
            policy = policies[setting.key]
            assert setting.value in policy.choices if policy.choices else isinstance(setting.value, int)
    assert len(seen) > 100
    hurried = replace(stage, duration_s=1.0, events=())
    conduct(new_run(hurried, 1), player(hurried, opening))


@pytest.mark.parametrize("name", stage_names())
def test_simple_openings_can_be_played_and_bring_every_kind(name: str) -> None:
    stage = replace(load_stage(name), duration_s=1.0, events=())
    openings = simple(stage)
    assert len(set(openings)) == len(openings)
    brought = {count.kind for opening in openings for count in opening.counts}
    linked = [kind for kind in stage.unlocked if any(kind in stage.node_kind(k).may_call for k in brought)]
    assert brought >= set(linked)
    conduct(new_run(stage, 1), player(stage, openings[-1]))


def found(stage: StageSpec, many: int) -> Search:
    with in_processes(1) as spread:
        return search(stage, spread, (1, 2), rounds(many), rng(), width=4)


def test_search_gets_better_and_is_the_same_every_time(short: StageSpec) -> None:
    first, longer = found(short, 1), found(short, 3)
    assert longer.best.worth >= first.best.worth
    [idle] = try_out([Trial(short, starting(short), 1)])
    assert longer.best.worth > (fitness(idle), 0.0)
    assert longer.rounds == 3
    assert longer.openings == first.openings + 2 * 4
    assert found(short, 3) == longer


def test_command_line_prints_a_run_that_replays(
    short: StageSpec, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stages.search.command.load_stage", lambda name: short)
    arguments = ["search", "hello_world", "--rounds", "1", "--workers", "1"]
    assert main([*arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    run = replay.from_text(report["code"])
    assert replay.to_json(run) == report["shown"]["run"]
    again = replay.play(short, run)
    assert again.view.result is not None
    assert again.view.result.grade == report["shown"]["grade"]
    assert again.state_hash() == report["shown"]["state_hash"]
    assert len(report["reference"]["grades"]) == len(report["found"]["grades"]) == 6
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert report["code"] in out
    assert "the reference" in out
