"""Kinds of nodes and requests make sense in themselves."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import NodeKind, NodeSize, PolicySpec, Role, StageSpec, SubItem
from engine.timestep import COARSEST_RATIO, STEPS_MS, TICK_S, step_ms
from stages.finding import Finding
from stages.keypath import Path, one_of


def kinds_by_role(stage: StageSpec) -> Iterator[Finding]:
    """Kinds have sizes, workers have slots and service times, and nothing else has them; requests have a recipe."""
    for index, request in enumerate(stage.request_kinds):
        if not request.recipe:
            path = ("request_kinds", index, "recipe")
            yield Finding(path, "a request needs something to be done.", "at least one step")
    for index, kind in enumerate(stage.node_kinds):
        place: Path = ("node_kinds", index)
        if not kind.sizes:
            yield Finding((*place, "sizes"), "a kind of node needs a size.", "at least one size")
        if kind.usl is not None and kind.role is not Role.DATABASE:
            yield Finding((*place, "usl"), f"a {kind.role} node has no contention.", 'only where role = "database"')
        for position, size in enumerate(kind.sizes):
            yield from _size_by_role(kind, size, (*place, "sizes", position))


def _size_by_role(kind: NodeKind, size: NodeSize, path: Path) -> Iterator[Finding]:
    if kind.role in (Role.COMPUTE, Role.DATABASE):
        if size.slots == 0:
            yield Finding(
                (*path, "slots"), f"a {kind.role} node cannot serve without slots.", "a whole number, 1 or more"
            )
        if not size.service_ms:
            message = f"a {kind.role} node needs a service time."
            yield Finding((*path, "service_ms"), message, f"a time for {one_of(item.value for item in SubItem)}")
        if size.rate_cap_rps:
            yield Finding((*path, "rate_cap_rps"), f"a {kind.role} node is limited by its slots.", "0")
        return
    if size.slots:
        yield Finding((*path, "slots"), f"a {kind.role} node serves nothing itself.", "0")
    if size.service_ms:
        yield Finding((*path, "service_ms"), f"a {kind.role} node serves nothing itself.", "no service times")


def policies(stage: StageSpec) -> Iterator[Finding]:
    """A setting has choices or a range, and its default is one of them."""
    for index, kind in enumerate(stage.node_kinds):
        for position, policy in enumerate(kind.policies):
            yield from _policy(policy, ("node_kinds", index, "policies", position))


def _policy(policy: PolicySpec, path: Path) -> Iterator[Finding]:
    if policy.choices:
        if policy.minimum or policy.maximum:
            yield Finding(path, "choices and a range exclude each other.", "choices, or minimum and maximum")
        if policy.default not in policy.choices:
            yield Finding((*path, "default"), "not one of the choices.", one_of(policy.choices))
        return
    if policy.maximum and policy.maximum < policy.minimum:
        message = f"less than the minimum, {policy.minimum}."
        yield Finding((*path, "maximum"), message, f"{policy.minimum} or more; 0 for the node's slots")
    if isinstance(policy.default, str):
        yield Finding((*path, "default"), "a setting without choices is a number.", "a whole number")
    elif policy.default and not policy.minimum <= policy.default <= (policy.maximum or policy.default):
        bound = f"to {policy.maximum}" if policy.maximum else "to the node's slots"
        yield Finding((*path, "default"), "outside the range.", f"a whole number from {policy.minimum} {bound}")


def step_length(stage: StageSpec) -> Iterator[Finding]:
    """The engine does some of its work every TICK_S, so a whole number of steps must fit in there."""
    steps = TICK_S * 1000.0 / stage.step_ms if stage.step_ms > 0 else 1.0
    if abs(steps - round(steps)) > 1e-9 or steps < 1:
        message = f"{TICK_S * 1000:g} ms is not a whole number of such steps."
        lengths = ", ".join(f"{length:g}" for length in STEPS_MS)
        yield Finding(("step_ms",), message, f"0 (automatic), {lengths} or another whole part of {TICK_S * 1000:g}")


def service_times(stage: StageSpec) -> Iterator[Finding]:
    """No service is faster than the step of the simulation can tell."""
    step = step_ms(stage)
    shortest = step / COARSEST_RATIO
    for index, kind in enumerate(stage.node_kinds):
        for position, size in enumerate(kind.sizes):
            for item, mean_ms in size.service_ms.items():
                least_work = _least_work(stage, item)
                if 0 < mean_ms * least_work < shortest:
                    path = ("node_kinds", index, "sizes", position, "service_ms", item.value)
                    message = f"too short for steps of {step:g} ms."
                    if least_work != 1:
                        message = (
                            f"too short for steps of {step:g} ms (it is multiplied by {least_work:g} in a recipe)."
                        )
                    yield Finding(path, message, f"{shortest / least_work:g} ms or more, or a smaller step_ms")


def _least_work(stage: StageSpec, item: SubItem) -> float:
    """The smallest factor that any recipe puts on a service time; infinite when none uses it."""
    steps = (step for request in stage.request_kinds for step in request.recipe)
    return min((step.work for step in steps if step.sub_item is item), default=float("inf"))
