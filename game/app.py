"""The one main loop, on the desktop and in the browser."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pygame

from game import audio
from game.context import Context, make_context
from game.frame_times import FrameTimes
from game.scenes.base import Quit, Scene
from game.storage import Storage, open_storage
from game.ui.theme import LOGICAL_HEIGHT, LOGICAL_WIDTH
from game.ui.touch import Touch

FRAMES_PER_S = 60
LONGEST_FRAME_S = 0.1
IN_BROWSER = sys.platform == "emscripten"
# A browser counts a touch as a gesture only when the finger is lifted.
FIRST_GESTURES = (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN, pygame.FINGERUP)
# A browser tells only that the page is hidden, a phone that the program goes to the background.
AWAY = (pygame.WINDOWFOCUSLOST, pygame.WINDOWHIDDEN, pygame.WINDOWMINIMIZED, pygame.APP_WILLENTERBACKGROUND)
BACK = (pygame.WINDOWFOCUSGAINED, pygame.WINDOWSHOWN, pygame.WINDOWRESTORED, pygame.APP_DIDENTERFOREGROUND)


@dataclass(frozen=True, slots=True)
class Options:
    """How the program was started. stage: start with its briefing. ui_scale: until the player chooses another."""

    window: tuple[int, int] = (LOGICAL_WIDTH, LOGICAL_HEIGHT)
    language: str = ""
    stage: str = ""
    seed: int | None = None
    replay: str = ""
    debug: bool = False
    silent: bool = False
    data_folder: Path | None = None
    ui_scale: float = 1.0


class App:
    """The window, the scene that is shown, and the loop that drives it.

    clock: seconds that only go forward; tests give their own.
    """

    def __init__(
        self,
        options: Options,
        storage: Storage | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        audio.prepare()
        pygame.init()
        self.options = options
        self.clock = clock
        self.surface = _open_window(options.window)
        self.ctx: Context = make_context(
            self.surface.get_size(),
            storage or open_storage(options.data_folder),
            machine_language(),
            options.silent,
            options.ui_scale,
        )
        if options.language:
            self.ctx.settings.language = options.language
        self._built_for = self._look()
        self.ctx.rebuild(self.surface.get_size())
        self.touch = Touch()
        self.times = FrameTimes()
        self.frames = 0
        self.running = True
        self._away = False
        self._is_full = False
        self.scene: Scene = self._first_scene()
        self._show(self.scene)

    def _first_scene(self) -> Scene:
        from game.scenes.start import first_scene  # the scenes know the app's parts, not the other way round

        return first_scene(self.ctx, self.options)

    def _show(self, scene: Scene) -> None:
        self.scene = scene
        scene.next_scene = None
        scene.layout(self.surface.get_size())
        scene.enter()

    async def run(self) -> None:
        """Drive frames until the player leaves. The scene is left in any case, so that it keeps the run."""
        pace = pygame.time.Clock()
        last = self.clock()
        try:
            while self.running:
                now = self.clock()
                self.frame(min(now - last, LONGEST_FRAME_S))
                last = now
                if not IN_BROWSER:
                    pace.tick(FRAMES_PER_S)
                await asyncio.sleep(0)
        finally:
            self.scene.leave()

    def frame(self, dt_s: float) -> None:
        """One frame: events, time, picture."""
        began = self.clock()
        try:
            for event in pygame.event.get():
                self._handle(event)
            for gesture in self.touch.update(dt_s):
                self.scene.handle(gesture)
            self.scene.update(dt_s)
        except Quit:
            self.running = False
            return
        self._follow_fullscreen()
        if self._look() != self._built_for:
            self._rebuild()
        if self.scene.next_scene is not None:
            self.scene.leave()
            self._show(self.scene.next_scene)
        self.scene.draw(self.surface)
        self.times.add(self.clock() - began, dt_s)
        self.ctx.settings.slow_frames = self.times.slow
        if self.options.debug:
            self.times.draw(self.ctx, self.surface)
        pygame.display.flip()
        self.frames += 1

    def _handle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            raise Quit
        if event.type in FIRST_GESTURES:
            self.ctx.audio.unlock()
        if event.type in AWAY:
            self._leave_alone()
            return
        if event.type in BACK:
            self._away = False
            self.ctx.audio.pause(False)
        if event.type == pygame.AUDIODEVICEREMOVED and not event.iscapture:
            self.ctx.audio.device_removed()
        if event.type == pygame.AUDIODEVICEADDED and not event.iscapture:
            self.ctx.audio.device_added()
        if event.type == pygame.VIDEORESIZE and not IN_BROWSER:
            self.surface = pygame.display.get_surface() or self.surface
        if self.ctx.keymap.action(event) == "fullscreen" and not IN_BROWSER:
            self.ctx.settings.fullscreen = not self.ctx.settings.fullscreen
            self.ctx.save_settings()
            return
        if not self.touch.handle(event, self.surface.get_size()):
            self.scene.handle(event)

    def _leave_alone(self) -> None:
        """Nobody looks at the window: quiet, nothing pressed, and the scene is told, once."""
        if self._away:
            return
        self._away = True
        self.ctx.audio.pause(True)
        for event in (*self.touch.let_go(), pygame.event.Event(pygame.WINDOWFOCUSLOST)):
            self.scene.handle(event)

    def _follow_fullscreen(self) -> None:
        """The window is what the settings say. In the browser the page has its own button."""
        if self.ctx.settings.fullscreen != self._is_full and not IN_BROWSER:
            try:
                pygame.display.toggle_fullscreen()
                self._is_full = self.ctx.settings.fullscreen
            except pygame.error:
                self.ctx.settings.fullscreen = self._is_full
            self.surface = pygame.display.get_surface() or self.surface

    def _look(self) -> tuple[object, ...]:
        settings = self.ctx.settings
        return (self.surface.get_size(), settings.ui_scale, settings.palette, settings.language)

    def _rebuild(self) -> None:
        """The window or a setting of the look has changed."""
        self._built_for = self._look()
        self.ctx.rebuild(self.surface.get_size())
        self.scene.layout(self.surface.get_size())


def _open_window(size: tuple[int, int]) -> pygame.Surface:
    flags = 0 if IN_BROWSER else pygame.RESIZABLE
    surface = pygame.display.set_mode(size, flags)
    pygame.display.set_caption("Project DevOps")
    return surface


def machine_language() -> str:
    """The language of the machine or the browser, as far as the game speaks it."""
    if IN_BROWSER:
        import platform  # in the browser this module is the bridge to the page

        return str(platform.window.navigator.language)[:2]  # type: ignore[attr-defined]
    import locale

    try:
        name = locale.getlocale()[0]
    except ValueError:  # a Mac may call its locale just UTF-8, which has no language
        name = None
    return (name or "en")[:2].lower()


async def main(options: Options | None = None) -> None:
    """Open the window and play. The browser's entry point, and the desktop's."""
    if options is None:
        from game.web import options_from_page

        options = options_from_page()
    app = App(options)
    await app.run()
    if not IN_BROWSER:
        pygame.quit()
