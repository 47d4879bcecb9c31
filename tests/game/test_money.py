"""Money is written in one way everywhere: dollars in English, won in Korean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.commands import RefusalCode, Refused
from game.i18n import LANGUAGES, I18n, load_texts
from game.money import money, signed, widest
from game.view.refusals import refusal_text

ENGLISH, KOREAN = I18n("en"), I18n("ko")
GAME = Path(__file__).parents[2] / "game"


@pytest.mark.parametrize(
    ("usd", "english", "korean"),
    [
        (0.0, "$0", "0원"),
        (0.4, "$0.4", "540원"),
        (4.96, "$5", "6,700원"),
        (7.4, "$7.4", "9,990원"),
        (60.0, "$60", "81,000원"),
        (80.0, "$80", "10.8만 원"),
        (99.97, "$100", "13.5만 원"),
        (740.0, "$740", "99.9만 원"),
        (1_250.0, "$1,250", "168.8만 원"),
        (5_925.93, "$5,926", "800만 원"),
        (37_037.04, "$37,037", "5,000만 원"),
        (74_074.0, "$74,074", "1억 원"),
        (133_333.33, "$133,333", "1.8억 원"),
        (999_999.6, "$1M", "13.5억 원"),
        (1_500_000.0, "$1.5M", "20.25억 원"),
        (-80.0, "-$80", "-10.8만 원"),
        (-0.01, "$0", "-14원"),
        (-0.0001, "$0", "0원"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_an_amount(usd: float, english: str, korean: str) -> None:
    assert money(ENGLISH, usd) == english
    assert money(KOREAN, usd) == korean


def test_what_comes_has_a_plus_and_what_goes_a_minus() -> None:
    assert [signed(ENGLISH, usd) for usd in (50.0, 0.0, -50.0)] == ["+$50", "$0", "-$50"]


def test_amounts_grow_with_what_they_stand_for() -> None:
    """No unit is left too early or too late: the number read back is right to half a percent."""
    units = {"원": 1.0, "만 원": 1e4, "억 원": 1e8}
    for usd in (1.1**step for step in range(160)):
        found = re.fullmatch(r"([\d,.]+)(.+)", money(KOREAN, usd))
        assert found is not None
        won = float(found[1].replace(",", "")) * units[found[2]]
        assert won == pytest.approx(usd * 1350, rel=0.005, abs=0.5)


def test_particles_follow_the_currency() -> None:
    assert "10.8만 원을" in KOREAN.t("play.inspector.tip.sell", money=money(KOREAN, 80.0))


def test_a_refusal_speaks_of_money_in_the_same_way() -> None:
    values = {"cost": 80.0, "budget": 20.0, "missing": 60.0}
    for i18n in (ENGLISH, KOREAN):
        text = refusal_text(i18n, Refused(RefusalCode.BUDGET, values))
        assert all(money(i18n, usd) in text for usd in values.values())


def test_nothing_else_knows_a_currency() -> None:
    """Neither a text nor the code writes an amount of its own."""
    for language in LANGUAGES:
        for key, text in load_texts(language).items():
            assert key.startswith("money.") or not re.search(r"\$|\d원|만 원|억 원", text), (language, key)
    for path in GAME.rglob("*.py"):
        assert path.name == "money.py" or not re.search(r"[\"'{]-?\$[{\d]", path.read_text("utf-8")), path


@pytest.mark.parametrize("i18n", [ENGLISH, KOREAN], ids=LANGUAGES)
def test_the_widest_amount_is_at_least_as_long_as_those_of_a_run(i18n: I18n) -> None:
    assert all(len(money(i18n, -usd)) <= len(widest(i18n)) for usd in range(0, 100_000, 7))
