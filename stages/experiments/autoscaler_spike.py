"""An autoscaler meets a spike: what it watches decides how late it comes, and only what runs already helps at once."""

from __future__ import annotations

from engine.commands import Command, SetPolicy
from engine.facts import Scaled
from stages.experiments.record import Recording, example, node_probe, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_most, between

SPIKE_S, OVER_S, LAST_S = 60.0, 360.0, 480
SPIKE_RPS, INSTANCE_RPS = 640.0, 100.0
# By the processor 2 full instances look like 2 x 1 / 0.7: three. Those start while the next look comes too early to
# count them, so each round takes two looks of 15 s; an instance is ready 20 s after its look.
WISHES = ((75.0, 3), (105.0, 5), (135.0, 8), (165.0, 10))
READY = ((SPIKE_S, 2), (95.0, 3), (125.0, 5), (155.0, 8))
HPA = "HPA: ceil(ready x metric / target), starting ones count as idle"


def run(seed: int) -> Result:
    """By processor, by requests present, and with enough instances from the start."""
    stage = example("autoscaler_spike")
    group = number_of(stage, "group")
    cpu = _run(seed)
    concurrency = _run(seed, SetPolicy(group, "metric", "concurrency"))
    prepared = _run(seed, SetPolicy(group, "min_instances", 10))
    runs = {"by processor": cpu, "by requests": concurrency, "ten at least": prepared}
    return Result(
        name="autoscaler_spike",
        title="An autoscaler meets a spike",
        story=(
            "Six times the load within a second. A processor cannot be busier than 100 %, so an autoscaler that "
            "watches it sees 1.4 times its target however high the spike is, and climbs 2, 3, 5, 8, 10, two looks a "
            "rung. Watching the requests present it sees the queue and climbs as fast as it may. Either way the first "
            "minute belongs to the instances that run already."
        ),
        seed=seed,
        claims=_claims(cpu, concurrency, prepared),
        panels=[
            Panel(
                title="Instances ready",
                x_label="seconds",
                y_label="instances",
                lines=[Line(label=name, x=each.time_s, y=each.samples["ready"]) for name, each in runs.items()],
                marks=[(SPIKE_S, "spike"), (OVER_S, "over")],
            ),
            Panel(
                title="Failed",
                x_label="seconds",
                y_label="requests a second",
                lines=[Line(label=name, x=each.time_s, y=each.failed_rates()) for name, each in runs.items()],
                marks=[(SPIKE_S, "spike"), (OVER_S, "over")],
            ),
        ],
    )


def _run(seed: int, *commands: Command) -> Recording:
    stage = example("autoscaler_spike")
    probes = {"ready": node_probe(stage, "group", lambda node: node.instances)}
    return record(stage, seed, LAST_S, probes, [(-1, command) for command in commands])


def _claims(cpu: Recording, concurrency: Recording, prepared: Recording) -> list[Claim]:
    scaled = [(time, fact.after) for time, fact in cpu.facts if isinstance(fact, Scaled)]
    climbs = [(time, after) for time, after in scaled if SPIKE_S < time < OVER_S]
    down = min((time for time, _ in scaled if time > OVER_S), default=float("nan"))
    claims = []
    for place, (when, wish) in enumerate(WISHES):
        time, after = climbs[place] if place < len(climbs) else (float("nan"), float("nan"))
        claims.append(about(f"wish number {place + 1}", wish, after, 0, "instances", HPA))
        claims.append(about(f"wish number {place + 1} at", when, time, 1, "s", "a look every 15 s, 20 s to start"))
    steps = zip(READY, [*[time for time, _ in READY[1:]], READY[-1][0]], strict=True)
    lost = sum((end - start) * max(0.0, SPIKE_RPS - count * INSTANCE_RPS) for (start, count), end in steps)
    share = lost / ((READY[-1][0] - SPIKE_S) * SPIKE_RPS)
    end = READY[-1][0] + 5
    claims += [
        about(
            "failed until 8 are ready",
            share,
            cpu.failed_share(SPIKE_S, READY[-1][0]),
            0.04,
            "",
            "what exceeds the capacity",
        ),
        at_most("failed afterwards", 0.01, cpu.failed_share(end + 10, OVER_S), "", "800/s for 640/s"),
        at_most(
            "by requests: failed after 115 s",
            0.01,
            concurrency.failed_share(115, OVER_S),
            "",
            "2 + 4 at 75 s, twice that at 90 s, 20 s to start",
        ),
        at_most("ten at least: failed", 0.005, prepared.failed_share(SPIKE_S, OVER_S), "", "1,000/s for 640/s"),
        between("first step down", OVER_S + 60, OVER_S + 90, down, "s", "highest wish of the last 60 s"),
    ]
    return claims
