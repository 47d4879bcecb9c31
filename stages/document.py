"""A TOML file as read: its data, and where each part of it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from stages.errors import StageNotFound, StageSyntaxError, StageUnreadable
from stages.keypath import Path
from stages.toml_lines import key_lines


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of a TOML file. `name` is how messages call it, `lines` the line of each key."""

    name: str
    data: dict[str, Any]
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it; 0 when unknown."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 0


def read_document(file: FilePath, name: str = "") -> Document:
    """Read a TOML file. Raises StageNotFound, StageUnreadable or StageSyntaxError."""
    return parse_document(_read_text(file, name or str(file)), name or str(file))


def parse_document(text: str, name: str) -> Document:
    """Read TOML from a text. Raises StageSyntaxError with line and column."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StageSyntaxError(f"{name}: not valid TOML: {error}") from None
    except RecursionError:
        raise StageSyntaxError(f"{name}: not readable as TOML: nested too deeply") from None
    return Document(name, data, key_lines(text))


def _read_text(file: FilePath, name: str) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise StageNotFound(f"{name}: there is no such file") from None
    except IsADirectoryError:
        raise StageUnreadable(f"{name}: this is a directory; a stage is a single .toml file") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise StageUnreadable(
            f"{name}:{line}: not UTF-8 text (byte 0x{error.object[error.start]:02x}); save the file as UTF-8"
        ) from None
    except OSError as error:
        raise StageUnreadable(f"{name}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise StageUnreadable(f"{name}: cannot be read: {error}") from None
