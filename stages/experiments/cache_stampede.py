"""A cache is flushed: at the peak the database behind it drowns, at a quiet hour nobody notices."""

from __future__ import annotations

from engine.commands import Operate
from stages.experiments.record import Recording, example, figure, node_probe, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_least, at_most
from stages.experiments.theory import che_hit_share, filling_hit_share

KEYS, ZIPF, OBJECTS = 20_000, 1.0, 10_240
PEAK_RPS, QUIET_RPS, FLUSH_S, END_S = 300.0, 60.0, 60, 180
CHE = "Che et al. 2002"
FILLING = "a key is back once it was asked for: sum of q (1 - exp(-q n))"


def run(seed: int) -> Result:
    """The same flush under 300 and under 60 requests a second."""
    peak, quiet = _run(seed, PEAK_RPS), _run(seed, QUIET_RPS)
    return Result(
        name="cache_stampede",
        title="A cache is flushed",
        story=(
            "A warm cache answers nine reads in ten; the database behind it is 40 % busy and could do a quarter of "
            "all reads. After a flush at the peak it gets all of them: it saturates, requests wait and fail, and the "
            "cache fills only as fast as the database answers. The same flush at a quiet hour fails nobody."
        ),
        seed=seed,
        claims=_claims(peak, quiet),
        panels=[
            Panel(
                title="Peak: 300 reads/s",
                x_label="seconds",
                y_label="requests a second",
                lines=[
                    Line(label="failed", x=peak.time_s, y=peak.failed_rates()),
                    Line(label="answered", x=peak.time_s, y=peak.done_rates()),
                    Line(label="answered by the database", x=peak.time_s, y=peak.samples["database"]),
                ],
                marks=[(FLUSH_S, "flush")],
            ),
            Panel(
                title="Hit share after the flush",
                x_label="seconds",
                y_label="hit share",
                lines=[
                    Line(label="peak", x=peak.time_s, y=peak.samples["hits"]),
                    Line(label="quiet", x=quiet.time_s, y=quiet.samples["hits"]),
                    Line(label="theory, quiet", x=quiet.time_s[FLUSH_S:], y=_filling(quiet), theory=True),
                ],
                marks=[(FLUSH_S, "flush")],
            ),
        ],
    )


def _run(seed: int, rate_rps: float) -> Recording:
    stage = example("cache_stampede", f"traffic.curve[0].rps={rate_rps}")
    probes = {
        "hits": figure(stage, "cache", "hit_share"),
        "database": node_probe(stage, "database", lambda node: node.throughput_rps),
    }
    return record(stage, seed, END_S, probes, [(FLUSH_S, Operate(number_of(stage, "cache"), "flush"))])


def _filling(quiet: Recording) -> list[float]:
    return filling_hit_share(KEYS, ZIPF, [QUIET_RPS * (time - FLUSH_S) for time in quiet.time_s[FLUSH_S:]])


def _claims(peak: Recording, quiet: Recording) -> list[Claim]:
    warm = che_hit_share(KEYS, ZIPF, OBJECTS)
    missed = PEAK_RPS * (1 - warm)
    filled = {after: filling_hit_share(KEYS, ZIPF, [QUIET_RPS * after])[0] for after in (10, 30, 100)}
    claims = [
        about("hit share, warm", warm, peak.mean("hits", 20, FLUSH_S - 1), 0.02, "", CHE),
        about(
            "database, warm",
            missed,
            peak.mean("database", 20, FLUSH_S - 1),
            0.1 * missed,
            "/s",
            "reads x (1 - hit share)",
        ),
        at_least(
            "peak: failed in the 10 s after",
            0.15,
            peak.failed_share(FLUSH_S, FLUSH_S + 10),
            "",
            "300/s on a database for 70/s",
        ),
        at_least(
            "peak: database at most",
            66,
            peak.highest("database", FLUSH_S, FLUSH_S + 20),
            "/s",
            "7 slots of 100 ms saturate at 70/s",
        ),
        at_most(
            "peak: failed a minute later", 0.005, peak.failed_share(FLUSH_S + 60, END_S), "", "the cache is warm again"
        ),
        at_most("quiet: failed", 0.001, quiet.failed_share(FLUSH_S, END_S), "", "60/s is less than 70/s"),
    ]
    claims += [
        about(
            f"quiet: hit share {after} s after",
            share,
            quiet.mean("hits", FLUSH_S + after - 2, FLUSH_S + after + 2),
            0.05,
            "",
            FILLING,
        )
        for after, share in filled.items()
    ]
    return claims
