"""Own hardware against the cloud for the WindWalker service, by the users it has at the same time.

Amounts are in 10,000 won a month, as the plan has them. Own hardware is written off over three years and needs power, a
line and somebody to look after it; the cloud is paid by use. `docs/presets.md` holds the plan's table and shows how it
comes out of these rules.

What grows with the build follows the number of servers, what grows with the traffic the users. Between two builds
servers are bought one by one, so amounts lie on a straight line between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from stages.lines import along

WRITE_OFF_MONTHS = 36
CLOUD_USER_MONTH = 20.0
PLANNED_USERS = 300
LARGEST = 500


@dataclass(frozen=True, slots=True)
class Build:
    """A build of own hardware and the most users it is meant for."""

    id: str
    users: int
    servers: int
    investment: float


# The fourth has no price in the plan: ten servers at the price of one of Extended.
BUILDS = (
    Build("basic", 30, 1, 800.0),
    Build("standard", 80, 3, 5_000.0),
    Build("extended", 150, 5, 18_000.0),
    Build("enterprise", LARGEST, 10, 36_000.0),
)

POWER_FIRST, POWER_MORE = 50.0, 12.5
LINE_USERS, LINE = (30.0, float(LARGEST)), (30.0, 100.0)
# One machine, a cluster that one person keeps up beside other work, and one that needs a person of its own.
ADMINISTRATION_SERVERS, ADMINISTRATION = (1.0, 3.0, 5.0, 10.0), (100.0, 125.0, 125.0, 300.0)


class Verdict(StrEnum):
    """Which of the two to take. COMPARE: own hardware is cheaper, but at a size for which only floors were planned."""

    OWN = "own"
    CLOUD = "cloud"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Running:
    """What own hardware takes a month besides what is written off."""

    power: float
    line: float
    administration: float

    @property
    def total(self) -> float:
        """All three."""
        return self.power + self.line + self.administration


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month of both, for so many users. own is `write_off` and `running` together."""

    users: float
    write_off: float
    running: Running
    cloud: float
    verdict: Verdict

    @property
    def own(self) -> float:
        """What own hardware costs."""
        return self.write_off + self.running.total

    @property
    def saving(self) -> float:
        """Share of the cloud's price that own hardware saves; negative where it is dearer. -inf without users."""
        return 1.0 - self.own / self.cloud if self.cloud else float("-inf")


def compare(users: float) -> Comparison:
    """Both prices for so many users at the same time, and which to take. Raises ValueError below 0."""
    if users < 0:
        raise ValueError(f"{users} users: there cannot be fewer than none")
    servers = _by_users(users, [float(build.servers) for build in BUILDS])
    write_off = _by_users(users, [build.investment for build in BUILDS]) / WRITE_OFF_MONTHS
    costs = running(servers, users)
    cloud = CLOUD_USER_MONTH * users
    dearer = write_off + costs.total >= cloud
    verdict = Verdict.CLOUD if dearer else Verdict.OWN if users <= PLANNED_USERS else Verdict.COMPARE
    return Comparison(users, write_off, costs, cloud, verdict)


def running(servers: float, users: float) -> Running:
    """Power, line and administration of a build."""
    return Running(
        POWER_FIRST + POWER_MORE * (servers - 1.0),
        float(np.interp(users, LINE_USERS, LINE)),
        float(np.interp(servers, ADMINISTRATION_SERVERS, ADMINISTRATION)),
    )


def break_even_users() -> float:
    """From how many users on own hardware is cheaper: the first build's month, paid for in the cloud's price."""
    return compare(0.0).own / CLOUD_USER_MONTH


def _by_users(users: float, values: list[float]) -> float:
    """What a number of users asks for; beyond the largest build it goes on as in its last stretch."""
    return along(users, [float(build.users) for build in BUILDS], values)
