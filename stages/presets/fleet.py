"""Which VMs so many WindWalker users need, and where they stand on the map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.presets.demand import Demand

# vCPUs of the sizes of code, model and test servers, the largest first.
SIZES: Mapping[str, int] = {"xlarge": 32, "large": 16, "medium": 8, "small": 4}
# GB of the sizes of preview servers, the largest first: 1 GB for each project.
PREVIEW_GB: Mapping[str, int] = {"large": 150, "medium": 80, "small": 20}
SMALL_DB_USERS = 250
MOST_ROUNDED = 1.125
COLUMN, ROW = 2, 2
MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class Vm:
    """A VM of a kind in a size."""

    kind: str
    size: str


def fleet(load: Demand, hosts: int) -> tuple[Vm, ...]:
    """The VMs for a load, spread over so many hosts: those of a service are alike, and as large as leaves each host (at
    least two of them) one. One project each user.
    """
    wanted = (("code_server", load.code_cores), ("llm_server", load.llm_cores), ("test_server", load.test_cores))
    found = [Vm("reverse_proxy", "standard")]
    for kind, vcpus in wanted:
        found += [Vm(kind, size) for size in _parts(vcpus, vcpus / max(hosts, 2), SIZES)]
    found += [Vm("preview_server", size) for size in _parts(load.users, load.users, PREVIEW_GB)]
    found.append(Vm("project_db", "small" if load.users <= SMALL_DB_USERS else "large"))
    return tuple(found)


def _parts(amount: float, largest: float, sizes: Mapping[str, int]) -> list[str]:
    """As many of one size as hold an amount: of the sizes that are not above `largest` the largest of which no more
    than an eighth too much is needed, else the smallest of all.
    """
    counts = {name: math.ceil(round(amount / holds, 6)) for name, holds in sizes.items()}
    smallest = min(sizes, key=sizes.__getitem__)
    fitting = (
        name for name, holds in sizes.items() if holds <= largest and counts[name] * holds <= MOST_ROUNDED * amount
    )
    size = next(fitting, smallest)
    return [size] * counts[size]


def layout(vms: tuple[Vm, ...]) -> Mapping[str, Any]:
    """Nodes, wires and the size of the map: the internet, the proxy, the services column by column, the database."""
    groups: dict[str, list[Vm]] = {}
    for vm in vms:
        groups.setdefault(vm.kind, []).append(vm)
    rows = min(MOST_ROWS, max(5, math.ceil(math.sqrt(len(vms)))))
    nodes: list[dict[str, Any]] = [{"key": "internet", "kind": "internet", "x": 1, "y": rows - 1}]
    x = 1
    for kind, members in groups.items():
        for place, vm in enumerate(members):
            if place % rows == 0:
                x += COLUMN if kind != "project_db" else COLUMN + 1
            in_column = min(rows, len(members) - place // rows * rows)
            y = 1 + ROW * (place % rows) + (rows - in_column)
            key = kind if len(members) == 1 else f"{kind}_{place + 1}"
            nodes.append({"key": key, "kind": kind, "size": vm.size, "x": x, "y": min(y, ROW * rows)})
    return {"nodes": nodes, "wires": list(_wires(nodes)), "width": x + COLUMN + 1, "height": ROW * rows + 1}


def _wires(nodes: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    yield {"source": "internet", "target": "reverse_proxy"}
    for node in nodes:
        if node["kind"] not in ("internet", "reverse_proxy", "project_db"):
            yield {"source": "reverse_proxy", "target": node["key"]}
        if node["kind"] == "code_server":
            yield {"source": node["key"], "target": "project_db"}
