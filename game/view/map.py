"""The topology map: the face of the game. It joins the camera, the painted layers, the traffic and the hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pygame

from engine.commands import Answer, Command, Refused
from engine.spec import StageSpec
from game.context import Context
from game.view.board import MapBoard, PlayedSession
from game.view.camera import Camera, Point
from game.view.cards import SpriteCache
from game.view.corner import Corners
from game.view.events import MapEvents
from game.view.geometry import CELL_HEIGHT, CELL_WIDTH, Cell, cell_centre
from game.view.interaction import Interaction
from game.view.layout import Detail
from game.view.live import LiveLayer
from game.view.look import Look
from game.view.modes import Cloning, Idle, Placing, Route, Wiring
from game.view.overlay import Overlay
from game.view.refusals import refusal_text
from game.view.signs import Frame, Signs
from game.view.still import StillLayer
from game.view.tips import node_tip
from game.view.traffic import Traffic

_REFRESH_S = 0.25


class MapView:
    """The map widget.

    session: the run being played (`PlayedSession`). on_command: passes a command on and returns the answer; without it
    commands go to `session.apply`. A refusal is shown at the place of the act. bare: only a picture, without legend and
    zoom buttons.
    """

    def __init__(
        self,
        ctx: Context,
        session: PlayedSession,
        stage: StageSpec,
        on_command: Callable[[Command], Answer] | None = None,
        *,
        bare: bool = False,
    ) -> None:
        self.ctx = ctx
        self.session = session
        self.stage = stage
        self.bare = bare
        self.rect = pygame.Rect(0, 0, 1, 1)
        self.camera = Camera(stage.width * CELL_WIDTH, stage.height * CELL_HEIGHT)
        self.board = MapBoard(session, stage, self.camera, on_command or session.apply, self._refused)
        self.hand = Interaction(self.board)
        self.sprites = SpriteCache()
        self.still = StillLayer(ctx, stage, self.sprites)
        self.live = LiveLayer(ctx, self.still, self.sprites)
        self.traffic = Traffic(session, self.camera)
        self.corners = Corners(ctx)
        icons = {kind.id: kind.icon for kind in stage.node_kinds}
        self.overlay = Overlay(Signs(ctx, self.camera, self.sprites), icons)
        self.events = MapEvents(ctx.keymap, self.camera, self.hand, None if bare else self.corners, self.fit)
        self._seen_version = -1
        self._since_refresh = 0.0
        self._laid_out = False
        self.board.refresh()

    # -- the widget --------------------------------------------------------------------------------------------------

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place on the screen, in physical pixels; call it again when the theme or the language changed."""
        self.rect = rect.copy()
        self.hand.slop = self.ctx.theme.px(6)
        self.camera.instant = self.ctx.settings.reduced_motion
        self.camera.set_viewport(rect, self.ctx.theme.scale)
        self.sprites.clear()
        self.still.invalidate()
        self.traffic.restyle()
        self.corners.layout(rect)
        if not self._laid_out:
            self._laid_out = True
            self.fit()
            self.camera.jump()

    def handle(self, event: pygame.event.Event) -> bool:
        """True when the event was for the map."""
        return self.events.handle(event)

    def update(self, dt_s: float) -> None:
        """Let `dt_s` real seconds pass."""
        self.events.update(dt_s)
        self.camera.update(dt_s)
        if self.session.view.topology_version != self.board.version:
            self.board.refresh()
        self._notice_changes()
        self.live.update(dt_s, self.board)
        self._since_refresh += dt_s
        if self._since_refresh >= _REFRESH_S:
            self._since_refresh = 0.0
            self.hand.refresh()
        self.traffic.calm = self.ctx.settings.reduced_motion
        self.traffic.plain = self.ctx.settings.low_effects
        self.traffic.update(dt_s, self.board)
        self.overlay.update(dt_s)

    def draw(self, surface: pygame.Surface) -> None:
        """Draw the map into its place."""
        before = surface.get_clip()
        surface.set_clip(self.rect)
        look = Look(self.ctx.theme.palette)
        self._draw_layers(surface)
        frame = Frame(surface, look, self.still.layout, self.board.by_id, self.board.curves, self.live.faces)
        if self.still.zones.zones:
            named = self.board.cells if self.still.layout.detail is Detail.MINI else frozenset()
            self.still.zones.paint_names(surface, look, self.camera, named)
        self.overlay.draw_wires(frame, self.hand)
        self.traffic.draw(surface, look, self.board)
        if not self.bare:
            self.corners.draw(surface)
        self.overlay.draw(frame, self.hand)
        surface.set_clip(before)

    # -- what the rest of the screen asks ----------------------------------------------------------------------------

    @property
    def selection(self) -> set[int]:
        """Numbers of the selected nodes."""
        return self.hand.selection

    @property
    def wire(self) -> Route | None:
        """The selected wire, from caller to called."""
        return self.hand.wire if self.hand.wire in self.board.curves else None

    @property
    def armed(self) -> str | None:
        """What is in the hand: a kind from the shop, "wire", "clone", or nothing."""
        match self.hand.mode:
            case Placing(kind):
                return kind
            case Wiring():
                return "wire"
            case Cloning():
                return "clone"
        return None

    def select(self, nodes: Iterable[int]) -> None:
        """Select exactly these nodes, one that was built just now among them."""
        self.board.refresh()
        self.hand.select(set(nodes) & self.board.by_id.keys())

    def select_wire(self, wire: Route) -> None:
        """Select a wire, and nothing else. A wire that is gone changes nothing."""
        if wire in self.board.curves:
            self.hand.select(())
            self.hand.wire = wire

    def focus_node(self, node: int) -> None:
        """Select a node and glide to it. A node that is gone changes nothing."""
        if node in self.board.by_id:
            self.hand.cancel()
            self.hand.select((node,))
            self.camera.look_at(cell_centre(self.board.node_cell(node)))

    def arm_build(self, kind: str, size: str = "") -> None:
        """Take a kind from the shop into the hand."""
        self.hand.arm_build(kind, size)

    def arm_wire(self) -> None:
        """Take the wire tool into the hand."""
        self.hand.arm_wire()

    def arm_clone(self) -> bool:
        """Take copies of the selection into the hand; False when nothing is selected."""
        return self.hand.arm_clone()

    def disarm(self) -> bool:
        """Give up the act under way, or the selection; False when there was neither."""
        return self.hand.cancel()

    def delete(self) -> bool:
        """Cut the selected wire or sell the selected nodes; False when nothing is selected."""
        return self.hand.delete()

    def copy(self) -> bool:
        """Remember the selection; False when nothing is selected."""
        return self.hand.copy()

    def paste(self) -> bool:
        """Take copies of what was remembered into the hand; False when there is nothing."""
        return self.hand.paste()

    def fit(self) -> None:
        """Glide until everything that is built can be seen."""
        self.camera.fit(self.board.content())

    @property
    def sees_all(self) -> bool:
        """Whether everything that is built can be seen."""
        left, top, right, bottom = self.board.content()
        return all(self.rect.collidepoint(self.camera.to_screen(corner)) for corner in ((left, top), (right, bottom)))

    def show_refusal(self, refused: Refused, node: int) -> None:
        """Show why something was refused, at a node. For acts that began elsewhere, such as in the inspector."""
        if node in self.board.by_id:
            self._refused(refused, self.board.node_cell(node))

    def screen_pos(self, node: int) -> tuple[int, int] | None:
        """The pixel in the middle of a node's card; None when the node is gone."""
        rect = self.node_rect(node)
        return None if rect is None else rect.center

    def node_rect(self, node: int) -> pygame.Rect | None:
        """The place of a node's card on the screen, which may lie outside the map; None when the node is gone."""
        if node not in self.board.by_id:
            return None
        rect = pygame.Rect(0, 0, self.still.layout.width, self.still.layout.height)
        x, y = self.camera.to_screen(cell_centre(self.board.node_cell(node)))
        rect.center = (round(x), round(y))
        return rect

    def hit_test(self, pos: Point) -> int | None:
        """The node under a pixel."""
        return self.board.hit(pos, self.hand.selection, self.hand.wire).node if self.rect.collidepoint(pos) else None

    def tooltip_at(self, pos: Point) -> str | None:
        """The numbers of the node under a pixel while nothing is in the hand."""
        node = self.hit_test(pos) if isinstance(self.hand.mode, Idle) else None
        if node is None:
            return None
        view = self.board.by_id[node]
        return node_tip(self.ctx.i18n, view, self.still.kind(view.kind))

    # -- inside ------------------------------------------------------------------------------------------------------

    def _refused(self, refused: Refused, cell: Cell) -> None:
        self.overlay.say(refusal_text(self.ctx.i18n, refused), cell)

    def _notice_changes(self) -> None:
        if self.board.version != self._seen_version:
            self._seen_version = self.board.version
            self.traffic.packets.set_routes(self.board.curves)
            self.hand.forget_missing()

    def _draw_layers(self, surface: pygame.Surface) -> None:
        camera = self.camera
        if camera.zooming and self.still.rebuilds:
            self._draw_stretched(surface)
            return
        if not self.still.covers(camera, self.board.version):
            self.board.refresh()
            board = self.board
            nodes = tuple(board.by_id.values())
            self.still.rebuild(camera, board.version, nodes, board.curves, board.reserved)
            self.live.reset(self.board)
        area = pygame.Rect(self.still.offset(camera), self.rect.size)
        surface.blit(self.live.surface, self.rect.topleft, area)

    def _draw_stretched(self, surface: pygame.Surface) -> None:
        """While the camera zooms, show the last painting at another size: painting anew each frame would be slow."""
        camera, layer = self.camera, self.live.surface
        factor = camera.scale / self.still.scale
        left, top = self.still.to_layer(camera.to_world(camera.viewport.topleft))
        wanted = pygame.Rect(left, top, self.rect.width / factor + 1, self.rect.height / factor + 1)
        seen = wanted.clip(layer.get_rect())
        surface.fill(Look(self.ctx.theme.palette).background, self.rect)
        if seen.width and seen.height:
            size = (round(seen.width * factor), round(seen.height * factor))
            at = (
                self.rect.left + round((seen.left - left) * factor),
                self.rect.top + round((seen.top - top) * factor),
            )
            surface.blit(pygame.transform.scale(layer.subsurface(seen), size), at)
