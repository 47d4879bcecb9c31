"""The tools that judge the balance: estimates, variants, promises, workers, the command line and the report."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.simulation import Simulation
from engine.spec import ConditionSpec, EventSpec, MigrationSpec, StageSpec
from engine.spec.events import Department
from stages.__main__ import main
from stages.balance import command, page, record, tables
from stages.balance.conduct import conduct
from stages.balance.estimates import Rate, band, falling, wilson
from stages.balance.measure import LEVELS, Part, Plan, StageBalance, jobs_of, measure
from stages.balance.promises import kept, promises, sole_answers
from stages.balance.runs import Death, History, Job, Key, Outcome, outcome_of, run, run_together
from stages.balance.variants import at_level, without
from stages.balance.workers import WorkersError, in_batches, in_processes, on_cluster
from stages.bots import bot_names, make_bot
from stages.load import load_stage

SHORT_S = 15.0


@pytest.fixture(name="short")
def short_stage() -> StageSpec:
    """A quarter of a minute of the first stage, hard enough for requests to fail."""
    return at_level(replace(load_stage("hello_world"), duration_s=SHORT_S, events=()), 3.0)


def outcome(grade: str = "S", acts: int = 5, built: tuple[str, ...] = ()) -> Outcome:
    """A made-up run."""
    won = grade != "F"
    standing = {"S": 0.95, "A": 0.85, "B": 0.7, "C": 0.6, "D": 0.4, "F": 0.0}[grade]
    history = History((300.0, 200.0), (None, 120.0 if won else None))
    return Outcome(
        "won" if won else "service_down", grade, standing, 1000, 120.0, 50.0, int(won), 300.0, 1.0, 0.01, acts, built,
        (Death("vm_basic", 502, 7),), "", history,
    )  # fmt: skip


def fair(order: int = 2) -> StageBalance:
    """A stage that keeps every promise."""
    lesson = ("cdn",)
    grades = {"reference": "AAB", "expert": "SSA", "novice": "BCF", "withheld": "FFF", "idle": "FFF", "panic": "CDF"}
    bots = {
        bot: tuple(outcome(grade, built=lesson if bot in ("reference", "expert") else ()) for grade in letters)
        for bot, letters in grades.items()
    }
    return StageBalance(
        stage=replace(load_stage("hello_world"), id=f"stage_{order}", order=order),
        bots=bots,
        sweep={0.5: Rate(8, 8), 1.0: Rate(8, 8), 1.5: Rate(4, 8), 2.0: Rate(0, 8)},
        ablation={"cdn": Rate(0, 8), "vm_basic": Rate(6, 8)},
        full=Rate(8, 8),
        taught=lesson,
    )


def with_bot(balance: StageBalance, bot: str, outcomes: Iterable[Outcome]) -> StageBalance:
    return replace(balance, bots={**balance.bots, bot: tuple(outcomes)})


def broken(balance: StageBalance) -> list[str]:
    return [promise.name for promise in promises([balance]) if not promise.holds]


def test_wilson_interval() -> None:
    low, high = wilson(60, 64)
    assert low == pytest.approx(0.8500, abs=5e-4)
    assert high == pytest.approx(0.9754, abs=5e-4)
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_falling_never_rises() -> None:
    rates = [Rate(4, 4), Rate(2, 4), Rate(3, 4), Rate(0, 4)]
    assert falling(rates) == [1.0, 0.625, 0.625, 0.0]
    assert falling([Rate(0, 2), Rate(1, 2), Rate(2, 2)]) == [0.5, 0.5, 0.5]


def test_band_is_interpolated() -> None:
    found = band([1.0, 2.0, 4.0], [Rate(10, 10), Rate(5, 10), Rate(0, 10)])
    assert found.safe == pytest.approx(2.0**0.1)
    assert found.lost == pytest.approx(2.0**1.9)
    assert found.factor == pytest.approx(2.0**1.8)
    assert not found.open_end


def test_band_leaves_out_where_there_is_too_little_traffic() -> None:
    found = band([0.5, 1.0, 2.0], [Rate(2, 10), Rate(10, 10), Rate(0, 10)])
    assert 1.0 < found.safe < found.lost < 2.0


def test_band_says_when_an_end_is_beyond_the_levels() -> None:
    easy = band([1.0, 2.0], [Rate(10, 10), Rate(6, 10)])
    assert (easy.lost, easy.open_end) == (2.0, True)
    assert 1.0 < easy.safe < 2.0
    hard = band([1.0, 2.0], [Rate(6, 10), Rate(0, 10)])
    assert math.isnan(hard.safe)
    assert math.isnan(hard.factor)


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


def test_a_fair_stage_keeps_every_promise() -> None:
    found = promises([fair(2), with_bot(fair(3), "panic", [outcome("F")])])
    assert [promise.name for promise in found if not promise.holds] == ["every grade occurs"]
    assert broken(fair()) == []
    assert kept(promises([fair()]))
    assert "every grade occurs" not in [promise.name for promise in promises([fair(1)])]


@pytest.mark.parametrize(
    ("bot", "grades", "name"),
    [
        ("reference", "SBC", "the reference wins with B or better"),
        ("expert", "AAAASA", "the expert reaches S"),
        ("withheld", "FFFFFFFDD", "without the lesson it is hardly ever won"),
        ("idle", "FFFFFFFDD", "idling hardly ever wins"),
        ("idle", "S" + "F" * 30, "idling never reaches S"),
        ("panic", "S" + "CD" + "F" * 30, "panic never reaches S"),
    ],
)
def test_each_promise_can_be_broken(bot: str, grades: str, name: str) -> None:
    balance = with_bot(fair(), bot, map(outcome, grades))
    assert broken(balance) == [name]


def test_s_must_be_earned() -> None:
    balance = with_bot(fair(), "expert", [outcome("S", acts=0), outcome("S")])
    assert broken(balance) == ["S takes more than opening the doors"]


def test_first_stage_forgives_idling() -> None:
    assert broken(with_bot(fair(1), "idle", map(outcome, "DFFF"))) == []
    assert broken(with_bot(fair(2), "idle", map(outcome, "DFFF"))) == ["idling hardly ever wins"]


def test_band_that_is_too_narrow_or_unknown() -> None:
    cliff = {0.5: Rate(8, 8), 1.0: Rate(8, 8), 1.2: Rate(0, 8)}
    assert broken(replace(fair(), sweep=cliff)) == ["there is room between safe and lost"]
    never = {1.0: Rate(4, 8), 2.0: Rate(0, 8)}
    (promise,) = promises([replace(fair(), bots={}, ablation={}, sweep=never)])
    assert (promise.holds, promise.measured) == (False, "safe at none of the levels tried")


def test_stage_that_is_never_lost_has_no_band() -> None:
    always = {1.0: Rate(8, 8), 2.0: Rate(8, 8)}
    (promise,) = promises([replace(fair(), bots={}, ablation={}, sweep=always)])
    assert (promise.holds, promise.measured) == (False, "safe at every level tried")


def test_a_kind_that_dominates() -> None:
    name = "no kind dominates but the lesson's"
    assert broken(replace(fair(), ablation={"cdn": Rate(8, 8), "vm_basic": Rate(0, 8)})) == [name]


def test_a_kind_that_alone_can_answer_a_request_dominates_nothing() -> None:
    stage = replace(load_stage("feature_factory"), id="stage_2", order=2)
    assert "socket_gateway" in sole_answers(stage)
    assert "search_engine" not in sole_answers(stage), "a database can search as well, if slowly"
    assert broken(replace(fair(), stage=stage, ablation={"cdn": Rate(8, 8), "socket_gateway": Rate(0, 8)})) == []
    silent = replace(stage, traffic=replace(stage.traffic, mix={"browse": 1.0}))
    assert sole_answers(silent) == frozenset()


def test_difficulty_must_rise() -> None:
    easy = replace(fair(3), bots={bot: (outcome("S"),) for bot in bot_names("")})
    by_name = {promise.name: promise.holds for promise in promises([fair(2), easy])}
    assert by_name["difficulty rises from stage to stage"] is False
    assert {p.name: p.holds for p in promises([easy, fair(4)])}["difficulty rises from stage to stage"] is True


def test_what_was_not_measured_is_not_kept() -> None:
    balance = replace(fair(), bots={"reference": fair().bots["reference"]})
    unknown = [promise for promise in promises([balance]) if promise.holds is None]
    assert {promise.measured for promise in unknown} == {"not measured: this bot did not play"}
    assert not kept(promises([balance]))


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


@pytest.fixture(name="runs", scope="module")
def some_outcomes() -> dict[Key, Outcome]:
    """Made-up runs of the first stage."""
    return {
        ("hello_world", "reference", 1, 1.0, ""): replace(outcome("A", built=("vm_basic",)), history=None),
        ("hello_world", "idle", 2, 1.5, "vm_basic"): replace(outcome("F"), latency_ms=None, history=None),
    }


def test_recorded_runs_come_back_as_they_were(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    elsewhere = {("tv_ad", "idle", 1, 1.0, ""): outcome("F")}
    record.write(tmp_path / "new", stage, runs | elsewhere)
    assert record.read(tmp_path / "new", stage) == runs
    record.write(tmp_path / "new", stage, dict([*runs.items()][:1]))
    assert list(record.read(tmp_path / "new", stage)) == [*runs][:1]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["hello_world.jsonl"]


def test_a_run_that_was_never_recorded_is_named(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    record.write(tmp_path, stage, runs)
    assert list(record.wanted(tmp_path, stage, [Job(stage, "reference", 1)])) == [*runs][:1]
    with pytest.raises(record.RecordError, match=r"no run of idle, seed 1, level 1, without nothing; .*--record"):
        record.wanted(tmp_path, stage, [Job(stage, "idle", 1)])


@pytest.mark.parametrize("damage", ["", "not JSON\n", '{"bot": 1}\n', '["bot", "seed"]\n'])
def test_a_damaged_record_says_where_and_what_to_do(damage: str, runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    record.write(tmp_path, stage, runs)
    file = record.file_of(tmp_path, stage)
    header, first, *_ = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(header + first + (damage or first[:20]), encoding="utf-8")
    with pytest.raises(record.RecordError, match=r"hello_world\.jsonl, line 3: .*--record"):
        record.read(tmp_path, stage)
    file.write_text(first, encoding="utf-8")
    with pytest.raises(record.RecordError, match="line 1: "):
        record.read(tmp_path, stage)


def test_a_record_that_is_missing_or_cannot_be_written(runs: dict[Key, Outcome], tmp_path: Path) -> None:
    stage = load_stage("hello_world")
    with pytest.raises(record.RecordError, match=r"cannot be read .*--record"):
        record.read(tmp_path, stage)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(record.RecordError, match="cannot be written"):
        record.write(tmp_path / "file" / "deeper", stage, runs)


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
