"""Hosts on the screen, through the real event loop: the rack, moving VMs by hand, what is said when a host dies."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pygame
import pytest

from engine.commands import Fire, Place, Refused, StartOperation
from engine.facts import HostDied
from engine.spec import Placement
from engine.view import HostState, NodeState
from game.hud.hosts.chip import VmChip
from game.hud.hosts.panel import HostsPanel
from game.hud.hosts.unit import HostUnit
from game.scenes.play import PlayScene
from game.scenes.result.postmortem import Postmortem
from game.session import Session
from game.ui.button import Button
from game.view.marks import Tone
from stages.load import load_stage
from tests.game.hosting import numbers, on_hosts
from tests.game.player import LONG_FRAME_S, Player


class Operator(Player):
    """A player on a stage with hosts."""

    def __init__(self, folder: Path, language: str = "en", **hosting: object) -> None:
        super().__init__(folder, language)
        self.session = Session("sandbox", on_hosts(**hosting), 7)
        self.nodes = numbers(self.session.stage)
        self.app.scene.next_scene = PlayScene(self.app.ctx, self.session)
        self.frames(3)
        self.play = self.scene(PlayScene)
        self.play.steps.skip()

    @property
    def rack(self) -> HostsPanel:
        """The panel of the hosts, brought up to date."""
        self.play.dashboard.refresh()
        rack = self.play.dashboard.hosts
        assert rack is not None
        return rack

    def unit(self, host: str) -> HostUnit:
        """The unit of a host."""
        return next(unit for unit in self.rack.units if unit.host.id == host)

    def chip(self, key: str) -> VmChip:
        """The chip of a VM."""
        return next(chip for unit in self.rack.units for chip in unit.chips if chip.node == self.nodes[key])

    def host_of(self, key: str) -> str:
        """Where a VM runs."""
        return self.session.view.node(self.nodes[key]).host

    def open(self) -> None:
        """Open the doors."""
        self.session.apply(StartOperation())
        self.session.paused = False

    def wait(self, seconds: float) -> None:
        """Let operation go on."""
        self.frames(math.ceil(seconds / LONG_FRAME_S), LONG_FRAME_S)

    def log(self) -> list[str]:
        """What the log says, newest first."""
        return [entry.text(self.app.ctx.i18n) for entry in self.play.memory.entries]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    operator = Operator(tmp_path)
    operator.key("hosts")
    operator.frames(6)
    return operator


def test_the_rack_comes_by_key_and_by_button_and_the_log_takes_its_place_again(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    assert not operator.rack.visible and operator.play.dashboard.log.visible
    operator.click(operator.play.dashboard.toggles["hosts"])
    assert operator.rack.visible and not operator.play.dashboard.log.visible
    operator.key("hosts")
    assert not operator.rack.visible and operator.play.dashboard.log.visible
    operator.key("hosts")
    operator.key("log")
    assert not operator.rack.visible and operator.play.dashboard.log.visible


def test_without_hosts_there_is_no_rack_and_the_key_says_so(tmp_path: Path) -> None:
    player = Player(tmp_path)
    player.app.scene.next_scene = PlayScene(player.app.ctx, Session("sandbox", load_stage("sandbox"), 7))
    player.frames(3)
    play = player.scene(PlayScene)
    assert play.dashboard.hosts is None and "hosts" not in play.dashboard.toggles
    player.key("hosts")
    assert player.t("play.toast.no_hosts") in [text for text, _, _ in play.toasts.messages]


def test_dragging_a_chip_moves_a_vm_at_once_in_the_setup(operator: Operator) -> None:
    assert operator.host_of("web_1") == "pve1"
    operator.drag(operator.chip("web_1").rect.center, operator.unit("pve2").rect.center)
    assert operator.host_of("web_1") == "pve2"
    assert operator.nodes["web_1"] in [chip.node for chip in operator.unit("pve2").chips]


def test_a_press_that_goes_nowhere_selects(operator: Operator) -> None:
    operator.click(operator.chip("database"))
    assert operator.play.map.selection == {operator.nodes["database"]}
    assert operator.chip("database").look.chosen and operator.unit("pve2").move.visible
    assert not operator.unit("pve1").move.visible


def test_a_refusal_is_written_on_the_host_that_has_no_room(tmp_path: Path) -> None:
    hosting = on_hosts().hosting
    assert hosting is not None
    hosts = tuple(replace(host, threads=2 if host.id == "pve2" else 32) for host in hosting.hosts)
    operator = Operator(tmp_path, hosts=hosts)
    operator.key("hosts")
    operator.drag(operator.chip("web_1").rect.center, operator.unit("pve2").rect.center)
    assert operator.host_of("web_1") == "pve1"
    said, tone = operator.unit("pve2").note
    assert tone == "error" and "pve2" in said and "4 vCPU" in said
    operator.wait(6.0)
    assert operator.unit("pve2").note[0] == ""


def test_what_hangs_over_a_host_shows_its_answer_and_esc_puts_it_back(operator: Operator) -> None:
    start, end = operator.chip("web_1").rect.center, operator.unit("pve3").rect.center
    operator.move(start)
    operator.button(pygame.MOUSEBUTTONDOWN, start)
    operator.move((start[0] + 30, start[1]))
    operator.move(end)
    assert operator.unit("pve3").target == "accent"
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, mod=0, unicode=""))
    operator.frames()
    assert operator.rack.held is None and operator.unit("pve3").target == ""
    operator.button(pygame.MOUSEBUTTONUP, end)
    assert operator.host_of("web_1") == "pve1" and operator.play.pause.overlay is None


def test_the_keyboard_moves_a_vm_too(operator: Operator) -> None:
    ring = operator.play.dashboard.focus
    ring.set(operator.chip("web_2"))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN, mod=0, unicode=""))
    operator.frames(2)
    assert operator.play.map.selection == {operator.nodes["web_2"]}
    for _ in range(80):
        if ring.current is operator.unit("pve3").move:
            break
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_TAB, mod=0, unicode=""))
        operator.frames()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN, mod=0, unicode=""))
    operator.frames()
    assert operator.host_of("web_2") == "pve3"


def test_a_finger_moves_a_vm_by_two_taps(operator: Operator) -> None:
    for at in (operator.chip("model"), operator.unit("pve2").move):
        x, y = at.rect.center
        finger: dict[str, Any] = {"finger_id": 1, "touch_id": 5, "x": x / 1280, "y": y / 720}
        pygame.event.post(pygame.event.Event(pygame.FINGERDOWN, **finger))
        operator.frames()
        pygame.event.post(pygame.event.Event(pygame.FINGERUP, **finger))
        operator.frames(3)
        operator.play.dashboard.refresh()
    assert operator.host_of("model") == "pve2"


def test_placement_is_chosen_by_a_click_and_follows_undo(operator: Operator) -> None:
    choice = operator.rack.placement
    operator.click((choice.rect.right - 20, choice.rect.centery))
    assert operator.session.view.placement is Placement.SPREAD
    operator.key("undo")
    assert operator.rack.placement.value == operator.session.view.placement.value == "first_fit"


def test_in_operation_it_moves_live_and_everybody_shows_it(operator: Operator) -> None:
    operator.open()
    operator.wait(1.0)
    operator.play.map.select((operator.nodes["web_1"],))
    operator.play.dashboard.refresh()
    button = next(
        w for w in operator.play.dashboard.inspector.walk() if isinstance(w, Button) and w.text == "pve3" and w.enabled
    )
    operator.play.dashboard.inspector.scroll.reveal(button.rect)
    operator.click(button)
    operator.frames(12)
    node = operator.session.view.node(operator.nodes["web_1"])
    assert 0.0 < node.migration < 1.0 and node.host == "pve1"
    assert operator.chip("web_1").look.done > 0
    face = operator.play.map.live.faces[node.id]
    assert face.host is not None and face.host.text.endswith("%") and face.host.tone is Tone.WORK
    operator.wait(20.0)
    assert operator.host_of("web_1") == "pve3"
    assert operator.t("log.migrated", node="VM Basic #1", host="pve3") in operator.log()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_dead_host_is_told_and_ha_brings_its_vms_back(tmp_path: Path, language: str) -> None:
    operator = Operator(tmp_path, language)
    operator.key("hosts")
    lost = operator.nodes["web_1"], operator.nodes["database"]
    for node in lost:
        operator.session.apply(Place(node, "pve2"))
    operator.open()
    operator.wait(1.0)
    operator.session.apply(Fire("host_dies"))
    operator.wait(1.0)
    told = operator.t("log.host_died", host="pve2", count=2)
    assert told in operator.log() and told in [text for text, _, _ in operator.play.toasts.messages]
    assert operator.unit("pve2").host.state is HostState.DOWN
    assert {chip.look.tone for chip in operator.unit("pve2").chips} == {"error"}
    assert operator.play.dashboard.toggles["hosts"].icon == "server-crash"
    face = operator.play.map.live.faces[lost[0]]
    assert face.state is NodeState.DOWN and face.host is not None and face.host.icon == "server-off"
    operator.wait(20.0)
    assert all(operator.session.view.node(node).host != "pve2" for node in lost)
    words = "\n".join(operator.log())
    name, host = operator.t("node.sql_master.name"), operator.host_of("database")
    assert operator.t("log.vm_restarted", node=name, host=host) in words
    assert "log." not in words and "{" not in words
    (outage,) = operator.session.outages.all
    assert (outage.host, set(outage.nodes), set(outage.restarted)) == ("pve2", set(lost), set(lost))


def test_the_story_of_a_run_tells_of_the_host_that_died(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    operator.session.apply(Place(operator.nodes["web_1"], "pve2"))
    operator.open()
    operator.wait(1.0)
    operator.session.apply(Fire("host_dies"))
    operator.wait(15.0)
    result = operator.session.view.result
    told = Postmortem(operator.app.ctx, operator.session, result)._hosts()  # type: ignore[arg-type]  # no run ended
    assert len(told) == 1
    assert operator.t("postmortem.host_died", host="pve2", count=1) in told[0][1].text
    assert "started again elsewhere" in told[0][1].text


def test_a_lost_link_is_seen_on_the_unit(operator: Operator) -> None:
    operator.open()
    operator.wait(1.0)
    operator.session.apply(Fire("link_lost"))
    operator.wait(0.5)
    unit = operator.unit("pve1")
    assert (unit.host.links_up, unit.host.links) == (1, 2)
    assert operator.t("log.link_lost", host="pve1", left=1) in operator.log()


def test_the_inspector_leaves_out_what_is_no_vm(operator: Operator) -> None:
    operator.play.map.select((operator.nodes["balancer"],))
    operator.play.dashboard.refresh()
    words = [w.text for w in operator.play.dashboard.inspector.walk() if isinstance(w, Button)]
    assert not {"pve1", "pve2", "pve3"} & set(words)
    answer = operator.session.check(Place(operator.nodes["balancer"], "pve2"))
    assert isinstance(answer, Refused)


def test_the_facts_of_a_run_are_the_same_after_it_was_caught_up_with() -> None:
    first = Session("sandbox", on_hosts(), 7)
    first.apply(StartOperation())
    first.apply(Fire("host_dies"))
    seen: list[HostDied] = []
    first.listen(lambda fact: seen.append(fact) if isinstance(fact, HostDied) else None)
    first.advance(0.5)
    again = Session("sandbox", on_hosts(), 7)
    again.catch_up(first.sim.run, first.view.step)
    while again.catching_up is not None:
        again.advance(0.1)
    assert again.outages.all == first.outages.all and len(again.outages.all) == 1


def test_many_hosts_have_a_strip_to_jump_by_and_to_drop_on(tmp_path: Path) -> None:
    hosting = on_hosts().hosting
    assert hosting is not None
    hosts = tuple(replace(hosting.hosts[0], id=f"pve{n}") for n in range(1, 13))
    operator = Operator(tmp_path, hosts=hosts)
    operator.key("hosts")
    cells = operator.rack.strip.cells
    assert len(cells) == 12 and operator.rack.strip.visible and not operator.unit("pve12").rect.colliderect(
        operator.rack.scroll.rect
    )  # fmt: skip
    operator.drag(operator.chip("web_1").rect.center, cells[11].rect.center)
    assert operator.host_of("web_1") == "pve12"
    operator.click(cells[11])
    assert operator.unit("pve12").rect.colliderect(operator.rack.scroll.rect)


def test_few_hosts_need_no_strip(operator: Operator) -> None:
    assert not operator.rack.strip.visible
