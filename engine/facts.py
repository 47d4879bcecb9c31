"""What happened during a step, as values: `Simulation.step()` and `apply()` return them, and the screen's log, sounds,
effects and tutorial read them. Facts carry no text, only what the text needs."""

from __future__ import annotations

from dataclasses import dataclass

from engine.spec import Department, FailureReason


@dataclass(frozen=True, slots=True)
class EventAnnounced:
    """A department says what is coming."""

    event: str
    department: Department
    starts_at_s: float


@dataclass(frozen=True, slots=True)
class EventStarted:
    """An event takes effect."""

    event: str
    department: Department


@dataclass(frozen=True, slots=True)
class EventEnded:
    """The effect of an event has faded."""

    event: str
    department: Department


@dataclass(frozen=True, slots=True)
class OperationStarted:
    """The set-up is over and the first visitors come."""


@dataclass(frozen=True, slots=True)
class NodeReady:
    """A node finished being built, resized or restarted (`what`)."""

    node: int
    what: str


@dataclass(frozen=True, slots=True)
class NodeOverloaded:
    """All slots of a node have been busy and its queue has been growing for a while."""

    node: int


@dataclass(frozen=True, slots=True)
class NodeRelieved:
    """An overloaded node has caught up."""

    node: int


@dataclass(frozen=True, slots=True)
class FailuresStarted:
    """Requests began to fail at a node for a reason (again, after a quiet time)."""

    node: int
    reason: FailureReason


@dataclass(frozen=True, slots=True)
class DatabaseLocked:
    """A database is past the peak of its scalability curve: more concurrency makes it slower."""

    node: int


@dataclass(frozen=True, slots=True)
class DatabaseUnlocked:
    """A locked database works at its pace again."""

    node: int


@dataclass(frozen=True, slots=True)
class GaugeWarning:
    """The error gauge passed a quarter, a half or three quarters (`level`) on its way up."""

    level: float


@dataclass(frozen=True, slots=True)
class BudgetWarning:
    """The money is gone; the overdraft is being used."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over: `outcome` is 'won', 'service_down' or 'bankrupt'."""

    outcome: str


Fact = (
    EventAnnounced
    | EventStarted
    | EventEnded
    | OperationStarted
    | NodeReady
    | NodeOverloaded
    | NodeRelieved
    | FailuresStarted
    | DatabaseLocked
    | DatabaseUnlocked
    | GaugeWarning
    | BudgetWarning
    | RunEnded
)
