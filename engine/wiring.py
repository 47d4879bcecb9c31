"""Who calls whom, looked up once for all nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


class Wiring:
    """The wires (caller, called) of a board as it was when this was made."""

    def __init__(self, wires: Sequence[tuple[int, int]]) -> None:
        self.wires = list(wires)
        self._callers: defaultdict[int, list[int]] = defaultdict(list)
        self._targets: defaultdict[int, list[int]] = defaultdict(list)
        for caller, target in wires:
            self._callers[target].append(caller)
            self._targets[caller].append(target)

    def callers(self, node: int) -> list[int]:
        """The nodes that call this one, in the order of the wires."""
        return self._callers.get(node, [])

    def targets(self, node: int) -> list[int]:
        """The nodes this one calls, in the order of the wires."""
        return self._targets.get(node, [])
