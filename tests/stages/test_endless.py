"""How long Endless lasts: short for who does nothing, long for who grows with it."""

from __future__ import annotations

import pytest

from stages.balance.runs import Job, run
from stages.load import load_stage

SEED = 1


def test_endless_ends_soon_for_who_does_nothing() -> None:
    assert 60 <= run(Job(load_stage("endless"), "idle", SEED)).seconds <= 180


@pytest.mark.slow
def test_endless_lasts_for_who_grows_with_it() -> None:
    assert 300 <= run(Job(load_stage("endless"), "reference", SEED)).seconds <= 800
