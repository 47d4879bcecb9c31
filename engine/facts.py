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
class QuestOffered:
    """A department asks something; unanswered it is decided at expires_at_s."""

    event: str
    department: Department
    expires_at_s: float


@dataclass(frozen=True, slots=True)
class QuestAnswered:
    """A question was answered, by the player or (`by_player` False) because nobody did in time."""

    event: str
    department: Department
    choice: str
    by_player: bool


@dataclass(frozen=True, slots=True)
class RollbackStarted:
    """Dev began to roll a deployment back; done_at_s: when its effects are over."""

    event: str
    done_at_s: float


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A deployment is rolled back."""

    event: str


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
class NodeDied:
    """A node died: `reason` is 'out_of_memory', 'outage' (an event), 'zone' (its zone failed), 'host' (its host is
    gone) or 'spot' (its provider took it back).
    """

    node: int
    reason: str


@dataclass(frozen=True, slots=True)
class DataLost:
    """Writes are gone for good: `reason` is 'failover' (not yet replicated), 'backup' (since the last one),
    'replication' (since the disks were last copied to another host) or 'none' (there was no backup).
    """

    node: int
    writes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Promoted:
    """A replica became the master of its database."""

    node: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """The autoscaler changed the wish for instances of a node, because its metric was at this share of the target."""

    node: int
    before: int
    after: int
    load: float


@dataclass(frozen=True, slots=True)
class BreakerChanged:
    """A circuit breaker is now 'open', 'half_open' or 'closed'."""

    node: int
    state: str


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A broker began to put messages aside that could not be delivered."""

    node: int


@dataclass(frozen=True, slots=True)
class BackupDone:
    """A backup of a database is complete."""

    node: int


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A rule of the monitoring was broken for its whole window; node: the one concerned, -1 for the whole service."""

    rule: str
    node: int
    value: float


@dataclass(frozen=True, slots=True)
class AlertCleared:
    """The rule is kept again."""

    rule: str
    node: int


@dataclass(frozen=True, slots=True)
class MigrationStarted:
    """Dev began to move the service to microservices; ready_at_s: when it is done."""

    ready_at_s: float


@dataclass(frozen=True, slots=True)
class MigrationDone:
    """The service is split: kinds of request can have services of their own; `unlocked`: new kinds of node."""

    unlocked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostDied:
    """A host is gone, and all VMs on it."""

    host: str


@dataclass(frozen=True, slots=True)
class HostBack:
    """A host works again; the VMs that waited for it start."""

    host: str


@dataclass(frozen=True, slots=True)
class LinkLost:
    """A host lost a network link; left: how many still carry it (0: it is cut off)."""

    host: str
    left: int


@dataclass(frozen=True, slots=True)
class LinkBack:
    """A link of a host works again."""

    host: str


@dataclass(frozen=True, slots=True)
class StorageStopped:
    """Too few copies of the shared storage are left: every VM stands still at its next read or write."""


@dataclass(frozen=True, slots=True)
class StorageBack:
    """The shared storage works again."""


@dataclass(frozen=True, slots=True)
class VmRestarted:
    """A VM whose host is gone starts on another one."""

    node: int
    host: str


@dataclass(frozen=True, slots=True)
class VmStranded:
    """A VM found no other host, and waits for its own."""

    node: int


@dataclass(frozen=True, slots=True)
class Migrated:
    """A live migration is done: the VM runs on this host now."""

    node: int
    host: str


@dataclass(frozen=True, slots=True)
class MigrationBroken:
    """A live migration ended without result, for one of the two hosts is gone; the VM is where it was."""

    node: int
    host: str


@dataclass(frozen=True, slots=True)
class SpotNotice:
    """The provider wants a spot node back; at_s: when it goes."""

    node: int
    at_s: float


@dataclass(frozen=True, slots=True)
class ReservationTaken:
    """A node is reserved from now on, for so many months of the calendar."""

    node: int
    months: float


@dataclass(frozen=True, slots=True)
class ReservationEnded:
    """The term of a reservation is over. node: back on demand; -1 when nobody had used it any more."""

    node: int
    kind: str


@dataclass(frozen=True, slots=True)
class ReservationIdle:
    """The node of a reservation is gone; it is owed for so many more months of the calendar."""

    kind: str
    months: float


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
    | QuestOffered
    | QuestAnswered
    | RollbackStarted
    | RolledBack
    | OperationStarted
    | NodeReady
    | NodeOverloaded
    | NodeRelieved
    | FailuresStarted
    | DatabaseLocked
    | DatabaseUnlocked
    | NodeDied
    | DataLost
    | Promoted
    | Scaled
    | BreakerChanged
    | DeadLetters
    | BackupDone
    | AlertRaised
    | AlertCleared
    | MigrationStarted
    | MigrationDone
    | HostDied
    | HostBack
    | LinkLost
    | LinkBack
    | StorageStopped
    | StorageBack
    | VmRestarted
    | VmStranded
    | Migrated
    | MigrationBroken
    | SpotNotice
    | ReservationTaken
    | ReservationEnded
    | ReservationIdle
    | GaugeWarning
    | BudgetWarning
    | RunEnded
)
