"""The card of a plan: its rack or its sign, what it is good for, its hardware, and its price."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from game.context import Context
from game.plans import Plan
from game.scenes.stage_cards import Card
from game.ui.theme import Palette

SIDE = 16
PICTURE = (58, 92)
SLOTS = 10
FIGURE = 23
FOOT = 44
LEAST = 214


class PlanCard(Card):
    """on_press: told when it is chosen."""

    def __init__(self, ctx: Context, plan: Plan, on_press: Callable[[], None]) -> None:
        super().__init__(ctx, plan.name, plan.about, plan.icon, "", on_press)
        self.plan = plan
        figures = [figure.text for figure in plan.figures]
        price = f"{plan.price} {plan.unit}".strip()
        lines = (plan.name, plan.about, plan.users, *figures, price, plan.running)
        self.tooltip = "\n".join(line for line in lines if line)

    def _paint_inside(self, picture: pygame.Surface) -> None:
        px, area = self.px, picture.get_rect()
        side = px(SIDE)
        place = pygame.Rect(side, side, px(PICTURE[0]), px(PICTURE[1]))
        if self.plan.owned:
            self._paint_rack(picture, place)
        else:
            self._badge(picture, (place.centerx, place.top + px(32)), px(28))
        foot = area.bottom - px(FOOT)
        rows = -(-len(self.plan.figures) // 2)
        top = foot - rows * px(FIGURE) - px(6)
        self._paint_words(picture, pygame.Rect(place.right + px(14), side - px(4), 0, top - side))
        self._paint_figures(picture, top)
        self._paint_price(picture, foot)

    def _paint_words(self, picture: pygame.Surface, area: pygame.Rect) -> None:
        """Name, for whom, and one line about it."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        area.width = picture.get_width() - area.left - px(SIDE)
        y = area.top
        for line in ctx.text.wrap(self.name, "heading", area.width)[:2]:
            picture.blit(ctx.text.get(line, "heading", palette.text, self.background), (area.left, y))
            y += ctx.text.line_height("heading")
        if self.plan.users:
            icon = ctx.icons.get("users", 15, palette.accent, self.background)
            step = ctx.text.line_height("small")
            picture.blit(icon, icon.get_rect(midleft=(area.left, y + step // 2)))
            room = area.width - px(21)
            said = ctx.text.fit(self.plan.users, "small", room)
            picture.blit(ctx.text.get(said, "small", palette.accent, self.background), (area.left + px(21), y))
            y += step
        y += px(3)
        self._words(picture, self.about, pygame.Rect(area.left, y, area.width, area.bottom - y), palette.muted)

    def _paint_figures(self, picture: pygame.Surface, top: int) -> None:
        """Two columns: the first is wider, for processors and storage have most to say."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        width = picture.get_width() - 2 * px(SIDE)
        split = round(width * 0.55)
        for index, figure in enumerate(self.plan.figures):
            row, column = divmod(index, 2)
            x = px(SIDE) + (split if column else 0)
            room = (width - split if column else split) - px(26)
            middle = top + row * px(FIGURE) + px(FIGURE) // 2
            icon = ctx.icons.get(figure.icon, 15, palette.muted, self.background)
            picture.blit(icon, icon.get_rect(midleft=(x, middle)))
            said = ctx.text.get(ctx.text.fit(figure.text, "small", room), "small", palette.text, self.background)
            picture.blit(said, said.get_rect(midleft=(x + px(21), middle)))

    def _paint_price(self, picture: pygame.Surface, top: int) -> None:
        """What it costs at once and a month; the word for it goes first where there is no room."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        left, right = px(SIDE), picture.get_width() - px(SIDE)
        pygame.draw.line(picture, palette.line, (left, top), (right, top))
        middle = top + px(FOOT) // 2
        price = ctx.text.get(self.plan.price, "strong", palette.ok, self.background)
        picture.blit(price, price.get_rect(midleft=(left, middle)))
        x = left + price.get_width() + px(6)
        running = ctx.text.get(self.plan.running, "small", palette.muted, self.background)
        picture.blit(running, running.get_rect(midright=(right, middle)))
        unit = ctx.text.get(self.plan.unit, "small", palette.muted, self.background)
        if x + unit.get_width() <= right - running.get_width() - px(10):
            picture.blit(unit, unit.get_rect(midleft=(x, middle)))

    # -- the rack ----------------------------------------------------------------------------------------------------

    def _paint_rack(self, picture: pygame.Surface, place: pygame.Rect) -> None:
        """A cabinet of ten units, filled from the bottom; a server with graphics cards takes four of them."""
        px, palette = self.px, self.ctx.theme.palette
        pygame.draw.rect(picture, palette.bg, place, border_radius=px(5))
        pygame.draw.rect(picture, palette.faint, place, px(1), border_radius=px(5))
        inner = place.inflate(-px(10), -px(8))
        tall = 4 if self.plan.gpus else 1
        edges = [inner.bottom - inner.height * slot // SLOTS for slot in range(SLOTS + 1)]
        filled = min(self.plan.servers, SLOTS) * tall
        for slot in range(0, filled, tall):
            unit = pygame.Rect(inner.left, edges[slot + tall], inner.width, edges[slot] - edges[slot + tall] - px(1))
            self._paint_server(picture, palette, unit)
        for slot in range(filled, SLOTS):
            y = edges[slot] - px(1)
            for x in (inner.left, inner.right - px(3)):
                pygame.draw.line(picture, palette.line, (x, y), (x + px(2), y))

    def _paint_server(self, picture: pygame.Surface, palette: Palette, unit: pygame.Rect) -> None:
        px = self.px
        face = palette.accent.lerp(palette.panel_hi, 0.72)
        pygame.draw.rect(picture, face, unit, border_radius=px(1))
        pygame.draw.line(picture, palette.accent.lerp(face, 0.4), unit.topleft, (unit.right - 1, unit.top))
        lamp = pygame.Rect(unit.left + px(3), 0, px(2), px(2))
        lamp.centery = unit.top + min(unit.height // 2, px(5))
        pygame.draw.rect(picture, palette.ok, lamp)
        pygame.draw.rect(picture, palette.ok, lamp.move(px(4), 0))
        if self.plan.gpus:
            self._paint_cards(picture, palette, unit)
            return
        for vent in range(5):
            x = unit.right - px(5) - vent * px(4)
            pygame.draw.line(picture, palette.bg, (x, unit.top + px(2)), (x, unit.bottom - px(3)))

    def _paint_cards(self, picture: pygame.Surface, palette: Palette, unit: pygame.Rect) -> None:
        """Graphics cards side by side, each with its fan."""
        px, count = self.px, self.plan.gpus
        area = pygame.Rect(unit.left + px(3), unit.top + px(9), unit.width - px(6), unit.height - px(12))
        for index in range(count):
            left = area.left + area.width * index // count
            card = pygame.Rect(left, area.top, area.width // count - px(1), area.height)
            pygame.draw.rect(picture, palette.bg, card, border_radius=px(1))
            pygame.draw.circle(picture, palette.warn, card.center, max(1, card.width // 2 - px(1)), px(1))
