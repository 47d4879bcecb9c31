"""Many runs in lockstep: the traffic of all that can be joined is stepped as one board, a tenth of a second at a time.

Every run keeps its own random streams, events, models and money, and its result is bit for bit that of a run on its
own: the sums, shares and deals of a step are taken node by node, and each run's numbers are drawn from its own stream
in its own order (`engine.draws.JointDraws`). Runs whose single requests are followed are stepped by themselves beside
the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import CountArray, IndexArray, spans
from engine.capacity import MEASURED, SHARES
from engine.draws import JointDraws
from engine.joint import Part, join_capacities, join_topologies, take_over
from engine.kernel import Kernel
from engine.simulation import Simulation, finish_together
from engine.view import Phase

# Arrays of the kernel by node, kind and edge, and those of the ledger by node that a step changes.
_LENT = {
    "occupied": "nodes",
    "arrival_mean": "nodes",
    "was_empty": "nodes",
    "credit": "nodes",
    "born_kind": "kinds",
    "done_kind": "kinds",
    "failed_kind": "kinds",
    "wasted_kind": "kinds",
    "edge_flow": "edges",
    "pull_flow": "pulls",
}
_STEPPED = ("occupied", "full", "entered", "failed", "tally")


class Replicas:
    """Runs that are advanced together. All have steps of the same length, have begun, and stand at the same step.

    simulations: those still in operation; the others are left out as they end.
    """

    def __init__(self, simulations: Sequence[Simulation]) -> None:
        """Raises ValueError for runs that do not stand at the same step."""
        if len({(s.dt_s, s.step_count, s.phase) for s in simulations}) > 1:
            raise ValueError("runs can only be advanced together from the same step on, and with steps of one length")
        self.simulations = list(simulations)
        self._joint: _Joint | None = None
        self._past = _Past([])

    def tick(self) -> None:
        """Advance all by a tick."""
        for simulation in self.simulations:
            simulation.begin_tick()
        together = [simulation for simulation in self.simulations if not simulation.traced]
        if self._joint is None or not self._joint.is_of(together):
            self._joint = self._join(together) if together else None
        present = self._joint.advance() if self._joint else []
        finish_together(together, present)
        for simulation in self.simulations:
            if simulation.traced:
                for _ in range(simulation.steps_per_tick):
                    simulation.take_step()
        self.simulations = [s for s in self.simulations if s.phase is Phase.OPERATION]

    def _join(self, simulations: list[Simulation]) -> _Joint:
        kernels = [simulation.kernel for simulation in simulations]
        if not self._past.holds(kernels):
            self._past = _Past(kernels)
        return _Joint(simulations, self._past)


class _Past:
    """The histories of some kernels in one array, each in rows of its own with room to grow, so that none has to move
    when the board of another run changes."""

    def __init__(self, kernels: Sequence[Kernel]) -> None:
        self.size = 2 * max((kernel.nodes for kernel in kernels), default=0)
        self.length = max((kernel.history.shape[1] for kernel in kernels), default=0)
        self.array = np.zeros((self.size * len(kernels), self.length), dtype=np.int64)
        self.first = {kernel: number * self.size for number, kernel in enumerate(kernels)}
        self.lent: dict[Kernel, CountArray] = {}

    def holds(self, kernels: Sequence[Kernel]) -> bool:
        """Whether there is a place for all of these as they are now."""
        return all(
            kernel in self.first and kernel.nodes <= self.size and kernel.history.shape[1] <= self.length
            for kernel in kernels
        )

    def take_in(self, kernel: Kernel) -> IndexArray:
        """Have the history of a kernel here, if it is not; returns the rows."""
        rows = slice(self.first[kernel], self.first[kernel] + kernel.nodes)
        history = kernel.history
        if history is not self.lent.get(kernel):
            moments = kernel.clock - np.arange(1, history.shape[1] + 1)
            self.array[rows, moments % self.length] = history[:, moments % history.shape[1]]
            self.lent[kernel] = kernel.history = self.array[rows]
        return np.arange(rows.start, rows.stop, dtype=np.intp)


class _Joint:
    """The joint kernel of some runs. What a run's own kernel holds by node, kind and edge are views of the joint arrays
    from then on; its cells and turns are handed back after every tick."""

    def __init__(self, simulations: list[Simulation], past: _Past) -> None:
        self.simulations = simulations
        self.kernels = [simulation.kernel for simulation in simulations]
        topology, self.parts = join_topologies([kernel.topology for kernel in self.kernels])
        generators = [kernel.draws.at(0) for kernel in self.kernels]
        draws = JointDraws(generators, [kernel.nodes for kernel in self.kernels])
        capacity = join_capacities([kernel.capacity for kernel in self.kernels])
        self.kernel = Kernel(topology, capacity, draws)
        self.cells = np.concatenate([part.cells for part in self.parts])
        self.movers = np.concatenate([part.movers for part in self.parts])
        self.cell_spans = spans([part.cells.size for part in self.parts])
        self.run_of_cell = np.repeat(np.arange(len(self.parts)), [part.cells.size for part in self.parts])
        self.mover_spans = spans([part.movers.size for part in self.parts])
        self.timed = topology.timed
        self.touched = [kernel.touched for kernel in self.kernels]
        self.measured = [kernel.measured for kernel in self.kernels]
        self.shared = [kernel.shared for kernel in self.kernels]
        self.clients = [
            (simulation.clients, part.kinds, run)
            for run, (simulation, part) in enumerate(zip(simulations, self.parts, strict=True))
            if simulation.stage.traffic.client.retries > 0
        ]
        kinds = [kernel.born_kind.size for kernel in self.kernels]
        self.run_of_kind = [run for run, size in enumerate(kinds) for _ in range(size)]
        self.failed_seen = np.concatenate([simulation.failed_seen for simulation in simulations])
        self.kernel.history = past.array
        self.kernel.rows = np.concatenate([past.take_in(kernel) for kernel in self.kernels])
        self._gather()
        for simulation, kernel, part in zip(simulations, self.kernels, self.parts, strict=True):
            simulation.failed_seen = self.failed_seen[part.kinds]
            self._lend(kernel, part)

    def is_of(self, simulations: list[Simulation]) -> bool:
        """Whether it still is the traffic of just these runs. Takes over their capacities where they changed."""
        if len(simulations) != len(self.kernels):
            return False
        kernels = [simulation.kernel for simulation in simulations]
        if [kernel.touched for kernel in kernels] != self.touched:
            return False
        if any(mine is not other for mine, other in zip(self.simulations, simulations, strict=True)):
            return False
        self._measure()
        return True

    def _measure(self) -> None:
        """Take over the capacities of the runs in which they changed."""
        joint, changed = self.kernel, False
        for run, kernel in enumerate(self.kernels):
            measured, shared = kernel.measured != self.measured[run], kernel.shared != self.shared[run]
            if measured or shared:
                renewed = (*MEASURED, *SHARES) if measured else SHARES
                take_over(joint.capacity, kernel.capacity, self.parts[run].nodes, renewed)
                self.measured[run], self.shared[run] = kernel.measured, kernel.shared
                joint.measured += measured
                changed = True
        if changed:
            joint.shared += 1
            joint.capacity.faulty = any(kernel.capacity.faulty for kernel in self.kernels)

    def advance(self) -> list[int]:
        """Take the steps of a tick; returns the requests in each run's system, summed over the steps."""
        kernel, runs = self.kernel, self.simulations
        fresh = np.concatenate([simulation.block for simulation in runs], axis=1)
        present = np.zeros_like(kernel.counts)
        for arrivals in fresh:
            if self.clients:
                self._come_back(arrivals)
            kernel.step(arrivals)
            present += kernel.counts
        self._hand_back()
        present *= self.timed
        sums: list[int] = np.bincount(self.run_of_cell, present[self.cells], len(runs)).astype(np.int64).tolist()
        return sums

    def _come_back(self, arrivals: CountArray) -> None:
        """Add what the clients of failed requests send again in a step (see `Simulation.arrivals`)."""
        kernel = self.kernel
        failed = (kernel.failed_kind - self.failed_seen) * ~kernel.topology.attack_kinds
        self.failed_seen[:] = kernel.failed_kind
        affected = {self.run_of_kind[kind] for kind in failed.nonzero()[0].tolist()}
        for clients, kinds, run in self.clients:
            if clients.waiting:
                sent = clients.send_again()
                if sent is not None:
                    arrivals[kinds] += sent
            if run in affected:
                clients.fail(failed[kinds])

    def _hand_back(self) -> None:
        """Give each run's kernel its own cells and turns, and its sums, as they are now."""
        counts, turns, sums = self.kernel.counts[self.cells], self.kernel.turn[self.movers], self.kernel.tally()
        places = zip(self.kernels, self.parts, self.cell_spans, self.mover_spans, strict=True)
        for kernel, part, cells, movers in places:
            kernel.counts, kernel.turn, kernel.clock = counts[cells], turns[movers], self.kernel.clock
            kernel.take_tally(sums[:, part.nodes])

    def _gather(self) -> None:
        """Fill the joint arrays with what the runs' kernels hold."""
        joint, kernels = self.kernel, self.kernels
        joint.clock = kernels[0].clock
        joint.counts[self.cells] = np.concatenate([kernel.counts for kernel in kernels])
        joint.turn[self.movers] = np.concatenate([kernel.turn for kernel in kernels])
        for name in _LENT:
            np.concatenate([getattr(kernel, name) for kernel in kernels], axis=-1, out=getattr(joint, name))
        for name in _STEPPED:
            sums = [getattr(kernel.ledger, name) for kernel in kernels]
            np.concatenate(sums, axis=-1, out=getattr(joint.ledger, name))
        for kernel, part in zip(kernels, self.parts, strict=True):
            for own, (depth, edges, groups, pairs) in enumerate(part.levels):
                joint.level_flow[depth][edges] = kernel.level_flow[own]
                joint.deals[depth].turn[groups] = kernel.deals[own].turn
                joint.deals[depth].credit[pairs] = kernel.deals[own].credit

    def _lend(self, kernel: Kernel, part: Part) -> None:
        """Let a run's kernel look at its part of the joint arrays."""
        joint = self.kernel
        for name, span in _LENT.items():
            setattr(kernel, name, getattr(joint, name)[..., getattr(part, span)])
        for name in _STEPPED:
            setattr(kernel.ledger, name, getattr(joint.ledger, name)[..., part.nodes])
        kernel.held = [True] * len(kernel.held)
        for own, (depth, edges, groups, pairs) in enumerate(part.levels):
            kernel.level_flow[own] = joint.level_flow[depth][edges]
            kernel.deals[own].turn = joint.deals[depth].turn[groups]
            kernel.deals[own].credit = joint.deals[depth].credit[pairs]
