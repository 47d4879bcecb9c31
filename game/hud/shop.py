"""The shop: what can be built, what it costs, and why it cannot be had right now."""

from __future__ import annotations

from collections.abc import Callable, Set

import pygame

from engine.commands import Build, Refused
from engine.view import Phase
from game.context import Context
from game.hud.shelf import Shelf
from game.hud.shop_card import ShopCard
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel
from game.view.families import family_of
from game.view.geometry import Cell

HEIGHT = 122
CARD_WIDTH = 224
LOCKED_WIDTH = 150
GAP = 8
CATEGORY_GAP = 6
CATEGORY_HEAD = 22
TAB_HEIGHT = 26
TAB_ROW = 32


class Shop(Panel):
    """The cards, the tools, and in set-up the way to open the doors.

    A few kinds lie side by side under the names of their categories; more are behind tabs, one category open at a time.
    """

    def __init__(
        self,
        ctx: Context,
        session: Session,
        shelf: Shelf,
        on_build: Callable[[str], None],
        on_tool: Callable[[str], None],
    ) -> None:
        super().__init__(ctx)
        self.session, self.shelf, self.on_build, self.on_tool = session, shelf, on_build, on_tool
        self.cards: list[ShopCard] = []
        self.heads: dict[str, Label] = {}
        self.tabs: dict[str, Button] = {}
        self._shown: object = None
        self.wire = self._tool("wire", "cable")
        self.undo = self._tool("undo", "undo")
        self.redo = self._tool("redo", "redo")
        self.fit = self._tool("fit", "fit")
        self.start = Button(
            ctx,
            ctx.i18n.t("play.shop.open_doors"),
            lambda: on_tool("start"),
            icon="door-open",
            kind=Kind.PRIMARY,
            action="start",
            tooltip=ctx.i18n.t("play.shop.open_doors_tip"),
        )
        self._fill()

    def _tool(self, action: str, icon: str) -> Button:
        tip = f"{self.ctx.i18n.t(f'play.shop.{action}')} [{self.ctx.keymap.label(action)}]"
        tip += "\n" + self.ctx.i18n.t(f"play.shop.{action}_tip")
        return Button(self.ctx, "", lambda: self.on_tool(action), icon=icon, tooltip=tip)

    def _fill(self) -> None:
        """Put out what lies in reach, and the names of the categories."""
        self._shown = self._shape()
        self.remove_all()
        shelf, t = self.shelf, self.ctx.i18n.t
        self.cards = [
            self.add(ShopCard(self.ctx, self.session, kind, number, self.on_build))
            for number, kind in enumerate(shelf.in_reach, start=1)
        ]
        self.heads, self.tabs = {}, {}
        for category in shelf.categories:
            name = t(f"play.shop.{category}")
            if shelf.sorted:
                tip = f"{name} [{self.ctx.keymap.label('category')}]"
                tab = Button(
                    self.ctx,
                    name,
                    lambda category=category: self._open(category),  # type: ignore[misc]
                    role="small",
                    tooltip=tip,
                )
                self.tabs[category] = self.add(tab)
                tab.set_active(category == shelf.open)
            else:
                self.heads[category] = self.add(Label(self.ctx, name, "small", "muted"))
        for button in (self.wire, self.undo, self.redo, self.fit, self.start):
            self.add(button)

    def _shape(self) -> object:
        return (self.shelf.open, self.session.view.unlocked, self.session.phase is Phase.SETUP)

    def _open(self, category: str) -> None:
        self.shelf.show(category)
        self.layout(self.rect)

    def card(self, kind: str) -> ShopCard | None:
        """The card of a kind, if it lies in reach."""
        return next((card for card in self.cards if card.kind.id == kind), None)

    def place_of(self, kind: str) -> pygame.Rect | None:
        """Where a kind is found: its card, or the tab that hides it."""
        card = self.card(kind)
        if card is not None:
            return card.rect
        known = next((other for other in self.shelf.kinds if other.id == kind), None)
        tab = self.tabs.get(family_of(known)) if known is not None else None
        return tab.rect if tab is not None else None

    def refresh(self, armed: str | None, taken: Set[Cell]) -> None:
        """Grey out what cannot be had (asked of the engine, on a free cell)."""
        if self._shape() != self._shown:
            self.layout(self.rect)
        view, stage = self.session.view, self.session.stage
        free = next(((x, y) for y in range(stage.height) for x in range(stage.width) if (x, y) not in taken), (0, 0))
        for card in self.cards:
            answer = self.session.check(Build(card.kind.id, *free))
            card.refresh(answer if isinstance(answer, Refused) else None, armed == card.kind.id)
        self.wire.set_active(armed == "wire")
        self.undo.set(enabled=view.can_undo)
        self.redo.set(enabled=view.can_redo)

    def layout(self, rect: pygame.Rect) -> None:
        """Tools left, cards beside them by category, the doors right as long as they are shut."""
        super().layout(rect)
        if self._shape() != self._shown:
            self._fill()
        px = self.px
        setup = self.session.phase is Phase.SETUP
        for button in (self.undo, self.redo, self.start):
            button.visible = setup
        top, gap = rect.top + px(10), px(8)
        half = (rect.height - px(20) - gap) // 2
        x = rect.left + px(12)
        for index, button in enumerate((self.wire, self.fit, self.undo, self.redo)):
            column, row = divmod(index, 2)
            button.layout(pygame.Rect(x + column * px(48), top + row * (half + gap), px(42), half))
        start_width = self.start.natural_width() if self.shelf.sorted else max(px(190), self.start.natural_width())
        right = rect.right - px(12)
        self.start.layout(pygame.Rect(right - start_width, top, start_width, rect.height - px(20)))
        cards = pygame.Rect(x + px(100 if setup else 52), top, 0, rect.height - px(20))
        cards.width = (right - start_width - px(12) if setup else right) - cards.left
        if self.shelf.sorted:
            self._arrange_tabs(cards)
        else:
            self._arrange_row(cards)

    def _arrange_tabs(self, area: pygame.Rect) -> None:
        """The tabs over the cards of the open category."""
        px = self.px
        x = area.left
        for tab in self.tabs.values():
            tab.layout(pygame.Rect(x, area.top - px(4), tab.natural_width(), px(TAB_HEIGHT)))
            x = tab.rect.right + px(6)
        count = max(1, len(self.cards))
        width = min(px(CARD_WIDTH), (area.width - px(GAP) * (count - 1)) // count)
        top = area.top - px(4) + px(TAB_ROW)
        for index, card in enumerate(self.cards):
            card.layout(pygame.Rect(area.left + index * (width + px(GAP)), top, width, area.bottom - top))

    def _arrange_row(self, area: pygame.Rect) -> None:
        """Cards side by side, as wide as there is room for; a new category leaves a larger gap."""
        px = self.px
        unlocked = self.session.view.unlocked
        locked = sum(card.kind.id not in unlocked for card in self.cards)
        spare = px(GAP) * (len(self.cards) - 1) + px(CATEGORY_GAP) * (len(self.heads) - 1) + px(LOCKED_WIDTH) * locked
        wide = min(px(CARD_WIDTH), (area.width - spare) // max(1, len(self.cards) - locked))
        head = px(CATEGORY_HEAD)
        x, seen = area.left, ""
        for card in self.cards:
            width = wide if card.kind.id in unlocked else px(LOCKED_WIDTH)
            category = family_of(card.kind)
            if category != seen:
                x += px(CATEGORY_GAP) if seen else 0
                self.heads[category].layout(pygame.Rect(x, area.top - px(2), width, head - px(2)))
                seen = category
            card.layout(pygame.Rect(x, area.top + head, width, area.height - head))
            x += width + px(GAP)
