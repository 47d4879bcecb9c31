"""Clients that try again: which failures are retried, when, and how a budget bounds them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.arrays import CountArray, FloatArray
from engine.board import whole
from engine.draws import one_by_one
from engine.grid import PROBABILITY_GRID, on_grid
from engine.spec import ClientSpec

GENERATIONS = 6
MEMORY_S = 5.0


class Clients:
    """The requests of failed attempts that wait to be sent again, by kind of request and generation.

    Generation g < GENERATIONS - 1 are requests sent for the (g + 1)-th time, the last one those sent more often. When
    one of them fails, it is retried with probability retries / (1 + retries), if the budget has a token for it, and
    waits in the pool of its generation, exponentially, backoff_s x 2^g on average with the policy `backoff` =
    `exponential` (so at most 32 x backoff_s), else backoff_s. An exponential wait is spread like one with jitter.
    Policies of the source: `backoff`, `retry_budget_percent`; see `engine.spec.ClientSpec`.

    Requests in the system are counted, not known one by one, so the generation of a failed one is drawn in proportion
    to how many of each generation arrived lately (exponential memory of MEMORY_S): whether an attempt fails is up to
    the service and not to how often it was tried, so the failed are a mixture like the arrivals were.

    The budget is a token bucket: a first attempt earns retry_budget_percent / 100 of a retry, and the bucket holds what
    the first attempts of the last budget_s seconds earned (exponential memory), one retry at least. 0: no budget.

    Every failure is accounted for, at every step: failed = given_up + over_budget + waiting + retried.
    pool: those who wait, shape (kinds, GENERATIONS), int64.
    """

    def __init__(self, spec: ClientSpec, kinds: int, dt_s: float, generator: np.random.Generator) -> None:
        self.spec, self.dt_s, self.generator = spec, dt_s, generator
        self.failed = self.given_up = self.over_budget = self.waiting = self.retried = 0
        self._none: CountArray = np.zeros(kinds, dtype=np.int64)
        self._none.flags.writeable = False
        self.pool: CountArray = np.zeros((kinds, GENERATIONS), dtype=np.int64)
        self._sent: CountArray = np.zeros((kinds, GENERATIONS), dtype=np.int64)
        self._recent: FloatArray = np.zeros((kinds, GENERATIONS))
        self._fate: FloatArray | None = None
        self._percent = 0
        self._tokens = 0
        self._recent_fresh = 0.0
        self._backoff = ""
        self._leave: FloatArray = np.zeros((kinds, GENERATIONS))
        self._leave[...] = self._leave_probability()
        self._pooled = self.pool.reshape(-1)
        self._leaving = one_by_one([generator] * self.pool.size, self._pooled, self._leave.reshape(-1))

    def tick(self, fresh: CountArray, tick_s: float, policies: Mapping[str, str | int]) -> None:
        """Begin a tick of tick_s seconds in which `fresh` first attempts (by kind) arrive, under these policies."""
        if self.spec.retries <= 0.0:
            return
        backoff = str(policies.get("backoff", "constant"))
        if backoff != self._backoff:
            self._backoff = backoff
            self._leave[...] = self._leave_probability()
        self._sent[:, 0] += fresh
        self._recent = self._recent * _kept(tick_s, MEMORY_S) + self._sent
        self._sent[:] = 0
        self._fate = None
        self._earn(int(fresh.sum()), tick_s, whole(policies, "retry_budget_percent", 0))

    def retries(self, failed: CountArray) -> CountArray:
        """One step: those who failed (int64, by kind) give up or begin to wait. Returns those sent again now, by kind;
        the array may be read-only. A failure is sent again in the next step at the earliest.
        """
        sent = self.send_again()
        if self.spec.retries > 0.0 and np.count_nonzero(failed):
            self.fail(failed)
        return self._none if sent is None else sent

    def send_again(self) -> CountArray | None:
        """The first half of a step: those sent again now, by kind; None where there are none."""
        sent = None
        for place in self._pooled.nonzero()[0].tolist() if self.waiting else ():
            amount = self._leaving[place]()
            if not amount:
                continue
            if sent is None:
                sent = np.zeros(self._none.size, dtype=np.int64)
            kind, generation = divmod(place, GENERATIONS)
            sent[kind] += amount
            self._pooled[place] -= amount
            self._sent[kind, min(generation + 1, GENERATIONS - 1)] += amount
            self.waiting -= amount
            self.retried += amount
        return sent

    def fail(self, failed: CountArray) -> None:
        """The second half: some failed (by kind), who give up or wait from now on."""
        self.pool += self._decide(failed)

    def state(self) -> tuple[object, ...]:
        """What decides the future besides the generator, as plain values in a fixed order."""
        counts = (self.failed, self.given_up, self.over_budget, self.waiting, self.retried)
        arrays = tuple(tuple(array.ravel().tolist()) for array in (self.pool, self._sent, self._recent))
        return (*counts, *arrays, self._backoff, self._percent, self._tokens, self._recent_fresh)

    def _decide(self, failed: CountArray) -> CountArray:
        if self._fate is None:
            self._fate = self._fates()
        fates: CountArray = self.generator.multinomial(failed, self._fate)
        again: CountArray = fates[:, :GENERATIONS]
        total, gave_up = sum(failed.tolist()), sum(fates[:, GENERATIONS].tolist())
        wanted = total - gave_up
        admitted = min(wanted, self._tokens // 100) if self._percent else wanted
        if admitted < wanted:
            again = self._choose(again, wanted, admitted)
        if self._percent:
            self._tokens -= 100 * admitted
        self.failed += total
        self.given_up += gave_up
        self.over_budget += wanted - admitted
        self.waiting += admitted
        return again

    def _choose(self, wanted: CountArray, total: int, admitted: int) -> CountArray:
        """Which of those that want to retry may: a systematic sample, each of them with the same probability.

        Every (total / admitted)-th one in a row from a random start on is taken. (The multivariate hypergeometric draw
        takes more than twice as long, for the same mean.)
        """
        if not admitted:
            return np.zeros_like(wanted)
        taken = wanted.ravel().cumsum()
        taken *= admitted
        taken += int(self.generator.integers(total))
        taken //= total
        taken[1:] -= taken[:-1].copy()
        return taken.reshape(wanted.shape)

    def _earn(self, fresh: int, tick_s: float, percent: int) -> None:
        self._recent_fresh = self._recent_fresh * _kept(tick_s, self.spec.budget_s) + fresh
        bucket = max(int(percent * self._recent_fresh), 100)
        self._percent = percent
        self._tokens = min(self._tokens + percent * fresh, bucket) if percent else 0

    def _fates(self) -> FloatArray:
        """Of a failed request of each kind, the probability to have been of each generation and be retried, and (last
        column) to give up.
        """
        weights = self._recent.copy()
        weights[weights.sum(axis=1) <= 0.0, 0] = 1.0
        retried = self.spec.retries / (1.0 + self.spec.retries)
        share = weights * (retried / weights.sum(axis=1, keepdims=True))
        share = np.floor(share * (1.0 / PROBABILITY_GRID)) * PROBABILITY_GRID
        return np.concatenate((share, np.maximum(1.0 - share.sum(axis=1, keepdims=True), 0.0)), axis=1)

    def _leave_probability(self) -> FloatArray:
        """Probability to be sent again in a step, by generation."""
        doubling = 2.0 if self._backoff == "exponential" else 1.0
        waits = [self.spec.backoff_s * doubling**generation for generation in range(GENERATIONS)]
        return np.array([1.0 - _kept(self.dt_s, wait_s) for wait_s in waits])


def _kept(elapsed_s: float, mean_s: float) -> float:
    """exp(-elapsed / mean) on the grid, so that it is the same number on every platform; 0 for a mean of 0."""
    return on_grid(math.exp(-elapsed_s / mean_s)) if mean_s > 0.0 else 0.0
