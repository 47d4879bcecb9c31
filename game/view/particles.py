"""Smoke above what is overloaded, and the bursts of requests that die. Bounded, and absent with reduced motion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from game.view.geometry import CARD_HEIGHT, CARD_WIDTH, FloatArray, Point
from game.view.sprites import BURST_FRAMES, SMOKE_FADES, SMOKE_SIZES

SMOKE_CAPACITY = 96
BURST_CAPACITY = 32
_PUFFS_PER_S = 7.0
_PUFF_LIFE_S = 1.6
_RISE_PER_S = 34.0
_BURST_S = 0.42
_BURST_GAP_S = 0.36


class Smoke:
    """Puffs that rise from nodes. Positions in world units."""

    def __init__(self) -> None:
        self._x = np.zeros(SMOKE_CAPACITY)
        self._y = np.zeros(SMOKE_CAPACITY)
        self._drift = np.zeros(SMOKE_CAPACITY)
        self._rise = np.zeros(SMOKE_CAPACITY)
        self._age = np.full(SMOKE_CAPACITY, np.inf)
        self._next = 0
        self._due = 0.0
        self._serial = 0

    def update(self, dt_s: float, sources: Sequence[Point]) -> None:
        """Let puffs rise, and new ones leave the middle of the top of the cards around `sources` (their centres)."""
        self._age += dt_s
        if not sources:
            self._due = 0.0
            return
        self._due += dt_s * _PUFFS_PER_S * len(sources)
        while self._due >= 1.0:
            self._due -= 1.0
            self._puff(sources[self._serial % len(sources)])

    def clear(self) -> None:
        """No smoke."""
        self._age[:] = np.inf

    def puffs(self) -> tuple[FloatArray, npt.NDArray[np.int64]]:
        """World positions (n, 2) and indices into the smoke sprites (n,)."""
        index = np.flatnonzero(self._age < _PUFF_LIFE_S)
        age = self._age[index]
        share = age / _PUFF_LIFE_S
        x = self._x[index] + self._drift[index] * age
        y = self._y[index] - self._rise[index] * age * (1.0 - 0.25 * share)
        sizes = np.minimum((share * SMOKE_SIZES).astype(np.int64), SMOKE_SIZES - 1)
        fades = np.minimum((share * SMOKE_FADES).astype(np.int64), SMOKE_FADES - 1)
        return np.stack((x, y), axis=1), sizes * SMOKE_FADES + fades

    def _puff(self, centre: Point) -> None:
        self._serial += 1
        spread, pace, sway = (_scatter(self._serial, stream) for stream in range(3))
        slot = self._next
        self._next = (slot + 1) % SMOKE_CAPACITY
        self._x[slot] = centre[0] + (spread - 0.5) * CARD_WIDTH * 0.8
        self._y[slot] = centre[1] - CARD_HEIGHT / 2
        self._drift[slot] = 22.0 * (sway - 0.3)
        self._rise[slot] = _RISE_PER_S * (0.6 + 0.8 * pace)
        self._age[slot] = 0.0


class Bursts:
    """Deaths at nodes; at one node not more than about three a second are shown."""

    def __init__(self) -> None:
        self._clock = 0.0
        self._shown: list[tuple[float, int, Point]] = []
        self._last: dict[int, float] = {}
        self._serial = 0

    @property
    def shown_so_far(self) -> int:
        """How many bursts there have been."""
        return self._serial

    def add(self, nodes: Iterable[int], centres: Mapping[int, Point]) -> None:
        """Requests died at these nodes."""
        for node in nodes:
            if node not in centres or self._clock - self._last.get(node, -1.0) < _BURST_GAP_S:
                continue
            self._last[node] = self._clock
            self._serial += 1
            along = _scatter(self._serial, 0) - 0.5
            side = 1.0 if self._serial % 2 else -1.0
            offset = (along * CARD_WIDTH * 0.9, side * CARD_HEIGHT * 0.5)
            self._shown.append((self._clock, node, offset))
        del self._shown[:-BURST_CAPACITY]

    def update(self, dt_s: float) -> None:
        """Let the bursts open."""
        self._clock += dt_s
        self._shown = [burst for burst in self._shown if self._clock - burst[0] < _BURST_S]

    def clear(self) -> None:
        """No bursts."""
        self._shown.clear()

    def frames(self, centres: Mapping[int, Point]) -> list[tuple[Point, int]]:
        """World positions and indices into the burst sprites."""
        shown = []
        for start, node, offset in self._shown:
            if node in centres:
                x, y = centres[node]
                frame = min(BURST_FRAMES - 1, int((self._clock - start) / _BURST_S * BURST_FRAMES))
                shown.append(((x + offset[0], y + offset[1]), frame))
        return shown


def _scatter(number: int, stream: int) -> float:
    """A value in 0..1 that looks random and is the same every time: an integer hash."""
    mixed = (number * 2654435761 + stream * 40503 * 65537) % 2**32
    mixed = ((mixed ^ (mixed >> 16)) * 73244475) % 2**32
    return ((mixed ^ (mixed >> 16)) % 65536) / 65536
