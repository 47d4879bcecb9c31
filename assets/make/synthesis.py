"""Sound from numbers: tones, noise, room and loudness. Every function is pure; noise takes its generator.

Signals are float64 arrays of samples at RATE, mono of shape (n,) or stereo of shape (n, 2), full scale 1.0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

RATE = 24_000  # nothing here sounds above 11 kHz, and 48 kHz outputs double it exactly


def note(midi: float) -> float:
    """Frequency in Hz of a MIDI note number (69 is A4, 440 Hz)."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def times(seconds: float) -> Signal:
    """Time of each sample in seconds."""
    return np.arange(round(seconds * RATE), dtype=np.float64) / RATE


def envelope(t: Signal, attack: float, decay: float) -> Signal:
    """Raised-cosine attack, exponential decay with that time constant, and a short fade at the very end."""
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / attack, 0.0, 1.0))
    fade = np.clip((t[-1] - t) / 0.008, 0.0, 1.0)
    out: Signal = rise * np.exp(-np.maximum(t - attack, 0.0) / decay) * fade
    return out


def sweep(t: Signal, start: float, end: float, duration: float) -> Signal:
    """A sine gliding from one frequency to another within `duration` seconds."""
    share = np.clip(t / duration, 0.0, 1.0)
    frequency = start * (end / start) ** share
    out: Signal = np.sin(2.0 * np.pi * np.cumsum(frequency) / RATE)
    return out


def mallet(frequency: float, seconds: float, decay: float = 0.18, hardness: float = 1.0) -> Signal:
    """A struck bar: the fundamental and the two partials of a tuned marimba bar (1 : 4 : 9.2)."""
    t = times(seconds)
    tone = np.sin(2.0 * np.pi * frequency * t)
    tone += 0.32 * hardness * np.sin(2.0 * np.pi * 4.0 * frequency * t) * np.exp(-t / (decay * 0.28))
    if 9.2 * frequency < RATE * 0.4:
        tone += 0.08 * hardness * np.sin(2.0 * np.pi * 9.2 * frequency * t) * np.exp(-t / (decay * 0.1))
    out: Signal = tone * envelope(t, 0.003, decay)
    return out


def electric_piano(frequency: float, seconds: float, velocity: float = 0.7, decay: float = 0.9) -> Signal:
    """Frequency modulation by the fundamental and its third harmonic, with falling index: a soft electric piano."""
    t = times(seconds)
    index = 2.1 * velocity * np.exp(-t / 0.3) + 0.25
    angle = 2.0 * np.pi * frequency * t
    body = np.sin(angle + index * np.sin(angle) + 0.3 * index * np.sin(3.0 * angle))
    tine = 0.11 * velocity * np.sin(7.0 * angle) * np.exp(-t / 0.08)
    out: Signal = velocity * (body + tine) * envelope(t, 0.006, decay)
    return out


def pad(frequency: float, seconds: float, cutoff: float, generator: np.random.Generator) -> Signal:
    """A warm chorus of three detuned voices with harmonics rolled off above `cutoff` Hz; stereo."""
    t = times(seconds)
    out = np.zeros((t.size, 2))
    for cents in (-5.0, 0.0, 5.0):
        base = frequency * 2.0 ** (cents / 1200.0)
        for harmonic in range(1, 21):
            partial = base * harmonic
            if partial > 6000.0:
                break
            level = harmonic**-1.25 / (1.0 + (partial / cutoff) ** 2)
            phases = generator.uniform(0.0, 2.0 * np.pi) + generator.uniform(-0.9, 0.9, 2)
            out += level * np.sin(2.0 * np.pi * partial * t[:, None] + phases)
    return out / 3.0


def noise(seconds: float, low: float, high: float, generator: np.random.Generator) -> Signal:
    """White noise with smooth band edges at `low` and `high` Hz, of unit root mean square."""
    white = generator.standard_normal(round(seconds * RATE))
    frequency = np.fft.rfftfreq(white.size, 1.0 / RATE)
    shape = 1.0 / (1.0 + (low / np.maximum(frequency, 1.0)) ** 4) / (1.0 + (frequency / high) ** 4)
    banded: Signal = np.fft.irfft(np.fft.rfft(white) * shape, white.size)
    out: Signal = banded / np.sqrt(np.mean(banded**2))
    return out


def place(parts: list[tuple[float, Signal]], seconds: float) -> Signal:
    """Add mono parts, each at its start time in seconds, into one signal of that length."""
    out = np.zeros(round(seconds * RATE))
    for start, part in parts:
        first = round(start * RATE)
        end = min(out.size, first + part.size)
        out[first:end] += part[: end - first]
    return out


def room_response(seconds: float, damping: float, generator: np.random.Generator, channels: int) -> Signal:
    """An exponentially decaying diffuse room, (n, channels), darker the longer it rings; energy 1 a channel."""
    size = round(seconds * RATE)
    t = np.arange(size) / RATE
    out = np.zeros((size, channels))
    for channel in range(channels):
        for low, high, share in ((120.0, 900.0, 1.0), (900.0, 3000.0, 0.75), (3000.0, 9000.0, 0.75 * damping)):
            decay = seconds / 5.0 * share
            out[:, channel] += noise(seconds, low, high, generator) * np.exp(-t / decay) * (0.35 + 0.65 * share)
    onset = np.clip(t / 0.006, 0.0, 1.0)[:, None]
    response: Signal = out * onset
    unit: Signal = response / np.sqrt(np.sum(response**2, axis=0))
    return unit


def circular_convolve(signal: Signal, response: Signal) -> Signal:
    """Convolve stereo with a stereo response on a loop: what rings past the end is heard at the beginning."""
    size = signal.shape[0]
    spectrum = np.fft.rfft(signal, axis=0) * np.fft.rfft(response, size, axis=0)
    wet: Signal = np.fft.irfft(spectrum, size, axis=0)
    return wet


def k_weighted(signal: Signal) -> Signal:
    """Weight a signal as the ear does: the two filters of ITU-R BS.1770, by their magnitude (analogue prototypes)."""
    frequency = np.fft.rfftfreq(signal.shape[0], 1.0 / RATE)
    s = 1j * frequency
    high_pass = s**2 / (s**2 + s * 38.1 / 0.5 + 38.1**2)
    gain, corner, quality = 10.0 ** (4.0 / 20.0), 1681.9, 0.7072
    shelf = (gain * s**2 + np.sqrt(gain) * corner / quality * s + corner**2) / (s**2 + corner / quality * s + corner**2)
    weight = np.abs(high_pass * shelf)
    if signal.ndim == 2:
        weight = weight[:, None]
    weighted: Signal = np.fft.irfft(np.fft.rfft(signal, axis=0) * weight, signal.shape[0], axis=0)
    return weighted


def loudness(signal: Signal, window: float) -> float:
    """Loudness in LUFS of the loudest `window` seconds (the whole when the signal is shorter)."""
    power = k_weighted(signal) ** 2
    if power.ndim == 2:
        power = power.sum(axis=1)
    size = min(power.size, round(window * RATE))
    total = np.concatenate(([0.0], np.cumsum(power)))
    loudest = np.max(total[size:] - total[:-size]) / size
    return float(-0.691 + 10.0 * np.log10(max(loudest, 1e-12)))


def soft_limit(signal: Signal, ceiling: float) -> Signal:
    """Bend what exceeds 70% of the ceiling smoothly below it."""
    knee = 0.7 * ceiling
    over = np.maximum(np.abs(signal) - knee, 0.0)
    bent = knee + (ceiling - knee) * np.tanh(over / (ceiling - knee))
    return np.where(over > 0.0, np.sign(signal) * bent, signal)


def levelled(signal: Signal, target: float, window: float, ceiling: float = 0.8) -> Signal:
    """Bring the loudest `window` seconds to `target` LUFS, with peaks under the ceiling."""
    gain = 10.0 ** ((target - loudness(signal, window)) / 20.0)
    return soft_limit(signal * gain, ceiling)


def without_tail(signal: Signal, floor: float = -38.0) -> Signal:
    """Cut a mono effect where its level has fallen to `floor` dB under its loudest moment, with a short fade."""
    width = round(0.012 * RATE)
    level = np.sqrt(np.convolve(signal**2, np.ones(width) / width, "same"))
    last = int(np.nonzero(level > level.max() * 10.0 ** (floor / 20.0))[0][-1]) + width
    out = signal[:last].copy()
    fade = min(out.size, round(0.05 * RATE))
    out[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)
    return out
