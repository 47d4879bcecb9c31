"""The page before a sandbox: the plans it can begin with, from one server to a cloud, or none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pygame

from game.context import Context
from game.plans import FREE, free_plan, plan_of
from game.scenes.base import Scene
from game.scenes.briefing import BUDGETS
from game.scenes.plan_cards import LEAST, PlanCard
from game.scenes.screen import Screen
from game.scenes.start import new_seed
from game.stage_refs import open_stage
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.scroll import Scroll
from stages.load import preset_names

MARGIN = 40
GAP = 14
WIDEST = 1500
HEAD, FOOT = 100, 72
ROW_HEAD = 28
COLUMNS = (4, 2)
BAR = 12
NARROWEST = 250
TALLEST = 300


class PlansScene(Screen):
    """Own hardware in the first row, everything else in the second; the free sandbox comes last."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.stages = {ref: open_stage(ref) for ref in (*preset_names(), FREE)}

    def enter(self) -> None:
        """Music of the menu."""
        self.ctx.audio.music("menu")

    def build(self) -> None:
        """A heading, the plans in two groups, and the way back."""
        ctx, i18n = self.ctx, self.ctx.i18n
        self.heading = self.root.add(Label(ctx, i18n.t("plans.title"), "title"))
        self.hint = self.root.add(Label(ctx, i18n.t("plans.hint"), "body", "muted"))
        self.scroll = self.root.add(Scroll(ctx))
        plans = [plan_of(i18n, ref, stage) for ref, stage in self.stages.items() if ref != FREE]
        plans.append(free_plan(i18n, self.stages[FREE], BUDGETS[-1]))
        cluster = [plan for plan in plans if plan.owned and not plan.gpus]
        groups = (("own", cluster), ("other", [plan for plan in plans if plan not in cluster]))
        self.groups: list[tuple[Label, list[PlanCard]]] = []
        for key, members in groups:
            label = self.scroll.add(Label(ctx, i18n.t(f"plans.{key}"), "small", "accent"))
            cards = [self.scroll.add(PlanCard(ctx, plan, partial(self.choose, plan.ref))) for plan in members]
            self.groups.append((label, cards))
        self.back_button = self.root.add(
            Button(ctx, i18n.t("plans.back"), self._go_back, icon="arrow-left", kind=Kind.QUIET)
        )

    @property
    def cards(self) -> list[PlanCard]:
        """All cards, in the order in which they stand."""
        return [card for _, cards in self.groups for card in cards]

    def arrange(self) -> None:
        """The groups one below the other, as high as there is room; what has none is scrolled to."""
        px = self.px
        width = min(self.size[0] - 2 * px(MARGIN), px(WIDEST))
        left = (self.size[0] - width) // 2
        self.heading.layout(pygame.Rect(left, px(24), width, px(42)))
        self.hint.layout(pygame.Rect(left, px(66), width, px(24)))
        area = pygame.Rect(left, px(HEAD), width, self.size[1] - px(HEAD + FOOT))
        self.scroll.layout(area)
        columns = next((count for count in COLUMNS if (width + px(GAP)) // count >= px(NARROWEST + GAP)), 1)
        rows = sum(-(-len(cards) // columns) for _, cards in self.groups)
        free = area.height - len(self.groups) * px(ROW_HEAD) - (rows - 1) * px(GAP)
        tall = max(px(LEAST), min(px(TALLEST), free // rows))
        if tall * rows > free:
            width -= px(BAR)
        y = area.top
        for label, cards in self.groups:
            label.layout(pygame.Rect(left, y, width, px(ROW_HEAD - 6)))
            y = self._arrange_cards(cards, pygame.Rect(left, y + px(ROW_HEAD), width, tall), columns)
        self.scroll.content = y - px(GAP) - area.top
        self.back_button.layout(pygame.Rect(left, area.bottom + px(16), self.back_button.natural_width(), px(40)))

    def _arrange_cards(self, cards: Sequence[PlanCard], first: pygame.Rect, columns: int) -> int:
        """In rows of equal cells from a first one on; returns where the next row would begin."""
        gap, y = self.px(GAP), first.top
        wide = (first.width - (columns - 1) * gap) // columns
        for index, card in enumerate(cards):
            row, column = divmod(index, columns)
            y = first.top + row * (first.height + gap)
            card.layout(pygame.Rect(first.left + column * (wide + gap), y, wide, first.height))
        return y + first.height + gap

    def choose(self, ref: str) -> None:
        """Go to the briefing of a plan, with traffic nobody has seen."""
        from game.scenes.briefing import BriefingScene  # screens lead to each other in circles

        self.next_scene = BriefingScene(self.ctx, ref, new_seed())

    def back(self) -> Scene | None:
        """To the choice of stages."""
        from game.scenes.stage_select import StageSelectScene  # as above

        return StageSelectScene(self.ctx)

    def _go_back(self) -> None:
        self.next_scene = self.back()
