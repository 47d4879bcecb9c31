"""A host as a unit of a rack: lamp, name, links, meters, and its VMs as chips."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pygame

from engine.view import HostState, HostView, StorageView
from game.context import Context
from game.hud import figures
from game.hud.hosts import words
from game.hud.hosts.chip import HEIGHT as CHIP
from game.hud.hosts.chip import VmChip, chip_width
from game.ui.button import Button, Kind
from game.ui.widget import Widget

EAR = 12
SIDE = 8
HEAD = 32
METERS = 34
GAP = 5
FOOT = 8
SHOWN_S = 5.0
BUSY, FULL = 0.7, 0.9
FINE = 50


class HostUnit(Widget):
    """chips: its VMs. on_move: the chosen VM is wanted here; the button for it is there while `offer` says so.

    note: words at its foot, the answer to an act; target: '', or the colour of its edge while a VM hangs over it.
    """

    def __init__(self, ctx: Context, host: HostView, chips: Sequence[VmChip], on_move: Callable[[str], None]) -> None:
        super().__init__(ctx, lambda: words.host_tip(ctx.i18n, self.host))
        self.host = host
        self.storage: StorageView | None = None
        self.chips = [self.add(chip) for chip in chips]
        self.move = self.add(
            Button(ctx, ctx.i18n.t("hosts.move_here"), lambda: on_move(self.host.id), kind=Kind.NORMAL, role="small")
        )
        self.move.visible = False
        self.note: tuple[str, str] = ("", "text")
        self.target = ""
        self._note_left_s = 0.0

    # -- what it shows -----------------------------------------------------------------------------------------------

    def show(self, host: HostView, storage: StorageView | None, offer: bool) -> None:
        """Follow the world. offer: the chosen VM is elsewhere."""
        before = self._seen()
        self.host, self.storage = host, storage
        if self._seen() != before:
            self.invalidate()
        offer = offer and host.state is not HostState.DOWN
        if offer != self.move.visible:
            self.move.visible = offer
            self.invalidate()

    def _seen(self) -> object:
        """What is seen of the host: while that holds still, nothing is painted anew."""
        host = self.host
        state = words.state(self.ctx.i18n, host, self.storage)
        given = (host.cpu_given, host.memory_given, host.links_up)
        return state, given, round(host.cpu_busy / max(host.threads, 1) * FINE), figures.percent(host.network_share)

    def say(self, text: str, tone: str) -> None:
        """Write a note at the foot; it is seen after the next layout."""
        self.note, self._note_left_s = (text, tone), SHOWN_S

    def inherit(self, before: HostUnit) -> None:
        """Go on with what stood on the unit that was here before."""
        self.note, self._note_left_s, self.target = before.note, before._note_left_s, before.target

    def aim(self, tone: str) -> None:
        """A VM hangs over it, or no more."""
        if tone != self.target:
            self.target = tone
            self.invalidate()

    def update(self, dt_s: float) -> None:
        """Notes fade."""
        super().update(dt_s)
        self._note_left_s -= dt_s
        if self.note[0] and self._note_left_s <= 0.0:
            self.note = ("", "text")
            self.invalidate()

    # -- place -------------------------------------------------------------------------------------------------------

    def height_for(self, width: int) -> int:
        """The height in pixels at a width."""
        rows = self._flow(pygame.Rect(0, 0, width, 0), place=False)
        note = len(self._note_lines(width)) * self.ctx.text.line_height("small")
        return self.px(HEAD + METERS + FOOT) + rows * self.px(CHIP + GAP) + (note + self.px(4) if note else 0)

    def layout(self, rect: pygame.Rect) -> None:
        """Head, meters, chips, note."""
        super().layout(rect)
        width = min(self.move.natural_width(), self.px(132))
        right = rect.right - self.px(EAR + SIDE)
        self.move.layout(pygame.Rect(right - width, rect.top + self.px(5), width, self.px(25)))
        self._flow(rect, place=True)

    def _inner(self, rect: pygame.Rect) -> tuple[int, int]:
        """Left edge and width of what is inside."""
        side = self.px(EAR + SIDE)
        return rect.left + side, rect.width - 2 * side

    def _flow(self, rect: pygame.Rect, place: bool) -> int:
        """The chips side by side, in as many rows as they need; returns how many, at least one."""
        left, width = self._inner(rect)
        x, row, top = 0, 0, rect.top + self.px(HEAD + METERS)
        for chip in self.chips:
            wide = min(width, chip_width(self.ctx, chip.name))
            if x and x + wide > width:
                x, row = 0, row + 1
            if place:
                chip.layout(pygame.Rect(left + x, top + row * self.px(CHIP + GAP), wide, self.px(CHIP)))
            x += wide + self.px(GAP)
        return row + 1

    def _note_lines(self, width: int) -> list[str]:
        inner = self._inner(pygame.Rect(0, 0, width, 0))[1]
        return self.ctx.text.wrap(self.note[0], "small", inner) if self.note[0] else []

    # -- paint -------------------------------------------------------------------------------------------------------

    def paint(self, surface: pygame.Surface) -> None:
        """The plate with its ears, then what stands on it."""
        px, palette = self.px, self.ctx.theme.palette
        text, tone = words.state(self.ctx.i18n, self.host, self.storage)
        down = self.host.state is not HostState.UP
        fill = palette.error.lerp(palette.panel_hi, 0.9) if down else palette.panel_hi
        edge: pygame.Color = getattr(palette, self.target) if self.target else palette.error if down else palette.line
        pygame.draw.rect(surface, fill, self.rect, border_radius=px(6))
        for left in (self.rect.left, self.rect.right - px(EAR)):
            self._paint_ear(surface, pygame.Rect(left, self.rect.top, px(EAR), self.rect.height))
        pygame.draw.rect(surface, edge, self.rect, px(2 if self.target else 1), border_radius=px(6))
        self._paint_head(surface, fill, text, tone)
        self._paint_meters(surface, fill)
        if not self.chips:
            left, _ = self._inner(self.rect)
            empty = self.ctx.text.get(self.ctx.i18n.t("hosts.empty"), "small", palette.muted, fill)
            middle = self.rect.top + px(HEAD + METERS) + px(CHIP) // 2
            surface.blit(empty, empty.get_rect(midleft=(left, middle)))
        self._paint_note(surface, fill)

    def _paint_ear(self, surface: pygame.Surface, ear: pygame.Rect) -> None:
        """The flange by which a unit is screwed to the rack."""
        px, palette = self.px, self.ctx.theme.palette
        pygame.draw.rect(surface, palette.bg_raised, ear, border_radius=px(6))
        for y in (ear.top + px(14), ear.bottom - px(14)):
            pygame.draw.circle(surface, palette.line, (ear.centerx, y), px(3))

    def _paint_head(self, surface: pygame.Surface, fill: pygame.Color, state: str, tone_name: str) -> None:
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        tone: pygame.Color = getattr(palette, tone_name)
        left, width = self._inner(self.rect)
        middle = self.rect.top + px(5) + px(25) // 2
        icon = ctx.icons.get("server" if self.host.state is HostState.UP else "server-off", 16, tone, fill)
        surface.blit(icon, icon.get_rect(midleft=(left, middle)))
        name = ctx.text.get(self.host.id, "strong", palette.text, fill)
        x = left + px(23)
        surface.blit(name, name.get_rect(midleft=(x, middle)))
        x += name.get_width() + px(10)
        right = self.move.rect.left - px(8) if self.move.visible else left + width
        right = self._paint_links(surface, fill, right, middle)
        words_ = ctx.text.get(ctx.text.fit(state, "small", max(0, right - x - px(6))), "small", tone, fill)
        surface.blit(words_, words_.get_rect(midleft=(x, middle)))

    def _paint_links(self, surface: pygame.Surface, fill: pygame.Color, right: int, middle: int) -> int:
        """A socket a link, crossed out where it is lost; returns where they begin."""
        px, palette, host = self.px, self.ctx.theme.palette, self.host
        for index in reversed(range(host.links)):
            alive = index < host.links_up and host.state is not HostState.DOWN
            tone = palette.ok if alive else palette.muted if host.state is HostState.DOWN else palette.error
            socket = pygame.Rect(0, 0, px(15), px(11))
            socket.midright = (right, middle)
            pygame.draw.rect(surface, tone if alive else fill, socket, border_radius=px(2))
            pygame.draw.rect(surface, tone, socket, px(1), border_radius=px(2))
            notch = pygame.Rect(0, 0, px(7), px(4))
            notch.midbottom = (socket.centerx, socket.bottom)
            pygame.draw.rect(surface, fill if alive else tone, notch)
            if not alive:
                pygame.draw.line(surface, tone, socket.topleft, socket.bottomright, px(1))
            right -= px(19)
        return right

    def _paint_meters(self, surface: pygame.Surface, fill: pygame.Color) -> None:
        """vCPUs given and busy, memory given, network used: three side by side."""
        t, host = self.ctx.i18n.t, self.host
        left, width = self._inner(self.rect)
        gap = self.px(12)
        wide = (width - 2 * gap) // 3
        top = self.rect.top + self.px(HEAD)
        number = words.number
        room = max(host.cpu_room, 1e-9)
        given = t("hosts.of", value=number(host.cpu_given), total=number(math.floor(host.cpu_room + 1e-6)))
        memory = t("hosts.of", value=number(host.memory_given), total=number(host.memory_gb))
        meters = (
            (t("hosts.vcpu"), given, host.cpu_given / room, host.cpu_busy / room, host.cpu_busy / max(host.threads, 1)),
            (t("hosts.ram"), memory, host.memory_given / max(host.memory_gb, 1e-9), 0.0, 0.0),
            (t("hosts.net"), figures.percent(host.network_share), 0.0, host.network_share, host.network_share),
        )
        for index, meter in enumerate(meters):
            self._paint_meter(surface, fill, pygame.Rect(left + index * (wide + gap), top, wide, self.px(28)), meter)

    def _paint_meter(
        self,
        surface: pygame.Surface,
        fill: pygame.Color,
        rect: pygame.Rect,
        meter: tuple[str, str, float, float, float],
    ) -> None:
        """Name and value over a track: what is given is dim, what is used of it bright, in the colour of the load."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        name, value, given, used, load = meter
        tone = palette.error if load >= FULL else palette.warn if load >= BUSY else palette.ok
        shown = ctx.text.get(value, "small", palette.text if load < FULL else palette.error, fill)
        surface.blit(shown, shown.get_rect(topright=rect.topright))
        label = ctx.text.fit(name, "small", rect.width - shown.get_width() - px(4))
        surface.blit(ctx.text.get(label, "small", palette.muted, fill), rect.topleft)
        track = pygame.Rect(rect.left, rect.top + shown.get_height() + px(1), rect.width, px(6))
        radius = track.height // 2
        pygame.draw.rect(surface, palette.line, track, border_radius=radius)
        for share, colour in ((given, palette.accent.lerp(palette.line, 0.55)), (used, tone)):
            part = track.copy()
            part.width = round(track.width * min(max(share, 0.0), 1.0))
            if part.width:
                pygame.draw.rect(surface, colour, part, border_radius=radius)

    def _paint_note(self, surface: pygame.Surface, fill: pygame.Color) -> None:
        ctx, px = self.ctx, self.px
        left, _ = self._inner(self.rect)
        lines = self._note_lines(self.rect.width)
        step = ctx.text.line_height("small")
        y = self.rect.bottom - px(FOOT) - step * len(lines)
        for line in lines:
            surface.blit(ctx.text.get(line, "small", getattr(ctx.theme.palette, self.note[1]), fill), (left, y))
            y += step
