"""What a node's card shows now, rounded to what the eye can tell: two equal faces need no repainting."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.spec import FailureReason, NodeKind, Role
from engine.view import NodeState, NodeView
from game.i18n import I18n
from game.view.cards import HEAT_LEVELS
from game.view.hosting import HostTag, tag_of
from game.view.marks import Mark, Tone, headline, marks_of

RING_STEPS = 32
_BUSY = 0.7
_HOT = 0.9
_FAILING_RPS = 0.05
_METERS = ("hit_share", "hot_share")


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers on a card, already rounded; -1 where there is none yet."""

    rate: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Face:
    """ring: steps of RING_STEPS. busy, calling: slots of `slots`. queue: pixels. seconds: until work on it is done.

    meter: steps of RING_STEPS of the share that tells most about a node without slots; -1: there is none. rough: the
    numbers are known only roughly. host: the tag of a VM on a host.
    """

    ring: int
    tone: Tone
    slots: int
    busy: int
    calling: int
    queue: int
    queue_tone: Tone
    heat: int
    locked: bool
    badge: FailureReason | None
    state: NodeState
    seconds: int
    figures: Figures
    marks: tuple[Mark, ...]
    instances: int
    meter: int
    headline: tuple[str, str] | None
    rough: bool
    host: HostTag | None


def figures_of(node: NodeView, offered_rps: float | None = None) -> Figures:
    """The numbers of a node, rounded so that they hold still while little changes; a source shows what it offers."""
    rate = node.throughput_rps if offered_rps is None else offered_rps
    return Figures(_two_digits(rate), _two_digits(node.p95_ms))


def face_of(i18n: I18n, node: NodeView, kind: NodeKind, figures: Figures, queue_width: int, pulse: float) -> Face:
    """The face of a node. queue_width: pixels of the full queue bar. pulse: 0..1, the breath of the heat."""
    waiting = node.figures.get("messages", float(node.waiting))
    fill = min(1.0, waiting / node.queue_limit) if node.queue_limit else 0.0
    at_work = node.state is NodeState.READY
    return Face(
        ring=_ring_steps(node, kind),
        tone=_tone(node),
        slots=node.slots,
        busy=node.in_service,
        calling=node.calling,
        queue=math.ceil(fill * queue_width),
        queue_tone=Tone.HOT if fill > 0.8 else Tone.BUSY,
        heat=_heat(node, pulse),
        locked=node.locked,
        badge=node.failing_reason if node.failing_rps > _FAILING_RPS else None,
        state=node.state,
        seconds=0 if at_work else math.ceil(node.remaining_s),
        figures=figures,
        marks=marks_of(i18n, node.figures) if at_work else (),
        instances=node.instances,
        meter=_meter(node),
        headline=headline(i18n, node.figures) if at_work else None,
        rough=node.coarse,
        host=tag_of(node),
    )


def _meter(node: NodeView) -> int:
    share = next((node.figures[name] for name in _METERS if name in node.figures), None)
    return -1 if share is None or node.slots else round(min(1.0, max(0.0, share)) * RING_STEPS)


def progress(node: NodeView, kind: NodeKind) -> float:
    """Share of the building, resizing or restarting that is done."""
    whole = {
        NodeState.BUILDING: kind.build_s,
        NodeState.RESIZING: kind.resize_s,
        NodeState.RESTARTING: kind.restart_s,
    }.get(node.state, 0.0)
    return 1.0 if whole <= 0.0 else min(1.0, max(0.0, 1.0 - node.remaining_s / whole))


def _ring_steps(node: NodeView, kind: NodeKind) -> int:
    if node.state is NodeState.DOWN:
        return 0
    if node.state is not NodeState.READY:
        return max(1, round(progress(node, kind) * RING_STEPS))
    if kind.role in (Role.SOURCE, Role.OBSERVER):
        return 0
    steps = round(min(1.0, node.utilisation) * RING_STEPS)
    return max(1, steps) if node.utilisation > 0.004 else 0


def _tone(node: NodeView) -> Tone:
    if node.state is NodeState.DOWN:
        return Tone.HOT
    if node.state is not NodeState.READY:
        return Tone.WORK
    if node.overloaded or node.locked or node.utilisation >= _HOT:
        return Tone.HOT
    return Tone.BUSY if node.utilisation >= _BUSY else Tone.CALM


def _heat(node: NodeView, pulse: float) -> int:
    if node.overloaded or node.locked:
        return HEAT_LEVELS - 2 + round(2 * pulse)
    if node.state is NodeState.READY and node.utilisation >= _HOT and node.waiting > 0:
        return 1 + round(pulse)
    return 0


def _two_digits(value: float) -> float:
    """Two leading digits; nan and negative become -1."""
    if not value >= 0.0:
        return -1.0
    if value < 10.0:
        return round(value, 1) if value < 1.0 else float(round(value))
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(value / unit) * unit
