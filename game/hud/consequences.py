"""What an answer to a department would bring, in words: money, users, traffic, and what befalls nodes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.spec import ChoiceSpec, Envelope, EventSpec, NodeEffect, StageSpec, TrafficEffect
from game.hud import figures
from game.i18n import I18n
from game.money import signed

MOST_KINDS = 2


@dataclass(frozen=True, slots=True)
class Consequence:
    """One of them. tone: name of the palette's colour."""

    icon: str
    text: str
    tone: str = "text"


def consequences(i18n: I18n, stage: StageSpec, event: EventSpec, choice: ChoiceSpec) -> list[Consequence]:
    """All of an answer's, money first; one that says so when there are none."""
    found: list[Consequence] = []
    if choice.money:
        tone = "ok" if choice.money > 0 else "warn"
        found.append(Consequence("wallet", signed(i18n, choice.money), tone))
    if choice.users:
        key = "more" if choice.users > 0 else "fewer"
        words = i18n.t(f"quest.effect.users_{key}", count=figures.count(abs(choice.users)))
        found.append(Consequence("users", words, "ok" if choice.users > 0 else "warn"))
    found += [_traffic(i18n, effect) for effect in choice.effects]
    for effect in choice.node_effects:
        found += _on_nodes(i18n, effect)
    if any(f"{event.id}:{choice.id}" in other.after for other in stage.events):
        found.append(Consequence("history", i18n.t("quest.effect.later"), "muted"))
    return found or [Consequence("minus", i18n.t("quest.effect.nothing"), "muted")]


def _traffic(i18n: I18n, effect: TrafficEffect) -> Consequence:
    factor = f"{effect.multiplier:.2g}"
    if effect.kinds:
        names = [i18n.t(f"request.{kind}.name") for kind in effect.kinds[:MOST_KINDS]]
        if len(effect.kinds) > MOST_KINDS:
            names.append("…")
        words = i18n.t("quest.effect.kinds", kinds=", ".join(names), factor=factor)
    else:
        words = i18n.t("quest.effect.traffic", factor=factor)
    icon = "trend_up" if effect.multiplier >= 1 else "trend_down"
    return Consequence(icon, _for_a_while(i18n, words, effect.envelope), "text")


def _on_nodes(i18n: I18n, effect: NodeEffect) -> list[Consequence]:
    names = [i18n.t(f"node.{kind}.name") for kind in effect.kinds[:MOST_KINDS]]
    where = ", ".join(names) or i18n.t("quest.effect.everywhere")

    def say(key: str, icon: str, tone: str = "warn", **values: str) -> Consequence:
        return Consequence(icon, i18n.t(f"quest.effect.{key}", where=where, **values), tone)

    lasting, once = [], []
    if effect.pace < 1.0:
        lasting.append(say("slower", "trend_down", share=figures.percent(1.0 - effect.pace)))
    elif effect.pace > 1.0:
        lasting.append(say("faster", "bolt", "ok", share=figures.percent(effect.pace - 1.0)))
    if effect.fault_share:
        lasting.append(say("faults", "bug", share=figures.percent(effect.fault_share)))
    if effect.leak_mb_s:
        lasting.append(say("leak", "leak"))
    if effect.down_s:
        once.append(say("down", "power-off", seconds=f"{effect.down_s:.0f}"))
    for key, icon in (("flush", "flush"), ("data_loss", "database"), ("lose_worker", "server-off")):
        if getattr(effect, key):
            once.append(say(key, icon))
    return [replace(c, text=_for_a_while(i18n, c.text, effect.envelope)) for c in lasting] + once


def _for_a_while(i18n: I18n, words: str, envelope: Envelope) -> str:
    lasts = envelope.rise_s + envelope.hold_s + envelope.decay_s
    return words if math.isinf(lasts) else i18n.t("quest.effect.seconds", what=words, seconds=f"{lasts:.0f}")
