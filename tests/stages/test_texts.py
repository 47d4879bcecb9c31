"""Everything in the stages has its words, in every language."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from engine.commands import RefusalCode
from engine.spec import Department, FailureReason, Placement, StageSpec, SubItem
from engine.view import NodeState
from game.i18n import LANGUAGES, I18n, load_texts
from stages.catalog import catalog_entries
from stages.daily import BURDENS, HELPS, daily_stage
from stages.load import load_stage, mode_names, preset_names, stage_names

STAGES = [load_stage(name) for name in (*stage_names(), *mode_names())]
GROUPS = [
    "department",
    "sub_item",
    "node",
    "size",
    "node_state",
    "policy",
    "request",
    "stage",
    "event",
    "tutorial",
    "reason",
    "refusal",
    "fact",
    "grade",
    "advice",
    "replay",
    "objective",
    "daily",
]
ADVICE = ("scale_out", "scale_up", "database", "load_balancer", "wiring", "latency", "growth", "budget", "all_good")
REPLAY = ("stage", "command", "length", "format", "version", "prefix", "damaged")
FACTS = [
    "operation_started",
    "node_overloaded",
    "node_relieved",
    "failures_started",
    "database_locked",
    "database_unlocked",
    "gauge_warning",
    "budget_warning",
    "run_ended",
    "node_ready.building",
    "node_ready.resizing",
    "node_ready.restarting",
]

# What the engine gives with each refusal, as the screen fills it in.
VALUES: dict[str, object] = {
    "node": 3, "kind": "VM", "source_kind": "인터넷", "target_kind": "DB", "size": "소형", "policy": "연결 제한",
    "value": 99, "allowed": "1-4", "x": 1, "y": 2, "width": 12, "height": 8, "cost": "$60", "budget": "$20",
    "missing": "$40", "what": "구축 중", "remaining_s": 3.4, "limit": 60_000, "most": 1000,
    "host": "pve2", "cpu": 8, "memory_gb": 16, "disk_gb": 100, "free_cpu": 4, "free_memory_gb": 9, "free_disk_gb": 50,
    "months": 11.5,
    "reason": "502", "level": 50, "max_rps": 120, "error_share": "0.3%", "latency": "95 ms", "uptime": "99%",
}  # fmt: skip


def content(language: str) -> dict[str, str]:
    return {key: text for key, text in load_texts(language).items() if key.split(".")[0] in GROUPS}


def needed() -> set[str]:
    keys = {f"department.{item}" for item in Department} | {f"sub_item.{item}" for item in SubItem}
    keys |= {f"reason.{int(reason)}.{part}" for reason in FailureReason for part in ("name", "why")}
    keys |= {f"refusal.{code}" for code in RefusalCode}
    keys |= {f"node_state.{state}" for state in NodeState if state is not NodeState.READY}
    keys |= {"node_state.migrating", "policy.placement.name", *(f"policy.placement.{way}" for way in Placement)}
    keys |= {f"grade.{letter}" for letter in "SABCDF"} | {f"advice.{key}" for key in ADVICE}
    keys |= {f"fact.{name}" for name in FACTS} | {f"replay.{key}" for key in REPLAY}
    for name, entry in catalog_entries("node_kinds").items():
        keys |= {f"node.{name}.{part}" for part in ("name", "character", "teach", "formula")}
        keys |= {f"size.{size['id']}.name" for size in entry.data["sizes"]}
        for policy in entry.data.get("policies", []):
            keys |= {f"policy.{policy['key']}.{part}" for part in ("name", "teach", *policy.get("choices", []))}
    keys |= {f"request.{name}.{part}" for name in catalog_entries("request_kinds") for part in ("name", "about")}
    keys |= {f"daily.{name}" for name in (*HELPS, *BURDENS)} | of_the_day()
    for stage in STAGES:
        keys |= of_stage(stage)
    return keys | {f"stage.{name}.about" for name in preset_names()}


def of_the_day() -> set[str]:
    """What no stage has, only a day's challenge; all of them share the texts of one stage."""
    stages = [daily_stage(f"2026-11-{day:02}") for day in range(1, 31)]
    keys = {f"stage.daily.{part}" for part in ("name", "story", "lesson", "debrief")}
    keys |= {f"objective.daily.{objective.id}" for objective in stages[0].objectives}
    return keys | {f"event.{event.id}.start" for stage in stages for event in stage.events}


def of_stage(stage: StageSpec) -> set[str]:
    keys = {f"stage.{stage.id}.{part}" for part in ("name", "story", "lesson", "debrief")}
    keys |= {f"tutorial.{stage.id}.{step.id}" for step in stage.tutorial}
    for event in stage.events:
        keys.add(f"event.{event.id}.start")
        if event.lead_s > 0:
            keys.add(f"event.{event.id}.announce")
        for choice in event.choices:
            keys |= {f"event.{event.id}.choice.{choice.id}", f"event.{event.id}.chosen.{choice.id}"}
    keys |= {f"objective.{stage.id}.{objective.id}" for objective in stage.objectives}
    for kind in stage.node_kinds:
        keys |= {f"node.{kind.id}.name", *(f"size.{size.id}.name" for size in kind.sizes)}
    return keys | {f"request.{kind.id}.{part}" for kind in stage.request_kinds for part in ("name", "about")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_without_words(language: str) -> None:
    texts = content(language)
    assert sorted(needed() - texts.keys()) == []
    assert [key for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_without_a_thing(language: str) -> None:
    endings = {key.replace(".start", ".end") for key in needed() if key.startswith("event.")}
    short = {key.replace(".name", ".short") for key in needed() if key.startswith("node.")}
    users = {f"stage.{name}.users" for name in preset_names()}
    assert sorted(content(language).keys() - needed() - endings - short - users) == []


def test_languages_say_the_same_things() -> None:
    english, korean = content("en"), content("ko")
    assert english.keys() == korean.keys()
    for key, text in english.items():
        assert placeholders(korean[key]) == placeholders(text), key


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_can_be_filled(language: str) -> None:
    i18n = I18n(language)
    for key in content(language):
        filled = i18n.t(key, **VALUES)
        assert "{" not in filled, key


def test_korean_particles_follow_their_word() -> None:
    # A placeholder followed by a bare particle is wrong for half of the words it may hold.
    bare = re.compile(r"\}(은|는|이|가|을|를|과|와|으로|로)(?=[ .,])")
    assert [key for key, text in content("ko").items() if bare.search(text)] == []


def test_events_are_short_enough_for_the_log() -> None:
    for language, longest in (("en", 130), ("ko", 80)):
        texts = content(language)
        assert [key for key in texts if key.startswith("event.") and len(texts[key]) > longest] == []
