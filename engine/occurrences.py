"""The events of a run, each with the moment it got, what was answered, and what it does when."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.spec import ChoiceSpec, EventSpec, NodeEffect, TrafficEffect
from engine.strength import duration_s, strength
from engine.view import AnnouncedEvent

NEVER = float("inf")


@dataclass(slots=True)
class Occurrence:
    """One happening of an event of the stage.

    starts_at_s: NEVER while it waits for its condition. held_since_s: since when the condition holds. answered_at_s:
    when `choice` was taken. over_at_s: when a rollback ends its effects. repeated: whether its successor is planned.
    """

    spec: EventSpec
    index: int
    due_s: float
    starts_at_s: float
    told: bool = False
    started: bool = False
    ended: bool = False
    held_since_s: float = NEVER
    choice: ChoiceSpec | None = None
    answered_at_s: float = NEVER
    over_at_s: float = NEVER
    repeated: bool = field(default=False)
    _lasts_s: float = field(init=False)

    def __post_init__(self) -> None:
        own = _lasts_s(self.spec.effects, self.spec.node_effects)
        self._lasts_s = max([own, *(max(e.down_s, e.link_down_s) for e in self.spec.host_effects)])

    def sleeps(self, time_s: float) -> bool:
        """Whether it is too early for one that has not started to be told, to start, or to wait for a condition."""
        if self.starts_at_s == NEVER:
            return time_s < self.due_s
        return time_s < self.starts_at_s - (0.0 if self.told else self.spec.lead_s)

    @property
    def is_open(self) -> bool:
        """Whether it asks something nobody has answered yet."""
        return self.started and bool(self.spec.choices) and self.choice is None

    @property
    def expires_at_s(self) -> float:
        """When an open question answers itself."""
        return self.starts_at_s + self.spec.expires_s

    @property
    def can_roll_back(self) -> bool:
        """Whether it is a deployment whose effects act and are not being rolled back."""
        return self.started and not self.ended and self.spec.rollback_s > 0 and self.over_at_s == NEVER

    def gain(self, effect: TrafficEffect, began_s: float, time_s: float) -> float:
        """The factor an effect has at a moment."""
        if time_s >= self.over_at_s:
            return 1.0
        return 1.0 + (effect.multiplier - 1.0) * strength(effect.envelope, time_s - began_s)

    def traffic(self) -> list[tuple[float, TrafficEffect]]:
        """All its effects on the traffic, with the moment each began or will begin."""
        chosen = self.choice.effects if self.choice else ()
        own = [(self.starts_at_s, effect) for effect in self.spec.effects]
        return own + [(self.answered_at_s, effect) for effect in chosen]

    def ends_at_s(self) -> float:
        """When the last of its effects has faded and its question is answered; its start when it has none."""
        own = self.starts_at_s + self._lasts_s
        if self.is_open or (self.spec.choices and self.choice is None):
            return NEVER
        chosen = own
        if self.choice is not None:
            chosen = self.answered_at_s + _lasts_s(self.choice.effects, self.choice.node_effects)
        return min(max(own, chosen), self.over_at_s)

    def announce(self, at_s: float) -> AnnouncedEvent:
        """What the screen shows of it beforehand; its peak is the largest multiplier of its effects."""
        multiplier = max((effect.multiplier for effect in self.spec.effects), default=1.0)
        return AnnouncedEvent(self.spec.id, self.spec.department, at_s, multiplier)


def _lasts_s(traffic: tuple[TrafficEffect, ...], nodes: tuple[NodeEffect, ...]) -> float:
    lasting = [duration_s(effect.envelope) for effect in traffic]
    lasting += [max(effect.down_s, duration_s(effect.envelope) if effect.lingers else 0.0) for effect in nodes]
    return max(lasting, default=0.0)
