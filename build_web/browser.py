"""A real browser that opens the built page, for tests and measurements. Nothing leaves the machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

RUNTIME = "DEVOPS_WEB_RUNTIME"
NODE_MODULES = "RIG_NODE_MODULES"
CHROMIUM = "DEVOPS_CHROMIUM"
DRIVER = Path(__file__).with_name("driver.mjs")
Point = tuple[float, float]


class BrowserError(Exception):
    """The browser could not do what it was told; the message says what happened."""


def missing() -> str:
    """What is missing on this machine to run the page, in words; empty when nothing is."""
    runtime, modules = os.environ.get(RUNTIME, ""), os.environ.get(NODE_MODULES, "")
    if not runtime or not Path(runtime, "rigweb", "pythons.js").exists():
        return f"{RUNTIME} names no folder with a browser runtime (see docs/web.md)"
    if not modules or not Path(modules, "playwright-core").is_dir() or not Path(modules, "pyodide").is_dir():
        return f"{NODE_MODULES} names no folder with pyodide and playwright-core (see docs/web.md)"
    if shutil.which("node") is None:
        return "node is not installed"
    if not Path(os.environ.get(CHROMIUM, "/usr/bin/chromium")).exists():
        return f"chromium is not installed; {CHROMIUM} may name it"
    return ""


class Browser:
    """One browser with one page. Points are game pixels unless said otherwise.

    folder: holds index.html. profile: kept between browsers when given, with all that the page stores.
    """

    def __init__(
        self,
        folder: Path,
        viewport: tuple[int, int] = (1280, 720),
        *,
        touch: bool = False,
        profile: Path | None = None,
        density: float = 1.0,
        port: int = 0,
    ) -> None:
        if problem := missing():
            raise BrowserError(problem)
        self._own = tempfile.mkdtemp() if profile is None else ""
        runtime, modules = os.environ[RUNTIME], os.environ[NODE_MODULES]
        size = f"{viewport[0]}x{viewport[1]}"
        command = ["node", str(DRIVER), str(folder), str(Path(runtime).resolve()), str(Path(modules).resolve()), size]
        command += [str(int(touch)), self._own or str(profile), str(density), str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.origin = str(self._answer())

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)

    def do(self, act: str, **given: Any) -> Any:
        """One act of the driver (see driver.mjs). Raises BrowserError with what the browser said."""
        if self._process.stdin is None:
            raise BrowserError("the browser has no input")
        try:
            self._process.stdin.write(json.dumps({"act": act, **given}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise BrowserError("the browser is gone") from None
        return self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise BrowserError("the browser ended without an answer")
        said = json.loads(line)
        if "error" in said:
            raise BrowserError(said["error"])
        return said["value"]

    def open(self, query: str = "", **given: Any) -> None:
        """Open the page and wait for the first frame of the game."""
        self.do("open", query=query, **given)

    def js(self, code: str) -> Any:
        """The value of JavaScript in the page."""
        return self.do("js", code=code)

    def py(self, code: str) -> Any:
        """The value of Python in the page, beside the running game."""
        return self.do("py", code=code)

    def shot(self, path: Path, clip: dict[str, int] | None = None) -> Path:
        """A picture of the page."""
        self.do("shot", path=str(path), clip=clip)
        return path

    @property
    def problems(self) -> list[str]:
        """Errors of the page and its console since it was opened."""
        found: list[str] = self.do("problems")
        return found
