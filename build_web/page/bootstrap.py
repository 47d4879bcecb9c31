"""What the runtime runs first: unpack the game beside itself, fetch the libraries it names, and start it.

Part of the page, not of the build. pygbag's runtime gives the names that are not imported, and runs `custom_site`.
"""

import asyncio
import os
import platform
import sys
import tarfile
import zipfile
from pathlib import Path

NAME = "{{cookiecutter.archive}}"
RUNTIME = "{{cookiecutter.cdn}}"
HOME = Path("/data/data") / NAME


async def custom_site():
    import embed

    page = platform.window.game_page
    if "pygame-web.github.io" not in RUNTIME:
        # Whoever hosts the runtime hosts the libraries, one folder above it.
        os.environ["PYGPI"] = RUNTIME.rstrip("/").rpartition("/")[0] + "/"
    page.step("package")
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        await unpack()
    except Exception as error:
        page.failed("package", repr(error))
        raise
    platform.run_main(PyConfig, loaderhome=HOME / "assets", loadermain=None)
    while embed.counter() < 0:
        await asyncio.sleep(0.05)
    page.step("libraries")
    await TopLevel_async_handler.start_toplevel(platform.shell, console=False)
    main = HOME / "assets" / "main.py"
    sys.modules["__main__"].__file__ = str(main)
    await shell.source(main, callback=lambda package, *_: page.step("libraries", str(package)))
    page.step("game")


async def unpack():
    # itch.io serves .gz files unpacked already; other hosts and proxies dislike .apk.
    if ".itch." in str(platform.window.location.host):
        async with platform.fopen(f"{NAME}.apk", "rb") as archive:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(HOME)
    else:
        async with platform.fopen(f"{NAME}.tar.gz", "rb") as archive:
            with tarfile.open(fileobj=archive, mode="r:gz") as packed:
                # The package is our own. Where Python can refuse odd paths (3.11.4 and later), it does.
                packed.extraction_filter = getattr(tarfile, "data_filter", None)
                packed.extractall(HOME)


asyncio.run(custom_site())
