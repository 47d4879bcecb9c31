"""The headless tools: `python -m stages list | check | simulate | presets | bench | experiment | balance | search`.

Exit codes: 0 all is well, 1 a stage has problems, a stage or a preset breaks a promise, or an experiment shows
something else than it says, 2 the command line was not understood.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from stages.errors import OverrideError, Problem, StageError
from stages.load import load_stage, preset_names, stage_names

OK, PROBLEMS, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except OverrideError as error:
        print(error, file=sys.stderr)
        return USAGE
    except StageError as error:
        print(error, file=sys.stderr)
        return PROBLEMS
    except BrokenPipeError:
        sys.stderr.close()
        return OK


def _parser() -> argparse.ArgumentParser:
    from stages.balance import command as balance_command
    from stages.balance.workers import cores
    from stages.bots import BOTS
    from stages.experiments import NAMES
    from stages.experiments.plot import FORMATS
    from stages.search import command as search_command

    parser = argparse.ArgumentParser(prog="python -m stages", description="Stages without a screen.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="the stages of the campaign")
    listing.set_defaults(run=_list)

    check = commands.add_parser("check", help="check stage files; every problem is named with its place")
    check.add_argument("files", nargs="+", metavar="FILE", help="a stage file or the name of a campaign stage")
    check.set_defaults(run=_check)

    simulate = commands.add_parser("simulate", help="let a bot play a stage")
    simulate.add_argument("stage", metavar="STAGE", help="the name of a campaign stage, or a stage file")
    simulate.add_argument("--bot", choices=list(BOTS), default="none", help="who plays (none: nothing is commanded)")
    simulate.add_argument("--seeds", type=_count, default=1, metavar="N", help="how many seeds (1)")
    simulate.add_argument("--first-seed", type=_seed, default=1, metavar="K", help="the first of them (1)")
    simulate.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", help="change a value of the stage"
    )
    simulate.set_defaults(run=_simulate)

    presets = commands.add_parser("presets", help="what each preset of hardware or cloud carries, and what it costs")
    presets.add_argument("names", nargs="*", choices=[[], *preset_names()], metavar="PRESET", help="which (all)")
    presets.add_argument("--seed", type=_seed, default=1, metavar="K", help="the seed of every run (1)")
    presets.add_argument("--workers", type=_count, default=cores(), metavar="N", help="processes (one a core)")
    presets.set_defaults(run=_presets)

    bench = commands.add_parser("bench", help="how fast the engine is on this machine")
    bench.add_argument("--every-kind", action="store_true", help="only the board of every kind of node")
    bench.set_defaults(run=_bench)

    experiment = commands.add_parser("experiment", help="what theory predicts beside what the engine does")
    experiment.add_argument(
        "name", metavar="NAME", choices=["list", "all", *NAMES], help="list, all, or one of the list"
    )
    experiment.add_argument("--seed", type=_seed, default=1, metavar="K", help="the seed of every run (1)")
    experiment.add_argument("--plot", type=Path, metavar="DIR", help="draw into this folder (needs matplotlib)")
    experiment.add_argument("--format", choices=FORMATS, default=FORMATS[0], help=f"of the pictures ({FORMATS[0]})")
    experiment.add_argument(
        "--page", type=Path, metavar="FILE", help="write a page of documentation, pictures beside it"
    )
    experiment.set_defaults(run=_experiment)

    balance = commands.add_parser("balance", help="whether the campaign keeps its promises, by many runs of its bots")
    balance_command.add_options(balance, _count, _seed)
    balance.set_defaults(run=_balance)

    searching = commands.add_parser("search", help="look for an opening that beats the reference bot")
    search_command.add_options(searching, _count, _seed)
    searching.set_defaults(run=_search)
    for command in (listing, check, simulate, presets, bench, experiment, balance, searching):
        command.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: at least 1")
    return number


def _seed(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number}: 0 or more")
    return number


def _list(options: argparse.Namespace) -> int:
    from stages.tables import number, table

    stages = [(name, load_stage(name)) for name in stage_names()]
    if options.json:
        fields = ("order", "duration_s", "day_s", "budget")
        _print_json([{"name": name} | {field: getattr(stage, field) for field in fields} for name, stage in stages])
    else:
        headers = ("name", "order", "seconds", "calendar days", "budget")
        rows = [
            [
                name,
                str(stage.order),
                number(stage.duration_s),
                number(stage.duration_s / stage.day_s, 1),
                number(stage.budget),
            ]
            for name, stage in stages
        ]
        print(table(headers, rows))
    return OK


def _check(options: argparse.Namespace) -> int:
    found: dict[str, list[Problem]] = {}
    for file in options.files:
        try:
            load_stage(file)
            found[file] = []
        except StageError as error:
            found[file] = list(error.problems())
    if options.json:
        _print_json(
            [
                {"stage": file, "ok": not problems, "problems": [asdict(problem) for problem in problems]}
                for file, problems in found.items()
            ]
        )
    else:
        for file, problems in found.items():
            print("\n".join(str(problem) for problem in problems) if problems else f"{file}: ok")
    return PROBLEMS if any(found.values()) else OK


def _simulate(options: argparse.Namespace) -> int:
    from stages.simulate import reports
    from stages.tables import runs_text

    stage = load_stage(options.stage, options.overrides)
    runs = list(reports(stage, options.bot, options.first_seed, options.seeds))
    if options.json:
        _print_json({"stage": stage.id, "bot": options.bot, "overrides": options.overrides, "runs": runs})
    else:
        print(runs_text(runs))
    return OK


def _presets(options: argparse.Namespace) -> int:
    from stages.balance.workers import WorkersError, in_processes
    from stages.presets import report

    try:
        with in_processes(options.workers) as spread:
            found = list(report.capacities(spread, options.seed, options.names))
    except WorkersError as error:
        print(error, file=sys.stderr)
        return USAGE
    if options.json:
        _print_json(report.data(found))
    else:
        print(report.text(found))
    return OK if all(each.kept for each in found) else PROBLEMS


def _bench(options: argparse.Namespace) -> int:
    from stages.bench import bench
    from stages.tables import bench_text

    measured = bench(options.every_kind)
    if options.json:
        _print_json(measured)
    else:
        print(bench_text(measured))
    return OK


def _experiment(options: argparse.Namespace) -> int:
    from stages.experiments import NAMES, experiments, report, title_of
    from stages.experiments.plot import PlotUnavailable, require, save

    if options.name == "list":
        titles = {name: title_of(name) for name in NAMES}
        print(json.dumps(titles, indent=2) if options.json else "\n".join(f"{n:20}{t}" for n, t in titles.items()))
        return OK
    folder = options.page.with_suffix("") if options.page else options.plot
    try:
        if folder:
            require()
        results = [experiments()[name](options.seed) for name in (NAMES if options.name == "all" else [options.name])]
        files = [save(result, folder, options.format) for result in results] if folder else []
        if options.page:
            command = f"python -m stages experiment {options.name} --page {options.page.as_posix()}"
            options.page.write_text(report.page(results, command, folder.name), encoding="utf-8")
    except (PlotUnavailable, OSError) as error:
        print(error, file=sys.stderr)
        return USAGE
    if options.json:
        _print_json([report.data(result) for result in results])
    else:
        print("\n\n\n".join([*map(report.text, results), *(["\n".join(map(str, files))] if files else [])]))
    return OK if all(result.holds for result in results) else PROBLEMS


def _balance(options: argparse.Namespace) -> int:
    from stages.balance import command

    return command.run(options, _print_json, print)


def _search(options: argparse.Namespace) -> int:
    from stages.search import command

    return command.execute(options, _print_json, print)


def _print_json(data: object) -> None:
    print(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


if __name__ == "__main__":
    sys.exit(main())
