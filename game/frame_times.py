"""How long frames take, to switch costly effects off where the machine is slow, and to show it with --debug."""

from __future__ import annotations

from collections import deque

import pygame

from game.context import Context

REMEMBERED = 240
SLOW_MS, QUICK_MS = 28.0, 16.0
JUDGED_EVERY = 60


class FrameTimes:
    """The work of the last frames in ms, and whether the machine is too slow for all effects (with hysteresis)."""

    def __init__(self) -> None:
        self.work_ms: deque[float] = deque(maxlen=REMEMBERED)
        self.gap_ms: deque[float] = deque(maxlen=REMEMBERED)
        self.slow = False
        self._frames = 0

    def add(self, work_s: float, gap_s: float) -> None:
        """Note a frame: the work in it, and the time since the one before."""
        self.work_ms.append(work_s * 1000.0)
        self.gap_ms.append(gap_s * 1000.0)
        self._frames += 1
        if self._frames % JUDGED_EVERY == 0 and len(self.work_ms) == REMEMBERED:
            p95 = self.percentile(self.work_ms, 0.95)
            self.slow = p95 > (QUICK_MS if self.slow else SLOW_MS)

    @staticmethod
    def percentile(values: deque[float], share: float) -> float:
        """A percentile of what is remembered; 0 when that is nothing."""
        ordered = sorted(values)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def draw(self, ctx: Context, surface: pygame.Surface) -> None:
        """A line in the corner."""
        p50, p95 = (self.percentile(self.work_ms, share) for share in (0.5, 0.95))
        gap = self.percentile(self.gap_ms, 0.5)
        text = f"{p50:.1f} / {p95:.1f} ms  {1000.0 / max(gap, 0.001):.0f} fps"
        line = ctx.text.get(text, "small", ctx.theme.palette.text, ctx.theme.palette.bg)
        surface.blit(line, (surface.get_width() - line.get_width() - 4, surface.get_height() - line.get_height() - 2))
