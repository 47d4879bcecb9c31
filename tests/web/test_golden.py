"""The same run gives the same hash in the browser as it does on the desktop."""

from __future__ import annotations

import inspect

import pytest

from build_web.browser import Browser
from build_web.staging import imports
from engine.commands import StartOperation
from engine.simulation import Simulation
from stages import compiled
from stages.load import load_stage, mode_names, stage_names
from tests.engine import golden
from tests.engine.worlds import every_kind
from tests.web.visitor import ROOT, Visitor, carry

pytestmark = pytest.mark.web
RUNS = "tests/engine/golden.py"
READ = ("tests/engine/__init__.py", "tests/engine/golden.json")


def needed() -> set[str]:
    """The golden runs, what of the tests they import, and what they read."""
    found, pending = set(READ), [RUNS]
    while pending:
        name = pending.pop()
        if name not in found and (ROOT / name).exists():
            found.add(name)
            modules = imports(ROOT / name, inside_functions=False)
            pending.extend(f"{module.replace('.', '/')}.py" for module in modules if module.startswith("tests."))
    return found


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Visitor:
    """A visitor with the golden runs at hand."""
    visitor = Visitor(browser)
    carry(browser, *needed())
    visitor.py("probe.APP.running = False")
    return visitor


@pytest.mark.parametrize("name", golden.RUNS)
def test_golden_runs_are_the_same_in_the_browser(visitor: Visitor, name: str) -> None:
    assert visitor.py(f"from tests.engine import golden\ngolden.played({name!r})") == golden.played(name)


def test_a_run_of_every_kind_is_the_same_in_the_browser(visitor: Visitor) -> None:
    stage = compiled.dump(every_kind())
    code = f"from stages import compiled\nfrom tests.engine import golden\nstage = compiled.load({stage!r})\n"
    assert visitor.py(f"{code}golden.run_of_every_kind(stage).state_hash()") == golden.played("every_kind")


def opening(name: str, steps: int = 300) -> str:
    """The hash of a stage a few seconds after it was opened as it stands."""
    simulation = Simulation(load_stage(name), 5)
    simulation.apply(StartOperation())
    for _ in range(steps):
        simulation.step()
    return simulation.state_hash()


@pytest.mark.parametrize("name", (*stage_names(), *mode_names()))
def test_every_stage_opens_the_same_in_the_browser(visitor: Visitor, name: str) -> None:
    needs = "from engine.commands import StartOperation\nfrom engine.simulation import Simulation\n"
    needs += "from stages.load import load_stage\n"
    assert visitor.py(f"{needs}{inspect.getsource(opening)}\nopening({name!r})") == opening(name)
