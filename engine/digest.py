"""The state hash of a run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.simulation import Simulation


def state_hash(simulation: Simulation) -> str:
    """A digest of everything that decides the future of a run, the same on every platform. Floats are rounded, for the
    last digit of an exponential may differ between platforms.
    """
    kernel = simulation.kernel
    digest = hashlib.sha256()
    for array in (kernel.counts, kernel.turn, kernel.ledger.entered, kernel.ledger.failed, kernel.left_by_node()):
        digest.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    plain = {
        "step": simulation.step_count,
        "phase": simulation.phase.value,
        "born": kernel.born,
        "done": kernel.done_kind.tolist(),
        "failed": kernel.failed_kind.tolist(),
        "budget": round(simulation.budget, 6),
        "users": round(simulation.traffic.users, 6),
        "gauge": round(simulation.gauge.level, 9),
        "streams": [str(generator.bit_generator.state["state"]) for generator in simulation.streams],
        "nodes": [
            (n.id, n.kind.id, n.size.id, n.x, n.y, n.state.value, n.ready_step, sorted(n.policies.items()))
            for n in simulation.board.nodes.values()
        ],
        "wires": simulation.board.wires,
        "reserved": sorted(simulation.board.reserved.items()),
        "models": _rounded(simulation.models.state()),
        "mishaps": _rounded(simulation.mishaps.state()),
        "clients": _rounded(simulation.clients.state()),
        "alerts": _rounded(simulation.alerts.state()),
        "migration": simulation.migration.state(),
        "schedule": _rounded(simulation.schedule.state()),
        "tuned": sorted(simulation.desk.settings.items()),
    }
    if simulation.rack is not None:
        plain["hosts"] = _rounded(simulation.rack.state())
    if simulation.bills.any:
        plain["billing"] = _rounded(simulation.bills.state())
    digest.update(json.dumps(plain, sort_keys=True).encode())
    return digest.hexdigest()


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
