"""Events can happen, can be answered, and what they and the objectives look at exists."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.spec import ConditionSpec, EventSpec, ObjectiveSpec, StageSpec
from stages.checks.names import unknown
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, one_of
from stages.vocabulary import CONDITION_METRICS, FAILED_OF, OBJECTIVE_METRICS


def moments(stage: StageSpec) -> Iterator[Finding]:
    """Events happen during the stage, and are announced during it."""
    for index, event in enumerate(stage.events):
        path: Path = ("events", index)
        latest = event.at_s + event.window_s
        if latest > stage.duration_s and not (stage.endless or stage.sandbox):
            key = "at_s" if event.at_s > stage.duration_s else "window_s"
            message = f"may happen at {latest:g} s, after the end of the stage."
            room = stage.duration_s - (0 if key == "at_s" else event.at_s)
            yield Finding((*path, key), message, f"a number from 0 to {room:g}")
        if event.lead_s > event.at_s and not _waits(event):
            message = f"would be announced before the stage begins (it may happen at {event.at_s:g} s)."
            yield Finding((*path, "lead_s"), message, f"a number from 0 to {event.at_s:g}")
        if 0 < event.every_s < event.window_s:
            message = f"shorter than window_s, {event.window_s:g}: it would overtake itself."
            yield Finding((*path, "every_s"), message, f"0, or {event.window_s:g} or more")
        if event.in_forecast and (_waits(event) or event.chance < 1):
            message = "nobody can forecast what waits for something, or may not happen."
            yield Finding((*path, "in_forecast"), message, "false")


def _waits(event: EventSpec) -> bool:
    return event.when is not None or bool(event.after)


def conditions(stage: StageSpec) -> Iterator[Finding]:
    """Conditions look at something there is, and can be met."""
    for index, event in enumerate(stage.events):
        if event.when is not None:
            path: Path = ("events", index, "when")
            if event.when.metric not in CONDITION_METRICS:
                hint = did_you_mean(event.when.metric, CONDITION_METRICS)
                yield Finding((*path, "metric"), f"nothing an event can wait for.{hint}", one_of(CONDITION_METRICS))
            yield from _range(stage, event.when, path)


def objectives(stage: StageSpec) -> Iterator[Finding]:
    """Objectives look at something there is, and can be met."""
    known = (*OBJECTIVE_METRICS, *(f"{FAILED_OF}{kind.id}" for kind in stage.request_kinds))
    for index, objective in enumerate(stage.objectives):
        path: Path = ("objectives", index)
        if objective.metric not in known:
            hint = did_you_mean(objective.metric, known)
            yield Finding((*path, "metric"), f"nothing that can be an objective.{hint}", one_of(known))
        yield from _range(stage, objective, path)


def _range(stage: StageSpec, spec: ConditionSpec | ObjectiveSpec, path: Path) -> Iterator[Finding]:
    if spec.least > spec.most:
        yield Finding((*path, "most"), f"below `least`, {spec.least:g}.", f"{spec.least:g} or more")
    if spec.least == float("-inf") and spec.most == float("inf"):
        yield Finding(path, "always holds.", "least, most or both")
    if spec.metric == "users" and stage.traffic.users is None:
        yield Finding((*path, "metric"), "there are no users, only a curve.", "another metric, or traffic.users")


def order(stage: StageSpec) -> Iterator[Finding]:
    """What an event comes after exists, and does not come after it in turn."""
    choices = {event.id: [choice.id for choice in event.choices] for event in stage.events}
    known = [*choices, *(f"{event}:{choice}" for event, ids in choices.items() for choice in ids)]
    waits: TopologicalSorter[str] = TopologicalSorter()
    for index, event in enumerate(stage.events):
        for place, name in enumerate(event.after):
            if name not in known:
                yield unknown(("events", index, "after", place), name, known, "event, or answer to one,")
            waits.add(event.id, name.partition(":")[0])
    try:
        waits.prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        yield Finding(("events",), f"events wait for each other: {circle}.", "events that begin somewhere")


def questions(stage: StageSpec) -> Iterator[Finding]:
    """A question has answers, one of which is given when nobody does; a deployment does something to roll back."""
    for index, event in enumerate(stage.events):
        path: Path = ("events", index)
        ids = [choice.id for choice in event.choices]
        if event.choices and event.default not in ids:
            yield Finding((*path, "default"), "none of the choices.", one_of(ids))
        if event.default and not event.choices:
            yield Finding((*path, "default"), "an answer without a question.", "no default, or choices")
        if len(ids) == 1:
            yield Finding((*path, "choices"), "one answer is no choice.", "two choices or more")
        acts = event.effects or event.node_effects or any(c.effects or c.node_effects for c in event.choices)
        if event.rollback_s > 0 and not acts:
            yield Finding((*path, "rollback_s"), "there is nothing to roll back.", "0, or an effect")
