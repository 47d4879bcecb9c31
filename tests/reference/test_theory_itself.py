"""The closed forms against textbook values and against each other."""

from __future__ import annotations

import pytest

from tests.reference import theory


def test_mm1() -> None:
    queue = theory.mmc(8.0, 10.0, 1)
    assert queue.in_system == pytest.approx(4.0)
    assert queue.all_busy == pytest.approx(0.8)


def test_erlang_c_of_a_printed_table() -> None:
    assert theory.erlang_c(2.0, 1.0, 3) == pytest.approx(0.4444, abs=1e-4)
    assert theory.erlang_c(7.2, 1.0, 8) == pytest.approx(0.7016, abs=1e-3)


def test_erlang_b_of_a_printed_table() -> None:
    assert theory.mmck(10.0, 1.0, 10, 10).blocked == pytest.approx(0.2146, abs=1e-4)


def test_a_large_room_is_no_bound() -> None:
    assert theory.mmck(7.2, 1.0, 8, 600).in_system == pytest.approx(theory.mmc(7.2, 1.0, 8).in_system, rel=1e-6)


def test_usl_peaks_where_it_says() -> None:
    best = max(range(1, 200), key=lambda n: theory.usl_throughput(n, 0.1, 0.05, 0.002))
    assert abs(best - theory.usl_peak(0.05, 0.002)) <= 1
