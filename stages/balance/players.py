"""The five players whose results the promises of a stage speak of; their names are those of `stages.bots`."""

from __future__ import annotations

REFERENCE, EXPERT, WITHHELD, IDLE, PANIC = "reference", "expert", "withheld", "idle", "panic"
PLAYERS = (REFERENCE, EXPERT, WITHHELD, IDLE, PANIC)
