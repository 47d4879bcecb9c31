"""The short effects: each a function from a seeded generator to a mono signal.

All of them sit in E flat major, the key of the music, so that a click or a warning is never out of tune with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from synthesis import RATE, Signal, envelope, mallet, noise, note, place, room_response, sweep, times

Recipe = Callable[[np.random.Generator], Signal]

C3, EFLAT3, BFLAT3 = 48, 51, 58
C4, EFLAT4, G4, A4, BFLAT4 = 60, 63, 67, 69, 70
C5, EFLAT5, F5, G5, BFLAT5 = 72, 75, 77, 79, 82
C6, EFLAT6, F6, G6, BFLAT6 = 84, 87, 89, 91, 94


def in_room(dry: Signal, generator: np.random.Generator, wet: float, seconds: float = 0.5) -> Signal:
    """Add a small room to a mono signal."""
    response = room_response(seconds, 0.6, generator, 1)[:, 0]
    size = dry.size + response.size
    ring: Signal = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(response, size), size)
    ring *= wet
    ring[: dry.size] += dry
    t = np.arange(size) / RATE
    ring *= np.clip((t[-1] - t) / 0.15, 0.0, 1.0)
    return ring


def hiss(seconds: float, low: float, high: float, decay: float, generator: np.random.Generator) -> Signal:
    """A short breath of noise."""
    t = times(seconds)
    return noise(seconds, low, high, generator) * envelope(t, 0.002, decay)


def reed(frequency: float, seconds: float, decay: float) -> Signal:
    """A rounded buzzer: odd harmonics that fall fast; urgent without being shrill."""
    t = times(seconds)
    tone = np.zeros(t.size)
    for harmonic, level in ((1, 1.0), (2, 0.35), (3, 0.28), (5, 0.08)):
        tone += level * np.sin(2.0 * np.pi * harmonic * frequency * t)
    return tone * envelope(t, 0.012, decay) * np.clip((seconds - t) / 0.04, 0.0, 1.0)


def ui_click(generator: np.random.Generator) -> Signal:
    """A dry tick of a good switch."""
    t = times(0.07)
    body = sweep(t, note(G6), note(EFLAT6), 0.02) * envelope(t, 0.001, 0.012)
    return body + 0.25 * hiss(0.07, 2500.0, 8000.0, 0.004, generator)


def ui_hover(generator: np.random.Generator) -> Signal:
    """Barely there."""
    t = times(0.06)
    out: Signal = np.sin(2.0 * np.pi * note(BFLAT5) * t) * envelope(t, 0.006, 0.014)
    return out


def ui_back(generator: np.random.Generator) -> Signal:
    """The click, a step down."""
    return place([(0.0, mallet(note(G5), 0.16, 0.035)), (0.05, mallet(note(EFLAT5), 0.16, 0.045))], 0.22)


def place_node(generator: np.random.Generator) -> Signal:
    """A machine slides into its rack: thud, and the note of power."""
    t = times(0.3)
    thud = sweep(t, 190.0, 70.0, 0.07) * envelope(t, 0.003, 0.06)
    parts = [
        (0.0, thud),
        (0.0, 0.35 * hiss(0.1, 500.0, 3000.0, 0.014, generator)),
        (0.035, 0.5 * mallet(note(EFLAT4), 0.3, 0.09)),
        (0.035, 0.22 * mallet(note(BFLAT4), 0.3, 0.08)),
    ]
    return in_room(place(parts, 0.34), generator, 0.2, 0.3)


def wire(generator: np.random.Generator) -> Signal:
    """A cable drawn up and clicked into its port."""
    t = times(0.14)
    draw = sweep(t, note(BFLAT4), note(F5), 0.11) * envelope(t, 0.02, 0.09)
    parts = [
        (0.0, 0.5 * draw),
        (0.105, 0.45 * hiss(0.06, 2000.0, 7000.0, 0.006, generator)),
        (0.105, 0.8 * mallet(note(BFLAT5), 0.22, 0.05)),
    ]
    return in_room(place(parts, 0.34), generator, 0.15, 0.25)


def refuse(generator: np.random.Generator) -> Signal:
    """Two muted knocks, a semitone rubbing: no, but kindly."""
    knock = mallet(note(C4), 0.16, 0.045, 0.4) + 0.6 * mallet(note(C4 - 1), 0.16, 0.045, 0.4)
    return place([(0.0, knock), (0.095, 0.85 * knock)], 0.27)


def sell(generator: np.random.Generator) -> Signal:
    """Two coins."""
    bells = [(0.02, mallet(note(BFLAT5), 0.3, 0.08)), (0.09, 0.9 * mallet(note(EFLAT6), 0.36, 0.12))]
    swish = 0.12 * hiss(0.12, 3000.0, 9000.0, 0.03, generator)
    return in_room(place([(0.0, swish), *bells], 0.46), generator, 0.18, 0.3)


def upgrade_done(generator: np.random.Generator) -> Signal:
    """A chord climbed quickly."""
    climb = [
        (0.075 * step, (0.75 + 0.08 * step) * mallet(note(key), 0.5, 0.16))
        for step, key in enumerate((EFLAT5, G5, BFLAT5, EFLAT6))
    ]
    return in_room(place(climb, 0.72), generator, 0.3, 0.5)


def message(generator: np.random.Generator) -> Signal:
    """A bubble with two notes."""
    t = times(0.09)
    pop = sweep(t, note(F5) * 0.7, note(F5), 0.04) * envelope(t, 0.004, 0.03)
    return in_room(place([(0.0, pop), (0.07, 0.8 * mallet(note(C6), 0.24, 0.07))], 0.3), generator, 0.2, 0.3)


def announce(generator: np.random.Generator) -> Signal:
    """A station's chime: open fifths that wait for what comes."""
    chime = [
        (0.0, mallet(note(BFLAT4), 0.8, 0.26, 0.7)),
        (0.16, mallet(note(F5), 0.8, 0.28, 0.7)),
        (0.32, 0.9 * mallet(note(C6), 0.8, 0.3, 0.6)),
    ]
    return in_room(place(chime, 1.1), generator, 0.35, 0.6)


def alert(generator: np.random.Generator) -> Signal:
    """Look here: a minor third, twice."""
    pair = place([(0.0, reed(note(EFLAT5), 0.12, 0.12)), (0.1, reed(note(C5), 0.16, 0.12))], 0.26)
    return in_room(place([(0.0, pair), (0.26, 0.8 * pair)], 0.55), generator, 0.18, 0.3)


def alarm(generator: np.random.Generator) -> Signal:
    """Three calls over a tritone: act now."""
    call = place([(0.0, reed(note(A4), 0.13, 0.2)), (0.12, reed(note(EFLAT4), 0.14, 0.2))], 0.27)
    return in_room(place([(0.28 * turn, call) for turn in range(3)], 0.86), generator, 0.18, 0.35)


def service_down(generator: np.random.Generator) -> Signal:
    """The fans run down: a minor chord sinks, and something heavy lands."""
    t = times(1.7)
    fall = np.zeros(t.size)
    for key, level in ((C4, 1.0), (EFLAT4, 0.7), (G4, 0.6), (C3, 0.8)):
        for harmonic in (1, 2, 3):
            fall += level / harmonic**1.7 * sweep(t, note(key) * harmonic, note(key - 14) * harmonic, 1.5)
    fall *= envelope(t, 0.02, 0.6)
    boom = sweep(t, 95.0, 34.0, 0.4) * envelope(t, 0.004, 0.38)
    parts = [(0.0, 0.35 * fall), (0.0, 0.3 * hiss(0.3, 200.0, 1800.0, 0.06, generator)), (0.0, 0.9 * boom)]
    return in_room(place(parts, 1.75), generator, 0.3, 0.7)


def brass(frequency: float, seconds: float) -> Signal:
    """A soft horn: harmonics that open with the breath."""
    t = times(seconds)
    breath = np.clip(t / 0.09, 0.0, 1.0) * np.exp(-np.maximum(t - 0.25, 0.0) / 0.7)
    tone = np.zeros(t.size)
    vibrato = 1.5e-4 * np.sin(2.0 * np.pi * 5.0 * t) * np.clip((t - 0.3) / 0.4, 0.0, 1.0)
    for harmonic in range(1, 9):
        opening = breath ** (0.6 + 0.35 * harmonic) / harmonic
        tone += opening * np.sin(2.0 * np.pi * frequency * harmonic * (t + vibrato))
    return tone * np.clip((seconds - t) / 0.25, 0.0, 1.0)


def win_fanfare(generator: np.random.Generator) -> Signal:
    """A short horn call that opens into the home chord, with bells above."""
    call = [(0.0, BFLAT3, 0.3), (0.16, EFLAT4, 0.3), (0.32, G4, 0.34)]
    chord = [(0.52, key, 1.4) for key in (EFLAT3, BFLAT3, EFLAT4, G4, BFLAT4)]
    horns = [(start, 0.4 * brass(note(key), seconds)) for start, key, seconds in (*call, *chord)]
    bells = [
        (0.56 + 0.09 * step, 0.3 * mallet(note(key), 0.8, 0.3))
        for step, key in enumerate((EFLAT5, G5, BFLAT5, EFLAT6, F6, BFLAT6))
    ]
    return in_room(place([*horns, *bells], 1.95), generator, 0.35, 0.7)


def grade_reveal(generator: np.random.Generator) -> Signal:
    """A breath drawn in, then a stamp with a glow."""
    t = times(0.36)
    swell = 0.5 * noise(0.36, 700.0, 5000.0, generator) * (t / t[-1]) ** 3 * np.clip((t[-1] - t) / 0.01, 0.0, 1.0)
    u = times(0.4)
    stamp = sweep(u, 140.0, 48.0, 0.12) * envelope(u, 0.002, 0.11)
    glow = [(0.36, level * mallet(note(key), 0.9, 0.32)) for key, level in ((EFLAT5, 0.5), (BFLAT5, 0.35), (F6, 0.25))]
    return in_room(place([(0.0, 0.45 * swell), (0.36, stamp), *glow], 1.2), generator, 0.35, 0.6)


def tick(generator: np.random.Generator) -> Signal:
    """One stroke of a wooden clock."""
    t = times(0.05)
    stroke = np.sin(2.0 * np.pi * note(BFLAT6) * t) * envelope(t, 0.001, 0.006)
    out: Signal = stroke + 0.15 * hiss(0.05, 1500.0, 6000.0, 0.003, generator)
    return out


def undo(generator: np.random.Generator) -> Signal:
    """The wire's glide, backwards."""
    t = times(0.2)
    glide = sweep(t, note(F5), note(BFLAT4), 0.13) * envelope(t, 0.012, 0.055)
    return 0.8 * glide + 0.06 * hiss(0.2, 1500.0, 5000.0, 0.04, generator)


# Name -> recipe and loudness in LUFS of its loudest tenth of a second: what matters more is louder.
EFFECTS: dict[str, tuple[Recipe, float]] = {
    "ui_click": (ui_click, -25.0),
    "ui_hover": (ui_hover, -36.0),
    "ui_back": (ui_back, -25.0),
    "place": (place_node, -20.0),
    "wire": (wire, -22.0),
    "refuse": (refuse, -21.0),
    "sell": (sell, -21.0),
    "upgrade_done": (upgrade_done, -19.0),
    "message": (message, -21.0),
    "announce": (announce, -18.0),
    "alert": (alert, -18.0),
    "alarm": (alarm, -16.0),
    "service_down": (service_down, -15.0),
    "win_fanfare": (win_fanfare, -15.0),
    "grade_reveal": (grade_reveal, -16.0),
    "tick": (tick, -28.0),
    "undo": (undo, -23.0),
}
