"""The rules of the monitoring: what has been too high for too long, until it has been fine for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.board import Node
from engine.facts import AlertCleared, AlertRaised, Fact
from engine.spec import AlertSpec
from engine.view import Alert

CLEAR_S = 3.0
SLACK_S = 0.01

Values = Mapping[str, Mapping[int, float]]


@dataclass(slots=True)
class _Watch:
    """A value that is over its threshold since since_s, or was until it became fine (-1: it is not fine)."""

    since_s: float
    value: float
    raised: bool = False
    fine_s: float = -1.0


class Alerts:
    """Every rule (`AlertSpec`) of the monitoring nodes that are up, over every node it concerns.

    A rule several nodes have counts once. What is not measured any more (its node sold, no monitoring up) is forgotten
    without a word, for nobody knows that it is fine; a value that is nan is not over any threshold.
    """

    def __init__(self) -> None:
        self._watches: dict[tuple[str, int], _Watch] = {}

    def evaluate(self, time_s: float, nodes: Iterable[Node], values: Values) -> list[Fact]:
        """Look at the values, once a second. values: {metric: {node: value}}, node -1 being the whole service.

        A value over the threshold at every look for window_s seconds raises the alert, one that is not for CLEAR_S
        seconds clears it. Returns what was raised and cleared, in the order of the rules and values.
        """
        rules = {rule.id: rule for node in nodes if node.is_up for rule in node.kind.alerts}
        facts: list[Fact] = []
        watches: dict[tuple[str, int], _Watch] = {}
        for rule in rules.values():
            for node_id, value in values.get(rule.metric, {}).items():
                watch = self._watches.get((rule.id, node_id))
                fact, watch = _look(rule, node_id, value, watch, time_s)
                if fact is not None:
                    facts.append(fact)
                if watch is not None:
                    watches[rule.id, node_id] = watch
        self._watches = watches
        return facts

    @property
    def active(self) -> tuple[Alert, ...]:
        """The alerts that are raised, the longest broken first; since_s: when the value went over the threshold."""
        raised = [
            Alert(rule, node, watch.since_s, watch.value)
            for (rule, node), watch in self._watches.items()
            if watch.raised
        ]
        return tuple(sorted(raised, key=lambda alert: alert.since_s))

    def state(self) -> tuple[object, ...]:
        """What decides the future, as plain values in a fixed order."""
        return tuple(
            (rule, node, watch.since_s, watch.raised, watch.fine_s) for (rule, node), watch in self._watches.items()
        )


def _look(
    rule: AlertSpec, node: int, value: float, watch: _Watch | None, time_s: float
) -> tuple[Fact | None, _Watch | None]:
    if value > rule.threshold:
        watch = watch or _Watch(time_s, value)
        watch.value, watch.fine_s = value, -1.0
        if watch.raised or time_s - watch.since_s < rule.window_s - SLACK_S:
            return None, watch
        watch.raised = True
        return AlertRaised(rule.id, node, value), watch
    if watch is None or not watch.raised:
        return None, None
    watch.value = value
    if watch.fine_s < 0.0:
        watch.fine_s = time_s
    if time_s - watch.fine_s < CLEAR_S - SLACK_S:
        return None, watch
    return AlertCleared(rule.id, node), None
