"""Experiments: a system, a disturbance, and what theory or operations say will happen beside what does happen.

Each is a plain stage in `stages/examples` and a module here that runs it through the engine's public interface.
`python -m stages experiment list` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from stages.experiments.result import Result

NAMES = (
    "usl_collapse",
    "balancing_unequal",
    "cascade",
    "retry_storm",
    "cache_stampede",
    "replication_lag",
    "autoscaler_spike",
    "cold_starts",
)

Experiment = Callable[[int], Result]


def experiments() -> Mapping[str, Experiment]:
    """The `run` function of every experiment, by name: takes a seed, returns the result."""
    return {name: cast(Experiment, import_module(f"stages.experiments.{name}").run) for name in NAMES}


def title_of(name: str) -> str:
    """What an experiment shows, in a line."""
    return (import_module(f"stages.experiments.{name}").__doc__ or "").splitlines()[0]
