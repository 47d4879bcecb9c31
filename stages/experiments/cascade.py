"""A slow database takes down the servers in front of it and pages that never ask it; and two ways to stop that."""

from __future__ import annotations

from engine.commands import Reserve, SetPolicy
from stages.experiments.record import Acts, Recording, example, node_probe, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_least

FAULT_S, END_S, SETTLED_S = 60, 120, 15
RATE_RPS, SLOW_RPS = 100.0, 20.0
NYGARD = "Nygard 2018, ch. 4: blocked threads"


def run(seed: int) -> Result:
    """The plain system, a short queue at the database, and a service of their own for plain pages."""
    stage = example("cascade")
    database = number_of(stage, "database")
    own = [
        Reserve(number_of(stage, "balancer"), number_of(stage, server), kind)
        for server, kind in (("web_a", "plain"), ("web_b", "data"))
    ]
    plain = _run(seed, (), False)
    short = _run(seed, [(-1, SetPolicy(database, "queue_limit", 5))], False)
    split = _run(seed, [(-1, command) for command in own], True)
    return Result(
        name="cascade",
        title="A slow database takes down pages that never ask it",
        story=(
            "For a minute the database works at a fifth of its pace and answers 20 of 50 queries a second. The others "
            "wait for it with the slots of the web servers, until all slots wait: a plain page gets one as seldom as "
            "a query, so 60 % of the plain pages fail as well. A short queue at the database gives the slots back by "
            "failing early; a service of its own keeps the plain pages out of it altogether."
        ),
        seed=seed,
        claims=_claims(plain, short, split),
        panels=[
            Panel(
                title="Answered",
                x_label="seconds",
                y_label="requests a second",
                lines=[
                    Line(label="as it is", x=plain.time_s, y=plain.done_rates()),
                    Line(label="short queue at the database", x=short.time_s, y=short.done_rates()),
                    Line(label="a service for plain pages", x=split.time_s, y=split.done_rates()),
                ],
                marks=[(FAULT_S, "slow"), (END_S, "well")],
            ),
            Panel(
                title="Slots of a web server, as it is",
                x_label="seconds",
                y_label="slots",
                lines=[
                    Line(label="waiting for the database", x=plain.time_s, y=plain.samples["calling"]),
                    Line(label="working", x=plain.time_s, y=plain.samples["working"]),
                ],
                marks=[(FAULT_S, "slow"), (END_S, "well")],
            ),
        ],
    )


def _run(seed: int, acts: Acts, migrated: bool) -> Recording:
    stage = example("cascade", f"migrated={str(migrated).lower()}")
    probes = {
        "calling": node_probe(stage, "web_a", lambda node: node.calling),
        "working": node_probe(stage, "web_a", lambda node: node.in_service),
        "held": node_probe(stage, "web_a", lambda node: node.calling + node.in_service),
    }
    return record(stage, seed, 180, probes, acts)


def _claims(plain: Recording, short: Recording, split: Recording) -> list[Claim]:
    start, end = FAULT_S + SETTLED_S, END_S
    saved = RATE_RPS / 2 + SLOW_RPS
    little = "as many plain pages get a slot as queries: 2 x pace of the database"
    bulkhead = "Nygard 2018, ch. 5: bulkheads; 50 plain + 20 queries"
    return [
        about("before the fault", RATE_RPS, plain.done_rps(20, FAULT_S), 5, "/s", "all that is asked for"),
        about("as it is", 2 * SLOW_RPS, plain.done_rps(start, end), 5, "/s", little),
        at_least("slots held of 20", 19, plain.mean("held", start, end), "", NYGARD),
        about(
            "with a short queue at the database",
            saved,
            short.done_rps(start, end),
            5,
            "/s",
            "fail fast: 15 of 40 slots wait",
        ),
        about("with a service for plain pages", saved, split.done_rps(start, end), 5, "/s", bulkhead),
        about("20 s after the fault", RATE_RPS, plain.done_rps(END_S + 20, 180), 5, "/s", "nothing keeps it down"),
    ]
