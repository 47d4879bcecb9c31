"""The families kinds of node belong to: what the shop sorts by, and what tints their cards."""

from __future__ import annotations

from engine.spec import NodeKind, Role, SubItem

FAMILIES = ("network", "compute", "database", "messaging", "operations")
_BY_ROLE = {
    Role.BALANCER: "network",
    Role.COMPUTE: "compute",
    Role.STORE: "database",
    Role.DATABASE: "database",
    Role.QUEUE: "messaging",
    Role.WORKER: "messaging",
    Role.OBSERVER: "operations",
}
_CONVERSATION = "chat"


def family_of(kind: NodeKind) -> str:
    """The family of a kind; empty for the source of the traffic, which belongs to none."""
    if kind.role is Role.CACHE:
        return "network" if kind.cache is not None and kind.cache.sub_item is SubItem.STATIC else "database"
    if kind.role is Role.COMPUTE and any(_CONVERSATION in size.special_ms for size in kind.sizes):
        return "messaging"
    return _BY_ROLE.get(kind.role, "")
