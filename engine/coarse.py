"""What can be seen of a node without monitoring: rounded figures, looked at now and then."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.view import NodeState, NodeView

LOOK_S = 5.0
USE_STEP = 0.25


def coarsen(now: NodeView, before: NodeView | None) -> NodeView:
    """The node as of the last look (None: now), but what anybody notices: where it is, its state, its settings, its
    failures.
    """
    seen = before or now
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
