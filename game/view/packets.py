"""Requests in flight: every hop the simulation reports becomes a short flight along its wire.

The simulation answers in true milliseconds, too fast for the eye, so flights last a fixed real time and the hops of one
request follow each other. Where only some requests are traced, companions fly behind each traced one and stand for
those like it, so that denser traffic looks denser. At most `CAPACITY` fly at once; beyond what the eye can follow whole
requests are left out, evenly.
"""

from __future__ import annotations

import math
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
FLIGHTS_PER_S = 800.0
FEWER_FLIGHTS_PER_S = 200.0
CALM_FLIGHTS_PER_S = 60.0
_CALM_SLOWDOWN = 2.5
LANE = 3.8
_USUAL_LENGTH = 180.0
_LONGEST_LAG_S = 2.0
_RATE_MEMORY_S = 0.6
_HASH = 2654435761
_MOST_TOGETHER = 10
_COMPANY_S = 0.9
_GOLDEN = 0.6180339887
_SAMPLING_MEMORY_S = 2.5
_SUB_ITEMS = tuple(SubItem)


@dataclass(frozen=True, slots=True)
class Flights:
    """What is in the air: world positions at m moments (m, n, 2), and looks (n,): `2 * sub-item + answer`."""

    positions: FloatArray
    looks: npt.NDArray[np.int64]


class Sampling:
    """How many requests each traced one stands for: calls over all wires against traced calls.

    Both are smoothed over the same simulated time, so that the ratio is 1 where every request is traced.
    """

    def __init__(self) -> None:
        self._traced_per_s = 0.0

    def stands_for(self, hops: Sequence[Hop], simulated_s: float, calls_per_s: float) -> float:
        """The ratio, at least 1. hops: of the last `simulated_s` seconds. calls_per_s: of all requests, smoothed."""
        traced = sum(1 for hop in hops if not hop.answer and hop.source != hop.target)
        keep = math.exp(-simulated_s / _SAMPLING_MEMORY_S)
        if simulated_s > 0.0:
            self._traced_per_s = self._traced_per_s * keep + traced / simulated_s * (1.0 - keep)
        return max(1.0, calls_per_s / self._traced_per_s) if self._traced_per_s > 0.0 else 1.0


class PacketFlow:
    """All flights, as arrays; the clock stands still while the simulation does. calm: few and slow; plain: fewer."""

    def __init__(self) -> None:
        self.calm = False
        self.plain = False
        self.clock_s = 0.0
        self._routes: dict[Route, int] = {}
        self._points = np.zeros((0, 2))
        self._normals = np.zeros((0, 2))
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
            self._points = self._normals = np.zeros((0, 2))
            self._pace = np.zeros(0)
            return
        shapes = np.stack(list(curves.values()))
        self._points = shapes.reshape(-1, 2)
        self._normals = np.concatenate([normals(points) for points in curves.values()])
        lengths = np.hypot(*np.moveaxis(np.diff(shapes, axis=1), 2, 0)).sum(axis=1)
        self._pace = np.clip(np.sqrt(lengths / _USUAL_LENGTH), 0.75, 1.4)

    def emit(self, hops: Sequence[Hop], steps: int, dt_s: float, stands_for: float = 1.0) -> list[int]:
        """Start the flights of the hops of the last `steps` steps, spread over the frame of `dt_s` seconds.

        stands_for: requests for each traced one. Returns the nodes of the deaths that have no flight of their own to
        wait for.
        """
        self._note_rate(sum(1 for hop in hops if hop.source != hop.target), dt_s)
        together = min(stands_for, self._limit / max(1.0, self._rate), float(_MOST_TOGETHER))
        last_step = hops[-1].step if hops else 0
        spacing = dt_s / max(1, steps)
        deaths = []
        for hop in hops:
            chance = (hop.tracer * _HASH) % 2**32 / 2**32
            flying = int(together + chance)
            route = self._routes.get((hop.target, hop.source) if hop.answer else (hop.source, hop.target), -1)
            if flying and route >= 0:
                self._launch(hop, route, self.clock_s - (last_step - hop.step) * spacing, flying, chance)
            elif hop.failed is not None and flying and hop.tracer in self._arrival:
                self._deaths.append((self._arrival[hop.tracer], hop.target))
            elif hop.failed is not None:
                deaths.append(hop.target)
        self._forget_old()
        return deaths

    @property
    def _limit(self) -> float:
        """Flights that may start in a second."""
        if self.calm:
            return CALM_FLIGHTS_PER_S
        return FEWER_FLIGHTS_PER_S if self.plain else FLIGHTS_PER_S

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

    def flights(self, lane: float = LANE, behind_s: Sequence[float] = (0.0,)) -> Flights:
        """Where everything in the air is, and was some seconds ago (for trails). lane: how far from the wire it keeps.

        What had not left yet is where it leaves from.
        """
        index = np.flatnonzero((self._route >= 0) & (self._start <= self.clock_s))
        duration, looks = self._duration[index], self._look[index]
        age = (self.clock_s - self._start[index]) / duration
        ages = np.maximum(age - np.array(behind_s)[:, None] / duration, 0.0)
        answers = (looks & 1).astype(np.bool_)
        along = np.where(answers, 1.0 - ages, ages) * (CURVE_POINTS - 1)
        at = np.clip(along.astype(np.intp), 0, CURVE_POINTS - 2)
        place = self._route[index] * CURVE_POINTS + at
        before = self._points.take(place, axis=0)
        way = self._points.take(place + 1, axis=0) - before
        aside = self._normals.take(place, axis=0) * np.where(answers, -lane, lane)[:, None]
        return Flights(before + way * (along - at)[..., None] + aside, looks)

    def clear(self) -> None:
        """Forget every flight."""
        self._route[:] = -1
        self._arrival.clear()
        self._deaths.clear()

    def _note_rate(self, hops: int, dt_s: float) -> None:
        share = min(1.0, dt_s / _RATE_MEMORY_S)
        self._rate += (hops / max(dt_s, 1e-3) - self._rate) * share

    def _launch(self, hop: Hop, route: int, earliest: float, flying: int, chance: float) -> None:
        """Let a traced request fly, and its companions, spread over a short time behind it."""
        duration = FLIGHT_S * float(self._pace[route]) * (_CALM_SLOWDOWN if self.calm else 1.0)
        start = max(earliest, self._arrival.get(hop.tracer, 0.0))
        if start - earliest > _LONGEST_LAG_S:
            start = earliest
        self._arrival[hop.tracer] = start + duration
        look = 2 * _SUB_ITEMS.index(hop.sub_item) + int(hop.answer)
        for companion in range(flying):
            slot = self._next
            self._next = (slot + 1) % CAPACITY
            behind = (chance + companion * _GOLDEN) % 1.0 * _COMPANY_S if companion else 0.0
            self._route[slot] = route
            self._start[slot] = start + behind
            self._duration[slot] = duration
            self._look[slot] = look
            self._dies_at[slot] = -1 if hop.failed is None else hop.target
