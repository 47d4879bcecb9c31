"""The inspector: the numbers of what is selected, and what can be done with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pygame

from engine.commands import Command
from engine.view import NodeView
from game.context import Context
from game.hud.inspector_node import NodePage
from game.hud.inspector_page import Page
from game.hud.inspector_system import SystemPage
from game.session import Session
from game.ui.scroll import Scroll
from game.ui.widget import Panel

WIDTH = 292
HISTORY = 120


class Inspector(Panel):
    """Shows one node, or the whole system when nothing is selected.

    on_command: does an act and returns nothing; refusals are shown by the scene. on_sell: sells the selection, asking
    once more where it cannot be taken back.
    """

    def __init__(
        self,
        ctx: Context,
        session: Session,
        on_command: Callable[[Command], None],
        on_sell: Callable[[], object],
    ) -> None:
        super().__init__(ctx)
        self.session, self.on_command, self.on_sell = session, on_command, on_sell
        self.scroll = self.add(Scroll(ctx))
        self.history: dict[int, deque[float]] = {}
        self._shape: object = None
        self._page: Page | None = None

    def refresh(self, selection: set[int]) -> None:
        """Follow the selection and the world (called ten times a second)."""
        view = self.session.view
        for node in view.nodes:
            self.history.setdefault(node.id, deque(maxlen=HISTORY)).append(node.utilisation)
        one = next(iter(selection)) if len(selection) == 1 else None
        shown = view.node(one) if one in view.node_ids and one is not None else None
        shape: object = (view.phase, len(selection))
        if shown is not None:
            shape = (shown.id, shown.size, shown.state, tuple(shown.policies.items()), view.phase)
        if shape != self._shape or self._page is None:
            self._shape = shape
            self._page = self._rebuild(shown, len(selection))
        self._page.refresh(shown)

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place and build anew for it."""
        super().layout(rect)
        self.scroll.layout(rect.inflate(-self.px(2), -self.px(2)))
        self._shape = None

    def _rebuild(self, node: NodeView | None, selected: int) -> Page:
        scroll = self.scroll
        scroll.remove_all()
        scroll.offset = 0
        page: Page
        if node is None:
            page = SystemPage(self.ctx, self.session, scroll, selected)
        else:
            history = self.history[node.id]
            page = NodePage(self.ctx, self.session, scroll, node, history, self.on_command, self.on_sell)
        scroll.content = page.height
        self.invalidate()
        return page
