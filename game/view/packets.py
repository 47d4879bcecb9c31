"""Requests in flight: every hop the simulation reports becomes a short flight along its wire.

The simulation answers in true milliseconds, too fast for the eye, so flights last a fixed real time and the hops of one
request follow each other. At most `CAPACITY` fly at once; under heavy traffic whole requests are left out, evenly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.spec import SubItem
from engine.view import Hop
from game.view.geometry import CURVE_POINTS, FloatArray, normals

Route = tuple[int, int]

CAPACITY = 1000
FLIGHT_S = 0.45
FLIGHTS_PER_S = 900.0
CALM_FLIGHTS_PER_S = 60.0
_CALM_SLOWDOWN = 2.5
LANE = 3.8
_USUAL_LENGTH = 180.0
_LONGEST_LAG_S = 2.0
_RATE_MEMORY_S = 0.6
_HASH = 2654435761
_SUB_ITEMS = tuple(SubItem)


@dataclass(frozen=True, slots=True)
class Flights:
    """What is in the air now: world positions (n, 2) and the look of each, `2 * sub-item + answer`, (n,)."""

    positions: FloatArray
    looks: npt.NDArray[np.int64]


class PacketFlow:
    """All flights, as arrays; the clock stands still while the simulation does."""

    def __init__(self) -> None:
        self.calm = False
        self.clock_s = 0.0
        self._routes: dict[Route, int] = {}
        self._curves = np.zeros((0, CURVE_POINTS, 2))
        self._normals = np.zeros((0, CURVE_POINTS, 2))
        self._pace: FloatArray = np.zeros(0)
        self._route = np.full(CAPACITY, -1, dtype=np.int64)
        self._start = np.zeros(CAPACITY)
        self._duration = np.ones(CAPACITY)
        self._look = np.zeros(CAPACITY, dtype=np.int64)
        self._dies_at = np.full(CAPACITY, -1, dtype=np.int64)
        self._next = 0
        self._arrival: dict[int, float] = {}
        self._deaths: list[tuple[float, int]] = []
        self._rate = 0.0

    @property
    def count(self) -> int:
        """Flights in the air or about to start."""
        return int((self._route >= 0).sum())

    def set_routes(self, curves: Mapping[Route, FloatArray]) -> None:
        """Take over the wires, each a polyline (CURVE_POINTS, 2); flights on wires that are gone end."""
        order = {key: index for index, key in enumerate(curves)}
        moved = np.full(len(self._routes) + 1, -1, dtype=np.int64)
        for key, index in self._routes.items():
            moved[index] = order.get(key, -1)
        self._route = moved[self._route]
        self._routes = order
        if not curves:
            self._curves = self._normals = np.zeros((0, CURVE_POINTS, 2))
            self._pace = np.zeros(0)
            return
        self._curves = np.stack(list(curves.values()))
        self._normals = np.stack([normals(points) for points in curves.values()])
        lengths = np.hypot(*np.moveaxis(np.diff(self._curves, axis=1), 2, 0)).sum(axis=1)
        self._pace = np.clip(np.sqrt(lengths / _USUAL_LENGTH), 0.75, 1.4)

    def emit(self, hops: Sequence[Hop], steps: int, dt_s: float) -> list[int]:
        """Start the flights of the hops of the last `steps` steps, spread over the frame of `dt_s` seconds.

        Returns the nodes of the deaths that have no flight of their own to wait for.
        """
        self._note_rate(len(hops), dt_s)
        limit = CALM_FLIGHTS_PER_S if self.calm else FLIGHTS_PER_S
        threshold = int(min(1.0, limit / max(1.0, self._rate)) * 2**32)
        last_step = hops[-1].step if hops else 0
        spacing = dt_s / max(1, steps)
        deaths = []
        for hop in hops:
            kept = (hop.tracer * _HASH) % 2**32 < threshold
            route = self._routes.get((hop.target, hop.source) if hop.answer else (hop.source, hop.target), -1)
            if kept and route >= 0:
                self._launch(hop, route, self.clock_s - (last_step - hop.step) * spacing)
            elif hop.failed is not None and kept and hop.tracer in self._arrival:
                self._deaths.append((self._arrival[hop.tracer], hop.target))
            elif hop.failed is not None:
                deaths.append(hop.target)
        self._forget_old()
        return deaths

    def _forget_old(self) -> None:
        if len(self._arrival) > 4 * CAPACITY:
            self._arrival = {tracer: at for tracer, at in self._arrival.items() if at > self.clock_s}

    def update(self, dt_s: float) -> list[int]:
        """Advance the clock; returns the nodes at which requests arrived to die."""
        self.clock_s += dt_s
        over = (self._route >= 0) & (self._start + self._duration <= self.clock_s)
        dead = self._dies_at[over]
        self._route[over] = -1
        due = [node for at, node in self._deaths if at <= self.clock_s]
        if due:
            self._deaths = [death for death in self._deaths if death[0] > self.clock_s]
        return [int(node) for node in dead[dead >= 0]] + due

    def flights(self, lane: float = LANE, behind_s: float = 0.0) -> Flights:
        """Where everything is, or was `behind_s` seconds ago (for trails); `lane` is how far from the wire it keeps."""
        age = (self.clock_s - behind_s - self._start) / self._duration
        index = np.flatnonzero((self._route >= 0) & (age >= 0.0) & (age < 1.0))
        looks = self._look[index]
        answers = looks & 1
        share = np.where(answers == 1, 1.0 - age[index], age[index]) * (CURVE_POINTS - 1)
        at = np.minimum(share.astype(np.int64), CURVE_POINTS - 2)
        rest = (share - at)[:, None]
        route = self._route[index]
        positions = self._curves[route, at] * (1.0 - rest) + self._curves[route, at + 1] * rest
        aside = np.where(answers == 1, -lane, lane)[:, None]
        return Flights(positions + self._normals[route, at] * aside, looks)

    def clear(self) -> None:
        """Forget every flight."""
        self._route[:] = -1
        self._arrival.clear()
        self._deaths.clear()

    def _note_rate(self, hops: int, dt_s: float) -> None:
        share = min(1.0, dt_s / _RATE_MEMORY_S)
        self._rate += (hops / max(dt_s, 1e-3) - self._rate) * share

    def _launch(self, hop: Hop, route: int, earliest: float) -> None:
        duration = FLIGHT_S * float(self._pace[route]) * (_CALM_SLOWDOWN if self.calm else 1.0)
        start = max(earliest, self._arrival.get(hop.tracer, 0.0))
        if start - earliest > _LONGEST_LAG_S:
            start = earliest
        slot = self._next
        self._next = (slot + 1) % CAPACITY
        self._route[slot] = route
        self._start[slot] = start
        self._duration[slot] = duration
        self._look[slot] = 2 * _SUB_ITEMS.index(hop.sub_item) + int(hop.answer)
        self._dies_at[slot] = -1 if hop.failed is None else hop.target
        self._arrival[hop.tracer] = start + duration
