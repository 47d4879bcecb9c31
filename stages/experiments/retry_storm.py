"""A burst of ten seconds, and clients who try again: with a budget, without, and how to end a storm that has begun."""

from __future__ import annotations

from collections.abc import Mapping

from engine.commands import Command, SetPolicy
from stages.experiments.record import Acts, Recording, example, number_of, record
from stages.experiments.result import Claim, Line, Panel, Result, about, at_least, at_most

RATE_RPS, RETRIES = 80.0, 3.0
BURST_S, OVER_S, CURED_S, LATE_S, END_S = 60, 70, 120, 210, 240
HOTOS = "Bronson et al. 2021: a sustaining effect outlives its trigger"


def run(seed: int) -> Result:
    """One run without and one with a budget; then a cure given to the stuck service, a run each."""
    stuck, budget = _run(seed), _run(seed, [(-1, _set("clients", "retry_budget_percent", 10))])
    breaker = _set("gateway", "breaker", "on")
    cures: Mapping[str, tuple[Command, ...]] = {
        "rate limit of 90/s": (_set("gateway", "rate_limit_rps", 90),),
        "queue of 40": (_set("service", "queue_limit", 40),),
        "drop the expired": (_set("service", "expired", "drop"),),
        "circuit breaker": (breaker,),
        "breaker and budget": (breaker, _set("clients", "retry_budget_percent", 10)),
    }
    cured = {name: _run(seed, [(CURED_S, command) for command in commands]) for name, commands in cures.items()}
    return Result(
        name="retry_storm",
        title="A retry storm that outlives its cause",
        story=(
            "The service can do 100 requests a second and gets 80. Ten seconds of 240 fill its queue; from then on "
            "whoever gets a slot has given up already, and has sent the request again. With three retries each the "
            "service gets 320 a second and answers none in time, for ever. A budget of 10 % never lets it begin. What "
            "ends it later is whatever keeps the wait below the patience of the clients: a rate limit, a short queue, "
            "dropping the expired. A circuit breaker alone lets the storm in again each time it closes; together with "
            "a budget it is a cure."
        ),
        seed=seed,
        claims=_claims(stuck, budget, cured),
        panels=[
            Panel(
                title="Without and with a budget",
                x_label="seconds",
                y_label="requests a second",
                lines=[
                    Line(label="answered, no budget", x=stuck.time_s, y=stuck.done_rates()),
                    Line(label="sent, no budget", x=stuck.time_s, y=stuck.rates(lambda totals: totals.born)),
                    Line(label="answered, budget of 10 %", x=budget.time_s, y=budget.done_rates()),
                ],
                marks=[(BURST_S, "burst")],
            ),
            Panel(
                title="Cures for a storm",
                x_label="seconds",
                y_label="answered a second",
                lines=[Line(label=name, x=each.time_s, y=each.done_rates()) for name, each in cured.items()],
                marks=[(BURST_S, "burst"), (CURED_S, "cure")],
            ),
        ],
    )


def _run(seed: int, acts: Acts = ()) -> Recording:
    return record(example("retry_storm"), seed, END_S, acts=acts, every_s=2.0)


def _set(key: str, policy: str, value: str | int) -> Command:
    return SetPolicy(number_of(example("retry_storm"), key), policy, value)


def _claims(stuck: Recording, budget: Recording, cured: Mapping[str, Recording]) -> list[Claim]:
    storm = RATE_RPS * (1 + RETRIES)
    recovered = 0.95 * RATE_RPS
    late = (LATE_S, END_S)
    claims = [
        about("before the burst", RATE_RPS, stuck.done_rps(20, BURST_S), 4, "/s", "80 of 100 /s"),
        about(
            "no budget: sent", storm, stuck.born_rps(*late), 0.05 * storm, "/s", "rate x (1 + retries) when all fail"
        ),
        at_most("no budget: answered", 0.05 * RATE_RPS, stuck.done_rps(*late), "/s", HOTOS),
        at_most(
            "budget of 10 %: sent", 1.12 * RATE_RPS, budget.born_rps(*late), "/s", "rate x (1 + budget) < capacity"
        ),
        at_least("budget of 10 %: answered", recovered, budget.done_rps(*late), "/s", "Google SRE book 2016, ch. 21"),
    ]
    why = {
        "rate limit of 90/s": "admits less than the capacity, so the queue drains",
        "queue of 40": "wait of 0.4 s is less than the patience of 1 s",
        "drop the expired": "no work for clients who are gone",
        "breaker and budget": "a pause to drain, and less than the capacity afterwards",
    }
    claims += [
        at_least(f"{name}, given at {CURED_S} s", recovered, cured[name].done_rps(*late), "/s", reason)
        for name, reason in why.items()
    ]
    flapping = "closing lets 320/s in again"
    alone = cured["circuit breaker"].done_rps(CURED_S, END_S)
    claims.append(at_most("circuit breaker alone", 0.75 * RATE_RPS, alone, "/s", flapping))
    return claims
