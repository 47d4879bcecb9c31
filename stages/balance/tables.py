"""What was measured, as tables for people and as plain data for JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean, median
from typing import Any

from stages.balance.estimates import Rate
from stages.balance.measure import StageBalance
from stages.balance.promises import GRADES, Promise, difficulty
from stages.balance.runs import Outcome
from stages.tables import number, percent, table

WORST = 3
HOLDS = {True: "holds", False: "BROKEN", None: "unknown"}
Speed = Mapping[str, float]


def text(balances: Sequence[StageBalance], found: Sequence[Promise], speed: Speed) -> str:
    """Everything, stage by stage, then the promises. speed: empty where nothing was played."""
    parts = [part for balance in balances for part in of_stage(balance)]
    return "\n\n".join([*parts, promises_table(found), *([speed_line(speed)] if speed else [])])


def speed_line(speed: Speed) -> str:
    """How fast the runs went."""
    where = f"by {number(speed['workers'])} processes" if speed["workers"] else "on a cluster"
    return (
        f"{number(speed['runs'])} runs in {number(speed['seconds'], 1)} s {where}: "
        f"{number(speed['runs_per_minute'], 1)} runs a minute"
    )


def promises_table(found: Sequence[Promise]) -> str:
    """A line for each promise."""
    rows = [[p.stage or "all", p.name, p.promised, p.measured, HOLDS[p.holds]] for p in found]
    return table(("stage", "promise", "promised", "measured", ""), rows, left=5) if rows else "no promises measured"


def data(balances: Sequence[StageBalance], found: Sequence[Promise], speed: Speed) -> dict[str, Any]:
    """The same, ready for JSON; the outcomes of single runs included, their histories left out."""
    return {
        "stages": [_stage_data(balance) for balance in balances],
        "promises": [asdict(promise) for promise in found],
        "speed": dict(speed),
    }


def deaths(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int]]:
    """Where requests died, over all runs: kind of node, HTTP status, count; the most frequent first."""
    counts: Counter[tuple[str, int]] = Counter()
    for outcome in outcomes:
        for death in outcome.died:
            counts[death.kind, death.reason] += death.count
    return sorted(((kind, reason, count) for (kind, reason), count in counts.items()), key=lambda d: (-d[2], d[:2]))


def of_stage(balance: StageBalance) -> list[str]:
    """The tables of a stage."""
    parts = []
    if balance.bots:
        parts.append(f"{balance.stage.id}: difficulty {difficulty(balance):.2f}\n\n{_bots(balance)}")
    if balance.sweep:
        rows = [[f"{level:g}", *_rate(rate)] for level, rate in balance.sweep.items()]
        title = f"{balance.stage.id}: the reference by traffic level"
        parts.append(f"{title}\n\n{table(('level', 'runs', 'won', '95 % from', 'to'), rows, left=0)}")
    if balance.ablation:
        rows = [["(everything)", *_rate(balance.full)]]
        rows += [[kind, *_rate(rate)] for kind, rate in balance.ablation.items()]
        title = f"{balance.stage.id}: the expert without a kind of node"
        parts.append(f"{title}\n\n{table(('without', 'runs', 'won', '95 % from', 'to'), rows)}")
    return parts


def _bots(balance: StageBalance) -> str:
    headers = ("bot", "runs", "won", "95 % from", "to", *GRADES, "score", "ms", "budget", "stars", "acts")
    rows = [_bot(bot, outcomes) for bot, outcomes in balance.bots.items()]
    lines = [table(headers, rows), ""]
    for bot, outcomes in balance.bots.items():
        found = deaths(outcomes)
        total = sum(count for _, _, count in found)
        worst = ", ".join(f"{kind} {reason} {percent(count / total)}" for kind, reason, count in found[:WORST])
        lines.append(f"{bot}: requests died at {worst}" if worst else f"{bot}: no request died")
    return "\n".join(lines)


def _bot(bot: str, outcomes: Sequence[Outcome]) -> list[str]:
    grades = Counter(outcome.grade for outcome in outcomes)
    latencies = [outcome.latency_ms for outcome in outcomes if outcome.latency_ms is not None]
    return [
        bot,
        *_rate(Rate(sum(outcome.won for outcome in outcomes), len(outcomes))),
        *(str(grades[grade]) for grade in GRADES),
        number(median(outcome.score for outcome in outcomes)),
        number(median(latencies) if latencies else None),
        number(median(outcome.budget for outcome in outcomes)),
        number(fmean(outcome.stars for outcome in outcomes), 1),
        number(fmean(outcome.acts for outcome in outcomes), 1),
    ]


def _rate(rate: Rate) -> list[str]:
    return [str(rate.runs), *map(percent, (rate.share, *rate.interval))]


def _stage_data(balance: StageBalance) -> dict[str, Any]:
    band = balance.band
    return {
        "stage": balance.stage.id,
        "difficulty": difficulty(balance) if balance.bots else None,
        "taught": balance.taught,
        "bots": {bot: [_outcome(outcome) for outcome in outcomes] for bot, outcomes in balance.bots.items()},
        "sweep": [{"level": level, **_rate_data(rate)} for level, rate in balance.sweep.items()],
        "band": None if band is None else {"safe": _known(band.safe), "lost": _known(band.lost), "open": band.open_end},
        "ablation": [{"without": kind, **_rate_data(rate)} for kind, rate in balance.ablation.items()],
        "full": _rate_data(balance.full) if balance.ablation else None,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {key: value for key, value in asdict(outcome).items() if key != "history"}


def _rate_data(rate: Rate) -> dict[str, Any]:
    return {"runs": rate.runs, "won": rate.share, "interval": list(rate.interval)}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
