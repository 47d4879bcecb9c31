"""A VM in the rack: its kind, its name, and what is wrong with it or under way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pygame

from engine.view import NodeState, NodeView
from game.context import Context
from game.ui.widget import Pressable, Tooltip

HEIGHT = 25
PAD = 7
ICON = 15
STEPS = 20


@dataclass(frozen=True, slots=True)
class ChipLook:
    """icon: beside the name, when there is something to say. tone: name of its colour. done: of STEPS, of what is under
    way; 0: nothing is.
    """

    icon: str = ""
    tone: str = "text"
    done: int = 0
    chosen: bool = False


def look_of(node: NodeView, chosen: bool) -> ChipLook:
    """What a VM looks like in the rack."""
    if not math.isnan(node.migration):
        return ChipLook("move", "accent", 1 + round(node.migration * (STEPS - 1)), chosen)
    if node.waits_for_host or node.state is NodeState.DOWN:
        return ChipLook("hourglass" if node.waits_for_host else "down", "error", 0, chosen)
    if node.frozen:
        return ChipLook("snowflake", "error", 0, chosen)
    if node.state is not NodeState.READY:
        return ChipLook("hourglass", "accent", 0, chosen)
    return ChipLook("flame", "warn", 0, chosen) if node.overloaded else ChipLook("", "text", 0, chosen)


def chip_width(ctx: Context, name: str) -> int:
    """The width of a chip in pixels; there is always room for the icon of its state."""
    px = ctx.theme.px
    return px(2 * PAD + 2 * (ICON + 5)) + ctx.text.width(name, "small")


def paint_chip(
    ctx: Context, surface: pygame.Surface, rect: pygame.Rect, kind_icon: str, name: str, look: ChipLook, lit: bool
) -> None:
    """Draw a chip: kind, name, state; what is under way fills it from the left."""
    px, palette = ctx.theme.px, ctx.theme.palette
    tone: pygame.Color = getattr(palette, look.tone)
    calm = look.tone == "text"
    fill = (palette.line if lit else palette.bg_raised) if calm else tone.lerp(palette.bg_raised, 0.7 if lit else 0.82)
    edge = palette.accent if look.chosen else palette.line if calm else tone
    radius = px(6)
    pygame.draw.rect(surface, fill, rect, border_radius=radius)
    if look.done:
        done = rect.copy()
        done.width = max(radius, rect.width * look.done // STEPS)
        pygame.draw.rect(surface, tone.lerp(palette.bg_raised, 0.55), done, border_radius=radius)
    pygame.draw.rect(surface, edge, rect, px(2 if look.chosen else 1), border_radius=radius)
    x = rect.left + px(PAD)
    kind = ctx.icons.get(kind_icon, ICON, palette.muted if calm else tone)
    surface.blit(kind, kind.get_rect(midleft=(x, rect.centery)))
    x += px(ICON + 5)
    words = ctx.text.get(name, "small", palette.text)
    surface.blit(words, words.get_rect(midleft=(x, rect.centery)))
    if look.icon:
        state = ctx.icons.get(look.icon, ICON, tone)
        surface.blit(state, state.get_rect(midright=(rect.right - px(PAD), rect.centery)))


class VmChip(Pressable):
    """on_grab: told that the pointer takes it, and where. on_choose: it was chosen by key."""

    def __init__(
        self,
        ctx: Context,
        node: int,
        kind_icon: str,
        name: str,
        on_grab: Callable[[VmChip, tuple[int, int]], None],
        on_choose: Callable[[int], None],
        tooltip: Tooltip,
    ) -> None:
        super().__init__(ctx, tooltip)
        self.node, self.kind_icon, self.name = node, kind_icon, name
        self.on_grab, self.on_choose = on_grab, on_choose
        self.look = ChipLook()

    def set(self, look: ChipLook) -> None:
        """Show another state."""
        if look != self.look:
            self.look = look
            self.invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """A press takes it into the hand: only the release tells whether it was meant to be dragged."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.on_grab(self, event.pos)
            return True
        return False

    def activate(self) -> None:
        """Choose it."""
        self.ctx.audio.play("ui_click")
        self.on_choose(self.node)

    def paint(self, surface: pygame.Surface) -> None:
        """The chip, with a line inside for the focus."""
        paint_chip(self.ctx, surface, self.rect, self.kind_icon, self.name, self.look, self.hovered)
        if self.focused:
            inner = self.rect.inflate(-self.px(4), -self.px(4))
            pygame.draw.rect(surface, self.ctx.theme.palette.text, inner, self.px(1), border_radius=self.px(5))
