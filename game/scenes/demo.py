"""The little company that works behind the title: a real run that nobody watches closely."""

from __future__ import annotations

from dataclasses import replace

from engine.commands import Build, Connect, StartOperation
from engine.spec import CurvePoint, Role, StageSpec, TrafficSpec
from engine.view import Phase
from game.session import Session

SEED = 7
RATE_RPS = 34.0
BALANCER_CELL = (3, 3)
WEB_CELLS = ((6, 1), (6, 3), (6, 5))
DATABASE_CELLS = ((9, 2), (9, 4))
SOURCE_CELL = (1, 3)


def demo_stage(stage: StageSpec) -> StageSpec:
    """The first stage without its starting architecture, its events and its worries about money."""
    source = next(node for node in stage.nodes if stage.node_kind(node.kind).role is Role.SOURCE)
    return replace(
        stage,
        id="demo",
        budget=1e6,
        duration_s=1e6,
        width=11,
        height=7,
        nodes=(replace(source, x=SOURCE_CELL[0], y=SOURCE_CELL[1]),),
        wires=(),
        events=(),
        tutorial=(),
        unlocked=tuple(kind.id for kind in stage.node_kinds),
        traffic=TrafficSpec(mix=stage.traffic.mix, curve=(CurvePoint(at_s=0.0, rps=RATE_RPS),)),
    )


def demo_session(stage: StageSpec) -> Session:
    """A run of the demo stage that has just opened its doors."""
    stage = demo_stage(stage)
    kinds = {kind.role: kind.id for kind in stage.node_kinds}
    session = Session(stage.id, stage, SEED)
    source = session.view.node_ids[0]
    balancer = _build(session, kinds[Role.BALANCER], BALANCER_CELL)
    webs = [_build(session, kinds[Role.COMPUTE], cell) for cell in WEB_CELLS]
    databases = [_build(session, kinds[Role.DATABASE], cell) for cell in DATABASE_CELLS]
    session.apply(Connect(source, balancer))
    for index, web in enumerate(webs):
        session.apply(Connect(balancer, web))
        session.apply(Connect(web, databases[index % len(databases)]))
    session.apply(StartOperation())
    return session


def restarted(session: Session) -> Session:
    """The session, or a new one of the same stage when it is over."""
    return session if session.phase is Phase.OPERATION else demo_session(session.stage)


def _build(session: Session, kind: str, cell: tuple[int, int]) -> int:
    session.apply(Build(kind, *cell))
    return session.view.node_ids[-1]
