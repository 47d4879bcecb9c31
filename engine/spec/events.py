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

    @property
    def lingers(self) -> bool:
        """Whether it presses on nodes over time, as its envelope says."""
        return self.pace != 1.0 or self.fault_share > 0.0 or self.leak_mb_s > 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEffect:
    """Something that befalls hosts: `host` (empty: any of them), and of those `all`, or `one` of the ones that are up,
    drawn at random.

    down_s: dead that long, its VMs with it. disks_lost: its disks are empty then. link_down_s: one of its links is lost
    for that long.
    """

    pick: str = "one"
    host: str = ""
    down_s: float = 0.0
    link_down_s: float = 0.0
    disks_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSpec:
    """Holds while `metric` has been from `least` to `most` for `for_s` seconds.

    metric: `users`, `rps` (offered), `error_share`, `latency_ms`, `budget`, `gauge`, `utilisation` (of the busiest
    node).
    """

    metric: str
    least: float = float("-inf")
    most: float = float("inf")
    for_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSpec:
    """An answer to a question of a department. money: gained (or, negative, paid) at once; the rest as in an event.

    Texts: `event.<event>.choice.<id>` and, said afterwards, `event.<event>.chosen.<id>`.
    """

    id: str
    money: float = 0.0
    users: float = 0.0
    effects: tuple[TrafficEffect, ...] = ()
    node_effects: tuple[NodeEffect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSpec:
    """Something a department does.

    at_s, window_s: it happens at a moment drawn uniformly from [at_s, at_s + window_s], in operation time.
    when: it waits, from that moment on, until this holds. after: events that must have started before (`event:choice`:
    and must have been answered so), else it waits for them. chance: that it happens at all. every_s: it happens again
    and again at this distance; 0: once.
    lead_s: it is announced this long before; 0: nobody says a word.
    in_forecast: known before the stage starts and drawn into the forecast of the briefing.
    users: visitors who join at that moment (may be negative). money: gained or paid at that moment.
    choices: it is a question, and what follows depends on the answer; unanswered for expires_s it is answered with
    `default`. rollback_s: it is a deployment that can be rolled back: that long after the order its effects are over;
    0: nothing to roll back.
    Texts: `event.<id>.announce`, `.start`, `.end` in the locale files; a missing one is not spoken.
    """

    id: str
    department: Department
    at_s: float
    window_s: float = 0.0
    when: ConditionSpec | None = None
    after: tuple[str, ...] = ()
    chance: float = 1.0
    every_s: float = 0.0
    lead_s: float = 0.0
    in_forecast: bool = False
    users: float = 0.0
    money: float = 0.0
    effects: tuple[TrafficEffect, ...] = ()
    node_effects: tuple[NodeEffect, ...] = ()
    host_effects: tuple[HostEffect, ...] = ()
    choices: tuple[ChoiceSpec, ...] = ()
    expires_s: float = 30.0
    default: str = ""
    rollback_s: float = 0.0
