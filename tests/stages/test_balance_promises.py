"""What runs say of how likely a win is, and whether a stage keeps its promises."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from stages.balance.estimates import Rate, band, falling, wilson
from stages.balance.measure import StageBalance
from stages.balance.promises import kept, promises, sole_answers
from stages.balance.runs import Outcome
from stages.bots import bot_names
from stages.load import load_stage
from tests.stages.outcomes import fair, outcome


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
