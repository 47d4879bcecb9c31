"""Pods packed on the workers of a cluster, by the cores and the memory they ask for.

A pod goes to the fullest worker it fits on (the Kubernetes scheduler with the MostAllocated score), and the first to go
are those on the emptiest worker, so that workers nobody needs run empty by themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.spec import NodeSize, PodSpec

EPSILON = 1e-9
NEVER = math.inf


@dataclass(slots=True, eq=False)
class Worker:
    """A machine of the pool. ready_s: since when it can take pods; idle_since_s: NEVER while it has some."""

    number: int
    ready_s: float
    used_cpu: float = 0.0
    used_mb: float = 0.0
    pods: int = 0
    idle_since_s: float = NEVER


@dataclass(slots=True, eq=False)
class Pod:
    """A pod; pending while it has no worker. ready_s: since when it serves. revision: of the deployment it is of."""

    spec: PodSpec
    revision: int
    worker: Worker | None = None
    ready_s: float = NEVER


def pods_per_worker(size: NodeSize, system_cpu: float, pod: PodSpec) -> int:
    """How many pods fit on an empty worker: floor(min(cores / cores of a pod, memory / memory of a pod))."""
    room = ((size.cpu - system_cpu, pod.cpu), (size.memory_mb, pod.memory_mb))
    return max(0, min((math.floor(have / need + EPSILON) for have, need in room if need > 0), default=0))


class Pool:
    """The workers of a cluster and its pods, in the order they were made. Times are seconds of operation."""

    def __init__(self, size: NodeSize, system_cpu: float) -> None:
        self.system_cpu = system_cpu
        self.workers: list[Worker] = []
        self.pods: list[Pod] = []
        self.next_number = 0
        self.size = size

    @property
    def pending(self) -> int:
        """Pods that fit nowhere at the moment."""
        return sum(pod.worker is None for pod in self.pods)

    def ready_pods(self, time_s: float) -> list[Pod]:
        """The pods that serve."""
        return [pod for pod in self.pods if pod.ready_s <= time_s + EPSILON]

    def ready_workers(self, time_s: float) -> list[Worker]:
        """The workers that can take pods."""
        return [worker for worker in self.workers if worker.ready_s <= time_s + EPSILON]

    def room_for(self, pod: PodSpec) -> int:
        """How many such pods fit on an empty worker."""
        return pods_per_worker(self.size, self.system_cpu, pod)

    def add_workers(self, count: int, ready_s: float) -> None:
        """Order workers."""
        for _ in range(count):
            self.workers.append(Worker(self.next_number, ready_s))
            self.next_number += 1

    def place(self, time_s: float, ready_s: float) -> None:
        """Give the pending pods a worker where there is room; they serve from `ready_s` on."""
        workers = self.ready_workers(time_s)
        full: set[str] = set()
        for pod in self.pods:
            if pod.worker is None and pod.spec.id not in full:
                if self._settle(pod, workers):
                    pod.ready_s = ready_s
                else:
                    full.add(pod.spec.id)

    def remove(self, pod: Pod) -> None:
        """Stop a pod."""
        self.pods.remove(pod)
        worker = pod.worker
        if worker is not None:
            worker.pods -= 1
            worker.used_cpu = worker.used_cpu - pod.spec.cpu if worker.pods else 0.0
            worker.used_mb = worker.used_mb - pod.spec.memory_mb if worker.pods else 0.0

    def remove_some(self, count: int, time_s: float, revision: int) -> None:
        """Stop pods: pending ones first, then starting ones, then those of another revision than this, then those on
        the emptiest worker, then the youngest.
        """

        def rank(pod: Pod) -> tuple[bool, bool, bool, float, int]:
            worker = pod.worker
            serves = pod.ready_s <= time_s + EPSILON
            load, number = (worker.used_cpu, worker.number) if worker is not None else (0.0, 0)
            return (worker is not None, serves, pod.revision == revision, load, -number)

        # Sorted once: the emptiest worker stays the emptiest while its pods go.
        youngest_first = self.pods[::-1]
        for pod in sorted(youngest_first, key=rank)[: max(0, count)]:
            self.remove(pod)

    def lose(self, worker: Worker) -> list[Pod]:
        """A worker is gone with its pods, which are returned."""
        lost = [pod for pod in self.pods if pod.worker is worker]
        self.pods = [pod for pod in self.pods if pod.worker is not worker]
        self.workers.remove(worker)
        return lost

    def resize(self, size: NodeSize, time_s: float) -> None:
        """Every worker becomes one of another size; pods that no longer fit are pending."""
        self.size = size
        for worker in self.workers:
            worker.used_cpu = worker.used_mb = 0.0
            worker.pods = 0
        workers = self.ready_workers(time_s)
        for pod in sorted(self.pods, key=lambda pod: pod.ready_s):
            if pod.worker is not None:
                pod.worker = None
                if not self._settle(pod, workers):
                    pod.ready_s = NEVER

    def release_idle(self, time_s: float, idle_s: float, fewest: int) -> None:
        """Give back workers that have been empty for `idle_s`, the youngest first, down to `fewest`."""
        for worker in reversed(self.ready_workers(time_s)):
            if worker.pods:
                worker.idle_since_s = NEVER
            elif worker.idle_since_s == NEVER:
                worker.idle_since_s = time_s
            elif time_s >= worker.idle_since_s + idle_s - EPSILON and len(self.workers) > fewest:
                self.workers.remove(worker)

    def slots_and_pace(self, time_s: float) -> tuple[int, float]:
        """Requests the ready pods serve at once, and their mean pace.

        A pod is granted the cores it asks for; spare cores of its worker are shared in the same proportion, up to its
        limit: pace = clamp(cores / sum of what is asked for there, 1, limit / asked for). No limit means no more than
        asked for.
        """
        slots, weighted = 0, 0.0
        cores = self.size.cpu - self.system_cpu
        for pod in self.ready_pods(time_s):
            spec, worker = pod.spec, pod.worker
            if worker is not None and worker.used_cpu > 0 and spec.cpu > 0:
                pace = max(1.0, min(cores / worker.used_cpu, spec.cpu_limit / spec.cpu))
            else:
                pace = 1.0
            slots += spec.slots
            weighted += spec.slots * pace
        return slots, weighted / slots if slots else 1.0

    def next_change(self, time_s: float, idle_s: float) -> float:
        """When something next becomes ready, or has been idle long enough, after `time_s`."""
        times = [pod.ready_s for pod in self.pods]
        times += [worker.ready_s for worker in self.workers]
        times += [worker.idle_since_s + idle_s for worker in self.workers]
        return min((moment for moment in times if moment > time_s + EPSILON), default=NEVER)

    def state(self) -> tuple[object, ...]:
        """What decides its future, as plain values."""
        workers = tuple((w.number, _plain(w.ready_s), _plain(w.idle_since_s)) for w in self.workers)
        pods = tuple(
            (p.spec.id, p.revision, -1 if p.worker is None else p.worker.number, _plain(p.ready_s)) for p in self.pods
        )
        return (self.size.id, self.next_number, workers, pods)

    def _settle(self, pod: Pod, workers: list[Worker]) -> bool:
        """Put a pod on the fullest of the workers it fits on."""
        need = pod.spec
        cpu, memory_mb = self.size.cpu - self.system_cpu - need.cpu, self.size.memory_mb - need.memory_mb
        fitting = [w for w in workers if w.used_cpu <= cpu + EPSILON and w.used_mb <= memory_mb + EPSILON]
        if not fitting:
            return False
        worker = max(fitting, key=lambda w: (w.used_cpu, w.used_mb, -w.number))
        worker.used_cpu += need.cpu
        worker.used_mb += need.memory_mb
        worker.pods += 1
        worker.idle_since_s = NEVER
        pod.worker = worker
        return True


def _plain(moment: float) -> float:
    """A time that JSON can write: -1 for NEVER."""
    return -1.0 if moment == NEVER else round(moment, 3)
