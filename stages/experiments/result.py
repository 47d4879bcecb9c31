"""What an experiment brings back: claims with their measurements, and lines to plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A prediction beside its measurement. It holds while the measurement is within [low, high].

    predicted: as it is printed, with its tolerance. source: the theory or the operational knowledge behind it.
    """

    what: str
    predicted: str
    measured: float
    low: float
    high: float
    unit: str
    source: str

    @property
    def holds(self) -> bool:
        """Whether what was predicted was measured."""
        return self.low <= self.measured <= self.high


def about(what: str, predicted: float, measured: float, tolerance: float, unit: str, source: str) -> Claim:
    """The measurement is the prediction, give or take `tolerance` (in the unit)."""
    text = f"{show(predicted)} ± {show(tolerance)}"
    low, high = predicted - tolerance, predicted + tolerance
    return Claim(what=what, predicted=text, measured=measured, low=low, high=high, unit=unit, source=source)


def at_least(what: str, bound: float, measured: float, unit: str, source: str) -> Claim:
    """The measurement is not below the bound."""
    text = f"≥ {show(bound)}"
    return Claim(what=what, predicted=text, measured=measured, low=bound, high=math.inf, unit=unit, source=source)


def at_most(what: str, bound: float, measured: float, unit: str, source: str) -> Claim:
    """The measurement is not above the bound."""
    text = f"≤ {show(bound)}"
    return Claim(what=what, predicted=text, measured=measured, low=-math.inf, high=bound, unit=unit, source=source)


def between(what: str, low: float, high: float, measured: float, unit: str, source: str) -> Claim:
    """The measurement lies between two bounds."""
    text = f"{show(low)} to {show(high)}"
    return Claim(what=what, predicted=text, measured=measured, low=low, high=high, unit=unit, source=source)


def show(value: float) -> str:
    """A figure with three significant digits, whole numbers in full."""
    if not math.isfinite(value):
        return "-"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a plot; `theory` is drawn dashed."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    theory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One pair of axes. marks: moments worth a vertical line, by their label."""

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    marks: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All of an experiment. story: what it shows, in a few sentences."""

    name: str
    title: str
    story: str
    seed: int
    claims: Sequence[Claim]
    panels: Sequence[Panel]

    @property
    def holds(self) -> bool:
        """Whether every claim does."""
        return all(claim.holds for claim in self.claims)
