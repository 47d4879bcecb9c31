"""Camera and curves: what is under the pointer stays there, nothing leaves the map, wires meet their ports."""

from __future__ import annotations

import math

import numpy as np
import pygame
import pytest

from game.view.camera import ZOOM_LEVELS, Camera, next_level
from game.view.geometry import (
    CARD_HEIGHT,
    CARD_WIDTH,
    CURVE_POINTS,
    Side,
    card_box,
    cell_at,
    cell_centre,
    distance_to_curve,
    normals,
    port,
    wire_curve,
)

WIDTH, HEIGHT = 1872.0, 880.0


@pytest.fixture
def camera() -> Camera:
    camera = Camera(WIDTH, HEIGHT)
    camera.set_viewport(pygame.Rect(200, 60, 760, 440), 1.5)
    return camera


def settle(camera: Camera) -> None:
    for _ in range(120):
        camera.update(1 / 60)


def test_world_and_screen_are_inverse(camera: Camera) -> None:
    point = (123.0, 456.0)
    assert camera.to_world(camera.to_screen(point)) == pytest.approx(point)


@pytest.mark.parametrize("steps", [1, -1, 3])
def test_zooming_keeps_what_is_under_the_pointer(camera: Camera, steps: int) -> None:
    pos = (500.0, 250.0)
    before = camera.to_world(pos)
    camera.zoom_step(steps, pos)
    for _ in range(8):
        camera.update(1 / 60)
        assert camera.to_world(pos) == pytest.approx(before, abs=0.6)
    settle(camera)
    assert not camera.moving
    assert camera.zoom in ZOOM_LEVELS


def test_zoom_goes_level_by_level_and_stops_at_the_ends() -> None:
    assert next_level(1.0, 1) == 1.2
    assert next_level(0.9, 1) == 1.0
    assert next_level(0.9, -1) == 0.82
    assert next_level(ZOOM_LEVELS[-1], 1) == ZOOM_LEVELS[-1]
    assert next_level(ZOOM_LEVELS[0], -1) == ZOOM_LEVELS[0]


def test_panning_follows_the_hand_and_stops_at_the_edge(camera: Camera) -> None:
    before = camera.centre
    camera.pan_pixels(30.0, 0.0)
    assert camera.centre[0] == pytest.approx(before[0] - 30.0 / camera.scale)
    camera.pan_pixels(1e6, 1e6)
    assert camera.to_world(camera.viewport.topleft)[0] == pytest.approx(-camera.margin)


def test_a_map_smaller_than_the_screen_is_centred(camera: Camera) -> None:
    camera.set_viewport(pygame.Rect(0, 0, 9000, 9000), 1.0)
    camera.pan_pixels(500.0, 500.0)
    assert camera.centre == (WIDTH / 2, HEIGHT / 2)


def test_fit_shows_all_of_a_box(camera: Camera) -> None:
    box = (100.0, 100.0, 1500.0, 700.0)
    camera.fit(box)
    settle(camera)
    assert camera.viewport.collidepoint(camera.to_screen(box[:2]))
    assert camera.viewport.collidepoint(camera.to_screen(box[2:]))


def test_reduced_motion_moves_at_once(camera: Camera) -> None:
    camera.instant = True
    camera.zoom_step(1)
    camera.look_at((900.0, 400.0))
    assert not camera.moving
    assert camera.centre == (900.0, 400.0)


@pytest.mark.parametrize("target", [(6, 3), (6, 5), (3, 7), (3, 0), (0, 3), (1, 5)])
def test_a_wire_starts_and_ends_at_ports(target: tuple[int, int]) -> None:
    source = (3, 3)
    curve = wire_curve(source, target)
    assert curve.shape == (CURVE_POINTS, 2)
    assert any(np.allclose(curve[0], port(source, side)) for side in Side)
    assert any(np.allclose(curve[-1], port(target, side)) for side in Side)
    steps = np.hypot(*np.diff(curve, axis=0).T)
    assert steps.max() < 1.1 * steps.min()


def test_normals_are_unit_and_upright() -> None:
    curve = wire_curve((0, 0), (4, 3))
    side = normals(curve)
    assert np.allclose(np.hypot(side[:, 0], side[:, 1]), 1.0)
    assert np.abs((side * np.gradient(curve, axis=0)).sum(axis=1)).max() < 1e-9


def test_distance_to_a_curve() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    assert distance_to_curve(line, (5.0, 3.0)) == pytest.approx(3.0)
    assert distance_to_curve(line, (23.0, 4.0)) == pytest.approx(5.0)


def test_cells_hold_their_cards() -> None:
    for cell in [(0, 0), (3, 2), (11, 7)]:
        left, top, right, bottom = card_box(cell)
        assert cell_at((left, top)) == cell_at((right, bottom)) == cell_at(cell_centre(cell)) == cell
        assert math.isclose(right - left, CARD_WIDTH)
        assert math.isclose(bottom - top, CARD_HEIGHT)
    assert cell_at((-1.0, -1.0)) == (-1, -1)
