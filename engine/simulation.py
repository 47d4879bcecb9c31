"""The simulation: one `step()`, one way in for the player's acts, one read-only view out."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from operator import mul

import numpy as np

from engine import digest, scoring
from engine.actions import plan
from engine.alerts import Alerts
from engine.arrays import CountArray
from engine.assembly import compile_topology
from engine.assessment import assess
from engine.billing import Bills
from engine.board import Board
from engine.capacity import measure
from engine.carry import carry_over
from engine.clients import Clients
from engine.commands import (
    Accepted,
    Answer,
    AnswerQuest,
    Clone,
    Command,
    Connect,
    Fire,
    Migrate,
    Operate,
    Redo,
    Refused,
    RollBack,
    SetPolicy,
    StartOperation,
    Tune,
    Undo,
)
from engine.commands import RefusalCode as Code
from engine.desk import Desk
from engine.draws import Draws
from engine.economy import Economy
from engine.facts import (
    BudgetWarning,
    DatabaseLocked,
    DatabaseUnlocked,
    Fact,
    FailuresStarted,
    GaugeWarning,
    NodeOverloaded,
    NodeRelieved,
    OperationStarted,
    RunEnded,
)
from engine.hosts.rack import Rack
from engine.kernel import Kernel
from engine.metrics import Metrics, tick_together
from engine.migration import Migration
from engine.mishaps import Mishaps
from engine.models import Models, read_together
from engine.nodes.caches import advance
from engine.phases import flatten
from engine.routing import MOST_CELLS, TooManyPathsError, cells_at_most
from engine.run import Run
from engine.schedule import Schedule
from engine.situation import Plan, Situation
from engine.spec import StageSpec
from engine.start import starting_board
from engine.timestep import TICK_S, step_ms
from engine.tracers import Tracers
from engine.traffic import Traffic
from engine.upkeep import Upkeep
from engine.view import NodeState, Phase, RunResult
from engine.vitals import Vitals, watched
from engine.worldview import WorldView

GAUGE_WARNINGS = (0.25, 0.5, 0.75)


class Simulation:
    """A run of a stage.

    stage, seed: what is played. dt_s: seconds a step. view: what may be read, always current. log: the accepted
    commands with the step before which they were given; together with stage and seed they are the run. rack: the hosts,
    where the stage has its own. traced: whether single requests are followed; without, there are no percentiles and no
    packets, and all else happens just the same.
    """

    def __init__(self, stage: StageSpec, seed: int, traced: bool = True) -> None:
        self.stage, self.seed, self.traced = stage, seed, traced
        self.dt_s = step_ms(stage) / 1000.0
        self.steps_per_tick = round(TICK_S / self.dt_s)
        self.ticks_per_second = round(1.0 / TICK_S)
        streams = [np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(seed).spawn(7)]
        arrivals, service, events, tracers, models, clients, billing = streams
        self.streams = (arrivals, service, events, tracers, models, clients)
        deliveries = max((kind.broker.attempts for kind in stage.node_kinds if kind.broker), default=0)
        self.phases = flatten(stage.request_kinds, deliveries)
        self.board = starting_board(stage)
        self.models = Models(models)
        self.models.follow(self.board, at_start=True)
        self.budget = stage.budget - (stage.finance.investment if stage.finance is not None else 0.0)
        self.step_count = 0
        self.phase = Phase.SETUP
        self.kinds = {node.id: node.kind.id for node in self.board.nodes.values()}
        self.traffic = Traffic(stage, arrivals)
        self.clients = Clients(stage.traffic.client, len(stage.request_kinds), self.dt_s, clients)
        self.schedule = Schedule(stage, events)
        self.mishaps = Mishaps(stage)
        self.migration = Migration(stage)
        self.kernel = Kernel(
            compile_topology(self.board, self.phases, self.dt_s), measure(self.board, self.dt_s), Draws(service)
        )
        self.tracers = Tracers(self.phases, self.board.source.id, self.dt_s, tracers)
        self.metrics = Metrics(self.dt_s, [kind.attack for kind in stage.request_kinds])
        self.vitals = Vitals()
        self.alerts = Alerts()
        self.economy = Economy(self)
        self.bills = Bills(self, billing)
        self.upkeep = Upkeep(self)
        self.desk = Desk(self)
        self.rack = Rack(self, stage.hosting) if stage.hosting is not None else None
        self.gauge = scoring.Gauge(stage.goal)
        self.present_steps = 0
        self.block = np.zeros((0, len(stage.request_kinds)), dtype=np.int64)
        self.failed_seen = self.kernel.failed_kind.copy()
        self.failed_mark = self.kernel.ledger.failed.copy()
        self.failed_mark_ids = self.kernel.topology.node_ids
        self.warned = 0
        self.undone: list[tuple[Board, float]] = []
        self.done: list[tuple[Board, float]] = []
        self.log: list[tuple[int, Command]] = []
        self.pending: list[Fact] = []
        self.topology_version = 0
        self.result: RunResult | None = None
        self.view = WorldView(self)

    @property
    def time_s(self) -> float:
        """Seconds of operation."""
        return self.step_count * self.dt_s

    @property
    def run(self) -> Run:
        """What was played so far."""
        return Run(self.stage.id, self.seed, tuple(self.log), self.step_count)

    @property
    def keep_per_day(self) -> float:
        """What all that runs costs a calendar day, calls aside."""
        return self.economy.keep_per_day

    def step(self) -> list[Fact]:
        """Advance by one fixed step and return what happened; outside of operation nothing moves."""
        if self.phase is not Phase.OPERATION:
            return []
        if self.step_count % self.steps_per_tick == 0:
            self.begin_tick()
        self.take_step()
        return self.drain_facts()

    def take_step(self) -> None:
        """One step of a tick that has begun."""
        kernel = self.kernel
        arrivals = self.arrivals(self.step_count % self.steps_per_tick)
        kernel.step(arrivals)
        if self.traced and kernel.flows is not None:
            self.tracers.advance(kernel, kernel.flows, arrivals)
        self.present_steps += kernel.timed
        self.step_count += 1
        if self.step_count % self.steps_per_tick == 0:
            _end_ticks([self])

    def arrivals(self, offset: int) -> CountArray:
        """What arrives in a step of the tick, by request kind: new, and sent again by the clients of what failed."""
        if self.stage.traffic.client.retries <= 0:
            return np.asarray(self.block[offset])
        failed = (self.kernel.failed_kind - self.failed_seen) * ~self.kernel.topology.attack_kinds
        self.failed_seen = self.kernel.failed_kind.copy()
        return np.asarray(self.block[offset] + self.clients.retries(failed))

    def drain_facts(self) -> list[Fact]:
        """What happened since the last call, by commands or steps."""
        facts, self.pending = self.pending, []
        return facts

    def check(self, command: Command) -> Answer:
        """What `apply` would answer now; nothing changes."""
        made = self._plan(command)
        return made if isinstance(made, Refused) else Accepted(made.cost)

    def apply(self, command: Command) -> Answer:
        """Carry a command out whole, or refuse it whole."""
        made = self._plan(command)
        if isinstance(made, Refused):
            return made
        node = -1
        match command:
            case StartOperation():
                self._start()
            case Undo():
                self.undone.append((self.board.copy(), self.budget))
                self._restore(*self.done.pop())
            case Redo():
                self.done.append((self.board.copy(), self.budget))
                self._restore(*self.undone.pop())
            case Migrate():
                self.budget -= made.cost
                self.pending.append(self.migration.begin(self.time_s))
            case AnswerQuest() | RollBack() | Tune() | Fire():
                self.pending.extend(self.desk.carry_out(command))
            case Operate(node=node, action=action):
                self.models.act(action, self.board.nodes[node])
            case _:
                node = self._change_board(made)
        self.log.append((self.step_count, command))
        return Accepted(made.cost, node)

    def state_hash(self) -> str:
        """A digest of everything that decides the future of the run, the same on every platform."""
        return digest.state_hash(self)

    def _plan(self, command: Command) -> Plan | Refused:
        setup = self.phase is Phase.SETUP
        if self.phase in (Phase.WON, Phase.LOST):
            return Refused(Code.RUN_OVER)
        if isinstance(command, (StartOperation, Undo, Redo)):
            return self._plan_setup(command, setup)
        if isinstance(command, Migrate):
            return self.migration.plan(self.time_s, self.budget, setup)
        if isinstance(command, (AnswerQuest, RollBack, Tune, Fire)):
            return self.desk.plan(command)
        if isinstance(command, SetPolicy) and (refused := self.bills.refusal(command)):
            return refused
        situation = Situation(
            self.stage,
            self.board,
            self.budget,
            setup,
            self.step_count,
            self.dt_s,
            self.migration.unlocked,
            self.migration.done,
            self.models.figures,
            self.rack,
        )
        made = plan(command, situation)
        grows = isinstance(command, (Connect, Clone)) or (isinstance(command, SetPolicy) and command.key == "expired")
        if grows and isinstance(made, Plan) and not self._fits(made):
            return Refused(Code.TOO_MANY_PATHS, {"limit": MOST_CELLS})
        return made

    def _fits(self, made: Plan) -> bool:
        """Whether the kernel can carry the board as a plan would leave it."""
        trial = self.board.copy()
        made.perform(trial)
        if cells_at_most(trial, self.phases) <= MOST_CELLS:
            return True
        try:
            compile_topology(trial, self.phases, self.dt_s)
        except TooManyPathsError:
            return False
        return True

    def _plan_setup(self, command: StartOperation | Undo | Redo, setup: bool) -> Plan | Refused:
        if not setup:
            return Refused(Code.ONLY_IN_SETUP)
        if isinstance(command, Undo) and not self.done:
            return Refused(Code.NOTHING_TO_UNDO)
        if isinstance(command, Redo) and not self.undone:
            return Refused(Code.NOTHING_TO_REDO)
        return Plan(0.0, lambda board: -1)

    def _start(self) -> None:
        self.phase = Phase.OPERATION
        self.done.clear()
        self.undone.clear()
        self.pending.append(OperationStarted())

    def _restore(self, board: Board, budget: float) -> None:
        self.board, self.budget = board, budget
        self.models.restart(board)
        self.rebuild()

    def _change_board(self, made: Plan) -> int:
        if self.phase is Phase.SETUP:
            self.done.append((self.board.copy(), self.budget))
            self.undone.clear()
        before = {node.id: node.state for node in self.board.nodes.values()}
        node = made.perform(self.board)
        self.budget -= made.cost
        self.models.follow(self.board, at_start=self.phase is Phase.SETUP)
        for placed in self.board.nodes.values():
            self.kinds[placed.id] = placed.kind.id
            if placed.state is NodeState.RESTARTING and before.get(placed.id) is not NodeState.RESTARTING:
                self.upkeep.went_down(placed, "restarted")
        self.rebuild(made.lost)
        return node

    def rebuild(self, lost: frozenset[int] = frozenset()) -> None:
        """Give the kernel the board as it is now; requests on `lost` nodes fail."""
        old = self.kernel.topology
        occupied = [old.keys[cell] for cell in np.flatnonzero(self.kernel.counts).tolist()]
        try:
            topology = compile_topology(self.board, self.phases, self.dt_s, occupied)
        except TooManyPathsError:
            topology = compile_topology(self.board, self.phases, self.dt_s)
        gone = frozenset(node for node in old.node_ids if node not in topology.node_index)
        carry_over(self.kernel, topology, measure(self.board, self.dt_s), lost | gone)
        self.tracers.rebuild(old, topology, lost | gone)
        self.topology_version += 1

    def begin_tick(self) -> None:
        """What comes before the steps of a tick: the board's own changes, events, and the draw of the arrivals."""
        time_s = self.time_s
        self.upkeep.begin_tick()
        self.bills.begin_tick()
        self.pending.extend(self.schedule.advance(time_s, self.desk.values))
        dues = self.schedule.take_dues()
        self.upkeep.befall(dues)
        self.budget += dues.money
        if dues.users:
            self.traffic.join(dues.users)
        self.pending.extend(self.migration.advance(time_s))
        multipliers = list(map(mul, self.schedule.multipliers(time_s), self.desk.tuning(time_s)))
        self.block = self.traffic.draw(time_s, multipliers, self.dt_s, self.steps_per_tick)
        if self.stage.traffic.client.retries > 0:
            fresh = np.add.reduce(self.block, axis=0) * ~self.kernel.topology.attack_kinds
            self.clients.tick(fresh, TICK_S, self.board.source.policies)

    def end_tick(self) -> None:
        """What comes of the figures of a tick: money, users, the nodes' models, and perhaps the end."""
        stage = self.stage
        error_rate, latency_ms = self.metrics.error_rate, self.metrics.latency_ms
        before = self.budget
        self.budget += self.economy.tick()
        if before >= 0 > self.budget:
            self.pending.append(BudgetWarning())
        self.traffic.live(TICK_S, error_rate, 0.0 if math.isnan(latency_ms) else latency_ms)
        self.gauge.advance(error_rate, TICK_S)
        self._warn()
        self.upkeep.end_tick()
        ticks = self.step_count // self.steps_per_tick
        if ticks % self.ticks_per_second == 0:
            self._end_second()
        if stage.sandbox:
            return
        if self.gauge.level >= 1.0:
            self._end("service_down")
        elif self.budget < -stage.overdraft:
            self._end("bankrupt")
        elif not stage.endless and self.time_s >= stage.duration_s - self.dt_s / 2:
            self._end("won")

    def _warn(self) -> None:
        level = bisect_right(GAUGE_WARNINGS, self.gauge.level)
        if level > self.warned:
            self.pending.append(GaugeWarning(GAUGE_WARNINGS[level - 1]))
        self.warned = level

    def _end_second(self) -> None:
        metrics, kernel = self.metrics, self.kernel
        p95 = self.tracers.recent.percentiles(0.95)[0]
        sample = {
            "time_s": self.time_s,
            "users": self.traffic.users,
            "latency_ms": metrics.latency_ms,
            "p95_ms": p95,
            "budget": self.budget,
            "gauge": self.gauge.level,
        }
        metrics.second(self.stage.goal.error_threshold, sample)
        self.tracers.turn()
        for node, reason in metrics.watch(kernel, self.time_s, self.kinds, self._failed_before()):
            self.pending.append(FailuresStarted(node, reason))
        self.failed_mark, self.failed_mark_ids = kernel.ledger.failed.copy(), kernel.topology.node_ids
        changes = self.vitals.second(kernel, self.board)
        self.pending.extend(NodeOverloaded(node) for node in changes.overloaded)
        self.pending.extend(NodeRelieved(node) for node in changes.relieved)
        self.pending.extend(DatabaseLocked(node) for node in changes.locked)
        self.pending.extend(DatabaseUnlocked(node) for node in changes.unlocked)
        monitors = [node for node in self.board.nodes.values() if node.kind.alerts]
        if monitors:
            values = watched(kernel, metrics, self.board, self.models)
            self.pending.extend(self.alerts.evaluate(self.time_s, monitors, values))

    def _failed_before(self) -> CountArray:
        """The failures at the last second's end, in the columns of the present topology."""
        topology = self.kernel.topology
        if self.failed_mark_ids == topology.node_ids:
            return self.failed_mark
        before = np.zeros_like(self.kernel.ledger.failed)
        for i, node in enumerate(self.failed_mark_ids):
            if node in topology.node_index:
                before[:, topology.node_index[node]] = self.failed_mark[:, i]
        return before

    def _end(self, outcome: str) -> None:
        self.phase = Phase.WON if outcome == "won" else Phase.LOST
        self.result = assess(self, outcome)
        self.pending.append(RunEnded(outcome))


def finish_together(simulations: Sequence[Simulation], present_steps: Sequence[int]) -> None:
    """End a tick of several runs whose steps were taken elsewhere (see `engine.replicas`). present_steps: requests in
    each one's system, summed over the steps."""
    for simulation, present in zip(simulations, present_steps, strict=True):
        simulation.present_steps += present
        simulation.step_count += simulation.steps_per_tick
    _end_ticks(simulations)


def _end_ticks(simulations: Sequence[Simulation]) -> None:
    """End a tick of runs whose steps have been taken."""
    _read(simulations)
    tick_together([(s.metrics, s.kernel, s.present_steps) for s in simulations])
    for simulation in simulations:
        simulation.end_tick()


def _read(simulations: Sequence[Simulation]) -> None:
    """Read what went through the nodes of runs in the tick whose steps have been taken, and move their caches on."""
    if simulations:
        runs = [(simulation.models, simulation.kernel, simulation.board) for simulation in simulations]
        advance(read_together(runs, simulations[0].steps_per_tick, TICK_S))
