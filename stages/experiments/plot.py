"""Pictures of results. Needs matplotlib, an optional extra that is imported only when a picture is wanted."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stages.experiments.result import Panel, Result

FORMATS = ("png", "svg")
MISSING = "plots need matplotlib: pip install 'project-devops[tools]', or leave out --plot"
# A palette that people with colour vision deficiencies can tell apart. Source: M. Okabe, K. Ito, 2008.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


class PlotUnavailable(Exception):
    """Why there can be no picture, and what to do about it."""


def require() -> None:
    """Raises PlotUnavailable where matplotlib is not installed: before the runs, not after them."""
    if find_spec("matplotlib") is None:
        raise PlotUnavailable(MISSING)


def save(result: Result, folder: Path, file_format: str = "png") -> Path:
    """Draw a result into `<folder>/<name>.<format>`; returns the file. Raises PlotUnavailable."""
    figure = draw(result)
    file = folder / f"{result.name}.{file_format}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without dates and versions the same result gives the same file.
        nothing = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}[file_format]
        import matplotlib

        with matplotlib.rc_context({"svg.hashsalt": result.name}):
            figure.savefig(file, metadata=nothing)
    except OSError as error:
        raise PlotUnavailable(f"{file}: cannot be written: {error.strerror}") from None
    return file


def draw(result: Result) -> Any:
    """The matplotlib figure of a result, a panel beside the other. Raises PlotUnavailable."""
    require()
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(5.2 * len(result.panels), 4.2), dpi=110, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(result.title, fontsize=11, fontweight="bold")
        for axes, panel in zip(figure.subplots(1, len(result.panels), squeeze=False)[0], result.panels, strict=True):
            _draw(axes, panel)
    return figure


def _draw(axes: Any, panel: Panel) -> None:
    measured = [line for line in panel.lines if not line.theory]
    for line in panel.lines:
        if line.theory:
            axes.plot(line.x, line.y, "--", color="#555555", linewidth=1.2, label=line.label, zorder=3)
        else:
            colour = COLOURS[measured.index(line) % len(COLOURS)]
            marker = "o" if len(line.x) < 20 else None
            axes.plot(line.x, line.y, color=colour, linewidth=1.6, marker=marker, markersize=4, label=line.label)
    for at, label in panel.marks:
        axes.axvline(at, color="#999999", linewidth=0.9, linestyle=":")
        axes.annotate(label, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -9), textcoords="offset points",
                      fontsize=8, color="#666666")  # fmt: skip
    axes.set_title(panel.title, fontsize=10)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(panel.lines) > 1:
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2)
