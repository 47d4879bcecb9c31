"""The releases that act on the service, at the foot of the map: since when, and a button to roll each of them back."""

from __future__ import annotations

import math
from collections.abc import Callable

import pygame

from engine.commands import Command, RollBack
from engine.view import Deployment
from game.context import Context
from game.hud import figures
from game.hud.log_entries import deployment
from game.session import Session
from game.ui.button import Button
from game.ui.widget import Panel, Widget

WIDTH = 300
ROW = 42
MOST = 3
INSET = 12
ABOVE_LEGEND = 46


class _Row(Panel):
    """One release: its name and age, or how far its rollback has come."""

    def __init__(self, ctx: Context, session: Session, live: Deployment, on_command: Callable[[Command], None]) -> None:
        super().__init__(ctx, raised=True)
        self.session, self.live = session, live
        t = ctx.i18n.t
        self.takes_s = next(event.rollback_s for event in session.stage.events if event.id == live.event)
        self.name = deployment(ctx.i18n, live.event).text(ctx.i18n)
        self.detail = ""
        tip = t("deploy.roll_back_tip", seconds=f"{self.takes_s:g}")
        self.button = self.add(
            Button(ctx, t("deploy.roll_back"), lambda: on_command(RollBack(live.event)), tooltip=tip, role="small")
        )

    @property
    def rolling(self) -> bool:
        """A rollback is under way."""
        return self.live.done_at_s >= 0

    @property
    def progress(self) -> float:
        """How far the rollback has come, 0..1."""
        left = self.live.done_at_s - self.session.view.time_s
        return min(max(1.0 - left / max(self.takes_s, 1e-9), 0.0), 1.0) if self.rolling else 0.0

    def set(self, live: Deployment) -> None:
        """Show the release as it is now."""
        t, now = self.ctx.i18n.t, self.session.view.time_s
        if self.rolling != (live.done_at_s >= 0):
            self.invalidate()
        self.live = live
        self.button.visible = not self.rolling
        detail = t("deploy.age", time=figures.clock(now - live.since_s))
        if self.rolling:
            left = t("deploy.left", seconds=max(0, math.ceil(live.done_at_s - now)))
            detail = f"{t('deploy.rolling')} · {left}"
        if detail != self.detail:
            self.detail = detail
            self.invalidate()

    def layout(self, rect: pygame.Rect) -> None:
        """The button stands right."""
        super().layout(rect)
        px = self.px
        wide = min(self.button.natural_width(), rect.width // 2)
        self.button.layout(pygame.Rect(rect.right - px(7) - wide, rect.top + px(6), wide, rect.height - px(12)))

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, name and age in Dev's colour; a bar under a rollback."""
        super().paint(surface)
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        tone = palette.warn if self.rolling else palette.dev
        surface.fill(tone, (*self.rect.topleft, px(4), self.rect.height))
        icon = ctx.icons.get("rollback" if self.rolling else "deploy", 18, tone, palette.panel_hi)
        surface.blit(icon, icon.get_rect(midleft=(self.rect.left + px(14), self.rect.centery)))
        x = self.rect.left + px(42)
        right = self.button.rect.left if self.button.visible else self.rect.right
        room = right - px(8) - x
        name = ctx.text.get(ctx.text.fit(self.name, "small", room), "small", palette.text, palette.panel_hi)
        detail = ctx.text.get(ctx.text.fit(self.detail, "small", room), "small", palette.muted)
        middle = self.rect.centery - px(2 if self.rolling else 0)
        surface.blit(name, name.get_rect(bottomleft=(x, middle + px(1))))
        surface.blit(detail, detail.get_rect(topleft=(x, middle - px(1))))
        if self.rolling:
            track = pygame.Rect(self.rect.left + px(4), self.rect.bottom - px(4), self.rect.width - px(4), px(4))
            surface.fill(palette.line, track)
            track.width = round(track.width * self.progress)
            surface.fill(tone, track)


class Deployments(Widget):
    """The newest few, one above the other; gone while there are none. on_command: does an act and shows a refusal."""

    def __init__(self, ctx: Context, session: Session, on_command: Callable[[Command], None]) -> None:
        super().__init__(ctx)
        self.session, self.on_command = session, on_command
        self.rows: list[_Row] = []
        self.visible = False

    def refresh(self, area: pygame.Rect) -> None:
        """Follow the world; `area` is the map's place."""
        live = self.session.view.deployments[-MOST:]
        if [row.live.event for row in self.rows] != [one.event for one in live]:
            self.remove_all()
            self.rows = [self.add(_Row(self.ctx, self.session, one, self.on_command)) for one in live]
        self.visible = bool(live)
        for row, one in zip(self.rows, live, strict=True):
            row.set(one)
        self._arrange(area)

    def _arrange(self, area: pygame.Rect) -> None:
        px, count = self.px, len(self.rows)
        rect = pygame.Rect(0, 0, min(px(WIDTH), area.width - 2 * px(INSET)), px(ROW) * count)
        rect.bottomleft = (area.left + px(INSET), area.bottom - px(ABOVE_LEGEND))
        if rect == self.rect and all(row.rect.width for row in self.rows):
            return
        self.layout(rect)
        for index, row in enumerate(self.rows):
            row.layout(pygame.Rect(rect.left, rect.top + index * px(ROW), rect.width, px(ROW) - px(4)))
