"""What the map shows of every kind of node: marks, faces, zones, reserved wires; and that it is still cheap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from engine.commands import Accepted, Reserve
from engine.spec import FailureReason
from engine.view import NodeState, NodeView
from game.context import Context, make_context
from game.i18n import LANGUAGES, I18n
from game.session import Session
from game.storage import FileStorage
from game.view.face import RING_STEPS, Face, face_of, figures_of
from game.view.look import Look
from game.view.map import MapView
from game.view.marks import MOST_MARKS, Tone, headline, marks_of
from game.view.zones import zone_name
from tests.game.infrastructure import begun, every_kind, node_of, on_offer

FRAME_S = 1 / 60
VIEW = pygame.Rect(0, 0, 760, 440)
ENGLISH = I18n("en")


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    pygame.init()
    pygame.display.set_mode((1280, 720))
    yield make_context((1280, 720), FileStorage(tmp_path), "en", silent=True)


@pytest.fixture(scope="module")
def aged() -> Session:
    """For looking only."""
    return begun(every_kind(), 1.0)


def map_of(ctx: Context, session: Session) -> MapView:
    view = MapView(ctx, session, session.stage)
    view.layout(VIEW)
    view.update(FRAME_S)
    return view


def drawn(view: MapView) -> pygame.Surface:
    surface = pygame.Surface(VIEW.size)
    view.draw(surface)
    return surface


def face(node: NodeView) -> Face:
    return face_of(ENGLISH, node, every_kind().node_kind(node.kind), figures_of(node), 100, 0.0)


# -- marks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "icon", "text", "tone"),
    [
        ({"breaker": 2.0}, "breaker", "", Tone.HOT),
        ({"breaker": 1.0}, "breaker", "", Tone.BUSY),
        ({"dead": 1234.0}, "dead_letter", "1.2k", Tone.HOT),
        ({"lag_s": 3.24}, "lag", "3.2 s", Tone.BUSY),
        ({"lag_s": 200.0}, "lag", "3 min", Tone.HOT),
        ({"oldest_s": 21.4}, "lag", "21 s", Tone.BUSY),
        ({"memory_share": 0.85}, "memory", "85%", Tone.BUSY),
        ({"memory_share": 0.95}, "memory", "95%", Tone.HOT),
        ({"restoring_s": 12.0}, "restore", "12 s", Tone.WORK),
        ({"starting": 2.0, "workers_starting": 1.0}, "hourglass", "+3", Tone.WORK),
    ],
)
def test_a_model_in_trouble_has_a_mark(figures: dict[str, float], icon: str, text: str, tone: Tone) -> None:
    (mark,) = marks_of(ENGLISH, figures)
    assert (mark.icon, mark.text, mark.tone) == (icon, text, tone)


def test_calm_models_have_no_marks() -> None:
    calm = {"breaker": 0.0, "dead": 0.0, "lag_s": 0.2, "oldest_s": 3.0, "memory_share": 0.5, "restoring_s": 0.0}
    assert marks_of(ENGLISH, calm) == ()
    assert marks_of(ENGLISH, {"lag_s": float("nan")}) == ()


def test_the_worst_marks_come_first() -> None:
    figures = {"starting": 1.0, "memory_share": 0.85, "dead": 3.0, "lag_s": 9.0}
    marks = marks_of(ENGLISH, figures)
    assert len(marks) == MOST_MARKS
    assert [mark.icon for mark in marks] == ["dead_letter", "lag"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_headlines_have_words(aged: Session, language: str) -> None:
    i18n = I18n(language)
    told = {node.kind: headline(i18n, node.figures) for node in aged.view.nodes}
    assert told["redis"] is not None and told["cdn"] is not None and told["queue"] is not None
    assert told["vm_basic"] is None
    for line in told.values():
        assert line is None or i18n.has(f"map.headline.{line[0]}")


# -- faces -------------------------------------------------------------------------------------------------------------


def test_a_node_that_is_down_shows_no_load(aged: Session) -> None:
    up = node_of(aged, "vm_basic")
    down = face(replace(up, state=NodeState.DOWN, remaining_s=7.2, utilisation=0.7, figures={"memory_share": 0.99}))
    assert (down.ring, down.tone, down.seconds, down.marks) == (0, Tone.HOT, 8, ())


def test_a_broker_shows_its_messages_and_a_cache_its_hits(aged: Session) -> None:
    broker = node_of(aged, "queue")
    assert broker.queue_limit > 0
    half = face(replace(broker, figures={**broker.figures, "messages": broker.queue_limit / 2}))
    assert half.queue == 50 and half.meter == -1
    cache = node_of(aged, "redis")
    assert face(replace(cache, figures={"hit_share": 0.5})).meter == RING_STEPS // 2


def test_a_face_holds_still_while_little_changes(aged: Session) -> None:
    replica = node_of(aged, "sql_replica")
    faces = {face(replace(replica, figures={"lag_s": lag, "backlog": lag * 100})) for lag in (21.1, 21.2, 21.4)}
    assert len(faces) == 1


# -- painting ----------------------------------------------------------------------------------------------------------


def test_marks_and_instances_are_painted_and_wiped_away(ctx: Context, aged: Session) -> None:
    view = map_of(ctx, aged)
    view.camera.zoom_by(3.0, VIEW.center)
    for _ in range(60):
        view.update(FRAME_S)
    drawn(view)
    node = replace(node_of(aged, "vm_group"), instances=1, figures={})
    left, top = view.still.card_corner(node)
    live = view.live
    area = pygame.Rect(left, top, view.still.layout.width, view.still.layout.height).inflate(24, 24)
    area = area.clip(live.surface.get_rect())

    def paint(figures: dict[str, float], instances: int) -> bytes:
        shown = replace(node, figures=figures, instances=instances)
        before = live.faces.get(node.id)
        after = face(shown)
        live._paint(Look(ctx.theme.palette), shown, after, before)
        live.faces[node.id] = after
        return pygame.image.tobytes(live.surface.subsurface(area), "RGB")

    plain = paint({}, 1)
    assert paint({"dead": 5.0}, 1) != plain
    assert paint({}, 4) != plain
    assert paint({}, 1) == plain


def test_zones_are_told_by_ground_frame_and_name(ctx: Context, aged: Session) -> None:
    view = map_of(ctx, aged)
    surface = drawn(view)
    zones = view.still.zones
    assert len(zones.zones) == 3
    colours = {tuple(zones.ground(Look(ctx.theme.palette), (3, y))) for y in (0, 5, 9)}
    assert len(colours) == 3
    for colour in colours:
        assert pygame.mask.from_threshold(surface, colour, (1, 1, 1, 255)).count() > 2000
    assert zone_name(ENGLISH, "zone_a") == "Zone A"
    without = MapView(ctx, aged, replace(aged.stage, zones=()))
    without.layout(VIEW)
    without.update(FRAME_S)
    assert pygame.image.tobytes(drawn(without), "RGB") != pygame.image.tobytes(surface, "RGB")


def test_a_reserved_wire_carries_a_sign_that_no_card_hides(ctx: Context) -> None:
    session = begun(on_offer(migrated=True), 0.1)
    view = map_of(ctx, session)
    drawn(view)
    plain = pygame.image.tobytes(view.still.surface, "RGB")
    wire = next(w for w in session.view.wires if w.source == node_of(session, "load_balancer").id)
    kinds = ",".join(kind.id for kind in session.stage.request_kinds[:2])
    rebuilds = view.still.rebuilds
    assert isinstance(session.apply(Reserve(wire.source, wire.target, kinds)), Accepted)
    view.update(FRAME_S)
    drawn(view)
    assert view.still.rebuilds == rebuilds + 1, "painted once, into the still layer"
    assert pygame.image.tobytes(view.still.surface, "RGB") != plain
    assert view.board.reserved == {(wire.source, wire.target): tuple(kinds.split(","))}


def test_blocked_attacks_are_no_alarm(ctx: Context, aged: Session) -> None:
    view = map_of(ctx, aged)
    badges = view.live.badges
    blocked = badges._reason(Look(ctx.theme.palette), FailureReason.FORBIDDEN)
    failing = badges._reason(Look(ctx.theme.palette), FailureReason.REFUSED)
    error = ctx.theme.palette.error
    assert pygame.mask.from_threshold(failing, error, (1, 1, 1, 255)).count() > 50
    assert pygame.mask.from_threshold(blocked, error, (1, 1, 1, 255)).count() == 0


# -- cost --------------------------------------------------------------------------------------------------------------


def test_models_at_work_repaint_patches_and_never_the_still_layer(ctx: Context) -> None:
    session = begun(every_kind(), 0.5)
    view = map_of(ctx, session)
    surface = pygame.Surface(VIEW.size)
    view.draw(surface)
    rebuilds, patches, version = view.still.rebuilds, view.live.patches, session.view.topology_version
    frames = 60
    for _ in range(frames):
        session.advance(FRAME_S)
        view.update(FRAME_S)
        view.draw(surface)
    assert session.view.topology_version == version
    assert view.still.rebuilds == rebuilds
    assert 0 < view.live.patches - patches <= frames * FRAME_S * 10 * len(session.view.node_ids) + 5


def test_a_frame_draws_one_ground_and_the_names_of_the_zones(ctx: Context, aged: Session) -> None:
    view = map_of(ctx, aged)
    drawn(view)
    made = len(view.sprites._made)
    for _ in range(5):
        drawn(view)
    assert len(view.sprites._made) == made, "nothing is drawn twice that can be kept"
