"""A card of the shop: one kind of node, its price, its character, and why it cannot be had."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.commands import RefusalCode, Refused
from engine.spec import NodeKind, NodeSize
from game.context import Context
from game.hud import figures, texts
from game.money import money
from game.session import Session
from game.ui.widget import Pressable
from game.view.refusals import refusal_text

KEYS = 9
NARROW = 186
NARROW_LEFT = 8
NARROW_ICON = 16
KEY_FROM = 100


class ShopCard(Pressable):
    """A press takes the kind into the hand. number: of the key that takes it."""

    def __init__(
        self, ctx: Context, session: Session, kind: NodeKind, number: int, on_build: Callable[[str], None]
    ) -> None:
        super().__init__(ctx, self._tip)
        self.session, self.kind, self.number, self.on_build = session, kind, number, on_build
        self.size: NodeSize = kind.sizes[0]
        self.refused: Refused | None = None
        self.armed = False

    def refresh(self, refused: Refused | None, armed: bool) -> None:
        """Grey it out, or light it up."""
        if (refused, armed) != (self.refused, self.armed):
            self.refused, self.armed = refused, armed
            self.invalidate()

    def activate(self) -> None:
        """Take it into the hand; why it cannot be placed is said by the map at the place of the act."""
        self.ctx.audio.play("ui_click")
        self.on_build(self.kind.id)

    # -- words -------------------------------------------------------------------------------------------------------

    def _tip(self) -> str:
        i18n, kind, size = self.ctx.i18n, self.kind, self.size
        lines = [i18n.t(f"node.{kind.id}.name"), i18n.t(f"node.{kind.id}.teach")]
        can = texts.capacity(i18n, size)
        if can:
            several = len(kind.sizes) > 1
            lines.append(f"{i18n.t(f'size.{size.id}.name')}: {can}" if several else can)
        for sub_item, mean in size.service_ms.items():
            name = i18n.t(f"sub_item.{sub_item}")
            lines.append(i18n.t("play.shop.services_tip", sub_item=name, time=figures.latency(mean)))
        if size.price_per_1000:
            lines.append(i18n.t("play.shop.per_call_tip", money=money(i18n, size.price_per_1000)))
        price, keep = money(i18n, size.price), texts.per_day(i18n, size.keep_per_day)
        lines.append(i18n.t("play.shop.price_tip", price=price, keep=keep, time=f"{kind.build_s:g}"))
        if self.waits_for_migration:
            lines.append(i18n.t("play.shop.after_migration_tip"))
        elif self.refused is not None:
            lines.append(i18n.t("play.refused", reason=refusal_text(i18n, self.refused)))
        return "\n".join(lines)

    @property
    def locked(self) -> bool:
        """It cannot be had in this stage, whatever is paid, or not yet."""
        return self.refused is not None and self.refused.code is RefusalCode.LOCKED

    @property
    def waits_for_migration(self) -> bool:
        """It comes with the move to microservices."""
        move = self.session.stage.migration
        return self.locked and move is not None and self.kind.id in move.unlocks

    @property
    def narrow(self) -> bool:
        """There is room for a name and a price only."""
        return self.rect.width < self.px(NARROW)

    def name_lines(self) -> list[str]:
        """The name as it is shown: on one line, or on two of a narrow card."""
        name = self.ctx.i18n.t(f"node.{self.kind.id}.name")
        if not self.narrow:
            taken = 58 if self.locked or self.number > KEYS else 80
            return [self.ctx.text.fit(name, "strong", self.rect.width - self.px(taken))]
        room = self.rect.width - self.px(2 * NARROW_LEFT)
        lines = self.ctx.text.wrap(name, "small", room)
        return [*lines[:1], self.ctx.text.fit(" ".join(lines[1:]), "small", room)] if len(lines) > 1 else lines

    def lock_reason(self) -> str:
        """Why it is locked, in a word or two."""
        return self.ctx.i18n.t("play.shop.after_migration" if self.waits_for_migration else "play.shop.locked")

    # -- paint -------------------------------------------------------------------------------------------------------

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, name, character, price and upkeep, and the key that takes it."""
        px, palette = self.px, self.ctx.theme.palette
        able = self.refused is None
        background = palette.accent.lerp(palette.panel, 0.8) if self.armed else palette.panel_hi
        if self.locked:
            background = palette.panel
        elif self.hovered and not self.armed:
            background = palette.line
        edge = palette.accent if self.armed or self.focused else palette.line
        pygame.draw.rect(surface, background, self.rect, border_radius=px(10))
        pygame.draw.rect(surface, edge, self.rect, px(1), border_radius=px(10))
        if not (self.narrow and self.locked):
            size = NARROW_ICON if self.narrow else 26
            icon = self.ctx.icons.get(self.kind.icon, size, palette.accent if able else palette.faint)
            corner = icon.get_rect(topleft=(self.rect.left + px(12), self.rect.top + px(11)))
            if self.narrow:
                corner.bottomleft = (self.rect.left + px(NARROW_LEFT), self.rect.bottom - px(9))
            surface.blit(icon, corner)
        self._paint_name(surface, palette.text if able else palette.muted)
        self._paint_foot(surface, able)
        self._paint_key(surface, background)

    def _paint_name(self, surface: pygame.Surface, ink: pygame.Color) -> None:
        px, text = self.px, self.ctx.text
        role = "small" if self.narrow else "strong"
        x, y = self.rect.left + px(NARROW_LEFT if self.narrow else 48), self.rect.top + px(6)
        for line in self.name_lines():
            surface.blit(text.get(line, role, ink), (x, y))
            y += text.line_height(role) - px(1)
        if not self.narrow and not self.locked:
            character = self.ctx.i18n.t(f"node.{self.kind.id}.character")
            words = text.fit(character, "small", self.rect.width - px(48 + 6))
            surface.blit(text.get(words, "small", self.ctx.theme.palette.muted), (x, self.rect.top + px(26)))

    def _paint_foot(self, surface: pygame.Surface, able: bool) -> None:
        """Price and upkeep, or that it is locked."""
        px, palette, text = self.px, self.ctx.theme.palette, self.ctx.text
        x, bottom = self.rect.left + px(48), self.rect.bottom - px(7)
        if self.narrow:
            x = self.rect.left + px(NARROW_LEFT + (0 if self.locked else NARROW_ICON + 5))
        if self.locked:
            lock = self.ctx.icons.get("lock", 14, palette.muted)
            words = text.fit(self.lock_reason(), "small", self.rect.right - px(4) - x - px(18))
            label = text.get(words, "small", palette.muted)
            place = label.get_rect(bottomleft=(x + px(18), bottom))
            surface.blit(label, place)
            surface.blit(lock, lock.get_rect(midleft=(x, place.centery)))
            return
        price = text.get(money(self.ctx.i18n, self.size.price), "strong", palette.ok if able else palette.error)
        surface.blit(price, price.get_rect(bottomleft=(x, bottom)))
        if not self.narrow:
            keep = text.get(texts.per_day(self.ctx.i18n, self.size.keep_per_day), "small", palette.muted)
            surface.blit(keep, keep.get_rect(bottomleft=(x + price.get_width() + px(10), bottom)))

    def _paint_key(self, surface: pygame.Surface, background: pygame.Color) -> None:
        """The key that takes it."""
        if self.locked or self.number > KEYS or (self.narrow and self.rect.width < self.px(KEY_FROM)):
            return
        px, palette = self.px, self.ctx.theme.palette
        key = self.ctx.text.get(self.ctx.keymap.label(f"build_{self.number}"), "small", palette.muted, background)
        box = pygame.Rect(0, 0, max(key.get_width() + px(10), px(20)), px(20))
        box.topright = (self.rect.right - px(8), self.rect.top + px(8))
        if self.narrow:
            box.bottomright = (self.rect.right - px(6), self.rect.bottom - px(7))
        pygame.draw.rect(surface, palette.faint, box, px(1), border_radius=px(4))
        surface.blit(key, key.get_rect(center=box.center))
