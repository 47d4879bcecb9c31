"""Which runs are needed to judge a stage, and what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from engine.spec import StageSpec
from stages.balance.estimates import Band, Rate, band
from stages.balance.players import EXPERT, REFERENCE, WITHHELD
from stages.balance.runs import Job, Key, Outcome, run_together
from stages.balance.workers import Spread, SpreadBatches, in_batches
from stages.bots import bot_names

LEVELS = (0.5, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
MOSTLY = 0.5
NO_RUNS = Rate(0, 0)


class Part(StrEnum):
    """What can be measured: every bot at the stage's own traffic, the sweep over traffic, the ablation of kinds."""

    BOTS = "bots"
    SWEEP = "sweep"
    ABLATION = "ablation"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure. probes: seeds of each point of the sweep and the ablation. bots: none named: all."""

    seeds: int
    probes: int
    first_seed: int = 1
    parts: tuple[Part, ...] = tuple(Part)
    bots: tuple[str, ...] = ()
    series: bool = False


@dataclass(frozen=True, slots=True)
class StageBalance:
    """What was measured of a stage. bots: outcomes by bot, a seed after the other. sweep: the reference by traffic
    level. ablation: the expert by the kind that was withheld from it; `full` is the expert with everything, on the same
    seeds. taught: kinds that the reference mostly adds, and the player without the lesson mostly does not.
    """

    stage: StageSpec
    bots: Mapping[str, tuple[Outcome, ...]]
    sweep: Mapping[float, Rate] = field(default_factory=dict)
    ablation: Mapping[str, Rate] = field(default_factory=dict)
    full: Rate = NO_RUNS
    taught: tuple[str, ...] = ()

    @property
    def band(self) -> Band | None:
        """Of the sweep; None where there was none."""
        return band(list(self.sweep), list(self.sweep.values())) if self.sweep else None


def jobs_of(stage: StageSpec, plan: Plan) -> list[Job]:
    """The runs of a plan, each once, in the order in which they are judged."""
    chosen = plan.bots or bot_names(stage.id)
    jobs: list[Job] = []
    if Part.BOTS in plan.parts:
        jobs += [Job(stage, bot, seed, series=plan.series) for bot in chosen for seed in _seeds(plan, plan.seeds)]
    probes = _seeds(plan, plan.probes)
    if Part.SWEEP in plan.parts and REFERENCE in chosen:
        jobs += [Job(stage, REFERENCE, seed, level=level) for level in LEVELS for seed in probes]
    if Part.ABLATION in plan.parts and EXPERT in chosen:
        jobs += [Job(stage, EXPERT, seed, without=kind) for kind in ("", *on_offer(stage)) for seed in probes]
    unique: dict[Key, Job] = {}
    for job in jobs:
        unique.setdefault(job.key, job)
    return list(unique.values())


def play(jobs: Sequence[Job], spread: Spread | SpreadBatches) -> dict[Key, Outcome]:
    """Do runs; what came of each. Raises WorkersError when the workers cannot."""
    outcomes = in_batches(spread, run_together, jobs)
    return {job.key: outcome for job, outcome in zip(jobs, outcomes, strict=True)}


def measure(stages: Sequence[StageSpec], plan: Plan, spread: Spread | SpreadBatches) -> list[StageBalance]:
    """Do the runs of all stages at once, so that no worker waits for the end of a stage, and judge each.

    Raises WorkersError when the workers cannot.
    """
    found = play([job for stage in stages for job in jobs_of(stage, plan)], spread)
    return [judge(stage, plan, found) for stage in stages]


def on_offer(stage: StageSpec) -> tuple[str, ...]:
    """The kinds of node that can be bought, at once or after the move to microservices."""
    later = stage.migration.unlocks if stage.migration else ()
    return tuple(dict.fromkeys((*stage.unlocked, *later)))


def judge(stage: StageSpec, plan: Plan, found: Mapping[Key, Outcome]) -> StageBalance:
    """What the runs of a plan show of a stage. Raises KeyError, with the key of the run, when one was not done."""
    chosen = plan.bots or bot_names(stage.id)
    probes = _seeds(plan, plan.probes)

    def rate(bot: str, level: float, without: str) -> Rate:
        keys = [(stage.id, bot, seed, level, without) for seed in probes]
        return Rate(sum(found[key].won for key in keys), len(keys))

    bots: dict[str, tuple[Outcome, ...]] = {}
    if Part.BOTS in plan.parts:
        seeds = _seeds(plan, plan.seeds)
        bots = {bot: tuple(found[stage.id, bot, seed, 1.0, ""] for seed in seeds) for bot in chosen}
    swept = Part.SWEEP in plan.parts and REFERENCE in chosen
    ablated = Part.ABLATION in plan.parts and EXPERT in chosen
    return StageBalance(
        stage=stage,
        bots=bots,
        sweep={level: rate(REFERENCE, level, "") for level in LEVELS} if swept else {},
        ablation={kind: rate(EXPERT, 1.0, kind) for kind in on_offer(stage)} if ablated else {},
        full=rate(EXPERT, 1.0, "") if ablated else NO_RUNS,
        taught=_taught(bots),
    )


def _taught(bots: Mapping[str, tuple[Outcome, ...]]) -> tuple[str, ...]:
    with_it, without_it = _usual(bots.get(REFERENCE, ())), _usual(bots.get(WITHHELD, ()))
    return tuple(sorted(with_it - without_it))


def _usual(outcomes: Sequence[Outcome]) -> set[str]:
    """The kinds that are added in most runs."""
    kinds = {kind for outcome in outcomes for kind in outcome.built}
    return {kind for kind in kinds if sum(kind in outcome.built for outcome in outcomes) > MOSTLY * len(outcomes)}


def _seeds(plan: Plan, many: int) -> range:
    return range(plan.first_seed, plan.first_seed + many)
