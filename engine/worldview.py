"""The read-only view of a running simulation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.assessment import standing
from engine.coarse import Looks
from engine.finance import finance_view
from engine.hosts.report import host_views, storage_view
from engine.snapshots import Snapshot, by_reason, node_statistics, totals
from engine.spec import FailureReason, Placement
from engine.view import (
    Alert,
    AnnouncedEvent,
    Deployment,
    FinanceView,
    Forecast,
    Hop,
    HostView,
    NodeStatistics,
    NodeView,
    Objective,
    Phase,
    Quest,
    RunResult,
    Series,
    StorageView,
    Totals,
    WireView,
)

if TYPE_CHECKING:
    from engine.simulation import Simulation

FORECAST_POINTS = 240


class WorldView:
    """Everything that may be read of a run. Nothing here changes anything."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._looks = Looks()
        self._moment: tuple[int, int, int] = (-1, -1, -1)
        self._snapshot = Snapshot(simulation, self._looks)

    @property
    def phase(self) -> Phase:
        """Set-up, operation, won or lost."""
        return self._simulation.phase

    @property
    def step(self) -> int:
        """Steps of operation so far."""
        return self._simulation.step_count

    @property
    def dt_s(self) -> float:
        """Seconds a step."""
        return self._simulation.dt_s

    @property
    def time_s(self) -> float:
        """Seconds of operation so far (the traffic clock)."""
        return self._simulation.time_s

    @property
    def duration_s(self) -> float:
        """Seconds of operation to survive."""
        return self._simulation.stage.duration_s

    @property
    def calendar_day(self) -> float:
        """Days of the business calendar since the start."""
        return self.time_s / self._simulation.stage.day_s

    @property
    def topology_version(self) -> int:
        """Changes whenever nodes, wires, places, sizes or states change."""
        return self._simulation.topology_version

    @property
    def node_ids(self) -> tuple[int, ...]:
        """The nodes in the order they were built, the source among them."""
        return tuple(self._simulation.board.nodes)

    @property
    def nodes(self) -> tuple[NodeView, ...]:
        """All nodes, now."""
        return self._now().nodes

    def node(self, node_id: int) -> NodeView:
        """One node, now. Raises KeyError when there is none of that number."""
        return self._now().node(node_id)

    @property
    def by_kind(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the nodes by kind, the oldest first."""
        return self._now().by_kind

    def of_kind(self, kind: str) -> tuple[NodeView, ...]:
        """The nodes of a kind, now, the oldest first."""
        return self._now().of_kind(kind)

    @property
    def taken(self) -> frozenset[tuple[int, int]]:
        """The cells of the map that are built on."""
        return frozenset((node.x, node.y) for node in self._simulation.board.nodes.values())

    @property
    def monitored(self) -> bool:
        """Whether the figures of nodes are exact: the stage asks for no monitoring, or some is up."""
        return self._now().monitored

    def _now(self) -> Snapshot:
        """The nodes at this moment: a step, a change of the board or an act of the player makes another."""
        sim = self._simulation
        moment = (sim.step_count, sim.topology_version, len(sim.log))
        if moment != self._moment:
            self._moment, self._snapshot = moment, Snapshot(sim, self._looks)
        return self._snapshot

    @property
    def connections(self) -> tuple[tuple[int, int], ...]:
        """Who calls whom: the ends of all wires, in the order they were drawn."""
        return tuple(self._simulation.board.wires)

    @property
    def wires(self) -> tuple[WireView, ...]:
        """All wires in the order they were drawn."""
        sim = self._simulation
        rates = dict(zip(sim.metrics.wires, sim.metrics.wire_rps.tolist(), strict=True))
        reserved = sim.board.reserved
        return tuple(WireView(s, t, rates.get((s, t), 0.0), reserved.get((s, t), ())) for s, t in sim.board.wires)

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Kinds of node on offer."""
        return self._simulation.migration.unlocked

    @property
    def migrated(self) -> bool:
        """Whether the service is split: wires can be reserved for kinds of request."""
        return self._simulation.migration.done

    @property
    def migration_left_s(self) -> float:
        """Seconds until the move to microservices is done; 0 when none is under way."""
        ready_at_s = self._simulation.migration.ready_at_s
        return max(ready_at_s - self.time_s, 0.0) if ready_at_s >= 0 else 0.0

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Rules of the monitoring that are broken, the longest first."""
        return self._simulation.alerts.active

    @property
    def budget(self) -> float:
        """Money left; below zero the overdraft is used."""
        return self._simulation.budget

    @property
    def keep_per_day(self) -> float:
        """What all that runs costs a calendar day, calls aside."""
        return self._simulation.keep_per_day

    @property
    def running_per_day(self) -> float:
        """The same with calls, at the present pace (smoothed)."""
        return self._simulation.economy.running_per_day

    @property
    def income_per_day(self) -> float:
        """What answered requests earn a calendar day at the present pace (smoothed)."""
        return self._simulation.economy.income_per_day

    @property
    def finance(self) -> FinanceView:
        """Where the money goes."""
        return finance_view(self._simulation)

    @property
    def users(self) -> float:
        """Daily active users."""
        return self._simulation.traffic.users

    @property
    def offered_rps(self) -> float:
        """Requests a second that come (smoothed)."""
        return self._simulation.metrics.offered_rps

    @property
    def done_rps(self) -> float:
        """Requests a second that are answered (smoothed)."""
        return self._simulation.metrics.done_rps

    @property
    def failed_rps(self) -> float:
        """Requests a second that fail (smoothed)."""
        return self._simulation.metrics.failed_rps

    @property
    def error_rate(self) -> float:
        """Share of failures in the last 5 s, the one the error gauge uses."""
        return self._simulation.metrics.error_rate

    @property
    def latency_ms(self) -> float:
        """Mean time in the system over the last 5 s, by Little's law; nan before any request ended."""
        return self._simulation.metrics.latency_ms

    def _percentile(self, share: float) -> float:
        return self._simulation.tracers.recent.percentiles(share)[0]

    @property
    def p50_ms(self) -> float:
        """Median sojourn time of answered requests over the last 10 s; nan before any."""
        return self._percentile(0.5)

    @property
    def p95_ms(self) -> float:
        """95th percentile of the same."""
        return self._percentile(0.95)

    @property
    def p99_ms(self) -> float:
        """99th percentile of the same."""
        return self._percentile(0.99)

    def percentiles_ms(self, *shares: float) -> list[float]:
        """Percentiles of the sojourn times of all answered requests of the run."""
        return self._simulation.tracers.all_time.percentiles(*shares)

    @property
    def mean_latency_ms(self) -> float:
        """Mean time in the system over the whole run, by Little's law, of requests that were let in."""
        return self._simulation.metrics.mean_latency_ms()

    @property
    def uptime(self) -> float:
        """Share of the seconds so far in which the error rate stayed at or under the threshold."""
        return self._simulation.metrics.uptime

    @property
    def max_rps(self) -> float:
        """Most requests a second answered over any 5 s."""
        return self._simulation.metrics.max_rps

    @property
    def gauge(self) -> float:
        """The error gauge, 0..1."""
        return self._simulation.gauge.level

    @property
    def totals(self) -> Totals:
        """Exact counts since the start."""
        return totals(self._simulation)

    def failures_by_node(self) -> Mapping[int, Mapping[FailureReason, int]]:
        """All failures since the start by node and reason, those of nodes that are gone included."""
        kernel = self._simulation.kernel
        present = {node: kernel.ledger.failed[:, i] for node, i in kernel.topology.node_index.items()}
        return {node: by_reason(failed) for node, failed in (kernel.retired | present).items()}

    def node_statistics(self) -> Mapping[int, NodeStatistics]:
        """Averages over the operation so far of every node that is there."""
        return node_statistics(self._simulation)

    @property
    def series(self) -> Series:
        """The history, a sample a second."""
        return self._simulation.metrics.series()

    @property
    def forecast(self) -> Forecast:
        """The traffic to expect: the present base and the known events, without growth."""
        sim = self._simulation
        time_s = np.linspace(0.0, sim.stage.duration_s, FORECAST_POINTS)
        users = sim.traffic.users
        mix = np.array(sim.traffic.mix)
        rps = np.array(
            [
                sim.traffic.base_rps(t, users) * float(mix @ sim.schedule.multipliers(t, only_known=True))
                for t in time_s.tolist()
            ]
        )
        for array in (time_s, rps):
            array.setflags(write=False)
        return Forecast(time_s, rps, sim.schedule.known())

    @property
    def announced(self) -> tuple[AnnouncedEvent, ...]:
        """Events that were told and have not started."""
        return self._simulation.schedule.announced()

    @property
    def active_events(self) -> tuple[str, ...]:
        """Events that have started and not faded."""
        return self._simulation.schedule.active()

    @property
    def quests(self) -> tuple[Quest, ...]:
        """Open questions of the departments, the most urgent first."""
        return self._simulation.schedule.quests()

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """Deployments that act on the service and can be, or are being, rolled back."""
        return self._simulation.schedule.deployments()

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """Where the bonus objectives stand now."""
        return standing(self._simulation)

    @property
    def hosts(self) -> tuple[HostView, ...]:
        """The stage's own hosts, in its order; none in the cloud."""
        rack = self._simulation.rack
        return host_views(rack) if rack is not None else ()

    @property
    def storage(self) -> StorageView | None:
        """The storage under the VMs; None in the cloud."""
        rack = self._simulation.rack
        return storage_view(rack) if rack is not None else None

    @property
    def placement(self) -> Placement:
        """Which host new and restarted VMs get."""
        return self._simulation.board.placement

    @property
    def tuned(self) -> Mapping[str, int]:
        """What the player set in a sandbox, in percent: `traffic` and `mix:<request kind>`."""
        return dict(self._simulation.desk.settings)

    @property
    def can_undo(self) -> bool:
        """Whether an act of the set-up can be taken back."""
        return self.phase is Phase.SETUP and bool(self._simulation.done)

    @property
    def can_redo(self) -> bool:
        """Whether an act that was taken back can be done again."""
        return self.phase is Phase.SETUP and bool(self._simulation.undone)

    def hops_since(self, step: int) -> list[Hop]:
        """Moves of traced requests after a step, oldest first; about the last 2 s are remembered."""
        found: list[Hop] = []
        for hop in reversed(self._simulation.tracers.hops):
            if hop.step <= step:
                break
            found.append(hop)
        return found[::-1]

    @property
    def result(self) -> RunResult | None:
        """How the run ended; None before."""
        return self._simulation.result
