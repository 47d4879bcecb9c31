"""Fingers, as real event sequences through the whole app: tap, drag, long press, pan and pinch."""

from __future__ import annotations

import math
from pathlib import Path

import pygame
import pytest

from engine.view import Phase
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.settings import SettingsScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.ui.button import Button
from game.ui.choice import Slider, Toggle
from game.ui.widget import Widget
from game.view.modes import Idle, Panning, Placing, Wiring
from tests.game.player import Player, Point


class Hand:
    """Fingers on the screen of a player."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def post(self, kind: int, at: Point, finger: int = 0, touch_id: int = 7) -> None:
        """A finger event, as SDL sends it."""
        width, height = self.player.app.surface.get_size()
        pygame.event.post(
            pygame.event.Event(kind, touch_id=touch_id, finger_id=finger, x=at[0] / width, y=at[1] / height)
        )

    def down(self, at: Point, finger: int = 0) -> None:
        self.post(pygame.FINGERDOWN, at, finger)
        self.player.frames()

    def move(self, at: Point, finger: int = 0) -> None:
        self.post(pygame.FINGERMOTION, at, finger)
        self.player.frames()

    def move_pair(self, one: Point, other: Point) -> None:
        """Both fingers 1 and 2 move between two frames."""
        self.post(pygame.FINGERMOTION, one, 1)
        self.post(pygame.FINGERMOTION, other, 2)
        self.player.frames()

    def up(self, at: Point, finger: int = 0) -> None:
        self.post(pygame.FINGERUP, at, finger)
        self.player.frames()

    def tap(self, at: Point | Widget, made_up: str = "by the system") -> None:
        """Touch and lift; afterwards the system or the page repeats it as a mouse, whose events may not say so."""
        pos = at.rect.center if isinstance(at, Widget) else at
        self.down(pos)
        self.up(pos)
        if made_up:
            touch = made_up == "by the system"
            motion = pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(1, 1), buttons=(0, 0, 0), touch=touch)
            pygame.event.post(motion)
            for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
                pygame.event.post(pygame.event.Event(kind, pos=pos, button=1, touch=touch))
            self.player.frames()

    def drag(self, start: Point, end: Point, lift: bool = True) -> None:
        self.down(start)
        for share in (0.1, 0.4, 0.7, 1.0):
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            self.move((x, y))
        if lift:
            self.up(end)

    def rest(self, at: Point, seconds: float = 0.8) -> None:
        """Touch and hold."""
        self.down(at)
        self.player.frames(math.ceil(seconds * 40))


@pytest.fixture
def player(tmp_path: Path) -> Player:
    return Player(tmp_path)


@pytest.fixture
def hand(player: Player) -> Hand:
    return Hand(player)


def shown(root: Widget, text: str) -> Button:
    return next(w for w in root.walk() if isinstance(w, Button) and w.text == text)


def moved(play: PlayScene) -> Point:
    x, y = play.map.camera.to_screen((0.0, 0.0))
    return round(x), round(y)


def empty(player: Player) -> Point:
    """A place of the map where nothing is."""
    return player.place((6, 5))


def settings_page(player: Player, page: str) -> SettingsScene:
    scene = SettingsScene(player.app.ctx, TitleScene)
    scene.page = page
    player.app.scene.next_scene = scene
    player.frames()
    return scene


def test_from_the_title_to_operation_by_taps_alone(player: Player, hand: Hand) -> None:
    hand.tap(shown(player.scene(TitleScene).root, player.t("title.play")))
    hand.tap(player.scene(StageSelectScene).cards[0])
    hand.tap(shown(player.scene(BriefingScene).root, player.t("briefing.setup")))
    play = player.scene(PlayScene)
    player.frames(6)
    hand.tap(shown(play.dashboard.tutorial, player.t("play.tutorial.skip")))
    player.frames(6)
    internet, web, database = play.session.view.node_ids
    card = play.dashboard.shop.card("load_balancer")
    assert card is not None
    hand.tap(card)
    assert play.map.armed == "load_balancer"
    hand.tap(player.place((4, 3)))
    balancer = play.session.view.node_ids[-1]
    assert balancer not in (internet, web, database)
    hand.tap(play.dashboard.shop.wire)
    hand.tap(player.card(balancer).center)
    hand.tap(player.card(web).center)
    hand.tap(play.dashboard.shop.wire)
    hand.drag(player.card(internet).center, player.card(balancer).center)
    wires = {(wire.source, wire.target) for wire in play.session.view.wires}
    assert {(balancer, web), (internet, balancer)} <= wires
    hand.tap(play.dashboard.shop.start)
    assert play.session.phase is Phase.OPERATION


@pytest.mark.parametrize("made_up", ["", "by the system", "by the page"])
def test_a_tap_is_handled_once(player: Player, hand: Hand, made_up: str) -> None:
    scene = settings_page(player, "access")
    toggle = next(w for w in scene.root.walk() if isinstance(w, Toggle))
    hand.tap(toggle, made_up)
    assert toggle.value and player.app.ctx.settings.reduced_motion


def test_a_mouse_works_again_after_a_touch(player: Player, hand: Hand) -> None:
    scene = settings_page(player, "access")
    toggle = next(w for w in scene.root.walk() if isinstance(w, Toggle))
    hand.tap(toggle)
    player.frames(30)
    player.click(toggle)
    assert not toggle.value


def test_a_finger_made_up_from_a_mouse_is_left_out(player: Player, hand: Hand) -> None:
    scene = settings_page(player, "access")
    toggle = next(w for w in scene.root.walk() if isinstance(w, Toggle))
    for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
        hand.post(kind, toggle.rect.center, touch_id=-1)
    player.frames()
    assert not toggle.value


def test_nothing_stays_lit_after_a_tap(player: Player, hand: Hand) -> None:
    scene = settings_page(player, "sound")
    tab = scene.tabs[0]
    hand.down(tab.rect.center)
    assert tab.hovered
    hand.up(tab.rect.center)
    assert not any(widget.hovered for widget in scene.root.walk())


def test_a_long_press_brings_the_tooltip_and_presses_nothing(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    card = play.dashboard.shop.card("load_balancer")
    assert card is not None
    before = player.app.surface.copy()
    hand.rest(card.rect.center)
    assert play.dashboard.tooltips.over is card
    area = pygame.Rect(card.rect.left, card.rect.top - 60, card.rect.width, 50)
    assert before.subsurface(area).get_buffer().raw != player.app.surface.subsurface(area).get_buffer().raw
    hand.up(card.rect.center)
    assert play.map.armed is None


def test_a_long_press_on_a_node_shows_its_numbers_and_selects_nothing(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    web = play.session.view.node_ids[1]
    hand.rest(player.card(web).center)
    assert play.map_tip._picture is not None
    hand.up(player.card(web).center)
    assert play.map.selection == set()


def test_a_finger_that_rests_first_can_still_drag(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    web = play.session.view.node_ids[1]
    start, end = player.card(web).center, player.place((5, 5))
    hand.rest(start)
    hand.move(end)
    hand.up(end)
    node = play.session.view.node(web)
    assert (node.x, node.y) == (5, 5)


def test_one_finger_moves_the_map_and_carries_a_node(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    web = play.session.view.node_ids[1]
    x, y = empty(player)
    before = moved(play)
    hand.drag((x, y), (x - 40, y - 24))
    assert moved(play) == (before[0] - 40, before[1] - 24)
    hand.drag(player.card(web).center, player.place((5, 5)))
    node = play.session.view.node(web)
    assert (node.x, node.y) == (5, 5)


def test_a_card_is_dragged_from_the_shop_to_the_map(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    card = play.dashboard.shop.card("load_balancer")
    assert card is not None
    hand.drag(card.rect.center, player.place((4, 3)), lift=False)
    assert isinstance(play.map.hand.mode, Placing) and play.map.hand.mode.ghost is not None
    hand.up(player.place((4, 3)))
    node = play.session.view.node(play.session.view.node_ids[-1])
    assert (node.kind, node.x, node.y) == ("load_balancer", 4, 3)


def test_a_wire_is_drawn_from_a_port_by_finger(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    _, web, _ = play.session.view.node_ids
    balancer = player.build("load_balancer", (4, 3))
    hand.drag(player.card(balancer).midright, player.card(web).center)
    assert (balancer, web) in {(wire.source, wire.target) for wire in play.session.view.wires}


def test_two_fingers_move_the_map_and_build_nothing(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    player.key("build_1")
    nodes = len(play.session.view.node_ids)
    x, y = empty(player)
    before, zoom = moved(play), play.map.camera.zoom
    hand.down((x, y), 1)
    hand.down((x + 80, y), 2)
    for step in range(1, 5):
        hand.move_pair((x - 8 * step, y - 6 * step), (x + 80 - 8 * step, y - 6 * step))
    assert isinstance(play.map.hand.mode, Panning)
    hand.up((x - 32, y - 24), 1)
    hand.move((x + 90, y + 40), 2)
    hand.up((x + 90, y + 40), 2)
    assert moved(play) == (before[0] - 32, before[1] - 24)
    assert play.map.camera.zoom == zoom, "fingers that keep their distance do not zoom"
    assert len(play.session.view.node_ids) == nodes, "the finger that is lifted last presses nothing"
    assert isinstance(play.map.hand.mode, Placing), "what is in the hand stays there"


@pytest.mark.parametrize("factor", [1.5, 0.7])
def test_a_pinch_zooms_by_as_much_around_its_middle(player: Player, hand: Hand, factor: float) -> None:
    play = player.go_to_setup()
    camera = play.map.camera
    x, y = play.map.rect.center
    spread = 100
    zoom, world = camera.zoom, camera.to_world((x, y))
    hand.down((x - spread, y), 1)
    hand.down((x + spread, y), 2)
    for step in range(1, 21):
        reach = round(spread * factor ** (step / 20))
        hand.move_pair((x - reach, y), (x + reach, y))
    assert camera.zooming, "the map is only stretched as long as the fingers move"
    assert camera.zoom / zoom == pytest.approx(factor, rel=0.1)
    at = camera.to_screen(world)
    assert math.dist(at, (x, y)) < 12
    hand.up((x, y), 1)
    hand.up((x, y), 2)
    player.frames(20)
    assert not camera.zooming
    assert isinstance(play.map.hand.mode, Idle)


def test_a_second_finger_gives_up_what_the_first_began(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    web = play.session.view.node_ids[1]
    place = (play.session.view.node(web).x, play.session.view.node(web).y)
    hand.drag(player.card(web).center, player.place((5, 5)), lift=False)
    hand.down(player.place((6, 5)), 1)
    hand.up(player.place((5, 5)), 0)
    hand.up(player.place((6, 5)), 1)
    node = play.session.view.node(web)
    assert (node.x, node.y) == place
    assert isinstance(play.map.hand.mode, Idle)


def test_three_fingers_do_no_harm(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    x, y = empty(player)
    for finger in range(3):
        hand.down((x + 30 * finger, y), finger)
    hand.down((x, y), 0)
    before = moved(play)
    hand.move((x, y - 60), 2)
    assert moved(play) == before
    for finger in (1, 2, 0, 5):
        hand.up((x, y), finger)
    hand.tap(player.card(play.session.view.node_ids[1]).center)
    assert play.map.selection == {play.session.view.node_ids[1]}


def test_a_panel_scrolls_by_finger_from_a_button_without_pressing_it(player: Player, hand: Hand) -> None:
    scene = settings_page(player, "keys")
    assert scene.scroll.reach > 0
    x, y = scene.rows[4][2].rect.center
    hand.drag((x, y), (x, y - 120))
    assert scene.scroll.offset == 120
    assert scene.waiting_for == ""
    hand.tap(scene.rows[6][2])
    assert scene.waiting_for, "a tap still presses"


def test_a_slider_follows_a_finger(player: Player, hand: Hand) -> None:
    scene = settings_page(player, "sound")
    slider = next(w for w in scene.root.walk() if isinstance(w, Slider))
    hand.drag(slider.rect.center, (slider.rect.right + 40, slider.rect.centery + 10))
    assert slider.value == 1.0 and player.app.ctx.settings.effects_volume == 1.0


@pytest.mark.parametrize("kind", [pygame.WINDOWFOCUSLOST, pygame.WINDOWHIDDEN, pygame.APP_WILLENTERBACKGROUND])
def test_fingers_are_forgotten_when_nobody_looks(player: Player, hand: Hand, kind: int) -> None:
    play = player.go_to_setup()
    player.key("start")
    player.frames(4)
    x, y = empty(player)
    hand.down((x, y), 1)
    hand.down((x + 60, y), 2)
    pygame.event.post(pygame.event.Event(kind))
    player.frames()
    assert play.session.paused
    assert isinstance(play.map.hand.mode, Idle)
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSGAINED))
    web = play.session.view.node_ids[1]
    hand.tap(player.card(web).center)
    assert play.map.selection == {web}


def test_a_mouse_button_held_while_the_focus_goes_is_let_go(player: Player) -> None:
    play = player.go_to_setup()
    web = play.session.view.node_ids[1]
    place = (play.session.view.node(web).x, play.session.view.node(web).y)
    start, end = player.card(web).center, player.place((5, 5))
    player.move(start)
    player.button(pygame.MOUSEBUTTONDOWN, start)
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=end, rel=(1, 1), buttons=(1, 0, 0)))
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    player.frames()
    assert isinstance(play.map.hand.mode, Idle)
    player.button(pygame.MOUSEBUTTONUP, end)
    node = play.session.view.node(web)
    assert (node.x, node.y) == place


def test_wiring_can_be_given_up_by_touch(player: Player, hand: Hand) -> None:
    play = player.go_to_setup()
    hand.tap(play.dashboard.shop.wire)
    assert isinstance(play.map.hand.mode, Wiring)
    hand.tap(play.dashboard.shop.wire)
    assert isinstance(play.map.hand.mode, Idle)
