"""The life of the nodes: what is built, resized, restarted or repaired, what befalls them, and what their models ask
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.board import Node
from engine.facts import DataLost, NodeDied, NodeReady
from engine.failover import swap
from engine.live import shares, stations
from engine.mishaps import Blow
from engine.nodes.behaviour import Failover, Kill, LoseShare, Recovered, Redrive, Wish
from engine.schedule import Dues
from engine.spec import Role
from engine.timestep import TICK_S
from engine.topology import Tally
from engine.view import NodeState

if TYPE_CHECKING:
    from engine.simulation import Simulation

REBOOT_S = 3.0
REBUILT_FROM_NOTHING_S = 30.0
FOR_EVER = 1 << 60


class Upkeep:
    """Acts on the board of a simulation at the edges of its ticks."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self._stations: list[tuple[float, ...]] = []
        self._shares: list[tuple[float, ...]] = []
        self._known = (-1, -1)

    def begin_tick(self) -> None:
        """Finish what is built, resized, restarted or repaired by now, and let balancers notice."""
        sim = self.simulation
        if sim.rack is not None:
            sim.rack.mend()
        changed = False
        ready = NodeState.READY
        for node in [n for n in sim.board.nodes.values() if n.state is not ready or n.rotation_step >= 0]:
            if node.state is not ready and sim.step_count >= node.ready_step:
                self._came_up(node)
                changed = True
            if 0 <= node.rotation_step <= sim.step_count:
                node.in_rotation, node.rotation_step = node.is_up, -1
                changed = True
        if changed:
            sim.rebuild()

    def befall(self, dues: Dues) -> None:
        """Let the effects on nodes that have just begun strike, and press those that go on."""
        sim = self.simulation
        for event in dues.over:
            sim.mishaps.end(event)
        blows = [
            blow
            for begun in dues.begun
            for blow in sim.mishaps.begin(begun, sim.time_s, sim.board, sim.schedule.generator)
        ]
        for blow in blows:
            self._strike(blow)
        if sim.mishaps.press(sim.time_s, sim.board):
            for node in sim.board.nodes.values():
                sim.models.leak(node, sim.mishaps.leaks.get(node.id, 0.0))
            sim.kernel.refresh(sim.board)
        if sim.rack is not None:
            sim.rack.befall(dues.hosts, sim.schedule.generator)
            if sim.rack.press():
                sim.kernel.refresh(sim.board)
                # What a node saved up must not pass while it stands still.
                np.minimum(sim.kernel.credit, sim.kernel.capacity.burst, out=sim.kernel.credit)

    def end_tick(self) -> None:
        """Move the models on, and do what they ask for."""
        sim = self.simulation
        if sim.rack is not None:
            sim.rack.measure()
        if not sim.models.any:
            return
        facts, wishes = sim.models.tick(sim.board, sim.time_s, TICK_S)
        sim.pending.extend(facts)
        for wish in wishes:
            self._grant(wish)
        self._tell()

    def _tell(self) -> None:
        """Tell the kernel what the models have changed. It has all shares by now that were told before, unless it was
        rebuilt or refreshed meanwhile.
        """
        sim, kernel = self.simulation, self.simulation.kernel
        live = [node.live for node in sim.board.nodes.values()]
        stations_now, now = list(map(stations, live)), list(map(shares, live))
        if stations_now != self._stations:
            kernel.refresh(sim.board)
        elif now != self._shares:
            knows = self._known == (kernel.touched, kernel.measured)
            pairs = enumerate(zip(now, self._shares, strict=True))
            kernel.refresh_shares({i: given for i, (given, told) in pairs if given != told or not knows})
        self._stations, self._shares, self._known = stations_now, now, (kernel.touched, kernel.measured)

    def went_down(self, node: Node, what: str) -> None:
        """A node stopped taking requests: its models hear `what`, and its balancers notice after a while."""
        sim = self.simulation
        node.rotation_step = sim.step_count + round(self._detection_s(node.id) / sim.dt_s)
        sim.models.befall(what, node)

    def take_down(self, node: Node, seconds: float, what: str = "down") -> None:
        """Put a node out of order; requests on it fail."""
        self.put_down(node, seconds, what)
        self.simulation.rebuild(frozenset((node.id,)))

    def put_down(self, node: Node, seconds: float, what: str) -> None:
        """The same but for the kernel, which must be rebuilt. One that waits for its host does so still."""
        sim = self.simulation
        until = FOR_EVER if seconds == float("inf") else sim.step_count + round(seconds / sim.dt_s)
        node.state = NodeState.RESTARTING if what == "restarted" else NodeState.DOWN
        node.ready_step, node.next_size = until, None
        if sim.rack is not None and sim.rack.rescue.holds(node, until):
            node.state, node.ready_step = NodeState.DOWN, FOR_EVER
        self.went_down(node, what)

    def _came_up(self, node: Node) -> None:
        sim = self.simulation
        what, node.state = node.state, NodeState.READY
        if node.next_size is not None:
            node.size, node.next_size = node.next_size, None
        if what in (NodeState.RESTARTING, NodeState.DOWN):
            node.rotation_step = sim.step_count + round(self._detection_s(node.id) / sim.dt_s)
        if what is NodeState.DOWN:
            sim.models.befall("up", node)
        sim.pending.append(NodeReady(node.id, what.value))

    def _detection_s(self, node_id: int) -> float:
        """How long the balancers in front of a node take to notice that it is down."""
        board = self.simulation.board
        callers = [board.nodes[caller] for caller in board.callers(node_id)]
        return max((n.kind.health_check_s for n in callers if n.kind.role is Role.BALANCER), default=0.0)

    def _strike(self, blow: Blow) -> None:
        sim = self.simulation
        node = sim.board.nodes[blow.node]
        if blow.what == "down":
            self.take_down(node, blow.down_s)
            sim.pending.append(NodeDied(node.id, "zone" if blow.zone else "outage"))
        elif blow.what == "data_loss":
            self.lose_data(node)
        else:
            sim.models.befall(blow.what, node)

    def lose_data(self, database: Node) -> None:
        """Down until it is restored from a backup; without one it comes back empty after a while."""
        sim = self.simulation
        kept = sim.models.data_lost(database, sim.board)
        self.take_down(database, float("inf") if kept else REBUILT_FROM_NOTHING_S)
        if not kept:
            writes = int(sim.kernel.tally()[Tally.WRITES, sim.kernel.topology.node_index[database.id]])
            sim.models.lose(writes)
            sim.pending.append(DataLost(database.id, writes, "none"))
        sim.models.befall("data_loss", database)

    def _grant(self, wish: Wish) -> None:
        sim = self.simulation
        match wish:
            case Kill(node=node_id, reason=reason):
                node = sim.board.nodes[node_id]
                self.take_down(node, max(node.kind.restart_s, REBOOT_S), "restarted")
                sim.pending.append(NodeDied(node_id, reason))
            case LoseShare(node=node_id, share=share):
                sim.kernel.lose_share(node_id, share)
            case Failover(replica=replica, master=master):
                self._fail_over(replica, master)
            case Redrive(node=node_id):
                sim.kernel.redrive(node_id)
            case Recovered(node=node_id):
                node = sim.board.nodes[node_id]
                if sim.rack is None or not sim.rack.rescue.holds(node, sim.step_count):
                    node.ready_step = sim.step_count

    def _fail_over(self, replica: int, master: int) -> None:
        sim = self.simulation
        if (master, replica) not in sim.board.wires:
            return
        swap(sim.board, replica, master, {kind.id: kind for kind in sim.stage.node_kinds})
        for node in (replica, master):
            sim.kinds[node] = sim.board.nodes[node].kind.id
        sim.models.follow(sim.board)
        sim.rebuild()
