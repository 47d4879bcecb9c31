"""Somebody who visits the page: sees through the probe, and acts with the browser's own mouse, keys and fingers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from build_web.browser import Browser, Point

ROOT = Path(__file__).resolve().parents[2]
PROBE = ("tests/__init__.py", "tests/game/player.py", "tests/web/__init__.py", "tests/web/probe.py")
PLACE = "/tmp/probe"


def carry(browser: Browser, *names: str) -> None:
    """Put files of this project beside the game in the page, so that it can import them."""
    for name in names:
        written = json.dumps((ROOT / name).read_text("utf-8"))
        folder = f"{PLACE}/{name}".rpartition("/")[0]
        browser.js(f"pyodide.FS.mkdirTree({folder!r}); pyodide.FS.writeFile({f'{PLACE}/{name}'!r}, {written})")
    browser.py(f"import sys\nif {PLACE!r} not in sys.path: sys.path.append({PLACE!r})")


class Visitor:
    """Plays the game in a browser, by touch or with mouse and keys."""

    def __init__(self, browser: Browser, query: str = "?lang=en", *, touch: bool = False, seed: int = 11) -> None:
        self.browser, self.touch = browser, touch
        browser.open(query)
        carry(browser, *PROBE)
        self.py("import game.scenes.stage_select as select")
        self.py(f"select.new_seed = lambda: {seed}")

    # -- what is seen -------------------------------------------------------------------------------------------------

    def py(self, code: str) -> Any:
        """The value of Python in the page, with `probe` at hand."""
        return self.browser.py(f"import json\nfrom tests.web import probe\n{code}")

    def see(self, expression: str) -> Any:
        """What an expression over the probe gives, by way of JSON."""
        return json.loads(self.py(f"json.dumps({expression})"))

    def wait(self, expression: str, wanted: Any, timeout: float = 60.0) -> None:
        """Wait until an expression over the probe has a value."""
        end = time.monotonic() + timeout
        while (seen := self.see(expression)) != wanted:
            assert time.monotonic() < end, f"{expression} is {seen!r}, not {wanted!r}, after {timeout} s"
            time.sleep(0.1)

    def button(self, key: str, **values: str) -> Point:
        """Where the button with a text is; the text may go on with a price. values: keys of the texts put into it."""
        filled = "".join(f", {name}=probe.text({value!r})" for name, value in values.items())
        end = time.monotonic() + 10.0
        while (at := json.loads(self.py(f"probe.button(probe.text({key!r}{filled}))"))) is None:
            assert time.monotonic() < end, f"there is no button {key}"
            time.sleep(0.1)
        return (at[0], at[1])

    def card(self, node: int) -> Point:
        """The middle of a node's card."""
        x, y = self.see(f"probe.EYES.card({node}).center")
        return (x, y)

    def port(self, node: int) -> Point:
        """The port at the right of a node's card."""
        x, y = self.see(f"probe.EYES.card({node}).midright")
        return (x, y)

    def place(self, column: int, row: int) -> Point:
        """The middle of a cell of the map."""
        x, y = self.see(f"probe.EYES.place(({column}, {row}))")
        return (x, y)

    def nodes(self) -> list[int]:
        """The nodes of the run."""
        found: list[int] = self.see("list(probe.play().session.view.node_ids)")
        return found

    # -- what is done -------------------------------------------------------------------------------------------------

    def press(self, at: Point) -> None:
        """Click, or tap."""
        if self.touch:
            self.browser.do("touch", paths=[[at]])
        else:
            self.browser.do("click", to=at)
        time.sleep(0.15)

    def drag(self, start: Point, end: Point) -> None:
        """From one place to another, held."""
        if self.touch:
            self.browser.do("touch", paths=[[start, end]], hold=0.1)
        else:
            self.browser.do("down", to=start)
            self.browser.do("up", to=end)
        time.sleep(0.15)

    def key(self, key: str) -> None:
        """Press a key, as the browser calls it."""
        self.browser.do("key", key=key)
        time.sleep(0.15)

    def scroll_to(self, key: str) -> Point:
        """Where the button with a text is, once the inspector has been dragged up until it shows."""
        left, top, width, height = self.see("list(probe.play().dashboard.inspector.scroll.rect)")
        x, low = left + width // 2, top + height - 24
        for _ in range(8):
            if (at := self.button(key))[1] < low:
                return at
            self.drag((x, low), (x, top + 24))
        raise AssertionError(f"{key} cannot be scrolled to")

    def go_to_setup(self) -> None:
        """From the title through stage select and briefing to the set-up, tutorial skipped."""
        self.press(self.button("title.play"))
        self.wait("probe.scene()", "StageSelectScene")
        x, y = self.see("probe.APP.scene.cards[0].rect.center")
        self.press((x, y))
        self.wait("probe.scene()", "BriefingScene")
        self.press(self.button("briefing.setup"))
        self.wait("probe.scene()", "PlayScene")
        self.press(self.button("play.tutorial.skip"))
        self.wait("probe.play().dashboard.tutorial.visible", False)

    def build(self, kind: str, column: int, row: int) -> int:
        """Take a kind from the shop and put it on the map; returns its number."""
        before = set(self.nodes())
        x, y = self.see(f"probe.play().dashboard.shop.card({kind!r}).rect.center")
        self.press((x, y))
        self.press(self.place(column, row))
        made = set(self.nodes()) - before
        assert len(made) == 1, f"{kind} was not built at {column}, {row}"
        return made.pop()

    def wire(self, source: int, target: int) -> None:
        """Draw a wire."""
        self.drag(self.port(source), self.card(target))
        wires = self.see("[[w.source, w.target] for w in probe.play().session.view.wires]")
        assert [source, target] in wires
