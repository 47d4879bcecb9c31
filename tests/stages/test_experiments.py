"""Every experiment shows what it says it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stages.__main__ import main
from stages.experiments import NAMES, experiments, title_of
from stages.experiments.record import example, number_of, record
from stages.experiments.result import Line, Panel, Result, about, at_least, at_most, show

QUICK = ("replication_lag",)
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in NAMES if name not in QUICK]


@pytest.mark.parametrize("name", [*QUICK, *SLOW])
def test_claims_hold(name: str) -> None:
    result = experiments()[name](1)
    assert result.name == name
    assert [(c.what, c.predicted, c.measured) for c in result.claims if not c.holds] == []
    assert all(len(line.x) == len(line.y) for panel in result.panels for line in panel.lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_claims_hold_by_another_chance(name: str) -> None:
    result = experiments()[name](2)
    assert [(c.what, c.predicted, c.measured) for c in result.claims if not c.holds] == []


def test_a_claim_can_fail() -> None:
    assert about("", 10, 10.5, 1, "", "").holds
    assert not about("", 10, 11.5, 1, "", "").holds
    assert not at_least("", 10, 9.9, "", "").holds
    assert not at_most("", 10, 10.1, "", "").holds
    assert not about("", 10, float("nan"), 1, "", "").holds


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.0123456, "0.0123"), (1.5, "1.50"), (99.5, "99.5"), (1234.5, "1,234")]
)
def test_figures_have_three_digits(value: float, text: str) -> None:
    assert show(value) == text


def test_a_refused_command_is_no_experiment() -> None:
    from engine.commands import SetPolicy

    stage = example("cascade")
    with pytest.raises(ValueError, match="was refused"):
        record(stage, 1, 1, acts=[(-1, SetPolicy(number_of(stage, "database"), "queue_limit", 100_000))])


def test_a_run_that_ends_early_is_no_experiment() -> None:
    with pytest.raises(ValueError, match="ended before"):
        record(example("cascade", "duration_s=2", "events=[]"), 1, 5)


def test_list_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment", "list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text and title_of(name) in text for name in NAMES)


def test_json_and_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for measured, code in ((10.0, 0), (12.0, 1)):
        monkeypatch.setattr("stages.experiments.cascade.run", lambda seed, m=measured: _result(seed, m))
        assert main(["experiment", "cascade", "--seed", "7", "--json"]) == code
        (found,) = json.loads(capsys.readouterr().out)
        assert found["seed"] == 7
        assert found["holds"] is (code == 0)


def test_what_does_not_hold_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("stages.experiments.cascade.run", lambda seed: _result(seed, 12.0))
    main(["experiment", "cascade"])
    assert "NO" in capsys.readouterr().out


@pytest.mark.parametrize("file_format", ["png", "svg"])
def test_plots_are_written(file_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("stages.experiments.cascade.run", lambda seed: _result(seed, 10.0))
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert main(["experiment", "cascade", "--plot", str(folder), "--format", file_format]) == 0
    first, second = ((folder / f"test.{file_format}").read_bytes() for folder in folders)
    assert len(first) > 1000
    assert first == second


def test_a_page_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("stages.experiments.cascade.run", lambda seed: _result(seed, 12.0))
    main(["experiment", "cascade", "--page", str(tmp_path / "page.md")])
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| rate | 10.0 ± 1.00 | 12.0 /s **no** | why |" in text
    assert (tmp_path / "page" / "test.png").exists()


def test_without_matplotlib_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stages.experiments.plot.find_spec", lambda name: None)
    assert main(["experiment", "cascade", "--plot", str(tmp_path)]) == 2
    assert "pip install 'project-devops[tools]'" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("stages.experiments.cascade.run", lambda seed: _result(seed, 10.0))
    (tmp_path / "file").write_text("")
    assert main(["experiment", "cascade", "--plot", str(tmp_path / "file" / "plots")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_page_of_the_documentation_tells_of_all() -> None:
    page = Path(__file__).parents[2] / "docs" / "experiments.md"
    text = page.read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`python -m stages experiment {name}`" in text
        assert (page.with_suffix("") / f"{name}.png").exists()
    assert "**no**" not in text


def _result(seed: int, measured: float) -> Result:
    panel = Panel(title="p", x_label="x", y_label="y", lines=[Line(label="a", x=[0, 1], y=[1, 2])], marks=[(0.5, "m")])
    claim = about("rate", 10, measured, 1, "/s", "why")
    return Result(name="test", title="Test", story="s", seed=seed, claims=[claim], panels=[panel])
