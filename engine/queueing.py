"""Getting into the nodes with slots: who finds room, who gets a slot, who has waited too long, and which messages are
pulled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import sampling
from engine.arrays import CountArray, constant, count
from engine.draws import Draws
from engine.ledger import REASON_ROW, StepFlows
from engine.spec import FailureReason
from engine.topology import Pull

if TYPE_CHECKING:
    from engine.kernel import Kernel

ARRIVAL_MEMORY = constant(1.0 / 16.0)
_NONE = count(0)
_TIMEOUT = REASON_ROW[FailureReason.TIMEOUT]


def arrive(kernel: Kernel, came: CountArray, before: CountArray, flows: StepFlows) -> None:
    """Let the arrivals in or refuse them, give free slots to those who wait, and lose those who waited too long."""
    topology, capacity, ledger = kernel.topology, kernel.capacity, kernel.ledger
    kernel.recount()
    serving, waiting, calling = kernel.occupied
    held = serving + calling
    flows.arrived_node = came
    flows.waiting_before = waiting - came
    entered = came
    room = kernel.room
    now = held + flows.waiting_before
    draws = kernel.queue_draws and kernel.queue_draws.where(np.maximum(before, now) + came > room)
    if draws:
        refused = _refuse(kernel, came, before, now, room)
        lost = sampling.take(flows.arrived, refused, came, topology.waiting_node, draws)
        kernel.counts[topology.serving : topology.serving + topology.waiting] -= lost
        waiting -= refused
        kernel.lose(topology.serving, lost, capacity.refusal)
        entered = came - refused
        flows.refused, flows.refused_node = lost, refused
    flows.admitted = np.minimum(waiting, np.maximum(capacity.slots - held, _NONE))
    admit(kernel, flows.admitted, kernel.draws)
    _expire(kernel, entered, flows)
    if flows.refused.size or flows.expired is not kernel.nothing:
        # Whoever was lost in a call gave its callers their slots back.
        kernel.recount()
    ledger.occupied += kernel.occupied
    ledger.full += kernel.occupied[0] + kernel.occupied[2] >= capacity.full


def _refuse(kernel: Kernel, came: CountArray, before: CountArray, now: CountArray, room: CountArray) -> CountArray:
    """How many of the arrivals find no room: half of them meet the step's start, half its end."""
    early = (came + (kernel.clock & 1)) // 2
    early_in = np.minimum(early, np.maximum(room - np.maximum(before, now), 0))
    late_in = np.clip(room - now - early_in, 0, came - early)
    return np.asarray(came - early_in - late_in)


def admit(kernel: Kernel, amount: CountArray, draws: Draws) -> None:
    """Give slots to `amount` of the waiting requests of each node; who has been given up has waited longest."""
    topology = kernel.topology
    waiting = kernel.counts[topology.serving : topology.serving + topology.waiting]
    of = topology.waiting_node
    some = draws.where(amount != kernel.occupied[1])
    of_stale = some.where(topology.gives_up) if some and topology.any_stale else None
    if of_stale:
        stale = waiting * topology.stale
        given_up = np.bincount(of, stale, kernel.nodes).astype(np.int64)
        first = np.minimum(amount, given_up)
        moved = sampling.take(stale, first, given_up, of, of_stale)
        fresh = kernel.waiting - given_up
        moved += sampling.take(waiting - stale, amount - first, fresh, of, some)
    else:
        moved = sampling.take(waiting, amount, kernel.waiting, of, some)
    waiting -= moved
    kernel.counts[topology.admit_to] += moved
    kernel.occupied[1] -= amount
    kernel.occupied[0] += amount


def _expire(kernel: Kernel, entered: CountArray, flows: StepFlows) -> None:
    """Lose those who waited longer than their patience. First come, first served: whoever is beyond the arrivals of
    the last `patience` steps has waited longer."""
    ledger, topology, capacity = kernel.ledger, kernel.topology, kernel.capacity
    flows.expired, flows.kept = kernel.nothing, capacity.work_on
    ledger.entered += entered
    length = kernel.history.shape[1]
    if not np.count_nonzero(kernel.occupied[1]):
        kernel.history[kernel.rows, kernel.clock % length] = ledger.entered
        return
    recent = ledger.entered - kernel.history[kernel.rows, (kernel.clock - capacity.patience) % length]
    kernel.history[kernel.rows, kernel.clock % length] = ledger.entered
    waiting = kernel.counts[topology.serving : topology.serving + topology.waiting]
    fresh, total = waiting, kernel.waiting
    if topology.any_stale:
        fresh = waiting * ~topology.stale
        total = np.bincount(topology.waiting_node, fresh, kernel.nodes).astype(np.int64)
        flows.stale = kernel.waiting - total
    expired: CountArray = np.maximum(total - recent, 0) * (capacity.patience > 0)
    draws = kernel.draws.where(expired > 0)
    if draws is None:
        return
    taken = sampling.take(fresh, expired, total, topology.waiting_node, draws)
    flows.expired = expired
    waiting -= taken
    stays = _abandon(kernel, taken) if topology.any_stale else None
    kernel.occupied[1] -= expired if stays is None else expired - stays
    kernel.lose(topology.serving, taken, _TIMEOUT)


def _abandon(kernel: Kernel, taken: CountArray) -> CountArray:
    """Keep in the queues, without anybody waiting for them, the requests of nodes that work them off all the same.
    Returns how many by node. Those that had been given up before are no new failures."""
    topology = kernel.topology
    to = topology.abandon_to
    stays = np.where(to >= 0, taken, 0)
    np.add.at(kernel.counts, to[stays > 0], stays[stays > 0])
    living = topology.living[topology.serving : topology.serving + topology.waiting]
    taken -= np.where(living, 0, stays)
    return np.bincount(topology.waiting_node, stays, kernel.nodes).astype(np.int64)


def pull(kernel: Kernel) -> None:
    """Hand the brokers' messages to workers with free slots, the least busy first."""
    topology = kernel.topology
    stored = kernel.stored_by_node()[topology.pull_node]
    if not np.count_nonzero(stored):
        return
    occupied = kernel.occupied[0] + kernel.occupied[1] + kernel.occupied[2]
    free = np.maximum(kernel.capacity.slots - occupied, _NONE)
    most = np.maximum.reduceat(free[topology.pull_worker], topology.pull_start)
    some = ((stored > 0) & (most > 0)).nonzero()[0].tolist()
    if some:
        hand = _Hand(kernel, free.tolist())
        for number in some:
            hand.out(topology.pulls[number], int(stored[number]))
        hand.done()


class _Hand:
    """Hands messages out, a few at a time; what moves is written down and moved in one go.

    free: slots by node, taken up as workers get messages. stored: messages by stored cell, likewise.
    """

    def __init__(self, kernel: Kernel, free: list[int]) -> None:
        self.kernel, self.free = kernel, free
        cells = kernel.topology.stored_cells
        self.first, self.stored = cells.start, kernel.counts[cells].tolist()
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.edges: list[int] = []
        self.amounts: list[int] = []
        self.workers: list[int] = []
        self.handed: list[int] = []

    def out(self, pull: Pull, left: int) -> None:
        """Hand out what is `left` at one broker."""
        free, workers = self.free, pull.workers
        stored = self.stored[pull.cells.start - self.first : pull.cells.stop - self.first]
        spare = [free[worker] for worker in workers]
        for i in sorted(range(len(workers)), key=spare.__getitem__, reverse=True):
            amount = min(free[workers[i]], left)
            if not amount:
                break
            shift = int(self.kernel.draws.at(pull.node).random() * left) if amount < left else 0
            self._move(pull, i, stored, amount, left, shift)
            free[workers[i]] -= amount
            self.workers.append(workers[i])
            self.handed.append(amount)
            left -= amount

    def _move(self, pull: Pull, worker: int, stored: list[int], amount: int, total: int, shift: int) -> None:
        """Write down that a worker gets `amount` of the `total` messages, from the cells in proportion to their counts
        (`stored`, which is lowered)."""
        first, first_edge, targets = pull.cells.start, pull.first_edge + worker * len(stored), pull.dst[worker]
        running = before = 0
        for i, here in enumerate(stored):
            if not here:
                continue
            running += here
            mark = (running * amount + shift) // total
            taken, before = mark - before, mark
            if taken:
                stored[i] = here - taken
                self.sources.append(first + i)
                self.targets.append(targets[i])
                self.edges.append(first_edge + i)
                self.amounts.append(taken)

    def done(self) -> None:
        """Move what was handed out."""
        kernel, amounts = self.kernel, np.array(self.amounts, dtype=np.int64)
        np.subtract.at(kernel.counts, self.sources, amounts)
        np.add.at(kernel.counts, self.targets, amounts)
        np.add.at(kernel.pull_flow, self.edges, amounts)
        handed = np.array(self.handed, dtype=np.int64)
        np.add.at(kernel.occupied[0], self.workers, handed)
        np.add.at(kernel.arrival_mean, self.workers, ARRIVAL_MEMORY * handed)
