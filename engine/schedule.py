"""What departments do: when each event is told, starts and fades, and how strongly it acts on the traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.facts import EventAnnounced, EventEnded, EventStarted, Fact
from engine.spec import EventSpec, NodeEffect, StageSpec, TrafficEffect
from engine.strength import duration_s, strength
from engine.view import AnnouncedEvent


def peak(effects: Sequence[TrafficEffect]) -> float:
    """The largest multiplier among effects, 1 when there are none."""
    return max((effect.multiplier for effect in effects), default=1.0)


@dataclass(slots=True)
class Occurrence:
    """An event of the stage with the moment it got in this run."""

    spec: EventSpec
    starts_at_s: float
    told: bool = False
    started: bool = False
    ended: bool = False


class Schedule:
    """All events of a run. begun: effects on nodes that have just begun, for the simulation to take."""

    def __init__(self, stage: StageSpec, generator: np.random.Generator) -> None:
        self.begun: list[NodeEffect] = []
        self.generator = generator
        self.kinds = {kind.id: i for i, kind in enumerate(stage.request_kinds)}
        moments = generator.random(len(stage.events))
        self.occurrences = [
            Occurrence(event, event.at_s + event.window_s * round(float(u), 6))
            for event, u in zip(stage.events, moments, strict=True)
        ]

    def advance(self, time_s: float) -> tuple[list[Fact], float]:
        """Let events happen up to a moment; returns what happened and how many users joined (or left)."""
        facts: list[Fact] = []
        users = 0.0
        for occurrence in self.occurrences:
            spec = occurrence.spec
            if not occurrence.told and spec.lead_s > 0 and time_s >= occurrence.starts_at_s - spec.lead_s:
                occurrence.told = True
                facts.append(EventAnnounced(spec.id, spec.department, occurrence.starts_at_s))
            if not occurrence.started and time_s >= occurrence.starts_at_s:
                occurrence.told = occurrence.started = True
                users += spec.users
                self.begun.extend(spec.node_effects)
                facts.append(EventStarted(spec.id, spec.department))
            lasts = _lasts_s(spec)
            if occurrence.started and not occurrence.ended and time_s >= occurrence.starts_at_s + lasts:
                occurrence.ended = True
                if lasts > 0:
                    facts.append(EventEnded(spec.id, spec.department))
        return facts, users

    def multipliers(self, time_s: float, only_known: bool = False) -> FloatArray:
        """Factor on the arrivals of each request kind at a moment. only_known: as a forecast sees it."""
        factor = np.ones(len(self.kinds))
        for occurrence in self.occurrences:
            if only_known and not (occurrence.told or occurrence.spec.in_forecast):
                continue
            at = occurrence.starts_at_s
            if only_known and not occurrence.told:
                at = occurrence.spec.at_s + occurrence.spec.window_s / 2
            for effect in occurrence.spec.effects:
                gain = 1.0 + (effect.multiplier - 1.0) * strength(effect.envelope, time_s - at)
                if effect.kinds:
                    factor[[self.kinds[kind] for kind in effect.kinds]] *= gain
                else:
                    factor *= gain
        return factor

    def announced(self) -> tuple[AnnouncedEvent, ...]:
        """Told and not yet started."""
        return tuple(_announce(o, o.starts_at_s) for o in self.occurrences if o.told and not o.started)

    def known(self) -> tuple[AnnouncedEvent, ...]:
        """Everything a forecast may show: what is in the briefing and what has been told or seen, by time."""
        shown = [
            _announce(o, o.starts_at_s if o.told else o.spec.at_s + o.spec.window_s / 2)
            for o in self.occurrences
            if o.told or o.spec.in_forecast
        ]
        return tuple(sorted(shown, key=lambda event: event.starts_at_s))

    def active(self) -> tuple[str, ...]:
        """Started and not yet faded."""
        return tuple(o.spec.id for o in self.occurrences if o.started and not o.ended)


def _lasts_s(spec: EventSpec) -> float:
    """Until the last of an event's effects has faded."""
    traffic = [duration_s(effect.envelope) for effect in spec.effects]
    nodes = [
        max(effect.down_s, duration_s(effect.envelope) if _lingers(effect) else 0.0) for effect in spec.node_effects
    ]
    return max((*traffic, *nodes), default=0.0)


def _lingers(effect: NodeEffect) -> bool:
    return effect.pace != 1.0 or effect.fault_share > 0.0 or effect.leak_mb_s > 0.0


def _announce(occurrence: Occurrence, starts_at_s: float) -> AnnouncedEvent:
    spec = occurrence.spec
    return AnnouncedEvent(spec.id, spec.department, starts_at_s, peak(spec.effects))
