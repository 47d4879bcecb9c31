"""The types of the specs' fields, read from the engine's dataclasses, and how they are described to people."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from stages.keypath import Path, one_of
from stages.limits import ANY, LIMITS


@cache
def field_types(cls: type) -> Mapping[str, Any]:
    """The type of each field of a dataclass, resolved."""
    return get_type_hints(cls)


def element_type(tp: Any) -> Any:
    """The type of what a tuple or mapping holds; None for other types."""
    if get_origin(tp) is tuple:
        return get_args(tp)[0]
    return get_args(tp)[1] if is_mapping(tp) else None


def is_mapping(tp: Any) -> bool:
    """Whether a type is a mapping."""
    return get_origin(tp) is Mapping


def is_union(tp: Any) -> bool:
    """Whether a type is a union of several."""
    return get_origin(tp) in (Union, types.UnionType)


def without_none(tp: Any) -> Any:
    """A type without its `| None`."""
    if not is_union(tp):
        return tp
    kept = [arm for arm in get_args(tp) if arm is not types.NoneType]
    return kept[0] if len(kept) == 1 else tp


def is_required(field: Field[Any]) -> bool:
    """Whether a dataclass field has no default."""
    return field.default is MISSING and field.default_factory is MISSING


def field_default(field: Field[Any]) -> Any:
    """The default of a field that has one."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def describe(tp: Any) -> str:
    """What may stand at a place of this type, in words."""
    tp = without_none(tp)
    if is_dataclass(tp):
        return "a table"
    if isinstance(tp, type) and issubclass(tp, Enum):
        return one_of(str(member.value) for member in tp)
    if get_origin(tp) is tuple:
        element = element_type(tp)
        if isinstance(element, type) and issubclass(element, Enum):
            return f"a list of {one_of(str(member.value) for member in element)}"
        plural = {"a table": "tables", "a string": "strings"}
        return f"a list of {plural.get(describe(element), 'values')}"
    if is_mapping(tp):
        return "a table"
    if is_union(tp):
        return " or ".join(describe(arm) for arm in get_args(tp))
    return {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}[tp]


def describe_field(cls: type, name: str) -> str:
    """What may be given for a field of a spec, in words, with its range."""
    tp = without_none(field_types(cls)[name])
    limit = LIMITS.get(cls, {}).get(name)
    if is_mapping(tp):
        key, value = get_args(tp)
        keys = f" ({one_of(str(member.value) for member in key)})" if issubclass(key, Enum) else ""
        number = value in (int, float)
        return (
            f"a table of names{keys} with {(limit or ANY).describe(whole=value is int) if number else describe(value)}"
        )
    if limit is not None and tp in (int, float):
        return limit.describe(whole=tp is int)
    return describe(tp)


def locate_type(root: type, path: Path) -> tuple[Path, Any, type, str]:
    """Follow a path through the specs as far as they go.

    Returns the path as far as it leads, the type there, and the dataclass and field that hold it.
    """
    tp: Any = root
    owner: type = root
    name = ""
    for depth, step in enumerate(path):
        tp = without_none(tp)
        if isinstance(tp, type) and is_dataclass(tp):
            owner, name = tp, str(step)
            if name not in field_types(owner):
                return path[: depth + 1], None, owner, name
            tp = field_types(owner)[name]
        elif element_type(tp) is not None:
            tp = element_type(tp)
        else:
            return path[:depth], tp, owner, name
    return path, tp, owner, name


def placeholder(tp: Any) -> Any:
    """Some value of a type, as TOML would hold it, that stands in for a broken one while the rest is checked."""
    if is_union(tp):
        return None if types.NoneType in get_args(tp) else placeholder(get_args(tp)[0])
    if is_dataclass(tp) and isinstance(tp, type):
        hints = field_types(tp)
        return {field.name: placeholder(hints[field.name]) for field in fields(tp) if is_required(field)}
    if isinstance(tp, type) and issubclass(tp, Enum):
        return next(iter(tp)).value
    if get_origin(tp) is tuple:
        return []
    if is_mapping(tp):
        return {}
    return {str: "", int: 1, float: 1.0, bool: False}[tp]


def type_name(tp: Any) -> str:
    """The name of a type as docs/stages.md writes it."""
    tp = without_none(tp)
    if get_origin(tp) is tuple:
        return f"list of {type_name(element_type(tp))}"
    if is_mapping(tp):
        return f"table of {type_name(element_type(tp))}"
    if is_union(tp):
        return " or ".join(type_name(arm) for arm in get_args(tp))
    return {str: "string", int: "whole number", float: "number", bool: "boolean"}.get(tp) or str(tp.__name__)
