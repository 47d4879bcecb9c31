"""Buttons: with words, with an icon, or both."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import pygame

from game.context import Context
from game.ui.widget import Tooltip, Widget


class Kind(Enum):
    """How much a button wants to be pressed."""

    PRIMARY = "primary"
    NORMAL = "normal"
    QUIET = "quiet"
    DANGER = "danger"


class Button(Widget):
    """Calls `on_press` when clicked, tapped, or activated by key. `active` marks the chosen one of several."""

    focusable = True

    def __init__(
        self,
        ctx: Context,
        text: str = "",
        on_press: Callable[[], None] | None = None,
        *,
        icon: str = "",
        kind: Kind = Kind.NORMAL,
        action: str = "",
        tooltip: Tooltip = None,
        role: str = "strong",
    ) -> None:
        super().__init__(ctx, tooltip)
        self.text = text
        self.icon = icon
        self.kind = kind
        self.action = action
        self.role = role
        self.on_press = on_press
        self.pressed = False
        self.active = False

    def set(self, text: str | None = None, icon: str | None = None, enabled: bool | None = None) -> None:
        """Change what is shown; nothing is drawn anew when nothing changes."""
        new = (self.text if text is None else text, self.icon if icon is None else icon)
        able = self.enabled if enabled is None else enabled
        if (self.text, self.icon, self.enabled) != (*new, able):
            (self.text, self.icon), self.enabled = new, able
            self.invalidate()

    def set_active(self, active: bool) -> None:
        """Mark as chosen or not."""
        if active != self.active:
            self.active = active
            self.invalidate()

    def natural_width(self) -> int:
        """The width the button would like to have."""
        width = self.ctx.text.width(self.text, self.role) if self.text else 0
        if self.icon:
            width += self.px(18) + (self.px(8) if self.text else 0)
        if self.action:
            width += self.ctx.text.width(self.ctx.keymap.label(self.action), "small") + self.px(22)
        return width + self.px(28)

    def react(self, event: pygame.event.Event) -> bool:
        """Press on the button going up over it."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.pressed = True
            self.invalidate()
            return True
        if event.type == pygame.MOUSEBUTTONUP and event.button == 1 and self.pressed:
            self.pressed = False
            self.invalidate()
            if self.rect.collidepoint(event.pos):
                self.activate()
            return True
        return False

    def activate(self) -> None:
        """Press it."""
        if self.enabled and self.on_press is not None:
            self.ctx.audio.play("ui_click")
            self.on_press()

    def colours(self) -> tuple[pygame.Color, pygame.Color, pygame.Color]:
        """Background, border and text as they are now."""
        palette = self.ctx.theme.palette
        if not self.enabled:
            return palette.panel, palette.line, palette.muted
        lit = self.hovered or self.pressed
        if self.kind is Kind.PRIMARY:
            return (palette.text if lit else palette.accent), palette.accent, palette.on_accent
        if self.active:
            return palette.accent.lerp(palette.panel, 0.78), palette.accent, palette.text
        if self.kind is Kind.DANGER:
            return (palette.error.lerp(palette.panel, 0.75) if lit else palette.panel_hi), palette.error, palette.error
        if self.kind is Kind.QUIET:
            return (palette.panel_hi if lit else palette.panel), (palette.line if lit else palette.panel), palette.text
        return (palette.line if lit else palette.panel_hi), palette.line, palette.text

    def paint(self, surface: pygame.Surface) -> None:
        """Draw the button: icon, words and the key that presses it."""
        background, border, ink = self.colours()
        radius = self.px(8)
        pygame.draw.rect(surface, background, self.rect, border_radius=radius)
        pygame.draw.rect(surface, border, self.rect, self.px(1), border_radius=radius)
        if self.focused:
            focus = self.ctx.theme.palette.text
            pygame.draw.rect(
                surface, focus, self.rect.inflate(-self.px(4), -self.px(4)), self.px(1), border_radius=radius
            )
        self._paint_content(surface, background, ink)

    def _paint_content(self, surface: pygame.Surface, background: pygame.Color, ink: pygame.Color) -> None:
        key = self.ctx.keymap.label(self.action) if self.action else ""
        key_width = self.ctx.text.width(key, "small") + self.px(14) if key else 0
        icon = self.ctx.icons.get(self.icon, 18, ink, background) if self.icon else None
        icon_width = icon.get_width() if icon else 0
        gap = self.px(8) if icon and self.text else 0
        room = self.rect.width - icon_width - gap - key_width - self.px(8)
        label = (
            self.ctx.text.get(self.ctx.text.fit(self.text, self.role, room), self.role, ink, background)
            if self.text
            else None
        )
        width = icon_width + gap + (label.get_width() if label else 0)
        x = self.rect.centerx - (width + key_width) // 2
        if icon:
            surface.blit(icon, (x, self.rect.centery - icon.get_height() // 2))
        if label:
            surface.blit(label, (x + icon_width + gap, self.rect.centery - label.get_height() // 2))
        if key:
            self._paint_key(
                surface, key, pygame.Rect(x + width + self.px(8), 0, key_width - self.px(4), self.px(20)), ink
            )

    def _paint_key(self, surface: pygame.Surface, key: str, rect: pygame.Rect, ink: pygame.Color) -> None:
        rect.centery = self.rect.centery
        background = self.colours()[0]
        pygame.draw.rect(surface, ink.lerp(background, 0.55), rect, self.px(1), border_radius=self.px(4))
        label = self.ctx.text.get(key, "small", ink, background)
        surface.blit(label, label.get_rect(center=rect.center))
