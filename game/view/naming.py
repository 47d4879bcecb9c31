"""The name of a kind of node in the room there is."""

from __future__ import annotations

from game.context import Context


def kind_name(ctx: Context, kind: str, role: str, width: int) -> str:
    """The whole name where it fits into `width` pixels, else the short one, else as much of that as fits."""
    name = ctx.i18n.t(f"node.{kind}.name")
    if ctx.text.width(name, role) <= width:
        return name
    short = f"node.{kind}.short"
    return ctx.text.fit(ctx.i18n.t(short) if ctx.i18n.has(short) else name, role, width)
