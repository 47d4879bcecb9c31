"""The figures in the catalogue's comments and texts follow from its numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from stages.catalog import catalog_entries
from stages.experiments.theory import che_hit_share, usl_pace
from stages.vocabulary import POLICIES

KINDS = {name: entry.data for name, entry in catalog_entries("node_kinds").items()}
PARTS = ("redis", "sql_replica", "sql_master", "nosql", "search_engine", "queue", "gpu_server")


def sizes(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = KINDS[kind]["sizes"]
    return found


def test_peaks_of_the_small_master() -> None:
    usl, size = KINDS["sql_master"]["usl"], sizes("sql_master")[0]
    for item, peak in (("read", 175), ("write", 50)):
        paces = [usl_pace(n, usl[f"contention_{item}"], usl[f"coherency_{item}"]) for n in range(1, size["slots"] + 1)]
        assert max(paces) / size["service_ms"][item] * 1000 == pytest.approx(peak, rel=0.03)


def test_a_replica_applies_a_little_less_than_the_master_can_write() -> None:
    usl = KINDS["sql_master"]["usl"]
    for master, replica in zip(sizes("sql_master"), sizes("sql_replica"), strict=True):
        assert master["id"] == replica["id"]
        pace = usl_pace(master["slots"], usl["contention_write"], usl["coherency_write"])
        assert 0.85 < replica["apply_rps"] / (pace / master["service_ms"]["write"] * 1000) < 1


@pytest.mark.parametrize(("kind", "shares"), [("redis", (0.58, 0.68, 0.79, 0.92)), ("cdn", (0.43, 0.66, 0.98))])
def test_what_caches_hold(kind: str, shares: tuple[float, ...]) -> None:
    cache = KINDS[kind]["cache"]
    keys, zipf = cache["popularity"]["keys"], cache["popularity"]["zipf"]
    for size, share in zip(sizes(kind), shares, strict=True):
        objects = size["memory_mb"] * 1024 / cache["object_kb"]
        assert che_hit_share(keys, zipf, objects) == pytest.approx(share, abs=0.01)


def test_connections_fit_into_the_memory_of_their_gateway() -> None:
    memory = KINDS["socket_gateway"]["memory"]
    for size in sizes("socket_gateway"):
        full = memory["base_mb"] + memory["request_mb"] * size["slots"]
        assert 0.8 < full / size["memory_mb"] < 0.9


def test_batches_fit_beside_the_model() -> None:
    for size in sizes("gpu_server"):
        room = (size["memory_mb"] - 16 * 1024) // 256
        assert size["slots"] <= room < 1.01 * size["slots"] or size["slots"] == room


def test_a_pod_with_room_to_spare_is_as_quick_as_a_virtual_machine() -> None:
    for pod in KINDS["kubernetes"]["cluster"]["pods"]:
        assert pod["slots"] == pod["cpu"] * 4
        burst = pod["cpu_limit"] / pod["cpu"]
        for worker, machine in zip(sizes("kubernetes"), sizes("vm_basic"), strict=False):
            for item, mean_ms in machine["service_ms"].items():
                assert worker["service_ms"][item] / burst == pytest.approx(mean_ms, rel=0.15)


def test_a_full_server_does_not_run_out_of_memory() -> None:
    for kind, data in KINDS.items():
        for size in data["sizes"] if "memory" in data else ():
            present = size["slots"] + size.get("queue", 0)
            used = data["memory"]["base_mb"] + data["memory"]["request_mb"] * present
            assert used < size["memory_mb"], (kind, size["id"])


def test_calculation_is_twice_as_fast_where_it_is_made_for_it() -> None:
    for basic, made_for_it in zip(sizes("vm_basic"), sizes("vm_cpu"), strict=True):
        ratio = basic["service_ms"]["compute"] / made_for_it["service_ms"]["compute"]
        assert 2.0 < ratio < 2.5
        assert basic["price"] < made_for_it["price"] < 2 * basic["price"]


def test_search_pays_where_it_is_made_for_it() -> None:
    slow, fast = sizes("sql_master")[0], sizes("search_engine")[0]
    assert slow["special_ms"]["search"] == 10 * slow["service_ms"]["read"]
    assert slow["special_ms"]["join"] == 3 * slow["service_ms"]["read"]
    assert fast["special_ms"]["search"] * 8 < slow["special_ms"]["search"]


def test_serverless_is_cheap_to_have_and_dear_to_call() -> None:
    function, server = sizes("serverless")[0], sizes("vm_basic")[0]
    assert function["price"] < server["price"]
    full_day = server["slots"] / (server["service_ms"]["static"] + server["relay_ms"]) * 1000 * 300
    assert function["price_per_1000"] > 3 * server["keep_per_day"] / full_day * 1000


@pytest.mark.parametrize("kind", ["vm_basic", "vm_cpu", "vm_group", "serverless", "kubernetes"])
def test_every_home_of_an_application_reaches_the_same_things(kind: str) -> None:
    assert tuple(KINDS[kind]["may_call"]) == PARTS
    assert KINDS[kind]["only_for"] == KINDS["vm_basic"]["only_for"]
    assert all(size["relay_ms"] >= 40 for size in sizes(kind))


def test_services_are_long_enough_for_steps_of_ten_milliseconds() -> None:
    for kind, data in KINDS.items():
        for size in data["sizes"]:
            times = [*size.get("service_ms", {}).values(), *size.get("special_ms", {}).values()]
            assert all(time >= 40 for time in times), kind


def test_every_setting_is_one_the_engine_knows() -> None:
    keys = {policy["key"] for data in KINDS.values() for policy in data.get("policies", ())}
    assert keys <= set(POLICIES)
    assert set(POLICIES) - keys == set()


def test_alarms_are_reached_before_it_is_too_late() -> None:
    rules = {alert["metric"]: alert for alert in KINDS["monitoring"]["alerts"]}
    assert len(rules) == 7
    assert all(alert["id"] == metric for metric, alert in rules.items())
    assert math.isclose(rules["error_share"]["threshold"], 0.05)
