"""Snapshots of nodes and sums, for the view."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.arrays import CountArray
from engine.board import Node
from engine.coarse import Looks
from engine.ledger import REASONS
from engine.mishaps import zone_of
from engine.routing import DEAD
from engine.spec import FailureReason
from engine.topology import Tally
from engine.upkeep import FOR_EVER
from engine.view import NodeStatistics, NodeView, Totals

if TYPE_CHECKING:
    from engine.simulation import Simulation

RECENT_FAILURES = 0.5


class Snapshot:
    """The nodes at one moment, as they can be seen. What they share is read at once, each node only when somebody looks
    at it. monitored: whether their figures are exact.
    """

    def __init__(self, sim: Simulation, looks: Looks) -> None:
        kernel, gauges = sim.kernel, sim.metrics.nodes
        if gauges.node_ids != kernel.topology.node_ids:
            gauges = gauges.moved_to(kernel.topology.node_ids)
        self.sim, self.looks = sim, looks
        self.monitored = not sim.stage.needs_monitoring or any(
            node.kind.alerts and node.is_up for node in sim.board.nodes.values()
        )
        self.gauges = gauges.figures.T.tolist()
        self.failed = kernel.ledger.failed.T.tolist()
        self.serving, self.waiting, self.calling = kernel.occupied.tolist()
        self.held, self.slots, self.speed = _held(sim).tolist(), kernel.capacity.slots.tolist(), kernel.speed().tolist()
        self.index = kernel.topology.node_index
        self.wires = sim.board.wire_counts()
        self._views: dict[int, NodeView] = {}

    def node(self, node_id: int) -> NodeView:
        """One node. Raises KeyError when there is none of that number."""
        if node_id not in self._views:
            exact = self._view(self.sim.board.nodes[node_id])
            self._views[node_id] = exact if self.monitored else self.looks.see(exact, self.sim.time_s)
        return self._views[node_id]

    @cached_property
    def nodes(self) -> tuple[NodeView, ...]:
        """All of them, in the order they were built."""
        return tuple(self.node(node_id) for node_id in self.sim.board.nodes)

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[int, ...]]:
        """Their numbers by kind, the oldest first."""
        found: dict[str, list[int]] = {}
        for node in self.sim.board.nodes.values():
            found.setdefault(node.kind.id, []).append(node.id)
            if not self.monitored:
                # What is seen depends on when one looked, and who looks for some has seen all.
                self.node(node.id)
        return {kind: tuple(numbers) for kind, numbers in found.items()}

    def of_kind(self, kind: str) -> tuple[NodeView, ...]:
        """Those of a kind, the oldest first."""
        return tuple(self.node(node_id) for node_id in self.by_kind.get(kind, ()))

    def _view(self, node: Node) -> NodeView:
        sim, i = self.sim, self.index[node.id]
        histogram = sim.tracers.by_node.get(node.id)
        endless = node.ready_step >= FOR_EVER
        utilisation, throughput_rps, failing_rps, *recent_failures = self.gauges[i]
        passes = node.kind.role.passes_through
        return NodeView(
            id=node.id,
            kind=node.kind.id,
            size=node.size.id,
            x=node.x,
            y=node.y,
            state=node.state,
            remaining_s=0.0 if endless else max(0.0, (node.ready_step - sim.step_count) * sim.dt_s),
            slots=self.slots[i],
            in_service=self.serving[i],
            calling=self.calling[i],
            waiting=self.waiting[i] + self.held[i],
            queue_limit=node.size.queue if passes else node.queue(),
            utilisation=utilisation,
            throughput_rps=throughput_rps,
            failing_rps=failing_rps,
            failing_reason=_most_frequent(recent_failures),
            failed=dict(zip(REASONS, self.failed[i], strict=True)),
            p95_ms=histogram.percentiles(0.95)[0] if histogram else float("nan"),
            speed=self.speed[i],
            overloaded=node.id in sim.vitals.overloaded,
            locked=node.id in sim.vitals.locked,
            wires=self.wires[node.id],
            keep_per_day=sim.economy.keep_of(node),
            policies=dict(node.policies),
            zone=zone_of(sim.stage, node),
            instances=node.live.instances,
            figures=sim.models.figures(node.id),
            host=node.host,
            migration=sim.rack.moves.share(node) if sim.rack is not None else math.nan,
            waits_for_host=sim.rack is not None and sim.rack.rescue.waits(node.id),
            frozen=sim.rack is not None and bool(node.host) and not sim.rack.storage_works,
        )


def _most_frequent(recent: list[float]) -> FailureReason | None:
    return REASONS[recent.index(max(recent))] if sum(recent) > RECENT_FAILURES else None


def _held(sim: Simulation) -> CountArray:
    """Requests that nodes without slots hold back, by node."""
    kernel, topology = sim.kernel, sim.kernel.topology
    first = topology.serving + topology.waiting
    passing = slice(first, first + topology.passing)
    return np.bincount(topology.cell_node[passing], kernel.counts[passing], topology.nodes).astype(np.int64)


def totals(sim: Simulation) -> Totals:
    """Exact counts since the start."""
    kernel, topology = sim.kernel, sim.kernel.topology
    tally = kernel.tally().sum(axis=1) + kernel.ledger.gone
    dead = [i for key, i in topology.index.items() if key.place == DEAD]
    return Totals(
        born=kernel.born,
        done=kernel.done,
        failed=by_reason(kernel.failed_by_reason()),
        in_system=kernel.in_system,
        attacks_done=int(kernel.done_kind @ topology.attack_kinds),
        attacks_failed=int(kernel.failed_kind @ topology.attack_kinds),
        retries=sim.clients.retried,
        wasted=kernel.wasted,
        stale=sim.models.stale,
        lost_writes=sim.models.lost_writes + kernel.lost_messages,
        messages=int(tally[Tally.PUBLISHED]),
        delivered=int(tally[Tally.DELIVERED]),
        dead=int(kernel.counts[dead].sum()),
    )


def node_statistics(sim: Simulation) -> Mapping[int, NodeStatistics]:
    """Averages over the operation so far of every node that is there."""
    kernel, steps = sim.kernel, max(sim.step_count, 1)
    ledger, left, slots = kernel.ledger, kernel.left_by_node(), kernel.slot_steps()
    found = {}
    for node, i in kernel.topology.node_index.items():
        serving, waited, calling = ledger.occupied[:, i].tolist()
        busy, entered = serving + calling, max(int(ledger.entered[i]), int(left[i]))
        found[node] = NodeStatistics(
            mean_in_system=(waited + busy) / steps,
            mean_waiting=waited / steps,
            utilisation=busy / max(int(slots[i]), 1),
            all_busy=int(ledger.full[i]) / steps,
            throughput_rps=int(left[i]) / (steps * sim.dt_s),
            mean_wait_ms=waited * sim.dt_s * 1000.0 / max(entered, 1),
        )
    return found


def by_reason(counts: CountArray) -> Mapping[FailureReason, int]:
    return {reason: int(count) for reason, count in zip(REASONS, counts, strict=True)}
