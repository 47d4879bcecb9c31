"""A run as text: (stage, seed, commands with their steps) is the save, the replay, the share code and the bug
report.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from itertools import pairwise

from engine import commands as c
from engine.commands import Command, Refused
from engine.run import Run
from engine.simulation import Simulation
from engine.spec import StageSpec

VERSION = 1
PREFIX = "PD1."
LONGEST = 200_000
COMMANDS: Mapping[str, type[Command]] = {
    "build": c.Build,
    "move": c.Move,
    "connect": c.Connect,
    "disconnect": c.Disconnect,
    "resize": c.Resize,
    "clone": c.Clone,
    "sell": c.Sell,
    "restart": c.Restart,
    "policy": c.SetPolicy,
    "operate": c.Operate,
    "reserve": c.Reserve,
    "place": c.Place,
    "placement": c.SetPlacement,
    "migrate": c.Migrate,
    "answer": c.AnswerQuest,
    "rollback": c.RollBack,
    "tune": c.Tune,
    "fire": c.Fire,
    "start": c.StartOperation,
    "undo": c.Undo,
    "redo": c.Redo,
}
NAMES = {kind: name for name, kind in COMMANDS.items()}


class ReplayError(ValueError):
    """A text is not a run, or a run does not fit its stage. `key` names the message `replay.<key>` for the player."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(detail)
        self.key = key


def play(stage: StageSpec, run: Run, until_step: int | None = None) -> Simulation:
    """Play a run again up to a step (its own end if none is given). Raises ReplayError when it does not fit the
    stage.
    """
    if stage.id != run.stage:
        raise ReplayError("stage", f"the run is of stage {run.stage!r}, not {stage.id!r}")
    simulation = Simulation(stage, run.seed)
    last = run.until if until_step is None else until_step
    for step, command in run.commands:
        if step > last:
            break
        _advance(simulation, step)
        answer = simulation.apply(command)
        if isinstance(answer, Refused):
            raise ReplayError("command", f"{command} at step {step} was refused: {answer.code}")
    _advance(simulation, last)
    return simulation


def _advance(simulation: Simulation, step: int) -> None:
    while simulation.step_count < step:
        before = simulation.step_count
        simulation.step()
        if simulation.step_count == before:
            raise ReplayError("length", f"the run ended at step {before}, before step {step}")


def to_json(run: Run) -> dict[str, object]:
    """A run as plain data."""
    commands = [[step, NAMES[type(command)], *asdict(command).values()] for step, command in run.commands]
    return {"version": VERSION, "stage": run.stage, "seed": run.seed, "until": run.until, "commands": commands}


def from_json(data: object) -> Run:
    """The run in plain data. Raises ReplayError when it is not one."""
    if not isinstance(data, dict):
        raise ReplayError("format", "a run is an object")
    if data.get("version") != VERSION:
        raise ReplayError("version", f"version {data.get('version')!r} is not {VERSION}")
    stage, commands = data.get("stage"), data.get("commands")
    if not isinstance(stage, str) or not isinstance(commands, list):
        raise ReplayError("format", "stage or commands are missing or of the wrong type")
    parsed = tuple(_parse(entry) for entry in commands)
    if any(earlier[0] > later[0] for earlier, later in pairwise(parsed)):
        raise ReplayError("format", "the steps of the commands go backwards")
    return Run(stage, _count(data, "seed"), parsed, _count(data, "until"))


def _count(data: Mapping[str, object], key: str) -> int:
    value = data.get(key)
    if not isinstance(value, int) or not _is_count(value):
        raise ReplayError("format", f"{key} is not a whole number from 0")
    return value


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _parse(entry: object) -> tuple[int, Command]:
    if not isinstance(entry, list) or len(entry) < 2 or not _is_count(entry[0]) or entry[1] not in COMMANDS:
        raise ReplayError("format", f"not a command: {entry!r}")
    kind = COMMANDS[entry[1]]
    expected = fields(kind)
    values = entry[2:]
    if len(values) != len(expected) or not all(
        isinstance(value, int if field.type == "int" else (str, int)) and not isinstance(value, bool)
        for field, value in zip(expected, values, strict=True)
    ):
        raise ReplayError("format", f"wrong values in command: {entry!r}")
    return entry[0], kind(*values)


def to_text(run: Run) -> str:
    """The share code of a run: letters that survive a chat window, with a checksum."""
    packed = zlib.compress(json.dumps(to_json(run), separators=(",", ":")).encode(), 9)
    checked = packed + zlib.crc32(packed).to_bytes(4, "big")
    return PREFIX + base64.urlsafe_b64encode(checked).decode().rstrip("=")


def from_text(text: str) -> Run:
    """The run behind a share code. Raises ReplayError when it is damaged, too long or of another version."""
    code = "".join(text.split())
    if not code.startswith(PREFIX):
        raise ReplayError("prefix", f"a share code starts with {PREFIX}")
    if len(code) > LONGEST:
        raise ReplayError("length", f"longer than {LONGEST} letters")
    body = code[len(PREFIX) :]
    try:
        checked = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReplayError("damaged", "not in the alphabet of share codes") from error
    packed, checksum = checked[:-4], checked[-4:]
    if zlib.crc32(packed).to_bytes(4, "big") != checksum:
        raise ReplayError("damaged", "the checksum does not fit")
    unpacker = zlib.decompressobj()
    try:
        text_bytes = unpacker.decompress(packed, 50 * LONGEST)
        return from_json(json.loads(text_bytes))
    except (zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ReplayError("damaged", "what is inside cannot be read") from error
