"""What models, events and faults make of a node at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter


@dataclass(slots=True)
class Live:
    """Read by `engine.capacity` at every tick; each field is written by one model only.

    instances: ready instances; slots and queue of the size count for each. slots, queue: replace the size's when >= 0.
    pace: factor on the speed. drag: share of the pace that housekeeping (backup) takes. event_pace, fault_share: what
    events do to the speed, and the share of finished steps that turn into 500. hit: share of the requests that concern
    it which a cache answers. throttled: share of the arrivals refused with 429. shut: share refused with 503.
    host_pace: what the host makes of a VM's speed; 0: it stands still. paused: it does so for a moment only, and
    whatever arrives is held.
    """

    instances: int = 1
    slots: int = -1
    queue: int = -1
    pace: float = 1.0
    drag: float = 0.0
    event_pace: float = 1.0
    fault_share: float = 0.0
    hit: float = 0.0
    throttled: float = 0.0
    shut: float = 0.0
    host_pace: float = 1.0
    paused: bool = False


# Attributes are compared at every tick, and fetched quickest this way. What slots, queues and pace follow from:
stations: Callable[[Live], tuple[float, ...]] = attrgetter("instances", "slots", "queue", "pace", "drag", "event_pace")
# And the shares of requests:
shares: Callable[[Live], tuple[float, ...]] = attrgetter("fault_share", "hit", "throttled", "shut")
