"""What can be seen of a node without monitoring: rounded figures, looked at now and then."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.view import NodeState, NodeView

LOOK_S = 5.0
USE_STEP = 0.25


class Looks:
    """What was seen of each node at the last look, which is the first in every LOOK_S seconds."""

    def __init__(self) -> None:
        self._looks: dict[int, tuple[int, NodeView]] = {}

    def see(self, now: NodeView, time_s: float) -> NodeView:
        """The node as of the last look, but what anybody notices: its place, its state, its settings, its failures."""
        look = int(time_s // LOOK_S)
        last = self._looks.get(now.id)
        if last is None or last[0] != look:
            last = self._looks[now.id] = (look, now)
        return _coarsen(now, last[1])


def _coarsen(now: NodeView, seen: NodeView) -> NodeView:
    return replace(
        now,
        in_service=_two_digits(seen.in_service),
        calling=_two_digits(seen.calling),
        waiting=_two_digits(seen.waiting),
        utilisation=math.ceil(seen.utilisation / USE_STEP) * USE_STEP if now.state is NodeState.READY else 0.0,
        throughput_rps=float(_two_digits(seen.throughput_rps)),
        p95_ms=math.nan,
        speed=round(seen.speed, 1),
        figures={},
        coarse=True,
    )


def _two_digits(value: float) -> int:
    whole = round(value)
    if whole < 100:
        return whole
    unit = 10 ** (len(str(whole)) - 2)
    return int(round(whole / unit) * unit)
