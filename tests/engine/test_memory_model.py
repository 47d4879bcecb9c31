"""Memory in use, the slowing down before it runs out, and the kill, by arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from engine.board import Node
from engine.nodes.behaviour import Kill, Reading, Surroundings, Wish
from engine.nodes.memory import PACE_WHEN_FULL, Memory, pace
from engine.spec import ClusterSpec, MemorySpec, NodeKind, NodeSize, Role
from engine.view import NodeState

TICK_S = 0.1


class Server:
    """A server with 1,000 MB: 200 for itself, 2 for each request."""

    def __init__(self, memory_mb: float = 1000.0, cluster: ClusterSpec | None = None) -> None:
        size = NodeSize(id="s", memory_mb=memory_mb)
        spec = MemorySpec(base_mb=200.0, request_mb=2.0)
        kind = NodeKind(id="server", role=Role.COMPUTE, sizes=(size,), memory=spec, cluster=cluster)
        self.node = Node(3, kind, size, 0, 0, {})
        self.memory = Memory(self.node)
        self.wishes: list[Wish] = []

    def run(self, seconds: float, serving: int = 0, waiting: int = 0, calling: int = 0) -> None:
        around = Surroundings(
            time_s=0.0,
            tick_s=TICK_S,
            generator=np.random.default_rng(0),
            reading=lambda _: Reading(),
            nodes={3: self.node},
            callers=lambda _: [],
            callees=lambda _: [],
            act=self.wishes.append,
        )
        for _ in range(round(seconds / TICK_S)):
            assert self.memory.tick(self.node, Reading(serving=serving, waiting=waiting, calling=calling), around) == []


def test_requests_share_the_memory_of_the_instances() -> None:
    server = Server()
    server.run(0.1, serving=10, waiting=60, calling=30)
    assert server.memory.figures() == {"memory_mb": 400.0, "memory_share": 0.4, "leaked_mb": 0.0}
    server.node.live.instances = 4
    server.run(0.1, serving=10, waiting=60, calling=30)
    assert server.memory.figures()["memory_mb"] == 250.0


def test_a_leak_eats_its_pace_and_stays_when_it_stops() -> None:
    server = Server()
    server.memory.leak_mb_s = 10.0
    server.run(30.0)
    assert server.memory.leaked_mb == pytest.approx(300.0)
    server.memory.leak_mb_s = 0.0
    server.run(30.0)
    assert server.memory.figures()["memory_mb"] == pytest.approx(500.0)
    server.memory.befall("flush", server.node)
    assert server.memory.leaked_mb == pytest.approx(300.0)
    server.memory.befall("restarted", server.node)
    server.run(0.1)
    assert server.memory.figures()["memory_mb"] == 200.0


def test_it_is_killed_when_the_memory_is_gone() -> None:
    server = Server()
    server.memory.leak_mb_s = 10.0
    server.run(79.5)
    assert server.wishes == []
    server.run(1.0)
    assert server.wishes
    assert set(server.wishes) == {Kill(3, "out_of_memory")}


def test_a_flood_of_requests_kills_it_too() -> None:
    server = Server()
    server.run(0.1, waiting=400)
    assert server.wishes == []
    server.run(0.1, waiting=401)
    assert server.wishes == [Kill(3, "out_of_memory")]


def test_a_dead_node_uses_nothing_and_dies_no_second_time() -> None:
    server = Server()
    server.memory.leak_mb_s = 10.0
    server.run(0.1, waiting=500)
    server.node.state = NodeState.RESTARTING
    server.memory.befall("down", server.node)
    server.run(10.0, waiting=500)
    assert len(server.wishes) == 1
    assert server.memory.figures() == {"memory_mb": 0.0, "memory_share": 0.0, "leaked_mb": 0.0}
    assert server.node.live.pace == 1.0


def test_pace_falls_in_a_straight_line_from_85_percent() -> None:
    assert pace(0.0) == pace(0.85) == 1.0
    assert pace(0.925) == pytest.approx((1.0 + PACE_WHEN_FULL) / 2.0, abs=1e-6)
    assert pace(1.0) == pace(1.3) == pytest.approx(PACE_WHEN_FULL, abs=1e-6)
    assert all(pace(i / 1000) * 2**24 == int(pace(i / 1000) * 2**24) for i in range(1100))


def test_memory_slows_a_server_but_leaves_a_cluster_to_its_own_model() -> None:
    server, cluster = Server(), Server(cluster=ClusterSpec(pods=()))
    for each in (server, cluster):
        each.node.live.pace = 0.5
        each.run(0.1, serving=350)  # 200 + 700 MB of 1,000
    assert server.node.live.pace == pace(0.9)
    assert cluster.node.live.pace == 0.5


def test_a_size_without_memory_never_runs_out() -> None:
    server = Server(memory_mb=0.0)
    server.run(1.0, serving=1_000_000)
    assert server.wishes == []
    assert server.memory.figures()["memory_share"] == 0.0


def test_state_tells_leaks_apart() -> None:
    servers = [Server() for _ in range(3)]
    for server, leak in zip(servers, (1.0, 1.0, 2.0), strict=True):
        server.memory.leak_mb_s = leak
        server.run(1.0)
    first, same, other = (server.memory.state() for server in servers)
    assert first == same != other
