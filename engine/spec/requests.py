"""What visitors send: sub-items, kinds of request, and why one fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class SubItem(StrEnum):
    """The parts a request is split into; each is handled by the nodes that know how."""

    STATIC = "static"
    READ = "read"
    WRITE = "write"
    COMPUTE = "compute"


class FailureReason(IntEnum):
    """Why a request failed, as the HTTP status its client sees."""

    FORBIDDEN = 403
    RATE_LIMITED = 429
    FAULT = 500
    REFUSED = 502
    NO_ROUTE = 503
    TIMEOUT = 504


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """One sub-item of a request. `work` multiplies the mean service time of the node that handles it.

    needs: a capability the node must have (`join`, `search`, `chat`, `inference`), a key of its `special_ms`; empty:
    none. cacheable: whether a cache may answer it. session: a connection that stays open; its time is no latency.
    """

    sub_item: SubItem
    work: float = 1.0
    needs: str = ""
    cacheable: bool = True
    session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKind:
    """A kind of request: the sub-items it is split into, handled in this order.

    revenue: money earned by 1,000 answered requests of this kind. importance: what is shed first has the least.
    attack: nobody's request; answered it earns nothing, refused it is no failure.
    """

    id: str
    recipe: tuple[RecipeStep, ...]
    revenue: float = 0.0
    importance: int = 1
    attack: bool = False
