"""What the screen says of hosts and of the storage under their VMs."""

from __future__ import annotations

import math

from engine.spec import HostingSpec
from engine.view import HostState, HostView, StorageView
from game.hud import figures
from game.i18n import I18n


def number(value: float) -> str:
    """An amount of vCPUs or GB: whole, or with one decimal where it has one."""
    return f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"


def span(i18n: I18n, seconds: float) -> str:
    """A span of time: seconds, and from two minutes on minutes and seconds."""
    return figures.clock(seconds) if seconds >= 119.5 else i18n.t("hosts.seconds", value=f"{seconds:.3g}")


def free(host: HostView) -> tuple[str, str]:
    """vCPUs and GB of memory a host can still give away."""
    return number(max(0.0, host.cpu_room - host.cpu_given)), number(max(0.0, host.memory_gb - host.memory_given))


def state(i18n: I18n, host: HostView, storage: StorageView | None) -> tuple[str, str]:
    """The state of a host in words, and the name of its colour."""
    t = i18n.t
    if host.state is HostState.DOWN:
        words = [t("hosts.state.down")]
        if host.remaining_s > 0:
            words.append(t("hosts.state.back_in", time=span(i18n, math.ceil(host.remaining_s))))
        return " · ".join(words), "error"
    if host.state is HostState.CUT_OFF:
        return t("hosts.state.cut_off"), "error"
    if storage is not None and not storage.works:
        return t("hosts.state.frozen"), "error"
    if host.links_up < host.links:
        return t("hosts.state.link_lost", up=host.links_up, links=host.links), "warn"
    return t("hosts.state.up"), "ok"


def host_tip(i18n: I18n, host: HostView) -> str:
    """The numbers of a host, and the formula of its pace."""
    t = i18n.t
    lines = [
        t(
            "hosts.unit.tip",
            host=host.id,
            cores=host.cores,
            threads=host.threads,
            given=number(host.cpu_given),
            room=number(math.floor(host.cpu_room + 1e-6)),
            busy=f"{host.cpu_busy:.1f}",
            pace=figures.percent(host.pace),
            memory=number(host.memory_given),
            memory_room=number(host.memory_gb),
        )
    ]
    if 0 < host.disk_gb < math.inf:
        lines.append(t("hosts.unit.tip_disk", disk=number(host.disk_given), disk_room=number(host.disk_gb)))
    share = figures.percent(host.network_share)
    links = {"up": host.links_up, "links": host.links, "gbps": number(host.link_gbps)}
    return "\n".join([*lines, t("hosts.unit.tip_links", share=share, **links)])


def storage_line(i18n: I18n, hosting: HostingSpec, storage: StorageView) -> tuple[str, str]:
    """The storage in a line, and the name of its colour."""
    t, replicas = i18n.t, hosting.storage.replicas
    words = [t(f"hosts.storage.{storage.kind.value}", replicas=replicas)]
    tone = "muted"
    if storage.kind.shared:
        if not storage.works:
            words, tone = [t("hosts.storage.stopped")], "error"
        elif storage.replicas_left < replicas:
            words, tone = [t("hosts.storage.left", left=storage.replicas_left, replicas=replicas)], "warn"
        else:
            words.append(t("hosts.storage.whole"))
    elif not math.isnan(storage.copied_s):
        words.append(t("hosts.storage.copied", time=span(i18n, math.floor(storage.copied_s))))
    if not math.isnan(storage.backup_s):
        words.append(t("hosts.storage.backed_up", time=span(i18n, math.floor(storage.backup_s))))
    return " · ".join(words), tone


def storage_tip(i18n: I18n, hosting: HostingSpec) -> str:
    """What is lost with a host."""
    storage = hosting.storage
    key = "tip_ceph" if storage.kind.shared else "tip_local"
    return i18n.t(f"hosts.storage.{key}", replicas=storage.replicas, least=storage.min_replicas)


def ha_line(i18n: I18n, hosting: HostingSpec) -> tuple[str, str]:
    """High availability in a line, and what it means."""
    if hosting.ha is None:
        return i18n.t("hosts.storage.no_ha"), i18n.t("hosts.storage.no_ha_tip")
    values = {
        "detection": span(i18n, hosting.ha.detection_s),
        "restart": span(i18n, hosting.ha.restart_s),
        "tries": hosting.ha.most_restarts,
    }
    return i18n.t("hosts.storage.ha", **values), i18n.t("hosts.storage.ha_tip", **values)
