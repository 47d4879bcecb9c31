"""The move to microservices: asked for once, paid at once, done by Dev after a while."""

from __future__ import annotations

from engine.commands import RefusalCode as Code
from engine.commands import Refused
from engine.facts import Fact, MigrationDone, MigrationStarted
from engine.situation import Plan
from engine.spec import StageSpec


class Migration:
    """Where the move stands. done: kinds of request can have services of their own. ready_at_s: -1 unless under way."""

    def __init__(self, stage: StageSpec) -> None:
        self.stage = stage
        self.done = stage.migrated
        self.ready_at_s = -1.0

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Kinds of node on offer now."""
        spec = self.stage.migration
        added = spec.unlocks if spec is not None and self.done else ()
        return (*self.stage.unlocked, *(kind for kind in added if kind not in self.stage.unlocked))

    def plan(self, time_s: float, budget: float, setup: bool) -> Plan | Refused:
        """Whether it can be asked for now, and what it costs."""
        spec = self.stage.migration
        if self.done:
            return Refused(Code.MIGRATED)
        if spec is None:
            return Refused(Code.NO_MIGRATION)
        if self.ready_at_s >= 0:
            return Refused(Code.MIGRATING, {"remaining_s": self.ready_at_s - time_s})
        if setup:
            return Refused(Code.NOT_IN_SETUP)
        if spec.cost > budget:
            return Refused(Code.BUDGET, {"cost": spec.cost, "budget": budget, "missing": spec.cost - budget})
        return Plan(spec.cost, lambda board: -1)

    def begin(self, time_s: float) -> Fact:
        """Start it. Raises ValueError where Dev does not offer it."""
        if self.stage.migration is None:
            raise ValueError(f"stage {self.stage.id!r} has no migration")
        self.ready_at_s = time_s + self.stage.migration.duration_s
        return MigrationStarted(self.ready_at_s)

    def advance(self, time_s: float) -> list[Fact]:
        """Finish it when it is time."""
        if self.ready_at_s < 0 or time_s < self.ready_at_s or self.stage.migration is None:
            return []
        self.done, self.ready_at_s = True, -1.0
        return [MigrationDone(self.stage.migration.unlocks)]

    def state(self) -> tuple[bool, float]:
        """What decides the future."""
        return self.done, round(self.ready_at_s, 6)
