"""Horizontal autoscaling: the arithmetic of the Kubernetes Horizontal Pod Autoscaler (HPA), and a group of VMs that
follows it.

With `load` = metric / target, averaged over the instances that are ready (kubernetes.io, Horizontal Pod Autoscaling,
algorithm details; the controller's replica calculator where the text is silent):

- wanted = ceil(ready x load); no change when load is within the tolerance of 1.
- Instances that are wished for but not ready yet are not measured. On the way up they are assumed to consume nothing:
  load x ready / (ready + not ready) must still be beyond the tolerance, else nothing changes. So an autoscaler does not
  order the same instances twice while they start. On the way down they are ignored.
- Nothing measured, or nothing ready: no change.
- Up by no more than max(up_instances, up_share x wish) a sync; down only to the highest wish computed within the last
  stabilisation_s, in which the number the run began with counts as the first.
- The bounds of the policies come last. Here they hold at once, not from the next sync on.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from engine.board import Node, whole
from engine.facts import Fact, Scaled
from engine.nodes.behaviour import Reading, Surroundings
from engine.spec import AutoscaleSpec

EPSILON = 1e-9
DEFAULT_MAXIMUM = 10
DEFAULT_TARGET_PERCENT = 80

Policies = Mapping[str, str | int]


def bounds(policies: Policies) -> tuple[int, int]:
    """Fewest and most instances; at least one, and where the two contradict each other the minimum holds."""
    fewest = max(1, whole(policies, "min_instances", 1))
    return fewest, max(fewest, whole(policies, "max_instances", DEFAULT_MAXIMUM))


def recommendation(ready: int, not_ready: int, load: float, tolerance: float) -> int:
    """Instances wanted, by the metric alone. load: metric / target, averaged over the ready ones."""
    current = ready + not_ready
    if ready == 0:
        return current
    damped = load * ready / current if load > 1.0 else load
    if abs(damped - 1.0) <= tolerance + EPSILON or (damped < 1.0 < load):
        return current
    return math.ceil(ready * load - EPSILON)


def highest_rise(wish: int, spec: AutoscaleSpec) -> int:
    """The most that one sync may wish for after `wish`."""
    return wish + max(spec.up_instances, math.ceil(spec.up_share * wish - EPSILON))


class Autoscaler:
    """Decides how many instances there should be.

    wish: the decision. share: the metric as a share of the slots, at the last sync. load: that over the target.
    """

    def __init__(self, spec: AutoscaleSpec, wish: int) -> None:
        self.spec, self.wish = spec, wish
        self.share = self.load = 0.0
        self.next_sync_s = -1.0
        self.wanted: deque[tuple[float, int]] = deque()
        self.forget()

    def forget(self) -> None:
        """Drop what was measured since the last sync."""
        self.in_service = self.present = 0.0
        self.slots = 0

    def observe(self, reading: Reading) -> None:
        """Add one tick to the measurement. Instances that only finish their last requests do not count, so no more
        than the slots can be in service."""
        slots = reading.slots
        if slots > 0:
            self.slots += slots
            self.in_service += min(reading.in_service, slots)
            self.present += reading.busy + reading.waiting

    def advance(self, time_s: float, ready: int, policies: Policies) -> int:
        """Decide when a sync is due, keep to the bounds always; returns the wish. ready: instances that were measured.

        The first call starts the clock of the syncs.
        """
        if self.next_sync_s < 0.0:
            self.next_sync_s = time_s + self.spec.sync_s
            self.wanted.append((time_s, self.wish))
        elif time_s >= self.next_sync_s - EPSILON:
            self.next_sync_s = time_s + self.spec.sync_s
            self.wish = self._sync(time_s, ready, policies)
        fewest, most = bounds(policies)
        self.wish = min(max(self.wish, fewest), most)
        return self.wish

    def decide(self, time_s: float, ready: int, load: float) -> int:
        """The wish after a sync at which the ready instances are at this load; the bounds are not its concern."""
        wanted = recommendation(ready, max(0, self.wish - ready), load, self.spec.tolerance)
        self.wanted.append((time_s, wanted))
        while self.wanted[0][0] <= time_s - self.spec.stabilisation_s + EPSILON and len(self.wanted) > 1:
            self.wanted.popleft()
        if wanted > self.wish:
            return min(wanted, highest_rise(self.wish, self.spec))
        return min(self.wish, max(count for _, count in self.wanted))

    def state(self) -> tuple[object, ...]:
        """What decides its future, as plain values."""
        measured = (round(self.in_service, 6), round(self.present, 6), self.slots)
        window = tuple((round(when, 3), count) for when, count in self.wanted)
        return (self.wish, round(self.next_sync_s, 3), measured, window)

    def _sync(self, time_s: float, ready: int, policies: Policies) -> int:
        if ready == 0 or self.slots == 0:
            self.forget()
            return self.wish
        amount = self.present if policies.get("metric", "cpu") == "concurrency" else self.in_service
        target = max(1, whole(policies, "target_percent", DEFAULT_TARGET_PERCENT)) / 100.0
        self.share = amount / self.slots
        self.load = self.share / target
        self.forget()
        return self.decide(time_s, ready, self.load)


class Group:
    """A group of VMs behind one address: `instances` of the node's size, as many as the autoscaler wishes.

    It begins with the minimum, ready. A new VM takes requests start_s later; those that still start are the first to
    go. A removed one takes no new requests and finishes what it has. After an outage or a restart of the whole group
    all that was wished for is ready: starting it was part of the time it was away.
    """

    def __init__(self, node: Node) -> None:
        if node.kind.autoscale is None:
            raise ValueError(f"node kind {node.kind.id!r} has no autoscale parameters")
        self.spec = node.kind.autoscale
        self.starts: deque[float] = deque()
        self.begun = False
        self._begin(node)

    @property
    def paid_units(self) -> int:
        """How many times the size's keep_per_day is paid."""
        return self.ready + len(self.starts)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Measure, decide, start and stop instances."""
        if not node.is_up:
            return []
        if not self.begun:
            self._begin(node)
            self.begun = True
        time_s, scaler = around.time_s, self.scaler
        before = scaler.wish
        scaler.observe(reading)
        after = scaler.advance(time_s, self.ready, node.policies)
        self._follow(after, time_s)
        while self.starts and self.starts[0] <= time_s + EPSILON:
            self.starts.popleft()
            self.ready += 1
        node.live.instances = self.ready
        return [] if after == before else [Scaled(node.id, before, after, scaler.load)]

    def act(self, action: str, node: Node) -> None:
        """It has no actions."""

    def befall(self, what: str, node: Node) -> None:
        """`down`, `up`, `restarted`: see the class."""
        if what in ("down", "up", "restarted"):
            self.scaler.forget()
            self.ready += len(self.starts)
            self.starts.clear()
            node.live.instances = self.ready

    def figures(self) -> Mapping[str, float]:
        """instances, starting, wanted; load_share: the metric at the last sync, as a share of the slots."""
        return {
            "instances": self.ready,
            "starting": len(self.starts),
            "wanted": self.scaler.wish,
            "load_share": self.scaler.share,
        }

    def state(self) -> tuple[object, ...]:
        """See `Behaviour`."""
        return (self.begun, self.ready, tuple(round(s, 3) for s in self.starts), self.scaler.state())

    def _begin(self, node: Node) -> None:
        """The minimum is ready. Done anew at the first tick, for the policies may have changed during the set-up."""
        self.ready, _ = bounds(node.policies)
        self.scaler = Autoscaler(self.spec, self.ready)
        node.live.instances = self.ready

    def _follow(self, wish: int, time_s: float) -> None:
        """Start what is missing, stop what is too many."""
        missing = wish - self.ready - len(self.starts)
        for _ in range(missing):
            self.starts.append(time_s + self.spec.start_s)
        while missing < 0 and self.starts:
            self.starts.pop()
            missing += 1
        self.ready += min(missing, 0)
