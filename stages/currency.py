"""The two currencies of the game, and the one rate between them."""

from __future__ import annotations

# Amounts in stages and in the engine are dollars. The rate is fixed, so that a saved run and a screenshot mean the
# same for ever; docs/presets.md says so too.
KRW_PER_USD = 1350.0
MAN = 10_000


def dollars(man_won: float) -> float:
    """Dollars for an amount in 10,000 won."""
    return man_won * MAN / KRW_PER_USD


def man_won(usd: float) -> float:
    """10,000 won for an amount in dollars."""
    return usd * KRW_PER_USD / MAN
