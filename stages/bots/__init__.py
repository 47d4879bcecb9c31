"""Players as code, by name and stage: they play whole runs without a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from engine.spec import StageSpec
from stages.bots import black_friday, endless, feature_factory, tv_ad, viral_strike
from stages.bots.hello_world import ExpertBot, IdleBot, NoBot, NoviceBot, ReferenceBot, ScaleUpBot
from stages.bots.panic import PanicBot
from stages.bots.player import BUSY, REACTION_S, Bot, Check, Patience, World

__all__ = [
    "BOTS",
    "BUSY",
    "NAMES",
    "REACTION_S",
    "Bot",
    "Check",
    "ExpertBot",
    "IdleBot",
    "NoBot",
    "NoviceBot",
    "PanicBot",
    "Patience",
    "ReferenceBot",
    "ScaleUpBot",
    "World",
    "bot_names",
    "make_bot",
]

NAMES = ("reference", "expert", "novice", "withheld", "idle", "panic")

Maker = Callable[[StageSpec], Bot]

# Who has not learned the first lesson knows one cure: a bigger machine.
_EVERYWHERE: Mapping[str, Maker] = {
    "none": NoBot,
    "idle": IdleBot,
    "panic": PanicBot,
    "scale_up": ScaleUpBot,
    "reference": ReferenceBot,
    "expert": ExpertBot,
    "novice": NoviceBot,
    "withheld": ScaleUpBot,
}
_BY_STAGE: Mapping[str, Mapping[str, Maker]] = {
    "tv_ad": tv_ad.BOTS,
    "viral_strike": viral_strike.BOTS,
    "feature_factory": feature_factory.BOTS,
    "black_friday": black_friday.BOTS,
    "endless": endless.BOTS,
}


def bot_names(stage_id: str) -> tuple[str, ...]:
    """The players every stage is measured with, the one who plays its lesson first."""
    return NAMES


def make_bot(name: str, stage: StageSpec) -> Bot:
    """A player of a stage: its own where it has one of that name. Raises KeyError for a name nobody has."""
    return _BY_STAGE.get(stage.id, {}).get(name, _EVERYWHERE[name])(stage)


BOTS: Mapping[str, Maker] = {name: partial(make_bot, name) for name in _EVERYWHERE}
