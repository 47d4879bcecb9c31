"""Money as the player reads it: dollars in English, won in Korean. Every amount on the screen is written here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from game.i18n import I18n
from stages.currency import KRW_PER_USD

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money. size: of one, in the currency. key: `money.<key>` is how it is written. least: the fewest of it
    that are written so. whole_from: from that many on without decimals; decimals: below it. figures: significant ones,
    no more than the eye can follow; 0: all.
    """

    size: float
    key: str
    least: float
    whole_from: float
    decimals: int
    figures: int = 0


# A language's currency, and its units from the largest on; the last takes what is left.
RATES = {"en": 1.0, "ko": KRW_PER_USD}
UNITS = {
    "en": (Unit(1e9, "huge", 1, 100, 2), Unit(1e6, "large", 1, 100, 2), Unit(1.0, "plain", 0, 100, 1)),
    "ko": (Unit(1e8, "huge", 1, 100, 2), Unit(1e4, "large", 10, 1_000, 1), Unit(1.0, "plain", 0, 0, 0, figures=3)),
}


def money(i18n: I18n, usd: float) -> str:
    """An amount in the currency of the language, the sign in front: $1,250, -$4.9; 168.8만 원, 6,750원."""
    if not math.isfinite(usd):
        return NOTHING
    amount = abs(usd) * RATES[i18n.language]
    unit, number = _written(UNITS[i18n.language], amount)
    text = i18n.t(f"money.{unit.key}", amount=number)
    return f"-{text}" if usd < 0 and number != "0" else text


def signed(i18n: I18n, usd: float) -> str:
    """An amount that comes, with a plus in front, or goes."""
    text = money(i18n, usd)
    return f"+{text}" if usd > 0 else text


def brief(i18n: I18n, usd: float) -> str:
    """An amount to two digits, in the largest unit it has one of, for where there is little room."""
    amount = abs(usd) * RATES[i18n.language]
    if not math.isfinite(usd) or amount < 1.0:
        return money(i18n, usd)
    amount = round(amount, 1 - math.floor(math.log10(amount)))
    unit = next(unit for unit in UNITS[i18n.language] if amount >= unit.size)
    text = i18n.t(f"money.{unit.key}", amount=f"{round(amount / unit.size, 1):,.10g}")
    return f"-{text}" if usd < 0 else text


def widest(i18n: I18n) -> str:
    """About the longest amount that a place for money must have room for."""
    return max((money(i18n, usd) for usd in (-99_999.0, -7_406.0)), key=len)


def _written(units: tuple[Unit, ...], amount: float) -> tuple[Unit, str]:
    """The unit an amount is written in, and its number there; what rounds up to a larger unit is written in that."""
    for unit in units:
        number = _round(amount / unit.size, unit)
        if number >= unit.least:
            decimals = 0 if number == round(number) else unit.decimals
            text = f"{number:,.{decimals}f}"
            return unit, text.rstrip("0").rstrip(".") if unit.key != "plain" and decimals else text
    raise ValueError("a currency has units")


def _round(number: float, unit: Unit) -> float:
    """A number of units as exactly as it is written. A tenth that is hardly there is none."""
    if unit.figures and number >= 1.0:
        return round(number, min(unit.figures - 1 - math.floor(math.log10(number)), unit.decimals))
    decimals = 0 if number >= unit.whole_from else unit.decimals
    if decimals and abs(number - round(number)) < 0.5 * 10.0**-decimals:
        return float(round(number))
    return round(number, decimals)
