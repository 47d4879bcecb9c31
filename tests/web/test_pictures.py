"""The browser shows what the desktop shows: the same states, drawn by both, laid over each other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pygame
import pytest

from build_web.browser import Browser
from game import screenshots
from tests.web.visitor import PLACE, Visitor, carry

pytestmark = pytest.mark.web
SHOTS = ("title", "stage_select", "briefing", "play_setup", "play_overload", "result_won")
# Mean difference of a pixel (of 255), and of the mean colours of blocks. The font library of the test runtime does not
# kern Latin letters, so English lines are up to 1 % longer in it, and some break elsewhere; a panel that moved by 12
# pixels is 2.7 in blocks.
LIMITS = {"en": (6.5, 2.2), "ko": (1.2, 0.3)}
BLOCK = 16


def chosen(shots: Iterator[screenshots.Shot]) -> Iterator[screenshots.Shot]:
    """The pictures that are compared."""
    return (shot for shot in shots if shot.name in SHOTS)


@pytest.fixture(scope="module")
def folders(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The pictures of the desktop and of the browser."""
    base = tmp_path_factory.mktemp("pictures")
    with pytest.MonkeyPatch.context() as patch:
        every = screenshots.shots
        patch.setattr(screenshots, "shots", lambda: chosen(every()))
        screenshots.render_all(base / "desktop")
    visitor = Visitor(browser)
    carry(browser, "game/screenshots.py", "game/scripts.py")
    visitor.py("probe.APP.running = False")
    visitor.py(
        f"import game\ngame.__path__.append('{PLACE}/game')\nfrom game import screenshots\nevery = screenshots.shots"
    )
    visitor.py(f"screenshots.shots = lambda: (shot for shot in every() if shot.name in {SHOTS})")
    visitor.py("from pathlib import Path\nscreenshots.render_all(Path('/tmp/pictures'))")
    (base / "browser").mkdir()
    for path in sorted((base / "desktop").iterdir()):
        code = f"import base64\nbase64.b64encode(Path('/tmp/pictures/{path.name}').read_bytes()).decode()"
        (base / "browser" / path.name).write_bytes(base64.b64decode(visitor.py(code)))
    return base / "desktop", base / "browser"


def pixels(path: Path) -> npt.NDArray[np.float64]:
    """A picture as numbers, [x, y, colour]."""
    return pygame.surfarray.array3d(pygame.image.load(str(path))).astype(np.float64)


def blocks(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The mean colours of blocks."""
    width, height = picture.shape[0] // BLOCK, picture.shape[1] // BLOCK
    means: npt.NDArray[np.float64] = picture.reshape(width, BLOCK, height, BLOCK, 3).mean(axis=(1, 3))
    return means


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", SHOTS)
def test_the_browser_draws_what_the_desktop_draws(folders: tuple[Path, Path], name: str, language: str) -> None:
    desktop, browser = (pixels(folder / f"{name}_{language}_720.png") for folder in folders)
    by_pixel, by_block = LIMITS[language]
    assert np.abs(desktop - browser).mean() < by_pixel
    assert np.abs(blocks(desktop) - blocks(browser)).mean() < by_block


def test_the_page_shows_what_the_game_drew(browser: Browser, tmp_path: Path) -> None:
    visitor = Visitor(browser, "?stage=hello_world&seed=11&lang=en")
    browser.do("wait", code="!document.getElementById('curtain')")
    clip = {"x": 0, "y": 0, "width": 900, "height": 700}
    shown = pixels(browser.shot(tmp_path / "page.png", clip))
    visitor.py("import pygame\npygame.image.save(probe.APP.surface, '/tmp/drawn.png')")
    code = "import base64\nbase64.b64encode(open('/tmp/drawn.png', 'rb').read()).decode()"
    (tmp_path / "drawn.png").write_bytes(base64.b64decode(visitor.py(code)))
    drawn = pixels(tmp_path / "drawn.png")[: clip["width"], : clip["height"]]
    assert np.abs(shown - drawn).mean() < 1.0
