"""What every scene may use: the look, the language, the sound, the memory and the choices of the player."""

from __future__ import annotations

from dataclasses import dataclass

from game import keymap as keymaps
from game import settings as choices
from game.audio import Audio
from game.i18n import I18n
from game.keymap import Keymap
from game.settings import Settings
from game.storage import Storage
from game.ui.icons import Icons
from game.ui.text import TextCache
from game.ui.theme import LOGICAL_HEIGHT, LOGICAL_WIDTH, Theme, palette


@dataclass
class Context:
    """Shared by all scenes. theme, text, icons and i18n are replaced together when the window or a setting changes."""

    theme: Theme
    text: TextCache
    icons: Icons
    i18n: I18n
    audio: Audio
    storage: Storage
    settings: Settings
    keymap: Keymap

    def rebuild(self, size: tuple[int, int]) -> None:
        """Make look and language anew for a window size (pixels) and the present settings."""
        scale = min(size[0] / LOGICAL_WIDTH, size[1] / LOGICAL_HEIGHT) * self.settings.ui_scale
        self.theme = Theme(scale, palette(self.settings.palette))
        self.text = TextCache(self.theme)
        self.icons = Icons(self.theme)
        if self.i18n.language != self.settings.language:
            self.i18n = I18n(self.settings.language)

    def save_settings(self) -> None:
        """Keep the settings and the keys, and let the volumes follow."""
        self.audio.set_volumes(self.settings.effects_volume, self.settings.music_volume)
        self.storage.save(choices.DOCUMENT, self.settings.to_document())
        self.storage.save(keymaps.DOCUMENT, self.keymap.to_document())


def make_context(
    size: tuple[int, int], storage: Storage, language: str, silent: bool = False, ui_scale: float = 1.0
) -> Context:
    """The context for a window of `size` pixels, with what the storage remembers. pygame must be initialised.

    language, ui_scale: where the player has chosen none.
    """
    settings = choices.from_document(storage.load_version(choices.DOCUMENT, choices.VERSION), language, ui_scale)
    keymap = keymaps.from_document(storage.load_version(keymaps.DOCUMENT, keymaps.VERSION))
    theme = Theme(1.0, palette(settings.palette))
    context = Context(
        theme=theme,
        text=TextCache(theme),
        icons=Icons(theme),
        i18n=I18n(settings.language),
        audio=Audio(settings.effects_volume, settings.music_volume, silent),
        storage=storage,
        settings=settings,
        keymap=keymap,
    )
    context.rebuild(size)
    return context
