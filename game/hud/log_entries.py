"""What the log says of each fact: who speaks, with which words, about which node.

Words are kept as keys with their values, so that the log speaks the language that is chosen now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine import facts as f
from engine.facts import Fact
from engine.spec import Department
from engine.worldview import WorldView
from game.i18n import I18n

ICONS = {
    Department.PM: "clipboard-list",
    Department.MARKETING: "megaphone",
    Department.DEV: "code-xml",
    Department.SYSTEM: "server-cog",
}
SOUNDS: dict[type, str] = {
    f.EventAnnounced: "announce",
    f.EventStarted: "message",
    f.NodeReady: "upgrade_done",
    f.FailuresStarted: "alert",
    f.GaugeWarning: "alarm",
    f.BudgetWarning: "alarm",
    f.OperationStarted: "place",
    f.QuestOffered: "announce",
    f.QuestAnswered: "message",
    f.RollbackStarted: "undo",
    f.RolledBack: "upgrade_done",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text by its key, with values that may be words themselves."""

    key: str
    values: Mapping[str, Words | str | int] = field(default_factory=dict)

    def text(self, i18n: I18n) -> str:
        """The text in a language."""
        values = {name: v.text(i18n) if isinstance(v, Words) else v for name, v in self.values.items()}
        return i18n.t(self.key, **values)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. tone: name of the palette's colour. node: -1 when it speaks of none. note: in brackets."""

    time_s: float
    department: Department
    words: Words
    tone: str = "text"
    node: int = -1
    note: Words | None = None

    def text(self, i18n: I18n) -> str:
        """The line in a language."""
        text = self.words.text(i18n)
        return text if self.note is None else f"{text} ({self.note.text(i18n)})"


def entry(i18n: I18n, view: WorldView, fact: Fact) -> Entry | None:
    """The line for a fact; None for a fact without words."""
    now = view.time_s
    match fact:
        case f.EventAnnounced(event, department, starts_at_s):
            line = _spoken(i18n, now, department, f"event.{event}.announce")
            note = Words("play.log.in_seconds", {"seconds": round(starts_at_s - now)})
            return None if line is None else replace(line, note=note)
        case f.EventStarted(event, department):
            return _spoken(i18n, now, department, f"event.{event}.start")
        case f.EventEnded(event, department):
            return _spoken(i18n, now, department, f"event.{event}.end")
        case f.QuestOffered() | f.QuestAnswered() | f.RollbackStarted() | f.RolledBack():
            return _of_departments(i18n, now, fact)
        case f.FailuresStarted(node, reason):
            why = Words(f"reason.{int(reason)}.name")
            words = Words("fact.failures_started", {"node": node_words(view, node), "reason": why})
            return Entry(now, Department.SYSTEM, words, "error", node)
        case f.NodeReady(node, what):
            words = Words(f"fact.node_ready.{what}", {"node": node_words(view, node)})
            return Entry(now, Department.SYSTEM, words, "ok", node)
        case f.NodeOverloaded(node) | f.DatabaseLocked(node):
            return _about(view, fact, node, "warn")
        case f.NodeRelieved(node) | f.DatabaseUnlocked(node):
            return _about(view, fact, node, "ok")
        case f.GaugeWarning(level):
            return Entry(now, Department.SYSTEM, Words("fact.gauge_warning", {"level": round(level * 100)}), "error")
        case f.RunEnded():
            return None
    tone = "warn" if isinstance(fact, f.BudgetWarning) else "text"
    return Entry(now, Department.SYSTEM, Words(f"fact.{_key(fact)}"), tone)


def _of_departments(
    i18n: I18n, now: float, fact: f.QuestOffered | f.QuestAnswered | f.RollbackStarted | f.RolledBack
) -> Entry:
    """What was asked and answered, and what is being rolled back."""
    match fact:
        case f.QuestOffered(_, department, expires_at_s):
            words = Words("quest.log.asked", {"seconds": round(expires_at_s - now)})
            return Entry(now, department, words, "accent")
        case f.QuestAnswered(event, department, choice, by_player):
            note = None if by_player else Words("quest.log.late")
            said = Words(f"event.{event}.chosen.{choice}")
            if not i18n.has(said.key):
                said = Words("quest.log.decided", {"choice": Words(f"event.{event}.choice.{choice}")})
            return Entry(now, department, said, note=note)
        case f.RollbackStarted(event, done_at_s):
            seconds = round(done_at_s - now)
            words = Words("deploy.log.started", {"deployment": deployment(i18n, event), "seconds": seconds})
            return Entry(now, Department.DEV, words)
    return Entry(now, Department.DEV, Words("deploy.log.done", {"deployment": deployment(i18n, fact.event)}), "ok")


def deployment(i18n: I18n, event: str) -> Words:
    """The name of a deployment."""
    key = f"deploy.name.{event}"
    return Words(key if i18n.has(key) else "deploy.unnamed")


def _spoken(i18n: I18n, now: float, department: Department, key: str) -> Entry | None:
    return Entry(now, department, Words(key)) if i18n.has(key) else None


def _about(view: WorldView, fact: Fact, node: int, tone: str) -> Entry:
    return Entry(
        view.time_s, Department.SYSTEM, Words(f"fact.{_key(fact)}", {"node": node_words(view, node)}), tone, node
    )


def node_words(view: WorldView, node: int) -> Words:
    """A node as it is called now, with its number where there are several of its kind: later it may be gone."""
    kinds = {n.id: n.kind for n in view.nodes}
    name = Words(f"node.{kinds.get(node, '')}.name")
    alike = [n for n, kind in kinds.items() if kind == kinds.get(node)]
    return name if len(alike) < 2 else Words("play.node", {"kind": name, "number": alike.index(node) + 1})


def _key(fact: Fact) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(fact).__name__).lower()
