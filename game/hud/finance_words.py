"""Sentences of the finance panel."""

from __future__ import annotations

from collections import Counter

from engine.view import FinanceView
from game.hud import figures
from game.hud.finance_chart import BreakEven
from game.i18n import I18n
from game.money import money
from stages.break_even import PLANNED_USERS


def verdict(i18n: I18n, now: BreakEven) -> tuple[str, str]:
    """Which of the two is cheaper for the users there are, and its tone."""
    values = {
        "users": f"{now.users:,.0f}",
        "own": money(i18n, now.own),
        "cloud": money(i18n, now.cloud),
        "saving": figures.percent(abs(now.saving)),
        "even": f"{now.even:,.0f}",
    }
    if now.own >= now.cloud:
        return i18n.t("finance.verdict.cloud", **values), "warn"
    if now.users > PLANNED_USERS:
        return i18n.t("finance.verdict.compare", planned=PLANNED_USERS, **values), "text"
    return i18n.t("finance.verdict.own", **values), "ok"


def reservation_line(i18n: I18n, finance: FinanceView) -> str:
    """How many reservations run, the longest of them, and what is saved; nothing without any."""
    words = []
    if finance.reservations:
        longest = max(owed.months_left for owed in finance.reservations)
        counts = Counter(owed.kind for owed in finance.reservations)
        names = {kind: i18n.t(f"node.{kind}.name") for kind in counts}
        kinds = ", ".join(i18n.t("finance.part.nodes", kind=names[kind], count=counts[kind]) for kind in counts)
        words.append(i18n.t("finance.reserved", kinds=kinds, months=f"{longest:.1f}"))
    if finance.discount_month > 0:
        words.append(i18n.t("finance.saved", money=money(i18n, finance.discount_month)))
    return " ".join(words)
