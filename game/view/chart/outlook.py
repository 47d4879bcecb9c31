"""The forecast of a world, asked for seldom: it is dear to compute."""

from __future__ import annotations

from engine.view import Forecast
from engine.worldview import WorldView

_OUTLOOK_S = 3.0


class Outlook:
    """Keeps the forecast for a few seconds, or until something is announced."""

    def __init__(self) -> None:
        self._key: object = None
        self._forecast: Forecast | None = None

    def of(self, view: WorldView) -> Forecast:
        """The forecast of a world."""
        key = (view.phase, int(view.time_s / _OUTLOOK_S), view.announced)
        if self._forecast is None or key != self._key:
            self._key = key
            self._forecast = view.forecast
        return self._forecast
