"""Sounds and music. Without an audio device the game is silent and otherwise the same."""

from __future__ import annotations

import sys

import pygame

from game.paths import ASSETS

EFFECTS = ASSETS / "sounds" / "effects"
MUSIC = ASSETS / "sounds" / "music"
FADE_MS = 1200
TOGETHER = 16
FORMAT = (44100, -16, 2, 1024)
TRIED_APART_MS = 500
# A missing mixer raises NotImplementedError, a broken file OSError, and everything else is pygame's own.
FAILURES = (pygame.error, NotImplementedError, OSError)


def prepare() -> None:
    """Say how sound is wanted; call it before `pygame.init`, which opens the device."""
    try:
        pygame.mixer.pre_init(*FORMAT)
    except FAILURES:
        return


class Audio:
    """Plays effects by name and one piece of music at a time.

    In the browser sound may only begin after the player did something: until `unlock` is called, nothing is played
    and the wished music is remembered. A device that goes away ends nothing: the next one is tried, and until then the
    game is silent. available: there is a device. problem: why there is none.
    """

    def __init__(self, effects_volume: float, music_volume: float, silent: bool = False) -> None:
        self.effects_volume = effects_volume
        self.music_volume = music_volume
        self.problem = ""
        self.available = False
        self._silent = silent
        self._unlocked = sys.platform != "emscripten"
        self._held = False
        self._tried_ms = 0
        self._sounds: dict[str, pygame.mixer.Sound | None] = {}
        self._wished = ""
        self._playing = ""
        if not silent:
            self._open()

    def _open(self) -> None:
        self._tried_ms = pygame.time.get_ticks()
        self._sounds.clear()
        self._playing = ""
        try:
            pygame.mixer.init(*FORMAT)
            pygame.mixer.set_num_channels(TOGETHER)
        except FAILURES as error:
            self._lose(error)
        else:
            self.available, self.problem = True, ""

    def _lose(self, error: Exception) -> None:
        self.available, self.problem = False, str(error)

    def _failed(self, error: Exception) -> None:
        """Something would not play: a broken file is silent alone, a device that is gone is silence."""
        self.problem = str(error)
        self.available = pygame.mixer.get_init() is not None

    def device_removed(self) -> None:
        """A device went away, perhaps ours: go on with the one there is now."""
        if self._silent:
            return
        try:
            pygame.mixer.quit()
        except FAILURES as error:
            self._lose(error)
        self._open()
        self.music(self._wished)

    def device_added(self) -> None:
        """There is a device again, or may be: try it, not too often, if there was none."""
        if not (self._silent or self.available) and pygame.time.get_ticks() - self._tried_ms >= TRIED_APART_MS:
            self._open()
            self.music(self._wished)

    def unlock(self) -> None:
        """The player did something: sound may begin."""
        if not self._unlocked:
            self._unlocked = True
            self.music(self._wished)

    def play(self, name: str) -> None:
        """Play an effect; one that is not there is silence."""
        if not self.available or not self._unlocked or self._held or self.effects_volume <= 0:
            return
        try:
            sound = self._sound(name)
            if sound is not None:
                sound.set_volume(self.effects_volume)
                sound.play()
        except FAILURES as error:
            self._failed(error)

    def _sound(self, name: str) -> pygame.mixer.Sound | None:
        if name not in self._sounds:
            self._sounds[name] = None
            path = EFFECTS / f"{name}.ogg"
            if path.exists():
                self._sounds[name] = pygame.mixer.Sound(str(path))
        return self._sounds[name]

    def music(self, name: str) -> None:
        """Let a piece play in a loop, faded in; an empty name fades out what plays."""
        self._wished = name
        if not self.available or not self._unlocked or name == self._playing:
            return
        path = MUSIC / f"{name}.ogg"
        self._playing = name
        try:
            if not name or not path.exists():
                pygame.mixer.music.fadeout(FADE_MS)
            else:
                pygame.mixer.music.load(str(path))
                pygame.mixer.music.set_volume(self.music_volume)
                pygame.mixer.music.play(-1, fade_ms=FADE_MS)
                if self._held:
                    pygame.mixer.music.pause()
        except FAILURES as error:
            self._failed(error)

    def set_volumes(self, effects: float, music: float) -> None:
        """Change both volumes, at once."""
        self.effects_volume, self.music_volume = effects, music
        if self.available:
            try:
                pygame.mixer.music.set_volume(music)
            except FAILURES as error:
                self._failed(error)

    def pause(self, paused: bool) -> None:
        """Hold everything while the window is not looked at."""
        self._held = paused
        if not paused:
            self.device_added()
        if not self.available:
            return
        try:
            if paused:
                pygame.mixer.pause()
                pygame.mixer.music.pause()
            else:
                pygame.mixer.unpause()
                pygame.mixer.music.unpause()
        except FAILURES as error:
            self._failed(error)
