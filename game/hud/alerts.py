"""Alerts of the monitoring: what they are called, and the list of those that are raised, beside it."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.spec import AlertSpec, StageSpec
from engine.view import Alert
from game.context import Context
from game.hud import figures
from game.hud.names import NodeNames
from game.session import Session
from game.ui.widget import Panel, Pressable

ROW = 28
MOST = 4
PADDING = 4


def rule_of(stage: StageSpec, rule: str) -> AlertSpec | None:
    """The rule with an id, of whichever kind of node watches it."""
    rules = (known for kind in stage.node_kinds for known in kind.alerts)
    return next((known for known in rules if known.id == rule), None)


def rule_key(stage: StageSpec, rule: str) -> str:
    """The key of the text that says what a rule watches."""
    known = rule_of(stage, rule)
    return f"alert.{known.metric if known is not None else rule}"


def alert_value(stage: StageSpec, rule: str, value: float) -> str:
    """The value a rule watches, with its unit; the same in every language."""
    known = rule_of(stage, rule)
    metric = known.metric if known is not None else ""
    if metric.endswith("_ms"):
        return figures.latency(value)
    if metric.endswith("_s"):
        return figures.seconds(value)
    return figures.percent(value)


class _Row(Pressable):
    """One alert: what, where, how much. A click shows the node."""

    def __init__(self, ctx: Context, on_jump: Callable[[int], None]) -> None:
        super().__init__(ctx)
        self.on_jump = on_jump
        self.node = -1
        self.words, self.value = "", ""

    def set(self, words: str, value: str, node: int) -> None:
        """Show another alert."""
        if (words, value, node) != (self.words, self.value, self.node):
            self.words, self.value, self.node = words, value, node
            self.invalidate()

    def activate(self) -> None:
        """Show the node concerned; the whole service has none."""
        if self.node >= 0:
            self.ctx.audio.play("ui_click")
            self.on_jump(self.node)

    def paint(self, surface: pygame.Surface) -> None:
        """Bell, words, value."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        lit = (self.hovered or self.focused) and self.node >= 0
        background = palette.panel_hi if lit else palette.panel
        pygame.draw.rect(surface, background, self.rect)
        bell = ctx.icons.get("bell", 16, palette.warn, background)
        surface.blit(bell, bell.get_rect(midleft=(self.rect.left + px(12), self.rect.centery)))
        value = ctx.text.get(self.value, "small", palette.warn, background)
        surface.blit(value, value.get_rect(midright=(self.rect.right - px(10), self.rect.centery)))
        room = self.rect.width - value.get_width() - px(56)
        words = ctx.text.get(ctx.text.fit(self.words, "small", room), "small", palette.text, background)
        surface.blit(words, words.get_rect(midleft=(self.rect.left + px(36), self.rect.centery)))


class AlertPanel(Panel):
    """The alerts that are raised now, the longest first; gone while there are none.

    on_resize: told when there are more or fewer of them than there is room for.
    """

    def __init__(
        self, ctx: Context, session: Session, on_jump: Callable[[int], None], on_resize: Callable[[], None]
    ) -> None:
        super().__init__(ctx)
        self.session, self.on_jump, self.on_resize = session, on_jump, on_resize
        self.names = NodeNames(ctx.i18n, session.view)
        self.rows: list[_Row] = []

    @property
    def height(self) -> int:
        """The height it needs now, in pixels."""
        count = min(len(self.session.view.alerts), MOST)
        return self.px(ROW) * count + (self.px(2 * PADDING) if count else 0)

    def refresh(self) -> None:
        """Show what is raised now."""
        alerts = self.session.view.alerts[:MOST]
        if len(alerts) != len(self.rows):
            self.on_resize()
        for row, alert in zip(self.rows, alerts, strict=True):
            row.set(*self._words(alert), alert.node)

    def _words(self, alert: Alert) -> tuple[str, str]:
        i18n, stage, view = self.ctx.i18n, self.session.stage, self.session.view
        what = i18n.t(rule_key(stage, alert.rule))
        if alert.node in view.node_ids:
            what = f"{self.names.of(alert.node)} · {what}"
        return what, alert_value(stage, alert.rule, alert.value)

    def layout(self, rect: pygame.Rect) -> None:
        """As many rows as there are alerts."""
        super().layout(rect)
        px, count = self.px, min(len(self.session.view.alerts), MOST)
        if count != len(self.rows):
            self.remove_all()
            self.rows = [self.add(_Row(self.ctx, self.on_jump)) for _ in range(count)]
        for index, row in enumerate(self.rows):
            top = rect.top + px(PADDING) + index * px(ROW)
            row.layout(pygame.Rect(rect.left + px(2), top, rect.width - px(4), px(ROW)))

    def paint(self, surface: pygame.Surface) -> None:
        """A warning edge on the left."""
        super().paint(surface)
        surface.fill(self.ctx.theme.palette.warn, (*self.rect.topleft, self.px(3), self.rect.height))
