"""How stages are called beyond their names: `daily-2026-11-21` is the challenge of a day, `sandbox-50000` a sandbox
with that budget. Such a name is the id of its stage too, so that saves and share codes find it again.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from zlib import crc32

from engine.spec import StageSpec
from stages.daily import challenge, daily_stage
from stages.errors import StageNotFound
from stages.load import load_stage

DAILY = "daily"
SANDBOX = "sandbox"
ENDLESS = "endless"
# No stage, but the page of plans that a sandbox can begin with.
PLANS = "plans"
OLD_DAY = re.compile(r"daily_(\d{4})(\d{2})(\d{2})")
MOST_BUDGET = 1_000_000


def variant_of(ref: str, mode: str) -> str:
    """What follows the mode in a name of that mode, else nothing."""
    name, dash, variant = ref.partition("-")
    return variant if dash and name == mode else ""


def text_id(stage_id: str) -> str:
    """The id under which the texts of a stage are kept."""
    return next((mode for mode in (DAILY, SANDBOX) if variant_of(stage_id, mode)), stage_id)


def open_stage(ref: str) -> StageSpec:
    """The stage of a name, a file, a day or a sandbox. Raises StageError when it cannot be had."""
    if day := variant_of(ref, DAILY) or _old_day(ref):
        return _daily(day, ref)
    if budget := variant_of(ref, SANDBOX):
        if not budget.isdecimal() or int(budget) > MOST_BUDGET:
            raise StageNotFound(f'"{ref}": the budget of a sandbox is a whole number up to {MOST_BUDGET}')
        return replace(load_stage(SANDBOX), id=ref, budget=float(budget))
    return load_stage(ref)


def today() -> str:
    """The day of the challenge, the same all over the world: the date in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def daily_seed(day: str) -> int:
    """The traffic of a day's challenge: the same for everybody."""
    return crc32(f"traffic {day}".encode())


def daily_modifiers(day: str) -> tuple[str, ...]:
    """What a day's challenge changes: keys of the texts `daily.<key>`."""
    return challenge(day).modifiers


def daily_base(day: str) -> str:
    """The stage a day's challenge comes from."""
    return challenge(day).base


def _old_day(ref: str) -> str:
    """The day in a name as older runs have it, `daily_20261121`."""
    found = OLD_DAY.fullmatch(ref)
    return "-".join(found.groups()) if found else ""


def _daily(day: str, ref: str) -> StageSpec:
    try:
        return daily_stage(day)
    except ValueError as error:
        raise StageNotFound(f'"{ref}": {error}') from None
