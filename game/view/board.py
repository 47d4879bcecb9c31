"""The map as the hand finds it: what lies where, and the way commands take to the simulation and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Set
from typing import Protocol

from engine.commands import Answer, Command, Refused
from engine.spec import StageSpec
from engine.view import NodeView, Phase
from engine.worldview import WorldView
from game.view.camera import Camera
from game.view.geometry import (
    CELL_HEIGHT,
    CELL_WIDTH,
    Box,
    Cell,
    FloatArray,
    Point,
    Side,
    card_box,
    cell_at,
    content_box,
    distance_to_curve,
    inside,
    overlaps,
    port,
    wire_curve,
)
from game.view.modes import Hit, Route

_PORT_REACH = 10.0
_WIRE_REACH = 8.0
_SCISSORS_REACH = 15.0


class PlayedSession(Protocol):
    """What the map needs of a run being played; rate: simulated seconds a real second, 0 while time stands still."""

    @property
    def view(self) -> WorldView: ...

    @property
    def rate(self) -> float: ...

    def check(self, command: Command) -> Answer: ...

    def apply(self, command: Command) -> Answer: ...


class MapBoard:
    """Nodes and wires where the camera shows them.

    by_id, curves, reserved (kinds of request by wire) and version are those of the last `refresh`. on_command: passes a
    command on. on_refusal: told every refusal with the cell it is about.
    """

    def __init__(
        self,
        session: PlayedSession,
        stage: StageSpec,
        camera: Camera,
        on_command: Callable[[Command], Answer],
        on_refusal: Callable[[Refused, Cell], None],
    ) -> None:
        self.session = session
        self.stage = stage
        self.camera = camera
        self.by_id: dict[int, NodeView] = {}
        self.curves: dict[Route, FloatArray] = {}
        self.reserved: dict[Route, tuple[str, ...]] = {}
        self.version = -1
        self._on_command = on_command
        self._on_refusal = on_refusal

    def refresh(self) -> None:
        """Look at the nodes again, and at the wires when the topology changed."""
        view = self.session.view
        self.by_id = {node.id: node for node in view.nodes}
        if view.topology_version == self.version:
            return
        self.version = view.topology_version
        places = {node.id: (node.x, node.y) for node in self.by_id.values()}
        wires = view.wires
        self.curves = {
            (wire.source, wire.target): wire_curve(places[wire.source], places[wire.target]) for wire in wires
        }
        self.reserved = {(wire.source, wire.target): wire.kinds for wire in wires if wire.kinds}

    @property
    def cells(self) -> frozenset[Cell]:
        """The cells on which something stands."""
        return frozenset((node.x, node.y) for node in self.by_id.values())

    def look(self, node: int) -> NodeView:
        """One node, as it is now."""
        view = self.by_id[node] = self.session.view.node(node)
        return view

    def content(self) -> Box:
        """The world box around all nodes; the whole map when there are none."""
        box = content_box([(node.x, node.y) for node in self.by_id.values()])
        return box or (0.0, 0.0, self.stage.width * CELL_WIDTH, self.stage.height * CELL_HEIGHT)

    # -- what the hand asks ------------------------------------------------------------------------------------------

    def hit(self, pos: Point, selection: Set[int], wire: Route | None) -> Hit:
        """What lies under the pointer; selected nodes offer their ports, a selected wire its scissors."""
        point = self.camera.to_world(pos)
        if self._on_scissors(pos, wire):
            return Hit(wire=wire, scissors=True)
        reach = self._world(_PORT_REACH)
        for node in reversed(self.by_id.values()):
            box = card_box((node.x, node.y))
            if node.id in selection or inside(box, point, reach):
                near = any(math.dist(port((node.x, node.y), side), point) <= reach for side in Side)
                if near:
                    return Hit(node=node.id, port=True)
            if inside(box, point):
                return Hit(node=node.id)
        return Hit(wire=self._nearest_wire(point))

    def cell(self, pos: Point) -> Cell:
        """The cell under the pointer."""
        return cell_at(self.camera.to_world(pos))

    def contains(self, pos: Point) -> bool:
        """Whether the pointer is over the map."""
        return bool(self.camera.viewport.collidepoint(pos))

    def nodes(self) -> tuple[int, ...]:
        """All nodes there are."""
        return tuple(self.by_id)

    def node_cell(self, node: int) -> Cell:
        """Where a node stands."""
        view = self.by_id[node]
        return (view.x, view.y)

    def node_kind(self, node: int) -> tuple[str, str]:
        """Kind and size of a node."""
        view = self.by_id[node]
        return (view.kind, view.size)

    def nodes_in(self, start: Point, end: Point) -> frozenset[int]:
        """The nodes whose cards touch the box between two points."""
        one, other = self.camera.to_world(start), self.camera.to_world(end)
        box = (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
        return frozenset(node.id for node in self.by_id.values() if overlaps(card_box((node.x, node.y)), box))

    def pan(self, dx: float, dy: float) -> None:
        """Move the map by pixels."""
        self.camera.pan_pixels(dx, dy)

    def check(self, command: Command) -> Answer:
        """What the simulation would answer."""
        return self.session.check(command)

    def act(self, command: Command, cell: Cell) -> Answer:
        """Do it, and show a refusal at the cell."""
        answer = self._on_command(command)
        if isinstance(answer, Refused):
            self._on_refusal(answer, cell)
        else:
            self.refresh()
        return answer

    def sale_needs_confirmation(self) -> bool:
        """Whether selling cannot be taken back now."""
        return self.session.view.phase is Phase.OPERATION

    def _world(self, logical: float) -> float:
        """Logical pixels as a length in the world."""
        return logical / self.camera.zoom

    def _nearest_wire(self, point: Point) -> Route | None:
        reach = self._world(_WIRE_REACH)
        near = [
            (distance_to_curve(points, point), route)
            for route, points in self.curves.items()
            if inside(_curve_box(points), point, reach)
        ]
        best = min(near, default=None)
        return best[1] if best is not None and best[0] <= reach else None

    def _on_scissors(self, pos: Point, wire: Route | None) -> bool:
        if wire is None or wire not in self.curves:
            return False
        middle = self.curves[wire][len(self.curves[wire]) // 2]
        centre = self.camera.to_screen((float(middle[0]), float(middle[1])))
        return math.dist(centre, pos) <= _SCISSORS_REACH * self.camera.pixels_per_unit


def _curve_box(points: FloatArray) -> Box:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return (float(left), float(top), float(right), float(bottom))
