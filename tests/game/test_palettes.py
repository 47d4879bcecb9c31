"""The colours as colour-blind eyes see them: what means different things can be told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pygame
import pytest

from game.ui.theme import palette

# Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0, for linear RGB.
SIGHTS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# sRGB to XYZ, and the white of D65 (IEC 61966-2-1).
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
# In CIELAB; packets have shapes besides, and their colours are those of Okabe and Ito.
STATES, PACKETS = 20.0, 12.0


def seen(colour: pygame.Color, sight: str) -> npt.NDArray[np.float64]:
    """A colour in CIELAB, shape (3,), as an eye sees it."""
    rgb = np.array(colour[:3]) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SIGHTS[sight]) @ linear, 0.0, 1.0)
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ linear / WHITE, 0.008856))
    return np.array([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    ("jobs", "least"), [(("ok", "warn", "error"), STATES), (("static", "read", "write", "compute"), PACKETS)]
)
def test_what_differs_can_be_told_apart(sight: str, jobs: tuple[str, ...], least: float) -> None:
    colours = palette("colour_blind")
    for one, other in combinations(jobs, 2):
        distance = np.linalg.norm(seen(getattr(colours, one), sight) - seen(getattr(colours, other), sight))
        assert distance > least, f"{one} and {other} are alike: {distance:.0f}"
