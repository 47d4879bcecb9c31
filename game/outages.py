"""What became of the hosts of a run and of the VMs on them, gathered from its facts: for the story told afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine import facts as f
from engine.facts import Fact
from engine.worldview import WorldView


@dataclass
class HostOutage:
    """A host was gone from start_s to end_s (None: it never came back), in seconds of operation.

    nodes: the VMs on it then. restarted: when each that started again elsewhere did so.
    """

    host: str
    start_s: float
    nodes: tuple[int, ...]
    restarted: dict[int, float] = field(default_factory=dict)
    end_s: float | None = None


class Outages:
    """The outages of hosts, in the order in which they began."""

    def __init__(self) -> None:
        self.all: list[HostOutage] = []

    def note(self, view: WorldView, fact: Fact) -> None:
        """Take note of a fact, as it happens."""
        match fact:
            case f.HostDied(host):
                nodes = next((one.nodes for one in view.hosts if one.id == host), ())
                self.all.append(HostOutage(host, view.time_s, nodes))
            case f.HostBack(host):
                for outage in self.all:
                    if outage.host == host and outage.end_s is None:
                        outage.end_s = view.time_s
            case f.VmRestarted(node):
                hit = next((one for one in reversed(self.all) if node in one.nodes), None)
                if hit is not None:
                    hit.restarted.setdefault(node, view.time_s)
