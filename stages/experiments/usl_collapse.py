"""A database by the Universal Scalability Law: past the peak, more at once means less done."""

from __future__ import annotations

import math

from engine.commands import SetPolicy
from engine.spec import StageSpec
from stages.experiments.record import Recording, example, node_probe, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_most
from stages.experiments.theory import usl_pace

CONTENTION, COHERENCY, SERVICE_S, SLOTS = 0.02, 0.002, 0.1, 100
MEASURED_S = 40
LIMITS = (1, 5, 10, 22, 40, 70, SLOTS)
USL = "Gunther 2007, ch. 4: X(N) = C(N) / s"
BURST = "traffic.curve=[{at_s=0,rps=75},{at_s=30,rps=75},{at_s=30.1,rps=220},{at_s=40,rps=220},{at_s=40.1,rps=75}]"
CURED_S = 90.0


def run(seed: int) -> Result:
    """Throughput by connection limit under endless load; then a burst that a limit would have survived."""
    stage = example("usl_collapse")
    database = number_of(stage, "database")
    done = {}
    for limit in LIMITS:
        recording = record(stage, seed, 20 + MEASURED_S, acts=[(-1, SetPolicy(database, "max_connections", limit))])
        done[limit] = recording.done_rps(20, 20 + MEASURED_S)
    burst = _burst(example("usl_collapse", BURST), seed)
    return Result(
        name="usl_collapse",
        title="A database past its peak",
        story=(
            "Each connection waits for the others (contention) and has to agree with them (coherency). Throughput has "
            "a peak at 22 connections; at 100 it is less than half of that. A burst of ten seconds drives the "
            "database past its peak, where it answers less than what keeps coming: it stays there after the burst has "
            "gone, until the connection limit puts it back."
        ),
        seed=seed,
        claims=_claims(done, burst),
        panels=_panels(done, burst),
    )


def _burst(stage: StageSpec, seed: int) -> Recording:
    database = number_of(stage, "database")
    probes = {"busy": node_probe(stage, "database", lambda node: node.in_service)}
    return record(stage, seed, 150, probes, [(CURED_S, SetPolicy(database, "max_connections", 22))])


def _pace_rps(limit: float) -> float:
    return usl_pace(limit, CONTENTION, COHERENCY) / SERVICE_S


def _tolerance(rate: float) -> float:
    """Three standard deviations of the number answered in the time measured, a second, and 2 % for the step."""
    return 3 * math.sqrt(rate / MEASURED_S) + 0.02 * rate


def _claims(done: dict[int, float], burst: Recording) -> list[Claim]:
    claims = [
        about(f"answered, {limit} at once", _pace_rps(limit), rate, _tolerance(_pace_rps(limit)), "/s", USL)
        for limit, rate in done.items()
    ]
    best = max(done, key=lambda limit: done[limit])
    peak = math.sqrt((1 - CONTENTION) / COHERENCY)
    claims.append(about("best of these limits", peak, best, 1, "", "Gunther 2007: N* = sqrt((1 - a) / b)"))
    stuck = _pace_rps(SLOTS)
    hysteresis = "two stable states: 75/s lies between X(100) and X(22)"
    claims.append(about("before the burst", 75, burst.done_rps(10, 30), 5, "/s", "all that is asked for"))
    claims.append(about("30 to 50 s after the burst", stuck, burst.done_rps(70, 90), 0.07 * stuck, "/s", hysteresis))
    claims.append(about("with the limit set to 22", 75, burst.done_rps(120, 150), 5, "/s", hysteresis))
    claims.append(at_most("failures then", 0.01, burst.failed_share(120, 150), "", "X(22) = 94/s is enough for 75/s"))
    return claims


def _panels(done: dict[int, float], burst: Recording) -> list[Panel]:
    curve = list(range(1, SLOTS + 1))
    return [
        Panel(
            title="Throughput by connections",
            x_label="connections at work",
            y_label="answered a second",
            lines=[
                Line(label="measured", x=list(done), y=list(done.values())),
                Line(label="USL", x=curve, y=[_pace_rps(limit) for limit in curve], theory=True),
            ],
        ),
        Panel(
            title="A burst at 30 s",
            x_label="seconds",
            y_label="a second",
            lines=[
                Line(label="answered", x=burst.time_s, y=burst.done_rates()),
                Line(label="failed", x=burst.time_s, y=burst.failed_rates()),
                Line(label="connections at work", x=burst.time_s, y=burst.samples["busy"]),
            ],
            marks=[(30, "burst"), (CURED_S, "limit 22")],
        ),
    ]
