"""Every act of the player, as a value, and what the simulation answers to it.

Nodes are named by the whole numbers the simulation gave them. A command is accepted whole or refused whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Build:
    """Place a new node; an empty size means the kind's smallest."""

    kind: str
    x: int
    y: int
    size: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Put a node on another cell."""

    node: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Connect:
    """Draw a wire from the caller to the called."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Cut a wire; calls under way on it fail."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Resize:
    """Scale up (or down): replace a node by another size of its kind. Takes time, and capacity drops meanwhile."""

    node: int
    size: str


@dataclass(frozen=True, slots=True)
class Clone:
    """Scale out: the same kind, size, policies and wires on another cell."""

    node: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sell:
    """Give a node back; requests on it fail."""

    node: int


@dataclass(frozen=True, slots=True)
class Restart:
    """Restart a node; requests on it fail, and it is down meanwhile."""

    node: int


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """Change a setting of a node."""

    node: int
    key: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Operate:
    """Do one of the `actions` of a node's kind by hand: flush, promote, redrive, restore, rollout."""

    node: int
    action: str


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve a wire for some kinds of request (ids joined by commas), or open it to all (empty).

    A kind that has wires reserved for it at a node uses no others there. Needs the move to microservices.
    """

    source: int
    target: int
    kinds: str


@dataclass(frozen=True, slots=True)
class Place:
    """Put a VM on another host: at once in the set-up, by a live migration in operation. A VM whose host is gone is
    restarted there.
    """

    node: int
    host: str


@dataclass(frozen=True, slots=True)
class SetPlacement:
    """Which host new and restarted VMs get: `first_fit` or `spread`."""

    policy: str


@dataclass(frozen=True, slots=True)
class Migrate:
    """Ask Dev for the move to microservices."""


@dataclass(frozen=True, slots=True)
class AnswerQuest:
    """Answer the open question of an event with one of its choices."""

    event: str
    choice: str


@dataclass(frozen=True, slots=True)
class RollBack:
    """Ask Dev to roll a deployment (an event with rollback_s) back."""

    event: str


@dataclass(frozen=True, slots=True)
class Tune:
    """In a sandbox: set `traffic` (percent of the stage's) or `mix:<request kind>` (percent of its share)."""

    key: str
    value: int


@dataclass(frozen=True, slots=True)
class Fire:
    """In a sandbox: let an event of the stage happen now."""

    event: str


@dataclass(frozen=True, slots=True)
class StartOperation:
    """End the set-up and open the doors."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last act of the set-up."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was taken back."""


Command = (
    Build
    | Move
    | Connect
    | Disconnect
    | Resize
    | Clone
    | Sell
    | Restart
    | SetPolicy
    | Operate
    | Reserve
    | Place
    | SetPlacement
    | Migrate
    | AnswerQuest
    | RollBack
    | Tune
    | Fire
    | StartOperation
    | Undo
    | Redo
)


class RefusalCode(StrEnum):
    """Why a command was refused; the screen shows the text `refusal.<code>` with the values filled in."""

    UNKNOWN_NODE = "unknown_node"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_SIZE = "unknown_size"
    UNKNOWN_POLICY = "unknown_policy"
    POLICY_VALUE = "policy_value"
    LOCKED = "locked"
    OUTSIDE_MAP = "outside_map"
    CELL_TAKEN = "cell_taken"
    BUDGET = "budget"
    SAME_NODE = "same_node"
    SAME_SIZE = "same_size"
    WIRE_EXISTS = "wire_exists"
    WIRE_MISSING = "wire_missing"
    WIRE_ILLEGAL = "wire_illegal"
    WIRE_CYCLE = "wire_cycle"
    BUSY = "busy"
    NOT_SELLABLE = "not_sellable"
    NOT_RESTARTABLE = "not_restartable"
    UNKNOWN_ACTION = "unknown_action"
    NOTHING_TO_DO = "nothing_to_do"
    RESERVED = "reserved"
    UNKNOWN_REQUEST = "unknown_request"
    NO_MIGRATION = "no_migration"
    MIGRATING = "migrating"
    MIGRATED = "migrated"
    NOT_MIGRATED = "not_migrated"
    NO_QUEST = "no_quest"
    UNKNOWN_CHOICE = "unknown_choice"
    NOTHING_TO_ROLL_BACK = "nothing_to_roll_back"
    NOT_SANDBOX = "not_sandbox"
    UNKNOWN_SETTING = "unknown_setting"
    SETTING_VALUE = "setting_value"
    UNKNOWN_EVENT = "unknown_event"
    NO_HOSTS = "no_hosts"
    NOT_VIRTUAL = "not_virtual"
    UNKNOWN_HOST = "unknown_host"
    SAME_HOST = "same_host"
    HOST_DOWN = "host_down"
    NO_ROOM = "no_room"
    NO_COPY = "no_copy"
    NOT_IN_SETUP = "not_in_setup"
    ONLY_IN_SETUP = "only_in_setup"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOTHING_TO_REDO = "nothing_to_redo"
    RUN_OVER = "run_over"
    TOO_MANY_PATHS = "too_many_paths"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command is legal (`check`) or done (`apply`).

    cost: money it takes (negative: returned). node: the node it makes or concerns, -1 where there is none;
    `check` cannot know the number of a node that is not built yet and says -1.
    """

    cost: float = 0.0
    node: int = -1


@dataclass(frozen=True, slots=True)
class Refused:
    """The command is not legal, and nothing has changed. `values` fill the placeholders of the reason's text."""

    code: RefusalCode
    values: Mapping[str, str | int | float] = field(default_factory=dict)


Answer = Accepted | Refused
