"""The campaign: five stages that can be played, asked, won and lost; the modes; and the challenge of a day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.commands import Accepted, Fire
from engine.simulation import Simulation
from engine.spec import Department, EventSpec, StageSpec
from engine.view import Phase
from game.i18n import LANGUAGES, load_texts
from stages.bots import NAMES, bot_names, make_bot
from stages.checks import check_stage
from stages.daily import BURDENS, HELPS, challenge, daily, daily_stage
from stages.load import load_stage, mode_names, stage_names

CAMPAIGN = ("hello_world", "tv_ad", "viral_strike", "feature_factory", "black_friday")
STAGES = {name: load_stage(name) for name in (*CAMPAIGN, *mode_names())}
LATER = CAMPAIGN[1:]
DAYS = [date(2026, 11, 1) + timedelta(days=day) for day in range(60)]


def events(stage: StageSpec) -> dict[str, EventSpec]:
    return {event.id: event for event in stage.events}


def test_five_stages_in_order() -> None:
    assert stage_names() == CAMPAIGN
    assert [STAGES[name].order for name in CAMPAIGN] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", CAMPAIGN)
def test_every_department_speaks_and_the_stage_takes_four_to_eight_minutes(name: str) -> None:
    stage = STAGES[name]
    assert 240 <= stage.duration_s <= 480
    assert {Department.PM, Department.MARKETING, Department.DEV} <= {event.department for event in stage.events}
    assert len(stage.objectives) == 2


@pytest.mark.parametrize("name", LATER)
def test_two_questions_with_different_consequences_and_something_left_to_chance(name: str) -> None:
    stage = STAGES[name]
    questions = [event for event in stage.events if event.choices]
    assert len(questions) >= 2
    for event in questions:
        assert event.default in {choice.id for choice in event.choices}
        assert len({(c.money, c.users, c.effects, c.node_effects) for c in event.choices}) == len(event.choices)
        asked_later = any(f"{event.id}:{c.id}" in other.after for other in stage.events for c in event.choices)
        assert asked_later or any(c.effects or c.node_effects or c.users for c in event.choices), event.id
    assert any(event.chance < 1 for event in stage.events)
    assert any(event.window_s > 0 and event.lead_s == 0 for event in stage.events)


def test_the_events_of_the_design_are_there() -> None:
    chat, search = events(STAGES["feature_factory"])["roadmap"].effects
    assert (chat.kinds, search.kinds) == (("chat",), ("full_text",))
    assert "add_chat" in events(STAGES["feature_factory"])
    stronger = events(STAGES["feature_factory"])["stronger_search"].choices[0].effects[0]
    assert stronger.kinds == ("full_text",)
    assert stronger.envelope.hold_s == float("inf"), "search adds its reads for good"
    spot = events(STAGES["tv_ad"])["tv_spot"]
    assert spot.lead_s > 0
    assert spot.in_forecast
    viral = events(STAGES["viral_strike"])["first_post"]
    assert viral.lead_s == 0
    assert not viral.in_forecast
    push = events(STAGES["tv_ad"])["push_sent"].effects[0].envelope
    assert 50 <= push.rise_s + push.hold_s + push.decay_s <= 70, "a push notification lasts a minute"
    leak = events(STAGES["feature_factory"])["leaky_release"]
    assert leak.rollback_s > 0
    assert {effect.pace for effect in leak.node_effects if effect.pick == "one"} == {0.7}, "-30 %"
    assert any(effect.leak_mb_s > 0 for effect in leak.node_effects)
    assert {STAGES[name].migration is not None for name in ("feature_factory", "black_friday")} == {True}


def test_the_ad_multiplies_the_traffic_by_six() -> None:
    forecast = Simulation(STAGES["tv_ad"], 1, traced=False).view.forecast
    before = forecast.rps[forecast.time_s < 150].mean()
    assert 4.5 <= forecast.rps.max() / before <= 7.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_in_the_words_are_those_of_the_stage(language: str) -> None:
    texts = load_texts(language)
    for stage in STAGES.values():
        for objective in stage.objectives:
            text = texts[f"objective.{stage.id}.{objective.id}"].replace(",", "")
            if objective.metric == "budget":
                assert "{limit}" in text, "money is put in by the one formatter of it"
                continue
            said = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
            bound = objective.least if objective.least > float("-inf") else objective.most
            percent = 100 if objective.metric.endswith("_share") or objective.metric.startswith("failed:") else 1
            assert said == pytest.approx([bound * percent]), text


@pytest.mark.parametrize("name", CAMPAIGN)
@pytest.mark.parametrize("bot", NAMES)
def test_every_player_can_open_every_stage(name: str, bot: str) -> None:
    assert bot in bot_names(name)
    stage = STAGES[name]
    simulation = Simulation(stage, 1, traced=False)
    player = make_bot(bot, stage)
    for _ in range(100):
        act = player.act(simulation.view, simulation.check)
        assert act is not None
        assert isinstance(simulation.apply(act), Accepted)
        if simulation.view.phase is Phase.OPERATION:
            break
    assert simulation.view.phase is Phase.OPERATION
    assert simulation.budget >= 0


def test_fired_events_happen_in_the_sandbox() -> None:
    stage = STAGES["sandbox"]
    simulation = Simulation(stage, 1, traced=False)
    assert isinstance(simulation.apply(make_bot("idle", stage).act(simulation.view, simulation.check)), Accepted)  # type: ignore[arg-type]
    for event in stage.events:
        assert isinstance(simulation.apply(Fire(event.id)), Accepted)
    while simulation.view.time_s < 1:
        simulation.step()
    assert simulation.view.phase is Phase.OPERATION
    assert {"tv_spot", "leaky_release"} <= set(simulation.view.active_events)


def test_every_kind_of_node_is_in_the_sandbox() -> None:
    stage = STAGES["sandbox"]
    assert {kind.id for kind in stage.node_kinds} == {*stage.unlocked, "internet"}
    assert len(stage.unlocked) == 20


def test_endless_has_no_end_and_grows() -> None:
    stage = STAGES["endless"]
    assert stage.endless
    assert stage.escalation_per_min > 0
    assert sum(event.every_s > 0 for event in stage.events) >= 8


@pytest.mark.parametrize("day", DAYS[:12], ids=str)
def test_a_day_is_a_sound_stage(day: date) -> None:
    stage = daily(day)
    assert stage.id == f"daily-{day}"  # a name no file can have: what follows the dash tells which of a kind it is
    assert check_stage(replace(stage, id="a_day")) == []
    assert daily_stage(day.isoformat()) == stage


def test_days_differ_and_have_one_help_and_one_or_two_burdens() -> None:
    found = [challenge(day.isoformat()) for day in DAYS]
    assert len(set(found)) > 0.8 * len(DAYS)
    assert len({one.base for one in found}) == 4
    for one in found:
        assert one.modifiers[0] in HELPS
        assert 1 <= len(set(one.modifiers[1:]) & set(BURDENS)) == len(one.modifiers) - 1 <= 2
    assert {name for one in found for name in one.modifiers} == {*HELPS, *BURDENS}


def test_a_day_stays_what_it_was() -> None:
    """Share codes and best lists of a day would be worthless if the dice fell differently tomorrow."""
    assert challenge("2026-11-03").base == "black_friday"
    assert challenge("2026-11-03").modifiers == ("more_money", "outages")


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-13-01"):
        challenge("2026-13-01")
