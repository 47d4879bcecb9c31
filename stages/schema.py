"""Checks a stage and turns it into the engine's specs.

The structure (names, types, required keys) is checked by pydantic against the engine's own dataclasses; what it cannot
know (ranges, references, legal wires ...) by `stages.checks`. All problems are reported at once: a broken value is
replaced by a stand-in so that the rest can be checked too, and what only follows from it is left out.

Not for the browser: pydantic does not exist there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from engine.spec import StageSpec
from stages.catalog import Resolved
from stages.checks import check_stage
from stages.errors import Problem, StageInvalid
from stages.finding import Finding
from stages.keypath import MISSING, Path, did_you_mean, find, one_of, show, show_value
from stages.shape import describe, describe_field, field_types, locate_type, placeholder


def validate(resolved: Resolved) -> StageSpec:
    """The stage as the engine takes it. Raises StageInvalid with every problem found."""
    data, structural = _repair(resolved.data)
    findings = resolved.findings + structural
    spec = _parse(data)
    findings += check_stage(spec, broken={finding.path for finding in findings})
    if findings:
        raise StageInvalid(_problems(resolved, findings))
    return spec


@cache
def _adapter() -> TypeAdapter[list[StageSpec]]:
    # pydantic takes a configuration for a list, not for a dataclass; the dataclasses inside inherit it.
    return TypeAdapter(list[StageSpec], config=ConfigDict(extra="forbid", strict=True))


def _parse(data: dict[str, Any]) -> StageSpec:
    # Strict JSON mode takes a list for a tuple and a name for an enum, and nothing else that is not of the type.
    return _adapter().validate_json(json.dumps([data], default=str))[0]


def _repair(original: dict[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """The data with every structural error replaced by a stand-in, and the errors."""
    data = original
    findings: list[Finding] = []
    while True:
        try:
            _parse(data)
        except ValidationError as error:
            if data is original:
                data = deepcopy(original)
            for details in error.errors(include_url=False, include_context=False):
                finding, stand_in = _explain(details)
                if finding not in findings:
                    findings.append(finding)
                _put(data, finding.path, stand_in)
        else:
            return data, findings


def _explain(details: ErrorDetails) -> tuple[Finding, Any]:
    """A finding in our words, and what to put in the place of the broken value (MISSING: nothing)."""
    loc: Path = details["loc"][1:]
    if loc and loc[-1] == "[key]":
        holder, tp, owner, name = locate_type(StageSpec, loc[:-2])
        path = (*holder, loc[-2])
        message = f"not a name that may be used here.{did_you_mean(str(loc[-2]), _key_names(owner, name))}"
        return Finding(path, message, one_of(_key_names(owner, name))), MISSING
    path, tp, owner, name = locate_type(StageSpec, loc)
    if not path:
        return Finding(path, "a stage is a table of keys", ""), placeholder(StageSpec)
    if tp is None:
        keys = field_types(owner).keys()
        return Finding(path, f"unknown key.{did_you_mean(name, keys)}", one_of(keys)), MISSING
    allowed = describe_field(owner, name) if path[-1] == name else describe(tp)
    if details["type"] == "missing":
        return Finding(path, "required, but not given.", allowed), placeholder(tp)
    if details["type"] == "enum":
        names = [str(member.value) for member in tp]
        return Finding(
            path, f"not one of the names.{did_you_mean(str(details['input']), names)}", allowed
        ), placeholder(tp)
    return Finding(path, "wrong type.", allowed), placeholder(tp)


def _key_names(owner: type, name: str) -> list[str]:
    """The names that may be keys of a mapping field keyed by an enum."""
    return [str(member.value) for member in field_types(owner)[name].__args__[0]]


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    holder = find(data, path[:-1])
    if value is not MISSING and holder is not MISSING:
        holder[path[-1]] = value
    elif find(data, path) is not MISSING:
        del holder[path[-1]]


def _problems(resolved: Resolved, findings: Sequence[Finding]) -> list[Problem]:
    problems = []
    for finding in findings:
        document, path = resolved.origin(finding.path)
        value = find(document.data, path)
        if value is MISSING:
            value = find(resolved.data, finding.path)
        problems.append(
            Problem(
                file=document.name,
                line=document.line(path),
                key=show(path),
                value=show_value(value),
                message=finding.message,
                allowed=finding.allowed,
            )
        )
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line))
