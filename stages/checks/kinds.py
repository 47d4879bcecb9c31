"""Kinds of nodes and requests make sense in themselves."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import NodeKind, NodeSize, PolicySpec, Role, StageSpec, SubItem
from engine.timestep import COARSEST_RATIO, STEPS_MS, TICK_S, step_ms
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, one_of
from stages.vocabulary import CHOICES, OWN_CHOICES, POLICIES, policy_choices

SERVING = (Role.COMPUTE, Role.WORKER, Role.DATABASE)
ACCEPTING = (Role.STORE, Role.QUEUE)
_SOME_TIME = f"a time for {one_of(item.value for item in SubItem)}"


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
        if bool(kind.accepts) is not (kind.role in ACCEPTING):
            message = "does nothing without it." if kind.role in ACCEPTING else "takes requests by its service times."
            allowed = f"some of {one_of(SubItem)}" if kind.role in ACCEPTING else "only on a store or a queue"
            yield Finding((*place, "accepts"), f"a {kind.role} node {message}", allowed)
        for position, size in enumerate(kind.sizes):
            yield from _size_by_role(kind, size, (*place, "sizes", position))


def _size_by_role(kind: NodeKind, size: NodeSize, path: Path) -> Iterator[Finding]:
    if kind.role in SERVING:
        yield from _serving(kind, size, path)
        return
    message = f"a {kind.role} node serves nothing itself."
    if size.slots:
        yield Finding((*path, "slots"), message, "0")
    if size.service_ms:
        yield Finding((*path, "service_ms"), message, "no service times")
    if size.special_ms:
        yield Finding((*path, "special_ms"), message, "no service times")
    if size.relay_ms:
        yield Finding((*path, "relay_ms"), message, "0")


def _serving(kind: NodeKind, size: NodeSize, path: Path) -> Iterator[Finding]:
    if kind.cluster is not None:
        if size.slots:
            yield Finding((*path, "slots"), "the pods of a cluster have the slots.", "0")
    elif size.slots == 0:
        yield Finding((*path, "slots"), f"a {kind.role} node cannot serve without slots.", "a whole number, 1 or more")
    if not (size.service_ms or size.special_ms) and kind.role is not Role.WORKER:
        yield Finding((*path, "service_ms"), f"a {kind.role} node needs a service time.", _SOME_TIME)
    if size.rate_cap_rps:
        yield Finding((*path, "rate_cap_rps"), f"a {kind.role} node is limited by its slots.", "0")


def policies(stage: StageSpec) -> Iterator[Finding]:
    """A setting is one the engine knows, has choices or a range, and its default is one of them."""
    for index, kind in enumerate(stage.node_kinds):
        for position, policy in enumerate(kind.policies):
            path: Path = ("node_kinds", index, "policies", position)
            if policy.key not in POLICIES:
                hint = did_you_mean(policy.key, POLICIES)
                yield Finding((*path, "key"), f"no such setting.{hint}", one_of(POLICIES))
            elif policy.key in (*CHOICES, *OWN_CHOICES):
                yield from _choice(kind, policy, path)
            else:
                yield from _range(policy, path)


def _choice(kind: NodeKind, policy: PolicySpec, path: Path) -> Iterator[Finding]:
    known = policy_choices(kind, policy.key)
    if policy.minimum or policy.maximum:
        yield Finding(path, "choices and a range exclude each other.", "choices only")
    for position, choice in enumerate(policy.choices):
        if choice not in known:
            message = f"no such choice.{did_you_mean(choice, known)}"
            yield Finding((*path, "choices", position), message, one_of(known))
    if policy.default not in policy.choices:
        yield Finding((*path, "default"), "not one of the choices.", one_of(policy.choices or known))
    missing = [choice for choice in known if choice not in policy.choices]
    if policy.key in OWN_CHOICES and missing:
        yield Finding((*path, "choices"), f"{one_of(missing)} cannot be chosen.", one_of(known))


def _range(policy: PolicySpec, path: Path) -> Iterator[Finding]:
    if policy.choices:
        yield Finding((*path, "choices"), "this setting is a number.", "minimum and maximum")
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
        for position, size in enumerate(kind.sizes if kind.role in SERVING else ()):
            path: Path = ("node_kinds", index, "sizes", position)
            for place, mean_ms, item, needs in _times(size, path):
                least_work = _least_work(stage, item, needs)
                if 0 < mean_ms * least_work < shortest:
                    factor = f" (it is multiplied by {least_work:g} in a recipe)" if least_work != 1 else ""
                    message = f"too short for steps of {step:g} ms{factor}."
                    yield Finding(place, message, f"{shortest / least_work:g} ms or more, or a smaller step_ms")
            if 0 < size.relay_ms < shortest:
                message = f"too short for steps of {step:g} ms."
                yield Finding((*path, "relay_ms"), message, f"0, {shortest:g} ms or more, or a smaller step_ms")


def _times(size: NodeSize, path: Path) -> Iterator[tuple[Path, float, SubItem | None, str]]:
    """Every service time: its place, the mean, and the sub-item or the capability it is for."""
    for item, mean_ms in size.service_ms.items():
        yield (*path, "service_ms", item.value), mean_ms, item, ""
    for needs, mean_ms in size.special_ms.items():
        yield (*path, "special_ms", needs), mean_ms, None, needs


def _least_work(stage: StageSpec, item: SubItem | None, needs: str) -> float:
    """The smallest factor a recipe puts on a step of this sub-item (any: None) and need; infinite when none has it."""
    steps = (step for request in stage.request_kinds for step in request.recipe)
    found = (step.work for step in steps if step.needs == needs and item in (step.sub_item, None))
    return min(found, default=float("inf"))
