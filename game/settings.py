"""What the player chose: plain values, kept in storage, each checked when it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

DOCUMENT = "settings"
VERSION = 1
CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": ("en", "ko"),
    "palette": ("standard", "colour_blind"),
    "effects": ("auto", "full", "low"),
}
RANGES: Mapping[str, tuple[float, float]] = {
    "effects_volume": (0.0, 1.0),
    "music_volume": (0.0, 1.0),
    "ui_scale": (0.9, 1.25),
}


@dataclass(slots=True)
class Settings:
    """The settings with their defaults. low_effects: what `effects` comes to now, with the frame times considered."""

    language: str = "en"
    effects_volume: float = 0.7
    music_volume: float = 0.5
    ui_scale: float = 1.0
    palette: str = "standard"
    effects: str = "auto"
    reduced_motion: bool = False
    no_flashing: bool = False
    fullscreen: bool = False
    slow_frames: bool = False

    @property
    def low_effects(self) -> bool:
        """Whether smoke, glow and the like are left out."""
        return self.effects == "low" or (self.effects == "auto" and self.slow_frames)

    def to_document(self) -> dict[str, Any]:
        """What is kept."""
        values = asdict(self)
        del values["slow_frames"]
        return {"version": VERSION, "values": values}


def from_document(document: Mapping[str, Any] | None, language: str, ui_scale: float = 1.0) -> Settings:
    """Settings as they were kept; what is missing or makes no sense has its default.

    language: of the machine. ui_scale: what suits its screen.
    """
    settings = Settings(language=language if language in CHOICES["language"] else "en", ui_scale=ui_scale)
    values = document.get("values") if document else None
    if not isinstance(values, Mapping):
        return settings
    for name in settings.to_document()["values"]:
        value = values.get(name)
        if _is_valid(name, value, getattr(settings, name)):
            setattr(settings, name, value)
    return settings


def _is_valid(name: str, value: object, default: object) -> bool:
    if name in CHOICES:
        return value in CHOICES[name]
    if name in RANGES:
        low, high = RANGES[name]
        return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    return isinstance(value, type(default))
