"""`python -m game`: play on the desktop."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not cross or not width.isdecimal() or not height.isdecimal() or int(width) < 640 or int(height) < 360:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720 (at least 640x360)")
    return int(width), int(height)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m game", description="Project DevOps: keep the service alive.")
    parser.add_argument("--stage", default="", help="begin with this stage (a name or a file; plans: a sandbox)")
    parser.add_argument("--seed", type=int, default=None, help="seed of the run (default: a new one each time)")
    parser.add_argument("--lang", choices=("en", "ko"), default="", help="language (default: as set, or the machine's)")
    parser.add_argument("--window", type=_size, default=(1280, 720), metavar="WxH", help="size of the window")
    parser.add_argument("--replay", default="", metavar="CODE", help="play a share code")
    parser.add_argument("--debug", action="store_true", help="show frame times")
    parser.add_argument("--smoke", action="store_true", help="walk through the game without a window and end")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="render every screen into a folder and end")
    parser.add_argument("--full-hd", action="store_true", help="with --screenshots: also at 1920x1080")
    return parser.parse_args()


def main() -> int:
    """Start the game as the command line says."""
    arguments = _arguments()
    if arguments.smoke or arguments.screenshots:
        os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"
    if arguments.screenshots:
        from game.screenshots import render_all

        for path in render_all(arguments.screenshots, full_hd=arguments.full_hd):
            sys.stdout.write(f"{path}\n")
        return 0
    from game import app

    options = app.Options(
        window=arguments.window,
        language=arguments.lang,
        stage=arguments.stage,
        seed=arguments.seed,
        replay=arguments.replay,
        debug=arguments.debug,
        silent=arguments.smoke,
    )
    if arguments.smoke:
        from game.smoke import walk

        sys.stdout.write(f"{walk(options)}\n")
        return 0
    asyncio.run(app.main(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
