"""A run being played: the simulation, how fast it goes, and who is told what happened.

Frames come as they come; the simulation only ever advances by whole steps of `Simulation.dt_s`, so what is computed
does not depend on the speed or the frame rate.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

from engine.commands import Accepted, Answer, Command
from engine.facts import Fact
from engine.run import Run
from engine.simulation import Simulation
from engine.spec import StageSpec
from engine.view import Phase
from engine.worldview import WorldView
from game.outages import Outages

SPEEDS = (1, 2, 4, 8)
MAX_STEPS_PER_FRAME = 60
MAX_CATCH_UP_STEPS_PER_FRAME = 250
# In a browser on a slow machine the game would rather slow down than answer the hand late.
MAX_STEPPING_S = 0.024 if sys.platform == "emscripten" else math.inf

FactListener = Callable[[Fact], None]


class Session:
    """A stage, a seed, and the run so far.

    `stage_ref` is how the stage is found again: a name of the campaign or a path. Listeners are told every fact in the
    order in which they were added; one added as `live_only` hears nothing of a run that is being caught up with.
    `diverged`: a command of such a run is refused today, because the stage or the rules have changed since. `watched`:
    the run began as somebody's replay. outages: of its hosts so far.
    """

    def __init__(self, stage_ref: str, stage: StageSpec, seed: int) -> None:
        self.stage_ref = stage_ref
        self.stage = stage
        self.seed = seed
        self.sim = Simulation(stage, seed)
        self.speed = 1
        self.paused = False
        self.fraction = 0.0
        self.diverged = False
        self.watched = False
        self.outages = Outages()
        self._owed_s = 0.0
        self._listeners: list[tuple[FactListener, bool]] = []
        self._catch_up: Script | None = None
        self._playback: Script | None = None

    @property
    def view(self) -> WorldView:
        """What may be read of the running world."""
        return self.sim.view

    @property
    def phase(self) -> Phase:
        """Where the run stands."""
        return self.sim.view.phase

    @property
    def over(self) -> bool:
        """The run is won or lost."""
        return self.phase in (Phase.WON, Phase.LOST)

    @property
    def rate(self) -> int:
        """Simulated seconds that pass in a real second, now: 0 while nothing moves."""
        moving = self.phase is Phase.OPERATION and not self.paused and self._catch_up is None
        return self.speed if moving else 0

    def listen(self, listener: FactListener, *, live_only: bool = False) -> None:
        """Tell `listener` every fact from now on, after those who asked earlier."""
        self._listeners.append((listener, live_only))

    def silence(self) -> None:
        """Tell nobody any more."""
        self._listeners.clear()

    def apply(self, command: Command) -> Answer:
        """Do `command`, or be told why not. Who acts in a replay takes it over: the rest of it is dropped."""
        answer = self._apply(command)
        if isinstance(answer, Accepted):
            self._playback = None
        return answer

    def _apply(self, command: Command) -> Answer:
        answer = self.sim.apply(command)
        if isinstance(answer, Accepted):
            self._tell(self.sim.drain_facts())
        return answer

    def check(self, command: Command) -> Answer:
        """What `apply` would answer."""
        return self.sim.check(command)

    def set_speed(self, speed: int) -> None:
        """Choose one of SPEEDS, and go. Raises ValueError for any other."""
        if speed not in SPEEDS:
            raise ValueError(f"speed {speed}: expected one of {SPEEDS}")
        self.speed = speed
        self.paused = False

    def toggle_pause(self) -> None:
        """Stop the time, or let it go on."""
        self.paused = not self.paused

    def advance(self, dt_s: float) -> None:
        """Let `dt_s` real seconds pass. A frame that took too long makes the game slower, never coarser."""
        if self._catch_up is not None:
            self._advance_catch_up(self._catch_up)
            return
        if self._playback is not None:
            self._give_due(self._playback)
        rate = self.rate
        if rate == 0:
            return
        dt = self.sim.dt_s
        self._owed_s += dt_s * rate
        until = time.perf_counter() + MAX_STEPPING_S
        for _ in range(min(int(self._owed_s / dt), MAX_STEPS_PER_FRAME)):
            self._tell(self.sim.step())
            self._owed_s -= dt
            if self._playback is not None:
                self._give_due(self._playback)
            if self.over or time.perf_counter() > until:
                break
        if self._owed_s >= dt:
            self._owed_s = 0.0
        self.fraction = self._owed_s / dt

    def catch_up(self, run: Run, until_step: int) -> None:
        """Play `run` up to `until_step`, a part in each frame, and then be paused there."""
        self._catch_up = Script(run, until_step)
        self.paused = True

    def play_back(self, run: Run) -> None:
        """Let `run` happen again, command by command, as time passes."""
        self.watched = True
        self._playback = Script(run, run.until)
        self._give_due(self._playback)

    @property
    def playing_back(self) -> bool:
        """Commands of a replay are still to come."""
        return self._playback is not None and not self._playback.done

    @property
    def catching_up(self) -> float | None:
        """Share of the run that has been caught up with; None when there is nothing to catch up."""
        if self._catch_up is None:
            return None
        return min(1.0, self.view.step / max(1, self._catch_up.until_step))

    def _advance_catch_up(self, script: Script) -> None:
        for _ in range(MAX_CATCH_UP_STEPS_PER_FRAME):
            self._give_due(script)
            if self.view.step >= script.until_step or self.phase is not Phase.OPERATION:
                self._catch_up = None
                return
            self._tell(self.sim.step())

    def _give_due(self, script: Script) -> None:
        while (command := script.due(self.view.step)) is not None:
            self.diverged |= not isinstance(self._apply(command), Accepted)

    def _tell(self, facts: list[Fact]) -> None:
        live = self._catch_up is None
        for fact in facts:
            self.outages.note(self.view, fact)
            for listener, live_only in self._listeners:
                if live or not live_only:
                    listener(fact)


class Script:
    """The commands of a run that are still to be given."""

    def __init__(self, run: Run, until_step: int) -> None:
        self.until_step = until_step
        self._commands = run.commands
        self._next = 0

    @property
    def done(self) -> bool:
        """All commands were given."""
        return self._next >= len(self._commands)

    def due(self, step: int) -> Command | None:
        """The next command that was given at or before `step`."""
        if self.done or self._commands[self._next][0] > step:
            return None
        self._next += 1
        return self._commands[self._next - 1][1]
