"""Stages by name or by file.

Where stage files can be checked (the desktop, tests, the web build) they are read from TOML; in the browser, which has
no pydantic, the compiled stages lie in the same folder instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from engine.spec import StageSpec
from stages import compiled
from stages.errors import StageNotFound, StageUnreadable
from stages.keypath import did_you_mean, one_of

CAMPAIGN_DIR = Path(__file__).parent / "campaign"
MODES_DIR = Path(__file__).parent / "modes"
PRESETS_DIR = Path(__file__).parent / "presets"
PRESETS = (
    "proxmox_basic",
    "proxmox_standard",
    "proxmox_extended",
    "proxmox_enterprise",
    "gpu_server_box",
    "workspace_platform",
    "managed_cloud",
)


def stage_names() -> tuple[str, ...]:
    """The names of the campaign's stages, in the order in which they are played."""
    return tuple(sorted(_campaign_files(), key=lambda name: (_order(name), name)))


def mode_names() -> tuple[str, ...]:
    """The names of the stages outside of the campaign that can be played like one: endless, sandbox, the presets."""
    return (*_files(MODES_DIR), *preset_names())


def preset_names() -> tuple[str, ...]:
    """The names of the presets, own hardware first, the smallest first."""
    files = _files(PRESETS_DIR)
    return tuple(name for name in PRESETS if name in files)


def load_stage(name_or_path: str | os.PathLike[str], overrides: Iterable[str] = ()) -> StageSpec:
    """The stage of a campaign or mode name or of a file, with `key=value` overrides applied.

    Raises a StageError (see `stages.errors`) that names file, key, value and what is allowed.
    """
    file = stage_file(name_or_path)
    if file.suffix == compiled.SUFFIX:
        return compiled.load(_read(file), file.name)
    from stages.document import read_document
    from stages.overrides import parse_override, resolve_with
    from stages.presets.expand import expand
    from stages.schema import validate

    changes = [parse_override(text) for text in overrides]
    return validate(resolve_with(expand(read_document(file, _shown(file))), changes))


def stage_file(name_or_path: str | os.PathLike[str]) -> Path:
    """The file of a stage. A name goes before a file of the same name. Raises StageNotFound."""
    text = os.fspath(name_or_path)
    campaign = _campaign_files()
    named = campaign | _files(MODES_DIR) | _files(PRESETS_DIR)
    if text in named:
        return named[text]
    looks_like_path = isinstance(name_or_path, os.PathLike) or "." in text or "/" in text or os.sep in text
    if looks_like_path or Path(text).exists():
        return Path(text)
    hint = did_you_mean(text, named)
    raise StageNotFound(
        f'there is no stage "{text}".{hint} Stages: {one_of(campaign)}; or give the path of a .toml file'
    )


def _campaign_files() -> dict[str, Path]:
    return _files(CAMPAIGN_DIR)


def _files(folder: Path) -> dict[str, Path]:
    """The stages of a folder by name: TOML where it can be checked, else compiled."""
    suffix = ".toml" if find_spec("pydantic") and any(folder.glob("*.toml")) else compiled.SUFFIX
    return {file.stem: file for file in sorted(folder.glob(f"*{suffix}"))}


def _order(name: str) -> int:
    file = _campaign_files()[name]
    if file.suffix == compiled.SUFFIX:
        return compiled.load(_read(file), file.name).order
    from stages.document import read_document

    order = read_document(file, _shown(file)).data.get("order", 0)
    return order if isinstance(order, int) else 0


def _shown(file: Path) -> str:
    """How messages call a file: stages of the game without the folders above."""
    return f"{file.parent.name}/{file.name}" if file.parent in (CAMPAIGN_DIR, MODES_DIR, PRESETS_DIR) else str(file)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StageUnreadable(f"{file.name}: cannot be read: {error}") from None
