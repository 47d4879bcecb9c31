"""What the tooltip over a card says."""

from __future__ import annotations

import math

from engine.spec import NodeKind, Role
from engine.view import NodeState, NodeView
from game.i18n import I18n
from game.view.zones import zone_name


def node_tip(i18n: I18n, node: NodeView, kind: NodeKind) -> str:
    """The name and the most telling numbers, one a line."""
    name = i18n.t(f"node.{node.kind}.name")
    if len(kind.sizes) > 1:
        name = i18n.t("map.tip.sized", name=name, size=i18n.t(f"size.{node.size}.name"))
    lines = [name]
    if node.state is not NodeState.READY:
        lines.append(i18n.t(f"map.tip.{node.state.value}", seconds=math.ceil(node.remaining_s)))
    if node.waits_for_host:
        lines.append(i18n.t("map.tip.waits_for_host"))
    if node.frozen:
        lines.append(i18n.t("map.tip.frozen"))
    if node.host:
        lines.append(i18n.t("map.tip.host", host=node.host))
    if not math.isnan(node.migration):
        lines.append(i18n.t("map.tip.migrating", value=f"{node.migration * 100:.0f}"))
    if node.zone:
        lines.append(zone_name(i18n, node.zone))
    if kind.role not in (Role.SOURCE, Role.OBSERVER):
        lines.append(i18n.t("map.tip.utilisation", value=f"{node.utilisation * 100:.0f}"))
    if node.slots:
        lines.append(i18n.t("map.tip.slots", busy=node.in_service, calling=node.calling, slots=node.slots))
    if node.queue_limit and "messages" not in node.figures:
        lines.append(i18n.t("map.tip.queue", waiting=node.waiting, limit=node.queue_limit))
    if not math.isnan(node.p95_ms):
        lines.append(i18n.t("map.tip.p95", value=f"{node.p95_ms:.0f}"))
    if node.locked:
        lines.append(i18n.t("map.tip.locked"))
    if node.failing_reason is not None:
        reason = i18n.t(f"reason.{int(node.failing_reason)}.name")
        lines.append(i18n.t("map.tip.failing", reason=reason, value=f"{node.failing_rps:.1f}"))
    return "\n".join(lines)
