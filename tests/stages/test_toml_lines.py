"""Where keys stand in a TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest

from stages.catalog import CATALOG_DIR
from stages.keypath import Path
from stages.load import CAMPAIGN_DIR
from stages.toml_lines import key_lines

TEXT = '''\
# a comment with = and [brackets]
a = 1
"quoted key" = "a # no comment"
long = """
[not a table]
x = 2
"""
b.c = [ 1, # one
  { d = 'e]', f = [2,
     3] },
]
literal = \'\'\'
y = "\'\'\'

[t.u]
when = 2024-01-01T10:00:00 # a date
[[list]]
x = 1
[list.inner]
y = 2
[[list]]
x = 3
[[list.deep]]
z = {}
'''


def test_every_kind_of_place() -> None:
    lines = key_lines(TEXT)
    expected: dict[Path, int] = {
        ("a",): 2,
        ("quoted key",): 3,
        ("long",): 4,
        ("b", "c"): 8,
        ("b", "c", 0): 8,
        ("b", "c", 1): 9,
        ("b", "c", 1, "d"): 9,
        ("b", "c", 1, "f", 0): 9,
        ("b", "c", 1, "f", 1): 10,
        ("literal",): 12,
        ("t", "u"): 15,
        ("t", "u", "when"): 16,
        ("list",): 17,
        ("list", 0, "x"): 18,
        ("list", 0, "inner", "y"): 20,
        ("list", 1): 21,
        ("list", 1, "x"): 22,
        ("list", 1, "deep", 0, "z"): 24,
    }
    assert {path: lines.get(path) for path in expected} == expected


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths(value, (*path, key))


@pytest.mark.parametrize("file", sorted([*CAMPAIGN_DIR.glob("*.toml"), *CATALOG_DIR.glob("*.toml")]), ids=str)
def test_every_key_of_the_shipped_files_has_a_line(file: FilePath) -> None:
    text = file.read_text(encoding="utf-8")
    lines = key_lines(text)
    rows = text.splitlines()
    found = 0
    for path in paths(tomllib.loads(text)):
        if isinstance(path[-1], str) and path in lines:
            assert path[-1] in rows[lines[path] - 1], path
            found += 1
        else:
            assert path in lines or isinstance(path[-1], str), path
    assert found > 10
