"""A stage with other traffic, or with less on offer."""

from __future__ import annotations

from dataclasses import replace

from engine.spec import ConditionSpec, CurvePoint, EventSpec, StageSpec


def at_level(stage: StageSpec, level: float) -> StageSpec:
    """The stage with `level` times its traffic and the same story.

    Every user asks `level` times as much, so that users, what draws them and what scares them off stay as they are;
    events multiply the traffic as before, and those that wait for a rate wait for `level` times that rate.
    """
    if level == 1.0:
        return stage
    traffic = stage.traffic
    users = traffic.users and replace(traffic.users, rps_per_user=traffic.users.rps_per_user * level)
    curve = tuple(CurvePoint(at_s=point.at_s, rps=point.rps * level) for point in traffic.curve)
    events = tuple(_at_level(event, level) for event in stage.events)
    return replace(stage, traffic=replace(traffic, users=users, curve=curve), events=events)


def _at_level(event: EventSpec, level: float) -> EventSpec:
    when = event.when
    if when is None or when.metric != "rps":
        return event
    scaled = ConditionSpec(metric=when.metric, least=when.least * level, most=when.most * level, for_s=when.for_s)
    return replace(event, when=scaled)


def without(stage: StageSpec, kind: str) -> StageSpec:
    """The stage with a kind of node taken out of the shop, and out of what the move to microservices unlocks."""
    if not kind:
        return stage
    migration = stage.migration and replace(stage.migration, unlocks=_all_but(stage.migration.unlocks, kind))
    return replace(stage, unlocked=_all_but(stage.unlocked, kind), migration=migration)


def _all_but(kinds: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return tuple(other for other in kinds if other != kind)
