"""What the files of the project may not say or be."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".json", ".yml", ".html", ".js", ".txt", ""}
LARGEST_BYTES = 700_000
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
REGISTRIES = re.compile(r"(pypi\.org|pythonhosted\.org|npmjs\.(com|org)|deb\.debian\.org)")


def tracked() -> list[Path]:
    """The files under version control; all files where there is none."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def texts() -> list[tuple[Path, str]]:
    """The text files and what is in them."""
    return [(path, path.read_text("utf-8")) for path in tracked() if path.suffix in TEXT]


def test_nothing_is_left_for_later() -> None:
    assert [path for path, text in texts() if UNFINISHED.search(text)] == []


def test_no_registry_is_named() -> None:
    assert [path for path, text in texts() if REGISTRIES.search(text)] == []


def test_no_file_is_huge() -> None:
    assert [path for path in tracked() if path.stat().st_size > LARGEST_BYTES] == []
