"""`python -m build_web`: make the browser version in build/web, serve it, measure it."""

from __future__ import annotations

import argparse
import json
import sys

from build_web.package import PACKAGES, BuildError, archive, build
from build_web.serve import PORT, serve
from stages.errors import StageError


def main() -> int:
    """Do what the command line says; 1 with a message when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m build_web", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="show the page on this machine after building it")
    parser.add_argument("--port", type=int, default=PORT, help="port of --serve (default: %(default)s)")
    parser.add_argument("--site", default="", metavar="URL", help="address the page will have, for link previews")
    parser.add_argument(
        "--runtime", default="", metavar="URL", help="where pygbag's runtime lies (default: its own CDN)"
    )
    parser.add_argument("--zip", action="store_true", help="also make build/web.zip, for itch.io")
    parser.add_argument("--measure", action="store_true", help="play it in a browser and print figures as JSON")
    parser.add_argument(
        "--soak", type=float, default=600.0, metavar="S", help="length of the soak (default: %(default)s)"
    )
    arguments = parser.parse_args()
    try:
        folder = build(arguments.site, arguments.runtime)
        if arguments.measure:
            from build_web.measure import measure

            print(json.dumps(measure(folder, arguments.soak), indent=2))
            return 0
    except (BuildError, StageError) as error:
        print(error, file=sys.stderr)
        return 1
    sizes = ", ".join(f"{name} {(folder / name).stat().st_size / 1e6:.2f} MB" for name in PACKAGES)
    print(f"{folder / 'index.html'}: {sizes}")
    if arguments.zip:
        print(archive(folder))
    if arguments.serve:
        serve(folder, arguments.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
