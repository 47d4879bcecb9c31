"""`python -m stages search`: its options, and what it prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np

from engine.replay import to_json, to_text
from engine.run import Run
from engine.simulation import Simulation
from engine.spec import StageSpec
from stages.balance.conduct import conduct
from stages.balance.players import REFERENCE
from stages.balance.runs import Job, Outcome, outcome_of, run_together
from stages.balance.workers import Spread, WorkersError, cores, in_batches, workers_at
from stages.load import load_stage
from stages.search.evolution import Search, Trial, search, try_out
from stages.search.opening import player
from stages.tables import number, percent, table

BUDGET_S = 600.0
SEARCH_SEEDS = (1, 2, 3)
# Not those of the search: an opening that only fits its seeds is no exploit.
FRESH_SEEDS = range(101, 107)
# New openings a round, however many workers there are, so that they change nothing in what is found.
WIDTH = 24
OK, USAGE = 0, 2


def add_options(parser: argparse.ArgumentParser, count: Callable[[str], int], seed: Callable[[str], int]) -> None:
    """Describe the command line. count, seed: how a number of things and a seed are read."""
    parser.add_argument("stage", metavar="STAGE", help="a campaign stage or a stage file")
    parser.add_argument("--budget-seconds", type=count, default=BUDGET_S, metavar="S", help=f"to search ({BUDGET_S:g})")
    parser.add_argument("--rounds", type=count, metavar="N", help="stop after so many rounds, however long they take")
    parser.add_argument("--seed", type=seed, default=1, metavar="K", help="of the search's own draws (1)")
    parser.add_argument("--workers", type=count, metavar="K", help="processes (as many as there are cores)")
    parser.add_argument("--dask", metavar="ADDRESS", help="do the runs on the cluster of this Dask scheduler")


def execute(options: argparse.Namespace, print_json: Callable[[object], None], show: Callable[[str], None]) -> int:
    """Search, then compare the best opening with the reference on seeds that neither has been chosen by."""
    stage = load_stage(options.stage)
    workers = options.workers or cores()
    start = perf_counter()

    def goes_on(rounds: int) -> bool:
        if options.rounds:
            return rounds < int(options.rounds)
        return perf_counter() - start < float(options.budget_seconds)

    try:
        with workers_at(options.dask, workers) as spread:
            generator = np.random.Generator(np.random.PCG64(options.seed))
            found = search(stage, spread, SEARCH_SEEDS, goes_on, generator, WIDTH)
            best, reference = _compare(stage, spread, found)
    except WorkersError as error:
        show(str(error))
        return USAGE
    shown = conduct(Simulation(stage, FRESH_SEEDS[0]), player(stage, found.best.opening))
    report = _report(stage, found, best, reference, shown)
    if options.json:
        print_json(report)
    else:
        show(_text(report, shown.run, shown.dt_s))
    return OK


def _compare(stage: StageSpec, spread: Spread, found: Search) -> tuple[list[Outcome], list[Outcome]]:
    best = in_batches(spread, try_out, [Trial(stage, found.best.opening, seed) for seed in FRESH_SEEDS])
    reference = in_batches(spread, run_together, [Job(stage, REFERENCE, seed) for seed in FRESH_SEEDS])
    return list(best), list(reference)


def _report(
    stage: StageSpec, found: Search, best: Sequence[Outcome], reference: Sequence[Outcome], shown: Simulation
) -> dict[str, Any]:
    """Everything that was found, ready for JSON."""
    mine, theirs = _figures(best), _figures(reference)
    return {
        "stage": stage.id,
        "rounds": found.rounds,
        "openings": found.openings,
        "runs": found.runs,
        "found": mine,
        "reference": theirs,
        "beats_reference": mine["standing"] > theirs["standing"] and mine["score"] > theirs["score"],
        "opening": str(found.best.opening),
        "shown": {
            "seed": shown.seed,
            "grade": outcome_of(shown).grade,
            "state_hash": shown.state_hash(),
            "run": to_json(shown.run),
        },
        "code": to_text(shown.run),
    }


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    latencies = [outcome.latency_ms for outcome in outcomes if outcome.latency_ms is not None]
    return {
        "won": fmean(outcome.won for outcome in outcomes),
        "grades": "".join(outcome.grade for outcome in outcomes),
        "standing": fmean(outcome.standing for outcome in outcomes),
        "score": fmean(outcome.score for outcome in outcomes),
        "latency_ms": fmean(latencies) if latencies else None,
        "budget": fmean(outcome.budget for outcome in outcomes),
        "built": sorted({kind for outcome in outcomes for kind in outcome.built}),
    }


def _text(report: dict[str, Any], played: Run, dt_s: float) -> str:
    rows = [[who, *_row(report[who])] for who in ("found", "reference")]
    headers = ("", "won", "grades", "standing", "score", "ms", "budget", "adds")
    verdict = "beats the reference" if report["beats_reference"] else "does not beat the reference in grade and score"
    commands = [f"{step * dt_s:7.1f} s  {command}" for step, command in played.commands]
    parts = [
        f"{report['stage']}: {report['openings']} openings in {report['rounds']} rounds, {report['runs']} runs",
        f"The best one {verdict} (on {len(FRESH_SEEDS)} seeds it was not chosen by):",
        table(headers, rows),
        f"Its run on seed {report['shown']['seed']} (grade {report['shown']['grade']}):\n" + "\n".join(commands),
        f"Share code: {report['code']}",
    ]
    return "\n\n".join(parts)


def _row(figures: dict[str, Any]) -> list[str]:
    return [
        percent(figures["won"]),
        figures["grades"],
        number(figures["standing"], 3),
        number(figures["score"]),
        number(figures["latency_ms"]),
        number(figures["budget"]),
        " ".join(figures["built"]) or "-",
    ]
