"""The two pieces of music, written as notes and played by the instruments of `synthesis`.

A piece is a loop: every sound that rings past the last bar is added at the beginning, and echo, room and tape drift are
computed on the circle, so the loop has no seam. Both pieces are in E flat major / C minor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from synthesis import (
    RATE,
    Signal,
    circular_convolve,
    electric_piano,
    envelope,
    levelled,
    loudness,
    mallet,
    noise,
    note,
    pad,
    room_response,
    sweep,
    times,
)

LOUDNESS = -21.0
BEATS_A_BAR = 4


@dataclass(frozen=True)
class Chord:
    """A bass note and the voicing above it, as MIDI note numbers."""

    bass: int
    voices: tuple[int, ...]


E_FLAT_MAJOR_9 = Chord(39, (55, 58, 62, 65))
G_MINOR_7 = Chord(43, (53, 58, 62, 65))
A_FLAT_MAJOR_9 = Chord(44, (55, 58, 60, 63))
B_FLAT_13_SUS = Chord(46, (56, 60, 63, 67))
C_MINOR_9 = Chord(36, (51, 55, 58, 62))
F_MINOR_9 = Chord(41, (56, 60, 63, 67))
B_FLAT_9_SUS = Chord(46, (56, 60, 63, 65))
E_FLAT_OVER_B_FLAT = Chord(46, (55, 58, 63, 65))


@dataclass
class Loop:
    """A stereo track on a circle of bars; sounds are added at a beat and wrap around the end."""

    beats_a_minute: float
    bars: int
    size: int = field(init=False)
    track: Signal = field(init=False)

    def __post_init__(self) -> None:
        self.size = round(self.bars * BEATS_A_BAR * self.beat * RATE)
        self.track = np.zeros((self.size, 2))

    @property
    def beat(self) -> float:
        """Length of a beat in seconds."""
        return 60.0 / self.beats_a_minute

    def add(self, beat: float, sound: Signal, level: float, pan: float = 0.0) -> None:
        """Add a mono or stereo sound at a beat; `pan` from -1 (left) to 1 (right), of equal power."""
        angle = (pan + 1.0) * np.pi / 4.0
        stereo = sound if sound.ndim == 2 else sound[:, None] * np.sqrt(2.0) * np.array([np.cos(angle), np.sin(angle)])
        indices = (round(beat * self.beat * RATE) + np.arange(stereo.shape[0])) % self.size
        np.add.at(self.track, indices, level * stereo)

    def echo(self, beats: float, feedback: float, level: float) -> None:
        """Add repeats that change sides each time."""
        step = round(beats * self.beat * RATE)
        dry = self.track.copy()
        for turn in range(1, 6):
            side = dry[:, ::-1] if turn % 2 else dry
            self.track += level * feedback ** (turn - 1) * np.roll(side, turn * step, axis=0)

    def room(self, seconds: float, wet: float, generator: np.random.Generator) -> None:
        """Add a room around the track."""
        self.track = self.track + wet * circular_convolve(self.track, room_response(seconds, 0.5, generator, 2))

    def drift(self, cents: float, cycles: int) -> None:
        """Let the pitch waver like tape, `cycles` whole periods in the loop."""
        phase = 2.0 * np.pi * cycles * np.arange(self.size) / self.size
        depth = (2.0 ** (cents / 1200.0) - 1.0) * self.size / (2.0 * np.pi * cycles)
        position = np.arange(self.size) + depth * np.sin(phase)
        below = np.floor(position).astype(np.int64)
        share = (position - below)[:, None]
        self.track = self.track[below % self.size] * (1.0 - share) + self.track[(below + 1) % self.size] * share


def add_pads(loop: Loop, chords: list[Chord], bars_a_chord: int, cutoff: float, generator: np.random.Generator) -> None:
    """Sustained chords that fade into each other."""
    rise, span = 1.4, bars_a_chord * BEATS_A_BAR * loop.beat
    seconds = span + rise
    t = times(seconds)[:, None]
    shape = np.sin(0.5 * np.pi * np.clip(t / rise, 0.0, 1.0)) * np.cos(
        0.5 * np.pi * np.clip((t - span) / rise, 0.0, 1.0)
    )
    for index, chord in enumerate(chords):
        breath = 0.85 + 0.15 * np.sin(2.0 * np.pi * t / span)
        for voice in chord.voices:
            sound = pad(note(voice), seconds, cutoff, generator)
            loop.add(index * bars_a_chord * BEATS_A_BAR, sound * shape * breath, 0.075)


def bass_note(key: int, seconds: float) -> Signal:
    """A round bass: a sine with a little warmth."""
    t = times(seconds)
    frequency = note(key)
    tone = np.sin(2.0 * np.pi * frequency * t) + 0.22 * np.sin(4.0 * np.pi * frequency * t) * np.exp(-t / 0.5)
    release = np.clip((seconds - t) / 0.12, 0.0, 1.0)
    out: Signal = np.tanh(1.2 * tone) * envelope(t, 0.012, 1.6) * release
    return out


def kick() -> Signal:
    """A soft bass drum."""
    t = times(0.32)
    return sweep(t, 125.0, 47.0, 0.06) * envelope(t, 0.002, 0.1)


def rim(generator: np.random.Generator) -> Signal:
    """A stick on the rim, felt more than heard."""
    t = times(0.14)
    body = sweep(t, 420.0, 330.0, 0.03) * envelope(t, 0.001, 0.022)
    return 0.6 * body + 0.22 * noise(0.14, 1200.0, 4500.0, generator) * envelope(t, 0.001, 0.03)


def brush(generator: np.random.Generator, decay: float) -> Signal:
    """A brushed hat."""
    t = times(0.16)
    return noise(0.16, 5000.0, 9500.0, generator) * envelope(t, 0.004, decay)


MENU_CHORDS = [
    E_FLAT_MAJOR_9,
    G_MINOR_7,
    A_FLAT_MAJOR_9,
    B_FLAT_13_SUS,
    C_MINOR_9,
    G_MINOR_7,
    F_MINOR_9,
    B_FLAT_9_SUS,
]
# For each chord of two bars: (beat, key) of the bells above it.
MENU_MELODY = [
    [(0.0, 82), (1.5, 79), (2.0, 77), (4.0, 79)],
    [(0.5, 77), (2.0, 82), (3.5, 86)],
    [(0.0, 84), (1.5, 82), (3.0, 79), (5.0, 75)],
    [(0.5, 77), (2.0, 79), (3.0, 80), (4.5, 77)],
    [(0.0, 86), (1.5, 84), (2.0, 82), (4.0, 79)],
    [(0.5, 82), (2.0, 86), (3.5, 89)],
    [(0.0, 87), (1.5, 86), (3.0, 84), (5.0, 79)],
    [(0.5, 82), (2.5, 80), (4.0, 77)],
]
MENU_ARPEGGIO = (0, 2, 1, 3, 2, 1, 3, 2)


def menu_piece(generator: np.random.Generator) -> Signal:
    """Sixteen slow bars: pads, a broken chord on the electric piano, bells; hardly any percussion."""
    loop = Loop(beats_a_minute=72.0, bars=16)
    for index, (chord, melody) in enumerate(zip(MENU_CHORDS, MENU_MELODY, strict=True)):
        start = index * 2.0 * BEATS_A_BAR
        for step in range(16):
            accent = 0.75 if step % 4 == 0 else 0.5
            if step % 8 in (3, 6) and generator.random() < 0.45:
                continue
            key = chord.voices[MENU_ARPEGGIO[step % 8]] + (12 if step >= 8 and step % 8 == 7 else 0)
            velocity = accent + 0.12 * generator.random()
            loop.add(start + step / 2.0, electric_piano(note(key), 2.2, velocity), 0.16, 0.5 * np.sin(step * 0.8))
        for beat, key in melody:
            loop.add(start + beat, mallet(note(key), 1.6, 0.5, 0.9), 0.12, 0.25)
    loop.echo(beats=0.75, feedback=0.45, level=0.3)
    add_pads(loop, MENU_CHORDS, 2, 2600.0, generator)
    loop.room(2.6, 0.5, generator)
    for index, chord in enumerate(MENU_CHORDS):
        loop.add(index * 8.0, bass_note(chord.bass, 5.4 * loop.beat), 0.16)
        loop.add(index * 8.0 + 6.0, bass_note(chord.bass, 1.8 * loop.beat), 0.11)
    for step in range(loop.bars * BEATS_A_BAR):
        level = (0.018, 0.042)[step % 2] * (0.8 + 0.4 * generator.random())
        loop.add(step + 0.5, brush(generator, 0.035), level, -0.35)
    loop.drift(cents=2.5, cycles=29)
    return loop.track


OPERATION_CHORDS = [
    *(A_FLAT_MAJOR_9, G_MINOR_7, C_MINOR_9, E_FLAT_OVER_B_FLAT),
    *(A_FLAT_MAJOR_9, G_MINOR_7, C_MINOR_9, C_MINOR_9),
    *(F_MINOR_9, G_MINOR_7, A_FLAT_MAJOR_9, B_FLAT_9_SUS),
    *(A_FLAT_MAJOR_9, G_MINOR_7, C_MINOR_9, B_FLAT_9_SUS),
]
# (bar, beat, key): sparse signals from far away, like a console that reports all well.
OPERATION_SIGNALS = [
    *((0, 2.5, 87), (1, 1.0, 86), (1, 2.5, 82), (3, 0.5, 82), (3, 2.0, 79)),
    *((4, 2.5, 87), (5, 1.0, 86), (5, 2.5, 89), (6, 2.0, 87), (7, 1.5, 82)),
    *((8, 0.5, 84), (8, 2.0, 87), (9, 0.5, 86), (9, 2.5, 82), (10, 0.5, 84), (10, 2.0, 79), (11, 1.5, 77)),
    *((12, 2.5, 87), (13, 1.0, 86), (14, 0.5, 82), (14, 2.0, 79), (15, 1.0, 80)),
]
OPERATION_PLUCKS = (0, None, 2, 1, None, 3, None, 2, 1, None, 3, None, 2, None, 1, 3)
SWING = 0.06  # of a beat by which every second sixteenth comes late


def add_comping(loop: Loop, generator: np.random.Generator) -> None:
    """Electric piano chords on the one and before the three, and a pulse of muted plucks."""
    for bar, chord in enumerate(OPERATION_CHORDS):
        start = bar * float(BEATS_A_BAR)
        for beat, velocity in ((0.0, 0.62), (1.5 + SWING, 0.45)):
            for order, voice in enumerate(chord.voices):
                sound = electric_piano(note(voice), 2.4, velocity, 0.7)
                loop.add(start + beat + 0.012 * order, sound, 0.09, -0.25 + 0.15 * order)
        for step, voice_index in enumerate(OPERATION_PLUCKS):
            if voice_index is None or generator.random() < 0.12:
                continue
            late = SWING if step % 2 else 0.0
            key = chord.voices[voice_index] + 12
            level = 0.09 * (0.7 + 0.3 * generator.random()) * (1.0 if step % 4 == 0 else 0.75)
            loop.add(
                start + step / 4.0 + late, mallet(note(key), 0.5, 0.1, 1.0), level, 0.45 if step % 4 < 2 else -0.45
            )


def add_rhythm(loop: Loop, generator: np.random.Generator) -> None:
    """A quiet beat; it rests in the first two bars of each half so that the loop breathes."""
    for bar, chord in enumerate(OPERATION_CHORDS):
        start = bar * float(BEATS_A_BAR)
        resting = bar % 8 < 2
        loop.add(start, bass_note(chord.bass, 1.4 * loop.beat), 0.17)
        loop.add(start + 1.75 + SWING, bass_note(chord.bass, 0.6 * loop.beat), 0.1)
        loop.add(start + 2.5, bass_note(chord.bass + (12 if bar % 4 == 3 else 0), 1.3 * loop.beat), 0.13)
        for step in range(8):
            level = (0.045 if step % 2 else 0.028) * (0.75 + 0.5 * generator.random())
            loop.add(start + step / 2.0 + (SWING if step % 2 else 0.0), brush(generator, 0.022), level, 0.3)
        if resting:
            continue
        for beat, level in ((0.0, 0.3), (2.5, 0.22)):
            loop.add(start + beat, kick(), level)
        for beat in (1.0, 3.0):
            loop.add(start + beat + 0.02, rim(generator), 0.16, -0.12)


def operation_piece(generator: np.random.Generator) -> Signal:
    """Sixteen steady bars for thinking: electric piano, plucks, bass and a quiet beat."""
    loop = Loop(beats_a_minute=78.0, bars=16)
    add_comping(loop, generator)
    for bar, beat, key in OPERATION_SIGNALS:
        loop.add(bar * BEATS_A_BAR + beat, mallet(note(key), 1.4, 0.4, 0.8), 0.08, -0.2 if bar % 2 else 0.2)
    loop.echo(beats=0.75, feedback=0.4, level=0.28)
    add_pads(loop, OPERATION_CHORDS, 1, 2200.0, generator)
    loop.room(1.8, 0.35, generator)
    add_rhythm(loop, generator)
    loop.drift(cents=2.0, cycles=23)
    return loop.track


def mastered(piece: Signal) -> Signal:
    """Bring a whole piece to the common loudness; peaks stay well under full scale."""
    seconds = piece.shape[0] / RATE
    level = levelled(piece, LOUDNESS, seconds, 0.75)
    return levelled(level, 2 * LOUDNESS - loudness(level, seconds), seconds, 0.75)


MUSIC: dict[str, Callable[[np.random.Generator], Signal]] = {"menu": menu_piece, "operation": operation_piece}
