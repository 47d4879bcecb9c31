"""Every screen of the game as a picture, in both languages, from scripted states on the real engine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pygame

from engine.commands import Accepted, Build, Clone, Connect, StartOperation
from engine.spec import Role
from engine.view import Phase
from game.app import App, Options
from game.context import Context
from game.i18n import LANGUAGES
from game.scenes.base import Scene
from game.scenes.briefing import BriefingScene
from game.scenes.play import PlayScene
from game.scenes.result import ResultScene
from game.scenes.settings import SettingsScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.session import Session
from game.storage import FileStorage
from stages.load import load_stage, stage_names

HD, FULL_HD = (1280, 720), (1920, 1080)
SEED = 11
FRAME_S = 1 / 30
SETTLE_FRAMES = 60
CALM_S, OVERLOAD_S = 48.0, 268.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, the screen, and what is done with it before (None: time just passes)."""

    name: str
    scene: Callable[[Context], Scene]
    prepare: Callable[[Scene], None] | None = None


def render_all(folder: Path, *, full_hd: bool = False) -> list[Path]:
    """Write all pictures into a folder and return their paths. Nothing of the player's own is read or changed."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for size in (HD, FULL_HD) if full_hd else (HD,):
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as kept:
                options = Options(window=size, language=language, silent=True)
                app = App(options, storage=FileStorage(Path(kept)))
                for shot in shots():
                    path = folder / f"{shot.name}_{language}_{size[1]}.png"
                    _take(app, shot, path)
                    written.append(path)
    return written


def shots() -> Iterator[Shot]:
    """All screens, in the order in which a player meets them."""
    yield Shot("title", TitleScene)
    yield Shot("stage_select", StageSelectScene)
    for page in ("sound", "screen", "access", "keys"):
        yield Shot(f"settings_{page}", lambda ctx, page=page: _settings(ctx, page))  # type: ignore[misc]
    yield Shot("briefing", lambda ctx: BriefingScene(ctx, stage_names()[0], SEED))
    yield Shot("play_setup", lambda ctx: _play(ctx, _fresh()), _skip_tutorial)
    yield Shot("play_tutorial", lambda ctx: _play(ctx, _fresh()))
    yield Shot("play_tutorial_shop", lambda ctx: _play(ctx, _fresh()), _read_two_steps)
    yield Shot("play_placing", lambda ctx: _play(ctx, _fresh()), _hold_a_balancer)
    yield Shot("play_calm", lambda ctx: _play(ctx, _built(CALM_S)), _select(Role.COMPUTE))
    yield Shot("play_balancer", lambda ctx: _play(ctx, _built(CALM_S)), _select(Role.BALANCER))
    yield Shot("play_system", lambda ctx: _play(ctx, _built(CALM_S)), _select(None))
    yield Shot("play_overload", lambda ctx: _play(ctx, _unprepared(OVERLOAD_S)), _select(Role.COMPUTE))
    yield Shot("play_database", lambda ctx: _play(ctx, _unprepared(OVERLOAD_S)), _select(Role.DATABASE))
    yield Shot("play_menu", lambda ctx: _play(ctx, _built(CALM_S)), _press("menu"))
    yield Shot("play_help", lambda ctx: _play(ctx, _built(CALM_S)), _press("help"))
    yield Shot("result_won", lambda ctx: ResultScene(ctx, _built(None), best=True))
    yield Shot("result_lost", lambda ctx: ResultScene(ctx, _doomed()))
    yield Shot("result_share", lambda ctx: ResultScene(ctx, _built(None)), _share)


def _take(app: App, shot: Shot, path: Path) -> None:
    pygame.event.clear()
    scene = shot.scene(app.ctx)
    app.scene.next_scene = scene
    app.frame(0.0)
    if shot.prepare is not None:
        shot.prepare(scene)
    for _ in range(SETTLE_FRAMES):
        app.frame(FRAME_S)
    pygame.image.save(app.surface, path)


# -- states of a run --------------------------------------------------------------------------------------------------


def _fresh() -> Session:
    return Session(stage_names()[0], load_stage(stage_names()[0]), SEED)


def _built(until_s: float | None) -> Session:
    """A run that was prepared for: a balancer and a second web server before the doors open."""
    session = _fresh()
    kinds = {kind.role: kind.id for kind in session.stage.node_kinds}
    nodes = {node.kind: node for node in session.view.nodes}
    source, web = nodes[kinds[Role.SOURCE]], nodes[kinds[Role.COMPUTE]]
    answer = session.apply(Build(kinds[Role.BALANCER], (source.x + web.x) // 2, web.y))
    balancer = answer.node if isinstance(answer, Accepted) else -1
    session.apply(Connect(balancer, web.id))
    session.apply(Connect(source.id, balancer))
    session.apply(Clone(web.id, web.x, web.y + 1))
    session.apply(StartOperation())
    if until_s is None:
        _run(session, session.view.duration_s / 2)
        session.apply(Clone(web.id, web.x, web.y - 1))
    return _run(session, until_s)


def _unprepared(until_s: float | None) -> Session:
    """A run in which nothing was built."""
    session = _fresh()
    session.apply(StartOperation())
    return _run(session, until_s)


def _doomed() -> Session:
    """A run in which the web server was sold in the middle of the rush, so that nothing was answered any more."""
    session = _unprepared(None)
    if session.phase is Phase.LOST:
        return session
    session = _unprepared(OVERLOAD_S / 2)
    from engine.commands import Sell

    web = next(node for node in session.view.nodes if session.stage.node_kind(node.kind).role is Role.COMPUTE)
    session.apply(Sell(web.id))
    return _run(session, None)


def _run(session: Session, until_s: float | None) -> Session:
    """Advance to a moment of the traffic clock, or to the end."""
    while session.phase is Phase.OPERATION and (until_s is None or session.view.time_s < until_s):
        session.sim.step()
    return session


# -- what is done before a picture ------------------------------------------------------------------------------------


def _settings(ctx: Context, page: str) -> SettingsScene:
    scene = SettingsScene(ctx, TitleScene)
    scene.page = page
    return scene


def _play(ctx: Context, session: Session) -> PlayScene:
    scene = PlayScene(ctx, session)
    if session.phase is not Phase.SETUP:
        scene.steps.skip()
    return scene


def _as_play(scene: Scene) -> PlayScene:
    assert isinstance(scene, PlayScene)
    return scene


def _skip_tutorial(scene: Scene) -> None:
    _as_play(scene).steps.skip()


def _read_two_steps(scene: Scene) -> None:
    steps = _as_play(scene).steps
    steps.confirm()
    steps.confirm()


def _hold_a_balancer(scene: Scene) -> None:
    _skip_tutorial(scene)
    play = _as_play(scene)
    assert play.map is not None
    play.map.arm_build("load_balancer")
    web = next(node for node in play.session.view.nodes if play.session.stage.node_kind(node.kind).role is Role.COMPUTE)
    place = play.map.screen_pos(web.id)
    assert place is not None
    above = (place[0], place[1] - play.map.board.camera.scale * 124)
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=above, rel=(0, 0), buttons=(0, 0, 0)))


def _select(role: Role | None) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        play = _as_play(scene)
        assert play.map is not None
        nodes = play.session.view.nodes
        play.map.select([n.id for n in nodes if play.session.stage.node_kind(n.kind).role is role][:1])

    return prepare


def _press(action: str) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        binding = _as_play(scene).ctx.keymap.binding(action)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=binding.key, mod=0, unicode=""))

    return prepare


def _share(scene: Scene) -> None:
    assert isinstance(scene, ResultScene)
    scene.share()
