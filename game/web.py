"""What the page's address says: ?stage=, ?seed=, ?lang=, ?replay=, ?debug=1."""

from __future__ import annotations

from urllib.parse import parse_qs

from game.app import Options

LANGUAGES = ("en", "ko")


def options_from_query(query: str) -> Options:
    """The options in the query of an address; what makes no sense is left out."""
    values = {key: found[-1] for key, found in parse_qs(query.lstrip("?")).items()}
    seed = values.get("seed", "")
    language = values.get("lang", "")
    return Options(
        language=language if language in LANGUAGES else "",
        stage=values.get("stage", ""),
        seed=int(seed) if seed.isdecimal() else None,
        replay=values.get("replay", ""),
        debug=values.get("debug") == "1",
    )


def options_from_page() -> Options:
    """The options of the page the game runs in."""
    import platform  # in the browser this module is the bridge to the page

    return options_from_query(str(platform.window.location.search))  # type: ignore[attr-defined]
