"""Which step of the stage's tutorial the player is at, told from the world alone."""

from __future__ import annotations

from collections.abc import Mapping

from engine.spec import StageSpec, TutorialGoal, TutorialStep
from engine.view import Phase
from engine.worldview import WorldView


class TutorialSteps:
    """The steps of a stage's tutorial, in order; `current` is None when they are done or were skipped."""

    def __init__(self, stage: StageSpec, view: WorldView) -> None:
        self._steps = stage.tutorial
        self._index = 0
        self._view = view
        self._defaults = {
            kind.id: {policy.key: policy.default for policy in kind.policies} for kind in stage.node_kinds
        }
        self._first_nodes = dict(zip((node.key for node in stage.nodes), view.node_ids, strict=False))

    @property
    def current(self) -> TutorialStep | None:
        """The step that waits."""
        return self._steps[self._index] if self._index < len(self._steps) else None

    @property
    def position(self) -> tuple[int, int]:
        """Number of the current step, from 1, and how many there are."""
        return self._index + 1, len(self._steps)

    def update(self) -> bool:
        """Go on past what has been done. True when the current step changed."""
        before = self._index
        while (step := self.current) is not None and self._reached(step):
            self._index += 1
        return self._index != before

    def confirm(self) -> None:
        """The player has read the current step."""
        if self.current is not None and self.current.goal is TutorialGoal.READ:
            self._index += 1

    def skip(self) -> None:
        """No more of it."""
        self._index = len(self._steps)

    def node(self, key: str) -> int | None:
        """The node that a stage file calls `key`: the one of the start, or another of its kind if that is gone."""
        node = self._first_nodes.get(key)
        return node if node in self._view.node_ids else None

    def _reached(self, step: TutorialStep) -> bool:
        view = self._view
        match step.goal:
            case TutorialGoal.NODES:
                return sum(node.kind == step.kind for node in view.nodes) >= step.count
            case TutorialGoal.WIRES:
                kinds = {node.id: node.kind for node in view.nodes}
                pairs = [(kinds.get(wire.source), kinds.get(wire.target)) for wire in view.wires]
                return pairs.count((step.kind, step.target)) >= step.count
            case TutorialGoal.POLICY:
                return any(
                    _differs(node.policies, self._defaults[node.kind]) for node in view.nodes if node.kind == step.kind
                )
            case TutorialGoal.OPERATION:
                return view.phase is not Phase.SETUP
            case _:
                return False


def _differs(policies: Mapping[str, str | int], defaults: Mapping[str, str | int]) -> bool:
    return any(policies.get(key, default) != default for key, default in defaults.items())
