"""Formulas that experiments compare the engine with."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def erlang_c(slots: int, erlangs: float) -> float:
    """Probability that a request has to wait in M/M/c. Source: L. Kleinrock, Queueing Systems I, 1975, ch. 3."""
    terms = [erlangs**n / math.factorial(n) for n in range(slots)]
    last = erlangs**slots / math.factorial(slots) * slots / (slots - erlangs)
    return last / (sum(terms) + last)


def mean_wait_s(slots: int, arrival_rps: float, service_s: float) -> float:
    """Mean wait in M/M/c."""
    erlangs = arrival_rps * service_s
    return erlang_c(slots, erlangs) * service_s / (slots - erlangs)


def usl_pace(requests: float, contention: float, coherency: float) -> float:
    """C(N) of the Universal Scalability Law. Source: N. J. Gunther, Guerrilla Capacity Planning, 2007, ch. 4."""
    return requests / (1.0 + contention * (requests - 1.0) + coherency * requests * (requests - 1.0))


def popularities(keys: int, zipf: float) -> FloatArray:
    """Share of the requests of each key, by Zipf's law."""
    weights: FloatArray = np.arange(1, keys + 1, dtype=np.float64) ** -zipf
    return weights / float(weights.sum())


def che_hit_share(keys: int, zipf: float, objects: float) -> float:
    """Hit share of an LRU cache of so many objects. Source: H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems,
    IEEE JSAC 20(7), 2002.
    """
    share = popularities(keys, zipf)
    low, high = 0.0, 1e12
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(-np.expm1(-share * middle)) < objects else (low, middle)
    return float(np.sum(share * -np.expm1(-share * low)))


def filling_hit_share(keys: int, zipf: float, requests: Sequence[float]) -> list[float]:
    """Hit share of a cache that began empty, after so many requests, as long as nothing has to be thrown out: a key is
    there once it was asked for.
    """
    share = popularities(keys, zipf)
    return [float(np.sum(share * -np.expm1(-share * count))) for count in requests]
