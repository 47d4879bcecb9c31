"""The comparison of own hardware and cloud gives the plan's table within its ranges."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stages.break_even import BUILDS, LARGEST, Verdict, break_even_users, compare, running
from stages.currency import KRW_PER_USD, dollars, man_won


@dataclass(frozen=True)
class Row:
    """A row of the plan, 10,000 won a month. `open_ended`: the amounts are floors."""

    above: int
    up_to: int
    own: float
    cloud: float
    verdict: Verdict
    open_ended: bool = False


ROWS = (
    Row(0, 30, 200, 500, Verdict.OWN),
    Row(30, 80, 400, 1_200, Verdict.OWN),
    Row(80, 150, 600, 2_500, Verdict.OWN),
    Row(150, 300, 750, 5_000, Verdict.OWN),
    Row(300, LARGEST, 1_000, 7_000, Verdict.COMPARE, open_ended=True),
)
# The plan's own amounts are rounded to 50.
ROUNDED = 25.0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"up_to_{row.up_to}")
def test_a_rows_amounts_are_met_within_its_users(row: Row) -> None:
    low, high = compare(row.above), compare(row.up_to)
    if row.open_ended:
        assert low.own >= row.own
        assert high.cloud >= row.cloud
        return
    assert low.own - ROUNDED <= row.own <= high.own + ROUNDED
    assert low.cloud <= row.cloud <= high.cloud


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"up_to_{row.up_to}")
def test_the_verdict_of_a_row_is_that_of_all_its_users(row: Row) -> None:
    first = max(row.above + 1, int(break_even_users()) + 1)
    assert {compare(users).verdict for users in range(first, row.up_to + 1)} == {row.verdict}


@pytest.mark.parametrize(("users", "least", "most"), [(50, 800, 1200), (100, 1800, 2500), (300, 5000, 7000)])
def test_the_cloud_by_users(users: int, least: float, most: float) -> None:
    assert least <= compare(users).cloud <= most


def test_the_cloud_for_500_users() -> None:
    assert 8_000 <= compare(500).cloud <= 12_000


def test_every_part_stays_in_its_range() -> None:
    for users in range(LARGEST + 1):
        costs = compare(users).running
        assert 50 <= costs.power <= 200
        assert 30 <= costs.line <= 100
        assert 100 <= costs.administration <= 300
        assert 180 <= costs.total <= 750


def test_what_a_build_writes_off_a_month() -> None:
    months = [compare(build.users).write_off for build in BUILDS]
    assert [round(month) for month in months] == [22, 139, 500, 1000]


def test_own_hardware_saves_60_to_80_percent_from_30_to_300_users() -> None:
    """Within two points: the plan's own rows go from 60 to 85 %."""
    savings = [compare(users).saving for users in range(30, 301)]
    assert min(savings) >= 0.60
    assert max(savings) <= 0.82


def test_below_the_break_even_the_cloud_is_cheaper() -> None:
    even = break_even_users()
    assert 9 < even < 12
    assert compare(even * 0.99).verdict is Verdict.CLOUD
    assert compare(even * 1.01).verdict is Verdict.OWN
    assert compare(0).saving == float("-inf")


def test_costs_only_grow_with_users() -> None:
    owns = [compare(users).own for users in range(0, 2000, 5)]
    assert owns == sorted(owns)


def test_fewer_than_no_users_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than none"):
        compare(-1)


def test_a_build_costs_the_sum_of_its_parts() -> None:
    costs = running(3, 80)
    assert costs.total == costs.power + costs.line + costs.administration
    assert compare(80).own == pytest.approx(5000 / 36 + costs.total)


def test_the_rate_between_the_currencies() -> None:
    assert KRW_PER_USD == 1350.0
    assert dollars(20.0) == pytest.approx(148.148, abs=0.001)
    assert man_won(dollars(800.0)) == pytest.approx(800.0)
