"""Where the game's assets lie: beside the packages, in a checkout as in the browser's package."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
