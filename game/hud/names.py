"""What nodes are called: their kind, and their number among those of the kind where there are several."""

from __future__ import annotations

from engine.worldview import WorldView
from game.i18n import I18n


class NodeNames:
    """Looks at the nodes again only when the topology has changed: looking at all of them is not cheap."""

    def __init__(self, i18n: I18n, view: WorldView) -> None:
        self.i18n, self.view = i18n, view
        self._version = -1
        self._kinds: dict[int, str] = {}

    def of(self, node: int, kind: str = "") -> str:
        """The name of a node. kind: what one that is gone was."""
        number = self.number(node)
        name = self.i18n.t(f"node.{self._kinds.get(node, kind)}.name")
        return self.i18n.t("play.node", kind=name, number=number) if number else name

    def number(self, node: int) -> int:
        """Its number among those of its kind, from 1; 0 where it is the only one, or gone."""
        if self.view.topology_version != self._version:
            self._version = self.view.topology_version
            self._kinds = {n.id: n.kind for n in self.view.nodes}
        alike = [other for other, its in self._kinds.items() if its == self._kinds.get(node)]
        return alike.index(node) + 1 if len(alike) > 1 and node in alike else 0
