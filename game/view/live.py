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
from game.view.badges import Badges
from game.view.board import MapBoard
from game.view.face import RING_STEPS, Face, Figures, face_of, figures_of
from game.view.layout import Detail
from game.view.look import Look
from game.view.marks import Tone
from game.view.shapes import Rgb, mix
from game.view.still import StillLayer

PERIOD_S = 0.1
_FIGURES_S = 0.4
_BREATH_S = 1.6
_MOST_PIPS = 16
_SLOW_MS = 1000.0


class LiveLayer:
    """The surface that is shown, and the face of each node on it. `patches` counts the cards painted."""

    def __init__(self, ctx: Context, still: StillLayer, sprites: cards.SpriteCache) -> None:
        self.ctx = ctx
        self.still = still
        self.sprites = sprites
        self.badges = Badges(ctx, sprites, still.stage.hosting)
        self.patches = 0
        self.surface = pygame.Surface((1, 1))
        self.faces: dict[int, Face] = {}
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
        self.faces.clear()
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
        face = face_of(self.ctx.i18n, node, kind, shown[1], self.still.layout.queue_bar[2], self._breath())
        before = self.faces.get(node.id)
        if before != face:
            self._paint(look, node, face, before)
            self.faces[node.id] = face

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
        if before is None or _around(before) != _around(face):
            self.surface.blit(self.still.surface, area.topleft, area)
            self._paint_heat(look, face.heat, area)
        self._paint_body(look, node, face, left, top)
        self.badges.paint(self.surface, look, self.still.layout, face, left, top)

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
            self._paint_lines(look, node, face, left, top)
        if layout.slots_bar is not None and face.slots:
            self._paint_slots(look, face, pygame.Rect(layout.slots_bar).move(left, top))
        elif layout.slots_bar is not None and face.meter >= 0:
            self._paint_meter(look, face.meter / RING_STEPS, pygame.Rect(layout.slots_bar).move(left, top))
        if node.queue_limit:
            bar = pygame.Rect(layout.queue_bar).move(left, top)
            pygame.draw.rect(self.surface, look.line, bar, border_radius=bar.height // 2)
            if face.queue:
                filled = pygame.Rect(bar.left, bar.top, max(face.queue, bar.height), bar.height)
                pygame.draw.rect(self.surface, _colour(look, face.queue_tone), filled, border_radius=bar.height // 2)

    def _ring(self, look: Look, node: NodeView, face: Face) -> pygame.Surface:
        layout = self.still.layout
        down = face.state is NodeState.DOWN
        icon_name = "down" if down else self.still.kind(node.kind).icon
        at_work = face.state is NodeState.READY

        def make() -> pygame.Surface:
            colour = _colour(look, face.tone)
            ink = look.text if at_work else look.error if down else look.muted
            icon = self.ctx.icons.get(icon_name, layout.icon, ink, look.panel)
            return cards.ring(layout.ring, face.ring / RING_STEPS, colour, look.line, look.panel, icon)

        return self.sprites.get(("ring", icon_name, face.ring, face.tone, at_work), make)

    def _paint_lines(self, look: Look, node: NodeView, face: Face, left: int, top: int) -> None:
        layout = self.still.layout
        lines = self._lines(look, node, face)
        middles = layout.text_ys if len(lines) >= len(layout.text_ys) else (layout.ring_y,)
        for y, (text, colour) in zip(middles, lines, strict=False):
            role = layout.number_role
            label = self.ctx.text.get(text, role, colour, look.panel)
            room = self._text_room
            place = label.get_rect(midleft=(left + layout.text_x, top + y))
            self.surface.blit(label, place, (0, 0, min(room, place.width), place.height))

    def _lines(self, look: Look, node: NodeView, face: Face) -> list[tuple[str, Rgb]]:
        t = self.ctx.i18n.t
        if face.state is not NodeState.READY:
            return self._work_lines(look, face)
        about = "~" if face.rough else ""
        lines = []
        if self.still.kind(node.kind).role is not Role.OBSERVER:
            lines.append((self._rate(about + _short(max(0.0, face.figures.rate))), look.text))
        latency = face.figures.p95_ms
        if latency >= 0.0:
            value = (
                t("map.milliseconds", value=f"{latency:.0f}")
                if latency < _SLOW_MS
                else t("map.seconds", value=f"{latency / 1000:.1f}")
            )
            lines.append((t("map.p95", value=about + value), look.muted if latency < _SLOW_MS else look.warn))
        elif face.headline is not None:
            name, value = face.headline
            lines.append((t(f"map.headline.{name}", value=about + value), look.muted))
        return lines

    def _rate(self, value: str) -> str:
        """A rate with its unit, or without where the card is too narrow for it."""
        whole = self.ctx.i18n.t("map.rate", value=value)
        return whole if self.ctx.text.width(whole, self.still.layout.number_role) <= self._text_room else value

    @property
    def _text_room(self) -> int:
        layout = self.still.layout
        return layout.width - layout.text_x - layout.padding // 2

    def _work_lines(self, look: Look, face: Face) -> list[tuple[str, Rgb]]:
        t = self.ctx.i18n.t
        colour = look.error if face.state is NodeState.DOWN else look.accent
        left = (t("map.seconds", value=face.seconds), colour)
        state = (t(f"map.state.{face.state.value}"), colour)
        if not face.seconds:
            return [state]
        return [state, left] if self.still.layout.detail is Detail.FULL else [left]

    def _paint_meter(self, look: Look, share: float, bar: pygame.Rect) -> None:
        pygame.draw.rect(self.surface, look.line, bar)
        pygame.draw.rect(self.surface, look.accent, (bar.left, bar.top, round(bar.width * share), bar.height))

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

    def _area(self, left: int, top: int) -> pygame.Rect:
        """All that belongs to a card: itself, its glow and its badges."""
        layout, margin = self.still.layout, self.still.layout.margin
        return pygame.Rect(left - margin, top - margin, layout.width + 2 * margin, layout.height + 2 * margin)


def _around(face: Face) -> object:
    """What reaches over the card's edge: when it changes, the ground around the card is laid anew."""
    return (face.heat, face.locked, face.badge, face.marks, face.instances, face.host)


def _colour(look: Look, tone: Tone) -> Rgb:
    colour: Rgb = getattr(look, tone.value)
    return colour


def _short(value: float) -> str:
    """A rate in at most four signs."""
    if value >= 1000.0:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 1.0 or value == 0.0 else f"{value:.1f}"
