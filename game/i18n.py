"""The texts of the game in the player's language, with numbers, money and Korean particles in their place."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from typing import Any

from game.paths import ASSETS

LANGUAGES = ("en", "ko")
FALLBACK = "en"

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_FINAL_RIEUL = 8
_CLOSING = ")]}\"'”’» "
# How digits and letters end when a Korean reads them aloud: with a consonant, and which of those with rieul.
_CONSONANT = set("013678lmnrLMNR")
_RIEUL = set("178lrLR")


def _ending(word: str) -> tuple[bool, bool]:
    """Whether a word ends in a consonant when read in Korean, and whether that is rieul."""
    last = word.rstrip(_CLOSING)[-1:] or " "
    code = ord(last)
    if _HANGUL_FIRST <= code <= _HANGUL_LAST:
        final = (code - _HANGUL_FIRST) % _FINALS
        return final != 0, final == _FINAL_RIEUL
    return last in _CONSONANT, last in _RIEUL


def particle(word: str, pair: str) -> str:
    """The particle of `pair` ('이/가': after a consonant / after a vowel) that follows a word."""
    after_consonant, after_vowel = pair.split("/", 1)
    consonant, rieul = _ending(word)
    if after_vowel == "로" and rieul:
        return after_vowel
    return after_consonant if consonant else after_vowel


class _Formatter(string.Formatter):
    """`str.format`, with one more format: `{name:이/가}` is the value and its particle."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "/" in format_spec:
            word = str(value)
            return word + particle(word, format_spec)
        return str(super().format_field(value, format_spec))


class I18n:
    """The texts of one language. A missing one falls back to English, and then to its own key, so it is seen."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else FALLBACK
        self._texts = load_texts(self.language)
        self._fallback = self._texts if self.language == FALLBACK else load_texts(FALLBACK)
        self._formatter = _Formatter()

    def has(self, key: str) -> bool:
        """Whether there is a text."""
        return key in self._texts or key in self._fallback

    def t(self, key: str, **values: object) -> str:
        """The text of a key with its placeholders filled in."""
        text = self._texts.get(key) or self._fallback.get(key)
        if text is None:
            return key
        return self._formatter.vformat(text, (), values)


def load_texts(language: str) -> dict[str, str]:
    """All texts of a language by dotted key, from the files of its folder."""
    texts: dict[str, str] = {}
    for path in sorted((ASSETS / "locale" / language).glob("*.toml")):
        _flatten(tomllib.loads(path.read_text("utf-8")), "", texts)
    return texts


def _flatten(table: Mapping[str, Any], prefix: str, texts: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping):
            _flatten(value, f"{prefix}{key}.", texts)
        else:
            texts[f"{prefix}{key}"] = str(value)
