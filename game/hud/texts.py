"""Sentences that several parts of the screen need."""

from __future__ import annotations

from engine.spec import FailureReason
from engine.worldview import WorldView
from game.hud import figures
from game.i18n import I18n


def money(i18n: I18n, amount: float) -> str:
    """An amount in the currency of the game, the sign in front."""
    text = i18n.t("play.money", amount=figures.amount(abs(amount)))
    return f"-{text}" if amount < 0 and figures.amount(abs(amount)) != "0" else text


def per_day(i18n: I18n, amount: float) -> str:
    """An amount a calendar day."""
    return i18n.t("play.per_day", money=money(i18n, amount))


def reason(i18n: I18n, failure: FailureReason) -> str:
    """The name of a failure, with its number."""
    return i18n.t(f"reason.{int(failure)}.name")


def node_name(i18n: I18n, view: WorldView, node: int, kind: str = "") -> str:
    """A node as the player knows it: its kind, and its number among those of the kind where there are several."""
    kinds = {n.id: n.kind for n in view.nodes}
    kind = kinds.get(node, kind)
    name = i18n.t(f"node.{kind}.name")
    alike = [n for n, k in kinds.items() if k == kind]
    if len(alike) < 2 or node not in alike:
        return name
    return i18n.t("play.node", kind=name, number=alike.index(node) + 1)
