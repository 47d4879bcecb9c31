"""The finance panel: how it is opened, what it says, and that every word has room, in a cloud and on own hardware."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from engine import facts as f
from engine.commands import SetPolicy, StartOperation
from engine.spec import Billing, FinanceSpec, PolicySpec, StageSpec, UserModel
from engine.spec.finance import MONTH_DAYS
from game.context import Context, make_context
from game.hud import figures
from game.hud.finance import FinancePanel
from game.hud.finance_chart import BreakEven
from game.hud.finance_rows import CostRow, Period, costs
from game.hud.finance_words import verdict
from game.hud.log_finance import finance_entry
from game.hud.stat import Stat
from game.i18n import LANGUAGES, I18n
from game.money import money, signed
from game.scenes.play import PlayScene
from game.session import Session
from game.storage import FileStorage
from stages.break_even import CLOUD_USER_MONTH, PLANNED_USERS, compare, running
from stages.currency import dollars
from stages.load import load_stage
from tests.game.player import Player
from tests.game.test_play_hud import cut_off

SIZES = [(1280, 720), (1920, 1080), (1024, 576), (1280, 960), (2560, 1080)]
USERS = 64.0


def cloud_stage() -> StageSpec:
    """A stage of the campaign: no own hardware, no months."""
    return replace(load_stage("feature_factory"), tutorial=(), events=())


def own_stage(users: float = USERS) -> StageSpec:
    """The Standard cluster of the plan under some users, three of its VMs billed as their owner likes."""
    costs_of = running(3, 80)
    finance = FinanceSpec(
        investment=dollars(5_000),
        power_month=dollars(costs_of.power),
        line_month=dollars(costs_of.line),
        administration_month=dollars(costs_of.administration),
        cloud_user_month=dollars(CLOUD_USER_MONTH),
    )
    stage = cloud_stage()
    billing = PolicySpec(key="billing", choices=tuple(way.value for way in Billing), default="on_demand")
    kinds = tuple(
        replace(kind, policies=(*kind.policies, billing)) if kind.id == "vm_basic" else kind
        for kind in stage.node_kinds
    )
    model = UserModel(initial=users, market=1e4, rps_per_user=0.2)
    traffic = replace(stage.traffic, curve=(), users=model)
    return replace(stage, finance=finance, traffic=traffic, node_kinds=kinds, day_s=0.5, budget=80_000.0, sandbox=True)


@pytest.fixture(params=LANGUAGES)
def ctx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    yield make_context((1280, 720), FileStorage(tmp_path), request.param, silent=True)


def played(stage: StageSpec, seconds: float = 8.0, *setup: SetPolicy) -> Session:
    """A session some seconds after the doors opened."""
    session = Session(stage.id, stage, 3)
    for command in setup:
        session.apply(command)
    session.apply(StartOperation())
    while session.view.time_s < seconds:
        session.sim.step()
    return session


def opened(ctx: Context, session: Session, size: tuple[int, int] = (1280, 720)) -> FinancePanel:
    """The panel of a play screen, open."""
    pygame.display.set_mode(size)
    ctx.rebuild(size)
    play = PlayScene(ctx, session)
    play.memory.finance = True
    play.layout(size)
    return play.dashboard.finance


def reserved() -> Session:
    """Own hardware with two machines reserved and one on spot."""
    stage = own_stage()
    nodes = [node.id for node in Session(stage.id, stage, 3).view.nodes if node.kind == "vm_basic"]
    ways = zip(nodes, ("reserved", "reserved", "spot"), strict=True)
    return played(stage, 8.0, *(SetPolicy(node, "billing", way) for node, way in ways))


# -- what it says -----------------------------------------------------------------------------------------------------


def test_the_head_tells_a_month_where_the_stage_reckons_in_months(ctx: Context) -> None:
    session = played(own_stage())
    panel, finance = opened(ctx, session), session.view.finance
    shown = {key: stat.value for key, stat in panel.heads.items()}
    assert shown["income"] == money(ctx.i18n, finance.income_month)
    assert shown["costs"] == money(ctx.i18n, finance.running_month)
    assert shown["net"] == signed(ctx.i18n, finance.income_month - finance.running_month)
    assert shown["runway"] == Period("month", 1.0).span(ctx.i18n, finance.runway_months)
    assert panel.totals["spent"].value == money(ctx.i18n, finance.spent)


def test_in_the_campaign_it_tells_a_day_by_kind_of_node(ctx: Context) -> None:
    session = played(cloud_stage())
    panel, finance = opened(ctx, session), session.view.finance
    assert panel.heads["costs"].value == money(ctx.i18n, finance.running_month / MONTH_DAYS)
    kinds = {node.kind for node in session.view.nodes} - {"internet"}
    assert {row.cost.kind for row in panel.rows} == kinds
    assert not panel.worth.visible
    assert panel.picture.chart is panel.cash
    assert panel.cash.paintings == 1


def test_the_parts_of_a_month_add_up_to_its_costs() -> None:
    finance = reserved().view.finance
    parts = costs(finance)
    assert sum(part.usd for part in parts) == pytest.approx(finance.cost_month)
    assert sum(part.usd for part in parts if part.paid) == pytest.approx(finance.running_month)
    assert [part.key for part in parts[:4]] == ["write_off", "power", "line", "administration"]


def test_own_hardware_shows_what_it_is_worth_and_when_it_pays(ctx: Context) -> None:
    session = played(own_stage())
    panel, finance = opened(ctx, session), session.view.finance
    assert panel.worth.text == money(ctx.i18n, finance.book_value)
    assert panel.worth.share == pytest.approx(finance.book_value / finance.investment, abs=0.001)
    now = BreakEven(session.view.users, finance.cost_month, dollars(CLOUD_USER_MONTH))
    assert now.cloud == pytest.approx(finance.cloud_month)
    assert panel.verdict.text == verdict(ctx.i18n, now)[0]
    assert money(ctx.i18n, finance.cost_month) in panel.verdict.text


@pytest.mark.parametrize(("users", "key", "tone"), [(8, "cloud", "warn"), (64, "own", "ok"), (400, "compare", "text")])
def test_the_verdict_is_that_of_the_plan(users: float, key: str, tone: str) -> None:
    assert compare(users).verdict == key
    now = BreakEven(users, dollars(compare(users).own), dollars(CLOUD_USER_MONTH))
    for language in LANGUAGES:
        i18n = I18n(language)
        text, found = verdict(i18n, now)
        assert found == tone
        amounts = {"own": money(i18n, now.own), "cloud": money(i18n, now.cloud), "even": f"{now.even:,.0f}"}
        saving = figures.percent(abs(now.saving))
        shown = {"users": f"{users:,.0f}", "saving": saving, "planned": PLANNED_USERS, **amounts}
        assert text == i18n.t(f"finance.verdict.{key}", **shown)
        assert all(part in text for part in (amounts["own"], f"{users:,.0f}"))


def test_reservations_are_told_with_what_they_save(ctx: Context) -> None:
    session = reserved()
    panel = opened(ctx, session)
    finance = session.view.finance
    assert len(finance.reservations) == 2
    assert money(ctx.i18n, finance.discount_month) in panel.notes.text


def test_a_node_that_was_reclaimed_is_told(ctx: Context) -> None:
    session = reserved()
    spot = max(node.id for node in session.view.nodes if node.kind == "vm_basic")
    session.sim.bills.notices[spot] = 0.0
    for _ in range(session.sim.steps_per_tick):
        session.sim.step()
    panel = opened(ctx, session)
    assert any(row.cost.reclaimed == 1 for row in panel.rows)


@pytest.mark.parametrize("fact", [f.SpotNotice(3, 40.0), f.ReservationTaken(3, 12.0), f.ReservationEnded(3, "vm_basic"),
                                  f.ReservationEnded(-1, "vm_basic"), f.ReservationIdle("vm_basic", 3.2)])  # fmt: skip
def test_the_log_has_words_for_bills(ctx: Context, fact: f.Fact) -> None:
    line = finance_entry(played(cloud_stage(), 0.1).view, fact)
    assert line is not None
    assert ctx.i18n.has(line.words.key)
    assert "{" not in line.text(ctx.i18n)


# -- how it looks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ui_scale", [1.0, 1.25])
@pytest.mark.parametrize("size", SIZES)
def test_every_word_has_room(ctx: Context, size: tuple[int, int], ui_scale: float) -> None:
    ctx.settings.ui_scale = ui_scale
    for session in (played(cloud_stage(), 3.0), reserved()):
        panel = opened(ctx, session, size)
        assert cut_off(panel) == []
        assert pygame.Rect((0, 0), size).contains(panel.rect)
        for row in panel.rows:
            assert ctx.text.width(row.name(row.rect.width), "small") < row.rect.width * 0.72
        for stat in panel.walk():
            if isinstance(stat, Stat):
                assert panel.rect.contains(stat.rect)
        assert panel.picture.rect.height >= ctx.theme.px(80), "the chart is too flat to read"
        assert panel.picture.rect.bottom <= panel.verdict.rect.top
        assert panel.verdict.rect.bottom <= panel.totals["earned"].rect.top


def test_a_still_moment_is_painted_once(ctx: Context) -> None:
    panel = opened(ctx, played(own_stage()))
    surface = pygame.Surface((1280, 720))
    for _ in range(12):
        panel.refresh()
        panel.draw(surface)
    assert panel.repaints == 1
    assert panel.even.paintings == 1


def test_a_closed_panel_costs_nothing(ctx: Context) -> None:
    play = PlayScene(ctx, played(own_stage()))
    play.layout((1280, 720))
    play.dashboard.finance.refresh()
    assert play.dashboard.finance.rows == []


# -- how it is opened -------------------------------------------------------------------------------------------------


def test_key_button_and_cross_open_and_close_it(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    assert not play.dashboard.finance.visible
    player.key("finance")
    assert play.dashboard.finance.visible
    assert play.dashboard.top.budget.open
    player.key("menu")
    assert not play.dashboard.finance.visible
    assert play.pause.overlay is None, "Escape closes the panel, not more"
    player.click(play.dashboard.top.budget)
    assert play.dashboard.finance.visible
    player.click(play.dashboard.finance.close)
    assert not play.dashboard.finance.visible


def test_a_finger_and_the_focus_reach_it(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    budget = play.dashboard.top.budget
    assert budget.focusable
    assert min(budget.rect.size) >= play.ctx.theme.px(44), "large enough for a finger"
    budget.activate()
    player.frames()
    panel = play.dashboard.finance
    assert panel.visible
    assert any(widget is panel.close for widget in panel.walk())


def test_what_lies_under_it_is_not_pressed_through_it(tmp_path: Path) -> None:
    player = Player(tmp_path)
    play = player.go_to_setup()
    player.key("finance")
    before = set(play.acts.selection)
    player.click(play.dashboard.finance.list.rect.center)
    assert set(play.acts.selection) == before
    assert all(isinstance(row, CostRow) for row in play.dashboard.finance.rows)
