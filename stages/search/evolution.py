"""The search itself: openings are changed at random, tried on a few seeds, and the best go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from engine.spec import StageSpec
from stages.balance.conduct import conduct_together, new_run
from stages.balance.runs import Outcome, outcome_of
from stages.balance.workers import Spread, in_batches
from stages.search.mutation import crossed, mutated, simple
from stages.search.opening import Opening, player, starting

PARENTS = 4
CROSSING = 0.25


@dataclass(frozen=True, slots=True)
class Trial:
    """An opening on a seed."""

    stage: StageSpec
    opening: Opening
    seed: int


@dataclass(frozen=True, slots=True)
class Tried:
    """An opening and what came of it on the seeds of the search, in their order."""

    opening: Opening
    outcomes: tuple[Outcome, ...]

    @property
    def worth(self) -> tuple[float, float]:
        """What is compared: the mean fitness, then the mean score."""
        return fmean(map(fitness, self.outcomes)), fmean(outcome.score for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Search:
    """How it went: the best opening, rounds, openings that were tried, and runs that took."""

    best: Tried
    rounds: int
    openings: int
    runs: int


def fitness(outcome: Outcome) -> float:
    """A won run is worth 1 and its standing (so 1 to 2), a lost one the share of the time it lasted (0 to 1)."""
    return 1.0 + outcome.standing if outcome.won else outcome.survived


def try_out(trials: Sequence[Trial]) -> list[Outcome]:
    """Play many trials at once."""
    runs = [(new_run(trial.stage, trial.seed), player(trial.stage, trial.opening)) for trial in trials]
    conduct_together(runs)
    return [outcome_of(simulation) for simulation, _ in runs]


def search(
    stage: StageSpec,
    spread: Spread,
    seeds: Sequence[int],
    goes_on: Callable[[int], bool],
    generator: np.random.Generator,
    width: int,
) -> Search:
    """Search until `goes_on(rounds done)` is false, `width` new openings a round.

    Each new opening plays the first seed; only those that do at least as well there as the worst of the parents (in the
    first round: as the fourth of them) play the others.
    """
    known: set[Opening] = set()
    parents: list[Tried] = []
    rounds = runs = 0
    while not parents or goes_on(rounds):
        fresh = _fresh(stage, parents, known, generator, width)
        known.update(fresh)
        first = list(in_batches(spread, try_out, [Trial(stage, opening, seeds[0]) for opening in fresh]))
        bar = min(map(_first, parents)) if parents else sorted(map(fitness, first))[-min(PARENTS, len(first))]
        good = [(opening, outcome) for opening, outcome in zip(fresh, first, strict=True) if fitness(outcome) >= bar]
        others = [Trial(stage, opening, seed) for opening, _ in good for seed in seeds[1:]]
        rest = list(in_batches(spread, try_out, others))
        many = len(seeds) - 1
        parents += [
            Tried(opening, (outcome, *rest[place * many : (place + 1) * many]))
            for place, (opening, outcome) in enumerate(good)
        ]
        parents = sorted(parents, key=lambda tried: tried.worth, reverse=True)[:PARENTS]
        rounds, runs = rounds + 1, runs + len(first) + len(rest)
    return Search(parents[0], rounds, len(known), runs)


def _first(tried: Tried) -> float:
    return fitness(tried.outcomes[0])


def _fresh(
    stage: StageSpec, parents: Sequence[Tried], known: Iterable[Opening], generator: np.random.Generator, width: int
) -> list[Opening]:
    """Openings nobody has tried: at first what anybody would try, then children of the parents."""
    if not parents:
        return [starting(stage), *simple(stage)]
    made: list[Opening] = []
    while len(made) < width:
        # Two draws and the better one: the best breed more, and the others are not forgotten.
        one, other = sorted(generator.integers(len(parents), size=2).tolist())
        opening = parents[one].opening
        if generator.random() < CROSSING:
            opening = crossed(opening, parents[other].opening, generator)
        opening = mutated(opening, stage, generator)
        if opening not in made and opening not in known:
            made.append(opening)
    return made
