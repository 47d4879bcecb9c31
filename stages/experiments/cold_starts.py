"""Serverless functions: instances by Little's law, cold starts in a burst, and after a quiet time."""

from __future__ import annotations

import math

from stages.experiments.record import Recording, example, figure, node_probe, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_most, between

RATE_RPS, START_S, SERVICE_S, COLD_S, KEEP_S = 50.0, 10.0, 0.2, 0.8, 20.0
FUNCTIONS = 10
IDLE_S = 1000
GAPS = (0.25, 0.5, 1.0, 2.0)
GAPS_AND_OVERLAPS = "P(gap > T) = exp(-rate x T), and calls that meet a busy instance"
LITTLE = "Little's law: rate x time"


def run(seed: int) -> Result:
    """A burst on one function; then ten functions called now and then, at four rates."""
    burst = _burst(seed)
    cold = {gap: _idle(seed, gap) for gap in GAPS}
    curve = [0.05 * step for step in range(61)]
    return Result(
        name="cold_starts",
        title="Cold starts",
        story=(
            "From nothing to 50 calls a second: nobody is answered for 0.8 s, and every call of that time makes an "
            "instance of its own, four times as many as are needed afterwards. A function that is called now and then "
            "starts cold as often as the gap between two calls is longer than it is kept warm."
        ),
        seed=seed,
        claims=_claims(burst, cold),
        panels=[
            Panel(
                title="A burst on one function",
                x_label="seconds",
                y_label="instances",
                lines=[
                    Line(label="warm", x=burst.time_s, y=burst.samples["warm"]),
                    Line(label="at work", x=burst.time_s, y=burst.samples["busy"]),
                ],
                marks=[(START_S, "burst")],
            ),
            Panel(
                title="Called now and then",
                x_label="calls in the time an instance is kept",
                y_label="share of cold starts",
                lines=[
                    Line(label="measured", x=list(cold), y=list(cold.values())),
                    Line(label="theory", x=curve, y=[_cold_share(gap) for gap in curve], theory=True),
                ],
            ),
        ],
    )


def _burst(seed: int) -> Recording:
    stage = example("cold_starts")
    probes = {
        "warm": figure(stage, "function", "warm"),
        "cold": figure(stage, "function", "cold_starts"),
        "busy": node_probe(stage, "function", lambda node: node.in_service),
    }
    return record(stage, seed, 70, probes, every_s=0.1)


def _idle(seed: int, gap: float) -> float:
    """Share of cold starts where `gap` calls come in the time an instance is kept."""
    stage = example("idle_functions", f"traffic.curve[0].rps={FUNCTIONS * gap / KEEP_S}")
    probes = {f"{number}": figure(stage, f"function_{number}", "cold_starts") for number in range(FUNCTIONS)}
    recording = record(stage, seed, IDLE_S, probes, every_s=IDLE_S)
    return sum(samples[-1] for samples in recording.samples.values()) / recording.totals[-1].born


def _cold_share(gap: float) -> float:
    """Share of the calls of a Poisson stream that come later than an instance is kept, or while it is at work."""
    rate = gap / KEEP_S
    busy_s = SERVICE_S + COLD_S * math.exp(-gap)
    return math.exp(-rate * (KEEP_S + busy_s)) + 1.0 - math.exp(-rate * busy_s)


def _tolerance(gap: float) -> float:
    """Three standard deviations of a share of so many calls."""
    share, calls = _cold_share(gap), FUNCTIONS * IDLE_S * gap / KEEP_S
    return 3.0 * math.sqrt(share * (1.0 - share) / calls)


def _claims(burst: Recording, cold: dict[float, float]) -> list[Claim]:
    needed = RATE_RPS * SERVICE_S
    begun = START_S + COLD_S
    made = burst.highest("cold", 0, START_S + 10)
    first = min((time for time, count in zip(burst.time_s, burst.totals, strict=True) if count.done), default=math.nan)
    claims = [
        between("first answer at", begun, begun + 0.4, first, "s", "nobody is faster than the first instance"),
        between(
            "cold starts of the burst",
            RATE_RPS * COLD_S * 0.8,
            RATE_RPS * (COLD_S + SERVICE_S) * 1.2,
            made,
            "",
            "all calls of 0.8 to 1.0 s",
        ),
        about("at work later", needed, burst.mean("busy", 40, 70), 1, "", LITTLE),
        between(
            "warm later",
            needed + 2 * math.sqrt(needed),
            needed + 5 * math.sqrt(needed),
            burst.mean("warm", 50, 70),
            "",
            "the most at work in the last 20 s, of a Poisson number",
        ),
        at_most("failed", 0.001, burst.failed_share(0, 70), "", "nobody waits longer than patience"),
    ]
    claims += [
        about(f"cold at {gap:g} calls a keep-alive", _cold_share(gap), share, _tolerance(gap), "", GAPS_AND_OVERLAPS)
        for gap, share in cold.items()
    ]
    return claims
