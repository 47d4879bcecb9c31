"""How long a step is.

A step must be short against the service times: with x = step / mean service, the kernel's bias grows with x. Computed
from its exact Markov chain (M/M/1 and M/M/8, utilisation 0.5 to 0.9): the mean number in system is within 0.6 % and
P(wait) within 0.2 points at x = 0.05, 1.2 % and 0.3 points at x = 0.1, 3 % and 0.5 points at x = 0.25. So a step
left to the engine keeps x <= 0.05, a stage may ask for up to x = 0.25 to save time, and anything coarser is a
mistake in the stage.
"""

from __future__ import annotations

from engine.spec import Role, StageSpec

STEPS_MS = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
AUTOMATIC_RATIO = 0.05
COARSEST_RATIO = 0.25
TICK_S = 0.1


def fastest_service_ms(stage: StageSpec) -> float:
    """The shortest mean service time of any sub-item, on any size of any kind of node; infinite when nothing serves."""
    steps = [step for kind in stage.request_kinds for step in kind.recipe]
    times = []
    for kind in stage.node_kinds:
        if kind.role in (Role.SOURCE, Role.OBSERVER) or kind.role.passes_through:
            continue
        for size in kind.sizes:
            for step in steps:
                mean = size.special_ms.get(step.needs) if step.needs else size.service_ms.get(step.sub_item)
                times.extend([mean * step.work] if mean is not None else [])
    return min(times, default=float("inf"))


def step_ms(stage: StageSpec) -> float:
    """The length of the stage's step: what it asks for, else the longest of STEPS_MS with x <= 0.05 (at least 0.1
    ms).
    """
    if stage.step_ms > 0:
        return stage.step_ms
    longest = AUTOMATIC_RATIO * fastest_service_ms(stage)
    return next((step for step in STEPS_MS if step <= longest), STEPS_MS[-1])
