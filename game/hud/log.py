"""The log: what the departments and the systems say, newest first."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.spec import Department
from game.context import Context
from game.hud import figures
from game.hud.log_entries import ICONS, Entry
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Panel, Pressable

WIDTH = 252
KEPT = 60
HEADER = 40


class _Line(Pressable):
    """One entry: avatar, time, words. A click shows the node it speaks of."""

    focusable = False

    def __init__(self, ctx: Context, entry: Entry, on_jump: Callable[[int], None]) -> None:
        super().__init__(ctx)
        self.entry = entry
        self.on_jump = on_jump
        self.lines: list[str] = []

    def height_for(self, width: int) -> int:
        """Break the words for a width; returns the height in pixels."""
        self.lines = self.ctx.text.wrap(self.entry.text(self.ctx.i18n), "small", width - self.px(52))
        return self.ctx.text.line_height("small") * (len(self.lines) + 1) + self.px(12)

    def react(self, event: pygame.event.Event) -> bool:
        """A line that speaks of no node lets the press through, to be scrolled by."""
        return self.entry.node >= 0 and super().react(event)

    def activate(self) -> None:
        """Jump to the node."""
        self.on_jump(self.entry.node)

    def paint(self, surface: pygame.Surface) -> None:
        """The avatar in the department's colour; the words in the tone of the message."""
        ctx, px, palette, entry = self.ctx, self.px, self.ctx.theme.palette, self.entry
        background = palette.panel
        if self.hovered and entry.node >= 0:
            background = palette.panel_hi
            pygame.draw.rect(surface, background, self.rect, border_radius=px(8))
        colour: pygame.Color = getattr(palette, entry.department.value)
        centre = (self.rect.left + px(24), self.rect.top + px(22))
        disc = colour.lerp(palette.panel, 0.78)
        pygame.draw.aacircle(surface, disc, centre, px(14))
        icon = ctx.icons.get(ICONS[entry.department], 16, colour)
        surface.blit(icon, icon.get_rect(center=centre))
        x, y = self.rect.left + px(46), self.rect.top + px(5)
        step = ctx.text.line_height("small")
        who = ctx.text.get(ctx.i18n.t(f"department.{entry.department.value}"), "small", colour)
        surface.blit(who, (x, y))
        when = ctx.text.get(figures.clock(entry.time_s), "small", palette.muted)
        surface.blit(when, when.get_rect(topright=(self.rect.right - px(10), y)))
        for line in self.lines:
            y += step
            surface.blit(ctx.text.get(line, "small", getattr(palette, entry.tone)), (x, y))


class LogPanel(Panel):
    """Shows `entries`, which the scene keeps, as far as their departments are not filtered out."""

    def __init__(self, ctx: Context, on_jump: Callable[[int], None], entries: list[Entry]) -> None:
        super().__init__(ctx)
        self.on_jump = on_jump
        self.entries = entries
        self.hidden: set[Department] = set()
        self._told = 0
        t = ctx.i18n.t
        self.title = self.add(Label(ctx, t("play.log.title"), "strong"))
        self.filters = {
            department: self.add(
                Button(
                    ctx,
                    "",
                    lambda department=department: self._toggle(department),  # type: ignore[misc]
                    icon=ICONS[department],
                    kind=Kind.QUIET,
                    tooltip=t("play.log.filter", department=t(f"department.{department.value}")),
                )
            )
            for department in Department
        }
        self.empty = self.add(Label(ctx, t("play.log.empty"), "small", "muted", wrap=True))
        self.scroll = self.add(Scroll(ctx))
        for button in self.filters.values():
            button.set_active(True)

    def _toggle(self, department: Department) -> None:
        self.hidden ^= {department}
        self.filters[department].set_active(department not in self.hidden)
        self.refill()

    def refresh(self, told: int) -> None:
        """Show what is new; `told` counts the entries there ever were."""
        if told != self._told:
            self._told = told
            self.refill()

    def refill(self) -> None:
        """Show the entries as they are now. Who reads older ones goes on reading them."""
        scroll = self.scroll
        below = scroll.content - scroll.offset if scroll.offset else None
        scroll.remove_all()
        scroll.offset = 0
        y = scroll.rect.top
        for entry in self.entries:
            if entry.department in self.hidden:
                continue
            line = scroll.add(_Line(self.ctx, entry, self.on_jump))
            height = line.height_for(scroll.rect.width)
            line.layout(pygame.Rect(scroll.rect.left, y, scroll.rect.width, height))
            y += height
        scroll.content = y - scroll.rect.top
        if below is not None:
            scroll.scroll_to(scroll.content - below)
        self.empty.visible = not scroll.children
        self.invalidate()

    def layout(self, rect: pygame.Rect) -> None:
        """Header with the filters, entries below."""
        super().layout(rect)
        px = self.px
        self.title.layout(pygame.Rect(rect.left + px(14), rect.top, px(80), px(HEADER)))
        for index, button in enumerate(reversed(self.filters.values())):
            button.layout(pygame.Rect(rect.right - px(40 + index * 36), rect.top + px(6), px(32), px(28)))
        body = pygame.Rect(rect.left + px(2), rect.top + px(HEADER), rect.width - px(4), rect.height - px(HEADER + 4))
        self.scroll.layout(body)
        self.empty.layout(body.inflate(-px(24), -px(8)))
        self.refill()
