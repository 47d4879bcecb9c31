"""How one host is at the moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.spec import Bond, HostSpec
from engine.view import HostState

NETWORK_GAIN = 0.25
MOST_OVER = 3.0
BYTES_A_GBIT = 1.25e8


@dataclass(slots=True)
class Condition:
    """back_step: when a dead host is back, -1 while it is not dead. links_back: when each lost link is back.
    switched_step: until when its bond is busy finding another link. disks_gone: it comes back with empty disks.
    busy: vCPUs that worked in the last tick. network_share: used of the bandwidth then. contention, network: factors on
    the pace of its VMs.
    """

    spec: HostSpec
    back_step: int = -1
    links_back: list[int] = field(default_factory=list)
    switched_step: int = 0
    disks_gone: bool = False
    busy: float = 0.0
    network_share: float = 0.0
    contention: float = 1.0
    network: float = 1.0

    @property
    def state(self) -> HostState:
        """Whether it is there, and reachable."""
        if self.back_step >= 0:
            return HostState.DOWN
        return HostState.UP if self.carrying else HostState.CUT_OFF

    @property
    def links_up(self) -> int:
        """Links that are whole."""
        return max(self.spec.links - len(self.links_back), 0)

    @property
    def carrying(self) -> int:
        """Links that carry traffic: one of those that are up (active-backup), all (LACP), or only the first (no bond:
        it is the one that is lost first).
        """
        if self.spec.bond is Bond.LACP:
            return self.links_up
        if self.spec.bond is Bond.ACTIVE_BACKUP:
            return min(self.links_up, 1)
        return 0 if self.links_back else 1

    @property
    def gbps(self) -> float:
        """Bandwidth in Gb/s."""
        return self.carrying * self.spec.link_gbps

    def share_processors(self, busy: float) -> None:
        """Take in how many vCPUs worked in the last tick, on average. Beyond the threads they share them:

            pace = min(1, threads / busy)

        which conserves work: with more runnable vCPUs than threads every thread is busy, and each vCPU gets its equal
        part (processor sharing, as Linux's completely fair scheduler approximates it).
        Source: L. Kleinrock, Queueing Systems vol. 2, 1976, ch. 4.
        """
        self.busy = busy
        self.contention = min(1.0, self.spec.threads / busy) if busy > 0.0 else 1.0

    def share_network(self, bytes_s: float) -> None:
        """Take in what the network carried in the last tick (B/s). VMs that send more than the bandwidth W are slowed
        until what they send fits, as flow control does: with D carried,

            f <- min(1, f x (1 + gain x (1 - min(D / W, 3))))

        so that f rests where D is W on average, or at 1; with a gain of 1/4 it gets there in about a second. Nodes
        that send nothing are not slowed.
        """
        room = self.gbps * BYTES_A_GBIT
        self.network_share = bytes_s / room if room > 0.0 else 0.0
        change = 1.0 + NETWORK_GAIN * (1.0 - min(self.network_share, MOST_OVER))
        self.network = min(1.0, self.network * change)

    def state_values(self) -> tuple[object, ...]:
        """What decides the future."""
        return (
            self.back_step,
            tuple(self.links_back),
            self.switched_step,
            self.disks_gone,
            self.contention,
            self.network,
        )
