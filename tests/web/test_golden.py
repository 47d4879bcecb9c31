"""The same run gives the same hash in the browser as it does on the desktop."""

from __future__ import annotations

import pytest

from build_web.browser import Browser
from tests.engine import golden
from tests.web.visitor import Visitor, carry

pytestmark = pytest.mark.web
NEEDED = ("tests/engine/__init__.py", "tests/engine/builders.py", "tests/engine/golden.py", "tests/engine/golden.json")


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Visitor:
    """A visitor with the golden runs at hand."""
    visitor = Visitor(browser)
    carry(browser, *NEEDED)
    visitor.py("probe.APP.running = False")
    return visitor


@pytest.mark.parametrize("name", golden.RUNS)
def test_golden_runs_are_the_same_in_the_browser(visitor: Visitor, name: str) -> None:
    assert visitor.py(f"from tests.engine import golden\ngolden.played({name!r})") == golden.played(name)
