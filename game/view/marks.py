"""Small signs at a card for what its models are up to: an open breaker, dead letters, lag, memory.

A mark is a value rounded to what the eye can tell, so that a card is not repainted for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from game.i18n import I18n

MOST_MARKS = 2
_HALF_OPEN, _OPEN = 0.5, 1.5
_MEMORY_HIGH, _MEMORY_FULL = 0.8, 0.92
_LAG_S, _LONG_LAG_S = 1.0, 5.0
_OLD_S, _VERY_OLD_S = 10.0, 30.0


class Tone(Enum):
    """How a figure is meant: the name of its colour."""

    CALM = "ok"
    BUSY = "warn"
    HOT = "error"
    WORK = "accent"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign: icon, a few letters beside it (none: the icon says it all), and how it is meant."""

    icon: str
    text: str
    tone: Tone


def marks_of(i18n: I18n, figures: Mapping[str, float]) -> tuple[Mark, ...]:
    """The most urgent signs, worst first."""
    found = [*_breaker(figures), *_dead(figures), *_restoring(i18n, figures), *_memory(figures)]
    found += _age(i18n, figures.get("lag_s", 0.0), _LAG_S, _LONG_LAG_S)
    found += _age(i18n, figures.get("oldest_s", 0.0), _OLD_S, _VERY_OLD_S)
    found += _starting(figures)
    found.sort(key=lambda mark: (Tone.HOT, Tone.BUSY).index(mark.tone) if mark.tone in (Tone.HOT, Tone.BUSY) else 2)
    return tuple(found[:MOST_MARKS])


def headline(i18n: I18n, figures: Mapping[str, float]) -> tuple[str, str] | None:
    """The one figure that tells most about a node without latencies: a key under `map.headline`, and its value."""
    for name in ("hit_share", "hot_share", "stale_share"):
        if name in figures:
            return name, f"{figures[name] * 100:.0f}%"
    if "messages" in figures:
        return "messages", short_count(figures["messages"])
    if figures.get("last_backup_s", -1.0) >= 0.0:
        return "last_backup_s", _span(i18n, figures["last_backup_s"])
    return None


def short_count(value: float) -> str:
    """A count in at most four signs."""
    if value >= 10_000.0:
        return f"{value / 1000:.0f}k"
    return f"{value / 1000:.1f}k" if value >= 1000.0 else f"{value:.0f}"


def _breaker(figures: Mapping[str, float]) -> list[Mark]:
    state = figures.get("breaker", 0.0)
    if state < _HALF_OPEN:
        return []
    return [Mark("breaker", "", Tone.HOT if state > _OPEN else Tone.BUSY)]


def _dead(figures: Mapping[str, float]) -> list[Mark]:
    dead = figures.get("dead", 0.0)
    return [Mark("dead_letter", short_count(dead), Tone.HOT)] if dead >= 1.0 else []


def _restoring(i18n: I18n, figures: Mapping[str, float]) -> list[Mark]:
    left = figures.get("restoring_s", 0.0)
    return [Mark("restore", _span(i18n, left), Tone.WORK)] if left > 0.0 else []


def _memory(figures: Mapping[str, float]) -> list[Mark]:
    share = figures.get("memory_share", 0.0)
    if share < _MEMORY_HIGH:
        return []
    return [Mark("memory", f"{min(share, 9.99) * 100:.0f}%", Tone.HOT if share >= _MEMORY_FULL else Tone.BUSY)]


def _age(i18n: I18n, age: float, high: float, alarming: float) -> list[Mark]:
    if not high <= age < math.inf:
        return []
    return [Mark("lag", _span(i18n, age), Tone.HOT if age >= alarming else Tone.BUSY)]


def _starting(figures: Mapping[str, float]) -> list[Mark]:
    coming = figures.get("starting", 0.0) + figures.get("workers_starting", 0.0)
    return [Mark("hourglass", f"+{coming:.0f}", Tone.WORK)] if coming >= 1.0 else []


def _span(i18n: I18n, seconds: float) -> str:
    if seconds >= 99.5:
        return i18n.t("map.minutes", value=f"{seconds / 60:.0f}")
    return i18n.t("map.seconds", value=f"{seconds:.0f}" if seconds >= 9.95 else f"{seconds:.1f}")
