"""What the log says of hosts, their network and storage, and of VMs that change their host."""

from __future__ import annotations

from engine import facts as f
from engine.facts import Fact
from engine.spec import Department
from engine.worldview import WorldView
from game.hud.log_entries import Entry, Words, node_words

HOST_SOUNDS: dict[type, str] = {
    f.HostDied: "alarm",
    f.HostBack: "upgrade_done",
    f.LinkLost: "alert",
    f.StorageStopped: "alarm",
    f.StorageBack: "upgrade_done",
    f.VmRestarted: "message",
    f.VmStranded: "alert",
    f.Migrated: "upgrade_done",
    f.MigrationBroken: "refuse",
}
# Too weighty to stand in the log only.
TOLD_ALOUD = (f.HostDied, f.HostBack, f.StorageStopped, f.StorageBack, f.VmStranded, f.MigrationBroken)


def host_entry(view: WorldView, fact: Fact) -> Entry | None:
    """The line for a fact about the hosts; None for every other fact."""

    def line(key: str, tone: str, node: int = -1, **values: str | int) -> Entry:
        about = {"node": node_words(view, node)} if node >= 0 else {}
        return Entry(view.time_s, Department.SYSTEM, Words(f"log.{key}", {**about, **values}), tone, node)

    match fact:
        case f.HostDied(host):
            lost = sum(len(one.nodes) for one in view.hosts if one.id == host)
            return line("host_died" if lost else "host_died_empty", "error", host=host, count=lost)
        case f.HostBack(host):
            return line("host_back", "ok", host=host)
        case f.LinkLost(host, left):
            return line("link_lost", "warn", host=host, left=left) if left else line("link_cut", "error", host=host)
        case f.LinkBack(host):
            return line("link_back", "ok", host=host)
        case f.StorageStopped():
            return line("storage_stopped", "error")
        case f.StorageBack():
            return line("storage_back", "ok")
    return _moved(view, fact)


def _moved(view: WorldView, fact: Fact) -> Entry | None:
    match fact:
        case f.VmRestarted(node, host):
            key, tone, where = "vm_restarted", "accent", {"host": host}
        case f.VmStranded(node):
            key, tone, where = "vm_stranded", "error", {}
        case f.Migrated(node, host):
            key, tone, where = "migrated", "ok", {"host": host}
        case f.MigrationBroken(node, host):
            key, tone, where = "migration_broken", "warn", {"host": host}
        case _:
            return None
    words = Words(f"log.{key}", {"node": node_words(view, node), **where})
    return Entry(view.time_s, Department.SYSTEM, words, tone, node)
