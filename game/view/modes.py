"""What the hand on the map is doing, as values: `Interaction` moves between them, and the overlay draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from engine.commands import Accepted, Answer
from game.view.geometry import Cell, Point

Route = tuple[int, int]


class Button(Enum):
    """A button of the pointer."""

    LEFT = 1
    MIDDLE = 2
    RIGHT = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under the pointer: a port before its node, a node before a wire, the scissors before all."""

    node: int | None = None
    port: bool = False
    wire: Route | None = None
    scissors: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is under way; `hit` is what the pointer hovers."""

    hit: Hit = Hit()


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button went down and it is not yet clear whether this is a click or a drag."""

    button: Button
    start: Point
    hit: Hit
    additive: bool
    touch: bool = False


@dataclass(frozen=True, slots=True)
class Panning:
    """The map follows the hand; afterwards comes `back`."""

    last: Point
    back: Mode


@dataclass(frozen=True, slots=True)
class Boxing:
    """A selection box is being drawn."""

    start: Point
    now: Point
    base: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ghost:
    """A node where it would stand. node: the one it is a picture of, -1 for a new one of `kind`."""

    kind: str
    size: str
    cell: Cell
    answer: Answer
    node: int = -1

    @property
    def legal(self) -> bool:
        """Whether the simulation would accept it."""
        return isinstance(self.answer, Accepted)


@dataclass(frozen=True, slots=True)
class Dragging:
    """Nodes are carried; `grabbed` is the cell the hand took them by."""

    nodes: tuple[int, ...]
    grabbed: Cell
    ghosts: tuple[Ghost, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """A kind from the shop is in the hand; no ghost while the pointer is elsewhere."""

    kind: str
    size: str
    ghost: Ghost | None = None


@dataclass(frozen=True, slots=True)
class Cloning:
    """Copies of nodes are in the hand; the first one is under the pointer."""

    nodes: tuple[int, ...]
    ghosts: tuple[Ghost, ...] = ()


@dataclass(frozen=True, slots=True)
class Wiring:
    """A wire is being drawn. source: None until the first end is chosen. dragged: a button is held.

    answers: for every other node, what the simulation would say to a wire there; route: the wire it would be.
    """

    source: int | None
    pos: Point
    start: Point
    dragged: bool
    target: int | None = None
    answers: dict[int, tuple[Route, Answer]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConfirmingSale:
    """Selling in operation costs; it waits for a second word. refund: money that comes back."""

    nodes: tuple[int, ...]
    refund: float


Mode = Idle | Pressed | Panning | Boxing | Dragging | Placing | Cloning | Wiring | ConfirmingSale
