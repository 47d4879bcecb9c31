"""The catalogue of node kinds and request kinds, and how a stage draws on it.

A stage gets what it names: a kind of node in `unlocked` or `nodes`, a kind of request in `traffic.mix`, is taken from
the catalogue unless the stage defines it itself. A definition in the stage with `base = "<id>"` starts from the
catalogue's and changes the keys it gives; sizes and policies are matched by their id, a new one is added. Policies it
names in `without_policies` are left out, and with `only_sizes` every size it does not name.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from stages.document import Document, read_document
from stages.finding import Finding
from stages.keypath import Path, did_you_mean, find, one_of

CATALOG_DIR = FilePath(__file__).parent / "catalog"
SECTIONS = ("node_kinds", "request_kinds")
WITHOUT = "without_policies"
ONLY = "only_sizes"
_LEFT_OUT = {"policies": "the base has no such setting", "sizes": "there is no such size"}
_MERGED_LISTS = {"sizes": "id", "policies": "key"}


@dataclass(slots=True)
class Resolved:
    """A stage's data with everything it takes from the catalogue, and where each part was written."""

    document: Document
    data: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    origins: dict[Path, tuple[Document, Path]] = field(default_factory=dict)

    def origin(self, path: Path) -> tuple[Document, Path]:
        """The document a path of the resolved data was written in, and its path there."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                document, start = self.origins[path[:length]]
                return document, start + path[length:]
        return self.document, path


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind in the catalogue and where it is written."""

    document: Document
    path: Path
    data: dict[str, Any]


@cache
def catalog_entries(section: str) -> dict[str, Entry]:
    """The catalogue's node kinds or request kinds by id, in the order of the files' names."""
    entries: dict[str, Entry] = {}
    for file in sorted(CATALOG_DIR.glob("*.toml")):
        document = read_document(file, f"catalog/{file.name}")
        for index, data in enumerate(document.data.get(section, [])):
            entries[data["id"]] = Entry(document, (section, index), data)
    return entries


def resolve(document: Document) -> Resolved:
    """Add to a stage what it takes from the catalogue. Leaves alone what is not shaped as it should be."""
    resolved = Resolved(document, dict(document.data))
    for section, wanted in zip(SECTIONS, (_named_nodes(document.data), _named_requests(document.data)), strict=True):
        if isinstance(document.data.get(section, []), list):
            _complete(resolved, section, wanted)
    if isinstance(resolved.data.get("node_kinds"), list):
        _complete(resolved, "node_kinds", _successors(resolved.data))
    _drop_absent_callees(resolved)
    resolved.data = deepcopy(resolved.data)
    return resolved


def _named_nodes(data: dict[str, Any]) -> Iterator[Any]:
    yield from (node.get("kind") for node in _tables(data, "nodes"))
    for path in (("unlocked",), ("migration", "unlocks")):
        names = find(data, path)
        yield from names if isinstance(names, list) else ()


def _successors(data: dict[str, Any]) -> Iterator[Any]:
    """What kinds of the stage turn into comes along with them."""
    yield from (find(kind, ("replica", "promotes_to")) for kind in _tables(data, "node_kinds"))


def _named_requests(data: dict[str, Any]) -> Iterator[Any]:
    mix = find(data, ("traffic", "mix"))
    yield from mix if isinstance(mix, dict) else ()


def _tables(data: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    value = data.get(key)
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _complete(resolved: Resolved, section: str, wanted: Iterator[Any]) -> None:
    entries = catalog_entries(section)
    kinds = [_with_base(resolved, (section, index), kind) for index, kind in enumerate(resolved.data.get(section, []))]
    known = {kind.get("id") for kind in kinds if isinstance(kind, dict)}
    for name in wanted:
        if isinstance(name, str) and name in entries and name not in known:
            known.add(name)
            entry = entries[name]
            resolved.origins[(section, len(kinds))] = (entry.document, entry.path)
            kinds.append(dict(entry.data))
    if kinds:
        resolved.data[section] = kinds


def _with_base(resolved: Resolved, path: Path, kind: Any) -> Any:
    """A kind with the values of its base filled in; `base` itself is gone afterwards."""
    if not isinstance(kind, dict):
        return kind
    if "base" not in kind:
        return dict(kind)
    own = {key: value for key, value in kind.items() if key not in ("base", WITHOUT, ONLY)}
    entries = catalog_entries(str(path[0]))
    base = kind["base"]
    if not isinstance(base, str) or base not in entries:
        hint = did_you_mean(base, entries) if isinstance(base, str) else ""
        message = f"the catalogue has no such kind to start from.{hint}"
        resolved.findings.append(Finding((*path, "base"), message, one_of(entries)))
        return own
    entry = entries[base]
    for key in entry.data.keys() - own.keys():
        resolved.origins[(*path, key)] = (entry.document, (*entry.path, key))
    merged = entry.data | own
    for key, name in _MERGED_LISTS.items():
        if isinstance(own.get(key), list) and isinstance(entry.data.get(key), list):
            merged[key] = _merge_lists(resolved, (*path, key), own[key], entry, name)
    unwanted = kind.get(WITHOUT, [])
    _leave_out(resolved, (*path, WITHOUT), merged, ("policies", "key"), unwanted)
    if ONLY in kind:
        wanted = kind[ONLY] if isinstance(kind[ONLY], list) else [kind[ONLY]]
        known = [size.get("id") for size in merged.get("sizes", []) if isinstance(size, dict)]
        unknown = [name for name in wanted if name not in known]
        rest = unknown or [name for name in known if name not in wanted]
        _leave_out(resolved, (*path, ONLY), merged, ("sizes", "id"), rest)
    return merged


def _leave_out(resolved: Resolved, path: Path, kind: dict[str, Any], place: tuple[str, str], names: Any) -> None:
    """Take elements out of a list of a kind that has just been merged with its base. place: the list, and the key that
    names its elements. path: of the key that asks for it.
    """
    section, key = place
    items = [item for item in kind.get(section, []) if isinstance(item, dict)]
    known = [item.get(key) for item in items]
    allowed = [name for name in known if isinstance(name, str)]
    unknown = [name for name in names if name not in known] if isinstance(names, list) else [names]
    for name in unknown:
        hint = did_you_mean(str(name), allowed)
        resolved.findings.append(Finding(path, f'{_LEFT_OUT[section]}: "{name}".{hint}', one_of(allowed)))
    if not names or unknown:
        return
    places = [index for index, name in enumerate(known) if name not in names]
    origins = [resolved.origin((*path[:-1], section, index)) for index in places]
    for index, origin in enumerate(origins):
        resolved.origins[(*path[:-1], section, index)] = origin
    kind[section] = [items[index] for index in places]


def _merge_lists(resolved: Resolved, path: Path, own: list[Any], entry: Entry, name: str) -> list[Any]:
    """The base's elements, each overlaid by the stage's element of the same name, then the stage's new ones."""
    origin = (*entry.path, path[-1])
    merged = list(find(entry.document.data, origin))
    written: dict[int, Path] = {}
    for index, item in enumerate(own):
        target = next((i for i, old in enumerate(merged) if _same(old, item, name)), len(merged))
        if target < len(merged):
            merged[target] = merged[target] | item
        else:
            merged.append(item)
        written[target] = (*path, index)
    for index in range(len(merged)):
        own_path = written.get(index)
        resolved.origins[(*path, index)] = (
            (resolved.document, own_path) if own_path else (entry.document, (*origin, index))
        )
    return merged


def _same(old: Any, new: Any, name: str) -> bool:
    return isinstance(new, dict) and isinstance(old, dict) and name in new and old.get(name) == new[name]


def _drop_absent_callees(resolved: Resolved) -> None:
    """A catalogue kind may call kinds that this stage does not use; those names mean nothing here."""
    used = {kind.get("id") for kind in _tables(resolved.data, "node_kinds")}
    absent = catalog_entries("node_kinds").keys() - used
    kinds = resolved.data.get("node_kinds")
    for index, kind in enumerate(kinds if isinstance(kinds, list) else ()):
        path: Path = ("node_kinds", index, "may_call")
        calls = find(resolved.data, path)
        if isinstance(calls, list) and absent.intersection(filter(_is_text, calls)):
            kept = [(place, name) for place, name in enumerate(calls) if not (_is_text(name) and name in absent)]
            document, origin = resolved.origin(path)
            for new_place, (old_place, _) in enumerate(kept):
                resolved.origins[(*path, new_place)] = (document, (*origin, old_place))
            kind["may_call"] = [name for _, name in kept]
        carried = find(resolved.data, ("node_kinds", index, "only_for"))
        if isinstance(carried, dict) and absent.intersection(carried):
            kind["only_for"] = {name: items for name, items in carried.items() if name not in absent}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
