"""The tag at a VM that says where it runs: its host, that it is on its way to another, or that the host is gone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.view import NodeView
from game.view.marks import Tone


@dataclass(frozen=True, slots=True)
class HostTag:
    """text: beside the icon. tone: None where all is well; then it has the colour of the host."""

    host: str
    icon: str
    text: str
    tone: Tone | None


def tag_of(node: NodeView) -> HostTag | None:
    """The tag of a node; None for one that runs on no host of the stage."""
    if not node.host:
        return None
    if not math.isnan(node.migration):
        return HostTag(node.host, "move", f"{node.migration * 100:.0f}%", Tone.WORK)
    if node.waits_for_host:
        return HostTag(node.host, "server-off", node.host, Tone.HOT)
    if node.frozen:
        return HostTag(node.host, "snowflake", node.host, Tone.HOT)
    return HostTag(node.host, "", node.host, None)
