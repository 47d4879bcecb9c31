"""Alerts are raised after their window and cleared after their quiet time, by node and for the service."""

from __future__ import annotations

from collections.abc import Sequence

from engine.alerts import Alerts
from engine.board import Node
from engine.facts import AlertCleared, AlertRaised, Fact
from engine.spec import AlertSpec, NodeKind, NodeSize, Role
from engine.view import Alert, NodeState

ERRORS = AlertSpec(id="errors", metric="error_share", threshold=0.05, window_s=5.0)
BUSY = AlertSpec(id="busy", metric="utilisation", threshold=0.9, window_s=2.0)
SERVICE = -1


def monitoring(*rules: AlertSpec) -> Node:
    size = NodeSize(id="s")
    return Node(9, NodeKind(id="monitoring", role=Role.OBSERVER, sizes=(size,), alerts=rules), size, 0, 0, {})


class Desk:
    """Looks once a second; `errors` are the values of the whole service, second by second."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = nodes
        self.alerts = Alerts()
        self.second = 0

    def look(self, values: dict[str, dict[int, float]]) -> list[tuple[int, Fact]]:
        self.second += 1
        return [(self.second, fact) for fact in self.alerts.evaluate(float(self.second), self.nodes, values)]

    def errors(self, shares: Sequence[float]) -> list[tuple[int, Fact]]:
        return [fact for share in shares for fact in self.look({"error_share": {SERVICE: share}})]


def test_raised_after_the_whole_window_and_cleared_after_three_fine_seconds() -> None:
    desk = Desk(monitoring(ERRORS))
    facts = desk.errors([0.0, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3, 0.3])
    assert facts == [(7, AlertRaised("errors", SERVICE, 0.3))]
    assert desk.alerts.active == (Alert("errors", SERVICE, 2.0, 0.3),)
    facts = desk.errors([0.05, 0.0, 0.0, 0.0, 0.0])
    assert facts == [(12, AlertCleared("errors", SERVICE))]
    assert not desk.alerts.active


def test_one_good_look_starts_the_window_again() -> None:
    desk = Desk(monitoring(ERRORS))
    assert desk.errors(([0.9] * 5 + [0.01]) * 4) == []
    assert not desk.alerts.active


def test_one_bad_look_keeps_it_raised() -> None:
    desk = Desk(monitoring(ERRORS))
    desk.errors([0.9] * 6)
    assert desk.errors(([0.0] * 3 + [0.9]) * 4) == []
    assert desk.alerts.active == (Alert("errors", SERVICE, 1.0, 0.9),)
    assert desk.errors([0.0] * 4) == [(26, AlertCleared("errors", SERVICE))]


def test_no_window_raises_at_once() -> None:
    desk = Desk(monitoring(AlertSpec(id="now", metric="error_share", threshold=0.5, window_s=0.0)))
    assert desk.errors([0.5, 0.6]) == [(2, AlertRaised("now", SERVICE, 0.6))]


def test_every_node_has_an_alert_of_its_own() -> None:
    desk = Desk(monitoring(BUSY, ERRORS), monitoring(BUSY))
    facts = [fact for _ in range(3) for fact in desk.look({"utilisation": {1: 0.95, 2: 0.5, 3: 1.0}})]
    assert facts == [(3, AlertRaised("busy", 1, 0.95)), (3, AlertRaised("busy", 3, 1.0))]
    facts = [fact for _ in range(4) for fact in desk.look({"utilisation": {1: 0.95, 2: 0.5, 3: 0.1}})]
    assert facts == [(7, AlertCleared("busy", 3))]
    assert [alert.node for alert in desk.alerts.active] == [1]


def test_what_is_not_measured_is_forgotten() -> None:
    node = monitoring(ERRORS)
    desk = Desk(node)
    desk.errors([1.0] * 8)
    assert desk.look({}) == []
    assert not desk.alerts.active
    desk.errors([1.0] * 8)
    node.state = NodeState.DOWN
    assert desk.errors([1.0]) == []
    assert not desk.alerts.active
    node.state = NodeState.READY
    assert desk.errors([1.0] * 6) == [(24, AlertRaised("errors", SERVICE, 1.0))]


def test_nan_is_over_no_threshold() -> None:
    assert Desk(monitoring(ERRORS)).errors([float("nan")] * 10) == []


def test_state_tells_watches_apart() -> None:
    desks = [Desk(monitoring(ERRORS)) for _ in range(3)]
    for desk, shares in zip(desks, ([0.1, 0.1], [0.1, 0.1], [0.0, 0.1]), strict=True):
        desk.errors(shares)
    first, same, other = (desk.alerts.state() for desk in desks)
    assert first == same != other
