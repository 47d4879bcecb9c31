"""What WindWalker's users ask for: from the plan's tables (F1, F2) to requests a second and the work of each.

Little's law ties the two together: of N users, `editing` edit at a moment, each of them keeps a core busy (F1), and so
on. How long one request takes is therefore free, and does not change what hardware carries; the durations below say
where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from stages.lines import along
from stages.presets.plans import loads, needs

# V. Dhakal et al., Observations on Typing from 136 Million Keystrokes, CHI 2018: 52 words of 5 keys a minute.
KEYS_S = 52 * 5 / 60
# Editors keep a file's history every 10 s.
SAVE_S = 10.0
# How long an answer streams, and a run of browser tests takes.
ANSWER_S = 10.0
TEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What so many concurrent users do at a moment, and what it takes: cores of the reference, memory in GB."""

    users: float
    editing: float
    llm: float
    tests: float
    cores: float
    memory_gb: float

    @property
    def code_cores(self) -> float:
        """Of the cores, those of the code servers: the lower end of F1 for everybody who edits."""
        return self.editing * needs()["code_server"].cores[0]

    @property
    def test_cores(self) -> float:
        """Those of the browser tests: the lower end of F1 for every run."""
        return self.tests * needs()["test_server"].cores[0]

    @property
    def llm_cores(self) -> float:
        """Those of the language model: what F2 has beyond the others. It is shared, so this is less for each answer the
        more there are: 4 cores (F1's lower end) at 10 users, 2.3 to 3 from 50 on.
        """
        return self.cores - self.code_cores - self.test_cores


def demand(users: float) -> Demand:
    """F2 at any number of users: straight lines between its rows, from nothing at 0, and on like its last stretch."""
    rows = loads()
    at = [0.0, *(row.users for row in rows)]

    def value(name: str) -> float:
        return along(users, at, [0.0, *map(attrgetter(name), rows)])

    return Demand(users, *map(value, ("editing", "llm", "tests", "cores", "memory_gb")))


def rates(users: float) -> Mapping[str, float]:
    """Requests a second of one of so many users, by kind of request: (how many do it / users) / how long it takes."""
    load = demand(users)
    return {
        "edit": load.editing / users * KEYS_S,
        "save_file": load.editing / users / SAVE_S,
        "ask_llm": load.llm / users / ANSWER_S,
        "run_tests": load.tests / users / TEST_S,
        "open_preview": load.tests / users / TEST_S,
    }


def answer_work(users: float) -> float:
    """Work of an answer among so many users, relative to one that has F1's lower end of cores for itself."""
    load = demand(users)
    return load.llm_cores / (load.llm * needs()["llm_server"].cores[0])
