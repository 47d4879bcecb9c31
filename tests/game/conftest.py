"""Runs of the first stage to their end, which several files look at: played once, and not to be changed."""

from __future__ import annotations

import pytest

from game.scripts import never, prepared, unprepared
from game.session import Session


@pytest.fixture(scope="session")
def won() -> Session:
    """A won run."""
    return prepared(never)


@pytest.fixture(scope="session")
def lost() -> Session:
    """A run in which nothing was built."""
    return unprepared(never)
