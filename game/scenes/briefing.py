"""The briefing: what is asked, what is coming, and what there is to begin with."""

from __future__ import annotations

import pygame

from game.context import Context
from game.hud import figures
from game.hud.objectives import ObjectiveLine
from game.hud.stat import Stat
from game.money import money
from game.plans import plan_of
from game.savegame import best_of
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.session import Session
from game.stage_refs import DAILY, SANDBOX, daily_modifiers, open_stage, text_id, variant_of
from game.ui.button import Button, Kind
from game.ui.choice import Segmented
from game.ui.label import Label
from game.ui.widget import Panel, Widget
from game.view.chart import ForecastChart
from game.view.map import MapView

MARGIN = 48
TEXT_WIDTH = 452
GAP = 24
FOOT = 84
GOAL_LINE = 26
STAT = 54
BUDGETS = (500, 2_000, 10_000, 100_000, 1_000_000)
# Where the words begin, the room between them, and their share of the width: airy first.
DENSITIES = ((40, 22, 0.4), (32, 15, 0.47), (20, 8, 0.47))


class _Goal(Widget):
    """A line of the task, with its icon."""

    def __init__(self, ctx: Context, icon: str, text: str) -> None:
        super().__init__(ctx)
        self.icon, self.text = icon, text

    def height_for(self, width: int) -> int:
        """The height in pixels at a width."""
        lines = self.ctx.text.wrap(self.text, "body", width - self.px(30))
        return max(self.px(GOAL_LINE), len(lines) * self.ctx.text.line_height("body") + self.px(6))

    def paint(self, surface: pygame.Surface) -> None:
        """Icon and words."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        step = ctx.text.line_height("body")
        icon = ctx.icons.get(self.icon, 18, palette.accent)
        surface.blit(icon, icon.get_rect(midleft=(self.rect.left, self.rect.top + step // 2)))
        for index, line in enumerate(ctx.text.wrap(self.text, "body", self.rect.width - px(30))):
            drawn = ctx.text.get(line, "body", palette.text)
            surface.blit(drawn, (self.rect.left + px(30), self.rect.top + index * step))


class BriefingScene(Screen):
    """The stage before the set-up. The run's seed is decided, so the map that is shown is the one that is played."""

    def __init__(self, ctx: Context, stage_ref: str, seed: int) -> None:
        super().__init__(ctx)
        self.session = Session(stage_ref, open_stage(stage_ref), seed)
        self.stage = self.session.stage
        self.map = MapView(ctx, self.session, self.stage, bare=True)
        self.chart = ForecastChart(ctx)

    def enter(self) -> None:
        """Still the music of the menu."""
        self.ctx.audio.music("menu")

    def build(self) -> None:
        """Words on the left; forecast and starting architecture on the right."""
        ctx, t, stage = self.ctx, self.ctx.i18n.t, self.stage
        texts_of = f"stage.{text_id(stage.id)}"
        self.name = self.root.add(Label(ctx, t(f"{texts_of}.name"), "title"))
        self.story = self.root.add(Label(ctx, t(f"{texts_of}.story"), "body", wrap=True))
        self.lesson_head = self.root.add(Label(ctx, t("briefing.lesson"), "small", "accent"))
        self.lesson = self.root.add(Label(ctx, t(f"{texts_of}.lesson"), "body", "muted", wrap=True))
        self.goals_head = self.root.add(Label(ctx, t("briefing.goals"), "small", "accent"))
        self.goals = [self.root.add(goal) for goal in self._goals()]
        self.budgets = self.root.add(self._budgets())
        self.stats = [self.root.add(stat) for stat in self._stats()]
        self.forecast = self.root.add(Panel(ctx))
        self.forecast_head = self.forecast.add(Label(ctx, t("briefing.forecast"), "strong"))
        self.events = self.forecast.add(Label(ctx, self._known_events(), "small", "muted", align="right"))
        self.start_head = self.root.add(Label(ctx, t("briefing.start"), "strong"))
        self.back_button = self.root.add(
            Button(ctx, t("briefing.back"), self._go_back, icon="arrow-left", kind=Kind.QUIET)
        )
        self.setup_button = self.root.add(
            Button(ctx, t("briefing.setup"), self._set_up, icon="arrow-right", kind=Kind.PRIMARY, action="start")
        )

    def _goals(self) -> list[_Goal | ObjectiveLine]:
        t, stage, goal = self.ctx.i18n.t, self.stage, self.stage.goal
        if stage.sandbox:
            lines = [("sandbox", t("sandbox.goal_free")), ("bolt", t("sandbox.goal_fire")), *self._plan()]
            return [_Goal(self.ctx, icon, text) for icon, text in lines]
        best = {"rps": figures.count(goal.max_rps), "latency": figures.latency(goal.latency_good_ms)}
        time = figures.clock(stage.duration_s)
        lines = [
            ("timer", t("endless.goal") if stage.endless else t("briefing.goal_survive", time=time)),
            ("gauge", t("briefing.goal_errors", limit=figures.limit(goal.error_threshold))),
            ("trophy", t("briefing.goal_rps", **best)),
            ("wallet", t("briefing.goal_budget")),
        ]
        day = variant_of(stage.id, DAILY)
        lines += [("calendar-days", t(f"daily.{change}")) for change in (daily_modifiers(day) if day else ())]
        bonus = [ObjectiveLine(self.ctx, stage, objective, "body") for objective in stage.objectives]
        return [*(_Goal(self.ctx, icon, text) for icon, text in lines), *bonus]

    def _plan(self) -> list[tuple[str, str]]:
        """Of a sandbox with a plan: what it is made of, two to a line, and what it costs."""
        ref = text_id(self.stage.id)
        if ref == SANDBOX:
            return []
        plan = plan_of(self.ctx.i18n, ref, self.stage, self.session.view.finance.running_month)
        pairs = [plan.figures[at : at + 2] for at in range(0, len(plan.figures), 2)]
        lines = [(pair[0].icon, " · ".join(figure.text for figure in pair)) for pair in pairs]
        return [*lines, ("wallet", " ".join(part for part in (plan.price, plan.unit, plan.running) if part))]

    def _budgets(self) -> Segmented:
        """In a sandbox without a plan: with how much money to begin."""
        options = [(str(budget), money(self.ctx.i18n, budget)) for budget in BUDGETS]
        chosen = f"{self.stage.budget:.0f}"
        budgets = Segmented(self.ctx, options, chosen, self._begin_with, self.ctx.i18n.t("sandbox.budget_tip"))
        budgets.visible = text_id(self.stage.id) == SANDBOX
        return budgets

    def _begin_with(self, budget: str) -> None:
        self.next_scene = BriefingScene(self.ctx, f"{SANDBOX}-{budget}", self.session.seed)

    def _stats(self) -> list[Stat]:
        i18n, stage, view = self.ctx.i18n, self.stage, self.session.view
        days = stage.duration_s / stage.day_s
        best = best_of(self.ctx.storage, stage.id)
        stats = {
            "budget": money(i18n, view.budget),
            "upkeep": money(i18n, view.keep_per_day),
            "users": figures.count(view.users),
            "duration": i18n.t("briefing.days", days=f"{round(days, 1):g}"),
            "best": str(best.get("grade") or i18n.t("briefing.never")),
        }
        idle = {"duration", "best"} if stage.endless or stage.sandbox else set()
        idle |= {"users"} if stage.traffic.users is None else set()
        made = []
        for key, value in stats.items():
            if key in idle:
                continue
            stat = Stat(self.ctx, i18n.t(f"briefing.{key}"))
            stat.set(value)
            made.append(stat)
        return made

    def _known_events(self) -> str:
        i18n = self.ctx.i18n
        known = (event for event in self.session.view.forecast.events if event.starts_at_s > 0)
        events = sorted(known, key=lambda event: event.starts_at_s)
        if not events:
            return i18n.t("briefing.no_events")
        return " · ".join(
            f"{i18n.t(f'department.{event.department.value}')} {figures.clock(event.starts_at_s)}" for event in events
        )

    def arrange(self) -> None:
        """Two columns over a foot with the way back and the way on."""
        px = self.px
        left, foot = px(MARGIN), self.size[1] - px(FOOT)
        for top, gap, share in DENSITIES:
            width = min(px(TEXT_WIDTH), round(self.size[0] * share))
            y = self._arrange_words(left, px(top), width, px(gap)) + px(gap)
            if y <= foot - px(2 * STAT):
                break
        top, column = px(top), width // 3
        for index, stat in enumerate(self.stats):
            line, place = divmod(index, 3)
            stat.layout(pygame.Rect(left + place * column, y + line * px(STAT), column - px(10), px(STAT - 6)))
        self._arrange_right(left + width + px(MARGIN), top, foot)
        row = pygame.Rect(left, foot + px(16), self.back_button.natural_width(), px(46))
        self.back_button.layout(row)
        wide = max(px(220), self.setup_button.natural_width())
        self.setup_button.layout(pygame.Rect(self.size[0] - left - wide, row.top, wide, row.height))

    def _arrange_words(self, left: int, top: int, width: int, gap: int) -> int:
        """Story, lesson, task and choice, one below the other; returns where they end."""
        px = self.px
        self.name.layout(pygame.Rect(left, top, width, px(44)))
        y = self._stack(self.story, left, top + px(34) + gap, width) + gap
        y = self._stack(self.lesson_head, left, y, width) + px(4)
        y = self._stack(self.lesson, left, y, width) + gap
        y = self._stack(self.goals_head, left, y, width) + px(6)
        for goal in self.goals:
            height = goal.height_for(width)
            goal.layout(pygame.Rect(left, y, width, height))
            y += height
        if self.budgets.visible:
            self.budgets.layout(pygame.Rect(left, y + gap, width, px(36)))
            y += gap + px(36)
        return y

    def _stack(self, label: Label, left: int, top: int, width: int) -> int:
        height = label.height_for(width)
        label.layout(pygame.Rect(left, top, width, height))
        return top + height

    def _arrange_right(self, left: int, top: int, foot: int) -> None:
        px = self.px
        width = self.size[0] - px(MARGIN) - left
        height = (foot - top - px(GAP)) // 2
        self.forecast.layout(pygame.Rect(left, top, width, height))
        head = px(40)
        title = self.ctx.text.width(self.forecast_head.text, "strong")
        self.forecast_head.layout(pygame.Rect(left + px(16), top, title, head))
        events = left + px(16) + title + px(16)
        self.events.layout(pygame.Rect(events, top, left + width - px(16) - events, head))
        self.chart.layout(pygame.Rect(left + px(12), top + head, width - px(24), height - head - px(8)))
        map_top = top + height + px(GAP)
        self.start_head.layout(pygame.Rect(left + px(16), map_top, width, head))
        self.map.layout(pygame.Rect(left, map_top + head, width, foot - map_top - head))
        self.map.fit()
        self.map.camera.jump()

    def update(self, dt_s: float) -> None:
        """The chart follows the world, which stands still."""
        super().update(dt_s)
        self.chart.update(self.session.view)
        self.map.update(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """Widgets, the chart over its panel, the map, and its frame."""
        palette = self.ctx.theme.palette
        surface.fill(palette.bg)
        self.root.draw(surface)
        self.chart.draw(surface)
        self.map.draw(surface)
        pygame.draw.rect(surface, palette.line, self.map.rect, self.px(1))
        self.tooltips.draw(surface)

    def back(self) -> Scene | None:
        """To the choice of stages; from a sandbox to that of plans."""
        from game.scenes.plans import PlansScene  # screens lead to each other in circles
        from game.scenes.stage_select import StageSelectScene  # as above

        return PlansScene(self.ctx) if self.stage.sandbox else StageSelectScene(self.ctx)

    def _go_back(self) -> None:
        self.next_scene = self.back()

    def _set_up(self) -> None:
        from game.scenes.play import PlayScene  # as above

        self.ctx.audio.play("ui_click")
        self.next_scene = PlayScene(self.ctx, self.session)
