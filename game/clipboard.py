"""Putting text on the clipboard."""

from __future__ import annotations

import sys

import pygame


def copy_text(text: str) -> bool:
    """Copy a text; False when there is no clipboard to be had. In the browser the page's own clipboard is asked."""
    if sys.platform == "emscripten":
        import platform  # in the browser this module is the bridge to the page

        try:
            platform.window.navigator.clipboard.writeText(text)  # type: ignore[attr-defined]
        except Exception:  # a page without permission may refuse with any kind of error
            return False
        return True
    try:
        pygame.scrap.put_text(text)
    except (pygame.error, AttributeError):
        return False
    return True
