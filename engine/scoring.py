"""The error gauge, and what a run is worth when it is over."""

from __future__ import annotations

from dataclasses import dataclass

from engine.spec import FailureReason, GoalSpec, NodeKind, Role
from engine.view import Incident

GRADES = (("S", 0.93), ("A", 0.82), ("B", 0.68), ("C", 0.52), ("D", 0.0))
WEIGHT_THROUGHPUT, WEIGHT_LATENCY, WEIGHT_UPTIME = 0.3, 0.3, 0.4
POINTS_PER_RPS = 10
STEEPEST = 3.0


@dataclass(slots=True)
class Gauge:
    """How much more failure the company survives: full (1) is Service Down."""

    goal: GoalSpec
    level: float = 0.0

    def advance(self, error_rate: float, elapsed_s: float) -> None:
        """Fill while the error rate is above the threshold (up to 3 times faster as it grows), drain while it is
        not.
        """
        threshold = self.goal.error_threshold
        if error_rate > threshold:
            steepness = min(error_rate / max(threshold, 1e-9), STEEPEST)
            self.level = min(1.0, self.level + elapsed_s * steepness / self.goal.gauge_fill_s)
        else:
            self.level = max(0.0, self.level - elapsed_s / self.goal.gauge_drain_s)


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts of the grade, each 0..1."""

    throughput: float
    latency: float
    uptime: float

    @property
    def total(self) -> float:
        """Their weighted mean."""
        weighted = WEIGHT_THROUGHPUT * self.throughput + WEIGHT_LATENCY * self.latency + WEIGHT_UPTIME * self.uptime
        return weighted / (WEIGHT_THROUGHPUT + WEIGHT_LATENCY + WEIGHT_UPTIME)


def parts(goal: GoalSpec, max_rps: float, latency_ms: float, uptime: float) -> Parts:
    """How close a run came to the goal's targets."""
    return Parts(
        _share(max_rps, 0.0, goal.max_rps),
        _share(latency_ms, goal.latency_bad_ms, goal.latency_good_ms),
        _share(uptime, goal.uptime_floor, 1.0),
    )


def _share(value: float, worst: float, best: float) -> float:
    return min(max((value - worst) / (best - worst), 0.0), 1.0)


def grade(won: bool, result: Parts) -> str:
    """The letter: F when lost, else by the weighted mean of the parts."""
    if not won:
        return "F"
    return next(letter for letter, least in GRADES if result.total >= least)


def score(max_rps: float, users: float) -> int:
    """Points: ten for each request a second of the best five seconds, one for each active user at the end."""
    return round(POINTS_PER_RPS * max_rps + users)


def advice(
    outcome: str, result: Parts, incidents: tuple[Incident, ...], kinds: dict[str, NodeKind], balancers: int
) -> tuple[str, str]:
    """The one piece of advice a result gives: its key, and the kind of node it speaks of."""
    if outcome == "bankrupt":
        return "budget", ""
    if incidents:
        worst = max(incidents, key=lambda incident: incident.count)
        return _cure(worst, kinds, balancers), worst.cause_kind
    if result.latency < 0.8:
        return "latency", ""
    if result.throughput < 0.8:
        return "growth", ""
    return "all_good", ""


def _cure(incident: Incident, kinds: dict[str, NodeKind], balancers: int) -> str:
    if incident.reason is FailureReason.NO_ROUTE:
        return "wiring"
    role = kinds[incident.cause_kind].role
    if role is Role.DATABASE:
        return "database"
    if role is Role.BALANCER:
        return "scale_up"
    return "scale_out" if balancers else "load_balancer"
