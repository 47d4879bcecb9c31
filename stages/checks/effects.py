"""What events and their answers do, they do to kinds of request, kinds of node and zones that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spec import ChoiceSpec, EventSpec, StageSpec
from stages.checks.names import unknown
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, one_of
from stages.vocabulary import EFFECT_PICKS


def on_nodes(stage: StageSpec) -> Iterator[Finding]:
    """What befalls nodes befalls kinds and zones that exist."""
    kinds, zones = [kind.id for kind in stage.node_kinds], [zone.id for zone in stage.zones]
    for start, source in _sources(stage):
        for place, effect in enumerate(source.node_effects):
            path: Path = (*start, "node_effects", place)
            for position, name in enumerate(effect.kinds):
                if name not in kinds:
                    yield unknown((*path, "kinds", position), name, kinds, "kind of node")
            if effect.zone and effect.zone not in zones:
                yield unknown((*path, "zone"), effect.zone, zones, "zone")
            if effect.pick not in EFFECT_PICKS:
                hint = did_you_mean(effect.pick, EFFECT_PICKS)
                yield Finding((*path, "pick"), f"no such pick.{hint}", one_of(EFFECT_PICKS))


def on_requests(stage: StageSpec) -> Iterator[Finding]:
    """Every kind of request that is named exists."""
    requests = [kind.id for kind in stage.request_kinds]
    for name in stage.traffic.mix:
        if name not in requests:
            yield unknown(("traffic", "mix", name), name, requests, "kind of request")
    for start, source in _sources(stage):
        for place, effect in enumerate(source.effects):
            for position, name in enumerate(effect.kinds):
                if name not in requests:
                    path = (*start, "effects", place, "kinds", position)
                    yield unknown(path, name, requests, "kind of request")


def _sources(stage: StageSpec) -> Iterator[tuple[Path, EventSpec | ChoiceSpec]]:
    """Everything that has effects, and its path."""
    for index, event in enumerate(stage.events):
        yield ("events", index), event
        for place, choice in enumerate(event.choices):
            yield ("events", index, "choices", place), choice
