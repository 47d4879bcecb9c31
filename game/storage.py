"""Where settings, progress and saves are kept: files on the desktop, the browser's local storage in the browser.

Both keep whole documents by name. A document that cannot be read is never overwritten in silence: it is put aside,
and a problem is noted for the player. Writing is whole or not at all.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

APPLICATION = "project-devops"
DAMAGED = ".damaged"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the player should know: the text `storage.<key>` with its values."""

    key: str
    values: dict[str, str]


class Storage(Protocol):
    """Documents by name. problems: what went wrong and was not yet shown."""

    problems: list[Problem]

    def load(self, name: str) -> dict[str, Any] | None:
        """The document, or None when there is none that can be read."""

    def save(self, name: str, document: dict[str, Any]) -> bool:
        """Keep a document; False (and a problem) when it could not be kept."""

    def delete(self, name: str) -> None:
        """Forget a document."""


def data_folder() -> Path:
    """Where this player's files belong on this system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / APPLICATION


@dataclass
class FileStorage:
    """A file a document, in a folder."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def load(self, name: str) -> dict[str, Any] | None:
        """The document, or None; an unreadable file is renamed, so that it is still there to be mended."""
        path = self._path(name)
        try:
            document = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            self._note("unreadable", path, error)
            return None
        except ValueError as error:
            self._put_aside(path, error)
            return None
        if isinstance(document, dict):
            return document
        self._put_aside(path, ValueError("not an object"))
        return None

    def save(self, name: str, document: dict[str, Any]) -> bool:
        """Write beside the file, force it to the disk, then put it in the file's place."""
        path = self._path(name)
        fresh = path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(document, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            self._note("unwritable", path, error)
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove the file if it is there."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            self._note("unwritable", self._path(name), error)

    def _put_aside(self, path: Path, error: Exception) -> None:
        aside = path.with_suffix(f"{path.suffix}{DAMAGED}")
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_suffix(f"{path.suffix}{DAMAGED}{number}")
        try:
            path.rename(aside)
        except OSError:
            aside = path
        self._note("damaged", aside, error)

    def _note(self, key: str, path: Path, error: Exception) -> None:
        self.problems.append(Problem(key, {"place": str(path), "reason": str(error)}))


@dataclass
class BrowserStorage:
    """An entry a document, in the page's local storage (`window` is the page)."""

    window: Any
    problems: list[Problem] = field(default_factory=list)

    def _key(self, name: str) -> str:
        return f"{APPLICATION}/{name}"

    def load(self, name: str) -> dict[str, Any] | None:
        """The entry, or None; a damaged one is copied aside first."""
        text = ""
        try:
            kept = self.window.localStorage.getItem(self._key(name))
            if kept is None or str(kept) in ("", "null", "undefined"):
                return None
            text = str(kept)
            document = json.loads(text)
        except ValueError as error:
            self._put_aside(name, text, error)
            return None
        except Exception as error:  # a page in private mode may refuse storage with any kind of error
            self._note("no_browser_storage", name, error)
            return None
        if isinstance(document, dict):
            return document
        self._put_aside(name, text, ValueError("not an object"))
        return None

    def save(self, name: str, document: dict[str, Any]) -> bool:
        """Set the entry; a full or forbidden storage is a problem that is noted once."""
        try:
            self.window.localStorage.setItem(self._key(name), json.dumps(document, ensure_ascii=False))
        except Exception as error:  # quota and private mode come as whatever the browser throws
            self._note("no_browser_storage", name, error)
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove the entry."""
        try:
            self.window.localStorage.removeItem(self._key(name))
        except Exception as error:  # as above
            self._note("no_browser_storage", name, error)

    def _put_aside(self, name: str, text: str, error: Exception) -> None:
        try:
            self.window.localStorage.setItem(self._key(name) + DAMAGED, text)
            self.window.localStorage.removeItem(self._key(name))
        except Exception as refused:  # as above
            self._note("no_browser_storage", name, refused)
        self._note("damaged", self._key(name) + DAMAGED, error)

    def _note(self, key: str, place: str, error: Exception) -> None:
        if all(problem.key != key for problem in self.problems):
            self.problems.append(Problem(key, {"place": place, "reason": str(error)}))


def open_storage(folder: Path | None = None) -> Storage:
    """The storage of this platform."""
    if sys.platform == "emscripten":
        import platform  # in the browser this module is the bridge to the page

        return BrowserStorage(platform.window)  # type: ignore[attr-defined]
    return FileStorage(folder or data_folder())
