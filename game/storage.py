"""Where settings, progress and saves are kept: files on the desktop, the browser's local storage in the browser.

Both keep whole documents by name. What cannot be read is never overwritten: it is put aside, and the player is told
where. Writing is whole or not at all. What could not be written is remembered as long as the program runs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APPLICATION = "project-devops"
DAMAGED, NEWER = "damaged", "newer"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the player should know: the text `storage.<key>` with its values."""

    key: str
    values: dict[str, str]

    def same_as(self, other: Problem) -> bool:
        """Whether it is about the same thing, for whatever reason."""
        return (self.key, self.values.get("place")) == (other.key, other.values.get("place"))


class Storage(ABC):
    """Documents by name. problems: what the player should know, each thing once; what has mended itself is gone."""

    UNREADABLE = "unreadable"
    UNWRITABLE = "unwritable"

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._unwritten: dict[str, str] = {}
        self._unread: set[str] = set()

    def load(self, name: str) -> dict[str, Any] | None:
        """The document, or None when there is none that can be read."""
        try:
            text = self._unwritten.get(name) or self._read(name)
            document = None if text is None else json.loads(text)
        except OSError as error:
            self._unread.add(name)
            self._note(self.UNREADABLE, self._place(name), error)
            return None
        except (ValueError, RecursionError) as error:
            self.set_aside(name, DAMAGED, str(error))
            return None
        if text is None or isinstance(document, dict):
            return document
        self.set_aside(name, DAMAGED, "not an object")
        return None

    def load_version(self, name: str, version: int) -> dict[str, Any] | None:
        """The document if it is of a version; one without a version, or of a newer game, is put aside."""
        document = self.load(name)
        if document is None:
            return None
        found = document.get("version")
        if type(found) is int and found == version:
            return document
        self.set_aside(name, NEWER if type(found) is int and found > version else DAMAGED, f"version {found}")
        return None

    def save(self, name: str, document: dict[str, Any]) -> bool:
        """Keep a document. False, and a problem, when it is only remembered until the program ends."""
        text = json.dumps(document)
        try:
            if name in self._unread:
                self._note(DAMAGED, self._move_aside(name, DAMAGED))
                self._unread.discard(name)
            self._write(name, text)
        except OSError as error:
            self._unwritten[name] = text
            self._note(self.UNWRITABLE, self._place(name), error)
            return False
        self._unwritten.pop(name, None)
        mended = Problem(self.UNWRITABLE, {"place": self._place(name)})
        self.problems[:] = [problem for problem in self.problems if not problem.same_as(mended)]
        return True

    def delete(self, name: str) -> None:
        """Forget a document. One that could not be read stays where it is."""
        self._unwritten.pop(name, None)
        if name in self._unread:
            return
        try:
            self._remove(name)
        except OSError as error:
            self._note(self.UNWRITABLE, self._place(name), error)

    def set_aside(self, name: str, why: str, reason: str) -> None:
        """Put away a document that makes no sense here, and say so. why: DAMAGED or NEWER."""
        self._unwritten.pop(name, None)
        try:
            self._note(why, self._move_aside(name, why), reason)
        except OSError as error:
            self._unread.add(name)
            self._note(self.UNREADABLE, self._place(name), error)

    def _note(self, key: str, place: str, reason: object = "") -> None:
        problem = Problem(key, {"place": place, "reason": str(reason)})
        if not any(problem.same_as(known) for known in self.problems):
            self.problems.append(problem)

    # What a medium has to offer; everything that goes wrong is an OSError, and text that is no text a ValueError.

    @abstractmethod
    def _place(self, name: str) -> str:
        """Where a document is, in words for the player."""

    @abstractmethod
    def _read(self, name: str) -> str | None:
        """The text of a document, or None when there is none."""

    @abstractmethod
    def _write(self, name: str, text: str) -> None:
        """Replace a document, wholly or not at all."""

    @abstractmethod
    def _remove(self, name: str) -> None:
        """Remove a document, if it is there."""

    @abstractmethod
    def _move_aside(self, name: str, why: str) -> str:
        """Give a document, if it is there, a name that is free; returns the new place."""


class FileStorage(Storage):
    """A file a document, in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _place(self, name: str) -> str:
        return str(self._path(name))

    def _read(self, name: str) -> str | None:
        try:
            return self._path(name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def _write(self, name: str, text: str) -> None:
        """Write beside the file, force it to the disk, then put it in the file's place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=f"{name}.", suffix=".new", dir=self.folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self._path(name))
        except OSError:
            Path(fresh).unlink(missing_ok=True)
            raise

    def _remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _move_aside(self, name: str, why: str) -> str:
        path = self._path(name)
        aside = path.with_name(f"{path.name}.{why}")
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_name(f"{path.name}.{why}{number}")
        if path.exists():
            path.rename(aside)
        return str(aside)


class BrowserStorage(Storage):
    """An entry a document, in the page's local storage (`window` is the page)."""

    UNREADABLE = UNWRITABLE = "no_browser_storage"

    def __init__(self, window: Any) -> None:
        super().__init__()
        self.window = window

    def _call(self, method: str, *arguments: str) -> Any:
        try:
            return getattr(self.window.localStorage, method)(*arguments)
        except Exception as error:  # quota and private mode come as whatever the browser throws
            raise OSError(str(error)) from error

    def _key(self, name: str) -> str:
        return f"{APPLICATION}/{name}"

    def _place(self, name: str) -> str:
        """One place for all: a page that may keep nothing says so once."""
        del name
        return APPLICATION

    def _item(self, key: str) -> str | None:
        kept = self._call("getItem", key)
        return None if kept is None or str(kept) in ("", "null", "undefined") else str(kept)

    def _read(self, name: str) -> str | None:
        return self._item(self._key(name))

    def _write(self, name: str, text: str) -> None:
        self._call("setItem", self._key(name), text)

    def _remove(self, name: str) -> None:
        self._call("removeItem", self._key(name))

    def _move_aside(self, name: str, why: str) -> str:
        """Copy first and remove then, so that a full storage loses nothing."""
        key = self._key(name)
        aside = f"{key}.{why}"
        number = 1
        while self._item(aside) is not None:
            number += 1
            aside = f"{key}.{why}{number}"
        text = self._item(key)
        if text is not None:
            self._call("setItem", aside, text)
            self._call("removeItem", key)
        return aside


def data_folder() -> Path:
    """Where this player's files belong on this system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / APPLICATION


def open_storage(folder: Path | None = None) -> Storage:
    """The storage of this platform."""
    if sys.platform == "emscripten":
        import platform  # in the browser this module is the bridge to the page

        return BrowserStorage(platform.window)  # type: ignore[attr-defined]
    return FileStorage(folder or data_folder())
