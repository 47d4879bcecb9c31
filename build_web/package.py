"""Let pygbag pack the staged folder, and lay out what is published."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from build_web.page_template import manifest, template
from build_web.paths import BUILD, NAME, ROOT, TITLE
from build_web.staging import stage

PACKAGES = (f"{NAME}.apk", f"{NAME}.tar.gz")
PICTURES = ("icon_192.png", "icon_512.png", "logo.png", "social_preview.png")
BRANDING = ROOT / "assets" / "branding"
MAX_PACKAGE_BYTES = 4_000_000


class BuildError(Exception):
    """The build cannot be made; the message says what to do."""


def build(site: str = "", runtime: str = "", base: Path = BUILD) -> Path:
    """Check, compile, stage and pack; returns the folder with index.html, `web` in `base`. Uses no network.

    site: the address the page will have. runtime: where pygbag's runtime lies, when not on its own servers.
    Raises BuildError, or a StageError for a stage that does not check.
    """
    for library in ("pygbag", "fontTools"):
        if importlib.util.find_spec(library) is None:
            raise BuildError(f'{library} is not installed; install what the build needs with: pip install -e ".[web]"')
    staged = base / "web-staged" / NAME
    stage(staged)
    page = base / "web-page.html"
    page.write_text(template(_folder_address(site)), encoding="utf-8")
    output = _publish(_pack(staged, page, _folder_address(runtime)), base / "web")
    largest = max((output / name).stat().st_size for name in PACKAGES)
    if largest > MAX_PACKAGE_BYTES:
        raise BuildError(f"the package is {largest / 1e6:.2f} MB; at most {MAX_PACKAGE_BYTES / 1e6:.0f} MB are allowed")
    return output


def _pack(staged: Path, page: Path, runtime: str) -> Path:
    """Run pygbag, which writes below the folder it packs."""
    command = [sys.executable, "-m", "pygbag", "--build", "--no_opt", "--ume_block", "0", "--can_close", "1"]
    command += ["--title", TITLE, "--package", f"dev.{NAME}", "--template", str(page)]
    command += ["--icon", str(BRANDING / "favicon.png")]
    command += ["--cdn", runtime] if runtime else []
    done = subprocess.run([*command, str(staged)], cwd=page.parent, capture_output=True, text=True, check=False)
    packed = staged / "build" / "web"
    if done.returncode != 0 or not all((packed / name).exists() for name in ("index.html", *PACKAGES)):
        raise BuildError(f"pygbag did not pack the game:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return packed


def _publish(packed: Path, output: Path) -> Path:
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    for name in ("index.html", "favicon.png", *PACKAGES):
        shutil.copyfile(packed / name, output / name)
    for name in PICTURES:
        shutil.copyfile(BRANDING / name, output / name)
    shutil.copytree(ROOT / "assets" / "LICENSES", output / "licences")
    (output / "manifest.webmanifest").write_text(manifest(), encoding="utf-8")
    return output


def archive(folder: Path) -> Path:
    """The built page as a ZIP beside its folder, as itch.io takes it (which unpacks .gz files by itself)."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith(".gz"):
                packed.write(path, path.relative_to(folder))
    return target


def _folder_address(address: str) -> str:
    return f"{address.rstrip('/')}/" if address else ""
