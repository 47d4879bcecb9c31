"""The page is built once for all tests; those in a browser are skipped where there is no runtime for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from build_web.browser import Browser, missing
from build_web.package import BuildError, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that would be published."""
    try:
        return build(base=tmp_path_factory.mktemp("build"))
    except BuildError as error:
        if "not installed" in str(error):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="session")
def runtime(built: Path) -> Path:
    """The folder that would be published, on a machine that can run it."""
    if problem := missing():
        pytest.skip(f"no browser here: {problem}")
    return built


@pytest.fixture(scope="module")
def browser(runtime: Path) -> Iterator[Browser]:
    """A browser with a window of 1280x720."""
    with Browser(runtime) as started:
        yield started


@pytest.fixture
def fresh_browser(runtime: Path) -> Iterator[Browser]:
    """A browser of its own, for a test that changes what the page finds there."""
    with Browser(runtime) as started:
        yield started
