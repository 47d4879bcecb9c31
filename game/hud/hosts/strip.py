"""All hosts as a row of small cells: of a rack too high to be seen whole one sees here what burns, and goes there."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.view import HostState, HostView
from game.context import Context
from game.hud.hosts import words
from game.hud.hosts.unit import BUSY, FULL
from game.ui.widget import Pressable, Widget

HEIGHT = 24
GAP = 4


class HostCell(Pressable):
    """A host by its place in the rack; it fills from below with the busy share of its threads."""

    focusable = False

    def __init__(self, ctx: Context, host: HostView, number: int, on_press: Callable[[str], None]) -> None:
        super().__init__(ctx, lambda: words.host_tip(ctx.i18n, self.host))
        self.host, self.number, self.on_press = host, number, on_press
        self.target = ""

    def activate(self) -> None:
        """Go to its unit."""
        self.ctx.audio.play("ui_click")
        self.on_press(self.host.id)

    def show(self, host: HostView, target: str) -> None:
        """Follow the world. target: name of the colour of its edge, while a VM hangs over it."""
        before = self._seen()
        self.host, self.target = host, target
        if self._seen() != before:
            self.invalidate()

    def _seen(self) -> object:
        """What is seen of the host: while that holds still, nothing is painted anew."""
        return self.target, self.host.state, round(self.host.cpu_busy / max(self.host.threads, 1) * HEIGHT)

    def paint(self, surface: pygame.Surface) -> None:
        """The number; a dead host is crossed out."""
        px, palette, host = self.px, self.ctx.theme.palette, self.host
        up = host.state is HostState.UP
        load = min(1.0, host.cpu_busy / max(host.threads, 1)) if up else 0.0
        tone = palette.error if load >= FULL or not up else palette.warn if load >= BUSY else palette.ok
        back = palette.line if self.hovered else palette.bg_raised
        radius = px(4)
        pygame.draw.rect(surface, back if up else tone.lerp(palette.panel, 0.75), self.rect, border_radius=radius)
        filled = self.rect.copy()
        filled.height = round(self.rect.height * load)
        filled.bottom = self.rect.bottom
        if filled.height:
            pygame.draw.rect(surface, tone.lerp(palette.panel, 0.55), filled, border_radius=radius)
        edge = getattr(palette, self.target) if self.target else palette.line if up else tone
        pygame.draw.rect(surface, edge, self.rect, px(2 if self.target else 1), border_radius=radius)
        number = self.ctx.text.get(str(self.number), "small", palette.text if up else palette.error)
        surface.blit(number, number.get_rect(center=self.rect.center))
        if not up:
            pygame.draw.line(surface, tone, self.rect.bottomleft, (self.rect.right - 1, self.rect.top), px(1))


class HostStrip(Widget):
    """A cell for each host, side by side."""

    def __init__(self, ctx: Context, hosts: tuple[HostView, ...], on_press: Callable[[str], None]) -> None:
        super().__init__(ctx)
        self.cells = [self.add(HostCell(ctx, host, number, on_press)) for number, host in enumerate(hosts, 1)]

    def layout(self, rect: pygame.Rect) -> None:
        """Equal cells over the whole width."""
        super().layout(rect)
        gap, count = self.px(GAP), len(self.cells)
        for index, cell in enumerate(self.cells):
            left = rect.left + (rect.width + gap) * index // count
            right = rect.left + (rect.width + gap) * (index + 1) // count - gap
            cell.layout(pygame.Rect(left, rect.top, right - left, rect.height))

    def host_at(self, pos: tuple[int, int]) -> str:
        """The host whose cell is at a pixel, if one is."""
        return next((cell.host.id for cell in self.cells if self.visible and cell.shows(pos)), "")
