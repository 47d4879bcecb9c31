"""The result: the grade and what it is made of, the run as charts, what went wrong and why, and what to try next."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine import replay
from engine.scoring import Parts
from engine.view import RunResult
from game.context import Context
from game.hud import figures
from game.hud.grade import GradeRing
from game.hud.history_chart import CurveHistory, HistoryChart, TrafficHistory
from game.hud.incidents import MOST, IncidentList
from game.hud.overlay import Overlay
from game.hud.share_page import share_page
from game.hud.stat import Bar, Stat
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.scenes.start import new_seed
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.focus import FocusRing
from game.ui.label import Label
from game.ui.widget import Panel

MARGIN = 40
SIDE = 316
RING = 196
GAP = 16
FOOT = 76
HEAD = 34
TILE = 58


class ResultScene(Screen):
    """How a run ended. best: it is the stage's best so far. Raises ValueError for a run that is not over."""

    def __init__(self, ctx: Context, session: Session, best: bool = False) -> None:
        super().__init__(ctx)
        result = session.view.result
        if result is None:
            raise ValueError("this run is not over")
        self.session, self.best = session, best
        self.result: RunResult = result
        share = Parts(result.part_throughput, result.part_latency, result.part_uptime).total
        self.ring = GradeRing(ctx, result.grade, share if result.outcome == "won" else 1.0)
        self.charts: list[HistoryChart] = []
        self.overlay: Overlay | None = None
        self.overlay_focus = FocusRing(self.root)

    def enter(self) -> None:
        """The shift is over."""
        self.ctx.audio.music("menu")

    # -- building -----------------------------------------------------------------------------------------------------
    def build(self) -> None:
        """The verdict on the left, the story of the run on the right."""
        ctx, t, result = self.ctx, self.ctx.i18n.t, self.result
        end = figures.clock(self.session.view.time_s)
        won = result.outcome == "won"
        self.stage_name = self.root.add(Label(ctx, t(f"stage.{self.session.stage.id}.name"), "small", "muted"))
        self.outcome = self.root.add(Label(ctx, t(f"result.{result.outcome}"), "title", "text" if won else "error"))
        self.outcome_line = self.root.add(Label(ctx, t(f"result.{result.outcome}_line", time=end), "body", "muted"))
        self.root.add(self.ring)
        self.grade_line = self.root.add(Label(ctx, t(f"grade.{result.grade}"), "body", wrap=True))
        self.score = self.root.add(Stat(ctx, t("result.score")))
        self.best_label = self.root.add(
            Label(ctx, t("result.best") if self.best else "", "strong", "ok", align="right")
        )
        parts = ("throughput", "latency", "uptime")
        self.bars = {part: self.root.add(Bar(ctx, t(f"result.part_{part}"), alarming=False)) for part in parts}
        self.tiles = [self.root.add(stat) for stat in self._tiles()]
        self._build_charts()
        self._build_words()
        self._build_buttons()
        self._follow_ring()

    def _tiles(self) -> list[Stat]:
        i18n, result = self.ctx.i18n, self.result
        percentiles = figures.latencies(result.p50_ms, result.p95_ms, result.p99_ms)
        values = {
            "max_rps": i18n.t("result.rate", value=figures.rate(result.max_rps)),
            "users": figures.count(result.users),
            "uptime": figures.percent(result.uptime),
            "errors": figures.percent(result.error_rate),
            "latency": figures.latency(result.latency_ms),
            "percentiles": percentiles,
        }
        tiles = []
        for key, value in values.items():
            tile = Stat(self.ctx, i18n.t(f"result.{key}"))
            tile.set(value)
            tiles.append(tile)
        return tiles

    def _build_charts(self) -> None:
        ctx, t, view, goal = self.ctx, self.ctx.i18n.t, self.session.view, self.session.stage.goal
        series, incidents = view.series, self.result.incidents

        def rate(value: float) -> str:
            return t("result.rate", value=figures.count(value))

        charts = (
            ("traffic", TrafficHistory(ctx, series, incidents, rate)),
            (
                "latency_chart",
                CurveHistory(ctx, series, incidents, figures.latency, series.p95_ms, goal.latency_bad_ms),
            ),
            ("users_chart", CurveHistory(ctx, series, incidents, figures.count, series.users)),
        )
        self.charts = [chart for _, chart in charts]
        self.chart_panels = [self.root.add(Panel(ctx)) for _ in charts]
        self.chart_heads = [
            panel.add(Label(ctx, t(f"result.{key}"), "strong"))
            for panel, (key, _) in zip(self.chart_panels, charts, strict=True)
        ]
        legend = (("answered", "ok"), ("failed", "error"), ("offered", "text"))
        self.legend = [
            self.chart_panels[0].add(Label(ctx, t(f"result.{key}"), "small", colour, align="right"))
            for key, colour in legend
        ]

    def _build_words(self) -> None:
        ctx, t, result = self.ctx, self.ctx.i18n.t, self.result
        self.incident_panel = self.root.add(Panel(ctx))
        self.incident_head = self.incident_panel.add(Label(ctx, t("result.incidents"), "strong"))
        more = max(0, len(result.incidents) - MOST)
        self.incident_more = self.incident_panel.add(
            Label(ctx, t("result.more_incidents", count=more) if more else "", "small", "muted", align="right")
        )
        nothing = "" if result.incidents else t("result.no_incidents")
        self.incident_none = self.incident_panel.add(Label(ctx, nothing, "small", "muted", wrap=True))
        self.incident_list = self.incident_panel.add(IncidentList(ctx, self.session.view, result.incidents))
        self.advice_panel = self.root.add(Panel(ctx))
        self.advice_head = self.advice_panel.add(Label(ctx, t("result.advice"), "strong", "accent"))
        kind = t(f"node.{result.advice_kind}.name") if result.advice_kind else ""
        self.advice = self.advice_panel.add(Label(ctx, t(f"advice.{result.advice}", kind=kind), "body", wrap=True))

    def _build_buttons(self) -> None:
        ctx, t = self.ctx, self.ctx.i18n.t
        entries: tuple[tuple[str, str, Callable[[], None], Kind], ...] = (
            ("stage_select", "list", self._stages, Kind.QUIET),
            ("share", "share", self.share, Kind.NORMAL),
            ("new_seed", "random", self._new_seed, Kind.NORMAL),
            ("retry", "restart", self._retry, Kind.PRIMARY),
        )
        self.buttons = {
            key: self.root.add(Button(ctx, t(f"result.{key}"), act, icon=icon, kind=kind))
            for key, icon, act, kind in entries
        }

    # -- arranging ----------------------------------------------------------------------------------------------------
    def arrange(self) -> None:
        """Verdict, tiles over charts over words, buttons at the foot."""
        px = self.px
        left, foot = px(MARGIN), self.size[1] - px(FOOT)
        side = min(px(SIDE), self.size[0] * 26 // 100)
        self._arrange_verdict(left, px(28), side, foot)
        x = left + side + px(MARGIN)
        width = self.size[0] - px(MARGIN) - x
        self._arrange_tiles(x, px(34), width)
        top = px(34 + TILE + 14)
        words = max(px(148), (foot - top) * 27 // 100)
        charts = foot - top - words - 2 * px(GAP)
        upper = charts * 58 // 100
        self._arrange_chart(0, pygame.Rect(x, top, width, upper))
        half = (width - px(GAP)) // 2
        second = top + upper + px(GAP)
        self._arrange_chart(1, pygame.Rect(x, second, half, charts - upper))
        self._arrange_chart(2, pygame.Rect(x + width - half, second, half, charts - upper))
        self._arrange_words(x, foot - words, width, words)
        self._arrange_buttons(left, foot)
        if self.overlay is not None:
            self.share()

    def _arrange_verdict(self, left: int, top: int, width: int, foot: int) -> None:
        px = self.px
        self.stage_name.layout(pygame.Rect(left, top, width, px(22)))
        self.outcome.layout(pygame.Rect(left, top + px(22), width, px(42)))
        self.outcome_line.layout(pygame.Rect(left, top + px(66), width, px(24)))
        side = min(px(RING), foot - top - px(90 + 320))
        ring = pygame.Rect(left, top + px(106), side, side)
        ring.centerx = left + width // 2
        self.ring.layout(ring)
        y = ring.bottom + px(14)
        height = self.grade_line.height_for(width)
        self.grade_line.layout(pygame.Rect(left, y, width, height))
        y += height + px(14)
        self.score.layout(pygame.Rect(left, y, width // 2, px(46)))
        self.best_label.layout(pygame.Rect(left + width // 2, y + px(16), width - width // 2, px(28)))
        y += px(60)
        for bar in self.bars.values():
            bar.layout(pygame.Rect(left, y, width, px(34)))
            y += px(42)

    def _arrange_tiles(self, x: int, y: int, width: int) -> None:
        """Each as wide as its words, the rest shared; smaller figures where there is little room."""
        text, gap = self.ctx.text, self.px(12)
        for role in ("number", "strong"):
            wide = [max(text.width(t.name, "small"), text.width(t.value, role)) + gap for t in self.tiles]
            if sum(wide) <= width:
                break
        spare = max(0, width - sum(wide)) // len(self.tiles)
        for tile, natural in zip(self.tiles, wide, strict=True):
            tile.role = role
            tile.layout(pygame.Rect(x, y, natural + spare - gap, self.px(TILE)))
            x += natural + spare

    def _arrange_chart(self, index: int, rect: pygame.Rect) -> None:
        px = self.px
        self.chart_panels[index].layout(rect)
        self.chart_heads[index].layout(pygame.Rect(rect.left + px(14), rect.top, rect.width // 2, px(HEAD)))
        if index == 0:
            x = rect.right - px(14)
            for label in reversed(self.legend):
                wide = self.ctx.text.width(label.text, "small")
                label.layout(pygame.Rect(x - wide, rect.top, wide, px(HEAD)))
                x -= wide + px(18)
        body = pygame.Rect(rect.left + px(6), rect.top + px(HEAD), rect.width - px(12), rect.height - px(HEAD + 4))
        self.charts[index].layout(body)

    def _arrange_words(self, x: int, top: int, width: int, height: int) -> None:
        px = self.px
        advice = min(px(300), width * 2 // 5)
        incidents = pygame.Rect(x, top, width - advice - px(GAP), height)
        self.incident_panel.layout(incidents)
        self.incident_head.layout(pygame.Rect(x + px(14), top, incidents.width // 2, px(HEAD)))
        self.incident_more.layout(pygame.Rect(incidents.centerx, top, incidents.width // 2 - px(14), px(HEAD)))
        body = pygame.Rect(x + px(1), top + px(HEAD), incidents.width - px(2), height - px(HEAD + 6))
        self.incident_none.layout(body.inflate(-px(26), 0))
        self.incident_list.layout(body)
        panel = pygame.Rect(x + width - advice, top, advice, height)
        self.advice_panel.layout(panel)
        self.advice_head.layout(pygame.Rect(panel.left + px(14), top, advice - px(28), px(HEAD)))
        self.advice.layout(pygame.Rect(panel.left + px(14), top + px(HEAD), advice - px(28), height - px(HEAD + 8)))

    def _arrange_buttons(self, left: int, foot: int) -> None:
        px = self.px
        top, height = foot + px(16), px(44)
        stages = self.buttons["stage_select"]
        stages.layout(pygame.Rect(left, top, stages.natural_width(), height))
        x = self.size[0] - left
        for key in ("retry", "new_seed", "share"):
            button = self.buttons[key]
            wide = button.natural_width() + px(16)
            x -= wide
            button.layout(pygame.Rect(x, top, wide, height))
            x -= px(12)

    # -- living -------------------------------------------------------------------------------------------------------
    def handle(self, event: pygame.event.Event) -> None:
        """A click or a key ends the animation; then everything as usual."""
        if event.type in (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN) and not self.ring.revealed:
            self.ring.finish()
        if self.overlay is None:
            super().handle(event)
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self._close_overlay()
        elif not self.overlay_focus.handle(event):
            self.overlay.handle(event)

    def update(self, dt_s: float) -> None:
        """The ring closes, the bars and the score follow it."""
        super().update(dt_s)
        self._follow_ring()

    def _follow_ring(self) -> None:
        result, progress = self.result, self.ring.progress
        self.score.set(figures.count(result.score * progress))
        self.best_label.visible = self.ring.revealed
        for key, bar in self.bars.items():
            part: float = getattr(result, f"part_{key}")
            bar.set(part * progress, figures.percent(part * progress))

    def draw(self, surface: pygame.Surface) -> None:
        """The widgets, the charts over their panels, and the share page over everything."""
        surface.fill(self.ctx.theme.palette.bg)
        self.root.draw(surface)
        for chart in self.charts:
            chart.draw(surface)
        if self.overlay is not None:
            self.overlay.draw(surface)
        else:
            self.tooltips.draw(surface)

    # -- leaving ------------------------------------------------------------------------------------------------------
    def back(self) -> Scene | None:
        """To the choice of stages."""
        from game.scenes.stage_select import StageSelectScene  # screens lead to each other in circles

        return StageSelectScene(self.ctx)

    def _stages(self) -> None:
        self.next_scene = self.back()

    def _retry(self) -> None:
        from game.scenes.play import PlayScene  # as above

        old = self.session
        self.next_scene = PlayScene(self.ctx, Session(old.stage_ref, old.stage, old.seed))

    def _new_seed(self) -> None:
        from game.scenes.play import PlayScene  # as above

        old = self.session
        self.next_scene = PlayScene(self.ctx, Session(old.stage_ref, old.stage, new_seed()))

    def share(self) -> None:
        """Show the share code."""
        self.overlay = share_page(self.ctx, self.size, replay.to_text(self.session.sim.run), self._close_overlay)
        self.overlay_focus = FocusRing(self.overlay)

    def _close_overlay(self) -> None:
        self.overlay = None
