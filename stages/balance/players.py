"""The six players whose results the promises of a stage speak of; their names are those of `stages.bots`."""

from __future__ import annotations

REFERENCE, EXPERT, NOVICE, WITHHELD, IDLE, PANIC = "reference", "expert", "novice", "withheld", "idle", "panic"
PLAYERS = (REFERENCE, EXPERT, NOVICE, WITHHELD, IDLE, PANIC)
