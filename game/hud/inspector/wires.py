"""The wires of a node as lines that select them."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from engine.view import NodeView, WireView
from game.context import Context
from game.hud import figures
from game.hud.inspector.page import Page
from game.ui.widget import Pressable, Tooltip
from game.view.request_icons import request_icon

ROW = 30
MOST_MARKS = 4


class WireRow(Pressable):
    """A direction, the node at the other end, the requests a second, and for which kinds it is reserved."""

    def __init__(
        self, ctx: Context, outwards: bool, other: str, wire: WireView, on_press: Callable[[], None], tooltip: Tooltip
    ) -> None:
        super().__init__(ctx, tooltip)
        self.outwards, self.other, self.kinds, self.on_press = outwards, other, wire.kinds, on_press
        self.flow = ""

    def set(self, flow: str) -> None:
        """Show another flow."""
        if flow != self.flow:
            self.flow = flow
            self.invalidate()

    def activate(self) -> None:
        """Select the wire."""
        self.ctx.audio.play("ui_click")
        self.on_press()

    def paint(self, surface: pygame.Surface) -> None:
        """Arrow, name, marks, flow."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        background = palette.panel
        if self.hovered or self.focused:
            background = palette.panel_hi
            pygame.draw.rect(surface, background, self.rect, border_radius=px(6))
        arrow = ctx.icons.get("arrow_right" if self.outwards else "arrow_left", 15, palette.muted, background)
        surface.blit(arrow, arrow.get_rect(midleft=(self.rect.left + px(4), self.rect.centery)))
        flow = ctx.text.get(self.flow, "small", palette.muted, background)
        right = self.rect.right - px(6) - flow.get_width()
        surface.blit(flow, flow.get_rect(midright=(self.rect.right - px(6), self.rect.centery)))
        for kind in reversed(self.kinds[:MOST_MARKS]):
            mark = ctx.icons.get(request_icon(kind), 15, palette.accent, background)
            right -= mark.get_width() + px(5)
            surface.blit(mark, mark.get_rect(midleft=(right, self.rect.centery)))
        left = self.rect.left + px(25)
        name = ctx.text.get(ctx.text.fit(self.other, "small", right - left - px(6)), "small", palette.text, background)
        surface.blit(name, name.get_rect(midleft=(left, self.rect.centery)))


class WireSection:
    """The wires out of a node and then those into it."""

    def __init__(self, page: Page, node: NodeView) -> None:
        self.page = page
        wires = page.session.view.wires
        ordered = [wire for wire in wires if wire.source == node.id] + [w for w in wires if w.target == node.id]
        if not ordered:
            return
        i18n = page.ctx.i18n
        page.down(2)
        page.head(i18n.t("play.wire.list"), i18n.t("play.wire.list_tip"))
        self.rows: dict[tuple[int, int], WireRow] = {}
        for wire in ordered:
            route, outwards = (wire.source, wire.target), wire.source == node.id
            other = page.names.of(wire.target if outwards else wire.source)
            self.rows[route] = WireRow(
                page.ctx,
                outwards,
                other,
                wire,
                lambda route=route: page.hands.wire(route),  # type: ignore[misc]
                i18n.t("play.wire.select_tip"),
            )
            page.place(page.add(self.rows[route]), ROW)
            page.down(ROW)
        page.each(self._update)

    def _update(self, node: NodeView) -> None:
        about = figures.roughly if node.coarse else str
        for wire in self.page.session.view.wires:
            row = self.rows.get((wire.source, wire.target))
            if row is not None:
                row.set(about(self.page.ctx.i18n.t("play.inspector.rps", value=figures.rate(wire.flow_rps))))
