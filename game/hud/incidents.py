"""What went wrong in a run: when, where, how often and why."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from engine.view import Incident
from engine.worldview import WorldView
from game.context import Context
from game.hud import figures, texts
from game.hud.names import NodeNames
from game.ui.scroll import Scroll
from game.ui.widget import Widget

MOST = 12
TIME_WIDTH = 92
PADDING = 7


class _Row(Widget):
    """One incident: its time, what died where, and the node behind it."""

    def __init__(self, ctx: Context, view: WorldView, incident: Incident) -> None:
        i18n, names = ctx.i18n, NodeNames(ctx.i18n, view)
        super().__init__(ctx, i18n.t(f"reason.{int(incident.reason)}.why"))
        self.when = figures.span(incident.start_s, incident.end_s)
        self.what = i18n.t(
            "result.incident_line",
            count=figures.count(incident.count),
            reason=texts.reason(i18n, incident.reason),
            node=names.of(incident.node, incident.kind),
        )
        if incident.cause == incident.node:
            self.why = i18n.t("result.incident_cause_self")
        else:
            cause = names.of(incident.cause, incident.cause_kind)
            self.why = i18n.t("result.incident_cause", cause=cause)

    def height(self) -> int:
        """Two lines and some air, in pixels."""
        return 2 * self.ctx.text.line_height("small") + self.px(2 * PADDING)

    def paint(self, surface: pygame.Surface) -> None:
        """Time on the left, the two lines beside it."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        if self.hovered:
            surface.fill(palette.panel_hi, self.rect)
        x, y = self.rect.left + px(14), self.rect.top + px(PADDING)
        surface.blit(ctx.text.get(self.when, "small", palette.error), (x, y))
        x += px(TIME_WIDTH)
        width = self.rect.right - px(12) - x
        surface.blit(ctx.text.get(ctx.text.fit(self.what, "small", width), "small", palette.text), (x, y))
        y += ctx.text.line_height("small")
        surface.blit(ctx.text.get(ctx.text.fit(self.why, "small", width), "small", palette.muted), (x, y))


class IncidentList(Scroll):
    """The incidents, the worst first."""

    def __init__(self, ctx: Context, view: WorldView, incidents: Sequence[Incident]) -> None:
        super().__init__(ctx)
        for incident in sorted(incidents, key=lambda incident: (-incident.count, incident.start_s))[:MOST]:
            self.add(_Row(ctx, view, incident))

    def layout(self, rect: pygame.Rect) -> None:
        """The rows one under the other."""
        super().layout(rect)
        self.offset = 0
        y = rect.top
        for row in self.children:
            if isinstance(row, _Row):
                row.layout(pygame.Rect(rect.left, y, rect.width, row.height()))
                y = row.rect.bottom
        self.content = y - rect.top
