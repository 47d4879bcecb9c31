"""docs/stages.md tells the truth: every field with its type, default and range, and an example that runs as it says."""

from __future__ import annotations

import re
import tomllib
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from engine.spec import StageSpec
from stages.__main__ import main
from stages.bots import BOTS
from stages.catalog import catalog_entries
from stages.keypath import show_value
from stages.limits import LIMITS
from stages.shape import describe_field, field_default, field_types, is_mapping, is_required, type_name

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "stages.md").read_text(encoding="utf-8") if (ROOT / "docs" / "stages.md").exists() else ""


def specs(cls: type) -> list[type]:
    """A spec and every spec inside it, in the order of their first mention."""
    found = [cls]
    for tp in field_types(cls).values():
        inner = [tp, *get_args(tp)]
        for candidate in inner:
            if isinstance(candidate, type) and is_dataclass(candidate):
                found += [spec for spec in specs(candidate) if spec not in found]
    return found


SPECS = specs(StageSpec)


def row(cls: type, field: Field[Any]) -> str:
    """The columns of a field's row that follow from the code."""
    name = type_name(field_types(cls)[field.name])
    default = "required" if is_required(field) else show_default(field_default(field))
    allowed = describe_field(cls, field.name).replace('"', "`")
    return f"| `{field.name}` | {name} | {default} | {allowed} |"


def show_default(value: Any) -> str:
    if value is None or (isinstance(value, tuple | dict) and not value):
        return "none"
    if is_dataclass(value):
        return "its defaults"
    return f"`{value:g}`" if type(value) is float else f"`{show_value(value)}`"


@pytest.mark.parametrize("cls", SPECS, ids=lambda cls: cls.__name__)
def test_every_field_is_described_as_it_is(cls: type) -> None:
    heading = re.search(rf"^#+ .*\({cls.__name__}\)$", TEXT, re.MULTILINE)
    assert heading, f"no section for {cls.__name__}"
    section = re.split(r"^#", TEXT[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert len(rows) == len(fields(cls))
    for field, line in zip(fields(cls), rows, strict=True):
        assert line.startswith(row(cls, field)), f"expected: {row(cls, field)}"
        assert len(line.removeprefix(row(cls, field)).strip(" |")) > 5, f"{field.name} has no meaning"


@pytest.mark.parametrize("cls", SPECS, ids=lambda cls: cls.__name__)
def test_every_number_has_a_limit(cls: type) -> None:
    numbers = {
        field.name
        for field in fields(cls)
        if (tp := field_types(cls)[field.name]) in (int, float) or (is_mapping(tp) and get_args(tp)[1] in (int, float))
    }
    assert numbers == set(LIMITS.get(cls, {}))


def test_the_example_is_the_file() -> None:
    example = (ROOT / "stages" / "examples" / "mmc.toml").read_text(encoding="utf-8")
    assert f"```toml\n{example}```" in TEXT


def test_every_piece_of_toml_is_toml() -> None:
    for piece in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL):
        tomllib.loads(piece)


def test_commands_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [line for line in TEXT.splitlines() if line.startswith("python -m stages ")]
    assert {command.split()[3] for command in commands} == {
        "list",
        "check",
        "simulate",
        "presets",
        "bench",
        "experiment",
    }
    for command in commands:
        words = command.split(" #")[0].split()[3:]
        if words[0] in ("list", "check") or words[:2] == ["experiment", "list"]:
            assert main(words) == 0
        elif words[0] == "simulate":
            short = [re.sub(r"^duration_s=.*", "duration_s=2", word) for word in words]
            assert main([*short, "--seeds", "1", "--set", "duration_s=2", "--set", "events=[]"]) == 0
        assert capsys.readouterr().out or words[0] in ("presets", "bench", "experiment")


def test_all_bots_and_catalogue_kinds_are_named() -> None:
    names = [*BOTS, *catalog_entries("node_kinds"), *catalog_entries("request_kinds")]
    assert [name for name in names if f"`{name}`" not in TEXT] == []
