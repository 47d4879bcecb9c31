"""How strong an effect is over time."""

from __future__ import annotations

import math

from engine.spec import Envelope

FADED = 0.01


def strength(envelope: Envelope, age_s: float) -> float:
    """Strength 0..1 of an effect at an age (seconds since it began): linear rise, hold, exponential decay."""
    if age_s < 0:
        return 0.0
    if age_s < envelope.rise_s:
        return age_s / envelope.rise_s
    after = age_s - envelope.rise_s - envelope.hold_s
    if after < 0:
        return 1.0
    return math.exp(-after / envelope.decay_s) if envelope.decay_s > 0 else 0.0


def duration_s(envelope: Envelope) -> float:
    """Seconds until an effect has faded to 1 %; infinite for a permanent one."""
    return envelope.rise_s + envelope.hold_s - envelope.decay_s * math.log(FADED)
