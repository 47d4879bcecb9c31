"""How nodes are paid for where the player may choose: on demand, reserved, or spot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.board import Node
from engine.commands import RefusalCode as Code
from engine.commands import Refused, SetPolicy
from engine.facts import NodeDied, ReservationEnded, ReservationIdle, ReservationTaken, SpotNotice
from engine.spec import Billing, BillingSpec
from engine.spec.finance import MONTH_DAYS
from engine.timestep import TICK_S
from engine.view import NodeState, Phase

if TYPE_CHECKING:
    from engine.simulation import Simulation

POLICY = "billing"
NOBODY = -1


@dataclass(slots=True)
class Contract:
    """A reservation. per_day: what it costs a calendar day, as of its node's last tick. node: NOBODY when that is
    gone.
    """

    node: int
    kind: str
    size: str
    until_s: float
    per_day: float


@dataclass(slots=True)
class Risk:
    """How near a spot node is to being reclaimed: the expected number of reclaims so far, and the number at which it
    happens, which is exponential with mean 1 (so that reclaims are a Poisson process, at any number of instances).
    """

    gathered: float
    at: float


class Bills:
    """Reservations and spot nodes of a run. contracts: in the order they were taken. notices: when each node goes that
    the provider wants back. away: nodes it has taken.
    """

    def __init__(self, simulation: Simulation, generator: np.random.Generator) -> None:
        self.simulation, self.generator = simulation, generator
        stage = simulation.stage
        self.spec = stage.finance.billing if stage.finance is not None else BillingSpec()
        self.month_s = MONTH_DAYS * stage.day_s
        self.contracts: list[Contract] = []
        self.risks: dict[int, Risk] = {}
        self.notices: dict[int, float] = {}
        self.away: set[int] = set()
        self.any = any(policy.key == POLICY for kind in stage.node_kinds for policy in kind.policies)

    @property
    def idle_per_day(self) -> float:
        """What is owed a calendar day for reservations that nobody uses."""
        return math.fsum(contract.per_day for contract in self.contracts if contract.node == NOBODY)

    def varies(self, node: Node) -> bool:
        """Whether the share of a node may change while the board stays as it is."""
        return POLICY in node.policies

    def share(self, node: Node) -> float:
        """The share of its keep that is paid for a node now."""
        match node.policies.get(POLICY):
            case Billing.RESERVED:
                return 1.0 - self.spec.reserved_discount
            case Billing.SPOT:
                return 0.0 if node.id in self.away else 1.0 - self.spec.spot_discount
        return 1.0

    def refusal(self, command: SetPolicy) -> Refused | None:
        """Why a node cannot be billed in another way: its reservation still runs."""
        contract = next((c for c in self.contracts if c.node == command.node), None)
        if contract is None or command.key != POLICY or command.value == Billing.RESERVED:
            return None
        return Refused(Code.RESERVED, {"kind": contract.kind, "months": self.months_left(contract)})

    def months_left(self, contract: Contract) -> float:
        """Months of the calendar a contract still runs."""
        return max(contract.until_s - self.simulation.time_s, 0.0) / self.month_s

    def begin_tick(self) -> None:
        """Take, hand on and end reservations; let the provider ask for spot nodes, and take them."""
        if self.any and self.simulation.phase is Phase.OPERATION:
            self._reserve()
            self._end_terms()
            self._watch_spot()
            self._reclaim()

    def state(self) -> list[object]:
        """What decides the future."""
        return [
            [(c.node, c.kind, c.size, c.until_s, c.per_day) for c in self.contracts],
            [(node, risk.gathered, risk.at) for node, risk in self.risks.items()],
            list(self.notices.items()),
            sorted(self.away),
            str(self.generator.bit_generator.state["state"]),
        ]

    def _reserve(self) -> None:
        sim = self.simulation
        for contract in self.contracts:
            if contract.node != NOBODY and contract.node not in sim.board.nodes:
                contract.node = NOBODY
                sim.pending.append(ReservationIdle(contract.kind, self.months_left(contract)))
        held = {contract.node: contract for contract in self.contracts if contract.node != NOBODY}
        for node in sim.board.nodes.values():
            if node.policies.get(POLICY) == Billing.RESERVED:
                contract = held.get(node.id) or self._contract_for(node)
                contract.kind, contract.size = node.kind.id, node.size.id
                contract.per_day = sim.economy.keep_of(node)

    def _contract_for(self, node: Node) -> Contract:
        """One that nobody uses and that fits, else a new one."""
        sim = self.simulation
        for contract in self.contracts:
            if (contract.node, contract.kind, contract.size) == (NOBODY, node.kind.id, node.size.id):
                contract.node = node.id
                sim.pending.append(ReservationTaken(node.id, self.months_left(contract)))
                return contract
        months = self.spec.reserved_months
        contract = Contract(node.id, node.kind.id, node.size.id, sim.time_s + months * self.month_s, 0.0)
        self.contracts.append(contract)
        sim.pending.append(ReservationTaken(node.id, months))
        return contract

    def _end_terms(self) -> None:
        sim = self.simulation
        for contract in [c for c in self.contracts if sim.time_s >= c.until_s]:
            self.contracts.remove(contract)
            if contract.node != NOBODY:
                sim.board.nodes[contract.node].policies[POLICY] = Billing.ON_DEMAND.value
            sim.pending.append(ReservationEnded(contract.node, contract.kind))

    def _watch_spot(self) -> None:
        sim = self.simulation
        chance = self.spec.spot_reclaims_month * TICK_S / self.month_s
        for node in sim.board.nodes.values():
            if node.policies.get(POLICY) != Billing.SPOT:
                self.risks.pop(node.id, None)
            elif node.is_up and node.id not in self.notices:
                risk = self.risks.get(node.id) or self._risk(node.id)
                risk.gathered += chance * sim.models.paid_units(node.id)
                if risk.gathered >= risk.at:
                    del self.risks[node.id]
                    self.notices[node.id] = sim.time_s + self.spec.spot_notice_s
                    sim.pending.append(SpotNotice(node.id, self.notices[node.id]))

    def _risk(self, node_id: int) -> Risk:
        self.risks[node_id] = risk = Risk(0.0, round(-math.log(1.0 - float(self.generator.random())), 6))
        return risk

    def _reclaim(self) -> None:
        """Take what was asked for. A node that is no longer spot comes back as soon as a new one is built."""
        sim = self.simulation
        for gone in [node for node in (*self.risks, *self.notices, *self.away) if node not in sim.board.nodes]:
            self.risks.pop(gone, None)
            self.notices.pop(gone, None)
            self.away.discard(gone)
        self.away = {node for node in self.away if sim.board.nodes[node].state is NodeState.DOWN}
        for node_id in [node for node, at_s in self.notices.items() if sim.time_s >= at_s]:
            del self.notices[node_id]
            node = sim.board.nodes[node_id]
            if node.kind.cluster is not None:
                sim.models.befall("lose_worker", node)
            elif node.is_up:
                spot = node.policies.get(POLICY) == Billing.SPOT
                sim.upkeep.take_down(node, self.spec.spot_away_s if spot else max(node.kind.build_s, TICK_S))
                self.away.add(node_id)
                sim.pending.append(NodeDied(node_id, "spot"))
