"""Imports point one way: game -> stages -> engine; and nothing the browser reaches needs what it does not have."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE_FORBIDDEN = {
    "random",
    "time",
    "threading",
    "subprocess",
    "multiprocessing",
    "socket",
    "datetime",
    "os",
    "pathlib",
}
BROWSER_FORBIDDEN = {"pydantic", "threading", "subprocess", "multiprocessing", "socket", "concurrent", "sqlite3", "ssl"}
ENTRY = "game.app"


def files(package: str) -> list[Path]:
    """The modules of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Names of the modules that are imported anywhere under a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    """The packages a file imports anywhere."""
    return {name.partition(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}


@pytest.mark.parametrize("path", files("engine"), ids=lambda path: path.stem)
def test_the_engine_stands_alone(path: Path) -> None:
    found = tops(path)
    assert found <= set(sys.stdlib_module_names) | {"numpy", "engine"}
    assert not found & ENGINE_FORBIDDEN


def test_stages_do_not_know_the_screen() -> None:
    for path in files("stages"):
        assert not tops(path) & {"game", "pygame"}, path


def test_the_screen_reads_the_view_and_gives_commands() -> None:
    """It never touches the insides of the simulation."""
    insides = {"kernel", "topology", "sampling", "balancing", "board", "tracers", "metrics", "actions", "traffic"}
    for path in files("game"):
        names = set(imported(ast.parse(path.read_text("utf-8"))))
        assert not {f"engine.{name}" for name in insides} & names, path


def module_file(name: str) -> Path | None:
    """The file of a module of this project."""
    base = ROOT.joinpath(*name.split("."))
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


def at_import_time(path: Path) -> Iterator[str]:
    """What is imported when a module is loaded: not inside functions, nor for type checking only."""
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.Import, ast.ImportFrom)):
                yield from imported(child)
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                pending.append(child)


def test_nothing_the_browser_loads_needs_what_it_lacks() -> None:
    seen: set[Path] = set()
    scenes = [f"game.scenes.{path.stem}" for path in (ROOT / "game" / "scenes").glob("*.py")]
    pending = [ENTRY, "game.web", *scenes]
    while pending:
        path = module_file(pending.pop())
        if path is None or path in seen:
            continue
        seen.add(path)
        names = set(at_import_time(path))
        assert not {name.partition(".")[0] for name in names} & BROWSER_FORBIDDEN, path
        pending.extend(names)
    assert len(seen) > 60
