"""The stages as bots play them: what comes of a run in lockstep is what comes of it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.balance.runs import Job, run, run_together
from stages.load import load_stage

STAGES = ("hello_world", "tv_ad", "viral_strike", "feature_factory", "black_friday")
BOTS = ("reference", "expert", "panic")


def jobs(stages: tuple[str, ...], seeds: int, seconds: float) -> list[Job]:
    shortened = [replace(load_stage(stage), duration_s=seconds) for stage in stages]
    return [Job(stage, bot, seed) for stage in shortened for bot in BOTS for seed in range(1, seeds + 1)]


def test_all_stages_side_by_side() -> None:
    """One joint board of five stages, with three bots that act on it."""
    played = jobs(STAGES, 1, 4.0)
    assert run_together(played) == [run(job) for job in played]


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_for_a_while(stage: str) -> None:
    played = jobs((stage,), 2, 60.0)
    assert run_together(played) == [run(job) for job in played]


@pytest.mark.slow
def test_black_friday_to_its_end() -> None:
    """Brokers that fill, retries, work for nobody: all of it comes late in the stage."""
    played = [Job(load_stage("black_friday"), bot, 1) for bot in BOTS]
    assert run_together(played) == [run(job) for job in played]
