"""Clients who retry: attempts, waits and budgets by arithmetic, and every failure accounted for at every step."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import numpy as np
import pytest

from engine.arrays import CountArray
from engine.clients import GENERATIONS, Clients
from engine.spec import ClientSpec

DT_S = 0.02
STEPS_PER_TICK = 5
TICK_S = DT_S * STEPS_PER_TICK
Policies = Mapping[str, str | int]


def counts(*values: int) -> CountArray:
    return np.array(values, dtype=np.int64)


def is_conserved(clients: Clients) -> bool:
    return clients.failed == clients.given_up + clients.over_budget + clients.waiting + clients.retried


class World:
    """Clients of a service that fails everything at once: what is sent in a step has failed in the next."""

    def __init__(self, spec: ClientSpec, policies: Policies, kinds: int = 1, seed: int = 1) -> None:
        self.clients = Clients(spec, kinds, DT_S, np.random.default_rng(seed))
        self.policies = policies
        self.dice = np.random.default_rng(seed + 1)
        self.sent: CountArray = np.zeros(kinds, dtype=np.int64)
        self.fresh = 0

    def run(self, seconds: float, *rps: float) -> list[int]:
        """Let first attempts come at these rates by kind; the numbers waiting, tick by tick."""
        waiting = []
        for _ in range(round(seconds / TICK_S)):
            block = self.dice.poisson(np.array(rps) * DT_S, (STEPS_PER_TICK, len(rps)))
            self.clients.tick(block.sum(axis=0), TICK_S, self.policies)
            for fresh in block:
                self.fresh += int(fresh.sum())
                self.sent = fresh + self.clients.retries(self.sent)
            assert is_conserved(self.clients)
            waiting.append(self.clients.waiting)
        return waiting


def test_under_total_failure_a_request_is_sent_once_and_retries_times_more() -> None:
    world = World(ClientSpec(retries=3.0, backoff_s=0.2), {})
    world.run(50.0, 10_000.0)
    while world.clients.waiting or world.sent.any():
        world.run(1.0, 0.0)
    attempts = (world.fresh + world.clients.retried) / world.fresh
    # Attempts are geometric with mean 1 + r and variance r (1 + r); 4 standard deviations of the mean.
    assert attempts == pytest.approx(4.0, abs=4.0 * math.sqrt(12.0 / world.fresh))
    assert world.clients.given_up == world.fresh


def test_the_wait_is_exponential_with_the_mean_it_should_have() -> None:
    clients = Clients(ClientSpec(retries=1e6, backoff_s=2.0), 2, DT_S, np.random.default_rng(3))
    clients.tick(counts(0, 0), TICK_S, {})
    assert clients.retries(counts(60_000, 40_000)).sum() == 0
    start = clients.waiting
    waits = np.repeat(np.arange(1, 2001), [clients.retries(counts(0, 0)).sum() for _ in range(2000)]) * DT_S
    assert len(waits) == start
    # In whole steps: geometric with p = 1 - exp(-dt / mean).
    expected = DT_S / (1.0 - math.exp(-DT_S / 2.0))
    assert waits.mean() == pytest.approx(expected, abs=4.0 * 2.0 / math.sqrt(start))
    for time_s in (1.0, 2.0, 6.0):
        assert (waits > time_s + DT_S / 2).mean() == pytest.approx(math.exp(-time_s / 2.0), abs=4 * 0.5 / start**0.5)


@pytest.mark.parametrize("backoff", ["constant", "exponential"])
def test_waiting_by_generation_follows_littles_law(backoff: str) -> None:
    rate, wait_s = 2000.0, 0.5
    world = World(ClientSpec(retries=1.0, backoff_s=wait_s), {"backoff": backoff})
    world.run(100.0, rate)
    pools = np.mean([(world.run(TICK_S, rate), world.clients.pool[0].copy())[1] for _ in range(1500)], axis=0)
    # Of the first attempts 1/2 wait, of those 1/4 again, ...; in the last pool also all that fail more often.
    flows = [rate * 0.5 ** (generation + 1) for generation in range(GENERATIONS)]
    flows[-1] *= 2.0
    factors = [2.0**generation if backoff == "exponential" else 1.0 for generation in range(GENERATIONS)]
    expected = [flow * wait_s * factor for flow, factor in zip(flows, factors, strict=True)]
    assert pools == pytest.approx(expected, rel=0.06)
    assert sum(pools) == pytest.approx(sum(expected), rel=0.03)


def test_a_budget_bounds_retries_to_its_share_and_is_used_up_under_total_failure() -> None:
    world = World(ClientSpec(retries=3.0, backoff_s=0.5, budget_s=10.0), {"retry_budget_percent": 10})
    for _ in range(60):
        world.run(1.0, 1000.0)
        clients = world.clients
        assert clients.retried + clients.waiting <= 0.1 * world.fresh
    assert clients.retried + clients.waiting == pytest.approx(0.1 * world.fresh, rel=0.01)
    assert clients.over_budget > 0


def test_after_a_good_time_the_bucket_allows_a_burst_of_its_size_and_no_more() -> None:
    clients = Clients(ClientSpec(retries=1e6, backoff_s=5.0, budget_s=10.0), 1, DT_S, np.random.default_rng(5))
    policies = {"retry_budget_percent": 10}
    for _ in range(1000):
        clients.tick(counts(100), TICK_S, policies)
    clients.retries(counts(50_000))
    # 10 % of 10 s of 1,000 requests a second, within the half tick by which a sum differs from an integral.
    assert clients.waiting == pytest.approx(1000, rel=0.01)
    before = clients.waiting + clients.retried
    clients.tick(counts(100), TICK_S, policies)
    clients.retries(counts(50_000))
    assert clients.waiting + clients.retried - before in (10, 11)
    assert is_conserved(clients)


def test_a_bucket_holds_at_least_one_retry() -> None:
    clients = Clients(ClientSpec(retries=1e6, backoff_s=1.0, budget_s=1.0), 1, DT_S, np.random.default_rng(5))
    for second in range(300):  # one request in 10 s earns a tenth of a retry
        clients.tick(counts(int(second % 10 == 0)), 1.0, {"retry_budget_percent": 10})
    clients.retries(counts(50))
    assert clients.waiting == 1


def test_a_budget_is_shared_fairly_among_kinds() -> None:
    world = World(ClientSpec(retries=1.0, backoff_s=0.1), {"retry_budget_percent": 5}, kinds=3)
    sent = np.zeros(3)
    for _ in range(600):
        world.run(TICK_S, 100.0, 300.0, 600.0)
        sent += world.clients.pool.sum(axis=1)
    assert sent / sent.sum() == pytest.approx([0.1, 0.3, 0.6], rel=0.08)


def test_every_failure_is_accounted_for_whatever_happens() -> None:
    dice = random.Random(7)
    clients = Clients(ClientSpec(retries=2.0, backoff_s=0.3), 4, DT_S, np.random.default_rng(7))
    sent = failed = 0
    for _ in range(600):
        policies = {
            "backoff": dice.choice(("constant", "exponential")),
            "retry_budget_percent": dice.choice((0, 5, 50)),
        }
        clients.tick(counts(*(dice.choice((0, 1, 50)) for _ in range(4))), TICK_S, policies)
        for _ in range(STEPS_PER_TICK):
            failing = counts(*(dice.choice((0, 0, 0, 1, 30)) for _ in range(4)))
            again = clients.retries(failing)
            assert again.dtype == np.int64
            assert (again >= 0).all()
            assert (clients.pool >= 0).all()
            assert clients.pool.sum() == clients.waiting
            failed += int(failing.sum())
            sent += int(again.sum())
            assert (clients.failed, clients.retried) == (failed, sent)
            assert is_conserved(clients)


def test_who_does_not_retry_or_has_nothing_to_retry_draws_nothing() -> None:
    for spec, failed in ((ClientSpec(retries=0.0), counts(5, 9)), (ClientSpec(retries=3.0), counts(0, 0))):
        clients = Clients(spec, 2, DT_S, np.random.default_rng(9))
        before = clients.generator.bit_generator.state
        for _ in range(10):
            clients.tick(counts(3, 3), TICK_S, {"retry_budget_percent": 10})
            assert clients.retries(failed).tolist() == [0, 0]
        assert clients.generator.bit_generator.state == before
        assert clients.waiting == 0


def test_the_same_seed_gives_the_same_state() -> None:
    spec = ClientSpec(retries=3.0)
    first, same, other = (World(spec, {"backoff": "exponential"}, seed=seed) for seed in (1, 1, 2))
    for world in (first, same, other):
        world.run(10.0, 50.0)
    assert first.clients.state() == same.clients.state() != other.clients.state()
