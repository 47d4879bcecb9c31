"""Presets: their formulas, that each can be begun, struck and compiled, and that they carry what they promise."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest

from engine.commands import Accepted, Fire, StartOperation
from engine.simulation import Simulation
from engine.spec import EventSpec
from stages import compiled
from stages.__main__ import main
from stages.errors import StageSyntaxError
from stages.load import load_stage, mode_names, preset_names
from stages.presets.acceptance import measure
from stages.presets.demand import KEYS_S, answer_work, demand, rates
from stages.presets.fleet import SIZES, fleet
from stages.presets.hardware import clock, cores, memory_gb, overcommit, reserved_gb
from stages.presets.plans import Plan, loads, plans, servers
from stages.presets.promises import Promise, promises
from stages.presets.report import Capacity, break_even_rows, capacity

WINDWALKER = [plan for plan in plans().values() if plan.users[1]]


def test_demand_is_f2_at_its_rows_and_straight_between() -> None:
    for load in loads():
        found = demand(load.users)
        assert (found.cores, found.editing, found.llm, found.tests) == (load.cores, load.editing, load.llm, load.tests)
    assert demand(30).cores == (24 + 96) / 2
    assert demand(5).cores == 12
    assert demand(600).cores == pytest.approx(800 + 155)


def test_f1s_lower_ends_are_f2s_first_row() -> None:
    first = demand(10)
    assert first.code_cores + 4 * first.llm + first.test_cores == first.cores
    assert answer_work(10) == 1.0
    assert all(0.5 < answer_work(load.users) <= 1.0 for load in loads())


@pytest.mark.parametrize("users", [10, 20, 80, 150, 500])
def test_the_work_of_the_requests_is_f2s_cores(users: float) -> None:
    """Rates x times on the reference give the cores back (saving and previews come on top: less than 1 %)."""
    stage = load_stage("proxmox_basic")
    each = rates(users)

    def time_s(kind: str, step: str) -> float:
        size = stage.node_kind(kind).sizes[0]
        return {**{item.value: ms for item, ms in size.service_ms.items()}, **size.special_ms}[step] / 1000.0

    busy = each["edit"] * time_s("code_server", "compute")
    busy += 4 * each["ask_llm"] * time_s("llm_server", "inference") * answer_work(users)
    busy += 2 * each["run_tests"] * time_s("test_server", "browser_test")
    assert busy * users == pytest.approx(demand(users).cores, rel=0.002)
    extra = each["save_file"] * time_s("project_db", "write") + each["open_preview"] * time_s(
        "preview_server", "static"
    )
    assert extra < 0.01 * busy
    assert pytest.approx(52 * 5 / 60) == KEYS_S


def test_clock_classes_and_what_the_hardware_has() -> None:
    assert {name: round(clock(server), 3) for name, server in servers().items()} == {
        "basic": 1.957, "standard": 1.152, "extended": 1.217, "gpu": 1.043
    }  # fmt: skip
    assert [round(cores(plan), 1) for plan in WINDWALKER] == [62.6, 165.9, 389.6, 935.0]
    assert [memory_gb(plan) for plan in WINDWALKER] == [126, 3 * 222, 5 * 414, 12 * 414]
    assert reserved_gb(servers()["standard"], plans()["proxmox_standard"].storage) == 34


@pytest.mark.parametrize("plan", WINDWALKER, ids=lambda plan: plan.id)
def test_a_plan_has_the_cores_and_the_memory_for_its_users_and_not_for_twice_as_many(plan: Plan) -> None:
    load = demand(plan.users[1])
    assert load.cores < 0.9 * cores(plan)
    assert load.memory_gb < memory_gb(plan)
    assert 2 * load.cores > 1.1 * cores(plan)


def test_enterprise_is_the_fewest_that_can_lose_one() -> None:
    plan = plans()["proxmox_enterprise"]
    need = demand(plan.users[1]).cores
    assert cores(plan, down=1) >= need > cores(dataclasses.replace(plan, servers=plan.servers - 1), down=1)


@pytest.mark.parametrize("plan", WINDWALKER[1:], ids=lambda plan: plan.id)
def test_the_others_have_room_for_a_dead_hosts_machines(plan: Plan) -> None:
    stage = load_stage(plan.id)
    kinds = {kind.id: {size.id: size for size in kind.sizes} for kind in stage.node_kinds}
    wanted = sum(kinds[node.kind][node.size or next(iter(kinds[node.kind]))].cpu for node in stage.nodes)
    left = plan.servers - 1
    assert wanted <= left * plan.hardware.threads * overcommit(plan)


@pytest.mark.parametrize("users", [10, 47, 150, 500])
def test_a_fleet_holds_what_its_users_need(users: float) -> None:
    load = demand(users)
    vms = fleet(load, 3)
    for kind, need in (("code_server", load.code_cores), ("llm_server", load.llm_cores)):
        given = [SIZES[vm.size] for vm in vms if vm.kind == kind]
        assert need - 1e-6 <= sum(given) < need + given[0]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_begins_in_the_sandbox(name: str) -> None:
    stage = load_stage(name)
    assert name in mode_names()
    assert stage.sandbox
    assert stage.finance is not None
    assert stage.budget > stage.finance.investment
    simulation = Simulation(stage, 1, traced=False)
    assert simulation.view.budget > 0
    assert isinstance(simulation.apply(StartOperation()), Accepted)
    for _ in range(300):
        simulation.step()
    assert simulation.kernel.done > 0


@pytest.mark.parametrize("name", preset_names())
def test_every_event_of_a_preset_can_be_fired(name: str) -> None:
    stage = load_stage(name)
    assert len(stage.events) >= 6
    simulation = Simulation(stage, 1, traced=False)
    simulation.apply(StartOperation())
    for event in stage.events:
        assert event.chance == 0, "nothing comes on its own"
        assert isinstance(simulation.apply(Fire(event.id)), Accepted)
        simulation.step()
    for _ in range(200):
        simulation.step()
    assert any(map(strikes_hosts, stage.events)) is (stage.hosting is not None)


def strikes_hosts(event: EventSpec) -> bool:
    return bool(event.host_effects)


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_survives_the_way_into_the_browser(name: str) -> None:
    stage = load_stage(name)
    assert compiled.load(compiled.dump(stage)) == stage


def test_an_unknown_plan_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('id = "mine"\nplan = "proxmox_basik"\nduration_s = 10\n', encoding="utf-8")
    with pytest.raises(StageSyntaxError, match=r'mine\.toml:2: plan: .*Did you mean "proxmox_basic"\?'):
        load_stage(file)


def test_a_stage_may_say_otherwise_than_its_plan(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = 'id = "mine"\nplan = "proxmox_basic"\nduration_s = 10\nbudget = 9000\nsandbox = true\nstep_ms = 10\n'
    file.write_text(text, encoding="utf-8")
    assert load_stage(file).budget == 9000
    changed = load_stage(file, ["traffic.users.initial=12"]).traffic.users
    assert changed is not None
    assert changed.initial == 12


def test_basic_carries_what_it_promises_and_not_twice_as_much() -> None:
    (promise,) = [promise for promise in promises() if promise.preset == "proxmox_basic"]
    short = dataclasses.replace(promise, warm_up_s=30.0)
    assert measure(short, promise.users[1]).carried
    over = measure(short, 2 * promise.users[1])
    assert not over.carried
    assert over.refused > 0, "there is no room for what twice the load needs"
    assert over.busy > 1.0


@pytest.mark.slow
@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.preset)
def test_every_preset_keeps_its_promise(promise: Promise) -> None:
    found: Capacity = capacity(promise, seed=2, halvings=0)
    assert found.least.carried, found.least
    assert found.most.carried, found.most
    assert not found.twice.carried, found.twice


def test_promises_are_for_all_presets() -> None:
    assert tuple(promise.preset for promise in promises()) == preset_names()


def test_the_break_even_is_in_the_report() -> None:
    found = break_even_rows()
    assert [row["verdict"] for row in found] == ["own", "own", "own", "own", "compare"]
    assert all(math.isclose(row["own"], row["write_off"] + row["running"]) for row in found)


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.presets.acceptance.MEASURED_S", 5.0)
    quick = [dataclasses.replace(promise, warm_up_s=5.0) for promise in promises()]
    monkeypatch.setattr("stages.presets.report.promises", lambda: quick)
    main(["presets", "proxmox_basic", "--json", "--workers", "1"])
    found = json.loads(capsys.readouterr().out)
    (preset,) = found["presets"]
    assert preset["promise"]["preset"] == "proxmox_basic"
    assert preset["most"]["carried"]
    assert len(found["break_even"]) == 5
