"""`python -m stages balance`: its options, and what it does with them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from engine.spec import StageSpec
from stages.balance import record, tables
from stages.balance.measure import Part, Plan, jobs_of, judge, play
from stages.balance.players import PLAYERS
from stages.balance.promises import kept, promises
from stages.balance.runs import Key, Outcome
from stages.balance.workers import Batch, Result, Spread, WorkersError, cores, workers_at
from stages.load import load_stage, stage_names

SEEDS, PROBES_SHARE, LEAST_PROBES = 64, 4, 4
NOTE_EVERY_S = 10.0
OK, BROKEN, USAGE = 0, 1, 2
NO_PLOTS = "--report draws how runs went over time, which is not recorded: leave out --recorded"


def probes_of(seeds: int) -> int:
    """The seeds of each point of the sweep and the ablation, where nobody asked for a number of them."""
    return max(LEAST_PROBES, seeds // PROBES_SHARE)


def add_options(parser: argparse.ArgumentParser, count: Callable[[str], int], seed: Callable[[str], int]) -> None:
    """Describe the command line. count, seed: how a number of things and a seed are read."""
    parser.add_argument(
        "stage", metavar="STAGE", nargs="?", help="a campaign stage or a stage file (the whole campaign)"
    )
    parser.add_argument("--seeds", type=count, default=SEEDS, metavar="N", help=f"seeds of every bot ({SEEDS})")
    parser.add_argument("--probes", type=count, metavar="N", help="seeds of each point of sweep and ablation (N / 4)")
    parser.add_argument("--first-seed", type=seed, default=1, metavar="K", help="the first of them (1)")
    parser.add_argument("--bot", action="append", choices=PLAYERS, default=[], help="only this one (again for more)")
    parser.add_argument("--part", action="append", choices=list(Part), default=[], help="only this (again for more)")
    parser.add_argument("--workers", type=count, metavar="K", help="processes (as many as there are cores)")
    parser.add_argument("--dask", metavar="ADDRESS", help="do the runs on the cluster of this Dask scheduler")
    keep = parser.add_mutually_exclusive_group()
    keep.add_argument("--record", type=Path, metavar="DIR", help="also keep every run in a file a stage")
    keep.add_argument("--recorded", type=Path, metavar="DIR", help="play nothing: judge the runs kept there")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page with plots (needs matplotlib)")


def run(options: argparse.Namespace, print_json: Callable[[object], None], show: Callable[[str], None]) -> int:
    """Measure, print, judge; the exit code says whether every promise holds."""
    from stages.balance import page
    from stages.experiments.plot import PlotUnavailable, require

    stages = [load_stage(name) for name in ([options.stage] if options.stage else stage_names())]
    plan = Plan(
        seeds=options.seeds,
        probes=options.probes or probes_of(options.seeds),
        first_seed=options.first_seed,
        parts=tuple(map(Part, options.part)) or tuple(Part),
        bots=tuple(options.bot),
        series=options.report is not None,
    )
    if options.report and options.recorded:
        show(NO_PLOTS)
        return USAGE
    try:
        if options.report:
            require()
        outcomes, speed = _kept(stages, plan, options.recorded) if options.recorded else _played(stages, plan, options)
        for stage in stages if options.record else ():
            record.write(options.record, stage, outcomes)
        balances = [judge(stage, plan, outcomes) for stage in stages]
        found = promises(balances)
        if options.report:
            page.write(options.report, balances, found, speed)
    except (PlotUnavailable, WorkersError, record.RecordError) as error:
        show(str(error))
        return USAGE
    if options.json:
        print_json(tables.data(balances, found, speed))
    else:
        show(tables.text(balances, found, speed))
    return OK if kept(found) else BROKEN


def _played(
    stages: Sequence[StageSpec], plan: Plan, options: argparse.Namespace
) -> tuple[dict[Key, Outcome], tables.Speed]:
    workers = options.workers or cores()
    jobs = [job for stage in stages for job in jobs_of(stage, plan)]
    start = perf_counter()
    with workers_at(options.dask, workers) as spread:
        outcomes = play(jobs, Progress(spread))
    seconds = perf_counter() - start
    rate = 60.0 * len(jobs) / seconds
    workers = 0 if options.dask else workers
    return outcomes, {"runs": len(jobs), "seconds": seconds, "runs_per_minute": rate, "workers": workers}


def _kept(stages: Sequence[StageSpec], plan: Plan, folder: Path) -> tuple[dict[Key, Outcome], tables.Speed]:
    """The runs of a plan as they were recorded."""
    found: dict[Key, Outcome] = {}
    for stage in stages:
        found |= record.wanted(folder, stage, jobs_of(stage, plan))
    return found, {}


class Progress:
    """Counts what is done, and says now and then how far it is, where somebody watches."""

    def __init__(self, spread: Spread) -> None:
        self.spread = spread
        self.done = 0

    def __call__(self, work: Callable[[Batch], Result], items: Sequence[Batch]) -> Iterator[Result]:
        """The results in the order of the items, which are batches of runs."""
        start = noted = perf_counter()
        total = sum(map(len, items))
        for batch, result in zip(items, self.spread(work, items), strict=True):
            self.done += len(batch)
            now = perf_counter()
            if sys.stderr.isatty() and now - noted > NOTE_EVERY_S:
                noted = now
                left_s = (now - start) / self.done * (total - self.done)
                sys.stderr.write(f"{self.done} of {total} runs, about {left_s / 60.0:.0f} minutes left\n")
            yield result
