"""The breaker opens, tries and closes by the arithmetic of its parameters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.board import Node
from engine.facts import BreakerChanged, Fact
from engine.nodes.behaviour import Reading, Surroundings
from engine.nodes.breaker import MIN_PROBES, Breaker
from engine.spec import GatewaySpec, NodeKind, NodeSize, Role
from engine.view import NodeState

TICK_S = 0.1
SPEC = GatewaySpec(window_s=10.0, failure_share=0.5, min_calls=20, open_s=5.0, probe_rps=5.0)


class Gateway:
    """A gateway with its breaker on; `run` ticks it with the same reading."""

    def __init__(self) -> None:
        size = NodeSize(id="s")
        kind = NodeKind(id="api_gateway", role=Role.BALANCER, sizes=(size,), gateway=SPEC)
        self.node = Node(1, kind, size, 0, 0, {"breaker": "on"})
        self.breaker = Breaker(self.node)
        self.ticks = 0

    def run(self, seconds: float, failed: int = 0, done: int = 0, offered: int = 20) -> list[str]:
        facts: list[Fact] = []
        for _ in range(round(seconds / TICK_S)):
            self.ticks += 1
            reading = Reading(offered=offered, behind_failed=failed, behind_done=done)
            facts += self.breaker.tick(self.node, reading, self._around())
        assert all(isinstance(fact, BreakerChanged) and fact.node == 1 for fact in facts)
        return [fact.state for fact in facts if isinstance(fact, BreakerChanged)]

    def _around(self) -> Surroundings:
        return Surroundings(
            time_s=self.ticks * TICK_S,
            tick_s=TICK_S,
            generator=np.random.default_rng(0),
            reading=lambda _: Reading(),
            nodes={1: self.node},
            callers=lambda _: [],
            callees=lambda _: [],
            act=lambda _: None,
        )


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    yield Gateway()


@pytest.fixture
def opened(gateway: Gateway) -> Gateway:
    """Opened, and about to try."""
    assert gateway.run(0.1, failed=20) == ["open"]
    gateway.run(4.9)
    assert gateway.breaker.figures()["breaker"] == 2
    return gateway


def test_it_opens_once_enough_calls_ended_and_half_of_them_failed(gateway: Gateway) -> None:
    assert gateway.run(0.9, failed=1, done=1) == []  # 18 calls are fewer than 20
    assert gateway.run(0.1, failed=1, done=1) == ["open"]
    assert gateway.node.live.shut == 1.0


def test_a_smaller_share_never_opens_it(gateway: Gateway) -> None:
    assert gateway.run(60.0, failed=49, done=51) == []
    assert gateway.breaker.figures() == {"breaker": 0.0, "failure_share": pytest.approx(0.49, abs=2**-24)}


def test_the_window_slides(gateway: Gateway) -> None:
    gateway.run(10.0, done=3)  # 300 good calls in the window
    # After t ticks of failure: 3 t of 300 calls failed, so half of them after 5 s.
    assert gateway.run(4.9, failed=3) == []
    assert gateway.run(0.1, failed=3) == ["open"]


def test_open_for_its_time_then_probes(gateway: Gateway) -> None:
    gateway.run(0.1, failed=20)
    assert gateway.run(4.9, failed=20) == []
    assert gateway.run(0.1) == ["half_open"]
    # 20 a tick are 200 a second, of which 5 pass.
    assert gateway.node.live.shut == pytest.approx(1 - 5 / 200, abs=2**-24)
    assert gateway.node.live.shut * 2**24 == int(gateway.node.live.shut * 2**24)


def test_all_pass_when_fewer_come_than_probes_may(gateway: Gateway) -> None:
    gateway.run(0.1, failed=20)
    gateway.run(6.0, offered=0)
    assert gateway.breaker.figures()["breaker"] == 1
    assert gateway.node.live.shut == 0.0


def test_good_probes_close_it_and_bad_ones_open_it_again(opened: Gateway) -> None:
    assert opened.run(5.0, failed=1) == ["half_open"]
    assert opened.run(0.1, failed=1) == ["open"]
    assert opened.run(5.0) == ["half_open"]
    assert opened.run(4.9, done=1) == []
    assert opened.run(0.1, done=1) == ["closed"]
    assert opened.node.live.shut == 0.0
    # What failed before it closed is forgotten.
    assert opened.run(0.1, failed=19) == []


def test_too_few_probes_decide_nothing(opened: Gateway) -> None:
    assert opened.run(30.0) == ["half_open"]
    assert opened.run(0.1, done=MIN_PROBES - 1) == []
    assert opened.run(0.1, done=1) == ["closed"]


def test_off_it_is_closed_and_says_so(opened: Gateway) -> None:
    opened.node.policies["breaker"] = "off"
    assert opened.run(0.1, failed=50) == ["closed"]
    assert opened.node.live.shut == 0.0
    assert opened.run(30.0, failed=50) == []


def test_a_restart_forgets_everything(opened: Gateway) -> None:
    opened.node.state = NodeState.RESTARTING
    opened.breaker.befall("restarted", opened.node)
    assert opened.run(0.1) == ["closed"]
    opened.node.state = NodeState.READY
    assert opened.run(0.1, failed=19) == []
    assert opened.node.live.shut == 0.0


def test_state_tells_breakers_apart() -> None:
    one, same, other = Gateway(), Gateway(), Gateway()
    for gateway, failed in ((one, 1), (same, 1), (other, 2)):
        gateway.run(1.0, failed=failed, done=10)
    assert one.breaker.state() == same.breaker.state() != other.breaker.state()
