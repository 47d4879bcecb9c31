"""What the headless tools print for people: tables of plain text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

Row = Sequence[str]


def table(headers: Row, rows: Sequence[Row], left: int = 1) -> str:
    """Columns under their headers: the first `left` flush left, the others flush right."""
    lines = [headers, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
    rule = ["-" * width for width in widths]

    def render(line: Row) -> str:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join(render(line) for line in [headers, rule, *rows])


def plain(value: float) -> float | None:
    """A figure as JSON can say it: None where there is none."""
    return value if math.isfinite(value) else None


def number(value: float | None, digits: int = 0) -> str:
    """A figure, or a dash where there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:,.{digits}f}"


def percent(value: float) -> str:
    """A share as a percentage."""
    return f"{100 * value:.1f}%"


def runs_text(runs: Sequence[Mapping[str, Any]]) -> str:
    """The runs of a simulation: one line a seed, then their summary, then the nodes averaged over the runs."""
    return "\n\n".join([_runs(runs), _summary(runs), _nodes(runs)])


def _runs(runs: Sequence[Mapping[str, Any]]) -> str:
    headers = ["seed", "outcome", "grade", "score", "max rps", "DAU", "uptime", "mean ms", "p50", "p95", "p99"]
    headers += ["errors", "born", "done", "failed", "inside", "hash"]
    rows = []
    for run in runs:
        latency = [number(run["latency_ms"][key]) for key in ("mean", "p50", "p95", "p99")]
        counts = [number(run[key]) for key in ("born", "done", "failed", "in_system")]
        rows.append(
            [
                str(run["seed"]),
                run["outcome"],
                run["grade"],
                number(run["score"]),
                number(run["max_rps"], 1),
                number(run["dau"]),
                percent(run["uptime"]),
                *latency,
                percent(run["error_rate"]),
                *counts,
                run["state_hash"][:12],
            ]
        )
    return table(headers, rows, left=3)


def _summary(runs: Sequence[Mapping[str, Any]]) -> str:
    won = sum(run["outcome"] == "won" for run in runs)
    grades = Counter(run["grade"] for run in runs)
    failures: Counter[str] = Counter()
    for run in runs:
        failures.update(run["failures"])
    return "\n".join(
        [
            f"won       {won} of {len(runs)} ({percent(won / len(runs))})",
            "grades    " + "  ".join(f"{grade}: {grades[grade]}" for grade in "SABCDF" if grades[grade]),
            "failures  " + ("  ".join(f"{reason}: {n:,}" for reason, n in failures.items() if n) or "none"),
        ]
    )


def _nodes(runs: Sequence[Mapping[str, Any]]) -> str:
    headers = ("node", "kind", "size", "runs", "in system", "waiting", "utilisation", "all busy", "done/s", "wait ms")
    found: dict[tuple[str, str, str], list[Mapping[str, float]]] = {}
    for run in runs:
        for node in run["nodes"]:
            found.setdefault((node["name"], node["kind"], node["size"]), []).append(node)
    rows = []
    for names, figures in found.items():
        mean = {key: fmean(figure[key] for figure in figures) for key in _NODE_FIGURES}
        rows.append(
            [
                *names,
                str(len(figures)),
                number(mean["mean_in_system"], 3),
                number(mean["mean_waiting"], 3),
                percent(mean["utilisation"]),
                percent(mean["all_busy"]),
                number(mean["throughput_rps"], 2),
                number(mean["mean_wait_ms"], 1),
            ]
        )
    return table(headers, rows, left=3)


_NODE_FIGURES = ("mean_in_system", "mean_waiting", "utilisation", "all_busy", "throughput_rps", "mean_wait_ms")


def bench_text(bench: Mapping[str, Any]) -> str:
    """The benchmark: cost of a step by size and rate, on a board of every kind, and the pace of the first stage."""
    parts = []
    for key, title in (("kernel", "Three tiers"), ("every_kind", "Every kind of node")):
        if key in bench:
            parts.append(f"{title}\n\n{_costs(bench[key])}")
    if "stage" in bench:
        stage = bench["stage"]
        pace = f"{stage['stage']}: {stage['simulated_s_per_wall_s']:,.0f} simulated seconds a wall second"
        parts.append(f"{pace} ({stage['us_per_step']:.1f} us a step, bot {stage['bot']})")
    return "\n\n".join(parts)


def _costs(cases: Sequence[Mapping[str, Any]]) -> str:
    headers = ("nodes", "rate/s", "offered/s", "done/s", "utilisation", "failed", "us a step", "worst", "steps/s")
    rows = [
        [
            number(case["nodes"]),
            number(case["target_rps"]),
            number(case["offered_rps"]),
            number(case["done_rps"]),
            percent(case["utilisation"]),
            percent(case["failed_share"]),
            number(case["us_per_step"], 1),
            number(case["us_per_step_worst"], 1),
            number(1000000.0 / case["us_per_step"]),
        ]
        for case in cases
    ]
    return table(headers, rows, left=0)
