"""What sticks to a card's edge: the reason where requests die, a padlock, the marks of its models, its instances."""

from __future__ import annotations

import pygame

from engine.spec import FailureReason, HostingSpec
from engine.view import NodeState
from game.context import Context
from game.view import cards
from game.view.face import Face
from game.view.hosting import HostTag
from game.view.layout import CardLayout, Detail
from game.view.look import Look
from game.view.marks import Mark
from game.view.shapes import Rgb, mix

_MARK_ICON = 13.0
_BARE_ICON = 15.0


class Badges:
    """Paints them on a surface, each picture made once. A card with its margin has room for all of them."""

    def __init__(self, ctx: Context, sprites: cards.SpriteCache, hosting: HostingSpec | None = None) -> None:
        self.ctx, self.sprites = ctx, sprites
        self._hosts = [host.id for host in hosting.hosts] if hosting is not None else []

    def paint(self, surface: pygame.Surface, look: Look, layout: CardLayout, face: Face, left: int, top: int) -> None:
        """Paint all badges of a face on the card at `left`, `top`."""
        if face.locked:
            self._padlock(surface, look, layout, left, top)
        if layout.detail is Detail.MINI:
            self._bare_marks(surface, look, layout, face.marks, left, top)
        self.paint_edge(surface, look, layout, face, left, top)

    def paint_edge(
        self, surface: pygame.Surface, look: Look, layout: CardLayout, face: Face, left: int, top: int
    ) -> None:
        """Only those that lie on the card's edge: an outline around the card would strike them through."""
        area = pygame.Rect(left, top, layout.width, layout.height).inflate(2 * layout.margin, 2 * layout.margin)
        if face.badge is not None:
            badge = self._reason(look, face.badge)
            right = left + layout.width + round(layout.margin * 0.7)
            surface.blit(badge, badge.get_rect(midright=(right, top)).clamp(area))
        if face.host is not None and _shows_host(layout, face):
            tag = self._host(look, face.host, bare=layout.detail is Detail.MINI)
            place = tag.get_rect(midleft=(left - round(layout.margin * 0.4), top + layout.height))
            surface.blit(tag, place.clamp(area))
        pills = [self._instances(look, face.instances)] if face.instances != 1 else []
        if layout.detail is not Detail.MINI:
            pills += [self._mark(look, mark) for mark in face.marks]
        right, middle = left + layout.width + round(layout.margin * 0.5), top + layout.height
        for pill in pills:
            place = pill.get_rect(midright=(right, middle)).clamp(area)
            surface.blit(pill, place)
            right = place.left + round(self.ctx.theme.scale)

    def _bare_marks(
        self, surface: pygame.Surface, look: Look, layout: CardLayout, marks: tuple[Mark, ...], left: int, top: int
    ) -> None:
        """On a far card there is room for the icons only, beside the ring."""
        y = top + layout.padding
        for mark in marks:
            icon = self.ctx.icons.get(mark.icon, _BARE_ICON, _colour(look, mark), look.panel)
            surface.blit(icon, (left + layout.padding + round(3 * self.ctx.theme.scale), y))
            y += icon.get_height() + 1

    def _reason(self, look: Look, reason: FailureReason) -> pygame.Surface:
        """Red, but for attacks that were blocked: that is as it should be."""

        def make() -> pygame.Surface:
            label = self.ctx.text.get(str(int(reason)), "strong", look.background)
            height = round(label.get_height() * 1.02)
            colour = look.muted if reason is FailureReason.FORBIDDEN else look.error
            base = cards.pill(label.get_width() + height // 2, height, colour, colour, look.background).copy()
            base.blit(label, label.get_rect(center=base.get_rect().center))
            return base

        return self.sprites.get(("badge", reason), make)

    def _mark(self, look: Look, mark: Mark) -> pygame.Surface:
        return self.sprites.get(("mark", mark), lambda: self._pill(look, mark.icon, mark.text, _colour(look, mark)))

    def _host(self, look: Look, tag: HostTag, bare: bool) -> pygame.Surface:
        """A host keeps its colour, so that it is seen at a glance which VMs stand and fall together."""

        def make() -> pygame.Surface:
            at = self._hosts.index(tag.host) if tag.host in self._hosts else 0
            colour: Rgb = look.zone(at) if tag.tone is None else getattr(look, tag.tone.value)
            return self._pill(look, tag.icon, "" if bare else tag.text, colour)

        return self.sprites.get(("host", tag, bare), make)

    def _pill(self, look: Look, icon_name: str, text: str, colour: Rgb) -> pygame.Surface:
        """An icon, words, or both."""
        fill = mix(look.panel, colour, 0.16)
        icon = self.ctx.icons.get(icon_name, _MARK_ICON, colour, fill) if icon_name else None
        label = self.ctx.text.get(text, "small", look.text, fill) if text else None
        parts = [part for part in (icon, label) if part is not None]
        gap = round(4 * self.ctx.theme.scale)
        height = round(18 * self.ctx.theme.scale)
        inner = sum(part.get_width() for part in parts) + gap * (len(parts) - 1)
        base = cards.pill(inner + round(height * 0.7), height, fill, colour, look.background).copy()
        x = (base.get_width() - inner) // 2
        for part in parts:
            base.blit(part, part.get_rect(midleft=(x, base.get_height() // 2)))
            x += part.get_width() + gap
        return base

    def _instances(self, look: Look, count: int) -> pygame.Surface:
        def make() -> pygame.Surface:
            fill = mix(look.panel, look.accent, 0.16)
            label = self.ctx.text.get(f"×{count}", "small", look.text, fill)
            height = round(18 * self.ctx.theme.scale)
            width = max(height, label.get_width() + round(height * 0.6))
            base = cards.pill(width, height, fill, look.accent, look.background).copy()
            base.blit(label, label.get_rect(center=base.get_rect().center))
            return base

        return self.sprites.get(("instances", count), make)

    def _padlock(self, surface: pygame.Surface, look: Look, layout: CardLayout, left: int, top: int) -> None:
        def make() -> pygame.Surface:
            height = round(20 * self.ctx.theme.scale)
            base = cards.pill(height, height, look.warn, look.warn, look.panel).copy()
            icon = self.ctx.icons.get("lock", 13, look.background, look.warn)
            base.blit(icon, icon.get_rect(center=base.get_rect().center))
            return base

        lock = self.sprites.get("padlock", make)
        reach = round(layout.ring * 0.36)
        surface.blit(lock, lock.get_rect(center=(left + layout.ring_x + reach, top + layout.ring_y + reach)))


def _shows_host(layout: CardLayout, face: Face) -> bool:
    """A far card has room only for what is out of the ordinary, and one that is down says so already."""
    if layout.detail is not Detail.MINI:
        return True
    return face.host is not None and face.host.tone is not None and face.state is not NodeState.DOWN


def _colour(look: Look, mark: Mark) -> Rgb:
    colour: Rgb = getattr(look, mark.tone.value)
    return colour
