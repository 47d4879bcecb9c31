"""What lies over the cards for a moment: outlines, ports, the wire in the hand, the selection box, bubbles."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import pygame

from engine.commands import Accepted, Answer, Refused
from engine.view import NodeView
from game.view import cards
from game.view.camera import Point
from game.view.geometry import CARD_HEIGHT, CARD_WIDTH, Cell, FloatArray, Side, cell_centre, curve, port, sides
from game.view.ghosts import GhostPainter
from game.view.interaction import Interaction
from game.view.layout import Detail
from game.view.look import Look
from game.view.modes import Boxing, Cloning, ConfirmingSale, Dragging, Ghost, Idle, Placing, Wiring
from game.view.refusals import refusal_text
from game.view.shapes import Canvas, Rgb, circle, filled, mix, pixel_grid, stroked
from game.view.signs import Frame, Signs
from game.view.still import draw_wire, wire_weight

BUBBLE_S = 3.2
_FEW = 3
_BUBBLE_S_PER_LETTER = 0.03


@dataclass(frozen=True, slots=True)
class Bubble:
    """A reason shown at a cell until a moment of the overlay's clock."""

    text: str
    cell: Cell
    until_s: float


class Overlay:
    """Draws what the hand does. Of its own it has only the bubbles that are still to be read."""

    def __init__(self, signs: Signs, icons: Mapping[str, str]) -> None:
        self.signs = signs
        self.ghosts = GhostPainter(signs, icons)
        self.bubbles: list[Bubble] = []
        self._clock = 0.0

    def say(self, text: str, cell: Cell) -> None:
        """Show a reason at a cell, in place of any other there."""
        self.bubbles = [bubble for bubble in self.bubbles if bubble.cell != cell and bubble.text != text]
        self.bubbles.append(Bubble(text, cell, self._clock + BUBBLE_S + _BUBBLE_S_PER_LETTER * len(text)))

    def update(self, dt_s: float) -> None:
        """Let bubbles go."""
        self._clock += dt_s
        self.bubbles = [bubble for bubble in self.bubbles if bubble.until_s > self._clock]

    def draw_wires(self, frame: Frame, hand: Interaction) -> None:
        """Light up the wires of what is hovered or selected; goes under the packets."""
        look = frame.look
        hovered = hand.mode.hit.wire if isinstance(hand.mode, Idle) else None
        if hand.wire is None and hovered is None and not hand.selection:
            return
        for route, points in frame.curves.items():
            if route == hand.wire:
                self._wire(frame, points, look.accent, 1.5)
            elif route == hovered:
                self._wire(frame, points, look.wire_bright, 1.3)
            elif self._concerns(route, hand.selection):
                self._wire(frame, points, mix(look.wire, look.accent, 0.55), 1.1)

    def _concerns(self, route: tuple[int, int], selection: Set[int]) -> bool:
        """Whether a wire is lit for a selection: those of a few nodes, and those inside a larger group."""
        ends = (route[0] in selection) + (route[1] in selection)
        return ends == 2 or (ends == 1 and len(selection) <= _FEW)

    def draw(self, frame: Frame, hand: Interaction) -> None:
        """Draw everything else; goes over the packets."""
        look = frame.look
        hovered = hand.mode.hit.node if isinstance(hand.mode, Idle) else None
        for node in hand.selection & frame.nodes.keys():
            self.signs.outline(frame, frame.nodes[node], look.accent, 2.0, 0.3)
        if hovered is not None and hovered in frame.nodes:
            self._hover(frame, frame.nodes[hovered], hovered in hand.selection)
        if isinstance(hand.mode, Idle):
            only = set(hand.selection) if len(hand.selection) == 1 else set()
            for view in frame.nodes.values():
                if view.id == hovered or view.id in only:
                    self._ports(frame, view)
        if hand.wire is not None and hand.wire in frame.curves:
            self._scissors(frame, frame.curves[hand.wire])
        self._act(frame, hand)
        for bubble in self.bubbles:
            self.signs.bubble(frame, bubble.text, bubble.cell, look.error, "alert")

    def scissors_centre(self, points: FloatArray) -> Point:
        """Where the button that cuts a wire is, in pixels."""
        middle = points[len(points) // 2]
        return self.signs.camera.to_screen((float(middle[0]), float(middle[1])))

    def _act(self, frame: Frame, hand: Interaction) -> None:
        match hand.mode:
            case Boxing(start, now):
                self._box(frame, start, now)
            case Dragging(_, _, ghosts) | Cloning(_, ghosts):
                self.ghosts.draw(frame, ghosts)
            case Placing(ghost=Ghost() as ghost):
                self.ghosts.draw(frame, (ghost,))
            case Wiring() as wiring:
                self._wiring(frame, wiring)
            case ConfirmingSale(sold, refund):
                self._sale(frame, sold, refund)

    def _hover(self, frame: Frame, node: NodeView, selected: bool) -> None:
        if not selected:
            self.signs.outline(frame, node, frame.look.muted, 1.2)
        if frame.layout.detail is Detail.MINI:
            name = self.signs.ctx.i18n.t(f"node.{node.kind}.name")
            self.signs.chip(frame, name, (node.x, node.y), frame.look.border)

    def _wire(self, frame: Frame, points: FloatArray, colour: Rgb, factor: float) -> None:
        camera = self.signs.camera
        weight = wire_weight(camera.scale, camera.pixels_per_unit) * factor
        on_screen = (points - np.array(camera.centre)) * camera.scale + np.array(camera.viewport.center)
        draw_wire(frame.surface, on_screen, colour, weight)

    def _ports(self, frame: Frame, node: NodeView) -> None:
        sprite = self.signs.sprites.get("port handle", lambda: self._port_handle(frame.look))
        for side in Side:
            x, y = self.signs.camera.to_screen(port((node.x, node.y), side))
            frame.surface.blit(sprite, sprite.get_rect(center=(round(x), round(y))))

    def _port_handle(self, look: Look) -> pygame.Surface:
        scale = self.signs.ctx.theme.scale
        canvas = Canvas(round(18 * scale), round(18 * scale))
        xs, ys = pixel_grid(canvas.width, canvas.height)
        canvas.lay(look.background, filled(circle(xs, ys, 7.5 * scale)))
        canvas.lay(look.accent, stroked(circle(xs, ys, 6.5 * scale), 1.8 * scale))
        canvas.lay(look.accent, filled(circle(xs, ys, 2.6 * scale)))
        return canvas.alpha_surface()

    def _scissors(self, frame: Frame, points: FloatArray) -> None:
        ctx, look = self.signs.ctx, frame.look

        def make() -> pygame.Surface:
            size = round(26 * ctx.theme.scale)
            base = cards.pill(size, size, look.panel, look.error, look.background).copy()
            icon = ctx.icons.get("unwire", 16, look.error, look.panel)
            base.blit(icon, icon.get_rect(center=base.get_rect().center))
            return base

        sprite = self.signs.sprites.get("scissors", make)
        x, y = self.scissors_centre(points)
        frame.surface.blit(sprite, sprite.get_rect(center=(round(x), round(y))))

    def _box(self, frame: Frame, start: Point, now: Point) -> None:
        left, top = min(start[0], now[0]), min(start[1], now[1])
        box = (left, top, abs(now[0] - start[0]), abs(now[1] - start[1]))
        width = max(1, round(1.5 * self.signs.ctx.theme.scale))
        pygame.draw.rect(frame.surface, frame.look.accent, box, width, border_radius=3)

    def _wiring(self, frame: Frame, wiring: Wiring) -> None:
        look = frame.look
        source = frame.nodes.get(wiring.source) if wiring.source is not None else None
        if source is None:
            for view in frame.nodes.values():
                self.signs.outline(frame, view, look.accent, 1.2)
            return
        for node, (_, reply) in wiring.answers.items():
            if isinstance(reply, Accepted) and node in frame.nodes and node != wiring.target:
                self.signs.outline(frame, frame.nodes[node], look.ok)
        self.signs.outline(frame, source, look.accent, 2.0, 0.3)
        target = frame.nodes.get(wiring.target) if wiring.target is not None else None
        if target is None:
            self._wire(frame, self._loose_end(source, wiring.pos), look.accent, 1.4)
            return
        judged = wiring.answers.get(target.id)
        answer = judged[1] if judged is not None else None
        colour = look.ok if isinstance(answer, Accepted) else look.error
        leave, enter = sides((source.x, source.y), (target.x, target.y))
        start, end = port((source.x, source.y), leave), port((target.x, target.y), enter)
        self._wire(frame, curve(start, leave, end, enter), colour, 1.4)
        self.signs.outline(frame, target, colour, 2.0, 0.3)
        self._judgement(frame, target, answer)

    def _loose_end(self, source: NodeView, pos: Point) -> FloatArray:
        end = self.signs.camera.to_world(pos)
        centre = cell_centre((source.x, source.y))
        dx, dy = end[0] - centre[0], end[1] - centre[1]
        if abs(dx) >= CARD_WIDTH / 2 or abs(dx) * CARD_HEIGHT >= abs(dy) * CARD_WIDTH:
            leave, enter = (Side.RIGHT, Side.LEFT) if dx >= 0 else (Side.LEFT, Side.RIGHT)
        else:
            leave, enter = (Side.BOTTOM, Side.TOP) if dy >= 0 else (Side.TOP, Side.BOTTOM)
        return curve(port((source.x, source.y), leave), leave, end, enter)

    def _judgement(self, frame: Frame, target: NodeView, answer: Answer | None) -> None:
        cell = (target.x, target.y)
        if isinstance(answer, Refused):
            self.signs.bubble(frame, refusal_text(self.signs.ctx.i18n, answer), cell, frame.look.error, "alert")
        elif answer is not None and answer.cost:
            self.signs.chip(frame, self.signs.money(-answer.cost), cell, frame.look.ok)

    def _sale(self, frame: Frame, sold: tuple[int, ...], refund: float) -> None:
        there = [frame.nodes[node] for node in sold if node in frame.nodes]
        for node in there:
            self.signs.outline(frame, node, frame.look.warn, 2.0, 0.3)
        if there:
            hotkey = self.signs.ctx.keymap.label("sell")
            text = self.signs.ctx.i18n.t("map.confirm_sale", refund=self.signs.money(refund), hotkey=hotkey)
            self.signs.bubble(frame, text, (there[0].x, there[0].y), frame.look.warn, "sell")
