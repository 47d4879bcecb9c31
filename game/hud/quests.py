"""The open questions of the departments, at the edge of the map: the most urgent is open, the rest show their heads."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.commands import AnswerQuest, Command
from engine.view import Quest
from game.context import Context
from game.hud.quest_card import SLIDE_S, WIDTH, ChoiceButton, QuestCard
from game.session import Session
from game.ui.widget import Widget

INSET = 12
BELOW_TOGGLES = 54
BESIDE_ZOOM = 54
ZOOM_HEIGHT = 112
ABOVE_LEGEND = 48
BETWEEN = 8
JUST_ASKED_S = 1.5


class QuestStack(Widget):
    """Cards in a column. on_command: does an act and shows a refusal.

    It stands where it covers nothing of `avoid` (rectangles in pixels), or folds until it does; and of the places
    that are left, where a new question covers the fewest nodes of `spare`.
    """

    def __init__(
        self,
        ctx: Context,
        session: Session,
        on_command: Callable[[Command], None],
        avoid: Callable[[], list[pygame.Rect]],
        spare: Callable[[], list[pygame.Rect]],
    ) -> None:
        super().__init__(ctx)
        self.session, self.on_command, self.avoid, self.spare = session, on_command, avoid, spare
        self.area = pygame.Rect(0, 0, 0, 0)
        self.cards: list[QuestCard] = []
        self.opened: Quest | None = None
        self.all_folded = False
        self._shown: tuple[Quest, ...] = ()
        self._place = -1
        self._slides: dict[Quest, float] = {}

    # -- what is asked ------------------------------------------------------------------------------------------------

    def refresh(self, area: pygame.Rect) -> None:
        """Follow the world; `area` is the map's place."""
        quests = self.session.view.quests
        if quests != self._shown:
            self._remake(quests)
        if area != self.area or self.cards:
            self.area = pygame.Rect(area)
            self._arrange()

    def _remake(self, quests: tuple[Quest, ...]) -> None:
        view, known = self.session.view, set(self._shown)
        new = [quest for quest in quests if quest not in known]
        if new:
            self.all_folded = False
        if not quests:
            self._place = -1
        if self.opened not in quests:
            self.opened = quests[0] if quests else None
        self._shown = quests
        self.remove_all()
        stage = self.session.stage
        self.cards = [self.add(QuestCard(self.ctx, stage, quest, self._answer, self._fold)) for quest in quests]
        for card in self.cards:
            asked_s = card.quest.expires_at_s - card.event.expires_s
            fresh = card.quest in new and view.time_s - asked_s < JUST_ASKED_S
            if fresh and not self.ctx.settings.reduced_motion:
                self._slides[card.quest] = 0.0
        self._slides = {quest: age for quest, age in self._slides.items() if quest in quests}

    def _answer(self, event: str, choice: str) -> None:
        self.on_command(AnswerQuest(event, choice))
        self.refresh(self.area)

    def _fold(self, quest: Quest) -> None:
        """The open one is folded; another one is opened in its place."""
        self.all_folded = self.opened == quest and not self.all_folded
        self.opened = quest
        self._arrange()

    def next_answer(self, current: Widget | None) -> Widget | None:
        """The answer after the one that has the focus, opening what is folded; None when nothing is asked."""
        if self.cards and all(card.folded for card in self.cards):
            self.all_folded = False
            self._arrange()
        answers = [w for w in self.walk() if isinstance(w, ChoiceButton)]
        if not answers:
            return None
        here = answers.index(current) if current in answers else -1
        return answers[(here + 1) % len(answers)]

    # -- where it stands ----------------------------------------------------------------------------------------------

    def _heights(self, folded: bool) -> list[int]:
        width = self._width
        return [card.height_for(width, folded or card.quest != self.opened) for card in self.cards]

    @property
    def _width(self) -> int:
        return min(self.px(WIDTH), self.area.width - 2 * self.px(INSET))

    def _places(self, height: int) -> list[pygame.Rect]:
        """Where a column of a height may stand: right, left, right at the bottom."""
        px, area, width = self.px, self.area, self._width
        top, inset = area.top + px(BELOW_TOGGLES), px(INSET)
        right = pygame.Rect(area.right - inset - width, top, width, height)
        left = pygame.Rect(area.left + inset, top, width, height)
        low_left = left.copy()
        low_left.bottom = max(area.bottom - px(ABOVE_LEGEND), top + height)
        low = right.copy()
        low.bottom = max(area.bottom - inset, top + height)
        for place in (right, low):
            if place.bottom > area.bottom - px(ZOOM_HEIGHT):
                place.x -= px(BESIDE_ZOOM - INSET)
        return [right, left, low, low_left]

    def _free_place(self, height: int) -> int | None:
        """A place that covers nothing it must not: the present one, or the one that covers the fewest nodes."""
        places, avoid = self._places(height), self.avoid()
        free = [n for n, place in enumerate(places) if place.collidelist(avoid) < 0]
        if self._place in free or not free:
            return self._place if free else None
        nodes = self.spare()
        return min(free, key=lambda n: len(places[n].collidelistall(nodes)))

    def _arrange(self) -> None:
        if not self.cards:
            return
        gap = self.px(BETWEEN)
        for folded in (True,) if self.all_folded else (False, True):
            heights = self._heights(folded)
            place = self._free_place(sum(heights) + gap * (len(heights) - 1))
            if place is not None:
                break
        self._place = max(self._place, 0) if place is None else place
        column = self._places(sum(heights) + gap * (len(heights) - 1))[self._place]
        y = column.top
        for card, height in zip(self.cards, heights, strict=True):
            rect = pygame.Rect(column.left + self._shift(card), y, column.width, height)
            if rect != card.rect:
                card.layout(rect)
            card.left_s = max(0.0, card.quest.expires_at_s - self.session.view.time_s)
            y += height + gap

    def _shift(self, card: QuestCard) -> int:
        """How far a card that slides in is still out, in pixels; to the right, or to the left where it stands left."""
        age = self._slides.get(card.quest)
        if age is None:
            return 0
        out = (1.0 - min(1.0, age / SLIDE_S)) ** 3
        way = -1 if self._place in (1, 3) else 1
        return way * round(out * (self._width + self.px(INSET)))

    # -- living -------------------------------------------------------------------------------------------------------

    def update(self, dt_s: float) -> None:
        """Cards slide in."""
        super().update(dt_s)
        if self._slides:
            self._slides = {quest: age + dt_s for quest, age in self._slides.items() if age < SLIDE_S}
            self._arrange()

    def draw(self, surface: pygame.Surface) -> None:
        """Only over the map, so that a card comes in from its edge."""
        clip = surface.get_clip()
        surface.set_clip(self.area.clip(clip))
        super().draw(surface)
        surface.set_clip(clip)
