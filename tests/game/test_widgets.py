"""The widgets: focus, scrolling, tooltips, and keys that are given anew."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from game.keymap import Binding
from game.scenes.settings import SettingsScene
from game.scenes.title import TitleScene
from game.ui.button import Button
from game.ui.focus import FocusRing
from game.ui.scroll import Scroll
from game.ui.tooltip import DELAY_S, Tooltips
from game.ui.widget import Widget
from tests.game.player import Player

ROW = 40


def key(code: int, mod: int = 0) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="")


def motion(pos: tuple[int, int]) -> pygame.event.Event:
    return pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(1, 1), buttons=(0, 0, 0))


@pytest.fixture
def player(tmp_path: Path) -> Player:
    return Player(tmp_path)


@pytest.fixture
def pressed() -> list[int]:
    return []


@pytest.fixture
def listed(player: Player, pressed: list[int]) -> Scroll:
    """Ten buttons in a list that shows five, from (100, 100)."""
    ctx = player.app.ctx
    root = Widget(ctx)
    root.rect = pygame.Rect(0, 0, 1280, 720)
    scroll = root.add(Scroll(ctx))
    scroll.layout(pygame.Rect(100, 100, 200, 5 * ROW))
    for number in range(10):
        button = Button(ctx, str(number), lambda number=number: pressed.append(number), tooltip=f"tip {number}")  # type: ignore[misc]
        scroll.add(button).layout(pygame.Rect(100, 100 + number * ROW, 200, ROW))
    scroll.content = 10 * ROW
    return scroll


def test_the_focus_is_always_in_sight(listed: Scroll) -> None:
    assert listed.parent is not None
    ring = FocusRing(listed.parent)
    for _ in range(23):
        ring.handle(key(pygame.K_TAB))
        assert ring.current is not None and listed.rect.contains(ring.current.rect)
    ring.handle(key(pygame.K_TAB, pygame.KMOD_LSHIFT))
    assert ring.current is not None and listed.rect.contains(ring.current.rect)


def test_enter_presses_nothing_that_is_gone(listed: Scroll, pressed: list[int]) -> None:
    assert listed.parent is not None
    ring = FocusRing(listed.parent)
    ring.handle(key(pygame.K_TAB))
    ring.handle(key(pygame.K_RETURN))
    assert pressed == [0]
    listed.remove_all()
    assert not ring.handle(key(pygame.K_RETURN))
    assert pressed == [0]


def test_pages_turn_by_key_and_stop_at_the_ends(listed: Scroll) -> None:
    assert listed.handle(key(pygame.K_PAGEDOWN))
    assert listed.offset == 5 * ROW - listed.px(48)
    listed.handle(key(pygame.K_PAGEDOWN))
    assert listed.offset == listed.reach == 5 * ROW
    for _ in range(3):
        listed.handle(key(pygame.K_PAGEUP))
    assert listed.offset == 0


def test_what_is_scrolled_out_of_sight_has_no_tooltip_and_no_light(listed: Scroll) -> None:
    assert listed.parent is not None
    tips = Tooltips(listed.ctx, listed.parent)
    below = (150, 100 + 6 * ROW + 5)
    tips.handle(motion(below))
    listed.parent.handle(motion(below))
    assert tips.over is None and not any(child.hovered for child in listed.children)
    listed.scroll_to(5 * ROW)
    inside = (150, 110)
    tips.handle(motion(inside))
    listed.parent.handle(motion(inside))
    assert tips.over is listed.children[5] and listed.children[5].hovered
    listed.parent.handle(pygame.event.Event(pygame.WINDOWLEAVE))
    assert not listed.children[5].hovered


def test_a_tooltip_goes_with_what_it_belongs_to(listed: Scroll) -> None:
    assert listed.parent is not None
    tips = Tooltips(listed.ctx, listed.parent)
    tips.handle(motion((150, 110)))
    tips.update(DELAY_S)
    assert tips.over is listed.children[0]
    listed.remove_all()
    tips.update(0.01)
    assert tips.over is None


@pytest.mark.parametrize("held", [pygame.KMOD_LCTRL, pygame.KMOD_LMETA])
def test_a_key_is_given_anew_with_its_modifier(player: Player, tmp_path: Path, held: int) -> None:
    scene = SettingsScene(player.app.ctx, TitleScene)
    scene.page = "keys"
    player.app.scene.next_scene = scene
    player.frames()
    scene._ask_key("wire")
    for event in (key(pygame.K_LMETA), key(pygame.K_RALT), key(pygame.K_x, held)):
        pygame.event.post(event)
    player.frames()
    assert player.app.ctx.keymap.binding("wire") == Binding(pygame.K_x, ctrl=True)
    again = Player(tmp_path)
    assert again.app.ctx.keymap.binding("wire") == Binding(pygame.K_x, ctrl=True)
