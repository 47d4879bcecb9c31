"""The play screen: the map in the middle, the dashboard around it, and the keys."""

from __future__ import annotations

from dataclasses import dataclass, field

import pygame

from engine.commands import Answer, Clone, Command, Redo, Refused, Resize, Restart, StartOperation, Undo
from engine.facts import Fact, FailuresStarted, RunEnded
from engine.run import Run
from engine.view import Phase
from game.context import Context
from game.hud import inspector as inspectors
from game.hud import log as logs
from game.hud import shop as shops
from game.hud import top_bar as tops
from game.hud.alarm import Alarm
from game.hud.inspector import Inspector
from game.hud.log import LogPanel
from game.hud.log_entries import SOUNDS, Entry, entry
from game.hud.overlay import Overlay, help_page, pause_menu
from game.hud.shop import Shop
from game.hud.toasts import Toasts
from game.hud.top_bar import TopBar
from game.hud.tutorial import TutorialBox
from game.hud.tutorial_steps import TutorialSteps
from game.savegame import SavedRun, forget_run, record_result, save_run
from game.scenes.base import Scene
from game.session import Session
from game.ui.focus import FocusRing
from game.ui.tooltip import Tooltips, draw_tooltip, tooltip_picture
from game.ui.widget import Widget
from game.view.map import MapView
from game.view.refusals import refusal_text
from stages.load import load_stage

REFRESH_S = 0.1
AUTOSAVE_S = 10.0
REST_S = 0.45
RESULT_AFTER_S = 1.2


@dataclass
class Remembered:
    """What outlives a new layout of the screen."""

    entries: list[Entry] = field(default_factory=list)
    selection: set[int] = field(default_factory=set)
    log: bool = True
    inspector: bool = True


class PlayScene:
    """A run being played."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self.ctx, self.session = ctx, session
        self.next_scene: Scene | None = None
        self.size = (0, 0)
        self.memory = Remembered()
        self.steps = TutorialSteps(session.stage, session.view)
        self.toasts = Toasts(ctx)
        self.alarm = Alarm(ctx)
        self.overlay: Overlay | None = None
        self.overlay_name = ""
        self.was_paused = False
        self.sounds: set[str] = set()
        self.dirty_log = False
        self.since_refresh = self.since_save = 0.0
        self.ended_s = -1.0
        self.overlay_focus = FocusRing(Widget(ctx))
        self.told_catch_up = session.catching_up is not None
        self.pointer: tuple[int, int] = (-1, -1)
        self.rest_s = 0.0
        self.map: MapView | None = None
        session.listen(self._log_fact)
        session.listen(self._react, live_only=True)

    @classmethod
    def resume(cls, ctx: Context, saved: SavedRun) -> PlayScene:
        """Take up a run that was left before its end."""
        session = Session(saved.stage_ref, load_stage(saved.stage_ref), saved.run.seed)
        session.speed = saved.speed if saved.speed in (1, 2, 4, 8) else 1
        session.catch_up(saved.run, saved.step)
        scene = cls(ctx, session)
        scene.steps.skip()
        return scene

    @classmethod
    def replay(cls, ctx: Context, run: Run) -> PlayScene:
        """Watch a run that was sent; the first act of the player takes it over."""
        session = Session(run.stage, load_stage(run.stage), run.seed)
        session.play_back(run)
        scene = cls(ctx, session)
        scene.steps.skip()
        return scene

    # -- the scene ----------------------------------------------------------------------------------------------------
    def enter(self) -> None:
        """Music of the shift."""
        self.ctx.audio.music("operation")

    def leave(self) -> None:
        """Keep the run if it goes on."""
        self._autosave()

    def layout(self, size: tuple[int, int]) -> None:
        """Everything anew for a window size."""
        ctx, px = self.ctx, self.ctx.theme.px
        self.size = size
        width, height = size
        top, bottom = px(tops.HEIGHT), px(shops.HEIGHT)
        self.root = Widget(ctx)
        self.root.rect = pygame.Rect((0, 0), size)
        self.top = self.root.add(TopBar(ctx, self.session, self.open_menu))
        self.log = self.root.add(LogPanel(ctx, self._jump, self.memory.entries))
        self.inspector = self.root.add(Inspector(ctx, self.session, self.do))
        self.shop = self.root.add(Shop(ctx, self.session, self._take, self._tool))
        self.tutorial = self.root.add(TutorialBox(ctx, self.session.stage.id, self.steps, self._find))
        self.log.visible, self.inspector.visible = self.memory.log, self.memory.inspector
        left = px(logs.WIDTH) if self.log.visible else 0
        right = px(inspectors.WIDTH) if self.inspector.visible else 0
        self.top.layout(pygame.Rect(0, 0, width, top))
        self.shop.layout(pygame.Rect(0, height - bottom, width, bottom))
        middle = height - top - bottom
        self.log.layout(pygame.Rect(0, top, px(logs.WIDTH), middle))
        self.inspector.layout(pygame.Rect(width - px(inspectors.WIDTH), top, px(inspectors.WIDTH), middle))
        self.map_rect = pygame.Rect(left, top, width - left - right, middle)
        if self.map is None or self.map.ctx.theme is not ctx.theme or self.map.rect.size != self.map_rect.size:
            self.map = MapView(ctx, self.session, self.session.stage, self._from_map)
        self.map.layout(self.map_rect)
        self.map.select(self.memory.selection)
        self.focus = FocusRing(self.root)
        self.tooltips = Tooltips(ctx, self.root)
        if self.overlay_name:
            self._open(self.overlay_name)
        self.refresh()

    def handle(self, event: pygame.event.Event) -> None:
        """The overlay first, then the dashboard, the keys, and the map."""
        if event.type == pygame.WINDOWFOCUSLOST:
            self._lost_focus()
        if event.type == pygame.MOUSEMOTION:
            self.pointer, self.rest_s = event.pos, 0.0
        if self.session.catching_up is not None:
            return
        if self.overlay is not None:
            self._handle_overlay(event)
            return
        self.tooltips.handle(event)
        if self.map is not None and event.type == pygame.MOUSEBUTTONUP:
            self.root.handle(event)
            self.map.handle(event)
            return
        if event.type == pygame.KEYDOWN and event.key == pygame.K_TAB:
            self.focus.handle(event)
            return
        if self.focus.current is not None and self.focus.handle(event):
            return
        if self.root.handle(event) or self._key(event):
            return
        if self.map is not None:
            self.map.handle(event)
            self.memory.selection = set(self.map.selection)

    def update(self, dt_s: float) -> None:
        """Let real time pass for the run and for the screen."""
        session = self.session
        session.advance(dt_s)
        if self.told_catch_up and session.catching_up is None:
            self._caught_up()
        if self.map is not None:
            self.map.update(dt_s)
            self.memory.selection = set(self.map.selection)
        self.rest_s += dt_s
        self.root.update(dt_s)
        self.tooltips.update(dt_s)
        self.toasts.update(dt_s)
        view = session.view
        burning = view.phase is Phase.OPERATION and view.error_rate > session.stage.goal.error_threshold
        self.alarm.update(dt_s, burning)
        for name in sorted(self.sounds):
            self.ctx.audio.play(name)
        self.sounds.clear()
        self.since_refresh += dt_s
        if self.since_refresh >= REFRESH_S:
            self.since_refresh = 0.0
            self.refresh()
        self._keep(dt_s)
        if self.ended_s >= 0:
            self.ended_s += dt_s
            if self.ended_s >= RESULT_AFTER_S:
                self._show_result()

    def refresh(self) -> None:
        """Bring the dashboard up to date."""
        if self.dirty_log:
            self.dirty_log = False
            self.log.refill()
        self.top.refresh()
        self.inspector.refresh(self.memory.selection)
        self.shop.refresh(self.map.armed if self.map else None)
        self.tutorial.refresh(self.map_rect)

    def draw(self, surface: pygame.Surface) -> None:
        """Map, dashboard, and what lies over them."""
        if self.map is not None:
            self.map.draw(surface)
        self.root.draw(surface)
        self.alarm.draw(surface)
        self.toasts.draw(surface, self.map_rect)
        if self.session.catching_up is not None:
            self._draw_catching_up(surface, self.session.catching_up)
        elif self.overlay is not None:
            self.overlay.draw(surface)
        else:
            self.tooltips.draw(surface)
            self._draw_map_tip(surface)

    def _draw_map_tip(self, surface: pygame.Surface) -> None:
        if self.map is None or self.rest_s < REST_S or not self.map_rect.collidepoint(self.pointer):
            return
        if self.tutorial.visible and self.tutorial.rect.collidepoint(self.pointer):
            return
        node = self.map.hit_test(self.pointer)
        text = self.map.tooltip_at(self.pointer)
        anchor = self.map.node_rect(node) if node is not None else None
        if text and anchor is not None:
            draw_tooltip(self.ctx, surface, tooltip_picture(self.ctx, text), anchor)

    def _draw_catching_up(self, surface: pygame.Surface, share: float) -> None:
        ctx, px, palette, t = self.ctx, self.ctx.theme.px, self.ctx.theme.palette, self.ctx.i18n.t
        box = pygame.Rect(0, 0, px(420), px(120))
        box.center = surface.get_rect().center
        surface.fill(palette.panel_hi, box)
        pygame.draw.rect(surface, palette.accent, box, px(1))
        title = ctx.text.get(t("play.resuming.title"), "strong", palette.text, palette.panel_hi)
        body = ctx.text.get(t("play.resuming.body"), "small", palette.muted, palette.panel_hi)
        surface.blit(title, (box.left + px(24), box.top + px(20)))
        surface.blit(body, (box.left + px(24), box.top + px(46)))
        track = pygame.Rect(box.left + px(24), box.top + px(82), box.width - px(48), px(8))
        surface.fill(palette.line, track)
        surface.fill(palette.accent, (*track.topleft, round(track.width * share), track.height))

    # -- acts ---------------------------------------------------------------------------------------------------------
    def do(self, command: Command) -> None:
        """An act from the dashboard; a refusal is shown at its node, or as a message."""
        answer = self.session.apply(command)
        self._sound_of(answer, command)
        if isinstance(command, StartOperation) and not isinstance(answer, Refused):
            self.session.paused = False
        if isinstance(answer, Refused):
            node = getattr(command, "node", -1)
            if self.map is not None and node in self.session.view.node_ids:
                self.map.show_refusal(answer, node)
            else:
                self.toasts.say(refusal_text(self.ctx.i18n, answer), "warn")
        elif answer.node >= 0 and self.map is not None and isinstance(command, Clone):
            self.map.select({answer.node})
        self.refresh()

    def _from_map(self, command: Command) -> Answer:
        answer = self.session.apply(command)
        self._sound_of(answer, command)
        return answer

    def _sound_of(self, answer: Answer, command: Command) -> None:
        if isinstance(answer, Refused):
            self.sounds.add("refuse")
            return
        names = {"Connect": "wire", "Disconnect": "wire", "Sell": "sell", "Undo": "undo", "Redo": "undo"}
        self.sounds.add(names.get(type(command).__name__, "place"))

    def _take(self, kind: str) -> None:
        if self.map is None:
            return
        if self.map.armed == kind:
            self.map.disarm()
        else:
            self.map.arm_build(kind)
        self.refresh()

    def _tool(self, action: str) -> None:
        if self.map is None:
            return
        if action == "wire":
            self.map.arm_wire()
        elif action == "fit":
            self.map.fit()
        else:
            commands: dict[str, Command] = {"undo": Undo(), "redo": Redo(), "start": StartOperation()}
            self.do(commands[action])
        self.refresh()

    def _key(self, event: pygame.event.Event) -> bool:
        action = self.ctx.keymap.action(event)
        if action is None or self.map is None:
            return False
        if action.startswith("speed_"):
            self.session.set_speed(int(action[6:]))
        elif action.startswith("build_"):
            self.shop.take(int(action[6:]))
        elif action == "pause":
            self._pause()
        elif action in ("wire", "fit", "undo", "redo") or (action == "start" and self.shop.start.visible):
            self._tool(action)
        elif action == "clone":
            if not self.map.arm_clone():
                self._say("select_first")
        elif action == "sell":
            if not self.map.delete():
                self._say("select_first")
        elif action in ("scale_up", "restart"):
            self._act_on_selected(action)
        elif action in ("log", "inspector"):
            setattr(self.memory, action, not getattr(self.memory, action))
            self.layout(self.size)
        elif action == "help":
            self._open("help")
        elif action == "menu":
            if not self.map.disarm():
                self.open_menu()
        else:
            return False
        self.refresh()
        return True

    def _pause(self) -> None:
        if self.session.phase is Phase.OPERATION:
            self.session.toggle_pause()

    def _act_on_selected(self, action: str) -> None:
        nodes = [node for node in self.session.view.nodes if node.id in self.memory.selection]
        if not nodes:
            self._say("select_first")
        for node in nodes:
            if action == "restart":
                self.do(Restart(node.id))
                continue
            sizes = [size.id for size in self.session.stage.node_kind(node.kind).sizes]
            larger = sizes[sizes.index(node.size) + 1 :]
            if larger:
                self.do(Resize(node.id, larger[0]))
            else:
                self._say("largest")

    def _say(self, key: str, tone: str = "accent") -> None:
        self.toasts.say(self.ctx.i18n.t(f"play.toast.{key}"), tone)

    def _jump(self, node: int) -> None:
        if self.map is not None:
            self.map.focus_node(node)
            self.memory.selection = set(self.map.selection)
            self.refresh()

    def _find(self, name: str) -> pygame.Rect | None:
        """Where something is that the tutorial points at."""
        group, _, key = name.partition(":")
        if group == "shop":
            card = self.shop.card(key)
            return card.rect if card is not None else None
        if group == "node" and self.map is not None:
            node = self.steps.node(key)
            return self.map.node_rect(node) if node is not None else None
        places: dict[str, Widget] = {
            "start": self.shop.start,
            "wire": self.shop.wire,
            "gauge": self.top.gauge,
            "chart": self.top.chart,
            "budget": self.top.budget,
            "inspector": self.inspector,
            "log": self.log,
            "speed": self.top.pause,
        }
        widget = places.get(group)
        return widget.rect if widget is not None and widget.visible else None

    # -- what happened ------------------------------------------------------------------------------------------------
    def _log_fact(self, fact: Fact) -> None:
        line = entry(self.ctx.i18n, self.session.view, fact)
        if line is not None:
            self.memory.entries.insert(0, line)
            del self.memory.entries[logs.KEPT :]
            self.dirty_log = True

    def _react(self, fact: Fact) -> None:
        sound = SOUNDS.get(type(fact))
        if sound:
            self.sounds.add(sound)
        if isinstance(fact, FailuresStarted):
            self.alarm.incident()
        if isinstance(fact, RunEnded):
            self.ended_s = 0.0
            self.sounds.add("win_fanfare" if fact.outcome == "won" else "service_down")

    def _caught_up(self) -> None:
        self.told_catch_up = False
        self._say("diverged" if self.session.diverged else "resumed", "warn" if self.session.diverged else "accent")
        if self.session.over:
            self.ended_s = 0.0

    def _show_result(self) -> None:
        from game.scenes.result import ResultScene  # screens lead to each other in circles

        result = self.session.view.result
        if result is None:
            return
        best = False
        if not self.session.watched:
            best = record_result(self.ctx.storage, self.session.stage.id, self.session.phase, result)
            forget_run(self.ctx.storage)
        self.next_scene = ResultScene(self.ctx, self.session, best)

    # -- keeping the run ----------------------------------------------------------------------------------------------
    def _keep(self, dt_s: float) -> None:
        self.since_save += dt_s
        if self.since_save >= AUTOSAVE_S:
            self.since_save = 0.0
            self._autosave()

    def _autosave(self) -> None:
        begun = self.session.view.step > 0 or bool(self.session.sim.log)
        if (
            begun
            and not self.session.over
            and self.session.catching_up is None
            and not save_run(self.ctx.storage, self.session)
        ):
            self._say("saved_failed", "error")

    def _lost_focus(self) -> None:
        if self.session.rate:
            self.session.paused = True
            self._autosave()
            self._say("lost_focus")

    # -- menu and help ------------------------------------------------------------------------------------------------
    def open_menu(self) -> None:
        """Stop the time and show the menu."""
        self._open("menu")

    def _open(self, name: str) -> None:
        if not self.overlay_name:
            self.was_paused = self.session.paused
        self.session.paused = True
        self.overlay_name = name
        if name == "help":
            self.overlay = help_page(self.ctx, self.size, self._close)
            self.overlay_focus = FocusRing(self.overlay)
            return
        entries = [
            ("resume", "play", self._close),
            ("retry", "rotate-ccw", self._retry),
            ("settings", "settings", self._settings),
            ("help", "keyboard", lambda: self._open("help")),
            ("quit", "log-out", self._quit),
        ]
        self.overlay = pause_menu(self.ctx, self.size, self.session.seed, entries)
        self.overlay_focus = FocusRing(self.overlay)

    def _close(self) -> None:
        self.overlay, self.overlay_name = None, ""
        self.session.paused = self.was_paused

    def _handle_overlay(self, event: pygame.event.Event) -> None:
        if self.overlay is None:
            return
        if event.type == pygame.KEYDOWN and self.ctx.keymap.action(event) in ("menu", "help"):
            self._close()
            return
        if not self.overlay_focus.handle(event):
            self.overlay.handle(event)

    def _retry(self) -> None:
        session = self.session
        session.silence()
        forget_run(self.ctx.storage)
        self.session.paused = True
        self.next_scene = PlayScene(self.ctx, Session(session.stage_ref, session.stage, session.seed))

    def _settings(self) -> None:
        from game.scenes.settings import SettingsScene  # screens lead to each other in circles

        self.next_scene = SettingsScene(self.ctx, lambda _: self)

    def _quit(self) -> None:
        from game.scenes.stage_select import StageSelectScene  # as above

        self.next_scene = StageSelectScene(self.ctx)
