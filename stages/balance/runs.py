"""One run as a piece of work that any process can do, and what comes back from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine import scoring
from engine.commands import Build, Clone, Command, StartOperation
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.view import FloatArray, RunResult
from stages.balance.conduct import conduct, conduct_together, new_run
from stages.balance.variants import at_level, without
from stages.bots import Bot, make_bot
from stages.tables import plain

Key = tuple[str, str, int, float, str]


@dataclass(frozen=True, slots=True)
class Job:
    """A run to do. level: factor on all traffic. without: a kind of node that is not on offer. series: whether the
    history is wanted too."""

    stage: StageSpec
    bot: str
    seed: int
    level: float = 1.0
    without: str = ""
    series: bool = False

    @property
    def key(self) -> Key:
        """What tells it from other runs."""
        return self.stage.id, self.bot, self.seed, self.level, self.without


@dataclass(frozen=True, slots=True)
class History:
    """A sample a second of operation; None where there was nothing to measure."""

    budget: tuple[float | None, ...]
    latency_ms: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Death:
    """Requests that failed for a reason (as HTTP status) at nodes of a kind."""

    kind: str
    reason: int
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run; plain values, so that equal runs give equal outcomes wherever they were done.

    standing: 0..1, the weighted parts of the grade, 0 when lost. survived: share of the stage's time. acts: commands
    besides opening the doors. built: kinds of node that the player added.
    """

    outcome: str
    grade: str
    standing: float
    score: int
    latency_ms: float | None
    budget: float
    stars: int
    seconds: float
    survived: float
    error_rate: float
    acts: int
    built: tuple[str, ...]
    died: tuple[Death, ...]
    state_hash: str
    history: History | None = None

    @property
    def won(self) -> bool:
        """Whether the stage was survived."""
        return self.outcome == "won"


def run(job: Job) -> Outcome:
    """Do a run."""
    return outcome_of(conduct(*_begun(job)), job.series)


def run_together(jobs: Sequence[Job]) -> list[Outcome]:
    """Do many runs at once; what comes of each is what `run` would give."""
    begun = [_begun(job) for job in jobs]
    conduct_together(begun)
    return [outcome_of(simulation, job.series) for (simulation, _), job in zip(begun, jobs, strict=True)]


def _begun(job: Job) -> tuple[Simulation, Bot]:
    stage = without(at_level(job.stage, job.level), job.without)
    return new_run(stage, job.seed), make_bot(job.bot, stage)


def outcome_of(simulation: Simulation, series: bool = False) -> Outcome:
    """What came of a run that is over. Raises ValueError when it is not."""
    result = simulation.view.result
    if result is None:
        raise ValueError("the run is not over")
    commands = [command for _, command in simulation.log]
    built = {kind for command in commands if (kind := _added(simulation, command))}
    return Outcome(
        outcome=result.outcome,
        grade=result.grade,
        standing=standing(result),
        score=result.score,
        latency_ms=plain(result.latency_ms),
        budget=simulation.budget,
        stars=result.stars,
        seconds=result.seconds,
        survived=min(result.seconds / simulation.stage.duration_s, 1.0),
        error_rate=result.error_rate,
        acts=sum(not isinstance(command, StartOperation) for command in commands),
        built=tuple(sorted(built)),
        died=_deaths(simulation),
        state_hash=simulation.state_hash(),
        history=_history(simulation) if series else None,
    )


def standing(result: RunResult) -> float:
    """How well a run went, 0..1: the weighted parts of the grade, 0 when lost."""
    parts = scoring.Parts(result.part_throughput, result.part_latency, result.part_uptime)
    return parts.total if result.outcome == "won" else 0.0


def _added(simulation: Simulation, command: Command) -> str:
    """The kind of node that a command added, if any."""
    match command:
        case Build(kind=kind):
            return kind
        case Clone(node=node):
            return simulation.kinds[node]
    return ""


def _deaths(simulation: Simulation) -> tuple[Death, ...]:
    """The most frequent first."""
    counts: Counter[tuple[str, int]] = Counter()
    for node, failed in simulation.view.failures_by_node().items():
        for reason, count in failed.items():
            counts[simulation.kinds[node], int(reason)] += count
    found = [Death(kind, reason, count) for (kind, reason), count in counts.items() if count]
    return tuple(sorted(found, key=lambda death: (-death.count, death.kind, death.reason)))


def _history(simulation: Simulation) -> History:
    series = simulation.view.series
    return History(_numbers(series.budget), _numbers(series.latency_ms))


def _numbers(values: FloatArray) -> tuple[float | None, ...]:
    return tuple(plain(value) for value in values.tolist())
