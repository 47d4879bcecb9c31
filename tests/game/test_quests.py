"""Questions of the departments in play: shown, answered by mouse, keys and touch, refused, told in the log."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from game.hud.quest_card import ChoiceButton, QuestCard
from game.hud.quests import QuestStack
from tests.game.asking import ASKED_S, SECOND_S, Asked


def stack(player: Asked) -> QuestStack:
    return player.play.dashboard.quests


def answer(card: QuestCard, choice: str) -> ChoiceButton:
    return next(button for button in card.choices if button.choice == choice)


def log(player: Asked) -> list[str]:
    return [entry.text(player.app.ctx.i18n) for entry in player.play.memory.entries]


def test_a_question_says_who_asks_what_it_brings_and_what_silence_means(tmp_path: Path) -> None:
    player = Asked(tmp_path)
    (card,) = stack(player).cards
    assert card.quest.event == "offer" and not card.folded
    assert player.play.map.rect.contains(card.rect)
    assert [what.text for what in answer(card, "yes").brings] == ["+$50", "all requests ×1.5 for 40 s"]
    assert [what.text for what in answer(card, "big").brings] == ["-$5,000", "+900 users"]
    assert [what.text for what in answer(card, "no").brings] == [player.t("quest.effect.nothing")]
    assert [button.default for button in card.choices] == [False, False, True]
    assert card.left_s == pytest.approx(card.quest.expires_at_s - player.session.view.time_s, abs=0.3)
    assert any(player.t("quest.log.asked", seconds=20) == line for line in log(player))


def test_a_click_answers_and_the_log_says_so(tmp_path: Path) -> None:
    player = Asked(tmp_path)
    budget = player.session.view.budget
    player.click(answer(stack(player).cards[0], "yes"))
    player.frames(6)
    assert not player.session.view.quests and not stack(player).cards
    assert player.session.view.budget > budget + 40
    assert any("event.offer.choice.yes" in line for line in log(player))


def test_a_finger_answers(tmp_path: Path) -> None:
    player = Asked(tmp_path)
    player.tap(answer(stack(player).cards[0], "no").rect.center)
    player.frames(6)
    assert not player.session.view.quests


def test_keys_answer_even_while_time_stands_still(tmp_path: Path) -> None:
    player = Asked(tmp_path)
    player.key("pause")
    player.key("answer")
    focus = player.play.dashboard.focus
    assert focus.current is answer(stack(player).cards[0], "yes")
    player.key("answer")
    assert focus.current is answer(stack(player).cards[0], "big")
    player.key("answer")
    player.key("start")
    player.frames(6)
    assert not player.session.view.quests and player.session.paused


def test_an_answer_that_costs_too_much_is_refused_with_a_reason(tmp_path: Path) -> None:
    player = Asked(tmp_path)
    player.click(answer(stack(player).cards[0], "big"))
    assert player.session.view.quests, "it still waits"
    assert any("$" in text for text, _, _ in player.play.toasts.messages)


def test_nobody_answers(tmp_path: Path) -> None:
    player = Asked(tmp_path, ASKED_S + 20.5)
    assert [card.quest.event for card in stack(player).cards] == ["chat"]
    assert any(player.t("quest.log.late") in line for line in log(player))


def test_several_questions_stack_and_the_urgent_one_is_open(tmp_path: Path) -> None:
    player = Asked(tmp_path, SECOND_S + 1.0)
    first, second = stack(player).cards
    assert (first.quest.event, second.quest.event) == ("offer", "chat")
    assert not first.folded and second.folded
    assert not first.rect.colliderect(second.rect)
    player.click(second.head)
    player.frames(6)
    assert first.folded and not second.folded
    player.click(second.head)
    player.frames(6)
    assert first.folded and second.folded
    player.key("answer")
    assert not second.folded and player.play.dashboard.focus.current is answer(second, "now")


def test_it_never_covers_what_is_selected_nor_the_gauge(tmp_path: Path) -> None:
    player = Asked(tmp_path, SECOND_S + 1.0)
    play = player.play
    for node in play.session.view.node_ids:
        play.map.focus_node(node)
        for place in ((0.1, 0.3), (0.5, 0.5), (0.9, 0.3), (0.9, 0.9), (0.1, 0.8)):
            rect, card = play.map.rect, play.map.node_rect(node)
            assert card is not None
            wanted = (rect.left + rect.width * place[0], rect.top + rect.height * place[1])
            play.map.camera.pan_pixels(wanted[0] - card.centerx, wanted[1] - card.centery)
            player.frames(20)
            seen = play.map.node_rect(node)
            assert seen is not None
            for quest in stack(player).cards:
                assert not quest.rect.colliderect(seen)
                assert not quest.rect.colliderect(play.dashboard.top.rect)
                assert play.map.rect.contains(quest.rect)


def test_it_slides_in_from_the_edge_unless_motion_is_reduced(tmp_path: Path) -> None:
    player = Asked(tmp_path, ASKED_S - 0.5)
    seen = []
    for _ in range(60):
        player.frames(1)
        seen += [card.rect.left for card in stack(player).cards]
    assert len(set(seen)) > 4
    assert seen in (sorted(seen), sorted(seen, reverse=True)), "from the edge, and never back"
    player.app.ctx.settings.reduced_motion = True
    other = Asked(tmp_path / "calm", ASKED_S - 0.5)
    other.app.ctx.settings.reduced_motion = True
    places = set()
    for _ in range(60):
        other.frames(1)
        places |= {card.rect.left for card in stack(other).cards}
    assert len(places) == 1


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 576)])
def test_the_answers_fit_their_buttons(tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    player = Asked(tmp_path, SECOND_S + 1.0, language, size)
    text = player.app.ctx.text
    for card in stack(player).cards:
        for button in card.choices:
            room = button.rect.width - 2 * button.px(12)
            for chip in button.chips:
                assert chip.text == chip.what.text, "cut off"
                assert chip.x + button.px(20) + text.width(chip.text, "small") <= room


def test_the_card_is_not_painted_anew_while_it_counts_down(tmp_path: Path) -> None:
    player = Asked(tmp_path, ASKED_S + 0.6)
    (card,) = stack(player).cards
    pygame.event.clear()
    before = card.repaints
    player.frames(40)
    assert card.repaints == before
