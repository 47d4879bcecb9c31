"""Plots of what was measured, as SVG that stands inside a page. Needs matplotlib."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from stages.balance.measure import StageBalance
from stages.balance.players import PLAYERS, REFERENCE
from stages.balance.promises import GRADES
from stages.balance.runs import History, Outcome
from stages.balance.tables import deaths
from stages.experiments.plot import require

INK, FAINT, GRID = "#dbe4ee", "#8a9bb0", "#33414f"
# People with colour vision deficiencies can tell them apart, on a dark page. Source: M. Okabe, K. Ito, 2008.
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#9AA5B1")
# From best to worst, evenly darker; a loss stands out.
GRADE_COLOURS = ("#fdea45", "#c4b56c", "#948e77", "#666970", "#414d6b", "#D55E00")
OTHER = "#55606c"
SEGMENTS = 6
LEAST_ALIVE = 0.5
Draw = Callable[[Any], None]


def of_stage(balance: StageBalance) -> Iterator[tuple[str, str]]:
    """Every plot the measured parts allow: its title and its SVG. Raises PlotUnavailable without matplotlib."""
    name = balance.stage.id
    if balance.sweep:
        yield "Win rate by traffic", _svg(f"{name} sweep", lambda axes: _sweep(axes, balance))
    if balance.ablation:
        yield "The expert without a kind of node", _svg(f"{name} ablation", lambda axes: _ablation(axes, balance))
    if balance.bots:
        yield "Grades by bot", _svg(f"{name} grades", lambda axes: _grades(axes, balance))
        yield "Where requests died", _svg(f"{name} deaths", lambda axes: _deaths(axes, balance))
        yield "Money over time", _svg(f"{name} money", lambda axes: _money(axes, balance))
        yield "Mean latency over time", _svg(f"{name} latency", lambda axes: _latency(axes, balance))


def _svg(name: str, draw: Draw) -> str:
    """A figure of one panel. The same data give the same text."""
    require()
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    look: dict[Any, Any] = {
        "font.size": 9, "svg.fonttype": "none", "svg.hashsalt": name, "text.color": INK, "axes.labelcolor": INK,
        "axes.edgecolor": FAINT, "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelcolor": INK,
        "ytick.labelcolor": INK, "grid.color": GRID, "axes.facecolor": "none", "legend.labelcolor": INK,
    }  # fmt: skip
    with matplotlib.rc_context(look):
        figure = Figure(figsize=(6.0, 3.3), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0.0)
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.6, linewidth=0.6)
        axes.set_axisbelow(True)
        draw(axes)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    whole = text.getvalue()
    return whole[whole.index("<svg") :]


def _sweep(axes: Any, balance: StageBalance) -> None:
    levels, rates = list(balance.sweep), list(balance.sweep.values())
    low, high = zip(*(rate.interval for rate in rates), strict=True)
    axes.fill_between(levels, low, high, color=COLOURS[0], alpha=0.2, linewidth=0, label="95 % confidence")
    axes.plot(levels, [rate.share for rate in rates], "o-", color=COLOURS[0], markersize=4, label="the reference")
    band = balance.band
    for level, label, line in ((band.safe, "95 %", "--"), (band.lost, "5 %", ":")) if band else ():
        if np.isfinite(level):
            axes.axvline(level, color=COLOURS[1], linestyle=line, linewidth=1.2, label=f"{label} at {level:.2f}")
    axes.set_xlabel("traffic, times the stage's own")
    _share_axis(axes.yaxis, axes.set_ylim)
    axes.set_ylabel("runs won")
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def _ablation(axes: Any, balance: StageBalance) -> None:
    names = ["(everything)", *balance.ablation]
    rates = [balance.full, *balance.ablation.values()]
    colours = [COLOURS[1] if name in balance.taught else COLOURS[0] for name in names]
    errors = np.array([[r.share - r.interval.low, r.interval.high - r.share] for r in rates]).T
    style = {"ecolor": INK, "elinewidth": 1.0}
    axes.barh(names, [rate.share for rate in rates], color=colours, xerr=np.maximum(errors, 0.0), error_kw=style)
    axes.invert_yaxis()
    _share_axis(axes.xaxis, axes.set_xlim)
    axes.set_xlabel("runs won (orange: what the stage teaches)" if balance.taught else "runs won")
    for place, rate in enumerate(rates):
        axes.annotate(f"{rate.wins} of {rate.runs}", (1.0, place), xycoords=("axes fraction", "data"), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=8)  # fmt: skip
    axes.grid(axis="y", visible=False)


def _grades(axes: Any, balance: StageBalance) -> None:
    bots = list(balance.bots)
    left = np.zeros(len(bots))
    for grade, colour in zip(GRADES, GRADE_COLOURS, strict=True):
        share = np.array([np.mean([o.grade == grade for o in balance.bots[bot]]) for bot in bots])
        axes.barh(bots, share, left=left, color=colour, label=grade)
        left += share
    axes.invert_yaxis()
    _share_axis(axes.xaxis, axes.set_xlim)
    axes.set_xlabel("runs")
    axes.grid(axis="y", visible=False)
    axes.legend(frameon=False, fontsize=8, ncols=len(GRADES), loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _deaths(axes: Any, balance: StageBalance) -> None:
    """Failed requests a run by bot, split by kind of node and status."""
    bots = list(balance.bots)
    everything = [outcome for outcomes in balance.bots.values() for outcome in outcomes]
    worst = [(kind, reason) for kind, reason, _ in deaths(everything)[:SEGMENTS]]
    counts = {bot: _deaths_a_run(outcomes) for bot, outcomes in balance.bots.items()}
    left = np.zeros(len(bots))
    for place, (kind, reason) in enumerate(worst):
        width = np.array([counts[bot][kind, reason] for bot in bots])
        axes.barh(bots, width, left=left, color=COLOURS[place], label=f"{kind} {reason}")
        left += width
    rest = np.array([sum(n for what, n in counts[bot].items() if what not in worst) for bot in bots])
    if rest.any():
        axes.barh(bots, rest, left=left, color=OTHER, label="elsewhere")
    axes.invert_yaxis()
    axes.set_xlabel("failed requests a run")
    axes.grid(axis="y", visible=False)
    if worst:
        axes.legend(frameon=False, fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _deaths_a_run(outcomes: Sequence[Outcome]) -> Counter[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    for kind, reason, count in deaths(outcomes):
        counts[kind, reason] = round(count / len(outcomes))
    return counts


def _money(axes: Any, balance: StageBalance) -> None:
    _over_time(axes, balance, lambda history: history.budget)
    axes.axhline(0.0, color=FAINT, linewidth=0.8)
    axes.set_ylabel("budget")


def _latency(axes: Any, balance: StageBalance) -> None:
    _over_time(axes, balance, lambda history: history.latency_ms)
    axes.set_yscale("log")
    goal = balance.stage.goal
    for value, label in ((goal.latency_good_ms, "good"), (goal.latency_bad_ms, "bad")):
        axes.axhline(value, color=FAINT, linewidth=0.8, linestyle=":")
        axes.annotate(label, (1.0, value), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=8,
                      color=FAINT)  # fmt: skip
    axes.set_ylabel("ms")


def _over_time(axes: Any, balance: StageBalance, pick: Callable[[History], Sequence[float | None]]) -> None:
    """Medians over the seeds of each bot, for as long as at least half of its runs are still going."""
    for bot, outcomes in balance.bots.items():
        samples = _stacked([pick(outcome.history) for outcome in outcomes if outcome.history])
        if not samples.size:
            continue
        time_s, colour = np.arange(1, samples.shape[1] + 1), COLOURS[PLAYERS.index(bot)]
        known = np.isfinite(samples).any(axis=0)
        low, middle, high = quantiles = np.full((3, samples.shape[1]), np.nan)
        quantiles[:, known] = np.nanquantile(samples[:, known], (0.1, 0.5, 0.9), axis=0)
        axes.plot(time_s, middle, color=colour, linewidth=1.5, label=bot)
        if bot == REFERENCE:
            axes.fill_between(time_s, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.set_xlabel("seconds of operation (medians; shaded: 10 % to 90 % of the reference's runs)")
    axes.legend(frameon=False, fontsize=8, ncols=len(PLAYERS), loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _stacked(series: Sequence[Sequence[float | None]]) -> Any:
    """An array by run and second, cut where fewer than half of the runs have a value."""
    longest = max(map(len, series), default=0)
    samples = np.full((len(series), longest), np.nan)
    for row, values in enumerate(series):
        samples[row, : len(values)] = [np.nan if value is None else value for value in values]
    enough = np.isfinite(samples).mean(axis=0) >= LEAST_ALIVE if longest else np.zeros(0, dtype=bool)
    last = int(np.flatnonzero(enough)[-1]) + 1 if enough.any() else 0
    return samples[:, :last]


def _share_axis(axis: Any, limit: Callable[[float, float], object]) -> None:
    from matplotlib.ticker import PercentFormatter

    limit(0.0, 1.02)
    axis.set_major_formatter(PercentFormatter(1.0))
