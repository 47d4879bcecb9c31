"""Unequal servers behind a balancer that hands out in turn, to the least busy, or by size."""

from __future__ import annotations

from engine.commands import SetPolicy
from stages.experiments.record import Recording, example, node_probe, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_most, between
from stages.experiments.theory import mean_wait_s

RATE_RPS, SERVICE_S = 192.0, 0.1
SMALL, LARGE = 4, 12
POLICIES = ("round_robin", "least_connections", "weighted")
SECONDS, SETTLED_S = 200, 20


def run(seed: int) -> Result:
    """The same servers and traffic under each policy."""
    stage = example("balancing_unequal")
    balancer = number_of(stage, "balancer")
    probes = {
        "small": node_probe(stage, "small_a", lambda node: node.in_service + node.waiting),
        "large": node_probe(stage, "large_a", lambda node: node.in_service + node.waiting),
        "inside": lambda view: view.totals.in_system,
    }
    runs = {
        policy: record(stage, seed, SECONDS, probes, [(-1, SetPolicy(balancer, "balancing", policy))])
        for policy in POLICIES
    }
    return Result(
        name="balancing_unequal",
        title="Round robin and least connections with unequal servers",
        story=(
            "Two servers with 12 slots and two with 4 could do 320 requests/s; 192 are asked for, 60 %. In turn, each "
            "gets a quarter: the small ones are overloaded while the large ones idle. To the least busy, nothing "
            "fails, though the small ones stay as full as the large ones in numbers; by size, all run at 60 %."
        ),
        seed=seed,
        claims=_claims(runs),
        panels=[
            Panel(
                title="Requests on a server",
                x_label="seconds",
                y_label="requests",
                lines=[
                    Line(
                        label=f"{size}, {policy.replace('_', ' ')}", x=runs[policy].time_s, y=runs[policy].samples[size]
                    )
                    for policy in POLICIES[:2]
                    for size in ("small", "large")
                ],
            ),
        ],
    )


def _claims(runs: dict[str, Recording]) -> list[Claim]:
    turn, least, size = (runs[policy] for policy in POLICIES)
    each = RATE_RPS / 4
    lost = 0.5 * (1 - SMALL / SERVICE_S / each)
    waits = [0.75 * mean_wait_s(LARGE, 72, SERVICE_S), 0.25 * mean_wait_s(SMALL, 24, SERVICE_S)]
    poisson_ms = 1000 * (SERVICE_S + sum(waits))
    full = SMALL * 11
    overload = "a server loses what exceeds its slots / service time"
    return [
        about("in turn: failed", lost, turn.failed_share(SETTLED_S, SECONDS), 0.01, "", overload),
        between(
            "in turn: on a small server", 0.8 * full, full, turn.mean("small", SETTLED_S, SECONDS), "", "full queue"
        ),
        about(
            "in turn: on a large server",
            each * SERVICE_S,
            turn.mean("large", SETTLED_S, SECONDS),
            0.5,
            "",
            "Little's law",
        ),
        at_most(
            "least connections: failed",
            0.001,
            least.failed_share(SETTLED_S, SECONDS),
            "",
            "a queue seen is a queue avoided",
        ),
        between("least connections: latency", 100, 150, _latency_ms(least), "ms", "equal numbers, not equal loads"),
        at_most("by size: failed", 0.001, size.failed_share(SETTLED_S, SECONDS), "", "all at 60 %"),
        between(
            "by size: latency",
            98,
            poisson_ms + 3,
            _latency_ms(size),
            "ms",
            "Erlang C at 60 % is the upper bound: turns are smoother than chance",
        ),
    ]


def _latency_ms(recording: Recording) -> float:
    return 1000 * recording.mean("inside", SETTLED_S, SECONDS) / recording.done_rps(SETTLED_S, SECONDS)
