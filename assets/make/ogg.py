"""Write OGG Vorbis so that the same samples always give the same bytes.

The encoder numbers its stream at random; the number is set to a fixed one and the checksums of the pages follow
(RFC 3533, section 6).
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
from synthesis import RATE, Signal

SERIAL = 1
BLOCK = 8192  # the encoder takes long signals in pieces only
HEADER_SIZE = 27


def _checksum_table() -> list[int]:
    table = []
    for value in range(256):
        remainder = value << 24
        for _ in range(8):
            remainder = ((remainder << 1) ^ (0x04C11DB7 if remainder & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(remainder)
    return table


_TABLE = _checksum_table()


def checksum(page: bytes) -> int:
    """CRC-32 of an OGG page whose checksum field is zero."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


def with_fixed_serial(data: bytes) -> bytes:
    """Give every page of a one-stream OGG file the serial number SERIAL."""
    out = bytearray()
    position = 0
    while position < len(data):
        segments = data[position + 26]
        body = sum(data[position + HEADER_SIZE : position + HEADER_SIZE + segments])
        end = position + HEADER_SIZE + segments + body
        page = bytearray(data[position:end])
        page[14:18] = SERIAL.to_bytes(4, "little")
        page[22:26] = bytes(4)
        page[22:26] = checksum(bytes(page)).to_bytes(4, "little")
        out += page
        position = end
    return bytes(out)


def encode(signal: Signal, quality: float) -> bytes:
    """Encode mono (n,) or stereo (n, 2) at the variable bit rate `quality` from 0 (small) to 1 (best)."""
    buffer = io.BytesIO()
    channels = 1 if signal.ndim == 1 else signal.shape[1]
    with soundfile.SoundFile(
        buffer, "w", RATE, channels, "VORBIS", format="OGG", compression_level=1.0 - quality
    ) as file:
        for start in range(0, signal.shape[0], BLOCK):
            file.write(signal[start : start + BLOCK].astype(np.float32))
    return with_fixed_serial(buffer.getvalue())


def decode(data: bytes) -> Signal:
    """The samples a player hears: what the encoder made of the signal."""
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float64")
    return np.asarray(samples, dtype=np.float64)
