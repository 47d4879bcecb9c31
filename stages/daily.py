"""The challenge of a day: a stage everybody knows, with one help and one or two burdens that the date decides.

Works where stages come compiled: it only replaces values of a stage that was loaded.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from zlib import crc32

from engine.spec import (
    ClientSpec,
    Department,
    Envelope,
    EventSpec,
    NodeEffect,
    NodeKind,
    ObjectiveSpec,
    Role,
    StageSpec,
    TrafficEffect,
)
from stages.load import load_stage

BASES = ("tv_ad", "viral_strike", "feature_factory", "black_friday")
# What a player can do without there, one way or another.
DISPENSABLE: Mapping[str, tuple[str, ...]] = {
    "feature_factory": ("vm_cpu", "serverless", "redis"),
    "black_friday": ("vm_cpu", "waf", "redis"),
}

Item = TypeVar("Item")
Change = Callable[[StageSpec, str], StageSpec]


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a date decided: the stage it comes from, and its modifiers (texts: `daily.<modifier>`)."""

    base: str
    modifiers: tuple[str, ...]


def challenge(day: str) -> Challenge:
    """What the challenge of a day (`2026-11-21`) is made of. Raises ValueError for what is no date."""
    key = _date(day)
    base = pick(BASES, key, "base")
    burdens = tuple(name for name in BURDENS if name != "sold_out" or base in DISPENSABLE)
    first = pick(burdens, key, "burden")
    rest = tuple(name for name in burdens if name != first)
    second = (pick(rest, key, "second burden"),) if _draw(key, "burdens") % 2 else ()
    return Challenge(base, (pick(tuple(HELPS), key, "help"), first, *second))


def _date(day: str) -> str:
    try:
        return datetime.date.fromisoformat(day).isoformat()
    except ValueError:
        raise ValueError(f'"{day}" is no day; write it like 2026-11-21') from None


def daily_stage(day: str) -> StageSpec:
    """The stage of a day (`2026-11-21`), with the id `daily-2026-11-21`. Raises ValueError for what is no date."""
    day = _date(day)
    found = challenge(day)
    stage = load_stage(found.base)
    for name in found.modifiers:
        stage = (HELPS | BURDENS)[name](stage, day)
    goal = stage.goal
    objectives = (
        ObjectiveSpec(id="flawless", metric="error_share", most=0.01),
        ObjectiveSpec(id="swift", metric="latency_ms", most=goal.latency_good_ms + 0.2 * goal.latency_bad_ms),
    )
    return replace(stage, id=f"daily-{day}", order=0, objectives=objectives, tutorial=())


def daily(day: datetime.date) -> StageSpec:
    """The same by date."""
    return daily_stage(day.isoformat())


def pick(items: Sequence[Item], day: str, purpose: str) -> Item:
    """One of `items`, the same on every machine and in every version of Python."""
    return items[_draw(day, purpose) % len(items)]


def _draw(day: str, purpose: str) -> int:
    # Neighbouring dates differ in a bit or two of the checksum; the multiplication spreads them over all of it.
    return (crc32(f"{purpose} {day}".encode()) * 2654435761 >> 16) & 0xFFFF


def _budget(factor: float) -> Change:
    return lambda stage, day: replace(stage, budget=round(stage.budget * factor))


def _users(factor: float) -> Change:
    def change(stage: StageSpec, day: str) -> StageSpec:
        users = stage.traffic.users
        if users is None:
            return stage
        more = replace(users, initial=round(users.initial * factor), market=round(users.market * factor))
        return replace(stage, traffic=replace(stage.traffic, users=more))

    return change


def _kinds(stage: StageSpec, change: Callable[[NodeKind], NodeKind]) -> StageSpec:
    return replace(stage, node_kinds=tuple(change(kind) for kind in stage.node_kinds))


def _priced(price: float, keep: float) -> Change:
    def change(kind: NodeKind) -> NodeKind:
        sizes = (replace(s, price=round(s.price * price), keep_per_day=s.keep_per_day * keep) for s in kind.sizes)
        return replace(kind, sizes=tuple(sizes))

    return lambda stage, day: _kinds(stage, change)


def _slow_delivery(stage: StageSpec, day: str) -> StageSpec:
    return _kinds(stage, lambda kind: replace(kind, build_s=kind.build_s * 2.5, resize_s=kind.resize_s * 1.5))


def _quick_delivery(stage: StageSpec, day: str) -> StageSpec:
    return _kinds(stage, lambda kind: replace(kind, build_s=kind.build_s * 0.4, resize_s=kind.resize_s * 0.4))


def _sold_out(stage: StageSpec, day: str) -> StageSpec:
    """One kind that can be done without is not on offer."""
    missing = pick(DISPENSABLE[stage.id], day, "sold out")
    return replace(stage, unlocked=tuple(kind for kind in stage.unlocked if kind != missing))


def _outages(stage: StageSpec, day: str) -> StageSpec:
    """Machines fail at three moments of the run."""
    servers = tuple(kind.id for kind in stage.node_kinds if kind.role is Role.COMPUTE)
    event = EventSpec(
        id="daily_outage",
        department=Department.SYSTEM,
        at_s=0.25 * stage.duration_s,
        window_s=0.1 * stage.duration_s,
        every_s=0.25 * stage.duration_s,
        node_effects=(NodeEffect(kinds=servers, pick="one", down_s=8.0),),
    )
    return replace(stage, events=(*stage.events, event))


def _push(stage: StageSpec, day: str) -> StageSpec:
    """One more push notification, at a moment nobody is told."""
    event = EventSpec(
        id="daily_push",
        department=Department.MARKETING,
        at_s=0.15 * stage.duration_s,
        window_s=0.6 * stage.duration_s,
        effects=(TrafficEffect(multiplier=1.5, envelope=Envelope(rise_s=3.0, hold_s=55.0, decay_s=5.0)),),
    )
    return replace(stage, events=(*stage.events, event))


def _impatient(stage: StageSpec, day: str) -> StageSpec:
    """Clients try again what failed."""
    return replace(stage, traffic=replace(stage.traffic, client=ClientSpec(retries=1.0, backoff_s=1.0)))


HELPS: dict[str, Change] = {
    "more_money": _budget(1.2),
    "clearance_sale": _priced(0.8, 1.0),
    "cheap_power": _priced(1.0, 0.6),
    "quick_delivery": _quick_delivery,
    "quiet_market": _users(0.9),
}
BURDENS: dict[str, Change] = {
    "more_visitors": _users(1.15),
    "less_money": _budget(0.88),
    "dear_power": _priced(1.0, 1.4),
    "slow_delivery": _slow_delivery,
    "sold_out": _sold_out,
    "outages": _outages,
    "surprise_push": _push,
    "impatient": _impatient,
}
