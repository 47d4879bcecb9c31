"""The inspector's section about the requests at a node: how busy it is, who waits, what leaves, what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from engine.spec import FailureReason, NodeKind, NodeSize, Role
from engine.view import NodeView
from game.context import Context
from game.hud import figures, texts
from game.hud.inspector.page import Page
from game.hud.stat import Bar, Stat
from game.ui.widget import Widget
from game.view.chart import Sparkline

STATION = ("throughput", "p95", "failing", "slots", "speed", "wires")
PASSED = ("throughput", "failing", "wires")
SLOW = 0.7


class _Spark(Widget):
    """A sparkline as a widget."""

    def __init__(self, ctx: Context, top: float | None = None) -> None:
        super().__init__(ctx)
        self.line = Sparkline(ctx, top)
        self.line.background = ctx.theme.palette.panel

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place."""
        super().layout(rect)
        self.line.layout(rect)

    def paint(self, surface: pygame.Surface) -> None:
        """Blit the curve."""
        self.line.draw(surface)


class LoadSection:
    """Slots or a rate cap, queue, and what goes through. history: utilisation over the last seconds, oldest first."""

    def __init__(self, page: Page, node: NodeView, kind: NodeKind, size: NodeSize, history: Sequence[float]) -> None:
        self.page, self.node, self.kind, self.history = page, node.id, kind, history
        self.cap = size.rate_cap_rps if kind.role.passes_through else 0.0
        ctx, t = page.ctx, page.ctx.i18n.t
        capless = kind.role.passes_through and not self.cap
        self.usage = Bar(ctx, self._usage_name(), self._usage_tip())
        self.spark = _Spark(ctx, 1.0)
        if not capless:
            page.place(page.add(self.usage), 34)
            page.down(36)
            page.place(page.add(self.spark), 34)
            page.down(40)
        self.queue = Bar(ctx, t("play.inspector.waiting"), self._tip("waiting"))
        if node.queue_limit and kind.role not in (Role.BALANCER, Role.QUEUE):
            page.bar(page.add(self.queue))
        names = PASSED if kind.role.passes_through else STATION
        self.stats = {name: page.add(Stat(ctx, self._name(name), self._tip(name), role="strong")) for name in names}
        page.grid(list(self.stats.values()))
        page.each(self._update)

    def _name(self, stat: str) -> str:
        t = self.page.ctx.i18n.t
        if stat == "failing" and self.kind.filter is not None:
            return t("play.inspector.blocked")
        return t("play.inspector.passed") if stat == "throughput" and self.cap else t(f"play.inspector.{stat}")

    def _usage_name(self) -> str:
        return self.page.ctx.i18n.t("play.inspector.rate" if self.cap else "play.inspector.utilisation")

    def _usage_tip(self) -> str:
        t = self.page.ctx.i18n.t
        if self.cap:
            return t("play.inspector.tip.utilisation_balancer", cap=figures.count(self.cap))
        return t("play.inspector.tip.utilisation")

    def _tip(self, name: str) -> Callable[[], str | None]:
        def tip() -> str | None:
            i18n, view, kind = self.page.ctx.i18n, self.page.session.view, self.kind
            if self.node not in view.node_ids:
                return None
            node = view.node(self.node)
            reason = i18n.t("play.inspector.none")
            if node.failing_reason is not None:
                why = i18n.t(f"reason.{int(node.failing_reason)}.why")
                reason = f"{texts.reason(i18n, node.failing_reason)}: {why}"
            key = "speed_usl" if name == "speed" and kind.usl else name
            return i18n.t(
                f"play.inspector.tip.{key}",
                serving=node.in_service,
                calling=node.calling,
                slots=node.slots,
                limit=node.queue_limit,
                patience=f"{kind.patience_s:g}",
                reason=reason,
                free=kind.free_wires,
                overhead=figures.limit(kind.wire_overhead),
            )

        return tip

    def _update(self, node: NodeView) -> None:
        t, about = self.page.ctx.i18n.t, figures.roughly if node.coarse else str
        if self.cap:
            passed = t("play.inspector.of", value=figures.rate(node.utilisation * self.cap), total=self._cap_text())
            self.usage.set(node.utilisation, about(passed))
        else:
            self.usage.set(node.utilisation, about(figures.percent(node.utilisation)))
        if len(self.history) > 1:
            self.spark.line.update(self.history, self.usage.colour())
            self.spark.invalidate()
        waiting = t("play.inspector.of", value=figures.count(node.waiting), total=figures.count(node.queue_limit))
        self.queue.set(node.waiting / max(node.queue_limit, 1), about(waiting))
        stats = self.stats
        stats["throughput"].set(about(t("play.inspector.rps", value=figures.rate(node.throughput_rps))))
        failing = t("play.inspector.rps", value=figures.rate(node.failing_rps))
        stats["failing"].set(about(failing), "error" if failing_badly(node) else "text")
        over = node.wires > self.kind.free_wires and self.kind.wire_overhead > 0
        stats["wires"].set(str(node.wires), "warn" if over else "text")
        if "slots" in stats:
            stats["p95"].set(about(figures.latency(node.p95_ms)))
            slots = t("play.inspector.of", value=node.in_service + node.calling, total=node.slots)
            stats["slots"].set(about(slots))
            stats["speed"].set(about(figures.percent(node.speed)), "warn" if node.speed < SLOW else "text")

    def _cap_text(self) -> str:
        return self.page.ctx.i18n.t("play.inspector.rps", value=figures.count(self.cap))


def failing_badly(node: NodeView) -> bool:
    """Whether requests fail here that should not: what a filter blocks is no trouble."""
    return node.failing_reason not in (None, FailureReason.FORBIDDEN)
