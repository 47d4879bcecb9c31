"""A broken stage file is refused with file, line, key, value and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.errors import Problem, StageInvalid, StageNotFound, StageSyntaxError, StageUnreadable
from stages.load import load_stage
from tests.stages.broken_stages import BROKEN, SOUND, Broken


def problems_of(file: Path, text: str) -> tuple[Problem, ...]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StageInvalid) as caught:
        load_stage(file)
    return caught.value.problems()


def test_the_sound_stage_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SOUND, encoding="utf-8")
    assert load_stage(file).id == "small"


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_broken(case: Broken, tmp_path: Path) -> None:
    assert SOUND.count(case.old) >= 1
    file = tmp_path / "small.toml"
    problems = problems_of(file, SOUND.replace(case.old, case.new, 1))
    found = [problem for problem in problems if problem.key == case.key]
    assert len(found) == 1, [str(problem) for problem in problems]
    problem = found[0]
    assert problem.file == str(file)
    assert problem.value == case.value
    assert case.allowed in problem.allowed
    assert case.message in problem.message
    assert problem.line == case.line
    text = str(problem)
    assert all(part in text for part in (str(file), case.key, case.value, case.allowed))


def test_only_the_broken_thing_is_reported(tmp_path: Path) -> None:
    # A broken value must not draw a tail of follow-ups; only these are reported in two ways.
    expected = {"no traffic": 2, "no service time": 3}
    for case in BROKEN:
        problems = problems_of(tmp_path / "small.toml", SOUND.replace(case.old, case.new, 1))
        assert len(problems) == expected.get(case.name, 1), (case.name, [str(problem) for problem in problems])


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = (
        SOUND.replace("duration_s = 100", 'duration_s = "long"')
        .replace("slots = 4", "slots = 0")
        .replace('role = "source"', 'role = "sauce"')
        .replace("x = 5, y = 1", "x = 50, y = 1")
        .replace("save = 1", "safe = 1")
        .replace("price = 10", "prize = 10")
    )
    problems = problems_of(tmp_path / "small.toml", text)
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    keys = {problem.key for problem in problems}
    assert {
        "duration_s",
        "nodes[2].x",
        "traffic.mix.safe",
        "node_kinds[0].role",
        "node_kinds[1].sizes[0].prize",
    } <= keys


def test_toml_syntax(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('id = "x"\nduration_s = = 3\n', encoding="utf-8")
    with pytest.raises(StageSyntaxError, match=r"bad\.toml: not valid TOML: .*line 2, column 14"):
        load_stage(file)


def test_duplicate_key_is_a_syntax_error(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('id = "x"\nid = "y"\n', encoding="utf-8")
    with pytest.raises(StageSyntaxError, match="line 2"):
        load_stage(file)


def test_nested_too_deeply(tmp_path: Path) -> None:
    file = tmp_path / "deep.toml"
    file.write_text(f"x = {'[' * 5000}{']' * 5000}", encoding="utf-8")
    with pytest.raises(StageSyntaxError, match=r"deep\.toml: not readable as TOML: nested too deeply"):
        load_stage(file)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StageNotFound, match=r"gone\.toml: there is no such file"):
        load_stage(tmp_path / "gone.toml")


def test_unknown_name() -> None:
    with pytest.raises(StageNotFound, match=r'there is no stage "hello_wrold"\. Did you mean "hello_world"\?'):
        load_stage("hello_wrold")


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(StageUnreadable, match=r"this is a directory; a stage is a single \.toml file"):
        load_stage(tmp_path)


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes(b'id = "x"\n# caf\xe9\n')
    with pytest.raises(StageUnreadable, match=r"latin\.toml:2: not UTF-8 text \(byte 0xe9\); save the file as UTF-8"):
        load_stage(file)


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert load_stage(file).id == "small"


def test_empty_file_lists_what_is_required(tmp_path: Path) -> None:
    problems = problems_of(tmp_path / "empty.toml", "")
    assert {problem.key for problem in problems} == {"id", "duration_s", "traffic", "request_kinds", "node_kinds"}


def test_problem_in_the_catalogue_names_the_catalogue(tmp_path: Path) -> None:
    text = SOUND.replace('unlocked = ["server"]', 'unlocked = ["server", "vm_basic"]').replace(
        "step_ms = 10", "step_ms = 20"
    )
    problems = problems_of(tmp_path / "small.toml", text)
    places = {(problem.file, problem.key) for problem in problems}
    assert any(file == "catalog/compute.toml" and key.startswith("node_kinds[0].sizes") for file, key in places)
