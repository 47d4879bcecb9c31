"""Who comes: users that grow with good service and leave over bad, or a plain curve; and the requests they make."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.arrays import CountArray
from engine.spec import StageSpec, UserModel

RATE_GRID = 2.0**-20
PER_GRID = 2.0**20


class Traffic:
    """The arrivals of a run: Poisson numbers around the users' rate, drawn a tick at a time from their own stream."""

    def __init__(self, stage: StageSpec, generator: np.random.Generator) -> None:
        self.stage = stage
        self.generator = generator
        weights = np.array([stage.traffic.mix.get(kind.id, 0.0) for kind in stage.request_kinds])
        self.mix: list[float] = (weights / weights.sum()).tolist()
        self.curve_s = np.array([point.at_s for point in stage.traffic.curve])
        self.curve_rps = np.array([point.rps for point in stage.traffic.curve])
        self.users = stage.traffic.users.initial if stage.traffic.users else 0.0

    def base_rps(self, time_s: float, users: float | None = None) -> float:
        """Requests a second at a moment before any event acts on them."""
        model = self.stage.traffic.users
        if model is None:
            return float(np.interp(time_s, self.curve_s, self.curve_rps))
        rhythm = 1.0 + model.daily_swing * math.sin(2.0 * math.pi * time_s / self.stage.day_s)
        return (self.users if users is None else users) * model.rps_per_user * rhythm

    def draw(self, time_s: float, multipliers: Sequence[float], dt_s: float, steps: int) -> CountArray:
        """Arrivals of the coming steps, shape (steps, kinds), int64."""
        rps = self.base_rps(time_s)
        means = [rps * share * factor * dt_s for share, factor in zip(self.mix, multipliers, strict=True)]
        on_grid = [round(mean * PER_GRID) * RATE_GRID for mean in means]
        return self.generator.poisson(on_grid, (steps, len(means))).astype(np.int64, copy=False)

    def live(self, elapsed_s: float, error_rate: float, latency_ms: float) -> None:
        """Let users come and go for a while: they grow while the service is good, and leave as it fails or drags.

        Service quality q = (1 - error rate)(1 - slowness), slowness from 0 at the goal's good latency to 1 at its
        bad one; per calendar day dU = U (growth q (1 - U / market) - churn (1 - q)).
        """
        model = self.stage.traffic.users
        if model is None:
            return
        goal = self.stage.goal
        slowness = (latency_ms - goal.latency_good_ms) / (goal.latency_bad_ms - goal.latency_good_ms)
        quality = (1.0 - error_rate) * (1.0 - min(max(slowness, 0.0), 1.0))
        days = elapsed_s / self.stage.day_s
        self.users += self.users * days * _change_per_day(model, self.users, quality)

    def join(self, users: float) -> None:
        """Users who come (or leave) all at once, within the market."""
        model = self.stage.traffic.users
        if model is not None:
            self.users = min(max(self.users + users, 0.0), model.market)


def _change_per_day(model: UserModel, users: float, quality: float) -> float:
    return model.growth_per_day * quality * (1.0 - users / model.market) - model.churn_per_day * (1.0 - quality)
