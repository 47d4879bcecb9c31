"""The rules of a stage beyond its structure, one subject a file.

A rule is a function of a spec that yields what is wrong with it. Rules never raise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from engine.spec import StageSpec
from stages.checks import architecture, effects, events, hosting, kinds, models, names, ranges, reach, traffic, tutorial
from stages.finding import Finding
from stages.keypath import Path

Rule = Callable[[StageSpec], Iterator[Finding]]

NAMES, REQUESTS, ZONES, EVENTS = "names of nodes", "names of requests", "names of zones", "names of events"
HOSTS = "names of hosts"

_NAMES_OF = {"request_kinds": REQUESTS, "zones": ZONES, "events": EVENTS, "hosting": HOSTS}

# Each rule with the parts of the stage that must be sound for its findings to mean anything; NAMES are the ids,
# keys and roles of nodes and their kinds, REQUESTS, ZONES, EVENTS and HOSTS the ids of those.
RULES: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (ranges.numbers, ()),
    (names.unique_names, ()),
    (names.well_formed_names, ()),
    (names.node_references, (NAMES,)),
    (effects.on_nodes, (NAMES, ZONES)),
    (effects.on_requests, (REQUESTS,)),
    (kinds.kinds_by_role, ()),
    (models.models_by_role, ()),
    (models.model_parts, ()),
    (kinds.policies, ()),
    (kinds.step_length, ()),
    (kinds.service_times, ("node_kinds", "request_kinds", "step_ms")),
    (architecture.map_places, ("width", "height")),
    (architecture.zones, ("width", "height")),
    (architecture.one_source, ("nodes", "node_kinds")),
    (architecture.wires, ("nodes", "node_kinds", NAMES)),
    (hosting.hosts, ()),
    (hosting.virtual_machines, ("hosting", "nodes", "node_kinds", NAMES, HOSTS)),
    (hosting.strikes, ("hosting", HOSTS)),
    (hosting.investment, ("finance", "budget")),
    (traffic.one_model, ("traffic",)),
    (traffic.curve, ()),
    (traffic.mix, ("traffic",)),
    (events.moments, ("duration_s",)),
    (events.conditions, ("traffic",)),
    (events.order, (EVENTS,)),
    (events.questions, (EVENTS,)),
    (events.objectives, ("traffic", REQUESTS)),
    (traffic.goal, ()),
    (reach.sub_items, (NAMES, REQUESTS, "node_kinds", "request_kinds", "nodes", "unlocked", "traffic", "migration")),
    (reach.monitoring, (NAMES, "node_kinds", "nodes", "unlocked", "migration")),
    (tutorial.steps, (NAMES, "node_kinds", "nodes", "unlocked")),
)


def check_stage(spec: StageSpec, broken: Collection[Path] = ()) -> list[Finding]:
    """All findings, without those that may only follow from what is known to be broken, or from an earlier finding."""
    broken_parts = {path[0] for path in broken if path} | _affected(broken)
    broken_scopes = {_scope(path) for path in broken}
    found: list[Finding] = []
    for rule, needs in RULES:
        if broken_parts.isdisjoint(needs):
            new = [finding for finding in rule(spec) if _scope(finding.path) not in broken_scopes]
            broken_parts |= _affected(finding.path for finding in new)
            found += new
    return found


def _affected(paths: Iterable[Path]) -> set[str | int]:
    """What other rules cannot rely on any more: a broken top-level value, or the names."""
    parts: set[str | int] = set()
    for path in paths:
        if len(path) == 1:
            parts.add(path[0])
        if path and path[-1] in ("id", "key", "role"):
            parts.add(_NAMES_OF.get(str(path[0]), NAMES))
    return parts


def _scope(path: Path) -> Path:
    """The element of a top-level list, or the top-level key, that a path lies in."""
    return path[:2] if len(path) > 1 and isinstance(path[1], int) else path[:1]
