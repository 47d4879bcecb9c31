"""The inspector's page about the whole system, or about several selected nodes."""

from __future__ import annotations

import math

from game.context import Context
from game.hud import figures, texts
from game.hud.inspector_page import Page
from game.hud.stat import Bar, Stat
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll


class SystemPage(Page):
    """selected: how many nodes are."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll, selected: int) -> None:
        super().__init__(ctx, session, scroll)
        self.selected = selected
        self._overview()

    def _overview(self) -> None:
        ctx, t, stage = self.ctx, self.ctx.i18n.t, self.session.stage
        many = self.selected > 1
        title = t("play.inspector.selected", count=self.selected) if many else t("play.inspector.overview")
        self._place(self.add(Label(ctx, title, "heading")), 28)
        self._down(32)
        hint = self.add(Label(ctx, t("play.inspector.hint"), "small", "muted", wrap=True))
        self._place(hint, 38)
        self._down(44)
        names = ("in_system", "done", "failed", "income", "keep_total", "net")
        stats = {name: self.add(Stat(ctx, t(f"play.inspector.{name}"), role="strong")) for name in names}
        for index, stat in enumerate(stats.values()):
            row, column = index % 3, index // 3
            self._y += self.px(46) * row
            self._place(stat, 40, column / 2, (column + 1) / 2 - 0.02)
            self._y -= self.px(46) * row
        self._down(3 * 46)
        self._updates.append(lambda _: self._update_overview(stats))
        self._head(t("play.inspector.goals"))
        survive = t("play.inspector.goal_survive", time=figures.clock(stage.duration_s))
        self._place(self.add(Label(ctx, survive, "small", wrap=True)), 38)
        self._down(42)
        rps, latency = (self.add(Bar(ctx, "", alarming=False)) for _ in range(2))
        for bar in (rps, latency):
            self._place(bar, 32)
            self._down(38)
        self._updates.append(lambda _: self._update_goals(rps, latency))
        self._head(t("play.inspector.where"))
        where = self.add(Label(ctx, "", "small", wrap=True))
        self._place(where, 80)
        self._down(80)
        self._updates.append(lambda _: where.set(self._where()))

    def _update_overview(self, stats: dict[str, Stat]) -> None:
        i18n, view = self.ctx.i18n, self.session.view
        totals = view.totals
        failed = sum(totals.failed.values())
        stats["in_system"].set(figures.count(totals.in_system))
        stats["done"].set(figures.count(totals.done))
        stats["failed"].set(figures.count(failed), "error" if failed else "text")
        net = view.income_per_day - view.keep_per_day
        stats["income"].set(texts.money(i18n, view.income_per_day))
        stats["keep_total"].set(texts.money(i18n, view.keep_per_day))
        stats["net"].set(texts.money(i18n, net), "ok" if net >= 0 else "warn")

    def _update_goals(self, rps: Bar, latency: Bar) -> None:
        t, view, goal = self.ctx.i18n.t, self.session.view, self.session.stage.goal
        now = figures.rate(view.max_rps)
        name = t("play.inspector.goal_rps", now=now, goal=figures.count(goal.max_rps))
        rps.set(view.max_rps / goal.max_rps, "", name)
        mean = view.mean_latency_ms
        good = 0.0 if math.isnan(mean) else (goal.latency_bad_ms - mean) / (goal.latency_bad_ms - goal.latency_good_ms)
        best = figures.latency(goal.latency_good_ms)
        latency.set(good, "", t("play.inspector.goal_latency", now=figures.latency(mean), goal=best))

    def _where(self) -> str:
        i18n, view = self.ctx.i18n, self.session.view
        deaths = [
            (count, texts.node_name(i18n, view, node), texts.reason(i18n, reason))
            for node, failed in view.failures_by_node().items()
            for reason, count in failed.items()
            if count and node in view.node_ids
        ]
        if not deaths:
            return i18n.t("play.inspector.nowhere")
        deaths.sort(reverse=True)
        return "\n".join(f"{figures.count(count)} × {reason} · {name}" for count, name, reason in deaths[:4])
