"""The play screen: the map in the middle, the dashboard around it."""

from __future__ import annotations

import pygame

from engine.facts import Fact, FailuresStarted, OperationStarted, RunEnded
from engine.run import Run
from engine.view import Phase
from game.context import Context
from game.hud import log as logs
from game.hud.acts import Acts
from game.hud.alarm import Alarm
from game.hud.banner import Banner
from game.hud.dashboard import TOGGLES, Dashboard, Remembered
from game.hud.log_entries import SOUNDS, Entry, entry
from game.hud.log_finance import FINANCE_SOUNDS, finance_entry
from game.hud.log_hosts import HOST_SOUNDS, TOLD_ALOUD, host_entry
from game.hud.log_nodes import NODE_SOUNDS, node_entry
from game.hud.map_tip import MapTip
from game.hud.toasts import Toasts
from game.hud.tutorial_steps import TutorialSteps
from game.savegame import SavedRun, forget_run, record_run, save_run
from game.scenes.base import Scene
from game.scenes.pause import Pause
from game.session import SPEEDS, Session
from game.stage_refs import open_stage
from game.ui.touch import PINCH
from game.view.map import MapView

AUTOSAVE_S = 10.0
RESULT_AFTER_S = 1.4


class PlayScene:
    """A run being played."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self.ctx, self.session = ctx, session
        self.next_scene: Scene | None = None
        self.size = (0, 0)
        self.memory = Remembered()
        self.steps = TutorialSteps(session.stage, session.view)
        self.toasts = Toasts(ctx)
        self.acts = Acts(ctx, session, self.toasts)
        self.alarm = Alarm(ctx)
        self.banner = Banner(ctx, session)
        self.map_tip = MapTip(ctx, self.acts.map)
        self.pause = Pause(
            ctx,
            session,
            (
                ("retry", "rotate-ccw", self._retry),
                ("settings", "settings", self._settings),
                ("quit", "log-out", self._quit),
            ),
        )
        self.hud: Dashboard | None = None
        self._since_save = 0.0
        self._ended_s: float | None = None
        self._resuming = False
        self._kept = True
        session.listen(self._log_fact)
        session.listen(self._sound_fact, live_only=True)
        session.listen(self._effect_fact, live_only=True)

    @classmethod
    def resume(cls, ctx: Context, saved: SavedRun) -> PlayScene:
        """Take up a run that was left before its end; it is caught up with first."""
        session = Session(saved.stage_ref, open_stage(saved.stage_ref), saved.run.seed)
        session.speed = saved.speed if saved.speed in SPEEDS else SPEEDS[0]
        session.catch_up(saved.run, saved.step)
        scene = cls(ctx, session)
        scene._resuming = True
        if saved.step:
            scene.steps.skip()
        return scene

    @classmethod
    def replay(cls, ctx: Context, run: Run) -> PlayScene:
        """Watch a run that was sent. Whoever acts in it plays on from there."""
        session = Session(run.stage, open_stage(run.stage), run.seed)
        scene = cls(ctx, session)
        scene.steps.skip()
        scene.acts.say("watching")
        session.play_back(run)
        return scene

    @property
    def map(self) -> MapView:
        """The map."""
        return self.acts.map

    @property
    def dashboard(self) -> Dashboard:
        """The panels around the map. There are none before the first layout: raises RuntimeError."""
        if self.hud is None:
            raise RuntimeError("the play screen has no size yet")
        return self.hud

    # -- the scene ----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Music of the shift."""
        self.ctx.audio.music("operation")

    def leave(self) -> None:
        """Keep the run if it goes on. Keys that are held now are released elsewhere."""
        self.map.handle(pygame.event.Event(pygame.WINDOWLEAVE))
        self._autosave()

    def layout(self, size: tuple[int, int]) -> None:
        """Everything anew for a window size, a palette or a language."""
        resized = size != self.size
        self.size = size
        self.hud = Dashboard(
            self.ctx,
            size,
            self.session,
            self.memory,
            self.steps,
            self.acts,
            lambda: self.pause.open("menu"),
            self._toggle,
        )
        self.map.layout(self.hud.map_rect)
        if resized:
            self.map.fit()
            self.map.camera.jump()
        self.pause.layout(size)
        self.hud.refresh()

    def handle(self, event: pygame.event.Event) -> None:
        """An overlay first; then the dashboard, the keys, and the map."""
        if event.type == pygame.WINDOWFOCUSLOST:
            self._lost_focus()
        self.map_tip.handle(event)
        if self.session.catching_up is not None:
            return
        if self.pause.overlay is not None:
            self.pause.handle(event)
            if event.type == pygame.KEYUP:
                self.map.handle(event)
            return
        if event.type == PINCH:
            self._pinch(event)
            return
        hud = self.dashboard
        hud.tooltips.handle(event)
        if event.type == pygame.MOUSEBUTTONUP:
            hud.root.handle(event)
            self.map.handle(event)
            return
        used = hud.focus.handle(event) or hud.root.handle(event) or self._key(event) or self.map.handle(event)
        if used and event.type != pygame.MOUSEMOTION:
            hud.refresh()

    def update(self, dt_s: float) -> None:
        """Let real time pass for the run and for the screen."""
        session, hud = self.session, self.dashboard
        session.advance(dt_s)
        if self._resuming and session.catching_up is None:
            self._resumed()
        self.map.update(dt_s)
        hud.update(dt_s)
        self.map_tip.update(dt_s)
        self.toasts.update(dt_s)
        view = session.view
        burning = view.phase is Phase.OPERATION and view.error_rate > session.stage.goal.error_threshold
        self.alarm.update(dt_s, burning)
        for name in sorted(self.acts.sounds):
            self.ctx.audio.play(name)
        self.acts.sounds.clear()
        self._since_save += dt_s
        if self._since_save >= AUTOSAVE_S:
            self._since_save = 0.0
            self._autosave()
        self._end(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """Map, dashboard, and what lies over them."""
        hud = self.dashboard
        self.map.draw(surface)
        self.alarm.draw(surface, hud.map_rect)
        if self.pause.overlay is None:
            self.banner.draw(surface, hud.map_rect)
        hud.root.draw(surface)
        self.toasts.draw(surface, hud.map_rect)
        if self.pause.overlay is not None:
            self.pause.overlay.draw(surface)
        elif self.session.catching_up is None:
            hud.tooltips.draw(surface)
            self.map_tip.draw(surface, hud.tutorial)

    def _pinch(self, event: pygame.event.Event) -> None:
        """Two fingers on the map zoom it, continuously."""
        if self.map.rect.collidepoint(event.pos):
            self.map.camera.zoom_by(event.factor, event.pos)

    # -- keys of the screen itself ------------------------------------------------------------------------------------

    def _key(self, event: pygame.event.Event) -> bool:
        action = self.ctx.keymap.action(event)
        if action in TOGGLES or action == "finance":
            self._toggle(action)
        elif action == "menu" and self.memory.finance:
            self._toggle("finance")
        elif action == "answer":
            self.dashboard.ask()
        elif action == "help" or (action == "menu" and not self.map.disarm()):
            self.pause.open(action)
        elif action != "menu":
            return self.acts.key(event)
        return True

    def _toggle(self, panel: str) -> None:
        """Show or hide the log, the hosts or the inspector; the map takes the room, and shows all where it did."""
        if panel == "hosts" and self.session.stage.hosting is None:
            self.acts.say("no_hosts")
            return
        whole = self.map.sees_all
        self.dashboard.toggle(panel)
        self.layout(self.size)
        if whole:
            self.map.fit()

    # -- what happened ------------------------------------------------------------------------------------------------

    def _log_fact(self, fact: Fact) -> None:
        line = self._line(fact)
        if line is not None:
            self.memory.entries.insert(0, line)
            del self.memory.entries[logs.KEPT :]
            self.memory.told += 1

    def _line(self, fact: Fact) -> Entry | None:
        stage, view = self.session.stage, self.session.view
        line = host_entry(view, fact) or finance_entry(view, fact) or node_entry(stage, view, fact)
        return line or entry(self.ctx.i18n, view, fact)

    def _sound_fact(self, fact: Fact) -> None:
        if isinstance(fact, RunEnded):
            self.acts.sounds.add("win_fanfare" if fact.outcome == "won" else "service_down")
            return
        known = (NODE_SOUNDS, HOST_SOUNDS, FINANCE_SOUNDS, SOUNDS)
        sound = next((sounds[type(fact)] for sounds in known if type(fact) in sounds), None)
        if sound is not None:
            self.acts.sounds.add(sound)

    def _effect_fact(self, fact: Fact) -> None:
        if isinstance(fact, FailuresStarted):
            self.alarm.incident()
        elif isinstance(fact, RunEnded):
            self._ended_s = 0.0
        elif isinstance(fact, OperationStarted):
            self._since_save = AUTOSAVE_S
        elif isinstance(fact, TOLD_ALOUD) and (line := self._line(fact)) is not None:
            self.toasts.say(line.text(self.ctx.i18n), line.tone)

    def _resumed(self) -> None:
        self._resuming = False
        if self.session.diverged:
            self.acts.say("diverged", "warn")
        else:
            self.acts.say("resumed")
        if self.session.over:
            self._ended_s = 0.0

    def _end(self, dt_s: float) -> None:
        """A moment after the end, the result."""
        if self._ended_s is None:
            return
        self._ended_s += dt_s
        result = self.session.view.result
        if self._ended_s < RESULT_AFTER_S or result is None or self.next_scene is not None:
            return
        from game.scenes.result import ResultScene  # screens lead to each other in circles

        best = False
        if not self.session.watched:
            best = record_run(self.ctx.storage, self.session, result)
            forget_run(self.ctx.storage)
        self.next_scene = ResultScene(self.ctx, self.session, best)

    # -- keeping the run ----------------------------------------------------------------------------------------------

    def _autosave(self) -> None:
        session = self.session
        begun = bool(session.sim.log) and not session.over and not session.watched
        if not begun or session.catching_up is not None:
            return
        kept = save_run(self.ctx.storage, session)
        if self._kept and not kept:
            self.acts.say("saved_failed", "error")
        self._kept = kept

    def _lost_focus(self) -> None:
        if self.session.rate:
            self.session.paused = True
            self.acts.say("lost_focus")
        self._autosave()

    # -- leaving ------------------------------------------------------------------------------------------------------

    def _retry(self) -> None:
        session = self.session
        session.silence()
        self.next_scene = PlayScene(self.ctx, Session(session.stage_ref, session.stage, session.seed))

    def _settings(self) -> None:
        from game.scenes.settings import SettingsScene  # as above

        self.next_scene = SettingsScene(self.ctx, lambda _: self)

    def _quit(self) -> None:
        from game.scenes.stage_select import StageSelectScene  # as above

        self.next_scene = StageSelectScene(self.ctx)
