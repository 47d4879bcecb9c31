"""Runs of the first stage by script, on the real engine: for pictures of the screens."""

from __future__ import annotations

from collections.abc import Callable

from engine.commands import Accepted, Build, Clone, Connect, StartOperation
from engine.spec import Role
from engine.view import Phase
from engine.worldview import WorldView
from game.session import Session
from stages.load import load_stage, stage_names

SEED = 11
Until = Callable[[WorldView], bool]
MORE_SERVERS_S = (120.0, 200.0)


def fresh() -> Session:
    """A run before its set-up."""
    stage = stage_names()[0]
    return Session(stage, load_stage(stage), SEED)


def prepared(until: Until) -> Session:
    """A run with a balancer and a second server before the doors open, and two more in good time."""
    session = fresh()
    kinds = {kind.role: kind.id for kind in session.stage.node_kinds}
    nodes = {session.stage.node_kind(node.kind).role: node for node in session.view.nodes}
    source, web = nodes[Role.SOURCE], nodes[Role.COMPUTE]
    answer = session.apply(Build(kinds[Role.BALANCER], (source.x + web.x) // 2, web.y))
    balancer = answer.node if isinstance(answer, Accepted) else -1
    session.apply(Connect(balancer, web.id))
    session.apply(Connect(source.id, balancer))
    session.apply(Clone(web.id, web.x, web.y + 1))
    session.apply(StartOperation())
    for moment_s, y in zip(MORE_SERVERS_S, (web.y - 1, web.y + 2), strict=True):
        run(session, _either(until, moment_s))
        if not until(session.view):
            session.apply(Clone(web.id, web.x, y))
    return run(session, until)


def _either(until: Until, moment_s: float) -> Until:
    return lambda view: view.time_s >= moment_s or until(view)


def unprepared(until: Until) -> Session:
    """A run in which nothing was built."""
    session = fresh()
    session.apply(StartOperation())
    return run(session, until)


def run(session: Session, until: Until) -> Session:
    """Advance to a moment, or to the end of the run."""
    while session.phase is Phase.OPERATION and not until(session.view):
        session.sim.step()
    return session


def never(view: WorldView) -> bool:
    """Until the run ends."""
    del view
    return False
