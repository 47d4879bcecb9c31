"""The tables of the plans, as the catalogue has them: servers, plans, and what WindWalker asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from engine.spec import StorageKind
from stages.catalog import CATALOG_DIR
from stages.document import read_document

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server for sale. disk_gb: of one of its `disks` for VMs. link_gbps: of each of the links that VMs use;
    second_gbps: of those for management and migrations, 0 where there are none. price: least and most, 10,000 won.
    """

    id: str
    source: str
    cpu: str
    cores: int
    threads: int
    base_ghz: float
    memory_gb: float
    disk_gb: float
    disks: int
    links: int
    link_gbps: float
    second_gbps: float = 0.0
    price: tuple[float, float] = (0.0, 0.0)
    gpus: int = 0
    gpu: str = ""
    gpu_memory_gb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is bought, and the concurrent WindWalker users it is for (least and most; 0: for something else).

    investment: 10,000 won. overcommit: vCPUs given away for each thread; 0: as the hardware allows.
    """

    id: str
    source: str
    server: str
    servers: int
    storage: StorageKind
    users: tuple[float, float]
    investment: float
    overcommit: float = 0.0

    @property
    def hardware(self) -> Server:
        """Its server."""
        return servers()[self.server]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a service takes for one user, one project, or one of those who share it: least and most."""

    service: str
    source: str
    cores: tuple[float, float]
    memory_gb: tuple[float, float]
    per: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What so many concurrent users do at a moment, and what that takes."""

    source: str
    users: float
    editing: float
    llm: float
    tests: float
    cores: float
    memory_gb: float


@cache
def servers() -> dict[str, Server]:
    """The servers by id."""
    return {server.id: server for server in _records(Server, "hardware", "servers")}


@cache
def plans() -> dict[str, Plan]:
    """The plans by id, in the order of the file."""
    return {plan.id: plan for plan in _records(Plan, "hardware", "plans")}


@cache
def needs() -> dict[str, Need]:
    """What one of those served takes, by service (F1)."""
    return {need.service: need for need in _records(Need, "demand", "needs")}


@cache
def loads() -> tuple[Load, ...]:
    """Loads by users, the fewest first (F2)."""
    return tuple(_records(Load, "demand", "loads"))


def incidents(plan: Plan) -> list[dict[str, Any]]:
    """Events that can befall a plan, as a stage has them: on a single host none that takes several."""
    document = read_document(CATALOG_DIR / "incidents.toml", "catalog/incidents.toml")
    found: list[dict[str, Any]] = document.data["incidents"]
    return [event for event in found if len(event.get("host_effects", ())) <= plan.servers]


def _records(kind: type[Record], file: str, section: str) -> list[Record]:
    document = read_document(CATALOG_DIR / f"{file}.toml", f"catalog/{file}.toml")
    return [kind(**_plain(data)) for data in document.data[section]]


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """The values of a table: lists as tuples, the storage as its name in the engine."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    if "storage" in values:
        values["storage"] = StorageKind(str(values["storage"]))
    return values
