"""Rendered text, kept: a line of text is drawn once and blitted many times."""

from __future__ import annotations

from collections import OrderedDict

import pygame

from game.ui.theme import Theme

MOST = 1500
ELLIPSIS = "…"
Key = tuple[str, str, tuple[int, ...], tuple[int, ...] | None]


class TextCache:
    """Renders and remembers lines of text. With a background they are opaque patches, which are cheap everywhere."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.misses = 0
        self._lines: OrderedDict[Key, pygame.Surface] = OrderedDict()
        self._widths: dict[tuple[str, str], int] = {}

    def get(self, text: str, role: str, colour: pygame.Color, background: pygame.Color | None = None) -> pygame.Surface:
        """A line of text as a surface."""
        key = (text, role, tuple(colour), tuple(background) if background else None)
        line = self._lines.get(key)
        if line is not None:
            self._lines.move_to_end(key)
            return line
        self.misses += 1
        line = self._render(text, role, colour, background)
        self._lines[key] = line
        if len(self._lines) > MOST:
            self._lines.popitem(last=False)
        return line

    def _render(self, text: str, role: str, colour: pygame.Color, background: pygame.Color | None) -> pygame.Surface:
        font = self.theme.font(role)
        if background is not None:
            return font.render(text, True, colour, background).convert()
        line = font.render(text, True, colour).convert_alpha()
        line.set_alpha(255, pygame.RLEACCEL)
        return line

    def width(self, text: str, role: str) -> int:
        """The width of a line in pixels."""
        width = self._widths.get((text, role))
        if width is None:
            if len(self._widths) >= MOST:
                self._widths.clear()
            width = self._widths[text, role] = self.theme.font(role).size(text)[0]
        return width

    def line_height(self, role: str) -> int:
        """The distance between two lines of a role in pixels."""
        return self.theme.font(role).get_linesize()

    def fit(self, text: str, role: str, width: int) -> str:
        """The text, or as much of it as fits into a width, with an ellipsis."""
        if self.width(text, role) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + ELLIPSIS, role) <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + ELLIPSIS

    def wrap(self, text: str, role: str, width: int) -> list[str]:
        """The text in lines no wider than a width: broken between words, inside a word only when it is too long."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if self.width(longer, role) <= width:
                    line = longer
                    continue
                if line:
                    lines.append(line)
                line = self._break_word(word, role, width, lines)
            lines.append(line)
        return lines

    def _break_word(self, word: str, role: str, width: int, lines: list[str]) -> str:
        while word and self.width(word, role) > width:
            cut = next((n for n in range(len(word) - 1, 0, -1) if self.width(word[:n], role) <= width), 1)
            lines.append(word[:cut])
            word = word[cut:]
        return word
