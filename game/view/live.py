"""What changes on the cards: load rings, slots, queues, numbers, heat and badges.

Patches are painted onto a copy of the still layer, at most ten times a second and only where a face changed, so that a
frame costs one opaque blit.
"""

from __future__ import annotations

import math

import pygame

from engine.spec import Role
from engine.view import NodeState, NodeView
from game.context import Context
from game.view import cards
from game.view.board import MapBoard
from game.view.face import RING_STEPS, Face, Figures, Tone, face_of, figures_of
from game.view.layout import Detail
from game.view.look import Look
from game.view.shapes import Rgb, mix
from game.view.still import StillLayer

PERIOD_S = 0.1
_FIGURES_S = 0.4
_BREATH_S = 1.6
_MOST_PIPS = 16
_SLOW_MS = 1000.0


class LiveLayer:
    """The surface that is shown. `patches` counts the cards painted."""

    def __init__(self, ctx: Context, still: StillLayer, sprites: cards.SpriteCache) -> None:
        self.ctx = ctx
        self.still = still
        self.sprites = sprites
        self.patches = 0
        self.surface = pygame.Surface((1, 1))
        self._faces: dict[int, Face] = {}
        self._figures: dict[int, tuple[float, Figures]] = {}
        self._clock = 0.0
        self._owed = 0.0
        self._turn = 0

    def reset(self, board: MapBoard) -> None:
        """Start again from the still layer, which was repainted."""
        if self.surface.get_size() != self.still.surface.get_size():
            self.surface = self.still.surface.copy()
        else:
            self.surface.blit(self.still.surface, (0, 0))
        self._faces.clear()
        self._figures = {node: shown for node, shown in self._figures.items() if node in board.by_id}
        look = Look(self.ctx.theme.palette)
        for view in board.by_id.values():
            self._visit(look, board, view)

    def update(self, dt_s: float, board: MapBoard) -> None:
        """Visit some of the nodes: each comes round every PERIOD_S, so that no frame bears them all."""
        self._clock += dt_s
        nodes = board.nodes()
        self._owed = min(self._owed + dt_s / PERIOD_S * len(nodes), float(len(nodes)))
        look = Look(self.ctx.theme.palette)
        while self._owed >= 1.0:
            self._owed -= 1.0
            self._turn += 1
            self._visit(look, board, board.look(nodes[self._turn % len(nodes)]))

    def _visit(self, look: Look, board: MapBoard, node: NodeView) -> None:
        kind = self.still.kind(node.kind)
        shown = self._figures.get(node.id)
        if shown is None or self._clock - shown[0] >= _FIGURES_S:
            offered = board.session.view.offered_rps if kind.role is Role.SOURCE else None
            shown = self._figures[node.id] = (self._clock, figures_of(node, offered))
        face = face_of(node, kind, shown[1], self.still.layout.queue_bar[2], self._breath())
        before = self._faces.get(node.id)
        if before != face:
            self._paint(look, node, face, before)
            self._faces[node.id] = face

    def _breath(self) -> float:
        if self.ctx.settings.reduced_motion or self.ctx.settings.no_flashing:
            return 1.0
        return 0.5 - 0.5 * math.cos(self._clock / _BREATH_S * 2 * math.pi)

    def _paint(self, look: Look, node: NodeView, face: Face, before: Face | None) -> None:
        left, top = self.still.card_corner(node)
        area = self._area(left, top)
        if not area.colliderect(self.surface.get_rect()):
            return
        self.patches += 1
        around = (face.heat, face.locked, face.badge)
        if before is None or (before.heat, before.locked, before.badge) != around:
            self.surface.blit(self.still.surface, area.topleft, area)
            self._paint_heat(look, face.heat, area)
        self._paint_body(look, node, face, left, top)
        if face.locked:
            self._paint_padlock(look, left, top)
        if face.badge is not None:
            self._paint_badge(look, str(int(face.badge)), left, top)

    def _paint_heat(self, look: Look, level: int, area: pygame.Rect) -> None:
        if level:
            layout = self.still.layout
            glow = self.sprites.get(("heat", level), lambda: cards.heat(layout, level, look.warn, look.error))
            self.surface.blit(glow, area.topleft)

    def _paint_body(self, look: Look, node: NodeView, face: Face, left: int, top: int) -> None:
        layout = self.still.layout
        x, y, width, height = layout.body
        self.surface.fill(look.panel, (left + x, top + y, width, height))
        ring = self._ring(look, node, face)
        self.surface.blit(ring, ring.get_rect(center=(left + layout.ring_x, top + layout.ring_y)))
        if layout.detail is not Detail.MINI:
            self._paint_lines(look, face, left, top)
        if layout.slots_bar is not None and face.slots:
            self._paint_slots(look, face, pygame.Rect(layout.slots_bar).move(left, top))
        if node.queue_limit:
            bar = pygame.Rect(layout.queue_bar).move(left, top)
            pygame.draw.rect(self.surface, look.line, bar, border_radius=bar.height // 2)
            if face.queue:
                filled = pygame.Rect(bar.left, bar.top, max(face.queue, bar.height), bar.height)
                pygame.draw.rect(self.surface, _colour(look, face.queue_tone), filled, border_radius=bar.height // 2)

    def _ring(self, look: Look, node: NodeView, face: Face) -> pygame.Surface:
        layout = self.still.layout
        icon_name = self.still.kind(node.kind).icon
        at_work = face.state is NodeState.READY

        def make() -> pygame.Surface:
            colour = _colour(look, face.tone)
            ink = look.text if at_work else look.muted
            icon = self.ctx.icons.get(icon_name, layout.icon, ink, look.panel)
            return cards.ring(layout.ring, face.ring / RING_STEPS, colour, look.line, look.panel, icon)

        return self.sprites.get(("ring", icon_name, face.ring, face.tone, at_work), make)

    def _paint_lines(self, look: Look, face: Face, left: int, top: int) -> None:
        layout = self.still.layout
        lines = self._lines(look, face)
        middles = layout.text_ys if len(lines) >= len(layout.text_ys) else (layout.ring_y,)
        for y, (text, colour) in zip(middles, lines, strict=False):
            role = layout.number_role
            label = self.ctx.text.get(text, role, colour, look.panel)
            room = layout.width - layout.text_x - layout.padding // 2
            place = label.get_rect(midleft=(left + layout.text_x, top + y))
            self.surface.blit(label, place, (0, 0, min(room, place.width), place.height))

    def _lines(self, look: Look, face: Face) -> list[tuple[str, Rgb]]:
        t = self.ctx.i18n.t
        if face.state is not NodeState.READY:
            left = (t("map.seconds", value=face.seconds), look.accent)
            if self.still.layout.detail is not Detail.FULL:
                return [left]
            return [(t(f"map.state.{face.state.value}"), look.accent), left]
        rate = t("map.rate", value=_short(max(0.0, face.figures.rate)))
        latency = face.figures.p95_ms
        if latency < 0.0:
            return [(rate, look.text)]
        key, value = (
            ("map.milliseconds", f"{latency:.0f}") if latency < 1000 else ("map.seconds", f"{latency / 1000:.1f}")
        )
        tint = look.muted if latency < 1000 else look.warn
        return [(rate, look.text), (t("map.p95", value=t(key, value=value)), tint)]

    def _paint_slots(self, look: Look, face: Face, bar: pygame.Rect) -> None:
        busy, calling = look.accent, mix(look.panel, look.accent, 0.5)
        if face.slots > _MOST_PIPS:
            pygame.draw.rect(self.surface, look.line, bar)
            first = round(bar.width * min(1.0, face.busy / face.slots))
            both = round(bar.width * min(1.0, (face.busy + face.calling) / face.slots))
            pygame.draw.rect(self.surface, calling, (bar.left, bar.top, both, bar.height))
            pygame.draw.rect(self.surface, busy, (bar.left, bar.top, first, bar.height))
            return
        gap = max(1, bar.height * 2 // 3)
        for index in range(face.slots):
            start = bar.left + round(index * (bar.width + gap) / face.slots)
            end = bar.left + round((index + 1) * (bar.width + gap) / face.slots) - gap
            colour = busy if index < face.busy else calling if index < face.busy + face.calling else look.line
            pygame.draw.rect(self.surface, colour, (start, bar.top, end - start, bar.height))

    def _paint_badge(self, look: Look, text: str, left: int, top: int) -> None:
        def make() -> pygame.Surface:
            label = self.ctx.text.get(text, "strong", look.background)
            height = round(label.get_height() * 1.02)
            base = cards.pill(label.get_width() + height // 2, height, look.error, look.error, look.background).copy()
            base.blit(label, label.get_rect(center=base.get_rect().center))
            return base

        badge = self.sprites.get(("badge", text), make)
        layout = self.still.layout
        place = badge.get_rect(midright=(left + layout.width + round(layout.margin * 0.7), top))
        self.surface.blit(badge, place.clamp(self._area(left, top)))

    def _paint_padlock(self, look: Look, left: int, top: int) -> None:
        layout = self.still.layout

        def make() -> pygame.Surface:
            height = round(20 * self.ctx.theme.scale)
            base = cards.pill(height, height, look.warn, look.warn, look.panel).copy()
            icon = self.ctx.icons.get("lock", 13, look.background, look.warn)
            base.blit(icon, icon.get_rect(center=base.get_rect().center))
            return base

        lock = self.sprites.get("padlock", make)
        reach = round(layout.ring * 0.36)
        self.surface.blit(lock, lock.get_rect(center=(left + layout.ring_x + reach, top + layout.ring_y + reach)))

    def _area(self, left: int, top: int) -> pygame.Rect:
        """All that belongs to a card: itself, its glow and its badges."""
        layout, margin = self.still.layout, self.still.layout.margin
        return pygame.Rect(left - margin, top - margin, layout.width + 2 * margin, layout.height + 2 * margin)


def _colour(look: Look, tone: Tone) -> Rgb:
    colour: Rgb = getattr(look, tone.value)
    return colour


def _short(value: float) -> str:
    """A rate in at most four signs."""
    if value >= 1000.0:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 1.0 or value == 0.0 else f"{value:.1f}"
