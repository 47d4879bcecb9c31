"""Checked stages as JSON, for the browser: written where pydantic is, read where it is not.

A field that has its default is left out, which also keeps the one infinite value (`Envelope.hold_s`) out of the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, cast, get_args

from engine.spec import StageSpec
from stages.errors import StageSyntaxError
from stages.shape import element_type, field_default, field_types, is_mapping, is_required, is_union, without_none

FORMAT = 1
SUFFIX = ".json"


def dump(spec: StageSpec) -> str:
    """A stage as JSON text. Raises ValueError for a number that JSON cannot hold."""
    return json.dumps({"format": FORMAT, "stage": _plain(spec)}, ensure_ascii=False, allow_nan=False)


def load(text: str, name: str = "compiled stage") -> StageSpec:
    """The stage in a text that `dump` made. Raises StageSyntaxError for anything else."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']} instead of {FORMAT}")
        return cast(StageSpec, _build(StageSpec, data["stage"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StageSyntaxError(
            f"{name}: not a compiled stage of this version ({error}); compile the stages again"
        ) from None


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return {
            field.name: _plain(given[field.name])
            for field in fields(value)
            if is_required(field) or given[field.name] != field_default(field)
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return value.value if isinstance(value, Enum) else value


def _build(tp: Any, value: Any) -> Any:
    tp = without_none(tp)
    if is_union(tp):
        return value
    if is_dataclass(tp) and isinstance(tp, type):
        hints = field_types(tp)
        return tp(**{key: _build(hints[key], item) for key, item in value.items()})
    if is_mapping(tp):
        key_type, item_type = get_args(tp)
        return {_build(key_type, key): _build(item_type, item) for key, item in value.items()}
    if (item_type := element_type(tp)) is not None:
        return tuple(_build(item_type, item) for item in value)
    return tp(value)
