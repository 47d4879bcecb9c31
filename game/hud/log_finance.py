"""What the log says of bills: reservations taken and owed, spot nodes that are wanted back."""

from __future__ import annotations

from engine import facts as f
from engine.facts import Fact
from engine.spec import Department
from engine.worldview import WorldView
from game.hud.log_entries import Entry, Words, node_words

FINANCE_SOUNDS: dict[type, str] = {f.SpotNotice: "alert", f.ReservationIdle: "message", f.ReservationEnded: "message"}


def finance_entry(view: WorldView, fact: Fact) -> Entry | None:
    """The line for a fact about bills; None for every other fact."""
    match fact:
        case f.SpotNotice(node, at_s):
            words = Words("log.spot_notice", {"node": node_words(view, node), "seconds": round(at_s - view.time_s)})
            return Entry(view.time_s, Department.SYSTEM, words, "warn", node)
        case f.ReservationTaken(node, months):
            words = Words("log.reservation_taken", {"node": node_words(view, node), "months": f"{months:.0f}"})
            return Entry(view.time_s, Department.SYSTEM, words, "text", node)
        case f.ReservationEnded(node, kind):
            about = node_words(view, node) if node >= 0 else Words(f"node.{kind}.name")
            key = "log.reservation_ended" if node >= 0 else "log.reservation_over"
            return Entry(view.time_s, Department.SYSTEM, Words(key, {"node": about}), "text", node)
        case f.ReservationIdle(kind, months):
            values: dict[str, Words | str | int] = {"node": Words(f"node.{kind}.name"), "months": f"{months:.1f}"}
            return Entry(view.time_s, Department.SYSTEM, Words("log.reservation_idle", values), "warn")
    return None
