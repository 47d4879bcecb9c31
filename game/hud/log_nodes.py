"""What the log says of the infrastructure: what died, was lost, scaled, opened, was backed up, and what rings."""

from __future__ import annotations

from engine import facts as f
from engine.facts import Fact
from engine.spec import Department, StageSpec
from engine.worldview import WorldView
from game.hud import figures
from game.hud.alerts import alert_value, rule_key
from game.hud.log_entries import Entry, Words, node_words

BREAKER_TONES = {"open": "error", "half_open": "warn", "closed": "ok"}
NODE_SOUNDS: dict[type, str] = {
    f.NodeDied: "alert",
    f.DataLost: "alarm",
    f.Promoted: "upgrade_done",
    f.BreakerChanged: "message",
    f.DeadLetters: "alert",
    f.AlertRaised: "alert",
    f.MigrationStarted: "message",
    f.MigrationDone: "upgrade_done",
}
WORK_DONE = ("building", "resizing", "restarting")


def node_entry(stage: StageSpec, view: WorldView, fact: Fact) -> Entry | None:
    """The line for a fact about the infrastructure; None for every other fact."""

    def line(key: str, tone: str, node: int, **values: Words | str | int) -> Entry:
        words = Words(f"log.{key}", {"node": node_words(view, node), **values} if node >= 0 else values)
        return Entry(view.time_s, Department.SYSTEM, words, tone, node)

    match fact:
        case f.NodeDied(node, reason):
            return line(f"node_died.{reason}", "error", node)
        case f.NodeReady(node, what) if what not in WORK_DONE:
            return line("back_up", "ok", node)
        case f.DataLost(node, writes, reason):
            return line(f"data_lost.{reason}", "error", node, count=figures.count(writes))
        case f.Promoted(node):
            return line("promoted", "ok", node)
        case f.Scaled(node, before, after, load):
            key = "scaled.up" if after > before else "scaled.down"
            return line(key, "text", node, before=before, after=after, load=figures.percent(load))
        case f.BreakerChanged(node, state):
            return line(f"breaker_changed.{state}", BREAKER_TONES[state], node)
        case f.DeadLetters(node):
            return line("dead_letters", "warn", node)
        case f.BackupDone(node):
            return line("backup_done", "ok", node)
    return _alert(stage, view, fact) or _migration(view, fact)


def _alert(stage: StageSpec, view: WorldView, fact: Fact) -> Entry | None:
    match fact:
        case f.AlertRaised(rule, node, value):
            key, tone, more = "alert_raised", "warn", {"value": alert_value(stage, rule, value)}
        case f.AlertCleared(rule, node):
            key, tone, more = "alert_cleared", "ok", {}
        case _:
            return None
    values: dict[str, Words | str | int] = {"rule": Words(rule_key(stage, rule)), **more}
    if node < 0:
        return Entry(view.time_s, Department.SYSTEM, Words(f"log.{key}_service", values), tone)
    words = Words(f"log.{key}", {"node": node_words(view, node), **values})
    return Entry(view.time_s, Department.SYSTEM, words, tone, node)


def _migration(view: WorldView, fact: Fact) -> Entry | None:
    match fact:
        case f.MigrationStarted(ready_at_s):
            words = Words("log.migration_started", {"seconds": round(ready_at_s - view.time_s)})
            return Entry(view.time_s, Department.DEV, words)
        case f.MigrationDone():
            return Entry(view.time_s, Department.DEV, Words("log.migration_done"), "ok")
    return None
