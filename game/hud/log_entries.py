"""What the log says of each fact: who speaks, with which words, about which node."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from engine import facts as f
from engine.facts import Fact
from engine.spec import Department
from engine.worldview import WorldView
from game.hud import texts
from game.i18n import I18n

ICONS = {
    Department.PM: "clipboard-list",
    Department.MARKETING: "megaphone",
    Department.DEV: "code-xml",
    Department.SYSTEM: "server-cog",
}
COLOURS = {
    Department.PM: "#B79CFF",
    Department.MARKETING: "#FFB547",
    Department.DEV: "#4CC2FF",
    Department.SYSTEM: "#8A99B0",
}
SOUNDS: dict[type, str] = {
    f.EventAnnounced: "announce",
    f.EventStarted: "message",
    f.NodeReady: "upgrade_done",
    f.FailuresStarted: "alert",
    f.GaugeWarning: "alarm",
    f.BudgetWarning: "alarm",
    f.OperationStarted: "place",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. tone: name of the palette's colour. node: -1 when it speaks of none."""

    time_s: float
    department: Department
    text: str
    tone: str = "text"
    node: int = -1


def entry(i18n: I18n, view: WorldView, fact: Fact) -> Entry | None:
    """The line for a fact; None for a fact without words."""
    now = view.time_s
    match fact:
        case f.EventAnnounced(event, department, starts_at_s):
            line = _spoken(i18n, now, department, f"event.{event}.announce")
            when = i18n.t("play.log.in_seconds", seconds=round(starts_at_s - now))
            return None if line is None else replace(line, text=f"{line.text} ({when})")
        case f.EventStarted(event, department):
            return _spoken(i18n, now, department, f"event.{event}.start")
        case f.EventEnded(event, department):
            return _spoken(i18n, now, department, f"event.{event}.end")
        case f.FailuresStarted(node, reason):
            text = i18n.t(
                "fact.failures_started", node=texts.node_name(i18n, view, node), reason=texts.reason(i18n, reason)
            )
            return Entry(now, Department.SYSTEM, text, "error", node)
        case f.NodeReady(node, what):
            name = texts.node_name(i18n, view, node)
            return Entry(now, Department.SYSTEM, i18n.t(f"fact.node_ready.{what}", node=name), "ok", node)
        case f.NodeOverloaded(node) | f.DatabaseLocked(node):
            return _about(i18n, view, fact, node, "warn")
        case f.NodeRelieved(node) | f.DatabaseUnlocked(node):
            return _about(i18n, view, fact, node, "ok")
        case f.GaugeWarning(level):
            return Entry(now, Department.SYSTEM, i18n.t("fact.gauge_warning", level=round(level * 100)), "error")
        case f.RunEnded():
            return None
    return Entry(
        now, Department.SYSTEM, i18n.t(f"fact.{_key(fact)}"), "warn" if isinstance(fact, f.BudgetWarning) else "text"
    )


def _spoken(i18n: I18n, now: float, department: Department, key: str) -> Entry | None:
    return Entry(now, department, i18n.t(key)) if i18n.has(key) else None


def _about(i18n: I18n, view: WorldView, fact: Fact, node: int, tone: str) -> Entry:
    name = texts.node_name(i18n, view, node)
    return Entry(view.time_s, Department.SYSTEM, i18n.t(f"fact.{_key(fact)}", node=name), tone, node)


def _key(fact: Fact) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(fact).__name__).lower()
