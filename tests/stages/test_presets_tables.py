"""The tables of docs/presets.md are those of the data, and every row of them is somewhere in the product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.spec import NodeKind, StageSpec, StorageKind
from stages.break_even import BUILDS
from stages.catalog import catalog_entries
from stages.load import load_stage, preset_names
from stages.presets.plans import Plan, Server, loads, needs, plans, servers
from stages.vocabulary import POLICIES

PAGE = Path(__file__).parents[2] / "docs" / "presets.md"
TEXT = PAGE.read_text("utf-8")
TABLES = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8")
# Rows of the plans' tables, counted there.
ROWS = {"F1": 4, "F2": 4, "F3": 12, "F4": 9, "F5": 4, "F6": 19, "F7": 24, "F8": 32}
MONTH_DAYS = 30.4
F6_COSTS = {
    "PostgreSQL": ("sql_master", "sql_replica"),
    "Redis": ("redis",),
    "RabbitMQ": ("queue",),
    "Monitoring": ("monitoring",),
}
F8_COSTS = {
    "PostgreSQL": "sql_master",
    "Redis": "redis",
    "Application Gateway": "api_gateway",
    "Service Bus": "queue",
    "Monitoring": "monitoring",
}

Row = dict[str, str]


def tables(name: str) -> list[list[Row]]:
    """The tables under a heading that have a column `Here`: what was planned."""
    section = re.split(rf"^### {name}$", TEXT, flags=re.MULTILINE)[1]
    section = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0]
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE):
        head, _, *lines = [
            [cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in block.splitlines()
        ]
        head = [cell.strip("| ") for cell in head]
        if head[-1] == "Here":
            cells = [[cell.strip("| ") for cell in line] for line in lines]
            assert all(len(line) == len(head) for line in cells), cells
            found.append([dict(zip(head, line, strict=True)) for line in cells])
    return found


def rows(name: str, place: int) -> dict[str, Row]:
    """A table's rows by their first column."""
    return {next(iter(row.values())): row for row in tables(name)[place]}


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def all_rows() -> Iterator[tuple[str, Row]]:
    for name in TABLES:
        for table in tables(name):
            yield from ((name, row) for row in table)


def test_every_row_of_the_plans_is_there() -> None:
    assert {name: sum(len(table) for table in tables(name)) for name in TABLES} == ROWS


def known_names() -> set[str]:
    stages = [load_stage(name) for name in preset_names()]
    names = {*preset_names(), *catalog_entries("node_kinds"), *catalog_entries("request_kinds"), *servers(), *POLICIES}
    used = {kind.id for stage in stages for kind in stage.node_kinds} | {
        kind for stage in stages for kind in stage.traffic.mix
    }
    fields = {"rent_month", "break_even", "most_restarts", "active_backup", "replication", "backup"}
    storage = {plan.storage.value for plan in plans().values()}
    catalogued = set(catalog_entries("node_kinds")) | set(catalog_entries("request_kinds"))
    return (names - catalogued) | used | fields | storage


def test_every_row_is_used_by_something_or_waits_with_a_reason() -> None:
    known = known_names()
    waiting = re.split(r"^## What waits for its campaign$", TEXT, flags=re.MULTILINE)[1]
    reasons = dict(re.findall(r"^\| (\d) \|.*\| ([^|]{30,}) \|$", waiting, re.MULTILINE))
    asked = set()
    for name, row in all_rows():
        here = row["Here"]
        used, waits = re.findall(r"`([^`]+)`", here), re.findall(r"waits (\d)", here)
        assert used or waits, f"{name}: {row}"
        assert set(used) <= known, f"{name}: {set(used) - known}"
        assert set(waits) <= reasons.keys(), f"{name}: {here}"
        asked |= set(waits)
    assert asked == reasons.keys(), "something waits that no row asks for"


@pytest.mark.parametrize(
    ("row", "service"),
    [
        ("Code server", "code_server"),
        ("LLM service", "llm_server"),
        ("Browser-test server", "test_server"),
        ("Deploy/preview server", "preview_server"),
    ],
)
def test_f1_is_what_a_service_needs(row: str, service: str) -> None:
    said, need = rows("F1", 0)[row], needs()[service]
    assert numbers(said["CPU cores"].replace("-", " ")) == list(need.cores)
    assert numbers(said["RAM GB"].replace("-", " ")) == list(need.memory_gb)
    assert said["Shared"].removeprefix("per ") == need.per


def test_f2_is_the_load() -> None:
    for said, load in zip(tables("F2")[0], loads(), strict=True):
        memory = numbers(said["RAM"])[0] * (1024 if "TB" in said["RAM"] else 1)
        figures = [numbers(said[key])[0] for key in ("Concurrent", "Editing", "Using the LLM", "Running tests")]
        assert [*figures, numbers(said["CPU cores"])[0], memory] == [
            load.users, load.editing, load.llm, load.tests, load.cores, load.memory_gb
        ]  # fmt: skip


F3 = {"Basic": "proxmox_basic", "Standard cluster": "proxmox_standard", "Extended cluster": "proxmox_extended"}


@pytest.mark.parametrize("row", F3)
def test_f3_is_what_is_bought(row: str) -> None:
    said, plan = rows("F3", 0)[row], plans()[F3[row]]
    server = plan.hardware
    assert numbers(said["Servers"]) == [plan.servers]
    model, cores, threads = re.match(r"(.*), (\d+)C/(\d+)T", said["CPU each"]).groups()  # type: ignore[union-attr]
    assert server.cpu.endswith(model)
    assert [server.cores, server.threads] == [int(cores), int(threads)]
    assert numbers(said["RAM each"])[0] == server.memory_gb
    assert storage_of(said["VM storage each"]) == (server.disk_gb, server.disks, plan.storage)
    assert links_of(said["Network each"]) == (server.link_gbps, server.links, server.second_gbps)
    price = numbers(said["Price (10,000 KRW)"].replace("-", " "))
    assert tuple(price[:2]) == server.price
    assert numbers(said["Concurrent users"].replace("-", " ")) == list(plan.users)


def storage_of(said: str) -> tuple[float, int, StorageKind]:
    size, count = re.search(r"NVMe (\d+) TB x(\d+)", said).groups()  # type: ignore[union-attr]
    return float(size) * 1000, int(count), StorageKind.CEPH if "Ceph" in said else StorageKind.RAID1


def links_of(said: str) -> tuple[float, int, float]:
    pairs = re.findall(r"([\d.]+) Gb x(\d+)", said)
    return float(pairs[0][0]), int(pairs[0][1]), float(pairs[1][0]) if len(pairs) > 1 else 0.0


def test_f3_enterprise_is_ten_servers_or_more() -> None:
    said, plan = rows("F3", 0)["Enterprise"], plans()["proxmox_enterprise"]
    assert plan.servers >= numbers(said["Servers"])[0]
    assert numbers(said["Concurrent users"].replace("-", " ")) == list(plan.users)


def test_f3_availability() -> None:
    said = rows("F3", 1)
    for plan in [plan for plan in plans().values() if plan.servers > 1]:
        hosting = load_stage(plan.id).hosting
        assert hosting and hosting.ha and hosting.replication and hosting.backup
        assert [hosting.ha.most_restarts] == numbers(said["High availability"]["Figure"])
        assert [hosting.replication.every_s / 60] == numbers(said["Replication"]["Figure"])
        assert hosting.storage.replicas == numbers(said["Ceph"]["Figure"])[0]
        assert {host.bond.value for host in hosting.hosts} == {"active_backup"}


def test_f4_and_f5_are_the_investments() -> None:
    invested = dict(re.findall(r"(Basic|Standard|Extended) ([\d,]+) \(", TEXT))
    found = {name: float(amount.replace(",", "")) for name, amount in invested.items()}
    assert [found["Basic"], found["Standard"], found["Extended"]] == [build.investment for build in BUILDS[:3]]
    assert [plans()[name].investment for name in F3.values()] == list(found.values())
    added = [numbers(row["Added investment"])[0] for row in tables("F5")[0][:3]]
    assert [sum(added[: count + 1]) for count in range(3)] == list(found.values())
    for row, plan in zip(tables("F5")[0], F3.values(), strict=False):
        assert numbers(row["Users"].replace("-", " ")) == list(plans()[plan].users)


def test_f6_is_the_platform() -> None:
    stage = load_stage("workspace_platform")
    part, cost = rows("F6", 1), rows("F6", 2)
    api, pool = stage.node_kind("api_service"), stage.node_kind("workspace_pool")
    assert api.cluster and pool.cluster
    (pod,), (space,) = api.cluster.pods, pool.cluster.pods
    asked = part["API server (stateless)"]["Shape"].replace("-", " ")
    start, least, most, milli, memory, limit, _ = numbers(asked)
    assert [default(api, "min_instances"), default(api, "max_instances")] == [least, most] == [start, most]
    assert [pod.cpu * 1000, pod.memory_mb, pod.cpu_limit * 1000] == [milli, memory, limit]
    cpu, gibi, most_cpu, _, _, back_s = numbers(part["Workspace pod"]["Shape"])
    assert [space.cpu, space.memory_mb / 1024, space.cpu_limit] == [cpu, gibi, most_cpu]
    assert pool.autoscale and pool.autoscale.start_s == back_s
    bounds = numbers(part["Node pool"]["Shape"].replace("-", " "))
    assert [default(pool, "min_workers"), default(pool, "max_workers")] == bounds
    size = pool.sizes[0]
    cores, memory_gb = numbers(rows("F6", 0)["In all"]["Figure"].replace("-", " "))[1:4:2]
    assert size.cpu * bounds[1] >= cores
    assert size.memory_mb / 1024 * bounds[1] >= memory_gb
    assert len([node for node in stage.nodes if node.kind == "gpu_server"]) == numbers(part["vLLM on GPU"]["Shape"])[0]
    workers = numbers(cost["Workers"]["USD"].replace("-", " "))
    for count, month in zip(bounds, workers, strict=True):
        assert size.keep_per_day * MONTH_DAYS * count == pytest.approx(month, rel=0.01)
    for row, kinds in F6_COSTS.items():
        low, high = numbers(cost[row]["USD"].replace("-", " "))
        assert low - 1 <= sum(month_of(stage, kind) for kind in kinds) <= high + 1, row


def default(kind: NodeKind, key: str) -> str | int:
    return next(policy.default for policy in kind.policies if policy.key == key)


def month_of(stage: StageSpec, kind: str) -> float:
    return stage.node_kind(kind).sizes[0].keep_per_day * MONTH_DAYS


def test_f7_is_the_server_and_its_containers() -> None:
    server: Server = servers()["gpu"]
    said = rows("F7", 0)
    assert said["Processor"]["Figure"].split()[1] in server.cpu
    gpu, count = said["Graphics"]["Figure"].rsplit(" x", 1)
    assert (server.gpu, server.gpus) == (gpu, int(count))
    assert numbers(said["Memory"]["Figure"]) == [server.memory_gb]
    assert numbers(said["Disk"]["Figure"])[0] * 1000 == server.disk_gb * server.disks
    assert numbers(said["Network"]["Figure"]) == [server.link_gbps]
    stage = load_stage("gpu_server_box")
    for row in rows("F7", 1).values():
        (kind,) = re.findall(r"`(\w+)`", row["Here"])
        copies = max(1, sum(node.kind == kind for node in stage.nodes))
        assert stage.node_kind(kind).virtual
        assert stage.node_kind(kind).sizes[0].memory_mb / 1024 * copies == numbers(row["RAM GB"])[0], row["Container"]
    database = stage.node_kind("sql_master").sizes[0]
    connections = numbers(rows("F7", 2)["MariaDB 10.6"]["Figure"])[1]
    assert database.slots + database.queue == connections


def test_f8_is_the_cloud() -> None:
    stage = load_stage("managed_cloud")
    for row in rows("F8", 2).values():
        kind = stage.node_kind(re.findall(r"`(\w+)`", row["Here"])[0])
        bounds = numbers(row["Replicas (min-max)"].replace("-", " "))
        assert [default(kind, "min_instances"), default(kind, "max_instances")] == [bounds[0], bounds[-1]]
        assert default(kind, "target_percent") == numbers(row["Scales on"])[0]
        assert kind.sizes[0].cpu * 1000 == numbers(row["CPU request/limit"])[0]
        mebi, gibi = numbers(row["Memory request/limit"].partition("/")[0])[0], kind.sizes[0].memory_mb
        assert gibi == mebi * (1024 if "Gi" in row["Memory request/limit"].partition("/")[0] else 1)
    redis = stage.node_kind("redis").sizes[0]
    assert redis.memory_mb / 1024 == numbers(rows("F8", 3)["Redis"]["Figure"])[1]
    cost = rows("F8", 4)
    for paid, kind_id in F8_COSTS.items():
        assert month_of(stage, kind_id) == pytest.approx(numbers(cost[paid]["USD"])[0], rel=0.01), paid


def test_f8_costs_what_its_total_says() -> None:
    stage = load_stage("managed_cloud")
    month = stage.finance.rent_month if stage.finance else 0.0
    for node in stage.nodes:
        kind = stage.node_kind(node.kind)
        size = next((size for size in kind.sizes if size.id == node.size), kind.sizes[0])
        copies = next((policy.default for policy in kind.policies if policy.key == "min_instances"), 1)
        month += size.keep_per_day * MONTH_DAYS * float(copies)
    total = rows("F8", 4)["**Total**"]["USD"]
    assert month == pytest.approx(numbers(total)[0], rel=0.005)
    assert sum(numbers(row["USD"])[0] for row in tables("F8")[4][:-1]) == numbers(total)[0]


def test_plans_cite_a_table() -> None:
    cited: list[Plan | Server] = [*plans().values(), *servers().values()]
    assert {item.source for item in cited} <= set(TABLES)
    assert {need.source for need in needs().values()} == {"F1"}
    assert {load.source for load in loads()} == {"F2"}
