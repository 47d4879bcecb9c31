"""Sentences that several parts of the screen need."""

from __future__ import annotations

from engine.spec import FailureReason, NodeSize
from game.hud import figures
from game.i18n import I18n
from game.money import money


def price(i18n: I18n, cost: float) -> str:
    """What an act costs; what it brings has a plus in front."""
    return money(i18n, cost) if cost >= 0 else f"+{money(i18n, -cost)}"


def per_day(i18n: I18n, amount: float) -> str:
    """An amount a calendar day."""
    return i18n.t("play.per_day", money=money(i18n, amount))


def reason(i18n: I18n, failure: FailureReason) -> str:
    """The name of a failure, with its number."""
    return i18n.t(f"reason.{int(failure)}.name")


def figure_name(i18n: I18n, name: str) -> str:
    """The name of a figure of a model; its key where the language files have none."""
    key = f"figure.{name}.name"
    return i18n.t(key) if i18n.has(key) else name


def figure(i18n: I18n, name: str, value: float) -> str:
    """A figure by the unit its name ends with: `_s`, `_ms`, `_share`, `_rps`, `_mb`, else a plain number."""
    if name == "breaker":
        return i18n.t(f"play.inspector.breaker.{breaker_state(value)}")
    match name.rpartition("_")[2]:
        case "s":
            return figures.seconds(value)
        case "ms":
            return figures.latency(value)
        case "share" | "percent":
            return figures.percent(value if name.endswith("share") else value / 100)
        case "rps":
            return i18n.t("play.inspector.rps", value=figures.rate(value))
        case "mb":
            return figures.megabytes(value)
    return figures.count(value)


def capacity(i18n: I18n, size: NodeSize) -> str:
    """What a size can take: slots and queue, a rate, memory; only what it has."""
    words = []
    if size.slots:
        words.append(i18n.t("play.size.slots", count=size.slots))
    if size.rate_cap_rps:
        words.append(i18n.t("play.size.rate", cap=figures.count(size.rate_cap_rps)))
    if size.queue:
        words.append(i18n.t("play.size.queue", count=figures.count(size.queue)))
    if size.cpu:
        words.append(i18n.t("play.size.cpu", count=f"{size.cpu:g}"))
    if size.memory_mb:
        words.append(figures.megabytes(size.memory_mb))
    if size.partitions > 1:
        words.append(i18n.t("play.size.partitions", count=size.partitions))
    return " · ".join(words)


def breaker_state(value: float) -> str:
    """What a figure of a circuit breaker means."""
    return ("closed", "half_open", "open")[round(min(max(value, 0.0), 2.0))]
