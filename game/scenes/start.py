"""Which screen comes first: the title, a stage that was asked for, or a run that was sent."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from engine import replay
from engine.replay import ReplayError
from game.context import Context
from game.savegame import saved_run
from game.scenes.base import Scene
from game.scenes.title import TitleScene
from game.stage_refs import PLANS, open_stage
from game.storage import Problem
from stages.errors import StageError

if TYPE_CHECKING:
    from game.app import Options

SEED_BITS = 31


def new_seed() -> int:
    """A seed nobody chose."""
    return secrets.randbits(SEED_BITS)


def first_scene(ctx: Context, options: Options) -> Scene:
    """The first screen; what was asked for and cannot be had is said on the title."""
    try:
        if options.replay:
            return _replayed(ctx, options.replay)
        if options.stage:
            return _briefing(ctx, options.stage, options.seed)
    except ReplayError as error:
        ctx.storage.problems.append(Problem("bad_code", {"reason": ctx.i18n.t(f"replay.{error.key}")}))
    except StageError as error:
        ctx.storage.problems.append(Problem("bad_stage", {"stage": options.stage, "reason": str(error)}))
    return TitleScene(ctx)


def _briefing(ctx: Context, stage_ref: str, seed: int | None) -> Scene:
    from game.scenes.briefing import BriefingScene  # screens lead to each other in circles
    from game.scenes.plans import PlansScene  # as above

    if stage_ref == PLANS:
        return PlansScene(ctx)
    open_stage(stage_ref)
    return BriefingScene(ctx, stage_ref, new_seed() if seed is None else seed)


def _replayed(ctx: Context, code: str) -> Scene:
    from game.scenes.play import PlayScene  # as above

    return PlayScene.replay(ctx, replay.from_text(code))


def resume(ctx: Context) -> Scene | None:
    """The run that was left before its end, where it stood. Raises StageError when its stage cannot be had."""
    from game.scenes.play import PlayScene  # as above

    saved = saved_run(ctx.storage)
    return None if saved is None else PlayScene.resume(ctx, saved)
