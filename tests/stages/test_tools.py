"""The headless tools, through their command line."""

from __future__ import annotations

import json
import subprocess
import sys
from math import factorial
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from stages.__main__ import main
from stages.bench import measure, three_tiers
from stages.bots import BOTS
from stages.load import stage_names

ROOT = Path(__file__).parents[2]
SHORT = ("--set", "duration_s=20", "--set", "events=[]")
EXAMPLE = str(ROOT / "stages" / "examples" / "mmc.toml")


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def simulate(capsys: pytest.CaptureFixture[str], stage: str, *arguments: str) -> Any:
    return run_json(capsys, "simulate", stage, *arguments)["runs"]


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert [stage["name"] for stage in run_json(capsys, "list")] == list(stage_names())
    assert main(["list"]) == 0
    assert "hello_world" in capsys.readouterr().out


def test_check_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(Path(EXAMPLE).read_text(encoding="utf-8").replace("slots = 8", "slots = 0"), encoding="utf-8")
    assert main(["check", "hello_world", str(file)]) == 1
    out = capsys.readouterr().out
    assert "hello_world: ok" in out
    assert f"{file}:" in out
    assert "a whole number, 1 or more" in out
    assert main(["check", str(file), str(tmp_path / "gone.toml"), "--json"]) == 1
    bad, gone = json.loads(capsys.readouterr().out)
    assert not bad["ok"]
    assert bad["problems"][0]["key"] == "node_kinds[1].sizes[0].slots"
    assert "no such file" in gone["problems"][0]["message"]


def test_simulate_gives_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    runs = simulate(capsys, "hello_world", "--bot", "none", "--seeds", "2", *SHORT)
    assert [run["seed"] for run in runs] == [1, 2]
    for run in runs:
        assert run["born"] == run["done"] + run["failed"] + run["in_system"]
        assert sum(run["failures"].values()) == run["failed"]
        assert run["latency_ms"].keys() == {"mean", "p50", "p95", "p99"}
        assert run["latency_ms"]["p50"] <= run["latency_ms"]["p95"] <= run["latency_ms"]["p99"]
        assert {node["name"] for node in run["nodes"]} == {"internet", "web", "database"}
        assert all(0 <= node["utilisation"] <= 1 and 0 <= node["all_busy"] <= 1 for node in run["nodes"])
        for key in ("outcome", "grade", "score", "max_rps", "dau", "uptime", "error_rate", "state_hash"):
            assert run[key] is not None
    assert runs[0]["state_hash"] != runs[1]["state_hash"]


def test_same_seed_same_run(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("hello_world", "--bot", "reference", "--first-seed", "5", *SHORT)
    assert simulate(capsys, *arguments) == simulate(capsys, *arguments)


@pytest.mark.parametrize("bot", BOTS)
@pytest.mark.parametrize("stage", [EXAMPLE, "hello_world"])
def test_every_bot_plays_every_stage(stage: str, bot: str, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = simulate(capsys, stage, "--bot", bot, *SHORT)
    assert run["time_s"] == 20


def test_simulate_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", EXAMPLE, "--set", "duration_s=5"]) == 0
    out = capsys.readouterr().out
    assert "won       1 of 1" in out
    assert "server" in out


def test_failures_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    change = ("--set", "node_kinds.server.sizes.standard.queue=0", "--set", "duration_s=20")
    (run,) = simulate(capsys, EXAMPLE, *change)
    assert run["failures"]["502"] > 0
    assert run["error_rate"] == pytest.approx(run["failed"] / (run["done"] + run["failed"]))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["simulate", "hello_wrld"], 1, 'Did you mean "hello_world"'),
        (["simulate", "hello_world", "--set", "duration_s=-1"], 1, "--set duration_s=-1"),
        (["simulate", "hello_world", "--set", "duration_s"], 2, "write it as key=value"),
    ],
)
def test_problems_and_usage(arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == code
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["check"], ["simulate", EXAMPLE, "--bot", "nobody"], ["simulate", EXAMPLE, "--seeds", "0"]],
)
def test_bad_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_no_screen_is_needed() -> None:
    program = (
        "import sys; sys.modules['pygame'] = None; import stages.bench; from stages.__main__ import main; "
        f"sys.exit(main(['simulate', {EXAMPLE!r}, '--set', 'duration_s=2']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("nodes", [10, 30, 100, 300])
def test_bench_builds_as_many_nodes_as_it_says(nodes: int) -> None:
    stage = three_tiers(nodes, 1000.0)
    assert len(stage.nodes) == nodes
    assert len(stage.request_kinds) == 6


def test_bench_carries_the_rate() -> None:
    figures = measure(10, 10_000.0)
    assert figures["offered_rps"] == pytest.approx(10_000, rel=0.03)
    assert figures["done_rps"] == pytest.approx(10_000, rel=0.03)
    assert figures["failed_share"] == 0
    assert figures["utilisation"] == pytest.approx(0.7, abs=0.05)
    assert figures["us_per_step"] > 0


@pytest.mark.slow
def test_the_example_agrees_with_theory(capsys: pytest.CaptureFixture[str]) -> None:
    # Erlang C with 7.2 Erlang on 8 slots; the mean of 8 runs of 1,000 s has a standard error of about 2.5 %.
    load, slots = 7.2, 8
    below = sum(load**k / factorial(k) for k in range(slots))
    at_least = load**slots / factorial(slots) * slots / (slots - load)
    p_wait = at_least / (below + at_least)
    runs = simulate(capsys, EXAMPLE, "--seeds", "8")
    server = [next(node for node in run["nodes"] if node["name"] == "server") for run in runs]
    assert fmean(node["utilisation"] for node in server) == pytest.approx(0.9, abs=0.01)
    assert fmean(node["all_busy"] for node in server) == pytest.approx(p_wait, abs=0.025)
    in_system = load + p_wait * load / (slots - load)
    assert fmean(node["mean_in_system"] for node in server) == pytest.approx(in_system, rel=0.08)
