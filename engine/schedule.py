"""What departments do: when each event is told, starts and fades, what it asks, and how strongly it acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.facts import (
    EventAnnounced,
    EventEnded,
    EventStarted,
    Fact,
    QuestAnswered,
    QuestOffered,
    RollbackStarted,
    RolledBack,
)
from engine.occurrences import NEVER, Occurrence
from engine.spec import ChoiceSpec, ConditionSpec, EventSpec, HostEffect, NodeEffect, StageSpec
from engine.view import AnnouncedEvent, Deployment, Quest


@dataclass(frozen=True, slots=True)
class Begun:
    """An effect on nodes that begins now. event: index of the occurrence it belongs to."""

    event: int
    effect: NodeEffect


@dataclass(slots=True)
class Dues:
    """What an advance of the schedule asks of the simulation: users who join, money, effects on nodes and on hosts that
    begin, and occurrences whose effects are over at once.
    """

    users: float = 0.0
    money: float = 0.0
    begun: list[Begun] = field(default_factory=list)
    hosts: list[HostEffect] = field(default_factory=list)
    over: list[int] = field(default_factory=list)


class Schedule:
    """All events of a run. occurrences: in the order they were planned."""

    def __init__(self, stage: StageSpec, generator: np.random.Generator) -> None:
        self.generator = generator
        self.kinds = {kind.id: i for i, kind in enumerate(stage.request_kinds)}
        self.occurrences: list[Occurrence] = []
        self.happened: set[str] = set()
        self.dues = Dues()
        moments = generator.random(len(stage.events)).tolist()
        chances = generator.random(len(stage.events)).tolist()
        for event, moment, chance in zip(stage.events, moments, chances, strict=True):
            if chance < event.chance:
                self._add(event, event.at_s + event.window_s * round(moment, 6))

    def advance(self, time_s: float, values: Callable[[], Mapping[str, float]]) -> list[Fact]:
        """Let events happen up to a moment. values: the metrics conditions look at. What they ask of the simulation is
        added to `dues`."""
        facts: list[Fact] = []
        for occurrence in [o for o in self.occurrences if not o.ended]:
            if not occurrence.started:
                if occurrence.sleeps(time_s):
                    continue
                self._wait(occurrence, time_s, values)
                facts.extend(self._tell(occurrence, time_s))
                if time_s >= occurrence.starts_at_s:
                    facts.extend(self._start(occurrence))
            if occurrence.is_open and time_s >= occurrence.expires_at_s:
                facts.append(self._choose(occurrence, self._default(occurrence), time_s, by_player=False))
            if occurrence.started and not occurrence.ended:
                facts.extend(self._end(occurrence, time_s))
        return facts

    def take_dues(self) -> Dues:
        """What has come up since the last call."""
        dues, self.dues = self.dues, Dues()
        return dues

    def quest(self, event: str) -> Occurrence | None:
        """The open question of an event."""
        return next((o for o in self.occurrences if o.spec.id == event and o.is_open), None)

    def answer(self, event: str, choice: ChoiceSpec, time_s: float) -> Fact:
        """The player answers. Raises ValueError when nothing is asked."""
        occurrence = self.quest(event)
        if occurrence is None:
            raise ValueError(f"{event!r} asks nothing")
        return self._choose(occurrence, choice, time_s, by_player=True)

    def deployment(self, event: str) -> Occurrence | None:
        """The deployment of an event that can be rolled back now."""
        return next((o for o in self.occurrences if o.spec.id == event and o.can_roll_back), None)

    def roll_back(self, event: str, time_s: float) -> Fact:
        """Order the rollback of a deployment. Raises ValueError when there is none."""
        occurrence = self.deployment(event)
        if occurrence is None:
            raise ValueError(f"{event!r} cannot be rolled back")
        occurrence.over_at_s = time_s + occurrence.spec.rollback_s
        return RollbackStarted(event, occurrence.over_at_s)

    def fire(self, event: EventSpec, time_s: float) -> None:
        """Let an event happen now, whatever it waits for."""
        occurrence = self._add(event, time_s)
        occurrence.starts_at_s, occurrence.told, occurrence.repeated = time_s, True, True

    def multipliers(self, time_s: float, only_known: bool = False) -> list[float]:
        """Factor on the arrivals of each request kind at a moment. only_known: as a forecast sees it."""
        factor = [1.0] * len(self.kinds)
        for occurrence in self.occurrences:
            if not only_known and (occurrence.ended or not occurrence.started):
                continue
            spec = occurrence.spec
            effects = occurrence.traffic()
            if only_known and not occurrence.told:
                if not spec.in_forecast:
                    continue
                effects = [(spec.at_s + spec.window_s / 2, effect) for effect in spec.effects]
            for began_s, effect in effects:
                gain = occurrence.gain(effect, began_s, time_s)
                for kind in effect.kinds or self.kinds:
                    factor[self.kinds[kind]] *= gain
        return factor

    def announced(self) -> tuple[AnnouncedEvent, ...]:
        """Told and not yet started."""
        return tuple(o.announce(o.starts_at_s) for o in self.occurrences if o.told and not o.started)

    def known(self) -> tuple[AnnouncedEvent, ...]:
        """Everything a forecast may show: what is in the briefing and what has been told or seen, by time."""
        shown = [
            o.announce(o.starts_at_s if o.told else o.spec.at_s + o.spec.window_s / 2)
            for o in self.occurrences
            if o.told or o.spec.in_forecast
        ]
        return tuple(sorted(shown, key=lambda event: event.starts_at_s))

    def active(self) -> tuple[str, ...]:
        """Started and not yet faded."""
        return tuple(o.spec.id for o in self.occurrences if o.started and not o.ended)

    def quests(self) -> tuple[Quest, ...]:
        """Open questions, the most urgent first."""
        asked = [Quest(o.spec.id, o.spec.department, o.expires_at_s) for o in self.occurrences if o.is_open]
        return tuple(sorted(asked, key=lambda quest: quest.expires_at_s))

    def deployments(self) -> tuple[Deployment, ...]:
        """Deployments that act on the service and can be, or are being, rolled back."""
        return tuple(
            Deployment(o.spec.id, o.starts_at_s, o.over_at_s if o.over_at_s < NEVER else -1.0)
            for o in self.occurrences
            if o.started and not o.ended and o.spec.rollback_s > 0
        )

    def state(self) -> list[object]:
        """What decides the future."""
        return [
            (o.spec.id, o.due_s, o.starts_at_s, o.told, o.ended, o.held_since_s, o.choice.id if o.choice else "")
            for o in self.occurrences
        ]

    def _add(self, event: EventSpec, due_s: float) -> Occurrence:
        waits = event.when is not None or bool(event.after)
        occurrence = Occurrence(event, len(self.occurrences), due_s, NEVER if waits else due_s)
        self.occurrences.append(occurrence)
        return occurrence

    def _wait(self, occurrence: Occurrence, time_s: float, values: Callable[[], Mapping[str, float]]) -> None:
        """Let one that waits for others or for a condition come, after its lead when that is announced."""
        spec = occurrence.spec
        if occurrence.starts_at_s < NEVER or time_s < occurrence.due_s or not self.happened.issuperset(spec.after):
            return
        if spec.when is not None:
            if not _holds(spec.when, values()):
                occurrence.held_since_s = NEVER
                return
            occurrence.held_since_s = min(occurrence.held_since_s, time_s)
            if time_s - occurrence.held_since_s < spec.when.for_s:
                return
        occurrence.starts_at_s = time_s + spec.lead_s

    def _tell(self, occurrence: Occurrence, time_s: float) -> list[Fact]:
        spec = occurrence.spec
        if occurrence.told or spec.lead_s <= 0 or time_s < occurrence.starts_at_s - spec.lead_s:
            return []
        occurrence.told = True
        return [EventAnnounced(spec.id, spec.department, occurrence.starts_at_s)]

    def _start(self, occurrence: Occurrence) -> list[Fact]:
        spec = occurrence.spec
        occurrence.told = occurrence.started = True
        self.happened.add(spec.id)
        self._due(occurrence, spec.users, spec.money, spec.node_effects)
        self.dues.hosts.extend(spec.host_effects)
        if spec.every_s > 0 and not occurrence.repeated:
            occurrence.repeated = True
            self._add(spec, occurrence.due_s + spec.every_s + spec.window_s * (float(self.generator.random()) - 0.5))
        facts: list[Fact] = [EventStarted(spec.id, spec.department)]
        if spec.choices:
            facts.append(QuestOffered(spec.id, spec.department, occurrence.expires_at_s))
        return facts

    def _choose(self, occurrence: Occurrence, choice: ChoiceSpec, time_s: float, by_player: bool) -> Fact:
        occurrence.choice, occurrence.answered_at_s = choice, time_s
        self.happened.add(f"{occurrence.spec.id}:{choice.id}")
        self._due(occurrence, choice.users, choice.money, choice.node_effects)
        return QuestAnswered(occurrence.spec.id, occurrence.spec.department, choice.id, by_player)

    def _default(self, occurrence: Occurrence) -> ChoiceSpec:
        choices = {choice.id: choice for choice in occurrence.spec.choices}
        return choices.get(occurrence.spec.default, occurrence.spec.choices[-1])

    def _due(self, occurrence: Occurrence, users: float, money: float, effects: tuple[NodeEffect, ...]) -> None:
        self.dues.users += users
        self.dues.money += money
        self.dues.begun.extend(Begun(occurrence.index, effect) for effect in effects)

    def _end(self, occurrence: Occurrence, time_s: float) -> list[Fact]:
        if time_s < occurrence.ends_at_s():
            return []
        occurrence.ended = True
        spec = occurrence.spec
        if time_s >= occurrence.over_at_s:
            self.dues.over.append(occurrence.index)
            return [RolledBack(spec.id)]
        lasted = occurrence.ends_at_s() > occurrence.starts_at_s
        return [EventEnded(spec.id, spec.department)] if lasted else []


def _holds(condition: ConditionSpec, values: Mapping[str, float]) -> bool:
    """Whether a condition holds; what is not known yet (nan) holds nothing."""
    return condition.least <= values[condition.metric] <= condition.most
