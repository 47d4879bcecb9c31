"""The closed forms against textbook values and against each other."""

from __future__ import annotations

import math

import pytest

from tests.reference import theory


def test_mm1() -> None:
    queue = theory.mmc(8.0, 10.0, 1)
    assert queue.in_system == pytest.approx(4.0)
    assert queue.waiting == pytest.approx(3.2)
    assert queue.all_busy == pytest.approx(0.8)
    assert queue.sojourn_s == pytest.approx(1.0 / (10.0 - 8.0))
    assert queue.wait_s == pytest.approx(0.8 / (10.0 - 8.0))


def test_erlang_c_of_a_printed_table() -> None:
    assert theory.erlang_c(2.0, 1.0, 3) == pytest.approx(0.4444, abs=1e-4)
    assert theory.erlang_c(7.2, 1.0, 8) == pytest.approx(0.7016, abs=1e-3)


def test_erlang_b_of_a_printed_table() -> None:
    assert theory.erlang_b(10.0, 1.0, 10) == pytest.approx(0.2146, abs=1e-4)
    assert theory.erlang_b(5.0, 1.0, 8) == pytest.approx(0.0700, abs=1e-4)


def test_a_large_room_is_no_bound() -> None:
    assert theory.mmck(7.2, 1.0, 8, 600).in_system == pytest.approx(theory.mmc(7.2, 1.0, 8).in_system, rel=1e-6)


def test_little_holds_in_a_bounded_queue() -> None:
    """W of M/M/1/2, by hand: with equal rates each of 0, 1, 2 is as likely; an admitted one finds 0 or 1."""
    queue = theory.mmck(1.0, 1.0, 1, 2)
    assert queue.lost == pytest.approx(1 / 3)
    assert queue.sojourn_s == pytest.approx((1.0 + 2.0) / 2.0)


def test_a_tandem_is_as_many_queues_of_their_own() -> None:
    first, second = theory.tandem(5.0, ((10.0, 1), (4.0, 2)))
    assert first.in_system == pytest.approx(1.0)
    assert second.in_system == pytest.approx(theory.mmc(5.0, 4.0, 2).in_system)


@pytest.mark.parametrize(("arrival", "servers"), [(0.8, 1), (7.2, 8)])
def test_endless_patience_is_none(arrival: float, servers: int) -> None:
    patient, plain = theory.mmc_patience(arrival, 1.0, servers, 80.0), theory.mmc(arrival, 1.0, servers)
    assert patient.in_system == pytest.approx(plain.in_system, rel=1e-4)
    assert patient.all_busy == pytest.approx(plain.all_busy, rel=1e-4)
    assert patient.lost == pytest.approx(0.0, abs=1e-6)


def test_no_patience_is_loss() -> None:
    assert theory.mmc_patience(9.0, 1.0, 8, 1e-9).lost == pytest.approx(theory.erlang_b(9.0, 1.0, 8), rel=1e-6)


def test_patience_of_one_server_by_hand() -> None:
    """M/M/1 with equal rates and patience t: the unfinished work is uniform up to t, P(lost) = 1 / (2 + rate t)."""
    assert theory.mmc_patience(1.0, 1.0, 1, 3.0).lost == pytest.approx(1.0 / (2.0 + 3.0))
    assert theory.mmc_patience(1.0 + 1e-5, 1.0, 1, 3.0).lost == pytest.approx(0.2, rel=1e-4)


def test_usl_peaks_where_it_says() -> None:
    best = max(range(1, 200), key=lambda n: theory.usl_throughput(n, 0.1, 0.05, 0.002))
    assert abs(best - theory.usl_peak(0.05, 0.002)) <= 1
    assert theory.usl_throughput(1, 0.1, 0.05, 0.002) == pytest.approx(10.0)
    assert math.isclose(theory.usl_throughput(10**9, 1.0, 0.05, 0.0), 1 / 0.05, rel_tol=1e-6), "Amdahl's limit"


def test_che_of_equal_keys_is_the_share_that_fits() -> None:
    assert theory.che_hit_share(1000, 0.0, 250) == pytest.approx(0.25, rel=1e-6)
    assert theory.che_hit_share(1000, 0.9, 250) > 0.5
