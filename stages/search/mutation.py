"""Random changes of an opening. Every draw comes from the generator that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from engine.spec import NodeKind, Role, StageSpec
from stages.balance.measure import on_offer
from stages.search.opening import MOST_NODES, Count, Opening, Reaction, Rule, Setting, starting

MOST_CHANGES = 3
BUSY = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LOAD = 0.7
STEPS = (-2, -1, 1, 1, 2, 3)
T = TypeVar("T")
Change = Callable[[Opening, StageSpec, np.random.Generator], Opening]


def mutated(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    """The opening with one to three random changes; never the same one."""
    changed = opening
    while changed == opening:
        for _ in range(int(generator.integers(1, MOST_CHANGES + 1))):
            changed = _pick(CHANGES, generator)(changed, stage, generator)
    return changed


def simple(stage: StageSpec) -> list[Opening]:
    """What anybody would try first: growing under load, alone and with each kind on offer put into each wire or beside
    each kind that can call it."""
    start = starting(stage)
    places = [_between(start, stage, wire, kind) for kind in on_offer(stage) for wire in start.wires]
    places += [_beside(start, stage, caller, kind) for kind in on_offer(stage) for caller in _kinds(start, stage)]
    return list(dict.fromkeys(_growing(opening, stage) for opening in (start, *places)))


def crossed(one: Opening, other: Opening, generator: np.random.Generator) -> Opening:
    """The build of one with the reactions of another, or with its settings."""
    if generator.random() < 0.5:
        return replace(one, rules=other.rules, answers=other.answers)
    return replace(one, settings=other.settings)


def _number(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    """More or fewer of a kind; none at all is allowed."""
    kind = _pick(_kinds(opening, stage), generator)
    known = {count.kind: count for count in opening.counts}
    count = known.get(kind, Count(kind, 0))
    nodes = min(max(count.nodes + _pick(STEPS, generator), 0), MOST_NODES)
    return _with_count(opening, replace(count, nodes=nodes))


def _size(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    if not opening.counts:
        return opening
    count = _pick(opening.counts, generator)
    sizes = [size.id for size in stage.node_kind(count.kind).sizes]
    return _with_count(opening, replace(count, size=_pick(sizes, generator)))


def _insert(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    """A new kind in the middle of a wire; the wire itself stays or is cut."""
    if not opening.wires or not on_offer(stage):
        return opening
    wire = source, target = _pick(opening.wires, generator)
    grown = _between(opening, stage, wire, _pick(on_offer(stage), generator))
    if generator.random() < 0.5 or grown == opening:
        return grown
    return replace(grown, cut=_with(grown.cut, (source, target)), wires=_without(grown.wires, (source, target)))


def _between(opening: Opening, stage: StageSpec, wire: tuple[str, str], kind: str) -> Opening:
    """With a kind in the middle of a wire, where that is legal; the wire itself stays."""
    source, target = wire
    if kind not in stage.node_kind(source).may_call or target not in stage.node_kind(kind).may_call:
        return opening
    grown = _wired(opening, stage, (kind, target), (source, kind))
    return grown if kind in _built(grown) else _with_count(grown, Count(kind, 1))


def _beside(opening: Opening, stage: StageSpec, caller: str, kind: str) -> Opening:
    """With a kind that is called by another one, and calls whatever databases there are."""
    calls = stage.node_kind(caller).may_call
    if kind not in calls or kind in _built(opening) or stage.node_kind(caller).single_target:
        return opening
    databases = [other for other in _built(opening) if stage.node_kind(other).role is Role.DATABASE]
    behind = [(kind, other) for other in databases if other in stage.node_kind(kind).may_call]
    return _with_count(_wired(opening, stage, *behind, (caller, kind)), Count(kind, 1))


def _growing(opening: Opening, stage: StageSpec) -> Opening:
    """With servers that are cloned and databases that are enlarged while they are busy."""
    rules = []
    for kind in map(stage.node_kind, _built(opening)):
        if _has_slots(kind):
            reaction = Reaction.SCALE_UP if kind.role is Role.DATABASE else Reaction.SCALE_OUT
            rules.append(Rule(reaction, kind.id, LOAD))
    return replace(opening, rules=tuple(rules))


def _attach(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    """A wire between two kinds, one of which may be new."""
    kind = _pick(_kinds(opening, stage), generator)
    targets = [other for other in _kinds(opening, stage) if other in stage.node_kind(kind).may_call]
    if not targets:
        return opening
    target = _pick(targets, generator)
    grown = _wired(opening, stage, (kind, target))
    for end in (kind, target):
        if end not in _built(grown) and stage.node_kind(end).role is not Role.SOURCE:
            grown = _with_count(grown, Count(end, 1))
    return grown


def _detach(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    if not opening.wires:
        return opening
    wire = _pick(opening.wires, generator)
    return replace(opening, wires=_without(opening.wires, wire), cut=_with(opening.cut, wire))


def _setting(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    kinds = [kind for name in _kinds(opening, stage) if (kind := stage.node_kind(name)).policies]
    if not kinds:
        return opening
    kind = _pick(kinds, generator)
    policy = _pick(kind.policies, generator)
    if policy.choices:
        value: str | int = _pick(policy.choices, generator)
    else:
        most = policy.maximum or max(size.slots for size in kind.sizes) or policy.minimum + 1
        value = int(generator.integers(policy.minimum, most + 1))
    others = tuple(s for s in opening.settings if (s.kind, s.key) != (kind.id, policy.key))
    return replace(opening, settings=(*others, Setting(kind.id, policy.key, value)))


def _rule(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    """A new reaction, or one fewer."""
    if opening.rules and generator.random() < 0.35:
        return replace(opening, rules=_without(opening.rules, _pick(opening.rules, generator)))
    kinds = [name for name in _kinds(opening, stage) if _has_slots(stage.node_kind(name))]
    possible = [Reaction.SCALE_OUT, Reaction.SCALE_UP, Reaction.SCALE_OUT, Reaction.RESTART]
    if stage.migration is not None:
        possible.append(Reaction.MIGRATE)
    if any(event.rollback_s > 0 for event in stage.events):
        possible.append(Reaction.ROLL_BACK)
    if "queue" in _built(opening):
        possible.append(Reaction.REDRIVE)
    reaction = _pick(possible, generator)
    about_a_kind = reaction in (Reaction.SCALE_OUT, Reaction.SCALE_UP, Reaction.RESTART)
    if about_a_kind and not kinds:
        return opening
    rule = Rule(reaction, _pick(kinds, generator), _pick(BUSY, generator)) if about_a_kind else Rule(reaction)
    others = tuple(r for r in opening.rules if (r.reaction, r.kind) != (rule.reaction, rule.kind))
    return replace(opening, rules=(*others, rule))


def _answer(opening: Opening, stage: StageSpec, generator: np.random.Generator) -> Opening:
    questions = [event for event in stage.events if event.choices]
    if not questions:
        return opening
    event = _pick(questions, generator)
    choice = _pick(event.choices, generator)
    others = tuple(answer for answer in opening.answers if answer[0] != event.id)
    return replace(opening, answers=(*others, (event.id, choice.id)))


CHANGES: tuple[Change, ...] = (
    _number, _number, _number, _size, _insert, _insert, _attach, _detach, _setting, _rule, _rule, _answer,
)  # fmt: skip


def _has_slots(kind: NodeKind) -> bool:
    return kind.role in (Role.COMPUTE, Role.WORKER, Role.DATABASE)


def _built(opening: Opening) -> tuple[str, ...]:
    return tuple(count.kind for count in opening.counts if count.nodes)


def _kinds(opening: Opening, stage: StageSpec) -> list[str]:
    """Everything that is there or on offer."""
    there = [kind for wire in opening.wires for kind in wire]
    return list(dict.fromkeys((*(count.kind for count in opening.counts), *there, *on_offer(stage))))


def _with_count(opening: Opening, count: Count) -> Opening:
    known = [other.kind for other in opening.counts]
    if count.kind not in known:
        return replace(opening, counts=(*opening.counts, count))
    return replace(opening, counts=tuple(count if other.kind == count.kind else other for other in opening.counts))


def _wired(opening: Opening, stage: StageSpec, *wires: tuple[str, str]) -> Opening:
    """With these wires drawn: no longer cut, and alone where only one may lead out."""
    single = [source for source, _ in wires if stage.node_kind(source).single_target]
    kept = [wire for wire in opening.wires if wire[0] not in single]
    cut = tuple(wire for wire in opening.cut if wire not in wires)
    return replace(opening, wires=tuple(dict.fromkeys((*kept, *wires))), cut=cut)


def _with(items: tuple[T, ...], item: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*items, item)))


def _without(items: tuple[T, ...], item: T) -> tuple[T, ...]:
    return tuple(other for other in items if other != item)


def _pick(items: Sequence[T], generator: np.random.Generator) -> T:
    return items[int(generator.integers(len(items)))]
