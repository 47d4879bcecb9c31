"""How the game behaves as a guest of the browser: storage that is refused, sound, focus, replays from an address."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from build_web.browser import Browser
from engine import replay
from game import scripts
from tests.web.visitor import Visitor

pytestmark = pytest.mark.web
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })"
)
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"


def start(visitor: Visitor) -> None:
    """Into operation with what is there."""
    visitor.go_to_setup()
    visitor.key("Enter")
    visitor.wait("probe.play().session.phase.name", "OPERATION")


def test_without_storage_it_plays_and_says_so(fresh_browser: Browser) -> None:
    fresh_browser.do("init", code=NO_STORAGE)
    visitor = Visitor(fresh_browser)
    assert "denied" in " ".join(visitor.see("json.loads(probe.labels())"))
    start(visitor)
    visitor.wait("probe.play().session.view.time_s > 1.0", True)
    assert fresh_browser.problems == []


def test_a_full_storage_loses_nothing_but_the_save(fresh_browser: Browser) -> None:
    fresh_browser.do("init", code=FULL)
    visitor = Visitor(fresh_browser)
    start(visitor)
    visitor.py("probe.play().leave()")
    assert visitor.see("[p.key for p in probe.APP.ctx.storage.problems]") == ["no_browser_storage"]
    visitor.wait("probe.play().session.view.time_s > 1.0", True)
    assert fresh_browser.problems == []


def test_a_damaged_save_is_put_aside(browser: Browser) -> None:
    browser.open("?lang=en")
    browser.js("localStorage.setItem('project-devops/autosave', '{broken')")
    visitor = Visitor(browser)
    assert visitor.see("probe.scene()") == "TitleScene"
    kept = browser.js("Object.entries(localStorage).filter(([k]) => k.startsWith('project-devops/autosave'))")
    assert [text for _, text in kept] == ["{broken"]
    assert browser.problems == []
    browser.js("localStorage.clear()")


def test_sound_begins_with_the_first_gesture(browser: Browser) -> None:
    visitor = Visitor(browser)
    assert browser.js("__rig.audio.peak") == 0
    visitor.press(visitor.button("title.play"))
    browser.do("wait", code="__rig.audio.peak > 0.01", timeout=15)


def test_a_page_that_is_left_pauses_and_keeps_the_run(browser: Browser) -> None:
    visitor = Visitor(browser)
    start(visitor)
    visitor.wait("probe.play().session.view.time_s > 1.0", True)
    browser.js("window.dispatchEvent(new Event('blur'))")
    visitor.wait("probe.play().session.paused", True)
    step = visitor.see("probe.play().session.view.step")
    kept = json.loads(browser.js("localStorage.getItem('project-devops/autosave')"))
    assert kept["stage"] == "hello_world" and kept["step"] == step
    browser.js("localStorage.clear()")


def test_a_share_code_in_the_address_is_watched(browser: Browser) -> None:
    played = scripts.prepared(lambda view: view.time_s >= 5.0)
    visitor = Visitor(browser, f"?lang=en&replay={quote(replay.to_text(played.sim.run))}")
    visitor.wait("probe.scene()", "PlayScene")
    assert visitor.see("probe.play().session.seed") == scripts.SEED
    visitor.wait("len(probe.play().session.view.node_ids)", len(played.view.node_ids))
    assert visitor.see("probe.play().session.watched") is True


def test_a_broken_share_code_is_said_on_the_title(browser: Browser) -> None:
    visitor = Visitor(browser, "?lang=en&replay=nonsense")
    assert visitor.see("probe.scene()") == "TitleScene"
    assert visitor.see("probe.text('replay.prefix')") in " ".join(visitor.see("json.loads(probe.labels())"))
