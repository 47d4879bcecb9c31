"""The one main loop, on the desktop and in the browser."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pygame

from game.context import Context, make_context
from game.frame_times import FrameTimes
from game.scenes.base import Quit, Scene
from game.storage import Storage, open_storage
from game.ui.theme import LOGICAL_HEIGHT, LOGICAL_WIDTH
from game.ui.touch import Touch

FRAMES_PER_S = 60
LONGEST_FRAME_S = 0.1
IN_BROWSER = sys.platform == "emscripten"
FIRST_GESTURES = (pygame.MOUSEBUTTONDOWN, pygame.KEYDOWN, pygame.FINGERDOWN)


@dataclass(frozen=True, slots=True)
class Options:
    """How the program was started. frames: end after so many (0: never). stage: start with its briefing."""

    window: tuple[int, int] = (LOGICAL_WIDTH, LOGICAL_HEIGHT)
    language: str = ""
    stage: str = ""
    seed: int | None = None
    replay: str = ""
    debug: bool = False
    silent: bool = False
    frames: int = 0
    data_folder: Path | None = None


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
        pygame.init()
        self.options = options
        self.clock = clock
        self.surface = _open_window(options.window)
        self.ctx: Context = make_context(
            self.surface.get_size(), storage or open_storage(options.data_folder), machine_language(), options.silent
        )
        if options.language:
            self.ctx.settings.language = options.language
        self._built_for = self._look()
        self.ctx.rebuild(self.surface.get_size())
        self.touch = Touch()
        self.times = FrameTimes()
        self.frames = 0
        self.running = True
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
        """Drive frames until the player leaves, or for as many as the options say."""
        pace = pygame.time.Clock()
        last = self.clock()
        while self.running:
            now = self.clock()
            self.frame(min(now - last, LONGEST_FRAME_S))
            last = now
            if self.options.frames and self.frames >= self.options.frames:
                break
            if not IN_BROWSER and not self.options.frames:
                pace.tick(FRAMES_PER_S)
            await asyncio.sleep(0)
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
        if event.type in (pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED):
            self.ctx.audio.pause(event.type == pygame.WINDOWFOCUSLOST)
        if event.type == pygame.VIDEORESIZE and not IN_BROWSER:
            self.surface = pygame.display.get_surface() or self.surface
        if self.ctx.keymap.action(event) == "fullscreen" and not IN_BROWSER:
            self.ctx.settings.fullscreen = not self.ctx.settings.fullscreen
            pygame.display.toggle_fullscreen()
            return
        if not self.touch.handle(event, self.surface.get_size()):
            self.scene.handle(event)

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

    return (locale.getlocale()[0] or "en")[:2].lower()


async def main(options: Options | None = None) -> None:
    """Open the window and play. The browser's entry point, and the desktop's."""
    if options is None:
        from game.web import options_from_page

        options = options_from_page()
    app = App(options)
    await app.run()
    if not IN_BROWSER:
        pygame.quit()
