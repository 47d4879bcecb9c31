"""The address that plays a run, in the browser."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import quote


def link_to(code: str) -> str | None:
    """The address that plays a share code; None outside of a browser."""
    if sys.platform != "emscripten":
        return None
    location = _page().location
    return f"{location.origin}{location.pathname}?replay={quote(code)}"


def _page() -> Any:
    import platform  # in the browser this module is the bridge to the page

    return platform.window  # type: ignore[attr-defined]
