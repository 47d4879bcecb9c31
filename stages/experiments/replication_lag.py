"""A replica falls behind a flood of writes, catches up, and loses what it did not have when the master dies."""

from __future__ import annotations

import math

from stages.experiments.record import Recording, example, figure, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_most
from stages.experiments.theory import popularities

FLOOD_RPS, APPLY_RPS, AFTER_RPS = 60.0, 40.0, 10.0
START_S, END_S, LAST_S = 30.0, 70.0, 150
FLOOD_S = END_S - START_S
READS = 2
# Three standard deviations of the number of writes in the flood.
NOISE = 3 * math.sqrt(FLOOD_RPS * FLOOD_S)
KLEPPMANN = "Kleppmann 2017, ch. 5"
DEATH = '[{id="death",department="system",at_s=70,node_effects=[{kinds=["master"],down_s=60}]}]'


def run(seed: int) -> Result:
    """The flood; the same with reads that slow the applying; the same with the death of the master at its end."""
    plain = _run(seed)
    busier = [f"{{at_s={at},rps={rate * (1 + READS)}}}" for at, rate in _curve()]
    reading = _run(seed, f"traffic.curve=[{','.join(busier)}]", f"traffic.mix={{write=1,read={READS}}}")
    death = _run(seed, f"events={DEATH}")
    return Result(
        name="replication_lag",
        title="A replica under a flood of writes",
        story=(
            "For 40 s the master takes 60 writes a second and the replica applies 40. The backlog is largest when the "
            "flood ends; the lag goes on growing until the last write of the flood is applied, 20 s later. Reads on "
            "the replica slow the applying. If the master dies at the end of the flood, the whole backlog is lost."
        ),
        seed=seed,
        claims=_claims(plain, reading, death),
        panels=[
            Panel(
                title="Backlog",
                x_label="seconds",
                y_label="writes not applied",
                lines=[
                    Line(label="no reads", x=plain.time_s, y=plain.samples["backlog"]),
                    Line(label="with reads", x=reading.time_s, y=reading.samples["backlog"]),
                    Line(label="theory, no reads", x=_moments(), y=[0, 0, _peak(), 0, 0], theory=True),
                ],
                marks=[(START_S, "flood"), (END_S, "over")],
            ),
            Panel(
                title="Lag",
                x_label="seconds",
                y_label="seconds behind",
                lines=[
                    Line(label="no reads", x=plain.time_s, y=plain.samples["lag"]),
                    Line(label="with reads", x=reading.time_s, y=reading.samples["lag"]),
                ],
                marks=[(START_S, "flood"), (END_S, "over")],
            ),
        ],
    )


def _curve() -> list[tuple[float, float]]:
    return [
        (0, AFTER_RPS),
        (START_S, AFTER_RPS),
        (START_S + 0.1, FLOOD_RPS),
        (END_S, FLOOD_RPS),
        (END_S + 0.1, AFTER_RPS),
    ]


def _run(seed: int, *overrides: str) -> Recording:
    stage = example("replication_lag", *overrides)
    probes = {
        "backlog": figure(stage, "replica", "backlog"),
        "lag": figure(stage, "replica", "lag_s"),
        "stale": figure(stage, "replica", "stale_share"),
    }
    return record(stage, seed, LAST_S, probes)


def _peak(apply_rps: float = APPLY_RPS) -> float:
    return (FLOOD_RPS - apply_rps) * FLOOD_S


def _moments() -> list[float]:
    return [0, START_S, END_S, END_S + _peak() / (APPLY_RPS - AFTER_RPS), LAST_S]


def _claims(plain: Recording, reading: Recording, death: Recording) -> list[Claim]:
    lag = _peak() / APPLY_RPS
    slowed, after = (APPLY_RPS * (1 - 0.5 * rate * READS * 0.08 / 20) for rate in (FLOOD_RPS, AFTER_RPS))
    caught_up = max(t for t, b in zip(plain.time_s, plain.samples["backlog"], strict=True) if b > 40)
    share = popularities(100_000, 0.9)
    backlog = plain.mean("backlog", END_S - 1, END_S + 1)
    stale = float((share * (1 - (1 - share) ** backlog)).sum())
    lost = death.totals[-1].lost_writes
    kept = death.samples["backlog"][round(END_S) + 1]
    return [
        about(
            "largest backlog",
            _peak(),
            plain.highest("backlog", 0, LAST_S),
            NOISE,
            "writes",
            "(writes - applied) x time",
        ),
        about(
            "largest lag", lag, plain.highest("lag", 0, LAST_S), NOISE / APPLY_RPS, "s", "backlog / pace of applying"
        ),
        about(
            "caught up at", _moments()[3], caught_up, NOISE / (APPLY_RPS - AFTER_RPS), "s", "backlog / (pace - writes)"
        ),
        about(
            "stale reads at the end of the flood",
            stale,
            plain.mean("stale", END_S - 1, END_S + 1),
            0.02,
            "",
            "sum of q (1 - (1 - q)^backlog)",
        ),
        about(
            "largest lag with reads",
            _peak(slowed) / after,
            reading.highest("lag", 0, LAST_S),
            5,
            "s",
            "half the pace is lost to full read load",
        ),
        about("lost with the master", _peak(), lost, NOISE, "writes", f"{KLEPPMANN}: asynchronous replication"),
        at_most(
            "lost beyond the backlog",
            10,
            abs(lost - kept),
            "writes",
            f"{KLEPPMANN}: the unreplicated writes and no others",
        ),
    ]
