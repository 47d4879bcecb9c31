"""Traffic and goal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import StageSpec
from stages.finding import Finding


def one_model(stage: StageSpec) -> Iterator[Finding]:
    """Requests come from a curve or from users."""
    users, points = stage.traffic.users, stage.traffic.curve
    if bool(points) == (users is not None):
        message = "both a curve and users are given." if points else "neither a curve nor users are given."
        yield Finding(("traffic",), message, "exactly one of traffic.curve and traffic.users")
    if users is not None and users.initial > users.market:
        message = f"more users at the start than the market of {users.market:g} holds."
        yield Finding(("traffic", "users", "initial"), message, f"a number from 0 to {users.market:g}")


def curve(stage: StageSpec) -> Iterator[Finding]:
    """The points of a curve follow each other in time."""
    points = stage.traffic.curve
    for index in range(1, len(points)):
        if points[index].at_s <= points[index - 1].at_s:
            message = "not later than the point before it."
            yield Finding(("traffic", "curve", index, "at_s"), message, f"a number above {points[index - 1].at_s:g}")


def mix(stage: StageSpec) -> Iterator[Finding]:
    """There is something to ask for."""
    if not any(weight > 0 for weight in stage.traffic.mix.values()):
        yield Finding(("traffic", "mix"), "no kind of request has a weight.", "at least one weight above 0")


def goal(stage: StageSpec) -> Iterator[Finding]:
    """A good latency is shorter than a bad one."""
    if stage.goal.latency_bad_ms <= stage.goal.latency_good_ms:
        message = f"not above latency_good_ms, {stage.goal.latency_good_ms:g}."
        yield Finding(("goal", "latency_bad_ms"), message, f"a number above {stage.goal.latency_good_ms:g}")
