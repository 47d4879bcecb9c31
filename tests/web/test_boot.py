"""The page opens, says what is missing, and fills any window without distortion."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from build_web.browser import Browser
from tests.web.visitor import ROOT, Visitor

pytestmark = pytest.mark.web
BOX = "(b => [b.left, b.top, b.width, b.height])(document.getElementById('canvas').getBoundingClientRect())"
DEBUG_LINE = "any(sum(probe.APP.surface.get_at((1275 - x, 711))[:3]) > 500 for x in range(150))"
UNTIL_FAILURE = "document.getElementById('failure')?.hidden === false"


def words(language: str) -> dict[str, dict[str, str]]:
    """The texts of the page."""
    table = tomllib.loads((ROOT / "assets" / "locale" / language / "web.toml").read_text("utf-8"))
    found: dict[str, dict[str, str]] = table["web"]
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
def test_boots_without_an_error_in_both_languages(browser: Browser, language: str) -> None:
    visitor = Visitor(browser, f"?lang={language}")
    assert browser.problems == []
    assert visitor.see("probe.scene()") == "TitleScene"
    assert visitor.see("probe.APP.ctx.i18n.language") == language
    assert visitor.see("probe.APP.ctx.theme.scale") == 1.0
    assert visitor.see(DEBUG_LINE) is False
    assert browser.js("document.documentElement.lang") == language
    browser.do("wait", code="!document.getElementById('curtain')")
    asked = browser.do("outside")
    assert [path.rpartition("/")[2] for path in asked] == ["pythons.js"], "nothing but the runtime is asked elsewhere"


def test_page_and_game_remember_the_language(fresh_browser: Browser) -> None:
    visitor = Visitor(fresh_browser, "?lang=en")
    visitor.press(visitor.see("next(b.rect.center for b in probe.APP.scene.languages if not b.active)"))
    visitor.wait("probe.APP.ctx.i18n.language", "ko")
    again = Visitor(fresh_browser, "")
    assert fresh_browser.js("document.documentElement.lang") == "ko"
    assert again.see("probe.APP.ctx.i18n.language") == "ko"


def test_the_address_chooses_stage_and_seed(browser: Browser) -> None:
    visitor = Visitor(browser, "?stage=hello_world&seed=77&lang=en&debug=1")
    assert visitor.see("probe.scene()") == "BriefingScene"
    assert visitor.see("probe.APP.scene.session.seed") == 77
    assert visitor.see("probe.APP.options.debug") is True
    visitor.wait(DEBUG_LINE, True, timeout=5.0)


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (1920, 700), (844, 390), (390, 844)], ids=str)
def test_the_picture_keeps_its_shape_in_any_window(browser: Browser, size: tuple[int, int]) -> None:
    browser.open("?lang=en")
    browser.do("size", size=size)
    fits = "(b => b.width <= innerWidth && b.height <= innerHeight)(canvas.getBoundingClientRect())"
    browser.do("wait", code=f"innerWidth === {size[0]} && innerHeight === {size[1]} && {fits}")
    left, top, width, height = browser.js(BOX)
    assert width / height == pytest.approx(16 / 9, rel=0.01)
    assert max(width / size[0], height / size[1]) == pytest.approx(1.0, abs=0.03), "as large as the window allows"
    assert left == pytest.approx((size[0] - width) / 2, abs=1) and top == pytest.approx((size[1] - height) / 2, abs=1)
    root = "document.documentElement"
    assert browser.js(f"[{root}.scrollWidth <= innerWidth, {root}.scrollHeight <= innerHeight]") == [True, True]
    browser.do("size", size=(1280, 720))


def test_a_dense_screen_gets_more_pixels(runtime: Path) -> None:
    with Browser(runtime, (960, 540), density=2.0) as dense:
        dense.open("?lang=en")
        assert dense.js("[canvas.width, canvas.height]") == [1920, 1080]
        assert dense.js(BOX)[2:] == [960, 540]
        assert dense.problems == []


def test_text_is_larger_on_a_phone_until_the_player_chooses(runtime: Path) -> None:
    with Browser(runtime, (844, 390), touch=True, density=3.0) as phone:
        visitor = Visitor(phone, touch=True)
        assert phone.js("[canvas.width, canvas.height]") == [1280, 720]
        assert phone.js(BOX)[2:] == pytest.approx([693.3, 390.0], abs=0.5)
        assert visitor.see("[probe.APP.ctx.settings.ui_scale, probe.APP.ctx.theme.scale]") == [1.25, 1.25]
        visitor.py("probe.APP.ctx.settings.ui_scale = 1.1\nprobe.APP.ctx.save_settings()")
        assert Visitor(phone).see("probe.APP.ctx.theme.scale") == pytest.approx(1.1)


def test_a_phone_held_upright_is_asked_to_be_turned(runtime: Path) -> None:
    with Browser(runtime, (390, 844), touch=True) as phone:
        phone.open("?lang=en")
        shown = "getComputedStyle(rotate).display"
        assert phone.js(shown) == "block"
        assert phone.js("rotate.textContent") == words("en")["rotate"]
        phone.do("size", size=(844, 390))
        phone.do("wait", code=f"{shown} === 'none'")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_loading_screen_moves_while_it_waits(fresh_browser: Browser, language: str) -> None:
    fresh_browser.do("options", hold=True)
    fresh_browser.open(f"?lang={language}", until="document.getElementById('share')?.textContent")
    text = "document.getElementById('{}').textContent"
    assert fresh_browser.js(text.format("step")).startswith(words(language)["step"]["runtime"])
    assert fresh_browser.js("document.querySelector('h1').textContent") == words(language)["name"]
    share = int(fresh_browser.js("bar.getAttribute('aria-valuenow')"))
    fresh_browser.do("wait", code=f"Number(bar.getAttribute('aria-valuenow')) > {share}", timeout=10)
    fresh_browser.do("wait", code=f"{json.dumps(list(words(language)['tip'].values()))}.includes(tip.textContent)")
    assert fresh_browser.js("document.querySelector('.logo').naturalWidth > 0")
    assert fresh_browser.problems == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_missing_runtime_is_said(browser: Browser, language: str) -> None:
    browser.do("options", runtime=False)
    try:
        browser.open(f"?lang={language}", until=UNTIL_FAILURE)
    finally:
        browser.do("options", runtime=True)
    said = browser.js("document.getElementById('reason').textContent")
    start, _, end = words(language)["failed"]["runtime"].partition("{place}")
    assert said.startswith(start) and said.endswith(end) and "https://" in said
    assert browser.js("document.getElementById('reload').textContent") == words(language)["reload"]


def test_a_crash_is_said_with_its_details(browser: Browser) -> None:
    visitor = Visitor(browser, "?lang=en")
    visitor.py("def burst(surface): raise RuntimeError('on purpose')\nprobe.APP.scene.draw = burst")
    browser.do("wait", code=UNTIL_FAILURE)
    assert browser.js("document.getElementById('reason').textContent") == words("en")["failed"]["crashed"]
    assert "on purpose" in browser.js("document.getElementById('details').textContent")


def test_without_webassembly_it_says_what_to_do(runtime: Path) -> None:
    with Browser(runtime) as old:
        old.do("init", code="delete window.WebAssembly")
        old.open("?lang=en", until=UNTIL_FAILURE)
        assert old.js("document.getElementById('reason').textContent") == words("en")["failed"]["webassembly"]


def test_full_screen_by_its_button_and_back(browser: Browser) -> None:
    Visitor(browser, "?lang=en")
    state = "[!!document.fullscreenElement, fullscreen.title]"
    middle = "(b => [b.x + b.width / 2, b.y + b.height / 2])(fullscreen.getBoundingClientRect())"
    for full, name in ((True, "fullscreen_leave"), (False, "fullscreen")):
        browser.do("move", to=(640, 300))
        browser.do("wait", code="getComputedStyle(fullscreen).opacity > 0.5")
        browser.do("click", to=browser.js(middle))
        browser.do("wait", code=f"!!document.fullscreenElement === {str(full).lower()}")
        browser.do("wait", code=f"fullscreen.title === {json.dumps(words('en')[name])}")
    assert browser.js(state) == [False, words("en")["fullscreen"]]
