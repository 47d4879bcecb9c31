"""The plans a sandbox can begin with: what each is made of and what it costs, read from its stage."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.hosts.room import whole_of
from engine.simulation import Simulation
from engine.spec import HostingSpec, StageSpec
from engine.spec.finance import MONTH_DAYS
from game.hud import figures
from game.hud.hosts.words import number
from game.i18n import I18n
from game.money import money
from game.stage_refs import SANDBOX

FREE = SANDBOX
ICONS = {"gpu_server_box": "gpu", "workspace_platform": "kubernetes", "managed_cloud": "cloud", FREE: "sandbox"}
OTHER_ICON = "server"
# Graphics cards in a server: only the picture of the plan needs them.
GPUS = {"gpu_server_box": 4}
GB_A_TB = 1000.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the hardware with its icon."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """ref: of its stage. servers, gpus: to be drawn; 0: it has none. price: what is paid at once (unit: the word for
    that), with what it takes a month in running; what is only rented has its rent as the price.
    """

    ref: str
    name: str
    about: str
    icon: str
    users: str
    servers: int
    gpus: int
    figures: tuple[Figure, ...]
    price: str
    unit: str
    running: str

    @property
    def owned(self) -> bool:
        """It has hardware of its own."""
        return self.servers > 0


def plan_of(i18n: I18n, ref: str, stage: StageSpec, running: float | None = None) -> Plan:
    """The plan of a preset's stage. running: what it costs a month, where that is known already."""
    t, finance, hosting = i18n.t, stage.finance, stage.hosting
    bought = finance.investment if finance is not None else 0.0
    month = money(i18n, running_month(stage) if running is None else running)
    users = stage.traffic.users
    return Plan(
        ref=ref,
        name=t(f"stage.{ref}.name"),
        about=t(f"stage.{ref}.about"),
        icon=ICONS.get(ref, OTHER_ICON),
        users=_users(i18n, ref, users.initial if users is not None else 0.0),
        servers=len(hosting.hosts) if hosting is not None else 0,
        gpus=GPUS.get(ref, 0),
        figures=_hardware(i18n, hosting) if hosting is not None else _rented(i18n, stage),
        price=money(i18n, bought) if bought else t("plans.month", money=month),
        unit=t("plans.once") if bought else "",
        running=t("plans.running", money=month) if bought else "",
    )


def _users(i18n: I18n, ref: str, initial: float) -> str:
    """For how many concurrent users a plan is made; where it does not say, those it begins with."""
    stated = f"stage.{ref}.users"
    if i18n.has(stated):
        return i18n.t("plans.users", users=i18n.t(stated))
    return i18n.t("plans.users", users=figures.count(initial)) if initial else ""


def _hardware(i18n: I18n, hosting: HostingSpec) -> tuple[Figure, ...]:
    """Processors, memory, storage and links of the servers, which are all alike."""
    t, host = i18n.t, hosting.hosts[0]
    count = len(hosting.hosts)
    usable = whole_of(hosting, host).disk_gb * (1 if hosting.storage.kind.shared else count)
    kind = t(f"plans.storage.{hosting.storage.kind.value}")
    disk = f"{kind} · {number(usable / GB_A_TB)} TB" if math.isfinite(usable) else kind
    return (
        Figure("cpu", t("plans.servers", count=count, cores=host.cores, threads=host.threads)),
        Figure("memory-stick", t("plans.memory" if count > 1 else "plans.memory_all", value=number(host.memory_gb))),
        Figure("hard-drive", disk),
        Figure("cable", t("plans.links", links=host.links, gbps=number(host.link_gbps))),
    )


def _rented(i18n: I18n, stage: StageSpec) -> tuple[Figure, ...]:
    """What a plan without hardware of its own begins with."""
    t = i18n.t
    nodes = Figure("layers", t("plans.nodes", count=len(stage.nodes)))
    kinds = Figure("boxes", t("plans.free_kinds", count=len(stage.unlocked)))
    zones = (Figure("map-pin", t("plans.zones", count=len(stage.zones))),) if stage.zones else ()
    return (nodes, *zones, kinds)


def running_month(stage: StageSpec) -> float:
    """What a plan costs a month as it begins, beside what was paid at once. On own hosts every node is one machine, and
    it can be added up; what the cloud scales must be asked for.
    """
    finance = stage.finance
    if stage.hosting is None or finance is None:
        return Simulation(stage, 0).view.finance.running_month
    return finance.fixed_month + MONTH_DAYS * sum(stage.start_size(node).keep_per_day for node in stage.nodes)


def free_plan(i18n: I18n, stage: StageSpec, most: float) -> Plan:
    """The sandbox without a plan. most: money there is to choose, at most."""
    t = i18n.t
    kinds = Figure("boxes", t("plans.free_kinds", count=len(stage.unlocked)))
    zones = Figure("map-pin", t("plans.zones", count=len(stage.zones)))
    name, about = t("plans.free_name"), t("plans.free_about")
    price = t("plans.free_budget", money=money(i18n, most))
    return Plan(FREE, name, about, ICONS[FREE], "", 0, 0, (kinds, zones), price, "", "")
