"""Sounds and music. Without an audio device the game is silent and otherwise the same."""

from __future__ import annotations

import sys

import pygame

from game.paths import ASSETS

EFFECTS = ASSETS / "sounds" / "effects"
MUSIC = ASSETS / "sounds" / "music"
FADE_MS = 1200
TOGETHER = 16


class Audio:
    """Plays effects by name and one piece of music at a time.

    In the browser sound may only begin after the player did something: until `unlock` is called, nothing is played
    and the wished music is remembered.
    """

    def __init__(self, effects_volume: float, music_volume: float, silent: bool = False) -> None:
        self.effects_volume = effects_volume
        self.music_volume = music_volume
        self.problem = ""
        self.available = False
        self._unlocked = sys.platform != "emscripten"
        self._sounds: dict[str, pygame.mixer.Sound | None] = {}
        self._wished = ""
        self._playing = ""
        if not silent:
            self._open()

    def _open(self) -> None:
        try:
            pygame.mixer.init(44100, -16, 2, 1024)
            pygame.mixer.set_num_channels(TOGETHER)
            self.available = True
        except pygame.error as error:
            self.problem = str(error)

    def unlock(self) -> None:
        """The player did something: sound may begin."""
        if not self._unlocked:
            self._unlocked = True
            self.music(self._wished)

    def play(self, name: str) -> None:
        """Play an effect; one that is not there is silence."""
        if not self.available or not self._unlocked or self.effects_volume <= 0:
            return
        sound = self._sound(name)
        if sound is not None:
            sound.set_volume(self.effects_volume)
            sound.play()

    def _sound(self, name: str) -> pygame.mixer.Sound | None:
        if name not in self._sounds:
            path = EFFECTS / f"{name}.ogg"
            try:
                self._sounds[name] = pygame.mixer.Sound(str(path)) if path.exists() else None
            except pygame.error:
                self._sounds[name] = None
        return self._sounds[name]

    def music(self, name: str) -> None:
        """Let a piece play in a loop, faded in; an empty name fades out what plays."""
        self._wished = name
        if not self.available or not self._unlocked or name == self._playing:
            return
        path = MUSIC / f"{name}.ogg"
        try:
            if not name or not path.exists():
                pygame.mixer.music.fadeout(FADE_MS)
            else:
                pygame.mixer.music.load(str(path))
                pygame.mixer.music.set_volume(self.music_volume)
                pygame.mixer.music.play(-1, fade_ms=FADE_MS)
            self._playing = name
        except pygame.error as error:
            self.problem = str(error)
            self.available = False

    def set_volumes(self, effects: float, music: float) -> None:
        """Change both volumes, at once."""
        self.effects_volume, self.music_volume = effects, music
        if self.available:
            pygame.mixer.music.set_volume(music)

    def pause(self, paused: bool) -> None:
        """Hold everything while the window is not looked at."""
        if not self.available:
            return
        if paused:
            pygame.mixer.pause()
            pygame.mixer.music.pause()
        else:
            pygame.mixer.unpause()
            pygame.mixer.music.unpause()
