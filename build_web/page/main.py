# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy", "pygame-ce"]
# ///
"""What the page runs: the same loop as on the desktop. The runtime reads from this file what it has to fetch."""

import asyncio
import traceback

import numpy  # noqa: F401  named here, so that the runtime has it ready before the game asks
import pygame  # noqa: F401  as above

from game import web
from game.app import main as play


async def main() -> None:
    """Play; lift the curtain after the first frame, and say it when the game breaks."""
    try:
        await asyncio.gather(play(), web.lift_curtain())
    except Exception:
        web.report_failure(traceback.format_exc())
        raise


asyncio.run(main())
