"""A player with a plan for the opening and habits for what follows."""

from __future__ import annotations

from engine.commands import Command, StartOperation
from engine.spec import StageSpec
from engine.view import Phase
from stages.bots.blueprint import Blueprint
from stages.bots.habits import Habit
from stages.bots.player import REACTION_S, Check, World, if_legal


class PlanningBot:
    """Builds its blueprint during the set-up, then follows its habits, one act at a time."""

    def __init__(self, stage: StageSpec, blueprint: Blueprint, *habits: Habit) -> None:
        self.stage, self.blueprint, self.habits = stage, blueprint, habits

    def act(self, world: World, check: Check) -> Command | None:
        """What a habit calls for, else the next step towards the blueprint."""
        if world.phase is Phase.SETUP:
            return self.blueprint.next_act(self.stage, world, check) or StartOperation()
        if world.time_s < REACTION_S:
            return None
        for habit in self.habits:
            act = if_legal(habit.look(world, self.blueprint, self.stage), check)
            if act is not None:
                return act
        return self.blueprint.next_act(self.stage, world, check)
