"""The shop: what can be built, what it costs, and why it cannot be had right now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from engine.commands import Build, RefusalCode, Refused
from engine.spec import NodeKind, NodeSize, Role, StageSpec
from engine.view import Phase
from game.context import Context
from game.hud import figures, texts
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel, Widget
from game.view.refusals import refusal_text

HEIGHT = 122
CARD_WIDTH = 224
LOCKED_WIDTH = 150
GAP = 8
CATEGORY_GAP = 6
CATEGORY_HEAD = 22
KEYS = 9
CATEGORIES = {Role.BALANCER: "network", Role.COMPUTE: "compute", Role.DATABASE: "database"}


def kinds_on_offer(stage: StageSpec, unlocked: Sequence[str]) -> list[NodeKind]:
    """What the shop shows, in its order: by category, first what may be built and then what is locked."""
    kinds = [stage.node_kind(kind) for kind in unlocked]
    kinds += [kind for kind in stage.node_kinds if kind.id not in unlocked and kind.role in CATEGORIES]
    order = list(dict.fromkeys(kind.role for kind in kinds))
    return sorted(kinds, key=lambda kind: order.index(kind.role))


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
        """Take it into the hand; why it cannot be placed is said by the map at the place of the act."""
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

    @property
    def locked(self) -> bool:
        """It cannot be had in this stage, whatever is paid."""
        return self.refused is not None and self.refused.code is RefusalCode.LOCKED

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, name, character, price and upkeep, and the key that takes it."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        i18n, text = ctx.i18n, ctx.text
        able = self.refused is None
        background = palette.accent.lerp(palette.panel, 0.8) if self.armed else palette.panel_hi
        if self.locked:
            background = palette.panel
        elif self.hovered and not self.armed:
            background = palette.line
        edge = palette.accent if self.armed or self.focused else palette.line
        pygame.draw.rect(surface, background, self.rect, border_radius=px(10))
        pygame.draw.rect(surface, edge, self.rect, px(1), border_radius=px(10))
        ink = palette.text if able else palette.muted
        icon = ctx.icons.get(self.kind.icon, 26, palette.accent if able else palette.faint)
        surface.blit(icon, (self.rect.left + px(12), self.rect.top + px(11)))
        x, width = self.rect.left + px(48), self.rect.width - px(58 if self.locked else 80)
        name = text.fit(i18n.t(f"node.{self.kind.id}.name"), "strong", width)
        surface.blit(text.get(name, "strong", ink), (x, self.rect.top + px(6)))
        room = self.rect.width - px(48 + 10)
        if not self.locked:
            character = text.fit(i18n.t(f"node.{self.kind.id}.character"), "small", room)
            surface.blit(text.get(character, "small", palette.muted), (x, self.rect.top + px(26)))
        self._paint_foot(surface, x, able)
        self._paint_key(surface, background)

    def _paint_foot(self, surface: pygame.Surface, x: int, able: bool) -> None:
        """Price and upkeep, or that it is locked."""
        palette, text, i18n = self.ctx.theme.palette, self.ctx.text, self.ctx.i18n
        bottom = self.rect.bottom - self.px(7)
        if self.locked:
            words = text.get(i18n.t("play.shop.locked"), "small", palette.muted)
            place = words.get_rect(bottomleft=(x + self.px(20), bottom))
            surface.blit(words, place)
            lock = self.ctx.icons.get("lock", 14, palette.muted)
            surface.blit(lock, lock.get_rect(midleft=(x, place.centery)))
            return
        price = text.get(texts.money(i18n, self.size.price), "strong", palette.ok if able else palette.error)
        surface.blit(price, price.get_rect(bottomleft=(x, bottom)))
        keep = text.get(texts.per_day(i18n, self.size.keep_per_day), "small", palette.muted)
        surface.blit(keep, keep.get_rect(bottomleft=(x + price.get_width() + self.px(10), bottom)))

    def _paint_key(self, surface: pygame.Surface, background: pygame.Color) -> None:
        """The key that takes it."""
        if self.locked or self.number > KEYS:
            return
        px, palette = self.px, self.ctx.theme.palette
        key = self.ctx.text.get(self.ctx.keymap.label(f"build_{self.number}"), "small", palette.muted, background)
        box = pygame.Rect(0, 0, max(key.get_width() + px(10), px(20)), px(20))
        box.topright = (self.rect.right - px(8), self.rect.top + px(8))
        pygame.draw.rect(surface, palette.faint, box, px(1), border_radius=px(4))
        surface.blit(key, key.get_rect(center=box.center))


class Shop(Panel):
    """The cards by category, the tools, and in set-up the way to open the doors."""

    def __init__(
        self,
        ctx: Context,
        session: Session,
        on_build: Callable[[str], None],
        on_tool: Callable[[str], None],
    ) -> None:
        super().__init__(ctx)
        self.session, self.on_build, self.on_tool = session, on_build, on_tool
        self.cards = [
            self.add(ShopCard(ctx, self, kind, number))
            for number, kind in enumerate(kinds_on_offer(session.stage, session.view.unlocked), start=1)
        ]
        t = ctx.i18n.t
        categories = dict.fromkeys(CATEGORIES[card.kind.role] for card in self.cards)
        self.heads = {
            category: self.add(Label(ctx, t(f"play.shop.{category}"), "small", "muted")) for category in categories
        }
        self.wire = self._tool("wire", "cable")
        self.undo = self._tool("undo", "undo")
        self.redo = self._tool("redo", "redo")
        self.fit = self._tool("fit", "fit")
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

    def _tool(self, action: str, icon: str) -> Button:
        tip = f"{self.ctx.i18n.t(f'play.shop.{action}')} [{self.ctx.keymap.label(action)}]"
        tip += "\n" + self.ctx.i18n.t(f"play.shop.{action}_tip")
        return self.add(Button(self.ctx, "", lambda: self.on_tool(action), icon=icon, tooltip=tip))

    def card(self, kind: str) -> ShopCard | None:
        """The card of a kind."""
        return next((card for card in self.cards if card.kind.id == kind), None)

    def refresh(self, armed: str | None) -> None:
        """Grey out what cannot be had (asked of the engine, on a free cell)."""
        view, stage = self.session.view, self.session.stage
        taken = {(node.x, node.y) for node in view.nodes}
        free = next(((x, y) for y in range(stage.height) for x in range(stage.width) if (x, y) not in taken), (0, 0))
        for card in self.cards:
            answer = self.session.check(Build(card.kind.id, *free))
            card.refresh(answer if isinstance(answer, Refused) else None, armed == card.kind.id)
        self.wire.set_active(armed == "wire")
        self.undo.set(enabled=view.can_undo)
        self.redo.set(enabled=view.can_redo)
        if self.start.visible != (view.phase is Phase.SETUP):
            self.layout(self.rect)

    def layout(self, rect: pygame.Rect) -> None:
        """Tools left, cards beside them by category, the doors right as long as they are shut."""
        super().layout(rect)
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
        start_width = max(px(190), self.start.natural_width())
        right = rect.right - px(12)
        self.start.layout(pygame.Rect(right - start_width, top, start_width, rect.height - px(20)))
        cards = pygame.Rect(x + px(100 if setup else 52), top, 0, rect.height - px(20))
        cards.width = (right - start_width - px(12) if setup else right) - cards.left
        self._arrange_cards(cards)

    def _arrange_cards(self, area: pygame.Rect) -> None:
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
            category = CATEGORIES[card.kind.role]
            if category != seen:
                x += px(CATEGORY_GAP) if seen else 0
                self.heads[category].layout(pygame.Rect(x, area.top - px(2), width, head - px(2)))
                seen = category
            card.layout(pygame.Rect(x, area.top + head, width, area.height - head))
            x += width + px(GAP)
