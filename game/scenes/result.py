"""After a run: the grade, what made it, what went wrong when and why, and one piece of advice."""

from __future__ import annotations

import pygame

from engine import replay
from engine.scoring import WEIGHT_LATENCY, WEIGHT_THROUGHPUT, WEIGHT_UPTIME
from engine.view import Incident, RunResult
from game.clipboard import copy_text
from game.context import Context
from game.hud import figures, texts
from game.hud.history_chart import HistoryChart
from game.hud.stat import Bar, Stat
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.scenes.start import new_seed
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel, Widget

MARGIN = 40
GAP = 16
SHOWN_INCIDENTS = 5
REVEAL_S = 0.7


class _Grade(Widget):
    """The letter; it settles in from a larger size unless motion is reduced."""

    def __init__(self, ctx: Context, letter: str) -> None:
        super().__init__(ctx)
        self.letter = letter
        self.age_s = REVEAL_S if ctx.settings.reduced_motion else 0.0

    def update(self, dt_s: float) -> None:
        """Settle."""
        if self.age_s < REVEAL_S:
            self.age_s = min(REVEAL_S, self.age_s + dt_s)
            self.invalidate()

    def paint(self, surface: pygame.Surface) -> None:
        """A ring that closes around the letter."""
        palette, px = self.ctx.theme.palette, self.px
        colour = {"S": palette.accent, "A": palette.ok, "B": palette.ok, "F": palette.error}.get(
            self.letter, palette.warn
        )
        share = self.age_s / REVEAL_S
        eased = 1.0 - (1.0 - share) ** 3
        radius = px(84) + round((1.0 - eased) * px(20))
        pygame.draw.aacircle(surface, palette.line, self.rect.center, px(84), px(6))
        pygame.draw.aacircle(surface, colour.lerp(palette.panel, 1.0 - eased), self.rect.center, radius, px(6))
        letter = self.ctx.text.get(self.letter, "grade", colour.lerp(palette.panel, 1.0 - eased))
        surface.blit(letter, letter.get_rect(center=self.rect.center))


class _Chart(Widget):
    """The history as a widget."""

    def __init__(self, ctx: Context, chart: HistoryChart) -> None:
        super().__init__(ctx)
        self.chart = chart

    def paint(self, surface: pygame.Surface) -> None:
        """Draw it."""
        self.chart.draw(surface, self.rect)


class ResultScene(Screen):
    """Shows the result of a session. best: whether it is the stage's best so far."""

    def __init__(self, ctx: Context, session: Session, best: bool) -> None:
        super().__init__(ctx)
        self.session, self.best = session, best
        result = session.view.result
        if result is None:
            raise ValueError("the run is not over")
        self.result: RunResult = result
        self.note = ""

    def enter(self) -> None:
        """The letter is heard, too."""
        self.ctx.audio.music("menu")
        self.ctx.audio.play("grade_reveal")

    def build(self) -> None:
        """The grade left, what happened right, the ways on below."""
        ctx, t, result = self.ctx, self.ctx.i18n.t, self.result
        lost_at = figures.clock(self.session.view.time_s)
        tone = "ok" if result.outcome == "won" else "error"
        self.title = self.root.add(Label(ctx, t(f"result.{result.outcome}"), "title", tone))
        self.line = self.root.add(Label(ctx, t(f"result.{result.outcome}_line", time=lost_at), "body", "muted"))
        self.left = self.root.add(Panel(ctx))
        self.grade = self.left.add(_Grade(ctx, result.grade))
        self.score = self.left.add(Stat(ctx, t("result.score"), role="title"))
        self.score.set(
            figures.count(result.score), "accent" if self.best else "text", t("result.best") if self.best else ""
        )
        self.parts = [self.left.add(bar) for bar in self._parts()]
        self.stats = [self.left.add(stat) for stat in self._stats()]
        self.right = self.root.add(Panel(ctx))
        self.chart_head = self.right.add(Label(ctx, t("result.traffic"), "strong", "accent"))
        self.chart = self.right.add(_Chart(ctx, HistoryChart(ctx, self.session.view.series, result.incidents)))
        self.below = self.root.add(Panel(ctx))
        self.incident_head = self.below.add(Label(ctx, t("result.incidents"), "strong", "accent"))
        self.incidents = [self.below.add(Label(ctx, line, "small", wrap=True)) for line in self._incidents()]
        self.advice_head = self.below.add(Label(ctx, t("result.advice"), "strong", "accent"))
        kind = t(f"node.{result.advice_kind}.name") if result.advice_kind else ""
        self.advice = self.below.add(Label(ctx, t(f"advice.{result.advice}", kind=kind), "body", wrap=True))
        self.buttons = [
            self.root.add(Button(ctx, t("result.retry"), self._retry, icon="rotate-ccw", kind=Kind.PRIMARY)),
            self.root.add(Button(ctx, t("result.new_seed"), self._new, icon="dices")),
            self.root.add(Button(ctx, t("result.share"), self._share, icon="share")),
            self.root.add(Button(ctx, t("result.stage_select"), self._stages, icon="list")),
        ]
        self.note_label = self.root.add(Label(ctx, self.note, "small", "muted", align="right"))

    def _parts(self) -> list[Bar]:
        ctx, t, result = self.ctx, self.ctx.i18n.t, self.result
        bars = []
        for key, share, weight in (
            ("throughput", result.part_throughput, WEIGHT_THROUGHPUT),
            ("latency", result.part_latency, WEIGHT_LATENCY),
            ("uptime", result.part_uptime, WEIGHT_UPTIME),
        ):
            bar = Bar(ctx, t(f"result.part_{key}"), alarming=False)
            bar.set(share, f"{figures.percent(share)} · {t('result.weight', share=figures.percent(weight))}")
            bars.append(bar)
        return bars

    def _stats(self) -> list[Stat]:
        t, result = self.ctx.i18n.t, self.result
        tail = " / ".join(figures.latency(value) for value in (result.p50_ms, result.p95_ms, result.p99_ms))
        rows = (
            ("max_rps", t("play.inspector.rps", value=figures.rate(result.max_rps))),
            ("users", figures.count(result.users)),
            ("uptime", figures.percent(result.uptime)),
            ("latency", figures.latency(result.latency_ms)),
            ("errors", figures.percent(result.error_rate)),
            ("percentiles", tail),
        )
        stats = []
        for key, value in rows:
            stat = Stat(self.ctx, t(f"result.{key}"), role="strong")
            stat.set(value)
            stats.append(stat)
        return stats

    def _incidents(self) -> list[str]:
        t, incidents = self.ctx.i18n.t, self.result.incidents
        if not incidents:
            return [t("result.no_incidents")]
        worst = sorted(incidents, key=lambda incident: -incident.count)[:SHOWN_INCIDENTS]
        lines = [self._incident(incident) for incident in sorted(worst, key=lambda incident: incident.start_s)]
        if len(incidents) > SHOWN_INCIDENTS:
            lines.append(t("result.more_incidents", count=len(incidents) - SHOWN_INCIDENTS))
        return lines

    def _incident(self, incident: Incident) -> str:
        i18n, view = self.ctx.i18n, self.session.view
        node = texts.node_name(i18n, view, incident.node, incident.kind)
        what = i18n.t(
            "result.incident_line",
            count=figures.count(incident.count),
            reason=texts.reason(i18n, incident.reason),
            node=node,
        )
        if incident.cause == incident.node:
            why = i18n.t("result.incident_cause_self")
        else:
            cause = texts.node_name(i18n, view, incident.cause, incident.cause_kind)
            why = i18n.t("result.incident_cause", cause=cause)
        return f"{figures.clock(incident.start_s)}  {what} – {why}"

    def arrange(self) -> None:
        """Two columns over a row of buttons."""
        px = self.px
        width, height = self.size
        left = px(MARGIN)
        self.title.layout(pygame.Rect(left, px(26), width // 2, px(44)))
        self.line.layout(pygame.Rect(left, px(68), width // 2, px(24)))
        top, bottom = px(104), height - px(84)
        column = px(372)
        self.left.layout(pygame.Rect(left, top, column, bottom - top))
        self._arrange_left(pygame.Rect(left + px(24), top + px(14), column - px(48), bottom - top - px(28)))
        x = left + column + px(GAP)
        right = width - left - x
        split = top + (bottom - top) * 46 // 100
        self.right.layout(pygame.Rect(x, top, right, split - top - px(GAP)))
        self.chart_head.layout(pygame.Rect(x + px(20), top + px(10), right - px(40), px(24)))
        self.chart.layout(pygame.Rect(x + px(14), top + px(40), right - px(28), split - top - px(GAP + 52)))
        self.below.layout(pygame.Rect(x, split, right, bottom - split))
        self._arrange_below(pygame.Rect(x + px(20), split + px(12), right - px(40), bottom - split - px(24)))
        bx = left
        for button in self.buttons:
            wide = button.natural_width() + px(16)
            button.layout(pygame.Rect(bx, height - px(66), wide, px(44)))
            bx += wide + px(12)
        self.note_label.layout(pygame.Rect(bx, height - px(66), width - left - bx, px(44)))

    def _arrange_left(self, area: pygame.Rect) -> None:
        px = self.px
        self.grade.layout(pygame.Rect(area.left, area.top + px(4), px(184), px(184)))
        self.score.layout(pygame.Rect(area.left + px(200), area.top + px(60), area.width - px(200), px(70)))
        y = area.top + px(200)
        for bar in self.parts:
            bar.layout(pygame.Rect(area.left, y, area.width, px(34)))
            y += px(44)
        y += px(6)
        cell = area.width // 2
        for index, stat in enumerate(self.stats):
            stat.layout(pygame.Rect(area.left + (index % 2) * cell, y, cell - px(6), px(44)))
            if index % 2:
                y += px(52)

    def _arrange_below(self, area: pygame.Rect) -> None:
        px = self.px
        half = area.width * 56 // 100
        self.incident_head.layout(pygame.Rect(area.left, area.top, half, px(24)))
        y = area.top + px(28)
        for label in self.incidents:
            tall = label.height_for(half - px(16))
            label.layout(pygame.Rect(area.left, y, half - px(16), tall))
            y += tall + px(4)
        x = area.left + half + px(12)
        self.advice_head.layout(pygame.Rect(x, area.top, area.right - x, px(24)))
        self.advice.layout(pygame.Rect(x, area.top + px(28), area.right - x, area.height - px(28)))

    def back(self) -> Scene | None:
        """To the stages."""
        from game.scenes.stage_select import StageSelectScene  # screens lead to each other in circles

        return StageSelectScene(self.ctx)

    def _stages(self) -> None:
        self.next_scene = self.back()

    def _play(self, seed: int) -> None:
        from game.scenes.play import PlayScene  # as above

        self.next_scene = PlayScene(self.ctx, Session(self.session.stage_ref, self.session.stage, seed))

    def _retry(self) -> None:
        self._play(self.session.seed)

    def _new(self) -> None:
        self._play(new_seed())

    def _share(self) -> None:
        code = replay.to_text(self.session.sim.run)
        copied = copy_text(code)
        self.note = self.ctx.i18n.t("result.share_copied" if copied else "result.share_failed")
        self.note_label.set(self.note)
