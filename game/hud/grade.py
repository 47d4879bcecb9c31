"""The grade: a ring that closes as far as the run was good, and the letter that falls into it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pygame

from game.context import Context
from game.ui.theme import Palette
from game.ui.widget import Widget
from game.view.shapes import Mask, circle, filled, pixel_grid

RING_S = 1.1
LETTER_S = 0.22
LETTER_FROM = 1.7
LETTER_FRAMES = 9
RING_WIDTH = 9


def grade_colour(palette: Palette, grade: str) -> pygame.Color:
    """The colour of a grade; the letter itself says the same."""
    if grade in ("S", "A"):
        return palette.ok
    if grade in ("B", "1"):
        return palette.accent
    return palette.error if grade == "F" else palette.warn


class GradeRing(Widget):
    """share: how much of the ring is filled at the end, 0..1. A press on any key or button may `finish` it."""

    def __init__(self, ctx: Context, grade: str, share: float) -> None:
        super().__init__(ctx)
        self.grade, self.share = grade, share
        self.age_s = RING_S + LETTER_S if ctx.settings.reduced_motion else 0.0
        self._picture = pygame.Surface((1, 1))
        self._turn = np.zeros((1, 1))
        self._empty = self._full = np.zeros((1, 1, 3), dtype=np.uint8)
        self._drawn = -1.0
        self._letters: list[pygame.Surface] = []

    @property
    def progress(self) -> float:
        """How far the ring has come, 0..1, eased; bars and numbers follow it."""
        left = 1.0 - min(1.0, self.age_s / RING_S)
        return 1.0 - left**3

    @property
    def revealed(self) -> bool:
        """The letter is there."""
        return self.age_s >= RING_S

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place; both rings and all sizes of the letter are drawn here, once."""
        super().layout(rect)
        palette = self.ctx.theme.palette
        colour = grade_colour(palette, self.grade)
        xs, ys = pixel_grid(*rect.size)
        band = filled(np.abs(circle(xs, ys, min(rect.size) / 2 - self.px(RING_WIDTH))) - self.px(RING_WIDTH) / 2)
        self._turn = np.mod(np.arctan2(xs, -ys) / (2 * np.pi), 1.0).T
        self._empty, self._full = (_painted(band, ink, palette.bg) for ink in (palette.line, colour))
        self._picture = pygame.Surface(rect.size).convert()
        self._drawn = -1.0
        letter = self.ctx.text.get(self.grade, "grade", colour)
        letter = letter.subsurface(letter.get_bounding_rect()).copy()
        self._letters = []
        for index in range(LETTER_FRAMES):
            left = 1.0 - index / (LETTER_FRAMES - 1)
            factor = 1.0 + (LETTER_FROM - 1.0) * left * left
            size = (round(letter.get_width() * factor), round(letter.get_height() * factor))
            self._letters.append(pygame.transform.smoothscale(letter, size) if left else letter)

    def update(self, dt_s: float) -> None:
        """Let the ring close."""
        before = self.revealed
        self.age_s += dt_s
        if self.revealed and not before:
            self.ctx.audio.play("grade_reveal")

    def finish(self) -> None:
        """Show the end of it at once."""
        self.age_s = max(self.age_s, RING_S + LETTER_S)

    def paint(self, surface: pygame.Surface) -> None:
        """The ring as far as it has come, and the letter in its present size."""
        turned = self.share * self.progress
        if turned != self._drawn:
            self._drawn = turned
            lit = (self._turn <= turned)[..., None]
            pygame.surfarray.blit_array(self._picture, np.where(lit, self._full, self._empty))
        surface.blit(self._picture, self.rect)
        if self.revealed:
            step = round((self.age_s - RING_S) / LETTER_S * (LETTER_FRAMES - 1))
            letter = self._letters[min(step, LETTER_FRAMES - 1)]
            surface.blit(letter, letter.get_rect(center=self.rect.center))


def _painted(mask: Mask, ink: pygame.Color, background: pygame.Color) -> npt.NDArray[np.uint8]:
    """A mask as colours, shape (width, height, 3)."""
    under, over = (np.array(tuple(colour)[:3], dtype=float) for colour in (background, ink))
    painted: npt.NDArray[np.uint8] = (under + mask.T[..., None] * (over - under)).astype(np.uint8)
    return painted
