"""The small picture of each kind of request."""

from __future__ import annotations

_ICONS = {
    "browse": "page",
    "search": "find",
    "sign_up": "sign_up",
    "share_link": "link",
    "buy": "cart",
    "report": "report",
    "full_text": "search_engine",
    "chat": "chat",
    "ask_ai": "brain",
    "upload": "upload",
    "attack": "bot",
}
_ANY = "info"


def request_icon(kind: str) -> str:
    """The name of the icon of a kind of request; a general one for kinds of foreign stages."""
    return _ICONS.get(kind, _ANY)
