"""An area that shows a part of something taller."""

from __future__ import annotations

import pygame

from game.context import Context
from game.ui.widget import POINTER, Widget

WHEEL_STEP = 48


class Scroll(Widget):
    """Scrolls its children by wheel, by dragging and by Page Up and Down. `content` is their height in pixels.

    Children are laid out as if nothing were scrolled, with their tops relative to `origin`.
    """

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.content = 0
        self.offset = 0
        self._grabbed: int | None = None

    @property
    def origin(self) -> tuple[int, int]:
        """Where the top left corner of the content is now, in pixels of the window."""
        return self.rect.left, self.rect.top - self.offset

    @property
    def reach(self) -> int:
        """How far it can be scrolled."""
        return max(0, self.content - self.rect.height)

    def scroll_to(self, offset: int) -> None:
        """Scroll; children move along."""
        offset = min(max(offset, 0), self.reach)
        if offset == self.offset:
            return
        for child in self.children:
            child.layout(child.rect.move(0, self.offset - offset))
        self.offset = offset
        self.invalidate()

    def handle(self, event: pygame.event.Event) -> bool:
        """Children get pointer events only inside the visible part."""
        if not self.visible:
            return False
        inside = event.type not in POINTER or bool(self.rect.collidepoint(event.pos))
        if event.type == pygame.MOUSEBUTTONDOWN and not inside:
            return False
        return super().handle(event)

    def react(self, event: pygame.event.Event) -> bool:
        """Wheel and drag."""
        if event.type == pygame.MOUSEWHEEL and self.rect.collidepoint(pygame.mouse.get_pos()):
            self.scroll_to(self.offset - event.y * self.px(WHEEL_STEP))
            return True
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self._grabbed = event.pos[1] + self.offset
            return True
        if event.type == pygame.MOUSEMOTION and self._grabbed is not None:
            self.scroll_to(self._grabbed - event.pos[1])
            return True
        if event.type == pygame.MOUSEBUTTONUP and self._grabbed is not None:
            self._grabbed = None
            return True
        return False

    def draw(self, surface: pygame.Surface) -> None:
        """Draw what is inside the visible part, and a thin bar that tells where it is."""
        if not self.visible:
            return
        clip = surface.get_clip()
        surface.set_clip(self.rect.clip(clip))
        self.paint(surface)
        for child in self.children:
            if child.rect.colliderect(self.rect):
                child.draw(surface)
        if self.reach:
            self._paint_bar(surface)
        surface.set_clip(clip)

    def _paint_bar(self, surface: pygame.Surface) -> None:
        height = max(self.px(24), self.rect.height * self.rect.height // self.content)
        top = self.rect.top + (self.rect.height - height) * self.offset // self.reach
        bar = pygame.Rect(self.rect.right - self.px(4), top, self.px(3), height)
        pygame.draw.rect(surface, self.ctx.theme.palette.faint, bar, border_radius=self.px(2))
