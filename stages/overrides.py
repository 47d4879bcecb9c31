"""Values changed from the command line: `traffic.curve[0].rps=80`, `node_kinds.server.sizes.standard.slots=8`.

An element of a list is named by its place or by its `id` (or `key`). The changed stage is checked like any other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from stages.catalog import SECTIONS, Resolved, resolve
from stages.document import Document
from stages.errors import OverrideError
from stages.keypath import Path, did_you_mean, one_of, show

_STEP = re.compile(r"(?:^|\.)([A-Za-z0-9_-]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Override:
    """One `key=value`; `path` as it was written, with ids where the data has places."""

    text: str
    path: Path
    value: Any


def parse_override(text: str) -> Override:
    """Read a `key=value`. The value is TOML; what is not TOML is taken as a string. Raises OverrideError."""
    key, equals, value = text.partition("=")
    steps = list(_STEP.finditer(key.strip()))
    if not equals or not steps or "".join(step.group() for step in steps) != key.strip():
        raise OverrideError(f"--set {text}: write it as key=value, for example traffic.curve[0].rps=80")
    path = tuple(int(step[2]) if step[2] is not None else step[1] for step in steps)
    return Override(text, path, _parse_value(value.strip()))


def _parse_value(text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if parsed.keys() == {"value"} else text


def resolve_with(document: Document, overrides: Sequence[Override]) -> Resolved:
    """The resolved stage with the overrides applied. Raises OverrideError.

    Kinds are overridden after the catalogue has been drawn in, everything else before, so that both what the stage
    names and what the catalogue holds can be changed.
    """
    data = deepcopy(document.data)
    early = [(override, _apply(data, override)) for override in overrides if override.path[0] not in SECTIONS]
    resolved = resolve(Document(document.name, data, document.lines))
    late = [(override, _apply(resolved.data, override)) for override in overrides if override.path[0] in SECTIONS]
    for override, path in early + late:
        resolved.origins[path] = (Document(f"--set {override.text}", {}), path)
    return resolved


def _apply(data: dict[str, Any], override: Override) -> Path:
    """Set the value; returns the path with places instead of ids."""
    holder: Any = data
    path: Path = ()
    for step in override.path[:-1]:
        key = _key_in(holder, step, path, override)
        if isinstance(holder, dict) and key not in holder:
            holder[key] = {}
        holder = holder[key]
        path += (key,)
    key = _key_in(holder, override.path[-1], path, override)
    holder[key] = override.value
    return (*path, key)


def _key_in(holder: Any, step: str | int, path: Path, override: Override) -> Any:
    """The key or place that a step means in a table or list."""
    place = show(path) or "the stage"
    if isinstance(holder, dict) and isinstance(step, str):
        return step
    if isinstance(holder, list) and isinstance(step, int):
        if step < len(holder):
            return step
        raise OverrideError(f"--set {override.text}: {place} has {len(holder)} elements, counted from 0")
    if isinstance(holder, list):
        names = [item.get("id", item.get("key")) if isinstance(item, dict) else None for item in holder]
        if step in names:
            return names.index(step)
        known = [name for name in names if isinstance(name, str)]
        hint = did_you_mean(str(step), known)
        raise OverrideError(f'--set {override.text}: {place} has no "{step}", only {one_of(known)}.{hint}')
    raise OverrideError(f"--set {override.text}: {place} is a single value and has nothing inside")
