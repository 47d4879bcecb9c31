"""The panel on the right: a page about one node, a wire, several nodes, or the whole system."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import pygame

from engine.view import NodeView, WireView
from game.context import Context
from game.hud.inspector.host import host_shape
from game.hud.inspector.many import ManyPage
from game.hud.inspector.models import figures_shown
from game.hud.inspector.node import NodePage
from game.hud.inspector.page import Hands, Page
from game.hud.inspector.system import SystemPage
from game.hud.inspector.wire import WirePage, find_wire
from game.session import Session
from game.ui.scroll import Scroll
from game.ui.widget import Panel
from game.view.modes import Route

WIDTH = 292
HISTORY = 120


class Inspector(Panel):
    """Makes a page anew only when what it shows changes its shape; its place in a long page is kept meanwhile."""

    def __init__(self, ctx: Context, session: Session, hands: Hands) -> None:
        super().__init__(ctx)
        self.session, self.hands = session, hands
        self.scroll = self.add(Scroll(ctx))
        self.history: dict[int, deque[float]] = {}
        self._shape: object = None
        self._about: object = None
        self._page: Page | None = None

    def refresh(self, selection: set[int], route: Route | None, nodes: Mapping[int, NodeView]) -> None:
        """Follow the selection and the world (called ten times a second). nodes: all there are, as last seen."""
        view = self.session.view
        for node in nodes.values():
            self.history.setdefault(node.id, deque(maxlen=HISTORY)).append(node.utilisation)
        chosen = [view.node(node) for node in sorted(selection & set(view.node_ids))]
        wire = find_wire(view.wires, route) if not chosen else None
        shape = self._shape_of(chosen, wire)
        if shape != self._shape or self._page is None:
            self._shape = shape
            self._page = self._rebuild(chosen, wire)
        self._page.refresh(chosen[0] if len(chosen) == 1 else None)

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place and build anew for it."""
        super().layout(rect)
        self.scroll.layout(rect.inflate(-self.px(2), -self.px(2)))
        self._shape = None

    def _shape_of(self, chosen: list[NodeView], wire: WireView | None) -> object:
        view = self.session.view
        if len(chosen) == 1:
            node = chosen[0]
            wires = tuple((w.source, w.target, w.kinds) for w in view.wires if node.id in (w.source, w.target))
            about = (node.id, node.kind, node.size, node.state, host_shape(node))
            return (view.phase, about, figures_shown(node), wires)
        if chosen:
            return (view.phase, tuple((node.id, node.kind, node.size) for node in chosen))
        return (view.phase, wire and (wire.source, wire.target, wire.kinds), SystemPage.shape(self.session))

    def _rebuild(self, chosen: list[NodeView], wire: WireView | None) -> Page:
        about = (tuple(node.id for node in chosen), wire and (wire.source, wire.target))
        kept = self.scroll.offset if about == self._about else 0
        self._about = about
        self.scroll.remove_all()
        self.scroll.offset = 0
        page = self._page_of(chosen, wire)
        self.scroll.content = page.height
        self.scroll.scroll_to(kept)
        self.invalidate()
        return page

    def _page_of(self, chosen: list[NodeView], wire: WireView | None) -> Page:
        ctx, session, scroll, hands = self.ctx, self.session, self.scroll, self.hands
        if len(chosen) == 1:
            history = self.history.setdefault(chosen[0].id, deque(maxlen=HISTORY))
            return NodePage(ctx, session, scroll, hands, chosen[0], history)
        if chosen:
            return ManyPage(ctx, session, scroll, hands, chosen)
        if wire is not None:
            return WirePage(ctx, session, scroll, hands, wire)
        return SystemPage(ctx, session, scroll, hands)
