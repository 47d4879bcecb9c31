"""Numbers as the player reads them. Language-neutral: units that are words come from the locale files."""

from __future__ import annotations

import math

NOTHING = "–"


def count(value: float) -> str:
    """A whole number: 1,234, then 12.3k and 4.56M."""
    if not math.isfinite(value):
        return NOTHING
    if abs(value) >= 999_950:
        return f"{value / 1e6:.2f}M"
    if abs(value) >= 10_000:
        return f"{value / 1e3:.1f}k"
    return f"{value:,.0f}"


def rate(value: float) -> str:
    """Something a second: one decimal while it is small."""
    if math.isfinite(value) and 0 < abs(value) < 9.95:
        return f"{value:.1f}"
    return count(value)


def latency(milliseconds: float) -> str:
    """A time in ms or s, with three digits that mean something."""
    if not math.isfinite(milliseconds):
        return NOTHING
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"


def latencies(*milliseconds: float) -> str:
    """Several times in one unit: 165 / 557 / 886 ms."""
    if all(math.isfinite(value) and value < 999.5 for value in milliseconds):
        return " / ".join(f"{value:.0f}" for value in milliseconds) + " ms"
    return " / ".join(f"{value / 1000:.2f}" if math.isfinite(value) else NOTHING for value in milliseconds) + " s"


def percent(share: float) -> str:
    """A share 0..1: a decimal while it is small, and 100 % only when nothing is missing."""
    if not math.isfinite(share):
        return NOTHING
    value = share * 100
    if 0 < value < 9.95 or 99 < value < 100:
        return f"{min(value, 99.9):.1f}%"
    return f"{value:.0f}%"


def limit(share: float) -> str:
    """A share that was chosen: as short as it is exact, 5% or 2.5%."""
    return f"{share * 100:g}%"


def seconds(value: float) -> str:
    """A span in seconds, in minutes and seconds from two minutes on; nothing for one that has not begun."""
    if not math.isfinite(value) or value < 0:
        return NOTHING
    if value >= 119.5:
        return clock(value)
    return f"{value:.1f} s" if 0 < value < 9.95 else f"{value:.0f} s"


def megabytes(value: float) -> str:
    """An amount of memory."""
    if not math.isfinite(value):
        return NOTHING
    return f"{value:,.0f} MB" if abs(value) < 9_999.5 else f"{value / 1024:,.1f} GB"


def roughly(text: str) -> str:
    """A figure that is known only roughly."""
    return text if text == NOTHING else f"~{text}"


def clock(seconds: float) -> str:
    """Minutes and seconds: 2:05."""
    whole = max(0, math.floor(seconds + 1e-6))
    return f"{whole // 60}:{whole % 60:02d}"


def span(start_s: float, end_s: float) -> str:
    """From when to when: 2:05–2:31, or one moment when it was shorter than a second."""
    start, end = clock(start_s), clock(end_s)
    return start if start == end else f"{start}–{end}"
