"""Every screen of the game as a picture, in both languages, from scripted states on the real engine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pygame

from engine.commands import Place, StartOperation
from engine.spec import Role
from game import scripts
from game.app import App, Options
from game.context import Context
from game.i18n import LANGUAGES
from game.scenes.base import Scene
from game.scenes.briefing import BriefingScene
from game.scenes.plans import PlansScene
from game.scenes.play import PlayScene
from game.scenes.result import ResultScene
from game.scenes.settings import SettingsScene
from game.scenes.stage_select import StageSelectScene
from game.scenes.title import TitleScene
from game.session import Session
from game.stage_refs import open_stage
from game.storage import FileStorage
from game.view.geometry import cell_centre
from stages.load import stage_names

HD, FULL_HD = (1280, 720), (1920, 1080)
FRAME_S = 1 / 30
SETTLE_FRAMES = 60
CALM_S, BURNING = 62.0, 0.35
HOSTED, HOSTED_S = "proxmox_standard", 6.0


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
    yield Shot("plans", PlansScene)
    yield Shot("briefing", lambda ctx: BriefingScene(ctx, stage_names()[0], scripts.SEED))
    yield Shot("play_tutorial", lambda ctx: PlayScene(ctx, scripts.fresh()))
    yield Shot("play_tutorial_shop", lambda ctx: PlayScene(ctx, scripts.fresh()), _read_two_steps)
    yield Shot("play_setup", lambda ctx: PlayScene(ctx, scripts.fresh()), _skip_tutorial)
    yield Shot("play_placing", lambda ctx: PlayScene(ctx, scripts.fresh()), _hold_a_balancer)
    calm = scripts.prepared(lambda view: view.time_s >= CALM_S)
    rush = scripts.unprepared(lambda view: view.gauge >= BURNING)
    yield Shot("play_calm", lambda ctx: _play(ctx, calm), _select(Role.COMPUTE))
    yield Shot("play_balancer", lambda ctx: _play(ctx, calm), _select(Role.BALANCER))
    yield Shot("play_system", lambda ctx: _play(ctx, calm), _select(None))
    yield Shot("play_overload", lambda ctx: _play(ctx, rush), _select(Role.COMPUTE))
    yield Shot("play_database", lambda ctx: _play(ctx, rush), _select(Role.DATABASE))
    yield Shot("play_menu", lambda ctx: _play(ctx, calm), _press("menu"))
    yield Shot("play_help", lambda ctx: _play(ctx, calm), _press("help"))
    yield Shot("play_hosts", lambda ctx: PlayScene(ctx, Session(HOSTED, open_stage(HOSTED), scripts.SEED)), _rack)
    won, lost = scripts.prepared(scripts.never), scripts.unprepared(scripts.never)
    yield Shot("result_won", lambda ctx: ResultScene(ctx, won, best=True))
    yield Shot("result_lost", lambda ctx: ResultScene(ctx, lost))
    yield Shot("result_share", lambda ctx: ResultScene(ctx, won), _share)


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


# -- what is done before a picture ------------------------------------------------------------------------------------


def _settings(ctx: Context, page: str) -> SettingsScene:
    scene = SettingsScene(ctx, TitleScene)
    scene.page = page
    return scene


def _play(ctx: Context, played: Session) -> PlayScene:
    """The play screen of a run that was played before, taken up where it stood, with its log."""
    session = Session(played.stage_ref, played.stage, played.seed)
    scene = PlayScene(ctx, session)
    scene.steps.skip()
    session.catch_up(played.sim.run, played.view.step)
    while session.catching_up is not None:
        session.advance(0.0)
    session.paused = False
    return scene


def _as_play(scene: Scene) -> PlayScene:
    if not isinstance(scene, PlayScene):
        raise TypeError(f"{type(scene).__name__} is not the play screen")
    return scene


def _skip_tutorial(scene: Scene) -> None:
    _as_play(scene).steps.skip()


def _read_two_steps(scene: Scene) -> None:
    steps = _as_play(scene).steps
    steps.confirm()
    steps.confirm()


def _hold_a_balancer(scene: Scene) -> None:
    """A load balancer in the hand, over the cell between the Internet and the web server."""
    play = _as_play(scene)
    play.steps.skip()
    nodes = {play.session.stage.node_kind(node.kind).role: node for node in play.session.view.nodes}
    source, web = nodes[Role.SOURCE], nodes[Role.COMPUTE]
    play.map.arm_build(next(kind.id for kind in play.session.stage.node_kinds if kind.role is Role.BALANCER))
    x, y = play.map.camera.to_screen(cell_centre(((source.x + web.x) // 2 + 1, web.y - 1)))
    pos = (round(x), round(y))
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=pos, rel=(0, 0), buttons=(0, 0, 0)))


def _select(role: Role | None) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        play = _as_play(scene)
        kinds = play.session.stage.node_kind
        play.map.select([n.id for n in play.session.view.nodes if kinds(n.kind).role is role][:1])

    return prepare


def _rack(scene: Scene) -> None:
    """The hosts of a cluster at work, with a VM on its way from one to another."""
    play = _as_play(scene)
    play.steps.skip()
    session = play.session
    session.apply(StartOperation())
    while session.view.time_s < HOSTED_S:
        session.advance(FRAME_S)
    hosts = session.view.hosts
    play.acts.do(Place(hosts[0].nodes[0], hosts[-1].id))
    _press("hosts")(scene)


def _press(action: str) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        binding = _as_play(scene).ctx.keymap.binding(action)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=binding.key, mod=0, unicode=""))

    return prepare


def _share(scene: Scene) -> None:
    if isinstance(scene, ResultScene):
        scene.share()
