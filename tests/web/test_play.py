"""Hello World is played in the browser: by mouse and keys, by touch, and taken up again after a reload."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_web.browser import Browser
from tests.web.visitor import Visitor

pytestmark = pytest.mark.web
HURRY = 6.0


def play_until_result(visitor: Visitor) -> None:
    """Let the run go on until the play screen is left."""
    visitor.py(f"probe.hurry({HURRY})")
    visitor.wait("probe.scene()", "ResultScene", timeout=150.0)
    visitor.py("probe.hurry(1.0)")


def test_by_mouse_and_keys_to_a_won_result(browser: Browser) -> None:
    visitor = Visitor(browser)
    visitor.go_to_setup()
    internet, web, database = visitor.nodes()
    balancer = visitor.build("load_balancer", 4, 3)
    second = visitor.build("vm_basic", 5, 5)
    for source, target in ((balancer, web), (balancer, second), (second, database), (internet, balancer)):
        visitor.wire(source, target)
    assert visitor.see("probe.play().session.view.time_s") == 0.0, "time stands still in set-up"

    visitor.key("Enter")
    visitor.wait("probe.play().session.phase.name", "OPERATION")
    visitor.key("k")
    assert visitor.see("probe.play().session.speed") == 8
    visitor.py(f"probe.hurry({HURRY})")
    visitor.wait("probe.play().session.view.time_s >= 115.0", True, timeout=90.0)
    visitor.py("probe.hurry(1.0)")
    visitor.key("Space")
    visitor.wait("probe.play().session.paused", True)
    for more, place in enumerate(((5, 3), (5, 2)), start=1):
        visitor.press(visitor.card(web))
        visitor.key("c")
        visitor.press(visitor.place(*place))
        assert len(visitor.nodes()) == 5 + more, "further servers, bought while the time stands still"
    visitor.key("k")
    play_until_result(visitor)
    assert visitor.see("probe.APP.scene.result.outcome") == "won"
    assert visitor.see("probe.APP.scene.result.grade") in "SABCD"
    assert browser.problems == []

    visitor.press(visitor.button("result.stage_select"))
    visitor.wait("probe.scene()", "StageSelectScene")
    assert visitor.see("probe.APP.scene.best('hello_world')['plays']") == 1
    again = Visitor(browser)
    assert again.see("probe.APP.ctx.storage.load('progress')['stages']['hello_world']['wins']") == 1


def test_by_touch_to_a_lost_result(runtime: Path) -> None:
    with Browser(runtime, (844, 390), touch=True) as phone:
        visitor = Visitor(phone, touch=True)
        visitor.go_to_setup()
        web = visitor.nodes()[1]
        balancer = visitor.build("load_balancer", 4, 3)
        visitor.wire(balancer, web)
        visitor.press(visitor.card(web))
        visitor.press(visitor.scroll_to("play.inspector.sell"))
        assert web not in visitor.nodes()
        x, y = visitor.see("probe.play().dashboard.shop.start.rect.center")
        visitor.press((x, y))
        visitor.wait("probe.play().session.phase.name", "OPERATION")
        play_until_result(visitor)
        assert visitor.see("probe.APP.scene.result.outcome") == "service_down"
        assert phone.problems == []


def test_fingers_zoom_pan_and_ask(runtime: Path) -> None:
    with Browser(runtime, (844, 390), touch=True) as phone:
        visitor = Visitor(phone, touch=True)
        visitor.go_to_setup()
        x, y = visitor.see("probe.play().map.rect.center")
        before = visitor.see("probe.play().map.camera.scale")
        phone.do("touch", paths=[[(x - 40, y), (x - 160, y)], [(x + 40, y), (x + 160, y)]], steps=16)
        visitor.wait(f"probe.play().map.camera.scale > {before} * 1.2", True, timeout=5.0)
        left = visitor.see("probe.EYES.place((4, 3))[0]")
        phone.do("touch", paths=[[(x - 40, y + 60), (x + 80, y + 60)], [(x + 40, y + 60), (x + 160, y + 60)]], steps=16)
        visitor.wait(f"probe.EYES.place((4, 3))[0] > {left} + 60", True, timeout=5.0)
        card = visitor.see("probe.play().dashboard.shop.card('load_balancer').rect.center")
        phone.do("touch", paths=[[card]], keep=True)
        visitor.wait("probe.play().dashboard.tooltips.over is probe.play().dashboard.shop.card('load_balancer')", True)
        visitor.wait("probe.play().dashboard.tooltips.rest_s > 1.0", True)
        phone.do("lift")
        assert visitor.see("probe.play().map.armed") is None, "a finger that rested has asked, not taken"
        assert visitor.see("len(probe.play().session.sim.log)") == 0, "looking around builds nothing"
        assert phone.problems == []


def test_a_reload_resumes_the_autosave(runtime: Path, tmp_path: Path) -> None:
    with Browser(runtime, profile=tmp_path) as first:
        visitor = Visitor(first)
        visitor.go_to_setup()
        visitor.build("load_balancer", 4, 3)
        visitor.key("Enter")
        visitor.key("j")
        visitor.wait("probe.play().session.view.time_s > 20.0", True, timeout=40.0)
        visitor.key("Space")
        visitor.py("probe.play().leave()")
        state = "[probe.play().session.view.step, probe.play().session.sim.state_hash()]"
        stood = visitor.see(state)

        again = Visitor(first)
        again.press(again.button("title.continue", stage="stage.hello_world.name"))
        again.wait("probe.scene()", "PlayScene")
        again.wait("probe.play().session.catching_up is None", True)
        assert again.see(state) == stood, "the run stands exactly where it was left"
        assert again.see("probe.play().session.paused") is True
        assert first.problems == []
