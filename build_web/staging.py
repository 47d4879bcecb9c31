"""The clean folder that is packed: only what the browser reaches, with compiled stages in the place of TOML."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

from build_web.paths import PAGE, ROOT
from stages import compiled
from stages.load import load_stage, mode_names, stage_file, stage_names

PACKAGES = ("engine", "stages", "game")
ENTRIES = ("game.app", "game.web")
ASSETS = ("fonts", "icons", "locale", "sounds", "LICENSES")


def stage(folder: Path) -> list[Path]:
    """Fill `folder` anew and return what lies in it.

    Raises a StageError (see `stages.errors`) that names file and key when a stage does not check.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for source in reachable():
        _copy(source, folder / source.relative_to(ROOT))
    for name in ASSETS:
        shutil.copytree(ROOT / "assets" / name, folder / "assets" / name)
    for name in (*stage_names(), *mode_names()):
        place = (folder / stage_file(name).relative_to(ROOT)).with_suffix(compiled.SUFFIX)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(compiled.dump(load_stage(name)), encoding="utf-8")
    _copy(PAGE / "main.py", folder / "main.py")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def reachable() -> list[Path]:
    """The files of this project that the browser can come to import.

    What `stages` imports inside of functions is the checking, which stays on the desktop.
    """
    found: set[Path] = set()
    pending = list(ENTRIES)
    while pending:
        name = pending.pop()
        for path in _files(name):
            if path not in found:
                found.add(path)
                pending.extend(imports(path, inside_functions=path.relative_to(ROOT).parts[0] != "stages"))
    return sorted(found)


def imports(path: Path, *, inside_functions: bool = True) -> Iterator[str]:
    """Names of the modules, and of what is taken from them, that a file imports when it runs."""
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            pending.extend(node.orelse)
        elif inside_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def _files(name: str) -> Iterator[Path]:
    """The files of a module of this project and of the packages around it; none for anything else."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return
    for depth in range(1, len(parts) + 1):
        base = ROOT.joinpath(*parts[:depth])
        for candidate in (base.with_suffix(".py"), base / "__init__.py"):
            if candidate.exists():
                yield candidate


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
