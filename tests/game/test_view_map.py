"""The map on a real simulation: what is painted when, what is drawn, what the pointer and the keys do to the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import pygame
import pytest

from engine.commands import (
    Accepted,
    Answer,
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    RefusalCode,
    Refused,
    Restart,
    Sell,
    StartOperation,
)
from engine.simulation import Simulation
from engine.spec import CurvePoint, GoalSpec, StageSpec, StartNode, StartWire
from engine.view import Phase
from engine.worldview import WorldView
from game.context import Context, make_context
from game.storage import FileStorage
from game.view.geometry import cell_centre
from game.view.map import MapView
from stages.load import load_stage

Point = tuple[float, float]

FRAME_S = 1 / 60
VIEW = pygame.Rect(0, 0, 760, 440)


class PlainSession:
    """A simulation that runs at a speed."""

    def __init__(self, stage: StageSpec, seed: int = 3) -> None:
        self.sim = Simulation(stage, seed)
        self.speed = 1
        self.commands: list[Command] = []
        self._owed_s = 0.0

    @property
    def view(self) -> WorldView:
        return self.sim.view

    @property
    def rate(self) -> float:
        return self.speed if self.view.phase is Phase.OPERATION else 0

    def check(self, command: Command) -> Answer:
        return self.sim.check(command)

    def apply(self, command: Command) -> Answer:
        self.commands.append(command)
        return self.sim.apply(command)

    def advance(self, dt_s: float) -> None:
        self._owed_s += dt_s * self.rate
        while self._owed_s >= self.sim.dt_s:
            self._owed_s -= self.sim.dt_s
            self.sim.step()


def small_stage(rps: float = 30.0, budget: float = 1000.0) -> StageSpec:
    """Internet, a balancer, two servers and a database, under steady traffic that cannot lose the run."""
    first = load_stage("hello_world")
    places = {"internet": (1, 2), "load_balancer": (2, 2), "vm_basic": (4, 1), "sql_master": (6, 2)}
    nodes = [StartNode(key=kind, kind=kind, x=x, y=y) for kind, (x, y) in places.items()]
    nodes.append(StartNode(key="second", kind="vm_basic", x=4, y=3))
    pairs = [("internet", "load_balancer"), ("load_balancer", "vm_basic"), ("load_balancer", "second")]
    pairs += [("vm_basic", "sql_master"), ("second", "sql_master")]
    return replace(
        first,
        nodes=tuple(nodes),
        wires=tuple(StartWire(source=source, target=target) for source, target in pairs),
        traffic=replace(first.traffic, users=None, curve=(CurvePoint(at_s=0.0, rps=rps),)),
        events=(),
        budget=budget,
        goal=GoalSpec(error_threshold=0.999, gauge_fill_s=1000.0),
    )


def context(folder: Path, language: str = "en", size: tuple[int, int] = (1280, 720)) -> Context:
    """A silent context for a window of a size."""
    pygame.init()
    pygame.display.set_mode(size)
    return make_context(size, FileStorage(folder), language, silent=True)


def node_of(session: PlainSession, kind: str) -> int:
    """The first node of a kind."""
    return next(node.id for node in session.view.nodes if node.kind == kind)


def run(view: MapView, session: PlainSession, surface: pygame.Surface, seconds: float) -> None:
    """Let the map and the simulation run, frame by frame."""
    for _ in range(round(seconds / FRAME_S)):
        session.advance(FRAME_S)
        view.update(FRAME_S)
        view.draw(surface)


def pointer(kind: int, pos: tuple[float, float], button: int = 1, touch: bool = False) -> pygame.event.Event:
    """An event of the mouse."""
    return pygame.event.Event(kind, pos=pos, button=button, rel=(0, 0), buttons=(0, 0, 0), touch=touch)


class Screen:
    """A map, its session and the surface it is drawn on."""

    def __init__(self, ctx: Context, session: PlainSession) -> None:
        self.ctx = ctx
        self.session = session
        self.surface = pygame.Surface(VIEW.size)
        self.map = MapView(ctx, session, session.sim.stage)
        self.map.layout(VIEW)
        self.frame()

    def frame(self) -> None:
        self.map.update(FRAME_S)
        self.map.draw(self.surface)

    def move(self, pos: Point) -> None:
        self.map.handle(pointer(pygame.MOUSEMOTION, pos))

    def press(self, pos: Point, button: int = 1) -> None:
        self.map.handle(pointer(pygame.MOUSEBUTTONDOWN, pos, button))

    def release(self, pos: Point, button: int = 1) -> None:
        self.map.handle(pointer(pygame.MOUSEBUTTONUP, pos, button))

    def click(self, pos: Point, button: int = 1) -> None:
        self.move(pos)
        self.press(pos, button)
        self.release(pos, button)

    def key(self, key: int, mod: int = 0) -> bool:
        return self.map.handle(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=""))

    def centre(self, kind: str) -> Point:
        pos = self.map.screen_pos(node_of(self.session, kind))
        assert pos is not None
        return pos

    def cell_pos(self, cell: tuple[int, int]) -> Point:
        return self.map.camera.to_screen(cell_centre(cell))


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    yield context(tmp_path_factory.mktemp("storage"))
    pygame.quit()


@pytest.fixture
def screen(ctx: Context) -> Screen:
    ctx.settings.reduced_motion = False
    ctx.settings.effects = "full"
    return Screen(ctx, PlainSession(small_stage()))


def start(screen: Screen, seconds: float = 1.0) -> None:
    assert isinstance(screen.session.apply(StartOperation()), Accepted)
    run(screen.map, screen.session, screen.surface, seconds)


# -- what is painted when --------------------------------------------------------------------------------------------


def test_the_still_layer_is_painted_once_while_nothing_changes(screen: Screen) -> None:
    start(screen, 0.1)
    before = screen.map.still.rebuilds
    run(screen.map, screen.session, screen.surface, 3.0)
    assert screen.map.still.rebuilds == before
    assert screen.map.session.view.done_rps > 1.0


def test_a_small_move_of_the_camera_repaints_nothing_and_a_large_one_once(screen: Screen) -> None:
    before = screen.map.still.rebuilds
    for _ in range(10):
        screen.map.camera.pan_pixels(-4, 2)
        screen.frame()
    assert screen.map.still.rebuilds == before
    screen.map.camera.pan_pixels(-90, 0)
    screen.frame()
    assert screen.map.still.rebuilds == before + 1


def test_a_zoom_paints_again_only_when_it_has_arrived(screen: Screen) -> None:
    before = screen.map.still.rebuilds
    screen.map.camera.zoom_step(1)
    for _ in range(5):
        screen.frame()
    assert screen.map.camera.zooming
    assert screen.map.still.rebuilds == before
    for _ in range(60):
        screen.frame()
    assert screen.map.still.rebuilds == before + 1


def test_a_changed_topology_is_painted_once(screen: Screen) -> None:
    before = screen.map.still.rebuilds
    screen.session.apply(Build("vm_basic", 6, 4))
    for _ in range(5):
        screen.frame()
    assert screen.map.still.rebuilds == before + 1


def test_cards_are_patched_at_most_ten_times_a_second(screen: Screen) -> None:
    start(screen, 1.0)
    before = screen.map.live.patches
    run(screen.map, screen.session, screen.surface, 2.0)
    patches = screen.map.live.patches - before
    assert 0 < patches <= 2.0 * 10 * len(screen.session.view.node_ids) + 5


def test_cards_that_do_not_change_are_not_patched(screen: Screen) -> None:
    before = screen.map.live.patches
    run(screen.map, screen.session, screen.surface, 1.0)
    assert screen.map.live.patches == before


def test_everything_in_the_air_is_drawn_in_one_call(screen: Screen) -> None:
    start(screen, 1.0)
    assert screen.map.traffic.packets.count > 5
    before = screen.map.traffic.draw_calls
    screen.frame()
    assert screen.map.traffic.draw_calls == before + 1


def test_packets_stand_still_while_time_does(screen: Screen) -> None:
    start(screen, 1.0)
    screen.session.speed = 0
    screen.frame()
    before = screen.map.traffic.packets.flights().positions
    for _ in range(30):
        screen.frame()
    assert (screen.map.traffic.packets.flights().positions == before).all()


def test_packets_are_drawn_in_the_colour_of_their_sub_item(screen: Screen) -> None:
    screen.map.draw(screen.surface)
    colours = screen.ctx.theme.palette
    start(screen, 2.0)
    found = pygame.mask.from_threshold(screen.surface, colours.read, (1, 1, 1, 255)).count()
    corners = 200
    assert found > corners


def test_reduced_motion_has_no_particles(ctx: Context) -> None:
    ctx.settings.reduced_motion = True
    screen = Screen(ctx, PlainSession(small_stage(rps=300.0)))
    start(screen, 6.0)
    assert any(node.overloaded for node in screen.session.view.nodes)
    assert len(screen.map.traffic.smoke.puffs()[1]) == 0
    assert screen.map.traffic.bursts.shown_so_far == 0
    ctx.settings.reduced_motion = False


def test_overload_shows_smoke_bursts_and_a_badge(screen: Screen) -> None:
    screen = Screen(screen.ctx, PlainSession(small_stage(rps=300.0)))
    start(screen, 6.0)
    assert len(screen.map.traffic.smoke.puffs()[1]) > 0
    assert screen.map.traffic.bursts.shown_so_far > 0
    error = pygame.mask.from_threshold(screen.surface, screen.ctx.theme.palette.error, (1, 1, 1, 255)).count()
    assert error > 300


def test_low_effects_have_no_smoke(screen: Screen) -> None:
    screen.ctx.settings.effects = "low"
    screen = Screen(screen.ctx, PlainSession(small_stage(rps=300.0)))
    start(screen, 6.0)
    assert len(screen.map.traffic.smoke.puffs()[1]) == 0


def test_nothing_is_drawn_outside_the_maps_place(ctx: Context) -> None:
    session = PlainSession(small_stage())
    surface = pygame.Surface((900, 600))
    surface.fill((1, 2, 3))
    view = MapView(ctx, session, session.sim.stage)
    view.layout(pygame.Rect(100, 80, 600, 400))
    run(view, session, surface, 0.2)
    assert surface.get_at((99, 200))[:3] == (1, 2, 3)
    assert surface.get_at((300, 79))[:3] == (1, 2, 3)
    assert surface.get_at((700, 200))[:3] == (1, 2, 3)
    assert surface.get_at((101, 81))[:3] != (1, 2, 3)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("steps", [-6, -2, 0, 2, 5])
def test_every_zoom_and_language_can_be_drawn(ctx: Context, language: str, steps: int) -> None:
    ctx.settings.language = language
    ctx.rebuild((1280, 720))
    screen = Screen(ctx, PlainSession(small_stage()))
    screen.map.camera.instant = True
    screen.map.camera.zoom_step(steps)
    screen.frame()
    ctx.settings.language = "en"
    ctx.rebuild((1280, 720))


# -- acts ------------------------------------------------------------------------------------------------------------


def test_a_node_is_bought_by_a_click(screen: Screen) -> None:
    screen.map.arm_build("vm_basic")
    assert screen.map.armed == "vm_basic"
    screen.click(screen.cell_pos((3, 3)))
    assert screen.session.commands == [Build("vm_basic", 3, 3, "")]
    assert screen.map.armed is None
    assert len(screen.map.selection) == 1


def test_a_refusal_is_shown_at_the_place_of_the_act(screen: Screen) -> None:
    screen.map.arm_build("vm_basic")
    screen.click(screen.centre("sql_master"))
    assert [bubble.cell for bubble in screen.map.overlay.bubbles] == [(6, 2)]
    assert screen.map.overlay.bubbles[0].text
    for _ in range(600):
        screen.map.update(FRAME_S)
    assert screen.map.overlay.bubbles == []


def test_a_refusal_from_elsewhere_is_shown_at_its_node(screen: Screen) -> None:
    screen.map.show_refusal(
        Refused(RefusalCode.NOT_SELLABLE, {"kind": "internet"}), node_of(screen.session, "internet")
    )
    assert [bubble.cell for bubble in screen.map.overlay.bubbles] == [(1, 2)]


def test_a_wire_is_drawn_from_a_port_in_either_direction(screen: Screen) -> None:
    new = screen.session.apply(Build("vm_basic", 5, 4))
    assert isinstance(new, Accepted)
    screen.frame()
    database = screen.map.node_rect(node_of(screen.session, "sql_master"))
    target = screen.map.screen_pos(new.node)
    assert database is not None
    assert target is not None
    screen.move(database.center)
    screen.press(database.midleft)
    screen.move((database.left - 40, database.centery))
    screen.move(target)
    screen.frame()
    screen.release(target)
    assert screen.session.commands[-1] == Connect(new.node, node_of(screen.session, "sql_master"))


def test_a_wire_is_selected_and_cut(screen: Screen) -> None:
    route = (node_of(screen.session, "internet"), node_of(screen.session, "load_balancer"))
    x, y = screen.map.board.curves[route][16].tolist()
    screen.click(screen.map.camera.to_screen((x, y)))
    assert screen.map.hand.wire == route
    screen.frame()
    assert screen.key(pygame.K_DELETE)
    assert screen.session.commands == [Disconnect(*route)]
    screen.frame()
    assert route not in screen.map.board.curves


def test_selling_in_operation_needs_a_second_word(screen: Screen) -> None:
    start(screen, 0.2)
    screen.map.select([node_of(screen.session, "vm_basic")])
    screen.key(pygame.K_DELETE)
    screen.frame()
    assert not any(isinstance(command, Sell) for command in screen.session.commands)
    screen.key(pygame.K_DELETE)
    assert isinstance(screen.session.commands[-1], Sell)
    screen.frame()
    assert screen.map.selection == set()


def test_copy_and_paste_make_clones(screen: Screen) -> None:
    node = node_of(screen.session, "vm_basic")
    screen.click(screen.centre("vm_basic"))
    assert screen.key(pygame.K_c, pygame.KMOD_CTRL)
    assert screen.key(pygame.K_v, pygame.KMOD_CTRL)
    assert screen.map.armed == "clone"
    screen.click(screen.cell_pos((5, 3)))
    assert screen.session.commands == [Clone(node, 5, 3)]


def test_escape_is_for_the_map_only_while_there_is_something_to_give_up(screen: Screen) -> None:
    assert not screen.key(pygame.K_ESCAPE)
    screen.map.arm_wire()
    assert screen.key(pygame.K_ESCAPE)
    assert screen.map.armed is None


def test_commands_go_through_the_callback(ctx: Context) -> None:
    session = PlainSession(small_stage())
    heard: list[object] = []

    def listen(command: object) -> Accepted:
        heard.append(command)
        return Accepted()

    view = MapView(ctx, session, session.sim.stage, on_command=listen)
    view.layout(VIEW)
    view.select([node_of(session, "vm_basic")])
    view.delete()
    assert heard == [Sell(node_of(session, "vm_basic"))]
    assert session.commands == []


def test_a_drag_of_the_right_button_moves_the_map(screen: Screen) -> None:
    before = screen.map.camera.centre
    screen.press((400, 400), 3)
    screen.move((430, 400))
    screen.release((430, 400), 3)
    assert screen.map.camera.centre[0] < before[0]


def test_keys_glide_and_zoom(screen: Screen) -> None:
    before = screen.map.camera.centre
    screen.key(pygame.K_d)
    screen.frame()
    screen.map.handle(pygame.event.Event(pygame.KEYUP, key=pygame.K_d, mod=0))
    moved = screen.map.camera.centre
    screen.frame()
    assert moved[0] > before[0]
    assert screen.map.camera.centre == moved
    screen.key(pygame.K_PLUS)
    assert screen.map.camera.zooming


def test_the_wheel_zooms_at_the_pointer(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=1)
    monkeypatch.setattr(pygame.mouse, "get_pos", lambda: (900, 300))
    assert not screen.map.handle(wheel)
    monkeypatch.setattr(pygame.mouse, "get_pos", lambda: (200, 300))
    under = screen.map.camera.to_world((200, 300))
    assert screen.map.handle(wheel)
    screen.frame()
    assert screen.map.camera.to_world((200, 300)) == pytest.approx(under, abs=0.6)


def test_a_finger_moves_the_map_and_a_long_press_cancels(screen: Screen) -> None:
    before = screen.map.camera.centre
    screen.map.handle(pointer(pygame.MOUSEBUTTONDOWN, (400, 400), touch=True))
    screen.move((440, 400))
    screen.release((440, 400))
    assert screen.map.camera.centre[0] < before[0]
    screen.map.arm_build("vm_basic")
    place = screen.cell_pos((3, 3))
    screen.map.handle(pointer(pygame.MOUSEBUTTONDOWN, place, touch=True))
    screen.map.handle(pointer(pygame.MOUSEBUTTONUP, (-1, -1), touch=True))
    screen.click(place, 3)
    assert screen.map.armed is None
    assert screen.session.commands == []


def test_a_node_under_work_shows_its_progress(screen: Screen) -> None:
    start(screen, 0.1)
    node = node_of(screen.session, "vm_basic")
    before = screen.map.still.rebuilds
    assert isinstance(screen.session.apply(Restart(node)), Accepted)
    run(screen.map, screen.session, screen.surface, 0.3)
    assert screen.map.still.rebuilds == before + 1
    rect = screen.map.node_rect(node)
    assert rect is not None
    card = screen.surface.subsurface(rect)
    accent = pygame.mask.from_threshold(card, screen.ctx.theme.palette.accent, (1, 1, 1, 255)).count()
    assert accent > 10
    text = screen.map.tooltip_at(rect.center)
    assert text is not None
    assert "{" not in text


def test_the_zoom_buttons_work(screen: Screen) -> None:
    box = screen.map.corners.button_box
    screen.click((box.centerx, box.top + 4))
    assert screen.map.camera.zooming
    assert screen.map.selection == set()


def test_events_beside_the_map_are_not_for_it(screen: Screen) -> None:
    assert not screen.map.handle(pointer(pygame.MOUSEBUTTONDOWN, (900, 300)))
    assert not screen.map.handle(pointer(pygame.MOUSEBUTTONUP, (900, 300)))


# -- what the rest of the screen asks --------------------------------------------------------------------------------


def test_focus_selects_and_glides(screen: Screen) -> None:
    node = node_of(screen.session, "sql_master")
    screen.map.focus_node(node)
    for _ in range(120):
        screen.frame()
    assert screen.map.selection == {node}
    assert screen.map.hit_test(screen.centre("sql_master")) == node
    screen.map.focus_node(9999)
    assert screen.map.selection == {node}
    assert screen.map.screen_pos(9999) is None
    assert screen.map.node_rect(9999) is None


def test_the_tooltip_tells_name_and_numbers(screen: Screen) -> None:
    start(screen, 2.0)
    text = screen.map.tooltip_at(screen.centre("vm_basic"))
    assert text is not None
    assert screen.ctx.i18n.t("node.vm_basic.name") in text
    assert "{" not in text
    assert screen.map.tooltip_at((1, 1)) is None
    screen.map.arm_wire()
    assert screen.map.tooltip_at(screen.centre("vm_basic")) is None


def test_everything_built_is_seen_at_first(screen: Screen) -> None:
    for node in screen.session.view.node_ids:
        rect = screen.map.node_rect(node)
        assert rect is not None
        assert VIEW.contains(rect)
