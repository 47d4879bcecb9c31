"""The panels around the map: where they stand, and that they keep up with the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pygame

from engine.view import HostState, Phase
from game.context import Context
from game.hud import log as logs
from game.hud import shop as shops
from game.hud import top_bar as tops
from game.hud.acts import Acts
from game.hud.alerts import AlertPanel
from game.hud.deployments import Deployments
from game.hud.finance import FinancePanel
from game.hud.forecast import FORECAST_HEIGHT, ForecastPanel
from game.hud.hosts import panel as racks
from game.hud.hosts.panel import HostsPanel
from game.hud.inspector import panel as inspectors
from game.hud.inspector.panel import Inspector
from game.hud.log import LogPanel
from game.hud.log_entries import Entry
from game.hud.quests import QuestStack
from game.hud.shop import Shop
from game.hud.top_bar import TopBar
from game.hud.tutorial import TutorialBox
from game.hud.tutorial_steps import TutorialSteps
from game.session import Session
from game.ui.button import Button
from game.ui.focus import FocusRing
from game.ui.tooltip import Tooltips
from game.ui.widget import Widget

NARROW = 1180
REFRESH_S = 0.1
TOGGLES = {"log": "list", "hosts": "server", "inspector": "sliders-horizontal"}


@dataclass
class Remembered:
    """What outlives a new layout of the screen.

    entries: of the log, newest first; told: how many there were so far. log, inspector: None until the player shows or
    hides them. hosts: they stand where the log would. finance: it lies over the map.
    """

    entries: list[Entry] = field(default_factory=list)
    told: int = 0
    log: bool | None = None
    inspector: bool | None = None
    hosts: bool = False
    finance: bool = False


class Dashboard:
    """Made anew for every window size, palette and language."""

    def __init__(
        self,
        ctx: Context,
        size: tuple[int, int],
        session: Session,
        memory: Remembered,
        steps: TutorialSteps,
        acts: Acts,
        on_menu: Callable[[], None],
        on_toggle: Callable[[str], None],
    ) -> None:
        self.ctx, self.session, self.memory, self.steps, self.acts = ctx, session, memory, steps, acts
        self.root = Widget(ctx)
        self.root.rect = pygame.Rect((0, 0), size)
        self.top = self.root.add(TopBar(ctx, session, on_menu, partial(on_toggle, "finance")))
        self.forecast = self.root.add(ForecastPanel(ctx, session))
        self.log = self.root.add(LogPanel(ctx, acts.jump, memory.entries))
        self.hosts = self._hosts()
        self.inspector = self.root.add(Inspector(ctx, session, acts.hands))
        self.shop = self.root.add(Shop(ctx, session, acts.shelf, acts.take, acts.tool))
        self.alerts = self.root.add(AlertPanel(ctx, session, acts.jump, self._arrange_left))
        self.toggles = {
            panel: self.root.add(Button(ctx, "", partial(on_toggle, panel), icon=icon, tooltip=self._toggle_tip(panel)))
            for panel, icon in TOGGLES.items()
            if panel != "hosts" or self.hosts is not None
        }
        self.finance = self.root.add(FinancePanel(ctx, session, partial(on_toggle, "finance")))
        self.deployments = self.root.add(Deployments(ctx, session, acts.do))
        self.quests = self.root.add(QuestStack(ctx, session, acts.do, self._kept_free, self._cards))
        self.tutorial = self.root.add(TutorialBox(ctx, session.stage.id, steps, self.find))
        self.map_rect = self._arrange(size)
        self._parts: tuple[Callable[[], None], ...] = (
            self.top.refresh,
            lambda: self.log.refresh(memory.told),
            lambda: self.inspector.refresh(acts.selection, acts.map.wire, acts.map.board.by_id),
            lambda: self.shop.refresh(acts.map.armed, acts.map.board.cells),
            self.forecast.refresh,
            self._refresh_alerts,
            lambda: self.tutorial.refresh(self.middle),
            lambda: self.deployments.refresh(self.map_rect),
            lambda: self.quests.refresh(self.map_rect),
            self._refresh_hosts,
            self.finance.refresh,
        )
        self._due_s = 0.0
        self._turn = 0
        self.focus = FocusRing(self.root)
        self.tooltips = Tooltips(ctx, self.root)

    def _hosts(self) -> HostsPanel | None:
        """The rack, where a stage has hardware of its own."""
        hosting, acts = self.session.stage.hosting, self.acts
        if hosting is None:
            return None
        return self.root.add(HostsPanel(self.ctx, self.session, hosting, acts.pass_on, acts.jump))

    def _arrange(self, size: tuple[int, int]) -> pygame.Rect:
        """Give every panel its place; what remains is the map's."""
        px, (width, height) = self.ctx.theme.px, size
        narrow = width < px(NARROW)
        show_log = self.memory.log if self.memory.log is not None else not narrow
        show_hosts = self.memory.hosts and self.hosts is not None
        show_log = show_log and not show_hosts
        show_inspector = self.memory.inspector if self.memory.inspector is not None else True
        self.forecast.visible = self.log.visible = self.alerts.visible = show_log
        self.inspector.visible = show_inspector
        top, bottom = px(tops.HEIGHT), px(shops.HEIGHT)
        left = px(racks.WIDTH) if show_hosts else px(logs.WIDTH) if show_log else 0
        right = px(inspectors.WIDTH) if show_inspector else 0
        middle = height - top - bottom
        self.top.layout(pygame.Rect(0, 0, width, top))
        beside = 0 if narrow else right
        self.shop.layout(pygame.Rect(0, height - bottom, width - beside, bottom))
        self.left = pygame.Rect(0, top, px(logs.WIDTH), middle)
        self._arrange_left()
        if self.hosts is not None:
            self.hosts.visible = show_hosts
            self.hosts.layout(pygame.Rect(0, top, px(racks.WIDTH), middle))
        tall = middle if narrow else height - top
        self.inspector.layout(pygame.Rect(width - px(inspectors.WIDTH), top, px(inspectors.WIDTH), tall))
        self.middle = pygame.Rect(0, top, width - right, middle)
        self._arrange_finance(pygame.Rect(left, top, width - left - right, middle), height)
        area = pygame.Rect(left, top, width - left - right, middle)
        side, inset = px(34), px(12)
        shown = {"log": show_log, "hosts": show_hosts, "inspector": show_inspector}
        x = area.left + inset
        for panel, button in self.toggles.items():
            button.visible = narrow or panel == "hosts" or not shown[panel]
            button.set_active(shown[panel])
            button.layout(pygame.Rect(x, area.top + inset, side, side))
            x += (side + px(6)) * button.visible
        self.toggles["inspector"].layout(pygame.Rect(area.right - inset - side, area.top + inset, side, side))
        return area

    def _arrange_left(self) -> None:
        """Forecast, alerts if there are any, and the log in what remains."""
        left, forecast, alerts = self.left, self.ctx.theme.px(FORECAST_HEIGHT), self.alerts.height
        self.forecast.layout(pygame.Rect(left.left, left.top, left.width, forecast))
        self.alerts.layout(pygame.Rect(left.left, left.top + forecast, left.width, alerts))
        top = left.top + forecast + alerts
        self.log.layout(pygame.Rect(left.left, top, left.width, left.bottom - top))

    def _arrange_finance(self, area: pygame.Rect, bottom: int) -> None:
        self.finance.visible = self.memory.finance
        self.top.budget.set_open(self.memory.finance)
        self.finance.place(area, bottom)

    def _refresh_alerts(self) -> None:
        """Where the log is put away, its button rings for the alerts beside it."""
        self.alerts.refresh()
        ringing = bool(self.alerts.rows) and not self.alerts.visible
        self.toggles["log"].set(icon="bell" if ringing else TOGGLES["log"])

    def _refresh_hosts(self) -> None:
        """A dead host shows on the button of the rack, too."""
        if self.hosts is None:
            return
        down = any(host.state is not HostState.UP for host in self.session.view.hosts)
        self.toggles["hosts"].set(icon="server-crash" if down else TOGGLES["hosts"])
        if self.hosts.visible:
            self.hosts.refresh(self.acts.selection)

    def _toggle_tip(self, panel: str) -> str:
        return f"{self.ctx.i18n.t(f'action.{panel}')} [{self.ctx.keymap.label(panel)}]"

    def toggle(self, panel: str) -> None:
        """Remember that a panel is shown or hidden; it is seen after the next layout. The log and the hosts share a
        place.
        """
        widget: Widget | None = getattr(self, panel)
        if widget is not None:
            setattr(self.memory, panel, not widget.visible)
            self.memory.hosts &= panel != "log"

    def _cards(self) -> list[pygame.Rect]:
        """Where the nodes of the map are."""
        nodes = [self.acts.map.node_rect(node) for node in self.session.view.node_ids]
        return [rect for rect in nodes if rect is not None]

    def _kept_free(self) -> list[pygame.Rect]:
        """What no question may cover: what is selected, and what else lies over the map."""
        nodes = [self.acts.map.node_rect(node) for node in self.acts.selection]
        over = (*self.toggles.values(), self.deployments, self.tutorial)
        return [rect for rect in nodes if rect is not None] + [widget.rect for widget in over if widget.visible]

    def ask(self) -> None:
        """Give the focus to an answer of the open questions; again: to the next one."""
        answer = self.quests.next_answer(self.focus.current)
        if answer is not None:
            self.focus.set(answer)

    def update(self, dt_s: float) -> None:
        """Let real time pass. The parts are brought up to date in turn, so that no frame has to carry all of them."""
        self.root.update(dt_s)
        self.tooltips.update(dt_s)
        self._due_s = min(self._due_s + dt_s, REFRESH_S)
        while self._due_s >= REFRESH_S / len(self._parts):
            self._due_s -= REFRESH_S / len(self._parts)
            self._parts[self._turn]()
            self._turn = (self._turn + 1) % len(self._parts)

    def refresh(self) -> None:
        """Bring everything up to date, now."""
        for part in self._parts:
            part()

    def find(self, name: str) -> pygame.Rect | None:
        """Where something is that the tutorial points at: `shop:<kind>`, `node:<key>`, or the name of a part."""
        group, _, key = name.partition(":")
        if group == "shop":
            return self.shop.place_of(key)
        if group == "node":
            node = self.steps.node(key)
            return self.acts.map.node_rect(node) if node is not None else None
        forecast = self.forecast if self.forecast.visible else self.top.chart
        places: dict[str, Widget] = {
            "start": self.shop.start,
            "wire": self.shop.wire,
            "gauge": self.top.gauge,
            "chart": forecast if self.session.phase is Phase.SETUP else self.top.chart,
            "forecast": forecast,
            "budget": self.top.budget,
            "inspector": self.inspector,
            "log": self.log,
            "speed": self.top.pause,
        }
        widget = places.get(group)
        return widget.rect if widget is not None and widget.visible else None
