"""Where requests come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A point of a traffic curve; between points the rate is interpolated linearly, after the last it stays."""

    at_s: float
    rps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UserModel:
    """Who comes, and what makes them stay.

    initial: daily active users at the start. market: the most there can be.
    rps_per_user: requests a second of one active user, averaged over the day.
    growth_per_day: relative growth a calendar day while everybody is served well and the market is empty.
    churn_per_day: relative loss a calendar day while everything fails.
    daily_swing: 0..1, amplitude of the day's rhythm around its mean (0: none).
    """

    initial: float
    market: float
    rps_per_user: float
    growth_per_day: float = 0.0
    churn_per_day: float = 0.0
    daily_swing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSpec:
    """How clients retry what failed: with probability retries / (1 + retries), so that `retries` follow on average when
    everything fails; after a wait that is exponential with mean backoff_s, doubled by each further failure in a row
    where the source's policy `backoff` is `exponential`. The source's policy `retry_budget_percent` bounds retries to
    that share of the fresh requests (a token bucket of `budget_s` seconds of them); 0: no bound.
    """

    retries: float = 0.0
    backoff_s: float = 1.0
    budget_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSpec:
    """Where requests come from: a plain curve of requests a second, or users. Exactly one of the two is given.

    mix: relative weight of each request kind, by id.
    """

    mix: Mapping[str, float]
    curve: tuple[CurvePoint, ...] = ()
    users: UserModel | None = None
    client: ClientSpec = ClientSpec()
