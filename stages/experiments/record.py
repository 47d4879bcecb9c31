"""Runs a stage and writes down, second by second, what an experiment wants to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.commands import Accepted, Command, StartOperation
from engine.facts import Fact
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.view import NodeView, Phase, Totals
from engine.worldview import WorldView
from stages.load import load_stage

EXAMPLES = Path(__file__).parents[1] / "examples"

Probe = Callable[[WorldView], float]
Acts = Sequence[tuple[float, Command]]


def example(name: str, *overrides: str) -> StageSpec:
    """A stage of `stages/examples`, with `key=value` overrides."""
    return load_stage(EXAMPLES / f"{name}.toml", overrides)


@dataclass(slots=True)
class Recording:
    """A run: samples of every probe at `time_s`, and all facts with their times.

    totals: the exact counts at each of these moments.
    """

    simulation: Simulation
    time_s: list[float] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    totals: list[Totals] = field(default_factory=list)
    facts: list[tuple[float, Fact]] = field(default_factory=list)

    def mean(self, probe: str, start_s: float, end_s: float) -> float:
        """The mean of a probe's samples in (start_s, end_s]."""
        values = self._within(self.samples[probe], start_s, end_s)
        return sum(values) / len(values)

    def highest(self, probe: str, start_s: float, end_s: float) -> float:
        """The largest of a probe's samples in (start_s, end_s]."""
        return max(self._within(self.samples[probe], start_s, end_s))

    def born_rps(self, start_s: float, end_s: float) -> float:
        """Requests a second that were sent, retries included."""
        return (self._at(end_s).born - self._at(start_s).born) / (end_s - start_s)

    def done_rps(self, start_s: float, end_s: float) -> float:
        """Requests a second that were answered."""
        return (self._at(end_s).done - self._at(start_s).done) / (end_s - start_s)

    def failed_share(self, start_s: float, end_s: float) -> float:
        """Failed / (answered + failed)."""
        first, last = self._at(start_s), self._at(end_s)
        failed = sum(last.failed.values()) - sum(first.failed.values())
        return failed / max(1, failed + last.done - first.done)

    def rates(self, of: Callable[[Totals], float]) -> list[float]:
        """How fast a count grew before each sample, a second; 0 for the first."""
        counts, times = [of(totals) for totals in self.totals], self.time_s
        pairs = zip(counts, counts[1:], times, times[1:], strict=False)
        return [0.0, *((after - before) / (end - start) for before, after, start, end in pairs)]

    def done_rates(self) -> list[float]:
        """Answered requests a second, sample by sample."""
        return self.rates(lambda totals: totals.done)

    def failed_rates(self) -> list[float]:
        """Failed requests a second, sample by sample."""
        return self.rates(lambda totals: sum(totals.failed.values()))

    def _at(self, time_s: float) -> Totals:
        place = min(range(len(self.time_s)), key=lambda index: abs(self.time_s[index] - time_s))
        return self.totals[place]

    def _within(self, values: Sequence[float], start_s: float, end_s: float) -> list[float]:
        return [v for v, t in zip(values, self.time_s, strict=True) if start_s < t <= end_s + 1e-9]


def record(
    stage: StageSpec,
    seed: int,
    seconds: float,
    probes: Mapping[str, Probe] | None = None,
    acts: Acts = (),
    every_s: float = 1.0,
) -> Recording:
    """Run a stage for so long. acts: commands with the second of operation at which they are given; before 0: in the
    set-up. Raises ValueError for a command that is refused and for a run that ends early: an experiment that does not
    do what it says proves nothing.
    """
    simulation = Simulation(stage, seed, traced=False)
    waiting = sorted(acts, key=lambda act: act[0])
    while waiting and waiting[0][0] < 0:
        _apply(simulation, waiting.pop(0)[1])
    _apply(simulation, StartOperation())
    recording = Recording(simulation, samples={name: [] for name in probes or {}})
    stride = max(1, round(every_s / simulation.dt_s))
    for step in range(round(seconds / simulation.dt_s) + 1):
        while waiting and waiting[0][0] <= simulation.view.time_s + 1e-9:
            _apply(simulation, waiting.pop(0)[1])
        if step % stride == 0:
            recording.time_s.append(simulation.view.time_s)
            recording.totals.append(simulation.view.totals)
            for name, probe in (probes or {}).items():
                recording.samples[name].append(probe(simulation.view))
        recording.facts.extend((simulation.view.time_s, fact) for fact in simulation.step())
    if simulation.view.phase is not Phase.OPERATION:
        raise ValueError(f"{stage.id}: the run ended before its {seconds:g} s")
    return recording


def _apply(simulation: Simulation, command: Command) -> None:
    answer = simulation.apply(command)
    if not isinstance(answer, Accepted):
        raise ValueError(f"{simulation.stage.id}: {command} was refused: {answer.code}")


def number_of(stage: StageSpec, key: str) -> int:
    """The number the engine gives to a node of the start."""
    return [node.key for node in stage.nodes].index(key)


def node_probe(stage: StageSpec, key: str, read: Callable[[NodeView], float]) -> Probe:
    """A probe of one node of the start."""
    number = number_of(stage, key)
    return lambda view: read(view.node(number))


def figure(stage: StageSpec, key: str, name: str) -> Probe:
    """A probe of a figure of a node's model."""
    return node_probe(stage, key, lambda node: node.figures.get(name, 0.0))
