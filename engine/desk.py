"""What the player has to do with the departments: questions answered, deployments rolled back; and the knobs of a
sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.commands import AnswerQuest, Fire, Refused, RollBack, Tune
from engine.commands import RefusalCode as Code
from engine.facts import Fact
from engine.situation import Plan
from engine.spec import ChoiceSpec, EventSpec
from engine.view import Phase

if TYPE_CHECKING:
    from engine.simulation import Simulation

MOST_PERCENT = 1000
Matter = AnswerQuest | RollBack | Tune | Fire


class Desk:
    """settings: what was tuned in a sandbox, in percent of what the stage says."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.settings: dict[str, int] = {}
        self._mix = [1.0] * len(simulation.stage.request_kinds)

    def plan(self, command: Matter) -> Plan | Refused:
        """Whether a command is legal now, and what it costs."""
        sim = self.simulation
        match command:
            case AnswerQuest():
                return self._plan_answer(command)
            case RollBack(event=event):
                if sim.schedule.deployment(event) is None:
                    return Refused(Code.NOTHING_TO_ROLL_BACK, {"event": event})
            case Tune() | Fire() if not sim.stage.sandbox:
                return Refused(Code.NOT_SANDBOX)
            case Tune():
                return self._plan_tune(command)
            case Fire(event=event):
                if self._event(event) is None:
                    return Refused(Code.UNKNOWN_EVENT, {"event": event})
                if sim.phase is Phase.SETUP:
                    return Refused(Code.NOT_IN_SETUP)
        return _DONE

    def carry_out(self, command: Matter) -> list[Fact]:
        """Do what `plan` found legal."""
        sim = self.simulation
        match command:
            case AnswerQuest(event=event, choice=choice):
                found = self._choice(event, choice)
                return [sim.schedule.answer(event, found, sim.time_s)] if found else []
            case RollBack(event=event):
                return [sim.schedule.roll_back(event, sim.time_s)]
            case Tune(key=key, value=value):
                self.settings[key] = value
                self._mix = [self.settings.get(f"mix:{kind.id}", 100) / 100.0 for kind in sim.stage.request_kinds]
            case Fire(event=event):
                spec = self._event(event)
                if spec is not None:
                    sim.schedule.fire(spec, sim.time_s)
        return []

    def tuning(self, time_s: float) -> list[float]:
        """Factor on the arrivals of each request kind: the stage's escalation, and what the player tuned."""
        growth = 1.0 + self.simulation.stage.escalation_per_min
        factor = growth ** (time_s / 60.0) * self.settings.get("traffic", 100) / 100.0
        return [share * factor for share in self._mix]

    def values(self) -> Mapping[str, float]:
        """The metrics that events may wait for; see `ConditionSpec`."""
        sim = self.simulation
        busy = sim.metrics.nodes.utilisation
        return {
            "users": sim.traffic.users,
            "rps": sim.metrics.offered_rps,
            "error_share": sim.metrics.error_rate,
            "latency_ms": sim.metrics.latency_ms,
            "budget": sim.budget,
            "gauge": sim.gauge.level,
            "utilisation": float(busy.max(initial=0.0)),
        }

    def _plan_answer(self, command: AnswerQuest) -> Plan | Refused:
        sim = self.simulation
        if sim.schedule.quest(command.event) is None:
            return Refused(Code.NO_QUEST, {"event": command.event})
        choice = self._choice(command.event, command.choice)
        if choice is None:
            return Refused(Code.UNKNOWN_CHOICE, {"event": command.event, "choice": command.choice})
        cost = -choice.money
        if cost > 0 and cost > sim.budget:
            return Refused(Code.BUDGET, {"cost": cost, "budget": sim.budget, "missing": cost - sim.budget})
        return Plan(cost, lambda board: -1)

    def _plan_tune(self, command: Tune) -> Plan | Refused:
        kinds = self.simulation.stage.request_kinds
        if command.key not in ("traffic", *(f"mix:{kind.id}" for kind in kinds)):
            return Refused(Code.UNKNOWN_SETTING, {"setting": command.key})
        if not 0 <= command.value <= MOST_PERCENT:
            return Refused(Code.SETTING_VALUE, {"setting": command.key, "value": command.value, "most": MOST_PERCENT})
        return _DONE

    def _choice(self, event: str, choice: str) -> ChoiceSpec | None:
        spec = self._event(event)
        return next((c for c in spec.choices if c.id == choice), None) if spec else None

    def _event(self, event: str) -> EventSpec | None:
        return next((spec for spec in self.simulation.stage.events if spec.id == event), None)


_DONE = Plan(0.0, lambda board: -1)
