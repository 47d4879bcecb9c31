"""An area that shows a part of something taller."""

from __future__ import annotations

import pygame

from game.context import Context
from game.ui.widget import Widget

WHEEL_STEP = 48
PAGE_KEYS = {pygame.K_PAGEUP: -1, pygame.K_PAGEDOWN: 1}


class Scroll(Widget):
    """Scrolls its children by wheel, finger, dragging, Page Up and Down. `content` is their height in pixels.

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

    def reveal(self, child: pygame.Rect) -> None:
        """Scroll as little as is needed to show a rectangle that lies in the content."""
        if child.top < self.rect.top:
            self.scroll_to(self.offset - (self.rect.top - child.top))
        elif child.bottom > self.rect.bottom:
            self.scroll_to(self.offset + min(child.bottom - self.rect.bottom, child.top - self.rect.top))

    def lets_through(self, pos: tuple[int, int]) -> bool:
        """Only what is in the visible part is seen."""
        return bool(self.rect.collidepoint(pos)) and super().lets_through(pos)

    def handle(self, event: pygame.event.Event) -> bool:
        """Children are pressed only inside the visible part, and not by a finger that sets out up or down."""
        if not self.visible:
            return False
        if event.type == pygame.MOUSEBUTTONDOWN:
            if not self.rect.collidepoint(event.pos):
                return False
            if self._is_swipe(event):
                return self._grab(event)
        return super().handle(event)

    def _is_swipe(self, event: pygame.event.Event) -> bool:
        way = getattr(event, "drag", None)
        return bool(self.reach and way and abs(way[1]) > abs(way[0]))

    def _grab(self, event: pygame.event.Event) -> bool:
        self._grabbed = event.pos[1] + self.offset
        return True

    def react(self, event: pygame.event.Event) -> bool:
        """Wheel, drag and keys."""
        if event.type == pygame.MOUSEWHEEL and self.rect.collidepoint(pygame.mouse.get_pos()):
            self.scroll_to(self.offset - event.y * self.px(WHEEL_STEP))
            return True
        if event.type == pygame.KEYDOWN and event.key in PAGE_KEYS and self.reach:
            self.scroll_to(self.offset + PAGE_KEYS[event.key] * (self.rect.height - self.px(WHEEL_STEP)))
            return True
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            return self._grab(event)
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
