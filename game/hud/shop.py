"""The shop: what can be built, what it costs, and why it cannot be had right now."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.commands import Build, Refused
from engine.spec import NodeKind, NodeSize, StageSpec
from engine.view import Phase
from game.context import Context
from game.hud import figures, texts
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.widget import Panel, Widget
from game.view.refusals import refusal_text

HEIGHT = 108
CARD_WIDTH = 214
GAP = 10


class ShopCard(Widget):
    """One kind of node. A press takes it into the hand."""

    focusable = True

    def __init__(self, ctx: Context, shop: Shop, kind: NodeKind, number: int) -> None:
        super().__init__(ctx, self._tip)
        self.shop, self.kind, self.number = shop, kind, number
        self.size: NodeSize = kind.sizes[0]
        self.refused: Refused | None = None
        self.armed = False

    def refresh(self, refused: Refused | None, armed: bool) -> None:
        """Grey it out, or light it up."""
        if (refused, armed) != (self.refused, self.armed):
            self.refused, self.armed = refused, armed
            self.invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """Take it."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.activate()
            return True
        return False

    def activate(self) -> None:
        """Take it into the hand; a refusal is said by the map as soon as it is placed."""
        self.ctx.audio.play("ui_click")
        self.shop.on_build(self.kind.id)

    def _tip(self) -> str:
        i18n, kind, size = self.ctx.i18n, self.kind, self.size
        lines = [i18n.t(f"node.{kind.id}.name"), i18n.t(f"node.{kind.id}.teach")]
        if size.rate_cap_rps:
            lines.append(i18n.t("play.shop.rate_tip", cap=figures.count(size.rate_cap_rps)))
        if size.slots:
            name = i18n.t(f"size.{size.id}.name")
            lines.append(i18n.t("play.shop.slots_tip", size=name, slots=size.slots, queue=size.queue))
        for sub_item, mean in size.service_ms.items():
            name = i18n.t(f"sub_item.{sub_item}")
            lines.append(i18n.t("play.shop.services_tip", sub_item=name, time=figures.latency(mean)))
        lines.append(i18n.t("play.shop.build_tip", time=f"{kind.build_s:g}"))
        if self.refused is not None:
            lines.append(i18n.t("play.refused", reason=refusal_text(i18n, self.refused)))
        return "\n".join(lines)

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, name, character, price and upkeep, and the key that takes it."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        i18n, text = ctx.i18n, ctx.text
        able = self.refused is None
        background = palette.accent.lerp(palette.panel, 0.8) if self.armed else palette.panel_hi
        if self.hovered and not self.armed:
            background = palette.line
        edge = palette.accent if self.armed or self.focused else palette.line
        pygame.draw.rect(surface, background, self.rect, border_radius=px(10))
        pygame.draw.rect(surface, edge, self.rect, px(1), border_radius=px(10))
        ink = palette.text if able else palette.muted
        icon = ctx.icons.get(self.kind.icon, 26, palette.accent if able else palette.faint)
        surface.blit(icon, (self.rect.left + px(12), self.rect.top + px(12)))
        x, width = self.rect.left + px(48), self.rect.width - px(48 + 34)
        name = text.fit(i18n.t(f"node.{self.kind.id}.name"), "strong", width)
        surface.blit(text.get(name, "strong", ink), (x, self.rect.top + px(7)))
        room = self.rect.width - px(48 + 10)
        character = text.fit(i18n.t(f"node.{self.kind.id}.character"), "small", room)
        surface.blit(text.get(character, "small", palette.muted), (x, self.rect.top + px(28)))
        price = text.get(texts.money(i18n, self.size.price), "strong", palette.ok if able else palette.error)
        y = self.rect.bottom - px(8) - price.get_height()
        surface.blit(price, (x, y))
        keep = text.get(texts.per_day(i18n, self.size.keep_per_day), "small", palette.muted)
        surface.blit(keep, (x + price.get_width() + px(10), y + price.get_height() - keep.get_height()))
        self._paint_key(surface, background)

    def _paint_key(self, surface: pygame.Surface, background: pygame.Color) -> None:
        px, palette = self.px, self.ctx.theme.palette
        key = self.ctx.text.get(self.ctx.keymap.label(f"build_{self.number}"), "small", palette.muted, background)
        box = pygame.Rect(0, 0, max(key.get_width() + px(10), px(20)), px(20))
        box.topright = (self.rect.right - px(8), self.rect.top + px(8))
        pygame.draw.rect(surface, palette.faint, box, px(1), border_radius=px(4))
        surface.blit(key, key.get_rect(center=box.center))


class Shop(Panel):
    """The cards, the tools, and in set-up the way to open the doors."""

    def __init__(
        self,
        ctx: Context,
        session: Session,
        on_build: Callable[[str], None],
        on_tool: Callable[[str], None],
    ) -> None:
        super().__init__(ctx)
        self.session, self.on_build, self.on_tool = session, on_build, on_tool
        stage: StageSpec = session.stage
        kinds = [stage.node_kind(kind) for kind in session.view.unlocked]
        self.cards = [self.add(ShopCard(ctx, self, kind, number)) for number, kind in enumerate(kinds, start=1)]
        self.wire = self._tool("wire", "wire", "cable")
        self.undo = self._tool("undo", "undo", "undo")
        self.redo = self._tool("redo", "redo", "redo")
        self.fit = self._tool("fit", "fit", "fit")
        t = ctx.i18n.t
        self.start = self.add(
            Button(
                ctx,
                t("play.shop.open_doors"),
                lambda: on_tool("start"),
                icon="door-open",
                kind=Kind.PRIMARY,
                action="start",
                tooltip=t("play.shop.open_doors_tip"),
            )
        )

    def _tool(self, action: str, key: str, icon: str) -> Button:
        tip = f"{self.ctx.i18n.t(f'play.shop.{key}')} [{self.ctx.keymap.label(action)}]"
        tip += "\n" + self.ctx.i18n.t(f"play.shop.{key}_tip")
        return self.add(Button(self.ctx, "", lambda: self.on_tool(action), icon=icon, tooltip=tip))

    def card(self, kind: str) -> ShopCard | None:
        """The card of a kind."""
        return next((card for card in self.cards if card.kind.id == kind), None)

    def take(self, number: int) -> None:
        """Take the card with a number, from 1, into the hand."""
        if 1 <= number <= len(self.cards):
            self.cards[number - 1].activate()

    def refresh(self, armed: str | None) -> None:
        """Grey out what cannot be had (asked of the engine, on a free cell)."""
        view, stage = self.session.view, self.session.stage
        taken = {(node.x, node.y) for node in view.nodes}
        free = next(((x, y) for y in range(stage.height) for x in range(stage.width) if (x, y) not in taken), (0, 0))
        for card in self.cards:
            answer = self.session.check(Build(card.kind.id, *free))
            card.refresh(answer if isinstance(answer, Refused) else None, armed == card.kind.id)
        setup = view.phase is Phase.SETUP
        self.wire.set_active(armed == "wire")
        self.undo.set(enabled=view.can_undo)
        self.redo.set(enabled=view.can_redo)
        for button in (self.undo, self.redo, self.start):
            if button.visible != setup:
                button.visible = setup
                self.invalidate()

    def layout(self, rect: pygame.Rect) -> None:
        """Tools left, cards beside them, the doors right."""
        super().layout(rect)
        px = self.px
        x, top = rect.left + px(12), rect.top + px(11)
        half = (rect.height - px(22 + 8)) // 2
        for index, button in enumerate((self.wire, self.fit, self.undo, self.redo)):
            column, row = divmod(index, 2)
            button.layout(pygame.Rect(x + column * px(50), top + row * (half + px(8)), px(42), half))
        x += px(108)
        start_width = max(px(210), self.start.natural_width())
        room = rect.right - px(12) - start_width - x - px(12)
        width = min(px(CARD_WIDTH), (room - px(GAP) * (len(self.cards) - 1)) // max(len(self.cards), 1))
        for card in self.cards:
            card.layout(pygame.Rect(x, top, width, rect.height - px(22)))
            x += width + px(GAP)
        self.start.layout(
            pygame.Rect(rect.right - px(12) - start_width, rect.top + px(22), start_width, rect.height - px(44))
        )
