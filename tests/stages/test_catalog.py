"""The catalogue, and how stages draw on it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from engine.spec import Role, StageSpec, SubItem
from stages.catalog import catalog_entries
from stages.errors import StageInvalid
from stages.load import load_stage

STAGE = """\
id = "drawn"
duration_s = 100
step_ms = 10
unlocked = ["vm_basic", "sql_master"]
nodes = [{ key = "internet", kind = "internet", x = 0, y = 0 }]
[traffic]
mix = { browse = 1 }
curve = [{ at_s = 0, rps = 10 }]
"""

CHANGED = """
[[node_kinds]]
id = "vm_basic"
base = "vm_basic"
patience_s = 3
sizes = [{ id = "medium", slots = 9 }, { id = "giant", slots = 64, service_ms = { static = 50, compute = 100 } }]
"""


def load(tmp_path: Path, text: str) -> StageSpec:
    file = tmp_path / "drawn.toml"
    file.write_text(text, encoding="utf-8")
    return load_stage(file)


def test_a_stage_gets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    stage = load(tmp_path, STAGE)
    assert {kind.id for kind in stage.node_kinds} == {"internet", "vm_basic", "sql_master"}
    assert [kind.id for kind in stage.request_kinds] == ["browse"]


def test_callees_that_the_stage_does_not_have_are_left_out(tmp_path: Path) -> None:
    assert load(tmp_path, STAGE).node_kind("internet").may_call == ("vm_basic",)
    assert "load_balancer" in load_stage("hello_world").node_kind("internet").may_call


def test_base_changes_what_is_given_and_keeps_the_rest(tmp_path: Path) -> None:
    plain = load(tmp_path, STAGE).node_kind("vm_basic")
    changed = load(tmp_path, STAGE + CHANGED).node_kind("vm_basic")
    assert changed.patience_s == 3
    assert changed.build_s == plain.build_s
    assert [size.id for size in changed.sizes] == [*(size.id for size in plain.sizes), "giant"]
    assert changed.sizes[1].slots == 9
    assert changed.sizes[1].service_ms == plain.sizes[1].service_ms
    assert changed.sizes[0] == plain.sizes[0]


def test_own_kind_stands_alone(tmp_path: Path) -> None:
    own = '[[node_kinds]]\nid = "vm_basic"\nrole = "compute"\n'
    own += 'sizes = [{ id = "only", slots = 1, service_ms = { static = 50, read = 50 } }]\n'
    kind = load(tmp_path, STAGE + own).node_kind("vm_basic")
    assert [size.id for size in kind.sizes] == ["only"]
    assert kind.build_s == 0


def test_every_kind_of_the_catalogue_is_sound(tmp_path: Path) -> None:
    nodes = [name for name, entry in catalog_entries("node_kinds").items() if entry.data["role"] != Role.SOURCE]
    mix = ", ".join(f"{name} = 1" for name in catalog_entries("request_kinds"))
    text = STAGE.replace('["vm_basic", "sql_master"]', str(nodes).replace("'", '"'))
    stage = load(tmp_path, text.replace("browse = 1", mix))
    assert {kind.id for kind in stage.node_kinds} == set(catalog_entries("node_kinds"))
    assert {kind.id for kind in stage.request_kinds} == set(catalog_entries("request_kinds"))


POWER = ("slots", "queue", "rate_cap_rps", "memory_mb", "cpu", "partitions", "apply_rps")


def test_sizes_grow_in_price_and_power() -> None:
    for entry in catalog_entries("node_kinds").values():
        for smaller, larger in itertools.pairwise(entry.data["sizes"]):
            # A VM costs what it takes of its host, and nothing else.
            if not entry.data.get("virtual"):
                assert smaller["price"] < larger["price"]
            assert smaller.get("price_per_1000", 0) <= larger.get("price_per_1000", 0)
            powers = [(smaller.get(key, 0), larger.get(key, 0)) for key in POWER]
            assert all(less <= more for less, more in powers)
            assert any(less < more for less, more in powers)
            for times in ("service_ms", "special_ms"):
                assert smaller.get(times, {}).keys() == larger.get(times, {}).keys()
                assert all(larger[times][item] <= mean for item, mean in smaller.get(times, {}).items())


def test_virtual_machines_come_in_four_sizes() -> None:
    for name in ("vm_basic", "vm_cpu"):
        assert len(catalog_entries("node_kinds")[name].data["sizes"]) == 4


def test_what_a_kind_turns_into_comes_along(tmp_path: Path) -> None:
    replica_only = STAGE.replace('["vm_basic", "sql_master"]', '["vm_basic", "sql_replica"]')
    stage = load(tmp_path, replica_only)
    assert "sql_master" in {kind.id for kind in stage.node_kinds}
    assert "sql_master" not in stage.unlocked


def test_what_the_migration_unlocks_is_drawn_in(tmp_path: Path) -> None:
    text = STAGE.replace("[traffic]", '[migration]\ncost = 300\nduration_s = 40\nunlocks = ["kubernetes"]\n[traffic]')
    assert load(tmp_path, text).node_kind("kubernetes").cluster is not None


def test_wires_carry_only_what_the_stage_has(tmp_path: Path) -> None:
    text = STAGE.replace('["vm_basic", "sql_master"]', '["vm_basic", "sql_master", "redis"]')
    assert dict(load(tmp_path, text).node_kind("vm_basic").only_for) == {"redis": (SubItem.READ,)}


def test_settings_can_be_left_out(tmp_path: Path) -> None:
    plain = load(tmp_path, STAGE).node_kind("vm_basic")
    fewer = load(tmp_path, STAGE + CHANGED + 'without_policies = ["expired"]\n').node_kind("vm_basic")
    assert [policy.key for policy in plain.policies if policy.key != "expired"] == [p.key for p in fewer.policies]


def test_only_known_settings_can_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(StageInvalid, match=r'node_kinds\[0\]\.without_policies: .*"expird".*Did you mean "expired"'):
        load(tmp_path, STAGE + CHANGED + 'without_policies = ["expird"]\n')
