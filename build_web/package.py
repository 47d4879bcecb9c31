"""Let pygbag pack the staged folder, and lay out what is published."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from build_web.page_template import manifest, template
from build_web.paths import BUILD, NAME, OUTPUT, ROOT, STAGED, TITLE
from build_web.staging import stage

PACKAGES = (f"{NAME}.apk", f"{NAME}.tar.gz")
PICTURES = ("icon_192.png", "icon_512.png", "logo.png", "social_preview.png")
BRANDING = ROOT / "assets" / "branding"
MAX_PACKAGE_BYTES = 4_000_000


class BuildError(Exception):
    """The build cannot be made; the message says what to do."""


def build(site: str = "", runtime: str = "") -> Path:
    """Check, compile, stage and pack; returns the folder with index.html. Uses no network.

    site: the address the page will have. runtime: where pygbag's runtime lies, when not on its own servers.
    Raises BuildError, or a StageError for a stage that does not check.
    """
    for library in ("pygbag", "fontTools"):
        if importlib.util.find_spec(library) is None:
            raise BuildError(f'{library} is not installed; install what the build needs with: pip install -e ".[web]"')
    stage(STAGED)
    page = BUILD / "web-page.html"
    page.write_text(template(_folder_address(site)), encoding="utf-8")
    packed = _pack(page, _folder_address(runtime))
    _publish(packed)
    largest = max((OUTPUT / name).stat().st_size for name in PACKAGES)
    if largest > MAX_PACKAGE_BYTES:
        raise BuildError(f"the package is {largest / 1e6:.2f} MB; at most {MAX_PACKAGE_BYTES / 1e6:.0f} MB are allowed")
    return OUTPUT


def _pack(page: Path, runtime: str) -> Path:
    """Run pygbag, which writes below the folder it packs."""
    command = [sys.executable, "-m", "pygbag", "--build", "--no_opt", "--ume_block", "0", "--can_close", "1"]
    command += ["--title", TITLE, "--package", f"dev.{NAME}", "--template", str(page)]
    command += ["--icon", str(BRANDING / "favicon.png")]
    command += ["--cdn", runtime] if runtime else []
    done = subprocess.run([*command, str(STAGED)], cwd=BUILD, capture_output=True, text=True, check=False)
    packed = STAGED / "build" / "web"
    if done.returncode != 0 or not all((packed / name).exists() for name in ("index.html", *PACKAGES)):
        raise BuildError(f"pygbag did not pack the game:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return packed


def _publish(packed: Path) -> None:
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    for name in ("index.html", "favicon.png", *PACKAGES):
        shutil.copyfile(packed / name, OUTPUT / name)
    for name in PICTURES:
        shutil.copyfile(BRANDING / name, OUTPUT / name)
    (OUTPUT / "manifest.webmanifest").write_text(manifest(), encoding="utf-8")


def _folder_address(address: str) -> str:
    return f"{address.rstrip('/')}/" if address else ""
