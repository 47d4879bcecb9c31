"""What is packed and published, read without a browser."""

from __future__ import annotations

import ast
import json
import platform
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO, ClassVar
from unittest.mock import AsyncMock, Mock

import pytest

from build_web.package import MAX_PACKAGE_BYTES, PACKAGES, PICTURES, archive
from build_web.page_template import template
from build_web.staging import imports, stage

FORBIDDEN = {
    "pydantic", "pydantic_core", "threading", "subprocess", "multiprocessing", "concurrent", "socket", "select",
    "selectors", "signal", "ssl", "sqlite3", "ctypes", "urllib.request", "http", "requests", "queue",
}  # fmt: skip
BLOCKING = {("time", "sleep"), ("pygame.time", "wait"), ("pygame.time", "delay"), ("os", "system"), ("os", "fork")}
CHECKING = {"stages.document", "stages.overrides", "stages.schema", "stages.presets", "stages.presets.expand"}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is packed."""
    folder = tmp_path_factory.mktemp("staged")
    stage(folder)
    return folder


def module_file(folder: Path, name: str) -> Path | None:
    """The staged file of a module."""
    base = folder.joinpath(*name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()), None)


def walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every import that can happen once main.py runs, wherever it stands in a file."""
    pending, seen = [folder / "main.py"], set()
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imports(path):
            yield path, name
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                found = module_file(folder, ".".join(parts[:depth]))
                if found is not None:
                    pending.append(found)


def test_nothing_that_the_browser_lacks_is_imported(staged: Path) -> None:
    reached = list(walk(staged))
    assert len({path for path, _ in reached}) > 60
    for path, name in reached:
        parts = name.split(".")
        prefixes = {".".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
        assert not prefixes & FORBIDDEN, f"{path} imports {name}"


def test_everything_that_is_imported_is_there(staged: Path) -> None:
    known = set(sys.stdlib_module_names) | {"numpy", "pygame"}
    for path, name in walk(staged):
        if name.partition(".")[0] in known:
            continue
        module = name if module_file(staged, name) else name.rpartition(".")[0]
        if name in CHECKING or module in CHECKING:
            assert module_file(staged, name) is None and path.name == "load.py", f"{path} imports {name}"
        else:
            assert module_file(staged, module), f"{path} imports {name}"


def test_nothing_waits(staged: Path) -> None:
    for path in staged.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = (ast.unparse(node.func.value), node.func.attr)
                assert called not in BLOCKING, f"{path}:{node.lineno} waits"


def test_stages_are_compiled_and_tools_stay_at_home(staged: Path) -> None:
    names = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    assert "stages/campaign/hello_world.json" in names
    assert not [name for name in names if name.startswith("stages/") and name.endswith(".toml")]
    assert not names & {"stages/schema.py", "stages/__main__.py", "game/__main__.py", "game/screenshots.py"}
    assert not [name for name in names if name.startswith(("assets/make", "tests", "build_web"))]


def test_the_runtime_is_told_what_to_fetch(staged: Path) -> None:
    lines = (staged / "main.py").read_text("utf-8").splitlines()
    assert lines[0] == "# /// script"
    block = lines[: lines.index("# ///", 1)]
    assert '# dependencies = ["numpy", "pygame-ce"]' in block
    assert not any("pydantic" in line for line in block)


def test_the_package_is_small_and_whole(built: Path) -> None:
    for name in PACKAGES:
        assert (built / name).stat().st_size < MAX_PACKAGE_BYTES
    with zipfile.ZipFile(built / PACKAGES[0]) as apk, tarfile.open(built / PACKAGES[1]) as tarball:
        assert sorted(apk.namelist()) == sorted(member.name for member in tarball.getmembers())
        assert "assets/main.py" in apk.namelist()
    for name in PICTURES:
        assert (built / name).exists()
    assert json.loads((built / "manifest.webmanifest").read_text("utf-8"))["orientation"] == "landscape"


def test_the_archive_for_itch_holds_the_page_and_one_package(built: Path) -> None:
    with zipfile.ZipFile(archive(built)) as packed:
        names = set(packed.namelist())
    there = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert names == there - {PACKAGES[1]}
    assert {"index.html", "licences/OFL-1.1-Pretendard.txt"} <= names


class Heads(HTMLParser):
    """Collects what a page says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "meta":
            self.meta[given.get("property") or given.get("name") or ""] = given.get("content", "")
        for key in ("src", "href"):
            if key in given:
                self.links.append(given[key])


def test_the_page_is_filled_in_and_asks_only_for_what_lies_beside_it(built: Path) -> None:
    page = (built / "index.html").read_text("utf-8")
    assert "{{" not in page and "cookiecutter" not in page
    heads = Heads()
    heads.feed(page)
    for link in heads.links:
        assert link.endswith("/pythons.js") or (built / link).is_file(), link
    assert heads.meta["og:title"].startswith("Project DevOps")
    assert heads.meta["twitter:card"] == "summary_large_image"
    code = re.sub(r"data:[a-z/]+;base64,[A-Za-z0-9+/=]+", "", page)
    outside = set(re.findall(r"https?://[^\s\"'`)]+", code))
    assert {address for address in outside if "pygame-web.github.io/cdn/" not in address} == set()


def test_link_previews_get_a_full_address() -> None:
    heads = Heads()
    heads.feed(template("https://example.org/devops/"))
    assert heads.meta["og:image"] == heads.meta["twitter:image"] == "https://example.org/devops/social_preview.png"


class Fetched:
    """A file beside the page, as the runtime's `fopen` gives it; remembers what was asked for."""

    asked: ClassVar[list[str]] = []

    def __init__(self, folder: Path, name: str) -> None:
        self.file = (folder / name).open("rb")
        self.asked.append(name)

    async def __aenter__(self) -> BinaryIO:
        return self.file

    async def __aexit__(self, *_: object) -> None:
        self.file.close()


@pytest.mark.parametrize(
    ("host", "package"), [("example.org", PACKAGES[1]), ("html-classic.itch.zone", PACKAGES[0])], ids=["web", "itch"]
)
def test_the_bootstrap_unpacks_and_starts_the_game(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, package: str
) -> None:
    """The runtime's part is played by stand-ins that allow what pygbag 0.9.3 offers."""
    page = (built / "index.html").read_text("utf-8")
    code = page.partition("onerror=\"game_page.failed('runtime')\">")[2].partition("</script>")[0]
    told, started = Mock(), AsyncMock()
    window = SimpleNamespace(game_page=told, location=SimpleNamespace(host=host))
    Fetched.asked.clear()
    for name, value in {
        "window": window,
        "fopen": lambda name, _: Fetched(built, name),
        "run_main": Mock(),
        "shell": Mock(),
    }.items():
        monkeypatch.setattr(platform, name, value, raising=False)
    monkeypatch.setitem(sys.modules, "embed", SimpleNamespace(counter=lambda: 0))
    given = {
        "PyConfig": None,
        "TopLevel_async_handler": SimpleNamespace(start_toplevel=AsyncMock()),
        "shell": SimpleNamespace(source=started),
    }
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "", raising=False)
    exec(compile(code.replace("/data/data", str(tmp_path)), "bootstrap", "exec"), given)
    main = tmp_path / "project-devops" / "assets" / "main.py"
    assert Fetched.asked == [package]
    assert main.read_text("utf-8").startswith("# /// script")
    assert started.call_args.args == (main,)
    assert [call.args[0] for call in told.step.call_args_list] == ["package", "libraries", "game"]
    assert not told.failed.called
