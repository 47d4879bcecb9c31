"""What a widget is, and the panel that keeps a picture of its widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pygame

from game.context import Context

Tooltip = str | Callable[[], str | None] | None
W = TypeVar("W", bound="Widget")
NOWHERE = (-1, -1)
POINTER = (pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP)


class Widget:
    """A rectangle that draws itself and may react. Rectangles are in pixels of the window.

    tooltip: text shown when the pointer rests on it. focusable: whether Tab stops here; `focused` is set by the ring.
    """

    focusable = False

    def __init__(self, ctx: Context, tooltip: Tooltip = None) -> None:
        self.ctx = ctx
        self.rect = pygame.Rect(0, 0, 0, 0)
        self.visible = True
        self.enabled = True
        self.hovered = False
        self.focused = False
        self.tooltip = tooltip
        self.parent: Widget | None = None
        self.children: list[Widget] = []

    def add(self, child: W) -> W:
        """Put a widget inside this one, on top of the others."""
        child.parent = self
        self.children.append(child)
        self.invalidate()
        return child

    def remove_all(self) -> None:
        """Take all widgets out."""
        for child in self.children:
            child.parent = None
        self.children.clear()
        self.invalidate()

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place."""
        self.rect = pygame.Rect(rect)
        self.invalidate()

    def invalidate(self) -> None:
        """What is seen has changed: whoever keeps a picture of this widget draws it anew."""
        if self.parent is not None:
            self.parent.invalidate()

    def walk(self) -> Iterator[Widget]:
        """This widget and all visible ones inside it, in drawing order."""
        if self.visible:
            yield self
            for child in self.children:
                yield from child.walk()

    def handle(self, event: pygame.event.Event) -> bool:
        """React to an event; True when it was for this widget. Children on top come first."""
        if not self.visible:
            return False
        if event.type == pygame.MOUSEMOTION:
            self._hover(event.pos)
        elif event.type == pygame.WINDOWLEAVE:
            self._hover(NOWHERE)
        if any(child.handle(event) for child in reversed(self.children)):
            return True
        return self.enabled and self.react(event)

    def shows(self, pos: tuple[int, int]) -> bool:
        """Whether this widget is what is seen of it at a pixel; what is scrolled out of sight is not seen."""
        return bool(self.rect.collidepoint(pos)) and (self.parent is None or self.parent.lets_through(pos))

    def lets_through(self, pos: tuple[int, int]) -> bool:
        """Whether what lies inside can be seen at a pixel."""
        return self.parent is None or self.parent.lets_through(pos)

    def _hover(self, pos: tuple[int, int]) -> None:
        hovered = self.shows(pos)
        if hovered != self.hovered:
            self.hovered = hovered
            self.invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """React to an event no child wanted."""
        del event
        return False

    def activate(self) -> None:
        """What Enter does on the focused widget."""

    def update(self, dt_s: float) -> None:
        """Let real time pass."""
        for child in self.children:
            if child.visible:
                child.update(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw this widget and then its children."""
        if not self.visible:
            return
        self.paint(surface)
        for child in self.children:
            child.draw(surface)

    def paint(self, surface: pygame.Surface) -> None:
        """Draw this widget alone."""

    def tooltip_text(self) -> str | None:
        """The text of the tooltip now."""
        return self.tooltip() if callable(self.tooltip) else self.tooltip

    def px(self, logical: float) -> int:
        """A logical length in pixels."""
        return self.ctx.theme.px(logical)


class Pressable(Widget):
    """A widget that a press with the left button, a tap, or Enter on the focus activates."""

    focusable = True

    def react(self, event: pygame.event.Event) -> bool:
        """A press on it activates."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.rect.collidepoint(event.pos):
            self.activate()
            return True
        return False


class Panel(Widget):
    """An opaque area that keeps its picture until something in it changes. It swallows the pointer events on it."""

    def __init__(self, ctx: Context, raised: bool = False, border: bool = True) -> None:
        super().__init__(ctx)
        self.raised = raised
        self.border = border
        self.repaints = 0
        self._picture: pygame.Surface | None = None
        self._dirty = True

    def invalidate(self) -> None:
        """Draw anew in the next frame."""
        self._dirty = True
        super().invalidate()

    def react(self, event: pygame.event.Event) -> bool:
        """Nothing behind a panel is clicked through it."""
        return event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEWHEEL) and self.hit(event)

    def hit(self, event: pygame.event.Event) -> bool:
        """Whether a pointer event (a wheel turn has no position of its own) is on the panel."""
        pos = event.pos if event.type in POINTER else pygame.mouse.get_pos()
        return self.shows(pos)

    def draw(self, surface: pygame.Surface) -> None:
        """Blit the kept picture, drawing it anew first when it is stale."""
        if not self.visible or self.rect.width <= 0 or self.rect.height <= 0:
            return
        if self._dirty or self._picture is None or self._picture.get_size() != self.rect.size:
            self._dirty = False
            self.repaints += 1
            clip = surface.get_clip()
            surface.set_clip(self.rect.clip(clip))
            super().draw(surface)
            surface.set_clip(clip)
            picture = pygame.Surface(self.rect.size).convert()
            picture.blit(surface, (0, 0), self.rect)
            self._picture = picture
            return
        surface.blit(self._picture, self.rect)

    def paint(self, surface: pygame.Surface) -> None:
        """The background, with a line around it."""
        colours = self.ctx.theme.palette
        surface.fill(colours.panel_hi if self.raised else colours.panel, self.rect)
        if self.border:
            pygame.draw.rect(surface, colours.line, self.rect, self.px(1))
