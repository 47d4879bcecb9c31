"""The words of a refusal."""

from __future__ import annotations

from engine.commands import RefusalCode, Refused
from game.i18n import I18n
from game.money import money

_KINDS = ("kind", "source_kind", "target_kind")
_ROOM = ("cpu", "memory_gb", "disk_gb", "free_cpu", "free_memory_gb", "free_disk_gb")
_MONEY = ("cost", "budget", "missing")


def refusal_text(i18n: I18n, refused: Refused) -> str:
    """The translated reason, with the names the player knows and money as money."""
    policy = refused.values.get("policy")
    values: dict[str, str | int | float] = {}
    for key, value in refused.values.items():
        if key in _KINDS:
            values[key] = i18n.t(f"node.{value}.name")
        elif key == "size":
            values[key] = i18n.t(f"size.{value}.name")
        elif key == "policy":
            values[key] = i18n.t(f"policy.{value}.name")
        elif key == "value" and isinstance(value, str):
            values[key] = i18n.t(f"policy.{policy}.{value}")
        elif key == "what":
            values[key] = i18n.t(f"node_state.{value}")
        elif key in _MONEY:
            values[key] = money(i18n, float(value))
        elif key in _ROOM:
            values[key] = f"{float(value):.4g}"
        else:
            values[key] = value
    return i18n.t(_key(refused), **values)


def _key(refused: Refused) -> str:
    """The text of a reason; a VM without room lacks disks, or a host, or what most lack."""
    given = refused.values
    if refused.code is RefusalCode.NO_ROOM:
        if not given["host"]:
            return "hosts.no_room_none"
        if all(float(given[what]) <= float(given[f"free_{what}"]) for what in ("cpu", "memory_gb")):
            return "hosts.no_room_disk"
    return f"refusal.{refused.code.value}"
