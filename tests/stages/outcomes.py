"""Made-up runs, and a stage that keeps every promise."""

from __future__ import annotations

from dataclasses import replace

from stages.balance.estimates import Rate
from stages.balance.measure import StageBalance
from stages.balance.runs import Death, History, Outcome
from stages.load import load_stage


def outcome(grade: str = "S", acts: int = 5, built: tuple[str, ...] = ()) -> Outcome:
    """A made-up run."""
    won = grade != "F"
    standing = {"S": 0.95, "A": 0.85, "B": 0.7, "C": 0.6, "D": 0.4, "F": 0.0}[grade]
    history = History((300.0, 200.0), (None, 120.0 if won else None))
    return Outcome(
        "won" if won else "service_down", grade, standing, 1000, 120.0, 50.0, int(won), 300.0, 1.0, 0.01, acts, built,
        (Death("vm_basic", 502, 7),), "", history,
    )  # fmt: skip


def fair(order: int = 2) -> StageBalance:
    """A stage that keeps every promise."""
    lesson = ("cdn",)
    grades = {"reference": "AAB", "expert": "SSA", "novice": "BCF", "withheld": "FFF", "idle": "FFF", "panic": "CDF"}
    bots = {
        bot: tuple(outcome(grade, built=lesson if bot in ("reference", "expert") else ()) for grade in letters)
        for bot, letters in grades.items()
    }
    return StageBalance(
        stage=replace(load_stage("hello_world"), id=f"stage_{order}", order=order),
        bots=bots,
        sweep={0.5: Rate(8, 8), 1.0: Rate(8, 8), 1.5: Rate(4, 8), 2.0: Rate(0, 8)},
        ablation={"cdn": Rate(0, 8), "vm_basic": Rate(6, 8)},
        full=Rate(8, 8),
        taught=lesson,
    )
