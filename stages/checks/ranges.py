"""Every number lies in its range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.spec import StageSpec
from stages.finding import Finding
from stages.keypath import Path
from stages.limits import ANY, LIMITS
from stages.shape import field_types, without_none


def numbers(stage: StageSpec) -> Iterator[Finding]:
    """Walk through all specs of a stage and compare each number with its limit."""
    yield from _walk(stage, ())


def _walk(item: Any, path: Path) -> Iterator[Finding]:
    for field in fields(item):
        value = getattr(item, field.name)
        place = (*path, field.name)
        limit = LIMITS.get(type(item), {}).get(field.name, ANY)
        if is_dataclass(value):
            yield from _walk(value, place)
        elif isinstance(value, tuple):
            for index, element in enumerate(value):
                if is_dataclass(element):
                    yield from _walk(element, (*place, index))
        elif isinstance(value, Mapping):
            for key, number in value.items():
                if isinstance(number, int | float) and not limit.allows(number):
                    whole = isinstance(number, int)
                    yield Finding((*place, str(key)), "out of range.", limit.describe(whole=whole))
        elif isinstance(value, int | float) and not limit.allows(value):
            whole = without_none(field_types(item.__class__)[field.name]) is not float
            yield Finding(place, "out of range.", limit.describe(whole=whole))
