"""Values changed from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.spec import SubItem
from stages.errors import OverrideError, StageInvalid
from stages.load import load_stage

EXAMPLE = Path(__file__).parents[2] / "stages" / "examples" / "mmc.toml"


def test_top_level() -> None:
    assert load_stage("hello_world", ["duration_s=600"]).duration_s == 600


def test_element_by_place() -> None:
    assert load_stage(EXAMPLE, ["traffic.curve[0].rps=80"]).traffic.curve[0].rps == 80


def test_element_by_id() -> None:
    stage = load_stage(EXAMPLE, ["node_kinds.server.sizes.standard.slots=3", "request_kinds.job.revenue = 7"])
    assert stage.node_kind("server").sizes[0].slots == 3
    assert stage.request_kinds[0].revenue == 7


def test_kind_of_the_catalogue_without_changing_the_catalogue() -> None:
    change = ["node_kinds.vm_basic.sizes.small.service_ms.static=77"]
    assert load_stage("hello_world", change).node_kind("vm_basic").sizes[0].service_ms[SubItem.STATIC] == 77
    assert load_stage("hello_world").node_kind("vm_basic").sizes[0].service_ms[SubItem.STATIC] != 77


def test_table_that_is_not_in_the_file() -> None:
    assert load_stage(EXAMPLE, ["goal.gauge_fill_s=5"]).goal.gauge_fill_s == 5


def test_words_need_no_quotes() -> None:
    stage = load_stage("hello_world", ["events.launch.department=dev", 'events.demo_day.department="dev"'])
    assert [event.department for event in stage.events if event.id in ("launch", "demo_day")] == ["dev", "dev"]


def test_what_the_change_names_is_taken_from_the_catalogue() -> None:
    stage = load_stage("hello_world", ["traffic.mix={ browse = 1, search = 1, sign_up = 1 }"])
    assert "search" in [kind.id for kind in stage.request_kinds]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("duration_s", "write it as key=value"),
        ("=3", "write it as key=value"),
        ("a..b=3", "write it as key=value"),
        (
            "node_kinds.servr.patience_s=3",
            'node_kinds has no "servr", only "clients" or "server".*Did you mean "server"',
        ),
        ("traffic.curve[4].rps=3", r"traffic\.curve has 1 elements, counted from 0"),
        ("duration_s.x=3", "duration_s is a single value and has nothing inside"),
    ],
)
def test_what_cannot_be_set(text: str, message: str) -> None:
    with pytest.raises(OverrideError, match=message):
        load_stage(EXAMPLE, [text])


def test_the_changed_stage_is_checked() -> None:
    with pytest.raises(StageInvalid) as caught:
        load_stage(EXAMPLE, ["duratoin_s=5", "node_kinds.server.sizes.standard.slots=0"])
    texts = [str(problem) for problem in caught.value.problems()]
    assert any('--set duratoin_s=5: duratoin_s: 5: unknown key. Did you mean "duration_s"?' in text for text in texts)
    assert any("--set node_kinds.server.sizes.standard.slots=0" in text and "1 or more" in text for text in texts)
