"""A Kubernetes cluster: pods by load, workers by pods.

- The Horizontal Pod Autoscaler says how many pods there should be (`engine.nodes.autoscale`); its CPU metric is the
  share of the pods' slots in service.
- Missing pods are made and given a worker with room; they serve autoscale.start_s later. Without room they are pending.
- The cluster autoscaler orders workers for the pending pods if these would fit on an empty one, up to `max_workers`;
  they come worker_start_s later. A worker empty for worker_idle_s is given back, down to `min_workers`.
- A rolling deployment (the action `rollout`, or another `pod_size`) replaces the pods as a Kubernetes Deployment does
  without surge: no more than max(1, floor(rollout_share x pods)) are missing at a time, and so a batch every start_s.
  A single pod gets its successor first (surge of one), so that never less than one pod serves.
- A lost worker takes its pods and their requests with it. The pods are made anew at once, the worker comes back
  worker_start_s later.

Each ready pod brings its `slots`, and the `queue` of the size: that one is per pod here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.board import Node, whole
from engine.facts import Fact, Scaled
from engine.nodes.autoscale import EPSILON, Autoscaler, Policies, bounds
from engine.nodes.behaviour import LoseShare, Reading, Surroundings
from engine.nodes.pods import Pod, Pool
from engine.spec import AutoscaleSpec, PodSpec

DEFAULT_MAX_WORKERS = 10


def worker_bounds(policies: Policies) -> tuple[int, int]:
    """Fewest and most workers; at least one, and where the two contradict each other the minimum holds."""
    fewest = max(1, whole(policies, "min_workers", 1))
    return fewest, max(fewest, whole(policies, "max_workers", DEFAULT_MAX_WORKERS))


class Cluster:
    """One cluster with one deployment of equal pods.

    Writes live.slots, live.queue and live.pace; live.instances stays 1.
    """

    scaler: Autoscaler
    pool: Pool
    pod: PodSpec
    revision: int
    ready: int
    last_s: float
    wake_s: float

    def __init__(self, node: Node) -> None:
        if node.kind.cluster is None or not node.kind.cluster.pods:
            raise ValueError(f"node kind {node.kind.id!r} has no cluster parameters, or no pods in them")
        self.spec = node.kind.cluster
        self.autoscale = node.kind.autoscale or AutoscaleSpec()
        self.begun = False
        self.losing = 0
        self.wishes: tuple[int, int, int, int, str] | None = None
        self._begin(node, 0.0)

    @property
    def paid_units(self) -> int:
        """How many times the size's keep_per_day is paid: workers, ready or ordered."""
        return len(self.pool.workers)

    def tick(self, node: Node, reading: Reading, around: Surroundings) -> list[Fact]:
        """Measure, decide, and let pods and workers come and go."""
        if not node.is_up:
            return []
        time_s, scaler = around.time_s, self.scaler
        if not self.begun:
            self._begin(node, time_s)
            self.begun, scaler = True, self.scaler
        before = scaler.wish
        scaler.observe(reading)
        after = scaler.advance(time_s, self.ready, node.policies)
        while self.losing:
            self.losing -= 1
            self._lose_worker(node, around)
        if (pod := self._pod_size(node)) is not self.pod:
            self.pod = pod
            self.revision += 1
        wishes = (after, self.revision, *worker_bounds(node.policies), node.size.id)
        if wishes != self.wishes or time_s >= self.wake_s - EPSILON:
            self.wishes = wishes
            self._reconcile(node, time_s)
            self._publish(node, time_s)
        return [] if after == before else [Scaled(node.id, before, after, scaler.load)]

    def act(self, action: str, node: Node) -> None:
        """`rollout`: every pod is replaced by one of a new revision."""
        if action == "rollout":
            self.revision += 1

    def befall(self, what: str, node: Node) -> None:
        """`lose_worker`: see the module. `down`, `up`, `restarted`: what was starting is ready, for starting it was
        part of the time the cluster was away.
        """
        if what == "lose_worker" and node.is_up:
            self.losing += 1
        elif what in ("down", "up", "restarted"):
            self.scaler.forget()
            for worker in self.pool.workers:
                worker.ready_s = min(worker.ready_s, self.last_s)
            self.pool.place(self.last_s, self.last_s)
            for pod in self.pool.pods:
                if pod.worker is not None:
                    pod.ready_s = min(pod.ready_s, self.last_s)
            self._publish(node, self.last_s)
            self.wake_s = self.last_s

    def figures(self) -> Mapping[str, float]:
        """pods: those that serve; starting, pending (without a worker), wanted; workers (ready), workers_starting;
        load_share: the metric at the last sync, as a share of the slots.
        """
        pool = self.pool
        pending, workers = pool.pending, len(pool.ready_workers(self.last_s))
        return {
            "pods": self.ready,
            "starting": len(pool.pods) - self.ready - pending,
            "pending": pending,
            "wanted": self.scaler.wish,
            "workers": workers,
            "workers_starting": len(pool.workers) - workers,
            "load_share": self.scaler.share,
        }

    def state(self) -> tuple[object, ...]:
        """See `Behaviour`."""
        return (self.begun, self.losing, self.revision, self.pod.id, self.pool.state(), self.scaler.state())

    def _begin(self, node: Node, time_s: float) -> None:
        """The fewest pods are ready, on as few workers as allowed. Done anew at the first tick, for the policies may
        have changed during the set-up.
        """
        wish, _ = bounds(node.policies)
        fewest, most = worker_bounds(node.policies)
        self.scaler = Autoscaler(self.autoscale, wish)
        self.revision, self.pod = 0, self._pod_size(node)
        self.pool = Pool(node.size, self.spec.system_cpu)
        room = self.pool.room_for(self.pod)
        self.pool.add_workers(min(max(fewest, math.ceil(wish / room) if room else 0), most), time_s)
        self.pool.pods = [Pod(self.pod, self.revision) for _ in range(wish)]
        self.pool.place(time_s, time_s)
        self._publish(node, time_s)

    def _pod_size(self, node: Node) -> PodSpec:
        """The size of pods of the policy; the first where it names none."""
        chosen = node.policies.get("pod_size")
        return next((pod for pod in self.spec.pods if pod.id == chosen), self.spec.pods[0])

    def _reconcile(self, node: Node, time_s: float) -> None:
        """Bring pods and workers nearer to what is wished for."""
        pool, wish = self.pool, self.scaler.wish
        if node.size.id != pool.size.id:
            pool.resize(node.size, time_s)
        self._retire_old(time_s, wish)
        surge = 1 if wish == 1 and any(pod.revision != self.revision for pod in pool.pods) else 0
        missing = wish + surge - len(pool.pods)
        pool.remove_some(-missing, time_s, self.revision)
        pool.pods += [Pod(self.pod, self.revision) for _ in range(missing)]
        pool.place(time_s, time_s + self.autoscale.start_s)
        fewest, most = worker_bounds(node.policies)
        self._order_workers(time_s, fewest, most)
        pool.release_idle(time_s, self.spec.worker_idle_s, fewest)

    def _retire_old(self, time_s: float, wish: int) -> None:
        """Stop pods of earlier revisions: all that do not serve, and of the others as many as may be missing."""
        pool = self.pool
        old = [pod for pod in pool.pods if pod.revision != self.revision]
        if not old:
            return
        serving = pool.ready_pods(time_s)
        may_miss = max(1, math.floor(self.spec.rollout_share * wish + EPSILON))
        spare = len(serving) - max(1, wish - may_miss)
        for pod in old:
            if pod.ready_s > time_s + EPSILON:
                pool.remove(pod)
            elif spare > 0:
                pool.remove(pod)
                spare -= 1

    def _order_workers(self, time_s: float, fewest: int, most: int) -> None:
        """Order what the pending pods need beyond the workers that are coming already, and what the minimum lacks."""
        pool = self.pool
        have, room = len(pool.workers), pool.room_for(self.pod)
        coming = have - len(pool.ready_workers(time_s))
        needed = math.ceil(pool.pending / room) - coming if room else 0
        count = max(min(needed, most - have), fewest - have, 0)
        pool.add_workers(count, time_s + self.spec.worker_start_s)

    def _lose_worker(self, node: Node, around: Surroundings) -> None:
        """One of the ready workers, drawn at random, is gone."""
        pool, time_s = self.pool, around.time_s
        workers = pool.ready_workers(time_s)
        if not workers:
            return
        serving = sum(pod.spec.slots for pod in pool.ready_pods(time_s))
        lost = pool.lose(workers[int(around.generator.integers(len(workers)))])
        gone = sum(pod.spec.slots for pod in lost if pod.ready_s <= time_s + EPSILON)
        if gone:
            around.act(LoseShare(node.id, gone / serving))
        pool.add_workers(1, time_s + self.spec.worker_start_s)
        self.wake_s = time_s

    def _publish(self, node: Node, time_s: float) -> None:
        """What the kernel shall know, and when there is next something to do."""
        pool, live = self.pool, node.live
        self.last_s = time_s
        self.ready = len(pool.ready_pods(time_s))
        live.slots, live.pace = pool.slots_and_pace(time_s)
        live.queue = node.size.queue * self.ready
        self.wake_s = pool.next_change(time_s, self.spec.worker_idle_s)
