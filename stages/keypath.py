"""Paths to values inside a TOML document, and how they and their values are written for people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import Enum
from typing import Any

Path = tuple[str | int, ...]

MISSING = object()


def show(path: Path) -> str:
    """A path as people write it: `node_kinds[1].sizes[0].slots`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def find(data: Any, path: Path) -> Any:
    """The value at a path, or MISSING."""
    for part in path:
        in_list = isinstance(part, int) and isinstance(data, list) and 0 <= part < len(data)
        if not in_list and not (isinstance(part, str) and isinstance(data, dict) and part in data):
            return MISSING
        data = data[part]
    return data


def show_value(value: Any, limit: int = 60) -> str:
    """A value as TOML writes it, cut to `limit` characters."""
    if value is MISSING:
        return ""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, Enum):
        text = f'"{value.value}"'
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = {show_value(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(show_value(item) for item in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def one_of(names: Iterable[str]) -> str:
    """Names in a sentence: `"a", "b" or "c"`; `nothing` when there is none."""
    quoted = [f'"{name}"' for name in names if name]
    if not quoted:
        return "nothing"
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A suggestion to end a message with, or nothing."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
