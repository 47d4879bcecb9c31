"""The title: the name of the game, the menu, and a company at work."""

from __future__ import annotations

import sys
from functools import partial

import pygame

from game.context import Context
from game.savegame import saved_run
from game.scenes.base import Quit
from game.scenes.demo import demo_session, restarted
from game.scenes.screen import Screen
from game.stage_refs import text_id
from game.storage import Problem
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.widget import Panel
from game.view.map import MapView
from stages.errors import StageError
from stages.load import load_stage, stage_names

PANEL_WIDTH = 400
MARGIN = 48
BUTTON_HEIGHT = 46
GAP = 12
LANGUAGES = (("en", "English"), ("ko", "한국어"))


class TitleScene(Screen):
    """The first screen."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.session = demo_session(load_stage(stage_names()[0]))
        self.map: MapView | None = None

    def enter(self) -> None:
        """Music of the menu."""
        self.ctx.audio.music("menu")

    def build(self) -> None:
        """Logo, menu, language."""
        ctx, t = self.ctx, self.ctx.i18n.t
        self.panel = self.root.add(Panel(ctx))
        self.logo = self.panel.add(Label(ctx, t("title.project"), "heading", "accent"))
        self.name = self.panel.add(Label(ctx, t("title.devops"), "display"))
        self.tagline = self.panel.add(Label(ctx, t("title.tagline"), "body", "muted", wrap=True))
        saved = saved_run(ctx.storage)
        first = Kind.NORMAL if saved else Kind.PRIMARY
        entries = [
            Button(ctx, t("title.play"), self._play, icon="play", kind=first),
            Button(ctx, t("title.settings"), self._settings, icon="settings"),
        ]
        if saved is not None:
            key = f"stage.{text_id(saved.stage_ref)}.name"
            stage = t(key) if ctx.i18n.has(key) else ""
            entries.insert(
                0, Button(ctx, t("title.continue", stage=stage), self._continue, icon="save", kind=Kind.PRIMARY)
            )
        if sys.platform != "emscripten":
            entries.append(Button(ctx, t("title.quit"), self._quit, icon="log-out", kind=Kind.QUIET))
        self.entries = [self.panel.add(entry) for entry in entries]
        self.languages = [
            self.panel.add(Button(ctx, name, partial(self._speak, code), kind=Kind.QUIET, role="small"))
            for code, name in LANGUAGES
        ]
        for (code, _), button in zip(LANGUAGES, self.languages, strict=True):
            button.set_active(code == ctx.settings.language)
        self._build_notice()
        self.map = MapView(ctx, self.session, self.session.stage, bare=True)

    def _build_notice(self) -> None:
        """What is wrong with the storage or with what was asked for, until the player has read it."""
        ctx, t = self.ctx, self.ctx.i18n.t
        problems = "\n".join(t(f"storage.{p.key}", **p.values) for p in ctx.storage.problems)
        self.notice = self.root.add(Panel(ctx, raised=True))
        self.notice.visible = bool(problems)
        self.problem = self.notice.add(Label(ctx, problems, "small", "warn", wrap=True))
        self.dismiss = self.notice.add(Button(ctx, "", self._dismiss, icon="x", kind=Kind.QUIET))

    def arrange(self) -> None:
        """The menu stands on the left, the company fills the rest."""
        px = self.px
        width, height = self.size
        self.panel.layout(pygame.Rect(0, 0, px(PANEL_WIDTH), height))
        left, inner = px(MARGIN), px(PANEL_WIDTH - 2 * MARGIN)
        y = px(96)
        for label, tall in ((self.logo, 28), (self.name, 68)):
            label.layout(pygame.Rect(left, y, inner, px(tall)))
            y += px(tall)
        self.tagline.layout(pygame.Rect(left, y + px(6), inner, self.tagline.height_for(inner)))
        y = self.tagline.rect.bottom + px(36)
        for entry in self.entries:
            entry.layout(pygame.Rect(left, y, inner, px(BUTTON_HEIGHT)))
            y += px(BUTTON_HEIGHT + GAP)
        bottom = height - px(56)
        half = (inner - px(GAP)) // 2
        for index, button in enumerate(self.languages):
            button.layout(pygame.Rect(left + index * (half + px(GAP)), bottom, half, px(34)))
        self._arrange_notice()
        if self.map is not None:
            self.map.layout(pygame.Rect(self.panel.rect.right, 0, width - self.panel.rect.right, height))
            self.map.fit()

    def _arrange_notice(self) -> None:
        """At the foot of the company."""
        px, side = self.px, self.px(30)
        left = self.panel.rect.right + px(24)
        width = max(side, self.size[0] - left - px(24))
        words = max(1, width - side - px(40))
        height = self.problem.height_for(words) + px(28)
        self.notice.layout(pygame.Rect(left, self.size[1] - px(24) - height, width, height))
        self.problem.layout(self.notice.rect.move(px(16), px(14)))
        self.problem.rect.size = (words, height - px(28))
        self.dismiss.layout(
            pygame.Rect(self.notice.rect.right - side - px(8), self.notice.rect.top + px(8), side, side)
        )

    def update(self, dt_s: float) -> None:
        """The company works on."""
        super().update(dt_s)
        session = restarted(self.session)
        if session is not self.session:
            self.session = session
            self.layout(self.size)
        self.session.advance(dt_s)
        if self.map is not None:
            self.map.update(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """The company, and the menu over it."""
        if self.map is not None:
            self.map.draw(surface)
        self.root.draw(surface)
        self.tooltips.draw(surface)

    def _play(self) -> None:
        from game.scenes.stage_select import StageSelectScene  # screens lead to each other in circles

        self.next_scene = StageSelectScene(self.ctx)

    def _continue(self) -> None:
        from game.scenes.start import resume  # as above

        saved = saved_run(self.ctx.storage)
        try:
            self.next_scene = resume(self.ctx) or self.next_scene
        except StageError as error:
            stage = saved.stage_ref if saved else ""
            self.ctx.storage.problems.append(Problem("bad_stage", {"stage": stage, "reason": str(error)}))
            self.layout(self.size)

    def _settings(self) -> None:
        from game.scenes.settings import SettingsScene  # as above

        self.next_scene = SettingsScene(self.ctx, TitleScene)

    def _speak(self, language: str) -> None:
        self.ctx.settings.language = language
        self.ctx.save_settings()

    def _dismiss(self) -> None:
        self.ctx.storage.problems.clear()
        self.layout(self.size)

    def _quit(self) -> None:
        raise Quit
