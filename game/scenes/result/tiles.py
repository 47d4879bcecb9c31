"""The figures of a run, side by side."""

from __future__ import annotations

import pygame

from engine.view import RunResult
from game.context import Context
from game.hud import figures
from game.hud.stat import Stat
from game.ui.widget import Widget


class Tiles(Widget):
    """Each as wide as its words, the rest shared; smaller figures where there is little room."""

    def __init__(self, ctx: Context, result: RunResult) -> None:
        super().__init__(ctx)
        t = ctx.i18n.t
        values = {
            "max_rps": t("result.rate", value=figures.rate(result.max_rps)),
            "users": figures.count(result.users),
            "uptime": figures.percent(result.uptime),
            "errors": figures.percent(result.error_rate),
            "latency": figures.latency(result.latency_ms),
            "percentiles": figures.latencies(result.p50_ms, result.p95_ms, result.p99_ms),
        }
        self.tiles = [self.add(Stat(ctx, t(f"result.{key}"))) for key in values]
        for tile, value in zip(self.tiles, values.values(), strict=True):
            tile.set(value)

    def layout(self, rect: pygame.Rect) -> None:
        """Share the width."""
        super().layout(rect)
        text, gap = self.ctx.text, self.px(12)
        for role in ("number", "strong"):
            wide = [max(text.width(t.name, "small"), text.width(t.value, role)) + gap for t in self.tiles]
            if sum(wide) <= rect.width:
                break
        spare = max(0, rect.width - sum(wide)) // len(self.tiles)
        x = rect.left
        for tile, natural in zip(self.tiles, wide, strict=True):
            tile.role = role
            tile.layout(pygame.Rect(x, rect.top, natural + spare - gap, rect.height))
            x += natural + spare
