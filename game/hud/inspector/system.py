"""The inspector's page about the whole system."""

from __future__ import annotations

import math

from engine.spec import FailureReason
from engine.view import Totals
from game.context import Context
from game.hud import figures
from game.hud.inspector.migration import MigrationSection, migration_shape
from game.hud.inspector.page import Hands, Page
from game.hud.objectives import objectives_section
from game.hud.sandbox import sandbox_section
from game.hud.stat import Bar, Stat
from game.money import money
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll

OVERVIEW = ("in_system", "done", "failed", "income", "keep_total", "net")
MOST_DEATHS = 4


class SystemPage(Page):
    """What counts, what was lost on the way, and where requests died."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll, hands: Hands) -> None:
        super().__init__(ctx, session, scroll, hands)
        self.place(self.add(Label(ctx, ctx.i18n.t("play.inspector.overview"), "heading")), 28)
        self.down(32)
        self.paragraph(ctx.i18n.t("play.inspector.hint"))
        self._overview()
        if session.stage.sandbox:
            sandbox_section(self)
        else:
            self._goals()
        objectives_section(self)
        MigrationSection(self)
        self._quality()
        self._where()

    @staticmethod
    def shape(session: Session) -> object:
        """What changes the page's shape."""
        return (tuple(quality(session.view.totals)), migration_shape(session))

    def _overview(self) -> None:
        ctx, t = self.ctx, self.ctx.i18n.t
        stats = {name: self.add(Stat(ctx, t(f"play.inspector.{name}"), role="strong")) for name in OVERVIEW}
        ordered = [stats[OVERVIEW[row + 3 * column]] for row in range(3) for column in range(2)]
        self.grid(ordered, columns=2)
        self.always(lambda: self._update_overview(stats))

    def _update_overview(self, stats: dict[str, Stat]) -> None:
        i18n, view = self.ctx.i18n, self.session.view
        totals = view.totals
        failed = sum(totals.failed.values()) - totals.attacks_failed
        stats["in_system"].set(figures.count(totals.in_system))
        stats["done"].set(figures.count(totals.done - totals.attacks_done))
        stats["failed"].set(figures.count(failed), "error" if failed else "text")
        net = view.income_per_day - view.running_per_day
        stats["income"].set(money(i18n, view.income_per_day))
        stats["keep_total"].set(money(i18n, view.running_per_day))
        stats["net"].set(money(i18n, net), "ok" if net >= 0 else "warn")

    def _goals(self) -> None:
        ctx, t = self.ctx, self.ctx.i18n.t
        self.head(t("play.inspector.goals"))
        survive = t("play.inspector.goal_survive", time=figures.clock(self.session.stage.duration_s))
        self.paragraph(survive, "text")
        rps, latency = (self.add(Bar(ctx, "", alarming=False)) for _ in range(2))
        self.bar(rps)
        self.bar(latency)
        self.always(lambda: self._update_goals(rps, latency))

    def _update_goals(self, rps: Bar, latency: Bar) -> None:
        t, view, goal = self.ctx.i18n.t, self.session.view, self.session.stage.goal
        now = figures.rate(view.max_rps)
        name = t("play.inspector.goal_rps", now=now, goal=figures.count(goal.max_rps))
        rps.set(view.max_rps / goal.max_rps, "", name)
        mean = view.mean_latency_ms
        good = 0.0 if math.isnan(mean) else (goal.latency_bad_ms - mean) / (goal.latency_bad_ms - goal.latency_good_ms)
        best = figures.latency(goal.latency_good_ms)
        latency.set(good, "", t("play.inspector.goal_latency", now=figures.latency(mean), goal=best))

    def _quality(self) -> None:
        """What went wrong without a failed request, and what was done twice or for nothing."""
        names = tuple(quality(self.session.view.totals))
        if not names:
            return
        t = self.ctx.i18n.t
        self.head(t("play.quality.head"))
        stats = {
            name: self.add(Stat(self.ctx, t(f"play.quality.{name}"), t(f"play.quality.tip.{name}"), role="strong"))
            for name in names
        }
        self.grid(list(stats.values()))

        def update() -> None:
            now = quality(self.session.view.totals)
            for name, stat in stats.items():
                stat.set(figures.count(now.get(name, 0)), "error" if name in ("lost_writes", "dead") else "text")

        self.always(update)

    def _where(self) -> None:
        t = self.ctx.i18n.t
        self.head(t("play.inspector.where"))
        where = self.add(Label(self.ctx, "", "small", wrap=True))
        height = 20 * MOST_DEATHS
        self.place(where, height)
        self.down(height)
        self.always(lambda: where.set(self._deaths()))

    def _deaths(self) -> str:
        i18n, view = self.ctx.i18n, self.session.view
        alive = set(view.node_ids)
        deaths = [
            (count, node, reason)
            for node, failed in view.failures_by_node().items()
            for reason, count in failed.items()
            if count and node in alive and reason is not FailureReason.FORBIDDEN
        ]
        if not deaths:
            return i18n.t("play.inspector.nowhere")
        # Only what is shown gets its words: a name looks at every node.
        lines = [
            f"{figures.count(count)} × {int(reason)} · {self.names.of(node)}"
            for count, node, reason in sorted(deaths, reverse=True)[:MOST_DEATHS]
        ]
        return "\n".join(self.ctx.text.fit(line, "small", self.width) for line in lines)


def quality(totals: Totals) -> dict[str, int]:
    """The counters of a run that tell something, in the order in which they are shown."""
    counters = {
        "retries": totals.retries,
        "wasted": totals.wasted,
        "stale": totals.stale,
        "lost_writes": totals.lost_writes,
        "delivered": totals.delivered,
        "dead": totals.dead,
        "attacks": totals.attacks_done + totals.attacks_failed,
    }
    return {name: count for name, count in counters.items() if count}
