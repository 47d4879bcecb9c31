"""Closed forms of queueing theory.

Sources: L. Kleinrock, Queueing Systems vol. 1, 1975 (M/M/1, M/M/c, M/M/c/K); J. R. Jackson, 1957 (tandems); N. J.
Gunther, Guerrilla Capacity Planning, 2007 (Universal Scalability Law). Rates are per second, times in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Stationary figures: mean number in system, mean number waiting, P(all servers busy), P(blocked), throughput."""

    in_system: float
    waiting: float
    all_busy: float
    blocked: float
    throughput: float


def mmck(arrival: float, service: float, servers: int, capacity: int) -> Queue:
    """M/M/c/K by its birth-death chain; `capacity` counts those in service too."""
    weights = [1.0]
    for n in range(1, capacity + 1):
        weights.append(weights[-1] * arrival / (service * min(n, servers)))
    total = math.fsum(weights)
    share = [weight / total for weight in weights]
    waiting = math.fsum(p * max(n - servers, 0) for n, p in enumerate(share))
    in_system = math.fsum(p * n for n, p in enumerate(share))
    return Queue(in_system, waiting, math.fsum(share[servers:]), share[-1], arrival * (1.0 - share[-1]))


def erlang_c(arrival: float, service: float, servers: int) -> float:
    """P(an arrival must wait) in M/M/c."""
    offered = arrival / service
    below = math.fsum(offered**n / math.factorial(n) for n in range(servers))
    busy = offered**servers / math.factorial(servers) / (1.0 - offered / servers)
    return busy / (below + busy)


def mmc(arrival: float, service: float, servers: int) -> Queue:
    """M/M/c without a bound; arrival < servers x service."""
    load = arrival / (servers * service)
    wait = erlang_c(arrival, service, servers)
    waiting = wait * load / (1.0 - load)
    return Queue(waiting + servers * load, waiting, wait, 0.0, arrival)


def usl_throughput(concurrency: int, service_s: float, alpha: float, beta: float) -> float:
    """Requests a second at a concurrency, by the Universal Scalability Law."""
    others = concurrency - 1
    return concurrency / (service_s * (1.0 + alpha * others + beta * concurrency * others))


def usl_peak(alpha: float, beta: float) -> float:
    """The concurrency with the highest throughput."""
    return math.sqrt((1.0 - alpha) / beta)
