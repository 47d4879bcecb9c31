"""A small curve of one figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pygame

from game.context import Context
from game.view.chart.base import Chart
from game.view.plot import Axes, FloatArray, curve_line, fill_under
from game.view.shapes import Rgb, mix

_HEADROOM = 1.12


class Sparkline(Chart):
    """A small curve of one figure, with a dot at its newest value. top: of the scale; without it the curve fills it."""

    def __init__(self, ctx: Context, top: float | None = None) -> None:
        super().__init__(ctx)
        self.top = top

    def update(self, values: Sequence[float] | FloatArray, colour: Rgb | None = None) -> None:
        """Show these values, oldest first; nan is left out."""
        array = np.asarray(values, dtype=float)
        array = array[np.isfinite(array)]
        look = self._begin((array.tobytes(), None if colour is None else int(colour)))
        if look is None or len(array) < 2:
            return
        colour = colour or look.accent
        inset = self._px(3)
        frame = self._surface.get_rect().inflate(-2 * inset, -2 * inset)
        axes = Axes(frame, 0.0, len(array) - 1.0, self.top or max(1e-9, float(array.max()) * _HEADROOM))
        points = axes.points(np.arange(len(array), dtype=float), array)
        fill_under(self._surface, axes, points, None, mix(self.background or look.panel, colour, 0.18))
        curve_line(self._surface, points, colour, thick=True)
        pygame.draw.aacircle(self._surface, colour, points[-1].tolist(), self._px(2.5))
