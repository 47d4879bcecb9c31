"""The tools that play and judge the balance: variants, workers, the command line and the report."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.simulation import Simulation
from engine.spec import ConditionSpec, EventSpec, MigrationSpec, StageSpec
from engine.spec.events import Department
from stages.__main__ import main
from stages.balance import command, page, tables
from stages.balance.conduct import conduct
from stages.balance.measure import LEVELS, Part, Plan, jobs_of, measure
from stages.balance.promises import promises
from stages.balance.runs import Job, outcome_of, run, run_together
from stages.balance.variants import at_level, without
from stages.balance.workers import WorkersError, in_batches, in_processes, on_cluster
from stages.bots import bot_names, make_bot
from stages.load import load_stage
from tests.stages.outcomes import fair

SHORT_S = 15.0


@pytest.fixture(name="short")
def short_stage() -> StageSpec:
    """A quarter of a minute of the first stage, hard enough for requests to fail."""
    return at_level(replace(load_stage("hello_world"), duration_s=SHORT_S, events=()), 3.0)


def test_level_multiplies_all_traffic_and_nothing_else(short: StageSpec) -> None:
    event = EventSpec(id="rush", department=Department.PM, at_s=1.0, when=ConditionSpec(metric="rps", least=10.0))
    calm = replace(event, when=ConditionSpec(metric="users", least=10.0))
    stage = replace(short, events=(event, calm))
    double = at_level(stage, 2.0)
    users, more = stage.traffic.users, double.traffic.users
    assert users is not None
    assert more == replace(users, rps_per_user=2 * users.rps_per_user)
    assert double.events[0].when == ConditionSpec(metric="rps", least=20.0)
    assert double.events[1] == calm
    assert replace(double, traffic=stage.traffic, events=stage.events) == stage
    curve = load_stage(Path("stages/examples/mmc.toml"))
    assert [p.rps for p in at_level(curve, 0.5).traffic.curve] == [0.5 * p.rps for p in curve.traffic.curve]


def test_ablation_takes_a_kind_out_of_the_shop_and_of_the_migration(short: StageSpec) -> None:
    move = MigrationSpec(cost=1.0, duration_s=1.0, unlocks=("queue", "worker"))
    stage = replace(short, migration=move)
    assert without(stage, "load_balancer").unlocked == ("vm_basic",)
    less = without(stage, "queue")
    assert less.migration is not None
    assert less.migration.unlocks == ("worker",)
    assert less.unlocked == stage.unlocked


def test_each_run_is_done_once(short: StageSpec) -> None:
    jobs = jobs_of(short, Plan(seeds=3, probes=2))
    assert len({job.key for job in jobs}) == len(jobs)
    sweep = (len(LEVELS) - 1) * 2
    assert len(jobs) == 3 * len(bot_names(short.id)) + sweep + 2 * len(short.unlocked)


def some_jobs(stage: StageSpec) -> list[Job]:
    bots = [Job(stage, bot, seed, series=True) for bot in ("reference", "idle") for seed in (1, 2)]
    return [*bots, Job(stage, "reference", 1, level=1.5), Job(stage, "expert", 2, without="load_balancer")]


def test_same_outcomes_whatever_the_workers(short: StageSpec) -> None:
    jobs = some_jobs(short)
    with in_processes(1) as alone, in_processes(2) as together:
        first = list(alone(run, jobs))
        assert list(together(run, jobs)) == first
        assert list(together(run, jobs[::-1])) == first[::-1]
    assert len({outcome.state_hash for outcome in first}) == len(jobs)
    assert all(found.history and len(found.history.budget) == int(found.seconds) > 0 for found in first[:4])


def test_same_outcomes_in_batches_of_any_size(short: StageSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = some_jobs(short)
    with in_processes(1) as spread:
        first = list(spread(run, jobs))
        for largest, fewest in ((1, 1), (3, 1), (32, 1)):
            monkeypatch.setattr("stages.balance.workers.LARGEST_BATCH", largest)
            monkeypatch.setattr("stages.balance.workers.FEWEST_BATCHES", fewest)
            assert list(in_batches(spread, run_together, jobs)) == first


def test_same_outcomes_on_a_cluster(short: StageSpec) -> None:
    distributed = pytest.importorskip("distributed", reason="needs Dask: pip install 'project-devops[cluster]'")
    jobs = some_jobs(short)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as cluster,
        on_cluster(cluster.scheduler_address) as spread,
        in_processes(1) as alone,
    ):
        assert list(spread(run, jobs)) == list(alone(run, jobs))


def test_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs Dask: pip install 'project-devops[cluster]'")
    monkeypatch.setattr("stages.balance.workers.CLUSTER_TIMEOUT_S", 0.5)
    with pytest.raises(WorkersError, match="no scheduler answers there"), on_cluster("tcp://127.0.0.1:9"):
        pass


def test_without_dask_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("stages.balance.workers.find_spec", lambda name: None)
    assert main(["balance", "hello_world", "--dask", "tcp://127.0.0.1:9"]) == command.USAGE
    assert "project-devops[cluster]" in capsys.readouterr().out


def test_outcome_tells_what_the_player_did(short: StageSpec) -> None:
    reference, idle = run(Job(short, "reference", 1)), run(Job(short, "idle", 1))
    assert reference.built == ("load_balancer", "vm_basic")
    assert (idle.acts, idle.built) == (0, ())
    assert idle.error_rate > reference.error_rate
    assert {death.kind for death in idle.died} == {"vm_basic"}
    assert "load_balancer" not in run(Job(short, "reference", 1, without="load_balancer")).built


def test_following_single_requests_changes_nothing(short: StageSpec) -> None:
    followed = outcome_of(conduct(Simulation(short, 1), make_bot("reference", short)))
    assert replace(followed, state_hash="") == replace(run(Job(short, "reference", 1)), state_hash="")


def test_command_line(short: StageSpec, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.balance.command.load_stage", lambda name: short)
    arguments = ["balance", "hello_world", "--bot", "idle", "--bot", "panic", "--part", "bots"]
    code = main([*arguments, "--seeds", "1", "--workers", "1"])
    out = capsys.readouterr().out
    assert code == command.BROKEN
    assert re.search(r"idle +1 +\d", out)
    assert re.search(r"2 runs in [\d.]+ s by 1 processes: [\d.,]+ runs a minute", out)
    assert main([*arguments, "--seeds", "1", "--workers", "1", "--json"]) == command.BROKEN
    data = json.loads(capsys.readouterr().out)
    assert data["speed"]["runs"] == 2
    assert data["stages"][0]["bots"].keys() == {"idle", "panic"}
    assert {promise["holds"] for promise in data["promises"]} >= {True, None}


def test_report_is_one_readable_page(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    speed = {"runs": 15.0, "seconds": 60.0, "runs_per_minute": 15.0, "workers": 2.0}
    balances = [fair(2), replace(fair(3), sweep={}, ablation={})]
    file = tmp_path / "deep" / "report.html"
    page.write(file, balances, promises(balances), speed)
    text = file.read_text(encoding="utf-8")
    assert text.count("<svg") == 6 + 4
    assert not re.search(r"""(src|href)=["']?(?!#)""", text.replace('xlink:href="#', "").replace('href="#', ""))
    for promise in promises(balances):
        assert promise.name.replace("'", "&#x27;") in text
    assert page.page(balances, promises(balances), speed) == text
    assert tables.speed_line(speed) in text


def test_without_matplotlib_it_says_so_before_the_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("stages.experiments.plot.find_spec", lambda name: None)
    assert main(["balance", "--report", str(tmp_path / "report.html")]) == command.USAGE
    assert "project-devops[tools]" in capsys.readouterr().out


def test_progress_counts() -> None:
    with in_processes(1) as spread:
        progress = command.Progress(spread)
        assert list(progress(sum, [[1, 2], [3]])) == [3, 3]
    assert progress.done == 3


def test_parts_choose_what_is_measured(short: StageSpec) -> None:
    with in_processes(1) as spread:
        (found,) = measure([short], Plan(seeds=1, probes=1, parts=(Part.ABLATION,)), spread)
    assert not found.bots
    assert not found.sweep
    assert list(found.ablation) == list(short.unlocked)
    assert found.full.runs == 1


def test_what_was_played_is_judged_again_without_playing(
    short: StageSpec, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stages.balance.command.load_stage", lambda name: short)
    some = ["balance", "hello_world", "--bot", "idle", "--part", "bots", "--seeds", "2", "--workers", "1"]
    assert main([*some, "--record", str(tmp_path)]) == command.BROKEN
    played = capsys.readouterr().out
    monkeypatch.setattr("stages.balance.command.play", None)
    assert main([*some, "--recorded", str(tmp_path)]) == command.BROKEN
    assert played.startswith(capsys.readouterr().out.rstrip())
    assert main([*some, "--bot", "panic", "--recorded", str(tmp_path)]) == command.USAGE
    assert "no run of panic" in capsys.readouterr().out
    assert main([*some, "--recorded", str(tmp_path), "--report", str(tmp_path / "page.html")]) == command.USAGE
    assert "leave out --recorded" in capsys.readouterr().out
