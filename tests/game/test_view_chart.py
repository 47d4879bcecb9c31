"""Charts: painted only when something is to be seen, with round scales, in both languages and at any size."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from engine.commands import Sell, StartOperation
from engine.simulation import Simulation
from game.context import Context, make_context
from game.storage import FileStorage
from game.view.chart import ANSWERED_SHADE, FAILED_SHADE, ForecastChart, LiveChart, Sparkline
from game.view.plot import Axes, clock, clock_ticks, round_up, ticks
from game.view.shapes import mix
from stages.load import load_stage


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    yield make_context((1280, 720), FileStorage(tmp_path_factory.mktemp("storage")), "en", silent=True)
    pygame.quit()


@pytest.fixture
def simulation() -> Simulation:
    return Simulation(load_stage("hello_world"), 5)


def run(simulation: Simulation, seconds: float) -> None:
    for _ in range(round(seconds / simulation.dt_s)):
        simulation.step()


def pixels(surface: pygame.Surface, colour: pygame.Color) -> int:
    return int(pygame.mask.from_threshold(surface, colour, (1, 1, 1, 255)).count())


def live(ctx: Context, height: int = 90) -> LiveChart:
    chart = LiveChart(ctx, 0.05)
    chart.layout(pygame.Rect(0, 0, 400, height))
    return chart


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (0.7, 1.0), (13.0, 20.0), (21.0, 25.0), (50.0, 50.0), (730.0, 1000.0)]
)
def test_scales_end_at_round_numbers(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


def test_ticks_are_round_few_and_inside() -> None:
    assert ticks(50.0, 5) == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert ticks(25.0, 3) == [10.0, 20.0]
    assert clock_ticks(-60.0, 20.0, 4) == [0.0]
    assert clock_ticks(0.0, 300.0, 5) == [0.0, 60.0, 120.0, 180.0, 240.0, 300.0]
    assert clock(125.0) == "2:05"


def test_axes_keep_curves_inside_the_frame() -> None:
    axes = Axes(pygame.Rect(10, 10, 100, 50), 0.0, 10.0, 5.0)
    points = axes.points(np.array([0.0, 10.0]), np.array([0.0, 99.0]))
    assert points[0].tolist() == [10.0, 60.0]
    assert points[1].tolist() == [110.0, 11.0]


@pytest.mark.parametrize("width", [150, 210, 400])
def test_why_the_chart_is_empty_is_never_cut(ctx: Context, simulation: Simulation, width: int) -> None:
    words = ctx.i18n.t("chart.empty")
    chart = LiveChart(ctx, 0.05)
    chart.layout(pygame.Rect(0, 0, width, 60))
    chart.update(simulation.view)
    surface = pygame.Surface((width, 60))
    chart.draw(surface)
    lines = ctx.text.wrap(words, "small", width - 20)
    muted = ctx.theme.palette.muted
    inked = sum(pixels(ctx.text.get(line, "small", muted, ctx.theme.palette.panel), muted) for line in lines)
    assert pixels(surface, muted) >= 0.9 * inked
    assert pixels(surface.subsurface((width - 4, 0, 4, 60)), muted) == 0


def test_the_live_chart_is_painted_only_when_a_pixel_would_differ(ctx: Context, simulation: Simulation) -> None:
    chart = live(ctx)
    for _ in range(20):
        chart.update(simulation.view)
    assert chart.paintings == 1
    simulation.apply(StartOperation())
    for _ in range(100):
        run(simulation, 0.1)
        chart.update(simulation.view)
    assert 10 <= chart.paintings <= 102


def test_successes_and_errors_have_their_own_colours(ctx: Context) -> None:
    stage = load_stage("hello_world")
    simulation = Simulation(stage, 5)
    chart = live(ctx)
    surface = pygame.Surface((400, 90))
    simulation.apply(StartOperation())
    run(simulation, 20.0)
    chart.update(simulation.view)
    chart.draw(surface)
    palette = ctx.theme.palette
    answered = mix(palette.panel, palette.ok, ANSWERED_SHADE)
    failed = mix(palette.panel, palette.error, FAILED_SHADE)
    assert pixels(surface, answered) > 400
    web = next(node for node in simulation.view.nodes if node.kind == "vm_basic")
    assert simulation.view.failed_rps == 0.0
    assert pixels(surface, failed) == 0

    simulation.apply(Sell(web.id))
    run(simulation, 8.0)
    chart.update(simulation.view)
    chart.draw(surface)
    assert pixels(surface, failed) > 20
    assert pixels(surface, palette.error) > 20


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("height", [30, 90, 200])
def test_charts_can_be_drawn_at_any_size_and_language(
    ctx: Context, simulation: Simulation, language: str, height: int
) -> None:
    ctx.settings.language = language
    ctx.rebuild((1280, 720))
    surface = pygame.Surface((400, 200))
    forecast = ForecastChart(ctx)
    forecast.capacity_rps = 30.0
    forecast.layout(pygame.Rect(0, 0, 400, height))
    for chart in (live(ctx, height), forecast):
        chart.update(simulation.view)
        chart.draw(surface)
        assert chart.paintings == 1
    ctx.settings.language = "en"
    ctx.rebuild((1280, 720))


def test_the_forecast_marks_its_events_and_the_capacity(ctx: Context, simulation: Simulation) -> None:
    chart = ForecastChart(ctx)
    chart.layout(pygame.Rect(0, 0, 600, 240))
    surface = pygame.Surface((600, 240))
    chart.update(simulation.view)
    chart.draw(surface)
    assert pixels(surface, ctx.theme.palette.warn) > 200
    without = pixels(surface, ctx.theme.palette.ok)
    chart.capacity_rps = 25.0
    chart.update(simulation.view)
    chart.draw(surface)
    assert pixels(surface, ctx.theme.palette.ok) > without
    assert chart.paintings == 2


def test_a_sparkline_shows_its_values_and_leaves_out_what_is_missing(ctx: Context) -> None:
    line = Sparkline(ctx)
    line.layout(pygame.Rect(0, 0, 120, 30))
    line.update([])
    line.update([1.0])
    line.update([1.0, float("nan"), 3.0, 2.0])
    line.update([1.0, float("nan"), 3.0, 2.0])
    assert line.paintings == 3
    surface = pygame.Surface((120, 30))
    line.draw(surface)
    assert pixels(surface, ctx.theme.palette.accent) > 10
