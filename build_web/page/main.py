# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy", "pygame-ce"]
# ///
"""What the page runs: the same loop as on the desktop. The runtime reads from this file what it has to fetch."""

import asyncio
import platform
import traceback


async def main() -> None:
    """Play; lift the curtain after the first frame, and say it when the game breaks."""
    try:
        import numpy  # noqa: F401  named here, so that the runtime has it ready before the game asks
        import pygame  # noqa: F401  as above

        from game import app, web

        curtain = asyncio.create_task(web.lift_curtain())
        await app.main()
        await curtain
    except Exception:
        platform.window.game_page.failed("crashed", traceback.format_exc())
        raise


asyncio.run(main())
