"""Own hosts make sense, the VMs of the start find room on them, and the budget pays for them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import HostEffect, StageSpec, StorageKind
from engine.start import misfits
from stages.checks.names import unknown
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, one_of
from stages.vocabulary import EFFECT_PICKS


def hosts(stage: StageSpec) -> Iterator[Finding]:
    """There are hosts, with memory left for VMs, and enough of them for their storage."""
    hosting = stage.hosting
    if hosting is None:
        return
    path: Path = ("hosting",)
    if not hosting.hosts:
        yield Finding((*path, "hosts"), "own hardware needs a server.", "at least one host")
    for index, host in enumerate(hosting.hosts):
        place = (*path, "hosts", index)
        if host.threads < host.cores:
            yield Finding((*place, "threads"), "fewer than its cores.", f"{host.cores} or more")
        if host.reserved_gb >= host.memory_gb:
            yield Finding((*place, "reserved_gb"), "leaves no memory for VMs.", f"less than {host.memory_gb:g}")
    storage = hosting.storage
    if storage.min_replicas > storage.replicas:
        message = f"more than the {storage.replicas} replicas there are."
        yield Finding((*path, "storage", "min_replicas"), message, f"1 to {storage.replicas}")
    if storage.kind is StorageKind.CEPH and 0 < len(hosting.hosts) < storage.replicas:
        message = f"each replica lies on a host of its own, and there are {len(hosting.hosts)}."
        yield Finding((*path, "storage", "replicas"), message, f"1 to {len(hosting.hosts)}")


def virtual_machines(stage: StageSpec) -> Iterator[Finding]:
    """A VM is one machine, placed on a host that exists, and there is room for every one of the start."""
    if stage.hosting is None:
        return
    for index, kind in enumerate(stage.node_kinds):
        several = [name for name in ("autoscale", "cluster", "serverless") if getattr(kind, name) is not None]
        if kind.virtual and several:
            message = f"{one_of(several)} is more than one machine; a VM is one."
            yield Finding(("node_kinds", index, "virtual"), message, "false")
    known = [host.id for host in stage.hosting.hosts]
    wrong = False
    for index, node in enumerate(stage.nodes):
        if node.host and node.host not in known:
            wrong = True
            yield unknown(("nodes", index, "host"), node.host, known, "host")
    keys = [node.key for node in stage.nodes]
    for key in () if wrong or not known else misfits(stage):
        message = "no host has room for this VM."
        yield Finding(("nodes", keys.index(key)), message, "fewer or smaller VMs, or larger hosts")


def strikes(stage: StageSpec) -> Iterator[Finding]:
    """What befalls hosts befalls ones that exist."""
    known = [host.id for host in stage.hosting.hosts] if stage.hosting is not None else []
    for index, event in enumerate(stage.events):
        for place, effect in enumerate(event.host_effects):
            yield from _strike(effect, known, ("events", index, "host_effects", place))


def _strike(effect: HostEffect, known: list[str], path: Path) -> Iterator[Finding]:
    if not known:
        yield Finding(path, "this stage has no hosts.", "a [hosting] table, or no host_effects")
    elif effect.host and effect.host not in known:
        yield unknown((*path, "host"), effect.host, known, "host")
    if effect.pick not in EFFECT_PICKS:
        hint = did_you_mean(effect.pick, EFFECT_PICKS)
        yield Finding((*path, "pick"), f"no such pick.{hint}", one_of(EFFECT_PICKS))
    if not (effect.down_s or effect.link_down_s):
        yield Finding(path, "does nothing.", "down_s or link_down_s above 0")


def investment(stage: StageSpec) -> Iterator[Finding]:
    """Own hardware is paid out of the budget when the run begins."""
    if stage.finance is not None and stage.finance.investment > stage.budget:
        price = stage.finance.investment
        message = f"does not pay for the investment of {price:,.0f}."
        yield Finding(("budget",), message, f"{price:,.0f} or more")
