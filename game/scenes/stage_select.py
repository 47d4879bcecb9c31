"""Choosing what to play: the stages of the campaign, one after the other, and the other modes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pygame

from engine.spec import StageSpec
from game.context import Context
from game.hud import figures
from game.savegame import best_of, endless_runs, stars_of, was_won
from game.scenes.base import Scene
from game.scenes.screen import Screen
from game.scenes.stage_cards import Line, ModeCard, StageCard, StarCount
from game.scenes.start import new_seed
from game.stage_refs import DAILY, ENDLESS, SANDBOX, daily_base, daily_modifiers, daily_seed, open_stage, today
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Widget
from stages.load import stage_names

MARGIN = 40
GAP = 14
WIDEST = 1500
COLUMNS = 5
HEAD, FOOT = 100, 72
TALLEST = 440
MODES = 168
# Where each mode's card begins and how wide it is, in columns: the daily challenge has the most to say.
SHARES = ((0, 5), (5, 4), (9, 3))
MOST_RECORDS = 2


class StageSelectScene(Screen):
    """The next stage opens when the one before it was won; endless and the daily challenge with the first."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.stages: dict[str, StageSpec] = {name: open_stage(name) for name in stage_names()}
        self.day = today()

    def enter(self) -> None:
        """Music of the menu."""
        self.ctx.audio.music("menu")

    # -- what is known ------------------------------------------------------------------------------------------------

    def best(self, stage: str) -> Mapping[str, Any]:
        """What is known of the best run of a stage."""
        return best_of(self.ctx.storage, stage)

    def is_open(self, stage: str) -> bool:
        """Whether a stage may be played."""
        names = list(self.stages)
        before = names.index(stage) - 1
        return before < 0 or was_won(self.best(names[before]))

    def most_stars(self, stage: str) -> int:
        """The stars there are to win in a stage: one for winning, and one for each objective."""
        return 1 + len(self.stages[stage].objectives)

    # -- building -----------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """A heading, the campaign, the modes, and the way back."""
        ctx, t = self.ctx, self.ctx.i18n.t
        self.heading = self.root.add(Label(ctx, t("select.title"), "title"))
        self.hint = self.root.add(Label(ctx, t("select.hint"), "body", "muted"))
        won = sum(min(stars_of(self.best(stage)), self.most_stars(stage)) for stage in self.stages)
        most = sum(self.most_stars(stage) for stage in self.stages)
        self.stars = self.root.add(StarCount(ctx, won, most))
        self.cards = [self.root.add(self._stage_card(number, stage)) for number, stage in enumerate(self.stages, 1)]
        self.modes = [self.root.add(card) for card in self._mode_cards()]
        self.back_button = self.root.add(
            Button(ctx, t("select.back"), self._go_back, icon="arrow-left", kind=Kind.QUIET)
        )

    def _stage_card(self, number: int, stage: str) -> StageCard:
        t, is_open = self.ctx.i18n.t, self.is_open(stage)
        names = list(self.stages)
        lock = "" if is_open else t("select.locked", stage=t(f"stage.{names[number - 2]}.name"))
        return StageCard(
            self.ctx,
            stage,
            number,
            self.best(stage),
            most=self.most_stars(stage),
            lock=lock,
            next_up=is_open and not was_won(self.best(stage)),
            on_press=partial(self.choose, stage),
        )

    def _mode_cards(self) -> list[ModeCard]:
        t = self.ctx.i18n.t
        first = next(iter(self.stages))
        closed = "" if was_won(self.best(first)) else t("select.locked", stage=t(f"stage.{first}.name"))
        offers = (
            (DAILY, "calendar-days", self._daily_records, closed, self._play_daily),
            (ENDLESS, "repeat", self._endless_records, closed, partial(self.choose, ENDLESS)),
            (SANDBOX, "sandbox", list, "", self._plan),
        )
        return [
            ModeCard(
                self.ctx, t(f"mode.{mode}.name"), t(f"mode.{mode}.about"), icon, records(), lock=lock, on_press=press
            )
            for mode, icon, records, lock, press in offers
        ]

    def _daily_records(self) -> list[Line]:
        """What is different today, and how it went."""
        t, best = self.ctx.i18n.t, self.best(f"{DAILY}-{self.day}")
        _, month, day = (int(part) for part in self.day.split("-"))
        when = t("mode.daily.date", month=t(f"month.{month}"), day=day)
        base = Line(f"{when} · {t(f'stage.{daily_base(self.day)}.name')}", "text")
        said = Line(t("mode.daily.new"), "accent")
        if best:
            grade, score = best.get("grade", ""), best.get("score", 0)
            said = Line(t("mode.daily.done", grade=grade, score=f"{score:,}", stars=stars_of(best)), "ok")
        return [base, *(Line(t(f"daily.{change}")) for change in daily_modifiers(self.day)), said]

    def _endless_records(self) -> list[Line]:
        """The longest runs."""
        t = self.ctx.i18n.t
        lines = [
            Line(
                t("mode.endless.record", place=place, time=figures.clock(run.seconds), score=f"{run.score:,}"),
                "text" if place == 1 else "muted",
            )
            for place, run in enumerate(endless_runs(self.ctx.storage)[:MOST_RECORDS], 1)
        ]
        return lines or [Line(t("select.new"), "accent")]

    def main(self) -> Widget | None:
        """The stage that comes next."""
        return next((card for card in self.cards if card.next_up), None)

    # -- arranging ----------------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """The campaign in a row over the modes, in the middle of a wide window."""
        px = self.px
        width = min(self.size[0] - 2 * px(MARGIN), px(WIDEST))
        left = (self.size[0] - width) // 2
        stars = self.stars.natural_width()
        self.heading.layout(pygame.Rect(left, px(24), width - stars, px(42)))
        self.stars.layout(pygame.Rect(left + width - stars, px(28), stars, px(36)))
        self.hint.layout(pygame.Rect(left, px(66), width, px(24)))
        top, bottom = px(HEAD), self.size[1] - px(FOOT)
        gap = px(GAP)
        rows = -(-len(self.cards) // COLUMNS)
        modes = min(px(MODES), (bottom - top) * 36 // 100)
        tall = min((bottom - top - modes - gap * rows) // rows, px(TALLEST))
        columns = min(COLUMNS, len(self.cards))
        for index, card in enumerate(self.cards):
            row, column = divmod(index, columns)
            card.layout(_cell(left, width, columns, column, gap, top + row * (tall + gap), tall))
        for mode, (start, columns) in zip(self.modes, SHARES, strict=True):
            first = _cell(left, width, sum(SHARES[-1]), start, gap, bottom - modes, modes)
            last = _cell(left, width, sum(SHARES[-1]), start + columns - 1, gap, bottom - modes, modes)
            mode.layout(first.union(last))
        foot = pygame.Rect(left, bottom + px(16), self.back_button.natural_width(), px(40))
        self.back_button.layout(foot)

    # -- leaving ------------------------------------------------------------------------------------------------------

    def choose(self, stage: str) -> None:
        """Go to the briefing of a stage, with traffic nobody has seen."""
        self._brief(stage, new_seed())

    def _play_daily(self) -> None:
        """The same traffic for everybody."""
        self._brief(f"{DAILY}-{self.day}", daily_seed(self.day))

    def _plan(self) -> None:
        """A sandbox begins with a plan, or with none."""
        from game.scenes.plans import PlansScene  # screens lead to each other in circles

        self.next_scene = PlansScene(self.ctx)

    def _brief(self, stage: str, seed: int) -> None:
        from game.scenes.briefing import BriefingScene  # as above

        self.next_scene = BriefingScene(self.ctx, stage, seed)

    def back(self) -> Scene | None:
        """To the title."""
        from game.scenes.title import TitleScene  # as above

        return TitleScene(self.ctx)

    def _go_back(self) -> None:
        self.next_scene = self.back()


def _cell(left: int, width: int, columns: int, column: int, gap: int, top: int, height: int) -> pygame.Rect:
    """A place in a row of equal columns that fill a width."""
    start = left + (width + gap) * column // columns
    end = left + (width + gap) * (column + 1) // columns - gap
    return pygame.Rect(start, top, end - start, height)
