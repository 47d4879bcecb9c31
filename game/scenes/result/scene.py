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
from game.hud.history_chart import CurveHistory, TrafficHistory
from game.hud.overlay import Overlay
from game.hud.share_page import share_page
from game.savegame import endless_run, endless_runs, place_of
from game.scenes.base import Scene
from game.scenes.result.panels import AdvicePanel, ChartPanel, IncidentPanel
from game.scenes.result.postmortem import missed_lesson
from game.scenes.result.story import BestRunsPanel, PostmortemPanel, StarsPanel
from game.scenes.result.tiles import Tiles
from game.scenes.result.verdict import Verdict
from game.scenes.screen import Screen
from game.scenes.start import new_seed
from game.session import Session
from game.stage_refs import DAILY, variant_of
from game.ui.button import Button, Kind
from game.ui.focus import ENTER, FocusRing
from stages.load import stage_names

MARGIN = 40
SIDE = 316
GAP = 16
FOOT = 76
TILE = 58
CHARTS = 230
CHART_SHARES, FEW_CHART_SHARES = (0.44, 0.28, 0.28), (0.6, 0.4)
ROOMY = 760
NO_PLACE = "–"
SIDE_WORDS = 360
LEAST_INCIDENTS = 92
LEGEND = (("answered", "ok"), ("failed", "error"), ("offered", "text"))


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
        self.place = place_of(ctx.storage, endless_run(session, result)) if session.stage.endless else 0
        letter = (str(self.place) if self.place else NO_PLACE) if session.stage.endless else result.grade
        self.ring = GradeRing(ctx, letter, share if result.outcome == "won" else 1.0)
        self.overlay: Overlay | None = None
        self.overlay_focus = FocusRing(self.root)

    def enter(self) -> None:
        """The shift is over."""
        self.ctx.audio.music("menu")

    # -- building -----------------------------------------------------------------------------------------------------
    def build(self) -> None:
        """The verdict on the left, the story of the run on the right."""
        self.verdict = self.root.add(Verdict(self.ctx, self.session, self.result, self.ring, self.best, self.place))
        self.tiles = self.root.add(Tiles(self.ctx, self.result))
        self.charts = [self.root.add(panel) for panel in self._charts()]
        self.postmortem = self.root.add(PostmortemPanel(self.ctx, self.session, self.result))
        self.stars = self.root.add(self._stars())
        self.incidents = self.root.add(IncidentPanel(self.ctx, self.session, self.result))
        lesson = missed_lesson(self.ctx.i18n, self.session.stage, self.result)
        self.advice = self.root.add(AdvicePanel(self.ctx, self.result, lesson))
        self._build_buttons()

    def _stars(self) -> StarsPanel | BestRunsPanel:
        """What the run has won; in the endless mode, where it stands among the best."""
        if not self.session.stage.endless:
            return StarsPanel(self.ctx, self.session, self.result)
        own = endless_run(self.session, self.result)
        return BestRunsPanel(self.ctx, endless_runs(self.ctx.storage), own)

    def _charts(self) -> tuple[ChartPanel, ChartPanel, ChartPanel]:
        ctx, t, view, goal = self.ctx, self.ctx.i18n.t, self.session.view, self.session.stage.goal
        series, incidents = view.series, self.result.incidents

        def rate(value: float) -> str:
            return t("result.rate", value=figures.count(value))

        traffic = TrafficHistory(ctx, series, incidents, rate)
        latency = CurveHistory(ctx, series, incidents, figures.latency, series.p95_ms, goal.latency_bad_ms)
        users = CurveHistory(ctx, series, incidents, figures.count, series.users)
        legend = [(t(f"result.{key}"), colour) for key, colour in LEGEND]
        return (
            ChartPanel(ctx, t("result.traffic"), traffic, legend),
            ChartPanel(ctx, t("result.latency_chart"), latency),
            ChartPanel(ctx, t("result.users_chart"), users),
        )

    def _build_buttons(self) -> None:
        ctx, t = self.ctx, self.ctx.i18n.t
        entries: tuple[tuple[str, str, Callable[[], None], Kind], ...] = (
            ("stage_select", "list", self._stages, Kind.QUIET),
            ("share", "share", self.share, Kind.NORMAL),
            ("new_seed", "random", self._new_seed, Kind.NORMAL),
            ("retry", "restart", self._retry, Kind.NORMAL if self.next_stage else Kind.PRIMARY),
            ("next.stage", "arrow-right", self._go_on, Kind.PRIMARY),
        )
        shown = {"next.stage": bool(self.next_stage), "new_seed": not variant_of(self.session.stage.id, DAILY)}
        self.buttons = {
            key: self.root.add(Button(ctx, t(f"result.{key}"), act, icon=icon, kind=kind))
            for key, icon, act, kind in entries
            if shown.get(key, True)
        }

    # -- arranging ----------------------------------------------------------------------------------------------------
    def arrange(self) -> None:
        """Verdict, tiles over charts over words, buttons at the foot."""
        px = self.px
        left, foot = px(MARGIN), self.size[1] - px(FOOT)
        side = min(px(SIDE), self.size[0] * 26 // 100)
        self.verdict.layout(pygame.Rect(left, px(28), side, foot - px(28)))
        x = left + side + px(MARGIN)
        width = self.size[0] - px(MARGIN) - x
        self.tiles.layout(pygame.Rect(x, px(34), width, px(TILE)))
        top = px(34 + TILE + 14)
        charts = min(px(CHARTS), (foot - top) * 31 // 100)
        self._arrange_charts(pygame.Rect(x, top, width, charts))
        words = top + charts + px(GAP)
        self._arrange_words(pygame.Rect(x, words, width, foot - words))
        self._arrange_buttons(left, foot)
        if self.overlay is not None:
            self.share()

    def _arrange_charts(self, area: pygame.Rect) -> None:
        """Side by side, the traffic the widest; that of the users only where there is room."""
        gap, x = self.px(GAP), area.left
        shares = CHART_SHARES if area.width >= self.px(ROOMY) else FEW_CHART_SHARES
        self.charts[2].visible = len(shares) == len(self.charts)
        for chart, share in zip(self.charts, shares, strict=False):
            wide = round((area.width - (len(shares) - 1) * gap) * share)
            chart.layout(pygame.Rect(x, area.top, wide, area.height))
            x += wide + gap

    def _arrange_words(self, area: pygame.Rect) -> None:
        """The post-mortem over the incidents on the left, the stars over the advice on the right."""
        gap = self.px(GAP)
        right = min(self.px(SIDE_WORDS), area.width * 42 // 100)
        left = area.width - right - gap
        self.incidents.visible = bool(self.result.incidents)
        tall = area.height
        if self.incidents.visible:
            tall = min(self.postmortem.height_for(left), area.height - gap - self.px(LEAST_INCIDENTS))
        self.postmortem.layout(pygame.Rect(area.left, area.top, left, tall))
        below = area.top + tall + gap
        self.incidents.layout(pygame.Rect(area.left, below, left, area.bottom - below))
        stars = self.stars.height_for(right)
        self.stars.layout(pygame.Rect(area.right - right, area.top, right, stars))
        below = area.top + stars + gap
        self.advice.layout(pygame.Rect(area.right - right, below, right, area.bottom - below))

    def _arrange_buttons(self, left: int, foot: int) -> None:
        px = self.px
        top, height = foot + px(16), px(44)
        stages = self.buttons["stage_select"]
        stages.layout(pygame.Rect(left, top, stages.natural_width(), height))
        x = self.size[0] - left
        for button in [button for key, button in self.buttons.items() if key != "stage_select"][::-1]:
            wide = button.natural_width() + px(16)
            x -= wide
            button.layout(pygame.Rect(x, top, wide, height))
            x -= px(12)

    # -- living -------------------------------------------------------------------------------------------------------
    def handle(self, event: pygame.event.Event) -> None:
        """A click or a key ends the animation; then everything as usual, but for Enter, which would leave at once."""
        if event.type in (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN) and not self.ring.revealed:
            self.ring.finish()
            if event.type == pygame.KEYDOWN and event.key in ENTER:
                return
        if self.overlay is None:
            super().handle(event)
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
            self._close_overlay()
        elif not self.overlay_focus.handle(event):
            self.overlay.handle(event)

    def draw(self, surface: pygame.Surface) -> None:
        """The widgets, and the share page over everything."""
        if self.overlay is None:
            super().draw(surface)
            return
        surface.fill(self.ctx.theme.palette.bg)
        self.root.draw(surface)
        self.overlay.draw(surface)

    # -- leaving ------------------------------------------------------------------------------------------------------
    def back(self) -> Scene | None:
        """To the choice of stages."""
        from game.scenes.stage_select import StageSelectScene  # screens lead to each other in circles

        return StageSelectScene(self.ctx)

    @property
    def next_stage(self) -> str:
        """The stage of the campaign that this victory opened; empty when there is none."""
        names = stage_names()
        if self.result.outcome != "won" or self.session.stage.id not in names:
            return ""
        return next(iter(names[names.index(self.session.stage.id) + 1 :]), "")

    def _go_on(self) -> None:
        from game.scenes.briefing import BriefingScene  # as above

        self.next_scene = BriefingScene(self.ctx, self.next_stage, new_seed())

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
