"""The page the game runs in: what its address asks for, how large canvas and text are, and what it is told."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from game.app import Options
from game.ui.theme import LOGICAL_HEIGHT, LOGICAL_WIDTH

LANGUAGES = ("en", "ko")


def options_from_query(
    query: str, window: tuple[int, int] = (LOGICAL_WIDTH, LOGICAL_HEIGHT), ui_scale: float = 1.0
) -> Options:
    """The options in the query of an address (?stage=, ?seed=, ?lang=, ?replay=, ?debug=1); nonsense is left out."""
    values = {key: found[-1] for key, found in parse_qs(query.lstrip("?")).items()}
    seed = values.get("seed", "")
    language = values.get("lang", "")
    return Options(
        window=window,
        language=language if language in LANGUAGES else "",
        stage=values.get("stage", ""),
        seed=int(seed) if seed.isdecimal() else None,
        replay=values.get("replay", ""),
        debug=values.get("debug") == "1",
        ui_scale=ui_scale,
    )


def options_from_page() -> Options:
    """The options of the page the game runs in."""
    page = _window()
    canvas = page.game_page
    return options_from_query(
        str(page.location.search), (int(canvas.width), int(canvas.height)), float(canvas.ui_scale)
    )


async def lift_curtain() -> None:
    """Tell the page that the first frame is there, so that it takes its loading screen away."""
    _window().game_page.ready()


def _window() -> Any:
    import platform  # in the browser this module is the bridge to the page

    return platform.window  # type: ignore[attr-defined]
