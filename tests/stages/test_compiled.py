"""Stages survive the way into the browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stages import compiled
from stages.errors import StageSyntaxError
from stages.load import load_stage, stage_names

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "stages" / "examples").glob("*.toml"))


@pytest.mark.parametrize("name", [*stage_names(), *EXAMPLES], ids=lambda name: Path(name).stem)
def test_round_trip_is_equal(name: str | Path) -> None:
    stage = load_stage(name)
    text = compiled.dump(stage)
    assert compiled.load(text) == stage
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))


def test_every_type_comes_back_as_itself() -> None:
    stage = load_stage("hello_world")
    again = compiled.load(compiled.dump(stage))
    assert repr(again) == repr(stage)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 0, "stage": {}}', '{"format": 1, "stage": {"id": "x"}}', "null"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(
        StageSyntaxError, match=r"x\.json: not a compiled stage of this version.*compile the stages again"
    ):
        compiled.load(text, "x.json")


def test_without_pydantic_the_compiled_stage_is_loaded(tmp_path: Path) -> None:
    # A folder as the browser gets it: the packages without TOML, an interpreter that cannot import pydantic.
    for package in ("engine", "stages"):
        for file in (ROOT / package).rglob("*.py"):
            target = tmp_path / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    campaign = tmp_path / "stages" / "campaign"
    campaign.mkdir(parents=True)
    (campaign / "hello_world.json").write_text(compiled.dump(load_stage("hello_world")), encoding="utf-8")
    program = (
        "import sys, importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'pydantic' else find(name, *rest); "
        "sys.modules['pydantic'] = None; "
        "from stages.load import load_stage, stage_names; "
        "print(stage_names(), load_stage('hello_world').duration_s)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "."},
    )
    assert done.stdout.strip() == f"('hello_world',) {load_stage('hello_world').duration_s}", done.stderr
