"""The table of measured capacities: what each preset's plan promises, what happens at that load and at twice as much,
and where the limit lies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stages.balance.workers import Spread
from stages.break_even import break_even_users, compare
from stages.presets.acceptance import Measurement, measure
from stages.presets.promises import Promise, promises
from stages.tables import number, percent, plain, table

# Halvings of the way from the promised load to twice of it, by ratio: 2 ** (1 / 8) is 9 %.
HALVINGS = 3
# F4's rows, by the most users of each, and the first of those beyond.
BREAK_EVEN_USERS = (30.0, 80.0, 150.0, 300.0, 500.0)


@dataclass(frozen=True, slots=True)
class Capacity:
    """least, most: at the ends of what the plan promises. twice: of the most. limit: the largest load that was carried
    on the way there.
    """

    promise: Promise
    least: Measurement
    most: Measurement
    twice: Measurement
    limit: float

    @property
    def kept(self) -> bool:
        """Whether the plan keeps its promise, and no more than that."""
        return self.least.carried and self.most.carried and not self.twice.carried


def capacity(promise: Promise, seed: int = 1, halvings: int = HALVINGS) -> Capacity:
    """Measure one preset."""
    least, most = (measure(promise, users, seed) for users in promise.users)
    twice = measure(promise, 2.0 * promise.users[1], seed)
    carried, not_carried = promise.users[1], 2.0 * promise.users[1]
    for _ in range(halvings if most.carried and not twice.carried else 0):
        middle = math.sqrt(carried * not_carried)
        if measure(promise, round(middle), seed).carried:
            carried = round(middle)
        else:
            not_carried = middle
    return Capacity(promise, least, most, twice, carried if most.carried else math.nan)


def capacities(spread: Spread, seed: int, names: Sequence[str] = ()) -> Iterator[Capacity]:
    """Measure the presets of these names (none: all), in their order."""
    wanted = [promise for promise in promises() if not names or promise.preset in names]
    work = [(promise, seed) for promise in wanted]
    yield from spread(_measured, work)


def _measured(item: tuple[Promise, int]) -> Capacity:
    return capacity(*item)


def data(found: Sequence[Capacity]) -> dict[str, Any]:
    """Everything, ready for JSON: undefined figures are None."""
    return {
        "presets": [_for_json(asdict(each) | {"kept": each.kept}) for each in found],
        "break_even": [_for_json(row) for row in break_even_rows()],
        "break_even_users": break_even_users(),
    }


def text(found: Sequence[Capacity]) -> str:
    """Both tables."""
    return f"{_capacities(found)}\n\n{_break_even()}"


def break_even_rows() -> list[dict[str, Any]]:
    """Own hardware against the cloud (F4): 10,000 won a month."""
    rows = []
    for users in BREAK_EVEN_USERS:
        found = compare(users)
        rows.append(
            {
                "users": users,
                "write_off": found.write_off,
                "running": found.running.total,
                "own": found.own,
                "cloud": found.cloud,
                "saving": found.saving,
                "verdict": found.verdict.value,
            }
        )
    return rows


def _capacities(found: Sequence[Capacity]) -> str:
    headers = [
        "preset",
        "unit",
        "plan",
        "target",
        "at least",
        "at most",
        "failed",
        "limit",
        "at twice",
        "failed",
        "kept",
    ]
    rows = []
    for each in found:
        promise = each.promise
        rows.append(
            [
                promise.preset,
                promise.unit,
                f"{number(promise.users[0])}-{number(promise.users[1])}",
                f"{promise.statistic} {number(promise.target_ms)} ms",
                f"{number(each.least.latency_ms)} ms",
                f"{number(each.most.latency_ms)} ms",
                percent(each.most.failed),
                number(each.limit),
                f"{number(each.twice.latency_ms)} ms",
                f"{percent(each.twice.failed)} {each.twice.failed_kind}".strip(),
                "yes" if each.kept else "NO",
            ]
        )
    return table(headers, rows, left=2)


def _break_even() -> str:
    headers = ("concurrent users", "written off", "running", "own hardware", "cloud", "saving", "verdict")
    rows = [
        [
            number(row["users"]),
            *(number(row[key]) for key in ("write_off", "running", "own", "cloud")),
            percent(row["saving"]),
            row["verdict"],
        ]
        for row in break_even_rows()
    ]
    title = f"10,000 won a month; own hardware is cheaper from {break_even_users():.0f} users on"
    return f"{title}\n\n{table(headers, rows, left=0)}"


def _for_json(value: Any) -> Any:
    """Without what JSON cannot say."""
    if isinstance(value, dict):
        return {key: _for_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_for_json(item) for item in value]
    return plain(value) if isinstance(value, float) else value
