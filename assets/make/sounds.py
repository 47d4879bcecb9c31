"""Make every sound of the game: short effects and two pieces of music, as OGG Vorbis.

    pip install numpy soundfile
    python assets/make/sounds.py

Everything is computed; nothing is sampled. Each sound has its own seeded generator, so the same script and libraries
always write the same bytes, and one sound can change without touching another.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import numpy as np
from effects import EFFECTS
from music import MUSIC, mastered
from ogg import decode, encode
from synthesis import RATE, Signal, levelled, loudness, without_tail

OUTPUT = Path(__file__).resolve().parent.parent / "sounds"
EFFECT_QUALITY = 0.0
MUSIC_QUALITY = 0.25
EFFECT_WINDOW = 0.1
LEAD_IN = 0.01  # seconds of silence, so that the encoder's first block does not begin with a step


def generator_of(name: str) -> np.random.Generator:
    """The random numbers of one sound."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def write(folder: Path, name: str, signal: Signal, quality: float, window: float) -> int:
    """Encode one sound, print what a player will hear of it, and return its size in bytes."""
    data = encode(signal, quality)
    heard = decode(data)
    (folder / f"{name}.ogg").write_bytes(data)
    peak = 20.0 * np.log10(np.abs(heard).max())
    seconds = heard.shape[0] / RATE
    level = loudness(heard, window)
    sys.stdout.write(f"{name:14s} {seconds:6.2f} s {len(data):8d} B {level:6.1f} LUFS, peak {peak:5.1f} dBFS\n")
    return len(data)


def main() -> None:
    """Write all sounds below assets/sounds."""
    effects, music = OUTPUT / "effects", OUTPUT / "music"
    for folder in (effects, music):
        folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, (recipe, target) in EFFECTS.items():
        signal = levelled(without_tail(recipe(generator_of(name))), target, EFFECT_WINDOW)
        signal = np.concatenate((np.zeros(round(LEAD_IN * RATE)), signal))
        total += write(effects, name, signal, EFFECT_QUALITY, EFFECT_WINDOW)
    sys.stdout.write(f"effects: {total / 1024:.1f} KB\n")
    total = 0
    for name, piece in MUSIC.items():
        signal = mastered(piece(generator_of(name)))
        total += write(music, name, signal, MUSIC_QUALITY, signal.shape[0] / RATE)
    sys.stdout.write(f"music: {total / 1024:.1f} KB\n")


if __name__ == "__main__":
    main()
