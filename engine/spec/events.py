"""What departments do, and how strong its effects are over time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Department(StrEnum):
    """Who speaks in the log."""

    PM = "pm"
    MARKETING = "marketing"
    DEV = "dev"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How strong an effect is over time: linear rise, hold, exponential decay.

    hold_s: infinite (the default) makes the effect permanent.
    decay_s: time constant of the decay after the hold; 0 ends the effect at once.
    """

    rise_s: float = 0.0
    hold_s: float = float("inf")
    decay_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficEffect:
    """Multiplies the arrivals of `kinds` (empty: all kinds) by up to `multiplier`; also a shift of the mix."""

    multiplier: float
    kinds: tuple[str, ...] = ()
    envelope: Envelope = Envelope()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEffect:
    """Something that befalls nodes: of `kinds` (empty: any kind), in `zone` (empty: anywhere).

    pick: `all` of them, or `one` drawn at random. pace: factor on their speed, fault_share: answers that turn into 500,
    leak_mb_s: memory that leaks, all three as strong as the envelope says (a leak stops with it; what leaked stays).
    down_s: out of order that long. flush: caches lose their content. data_loss: databases lose their data. lose_worker:
    a cluster loses one of its worker nodes.
    """

    kinds: tuple[str, ...] = ()
    zone: str = ""
    pick: str = "all"
    pace: float = 1.0
    fault_share: float = 0.0
    leak_mb_s: float = 0.0
    down_s: float = 0.0
    flush: bool = False
    data_loss: bool = False
    lose_worker: bool = False
    envelope: Envelope = Envelope()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpec:
    """Something a department does.

    at_s, window_s: it happens at a moment drawn uniformly from [at_s, at_s + window_s], in operation time.
    lead_s: it is announced this long before; 0: nobody says a word.
    in_forecast: known before the stage starts and drawn into the forecast of the briefing.
    users: visitors who join at that moment (may be negative).
    Texts: `event.<id>.announce`, `.start`, `.end` in the locale files; a missing one is not spoken.
    """

    id: str
    department: Department
    at_s: float
    window_s: float = 0.0
    lead_s: float = 0.0
    in_forecast: bool = False
    users: float = 0.0
    effects: tuple[TrafficEffect, ...] = ()
    node_effects: tuple[NodeEffect, ...] = ()
